package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// slot is an application in an environment, as stories about rollouts need it.
type slot struct {
	*world
	environment kernel.Environment
	versions    map[string]kernel.Version
}

func newSlot(w *world, tx kernel.Tx, numbers ...string) *slot {
	s := &slot{world: w, environment: w.environment(tx, "live"), versions: map[string]kernel.Version{}}
	for _, n := range numbers {
		s.versions[n] = w.version(tx, "Foo", n)
	}
	return s
}

func (s *slot) record(tx kernel.Tx, number string) kernel.DeployedVersion {
	d, err := tx.RecordDeployment(kernel.DeployedVersion{UUID: s.id(), Version: s.versions[number], Environment: s.environment, CreatedAt: s.tick(), Rollback: kernel.MaybeRollback, By: "ci"})
	require.NoError(s.T, err)
	return d
}

func (s *slot) start(tx kernel.Tx, number string) kernel.Rollout {
	at := s.tick()
	r, err := tx.StartRollout(kernel.Rollout{
		UUID: s.id(), Record: s.id(), Version: s.versions[number], Environment: s.environment, Strategy: kernel.StrategyCanary, Share: 12_50,
		State: kernel.RolloutRunning, StartedAt: at, UpdatedAt: at, StartedBy: "anna", Reason: "why not",
		Gate: kernel.AskedGate{Answer: 7, Against: true}, Rollback: kernel.MaybeRollback,
	})
	require.NoError(s.T, err)
	return r
}

// live is what is live, with a star for a candidate, in the order of the records.
func (s *slot) live(tx kernel.Tx) (out []string) {
	found, err := tx.ListDeployedVersions(kernel.RecordFilter{EnvironmentID: s.environment.ID, Current: true})
	require.NoError(s.T, err)
	for _, d := range found {
		number := d.Version.Number
		if d.Candidate {
			number += "*"
		}
		out = append([]string{number}, out...)
	}
	return out
}

func (s *slot) end(tx kernel.Tx, r kernel.Rollout, state kernel.RolloutState) kernel.Rollout {
	r.State, r.EndedAt, r.EndedBy = state, s.tick(), "ben"
	if state == kernel.RolloutAborted {
		r.Outcome, r.Reason = kernel.OutcomeFailed, "5xx"
	}
	require.NoError(s.T, tx.SaveRollout(r))
	return s.rollout(tx, r)
}

func (s *slot) rollout(tx kernel.Tx, r kernel.Rollout) kernel.Rollout {
	found, err := tx.ListRollouts(kernel.RolloutFilter{UUID: r.UUID})
	require.NoError(s.T, err)
	require.Len(s.T, found, 1)
	return found[0]
}

func testRollouts(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		s := newSlot(w, tx, "1", "2", "3")
		first := s.record(tx, "1")
		r := s.start(tx, "2")
		require.Equal(t, []string{"1", "2*"}, s.live(tx), "both are live")
		require.Equal(t, "1", r.Previous)
		require.Equal(t, []any{"anna", "why not", kernel.Share(12_50), kernel.StrategyCanary, kernel.AskedGate{Answer: 7, Against: true}, kernel.NoRollback},
			[]any{r.StartedBy, r.Reason, r.Share, r.Strategy, r.Gate, r.Rollback})
		require.Equal(t, "12.5", r.Share.String())

		r.Share, r.UpdatedAt = 50_00, s.tick()
		require.NoError(t, tx.SaveRollout(r))
		require.Equal(t, kernel.Share(50_00), s.rollout(tx, r).Share)
		require.Equal(t, first.UUID, s.record(tx, "1").UUID, "to record what is current changes nothing")
		require.Equal(t, []string{"1", "2*"}, s.live(tx))

		r = s.end(tx, r, kernel.RolloutPromoted)
		require.Equal(t, []string{"2"}, s.live(tx))
		require.Equal(t, []any{kernel.RolloutPromoted, "ben", "why not", kernel.RolloutOutcome("")}, []any{r.State, r.EndedBy, r.Reason, r.Outcome})
		kept, err := tx.ListDeployedVersions(kernel.RecordFilter{UUID: r.Record})
		require.NoError(t, err)
		require.Equal(t, []any{r.EndedAt, true, false, r.UUID, r.EndedAt}, []any{kept[0].PromotedAt, kept[0].CurrentlyDeployed, kept[0].Candidate, kept[0].Rollout, kept[0].CurrentFrom()})
		ended, err := tx.ListDeployedVersions(kernel.RecordFilter{UUID: first.UUID})
		require.NoError(t, err)
		require.Equal(t, r.EndedAt, ended[0].UndeployedAt)

		r = s.end(tx, s.start(tx, "3"), kernel.RolloutAborted)
		require.Equal(t, []string{"2"}, s.live(tx), "as it was before the start")
		require.Equal(t, []any{kernel.OutcomeFailed, "5xx"}, []any{r.Outcome, r.Reason})
		back := s.start(tx, "1")
		require.Equal(t, kernel.InferredRollback, back.Rollback, "it was current here before, and is older")
		require.Equal(t, kernel.NoRollback, s.end(tx, s.rolloutAfter(tx, back, "3"), kernel.RolloutAborted).Rollback)
	})
}

// rolloutAfter aborts a rollout and starts that of another version.
func (s *slot) rolloutAfter(tx kernel.Tx, before kernel.Rollout, number string) kernel.Rollout {
	s.end(tx, before, kernel.RolloutAborted)
	return s.start(tx, number)
}

// testRecordsBesideRollouts is the table of what requests that know nothing of rollouts
// do to one that runs.
func testRecordsBesideRollouts(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		s := newSlot(w, tx, "1", "2", "3")
		s.record(tx, "1")
		r := s.start(tx, "2")
		promoted := s.record(tx, "2")
		require.Equal(t, r.Record, promoted.UUID, "to record the candidate promotes it")
		require.Equal(t, []any{kernel.RolloutPromoted, "ci"}, []any{s.rollout(tx, r).State, s.rollout(tx, r).EndedBy})
		require.Equal(t, []string{"2"}, s.live(tx))

		r = s.start(tx, "3")
		s.record(tx, "1")
		require.Equal(t, []string{"1"}, s.live(tx), "a third version takes the place")
		r = s.rollout(tx, r)
		require.Equal(t, []any{kernel.RolloutAborted, kernel.OutcomeCancelled, "replaced by record of 1"}, []any{r.State, r.Outcome, r.Reason})

		r = s.start(tx, "2")
		candidate, err := tx.ListDeployedVersions(kernel.RecordFilter{UUID: r.Record})
		require.NoError(t, err)
		require.True(t, candidate[0].Candidate)
		require.NoError(t, tx.EndDeployment(candidate[0], s.tick(), "carl"))
		require.Equal(t, []string{"1"}, s.live(tx))
		r = s.rollout(tx, r)
		require.Equal(t, []any{kernel.RolloutAborted, kernel.OutcomeCancelled, "carl"}, []any{r.State, r.Outcome, r.EndedBy})

		r = s.start(tx, "2")
		current, err := tx.ListDeployedVersions(kernel.RecordFilter{EnvironmentID: s.environment.ID, VersionID: s.versions["1"].ID, Current: true})
		require.NoError(t, err)
		require.NoError(t, tx.EndDeployment(current[0], s.tick(), ""))
		require.Equal(t, []string{"2*"}, s.live(tx), "the candidate stays a candidate")
		s.end(tx, r, kernel.RolloutAborted)
		require.Empty(t, s.live(tx))
		require.Empty(t, s.start(tx, "2").Previous)
	})
}

func testListsOfRollouts(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		s := newSlot(w, tx, "1", "2", "3")
		var uuids []string
		for _, n := range []string{"1", "2", "1"} {
			r := s.start(tx, n)
			uuids = append([]string{r.UUID}, uuids...)
			s.end(tx, r, kernel.RolloutPromoted)
		}
		running := s.start(tx, "3")
		list := func(f kernel.RolloutFilter) (out []string) {
			found, err := tx.ListRollouts(f)
			require.NoError(t, err)
			for _, r := range found {
				out = append(out, r.UUID)
			}
			return out
		}
		all := append([]string{running.UUID}, uuids...)
		none, blue := "", "blue"
		require.Equal(t, all, list(kernel.RolloutFilter{EnvironmentID: s.environment.ID}))
		require.Equal(t, all[:2], list(kernel.RolloutFilter{PacticipantID: s.versions["1"].Pacticipant.ID, Limit: 2}))
		require.Equal(t, uuids, list(kernel.RolloutFilter{EnvironmentID: s.environment.ID, Before: running.ID}))
		require.Equal(t, uuids, list(kernel.RolloutFilter{State: kernel.RolloutPromoted}))
		require.Equal(t, []string{uuids[0], uuids[2]}, list(kernel.RolloutFilter{VersionID: s.versions["1"].ID}))
		require.Equal(t, all[:1], list(kernel.RolloutFilter{State: kernel.RolloutRunning, Instance: &none}))
		require.Empty(t, list(kernel.RolloutFilter{Instance: &blue}))
		require.NoError(t, tx.DeleteEnvironment(s.environment.ID))
		require.Empty(t, list(kernel.RolloutFilter{}))
	})
}

// testOlderReleasesBesideRollouts records as a replica does that knows of no rollouts.
func testOlderReleasesBesideRollouts(t *testing.T, w *world) {
	var s *slot
	var r kernel.Rollout
	w.update(func(tx kernel.Tx) {
		s = newSlot(w, tx, "1", "2", "3")
		s.record(tx, "1")
		r = s.start(tx, "2")
	})
	_, err := w.store.DB().ExecContext(t.Context(), `UPDATE deployed_version SET undeployed_at = created_at`)
	require.NoError(t, err)
	w.update(func(tx kernel.Tx) {
		s.record(tx, "3")
		require.Equal(t, []string{"3"}, s.live(tx))
		require.Equal(t, kernel.RolloutAborted, s.rollout(tx, r).State)
		s.start(tx, "2")
	})
}
