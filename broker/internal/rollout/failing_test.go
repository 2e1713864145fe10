package rollout_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/rollout"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// No failure of the database is taken for an answer, and none leaves half of a rollout.
func TestNoFailureLeavesHalfARollout(t *testing.T) {
	t.Parallel()
	s, failing := usecasetest.NewFailing(t)
	environment, _, _ := usecasetest.Landscape(t, s)
	_, _, err := s.Registry.UpdateVersion(t.Context(), registry.VersionChange{Pacticipant: "Bar", Number: "7"})
	require.NoError(t, err)
	place := rollout.Place{Pacticipant: "Bar", Version: "7", Environment: environment}
	start := func() (kernel.Rollout, error) {
		r, _, err := s.Rollout.Start(t.Context(), rollout.Start{Place: place, Gate: rollout.SkipGate})
		return r, err
	}
	failing.EachCall(t, func() error { _, err := start(); return err })
	r, err := start()
	require.NoError(t, err)
	half, aborted := kernel.Share(50_00), kernel.RolloutAborted
	failing.EachCall(t, func() error {
		_, err := s.Rollout.Change(t.Context(), rollout.Change{UUID: r.UUID, Share: &half})
		return err
	})
	failing.EachCall(t, func() error {
		_, _, _, err := s.Rollout.List(t.Context(), rollout.Query{Environment: environment, Pacticipant: "Bar", Before: r.UUID})
		return err
	})
	failing.EachCall(t, func() error { _, _, err := s.Rollout.OfVersion(t.Context(), place); return err })
	_, err = s.Rollout.Change(t.Context(), rollout.Change{UUID: r.UUID, State: &aborted})
	require.NoError(t, err)
}
