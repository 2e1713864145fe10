package rollout_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/rollout"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// shop is a broker in whose environment Bar 1 and Foo 1 are, proven with each other; Foo 2
// has a pact that nobody has verified.
type shop struct {
	*testing.T
	*usecase.All
	place string
}

func onEach(t *testing.T, test func(shop)) {
	t.Helper()
	usecasetest.OnEach(t, func(t *testing.T, all *usecase.All) {
		s := shop{T: t, All: all}
		e, err := s.Registry.CreateEnvironment(s.Context(), registry.EnvironmentInput{Name: "live"})
		require.NoError(s, err)
		s.place = e.UUID
		for _, number := range []string{"1", "2"} {
			contracts := usecasetest.Contracts("Foo", number, "main", "Bar")
			contracts.Contracts[0].Content = usecasetest.PactText("Foo", "Bar", number)
			_, err := s.Publish.PublishContracts(s.Context(), contracts)
			require.NoError(s, err)
		}
		s.verify("1", true)
		_, err = s.Rollout.Deploy(s.Context(), rollout.Deploy{Place: s.at("Bar", "1")})
		require.NoError(s, err)
		_, err = s.Rollout.Deploy(s.Context(), rollout.Deploy{Place: s.at("Foo", "1"), Reason: "first"})
		require.NoError(s, err)
		test(s)
	})
}

func (s shop) verify(foo string, success bool) {
	s.Helper()
	p, err := s.Publish.FindPact(s.Context(), kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Version: foo})
	require.NoError(s, err)
	_, err = s.Result.RecordVerification(s.Context(), result.VerificationInput{Consumer: "Foo", Provider: "Bar", SHA: p.SHA, ProviderVersion: "1", Success: success})
	require.NoError(s, err)
}

func (s shop) at(name, number string) rollout.Place {
	return rollout.Place{Pacticipant: name, Version: number, Environment: s.place}
}

func (s shop) start(number string, how rollout.Gate) (kernel.Rollout, error) {
	r, _, err := s.Rollout.Start(kernel.SignedBy(s.Context(), kernel.By{Name: "anna"}), rollout.Start{Place: s.at("Foo", number), Gate: how, Reason: "try"})
	return r, err
}

func (s shop) change(r kernel.Rollout, state kernel.RolloutState, how rollout.Gate) (kernel.Rollout, error) {
	return s.Rollout.Change(kernel.SignedBy(s.Context(), kernel.By{Name: "ben"}), rollout.Change{UUID: r.UUID, State: &state, Gate: how})
}

// live is what is live of Foo, with a star for a candidate.
func (s shop) live() string {
	s.Helper()
	found, _, err := s.Registry.ListCurrentlyDeployed(s.Context(), registry.CurrentQuery{EnvironmentUUID: s.place, Pacticipant: "Foo"})
	require.NoError(s, err)
	var out []string
	for _, d := range found {
		number := d.Version.Number
		if d.Candidate {
			number += "*"
		}
		out = append([]string{number}, out...)
	}
	return strings.Join(out, " ")
}

func TestAStartAsksAndRecordsInOne(t *testing.T) {
	t.Parallel()
	onEach(t, func(s shop) {
		_, err := s.start("2", "")
		var refused *rollout.Refused
		require.ErrorAs(s, err, &refused)
		require.Equal(s, []any{kernel.CodeConflict, kernel.ReasonGateRefused, matrix.Unknown}, []any{kernel.CodeOf(err), kernel.ReasonOf(err), refused.Answer.Decision.Verdict})
		require.Contains(s, err.Error(), "has no result for the pact of version 2 of Foo")
		kept, err := s.Gate.FindGateAnswer(s.Context(), refused.Number)
		require.NoError(s, err, "the answer is kept")
		require.Equal(s, "2", kept.Question.Selectors[0].Version)
		require.Equal(s, "1", s.live(), "nothing is recorded")

		r, err := s.start("2", rollout.SkipGate)
		require.NoError(s, err, "a fact is never refused")
		require.True(s, r.Gate.Against)
		require.Equal(s, []any{"1 2*", "anna", "try", kernel.StrategyRolling, "1"}, []any{s.live(), r.StartedBy, r.Reason, r.Strategy, r.Previous})
		again, created, err := s.Rollout.Start(s.Context(), rollout.Start{Place: s.at("Foo", "2")})
		require.NoError(s, err)
		require.Equal(s, []any{r.UUID, false}, []any{again.UUID, created})
		_, err = s.start("1", "")
		require.Equal(s, kernel.ReasonAlreadyDeployed, kernel.ReasonOf(err), "before the rollout that is in the way")
		_, _, err = s.Registry.UpdateVersion(s.Context(), registry.VersionChange{Pacticipant: "Foo", Number: "3"})
		require.NoError(s, err)
		_, err = s.start("3", rollout.SkipGate)
		var taken *rollout.Taken
		require.ErrorAs(s, err, &taken)
		require.Equal(s, []any{r.UUID, kernel.ReasonRolloutRunning}, []any{taken.Rollout.UUID, kernel.ReasonOf(err)})
		require.Contains(s, err.Error(), "Abort or promote it first")
	})
}

func TestARolloutEndsOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(s shop) {
		s.verify("2", true)
		r, err := s.start("2", "")
		require.NoError(s, err)
		require.False(s, r.Gate.Against)
		s.verify("2", false)
		_, err = s.change(r, kernel.RolloutPromoted, "")
		require.Equal(s, kernel.ReasonGateRefused, kernel.ReasonOf(err), "a newer result has turned red")
		require.Equal(s, "1 2*", s.live())
		aborted, err := s.change(r, kernel.RolloutAborted, "")
		require.NoError(s, err, "an abort never asks")
		require.Equal(s, []any{kernel.OutcomeFailed, "ben", "1"}, []any{aborted.Outcome, aborted.EndedBy, s.live()})
		again, err := s.change(r, kernel.RolloutAborted, "")
		require.NoError(s, err)
		require.Equal(s, aborted.EndedAt, again.EndedAt)
		_, err = s.change(r, kernel.RolloutPromoted, "")
		require.Equal(s, kernel.ReasonRolloutEnded, kernel.ReasonOf(err))
		require.Contains(s, err.Error(), "was aborted and stays so. Start another one.")

		s.verify("2", true)
		r, err = s.start("2", "")
		require.NoError(s, err)
		promoted, err := s.change(r, kernel.RolloutPromoted, "")
		require.NoError(s, err)
		require.Equal(s, []any{kernel.RolloutPromoted, "2"}, []any{promoted.State, s.live()})
		share := kernel.Share(1)
		_, err = s.Rollout.Change(s.Context(), rollout.Change{UUID: r.UUID, Share: &share})
		require.ErrorContains(s, err, "To go back, use treaty rollback.")
		_, err = s.Rollout.Change(s.Context(), rollout.Change{UUID: "none", Share: &share})
		require.True(s, kernel.IsNotFound(err))
	})
}

func TestADeploymentThatAsks(t *testing.T) {
	t.Parallel()
	onEach(t, func(s shop) {
		deploy := func(number string) (kernel.DeployedVersion, error) {
			return s.Rollout.Deploy(s.Context(), rollout.Deploy{Place: s.at("Foo", number)})
		}
		_, err := deploy("2")
		require.Equal(s, kernel.ReasonGateRefused, kernel.ReasonOf(err))
		same, err := deploy("1")
		require.NoError(s, err)
		require.Equal(s, "first", same.Reason, "what is current is returned")
		s.verify("2", true)
		r, err := s.start("2", "")
		require.NoError(s, err)
		there, err := deploy("2")
		require.NoError(s, err)
		require.Equal(s, []any{r.Record, "2"}, []any{there.UUID, s.live()}, "the candidate is promoted")
		back, err := deploy("1")
		require.NoError(s, err)
		require.False(s, back.Gate.Against)
		found, err := s.Registry.FindDeployedVersion(s.Context(), back.UUID)
		require.NoError(s, err)
		require.Equal(s, kernel.InferredRollback, found.Rollback)
		_, err = s.Rollout.Deploy(s.Context(), rollout.Deploy{Place: s.at("Foo", "9")})
		require.True(s, kernel.IsNotFound(err))
		_, err = s.Rollout.Deploy(s.Context(), rollout.Deploy{Place: rollout.Place{Pacticipant: "Foo", Version: "1", Environment: "none"}})
		require.True(s, kernel.IsNotFound(err))
	})
}

func TestWhatARequestAboutARolloutMayNotSay(t *testing.T) {
	t.Parallel()
	onEach(t, func(s shop) {
		long := strings.Repeat("é", 501)
		for field, in := range map[string]rollout.Start{
			"strategy": {Strategy: strings.Repeat("x", 41)}, "share": {Share: 100_01}, "gate": {Gate: "maybe"}, "reason": {Reason: long},
			"applicationInstance": {Place: rollout.Place{Instance: "a\nb"}},
		} {
			instance := in.Instance
			in.Place = s.at("Foo", "2")
			in.Instance = instance
			_, _, err := s.Rollout.Start(s.Context(), in)
			require.Equal(s, kernel.CodeInvalid, kernel.CodeOf(err), field)
			require.ErrorContains(s, err, field)
		}
		_, err := s.Rollout.Deploy(s.Context(), rollout.Deploy{Place: s.at("Foo", "2"), Reason: long})
		require.ErrorContains(s, err, "reason")
		r, err := s.start("2", rollout.SkipGate)
		require.NoError(s, err)
		odd, failed, running, less := kernel.RolloutOutcome("odd"), kernel.OutcomeFailed, kernel.RolloutRunning, kernel.Share(-1)
		aborted, half := kernel.RolloutAborted, kernel.Share(50_00)
		for says, in := range map[string]rollout.Change{
			"say what to change": {}, "from 0 to 100": {Share: &less}, "must be promoted or aborted": {State: &running}, "failed or cancelled": {State: &aborted, Outcome: &odd},
			"goes with the state aborted": {Share: &half, Outcome: &failed}, "reason is longer": {Share: &half, Reason: &long}, "gate must be": {Share: &half, Gate: "x"},
			"as the API says": {Share: &half, Invalid: kernel.Errorf(kernel.CodeInvalid, "as the API says")},
		} {
			in.UUID = r.UUID
			_, err := s.Rollout.Change(s.Context(), in)
			require.ErrorContains(s, err, says)
			require.Equal(s, kernel.CodeInvalid, kernel.CodeOf(err), says)
		}
		changed, err := s.Rollout.Change(s.Context(), rollout.Change{UUID: r.UUID, Share: &half})
		require.NoError(s, err)
		require.Equal(s, []any{half, kernel.RolloutRunning, "1 2*"}, []any{changed.Share, changed.State, s.live()})
	})
}

func TestRolloutsAreListedByPage(t *testing.T) {
	t.Parallel()
	onEach(t, func(s shop) {
		s.verify("2", true)
		for i := range rollout.PerPage + 3 {
			r, err := s.start(fmt.Sprint(2-i%2), "")
			require.NoError(s, err)
			_, err = s.change(r, kernel.RolloutPromoted, "")
			require.NoError(s, err)
		}
		first, e, more, err := s.Rollout.List(s.Context(), rollout.Query{Environment: s.place})
		require.NoError(s, err)
		require.Equal(s, []any{rollout.PerPage, "live", true}, []any{len(first), e.Name, more})
		rest, _, more, err := s.Rollout.List(s.Context(), rollout.Query{Environment: s.place, Pacticipant: "Foo", State: kernel.RolloutPromoted, Before: first[len(first)-1].UUID})
		require.NoError(s, err)
		require.Equal(s, []any{3, false}, []any{len(rest), more})
		none, _, _, err := s.Rollout.List(s.Context(), rollout.Query{Environment: s.place, Pacticipant: "Nobody"})
		require.NoError(s, err)
		require.Empty(s, none)
		_, _, _, err = s.Rollout.List(s.Context(), rollout.Query{Environment: s.place, State: "odd"})
		require.ErrorContains(s, err, "state")
		_, _, _, err = s.Rollout.List(s.Context(), rollout.Query{Environment: "none"})
		require.True(s, kernel.IsNotFound(err))
		_, _, _, err = s.Rollout.List(s.Context(), rollout.Query{Environment: s.place, Before: "none"})
		require.True(s, kernel.IsNotFound(err))
		of, _, err := s.Rollout.OfVersion(s.Context(), s.at("Foo", "1"))
		require.NoError(s, err)
		require.Len(s, of, (rollout.PerPage+3)/2)
		_, _, err = s.Rollout.OfVersion(s.Context(), s.at("Foo", "9"))
		require.True(s, kernel.IsNotFound(err))
	})
}
