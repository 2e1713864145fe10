package overview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

const someHistory = `
	main Foo main
	main Bar main
	pact Foo 1 -> Bar branch main tags gold
	verify Bar 7 : Foo 1 failed branch main
	pact Foo 2 -> Bar branch feat content new
	pact Cid 1 -> Foo
	pact Far 1 -> Away
	deploy Bar 7 prod
	release Foo 1 prod`

// What is told of one application is what is told of it among all.
func TestOneApplicationIsToldAsAmongAll(t *testing.T) {
	t.Parallel()
	onEach(t, someHistory, func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		all, err := s.Overview.Everything(t.Context())
		require.NoError(t, err)
		for _, among := range all.Applications {
			one, err := s.Overview.LookAtApplication(t.Context(), overview.ApplicationQuery{Name: among.Name, Page: kernel.Page{Number: 1, Size: 10}})
			require.NoError(t, err)
			require.Len(t, one.Applications, 1)
			require.Equal(t, among.Version, one.Applications[0].Version)
			for i, d := range among.Verdicts {
				require.Equal(t, d.Headline(), one.Applications[0].Verdicts[i].Headline(), "%s to %s", among.Name, all.Environments[i].Environment.Name)
				require.Equal(t, d.Notices(), one.Applications[0].Verdicts[i].Notices())
			}
		}
	})
}

func TestAnApplicationIsToldWhole(t *testing.T) {
	t.Parallel()
	onEach(t, someHistory, func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		look := func(name, branch string, page int) overview.ApplicationAnswer {
			a, err := s.Overview.LookAtApplication(t.Context(), overview.ApplicationQuery{Name: p.Name(name), Branch: branch, Page: kernel.Page{Number: page, Size: 1}})
			require.NoError(t, err)
			return a
		}
		foo := look("Foo", "", 1)
		require.Equal(t, "2", foo.Latest.Number)
		require.Equal(t, []int{2, 1}, []int{foo.Versions.Total, len(foo.Versions.Items)})
		require.Equal(t, "2", foo.Versions.Items[0].Number)
		require.Equal(t, "feat", foo.Versions.Items[0].Branch())
		require.Len(t, foo.Branches, 2)
		require.Len(t, foo.Supported, 1)
		require.Len(t, foo.AsConsumer, 1)
		require.Equal(t, "1", foo.AsConsumer[0].ConsumerVersion.Number, "that of the main branch")
		require.False(t, foo.AsConsumer[0].LatestVerification.Success)
		require.Equal(t, "Cid", p.Unnamed(foo.AsProvider[0].Consumer.Name))
		main := look("Foo", "main", 1)
		require.Equal(t, []string{"gold"}, kernel.TagNames(main.Versions.Items[0].Tags))
		require.Equal(t, 1, main.Versions.Total)
		require.True(t, look("Foo", "nope", 1).NoBranch)
		require.Len(t, look("Bar", "", 1).Live, 1)
		_, err := s.Overview.LookAtApplication(t.Context(), overview.ApplicationQuery{Name: "nobody"})
		require.True(t, kernel.IsNotFound(err))
	})
}

func TestAQuestionSaysWhichVersionItMeans(t *testing.T) {
	t.Parallel()
	onEach(t, someHistory, func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		look := func(name string) overview.QuestionChoices {
			q, err := s.Overview.LookAtQuestion(t.Context(), name, 3)
			require.NoError(t, err)
			require.Len(t, q.Names, 3)
			require.Len(t, q.Environments, 1)
			return q
		}
		require.False(t, look("").Known)
		require.Equal(t, "1", look(p.Name("Foo")).Newest.Number)
		require.Equal(t, "1", look(p.Name("Far")).Newest.Number)
		none := look(p.Name("Away"))
		require.True(t, none.Known)
		require.Empty(t, none.Newest.Number)
		require.Contains(t, look(p.Name("Fooo")).Near, p.Name("Foo"))
	})
}

// Of an answer of the gate it is told since when each explanation holds, and whose it
// is.
func TestExplanationsAreDated(t *testing.T) {
	t.Parallel()
	onEach(t, someHistory+"\nverify Bar 7 : Foo 1 failed\npact Foo 1 -> Baz\nversion Baz 3\ndeploy Baz 3 prod", func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		_, _, err := s.Registry.PutLabel(t.Context(), p.Name("Bar"), "team")
		require.NoError(t, err)
		answer, err := s.Gate.LookAtGate(t.Context(), gate.CanIDeployQuery{Pacticipant: p.Name("Foo"), Version: "1", Environment: p.Name("prod")})
		require.NoError(t, err)
		facts, err := s.Overview.LookAtExplanations(t.Context(), answer.Decision.Explanations)
		require.NoError(t, err)
		require.Len(t, facts.Since, len(answer.Decision.Explanations))
		for i, e := range answer.Decision.Explanations {
			if e.Blocking {
				require.False(t, facts.Since[i].IsZero(), e.Sentence)
			}
			if e.Cause == matrix.CauseFailed {
				require.True(t, facts.Since[i].Before(e.Row.Result.ExecutedAt), "since the first of the failures")
			}
		}
		require.Equal(t, []string{"team"}, facts.Owners[p.Name("Bar")].Labels)
		facts, err = s.Overview.LookAtExplanations(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, facts.Since)
	})
}

func TestHappeningsOfOneVersionAreOne(t *testing.T) {
	t.Parallel()
	onEach(t, "pact Foo 1 -> Bar\npact Foo 1 -> Baz\nverify Bar 7 : Foo 1 failed\nverify Bar 7 : Foo 1 failed\nverify Bar 7 : Foo 1 ok\ndeploy Bar 7 prod\nrelease Foo 1 prod", func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		_, err := s.Gate.CanIDeploy(t.Context(), gate.CanIDeployQuery{Pacticipant: p.Name("Foo"), Version: "1", Environment: p.Name("prod")})
		require.NoError(t, err)
		s.Gate.Settle(t.Context())
		all, err := s.Overview.LookAtHappenings(t.Context())
		require.NoError(t, err)
		counts := map[string][]int{}
		for i, h := range all {
			if i > 0 {
				require.False(t, h.At.After(all[i-1].At), "newest first")
			}
			switch {
			case len(h.Published) > 0:
				counts["published"] = append(counts["published"], len(h.Published))
			case len(h.Verified) > 0:
				counts["verified"] = append(counts["verified"], len(h.Verified))
			case h.Deployed != nil, h.Released != nil:
				counts["placed"] = append(counts["placed"], 1)
			case h.Answered != nil:
				counts["answered"] = append(counts["answered"], 1)
			}
		}
		require.Equal(t, map[string][]int{"published": {2}, "verified": {1, 2}, "placed": {1, 1}, "answered": {1}}, counts)
	})
}
