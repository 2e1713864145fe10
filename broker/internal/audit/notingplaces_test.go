package audit_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/rollout"
)

// What has a state is noted with the one before, as the event before has it; what only is
// there or not, with a digest on one side.
func TestApplicationsAndPlacesAreNotedWithTheStateBeforeAndAfter(t *testing.T) {
	t.Parallel()
	onRecorded(t, func(t *testing.T, r *recorded) {
		saved := func(name, main string) func(context.Context) error {
			return func(ctx context.Context) error {
				_, _, err := r.Registry.UpdatePacticipant(ctx, registry.PacticipantChange{Name: name, MainBranch: registry.Set(main)})
				return err
			}
		}
		begun := r.changes(saved("Shop", ""))
		made := last(t, "pacticipant", begun)
		require.Equal(t, []string{"Shop", ""}, []string{made.Name, begun[0].Before})
		changed := last(t, "pacticipant", r.changes(saved("Shop", "main")))
		require.Equal(t, made.After, changed.Before)
		require.NotEqual(t, changed.Before, changed.After)

		label := of(t, "label", r.changes(func(ctx context.Context) error { _, _, err := r.Registry.PutLabel(ctx, "Shop", "x"); return err }))
		require.Equal(t, audit.Change{Kind: "label", Name: "Shop x", After: label.After}, label)
		require.Equal(t, audit.Change{Kind: "label", Name: "Shop x", Before: label.After},
			of(t, "label", r.changes(func(ctx context.Context) error { return r.Registry.DeleteLabel(ctx, "Shop", "x") })))

		version := func(build string) func(context.Context) error {
			return func(ctx context.Context) error {
				_, _, err := r.Registry.UpdateVersion(ctx, registry.VersionChange{Pacticipant: "Shop", Number: "1", BuildURL: registry.Set(build)})
				return err
			}
		}
		born := kinds(r.changes(version("")), "version")
		first := last(t, "version", born)
		require.Equal(t, []string{"Shop 1", ""}, []string{first.Name, born[0].Before})
		require.Equal(t, first.After, last(t, "version", r.changes(version("https://ci.example/1"))).Before)

		onto := r.changes(func(ctx context.Context) error {
			_, _, err := r.Registry.PutBranchVersion(ctx, "Shop", "feat", "1")
			return err
		})
		require.Equal(t, "Shop feat", of(t, "branch", onto).Name)
		require.Equal(t, "Shop 1 on Shop feat", of(t, "branch_version", onto).Name)
		off := of(t, "branch_version", r.changes(func(ctx context.Context) error { return r.Registry.DeleteBranchVersion(ctx, "Shop", "feat", "1") }))
		require.Equal(t, of(t, "branch_version", onto).After, off.Before)
		branch := of(t, "branch", r.changes(func(ctx context.Context) error { return r.Registry.DeleteBranch(ctx, "Shop", "feat") }))
		require.Equal(t, []string{of(t, "branch", onto).After, ""}, []string{branch.Before, branch.After})

		tag := of(t, "tag", r.changes(func(ctx context.Context) error { _, _, err := r.Registry.PutTag(ctx, "Shop", "1", "dev"); return err }))
		require.Equal(t, "Shop 1 dev", tag.Name)
		require.Equal(t, tag.After, of(t, "tag", r.changes(func(ctx context.Context) error { return r.Registry.DeleteTag(ctx, "Shop", "1", "dev") })).Before)
		both := r.changes(func(ctx context.Context) error {
			_, _, err := r.Registry.UpdateVersion(ctx, registry.VersionChange{Pacticipant: "Shop", Number: "1", Tags: []string{"a", "b"}, TagsGiven: true})
			return err
		})
		require.Len(t, kinds(both, "tag"), 2)
		require.Len(t, kinds(r.changes(func(ctx context.Context) error {
			_, _, err := r.Registry.UpdateVersion(ctx, registry.VersionChange{Pacticipant: "Shop", Number: "1", TagsGiven: true})
			return err
		}), "tag"), 2)

		r.placesAreNoted(t)
		gone := of(t, "version", r.changes(func(ctx context.Context) error { return r.Registry.DeleteVersion(ctx, "Shop", "1") }))
		require.Empty(t, gone.After)
		require.NotEmpty(t, gone.Before)
	})
}

func (r *recorded) placesAreNoted(t *testing.T) {
	t.Helper()
	var uuid string
	made := of(t, "environment", r.changes(func(ctx context.Context) error {
		e, err := r.Registry.CreateEnvironment(ctx, registry.EnvironmentInput{Name: "live", Teams: &[]string{r.team}})
		uuid = e.UUID
		return err
	}))
	changes := r.changes(func(ctx context.Context) error {
		_, err := r.Registry.ReplaceEnvironment(ctx, uuid, registry.EnvironmentInput{Name: "prod", Production: true, Teams: &[]string{}})
		return err
	})
	renamed := of(t, "environment", changes)
	require.Equal(t, []string{"prod", uuid, made.After}, []string{renamed.Name, renamed.UUID, renamed.Before})
	require.Len(t, kinds(changes, "environment_teams"), 1)

	at := registry.Deployment{Pacticipant: "Shop", Version: "1", EnvironmentUUID: uuid}
	no := false
	var record string
	deployed := of(t, "deployed_version", r.changes(func(ctx context.Context) error {
		d, err := r.Registry.RecordDeployment(ctx, at)
		record = d.UUID
		return err
	}))
	require.Equal(t, []string{"Shop 1 in prod", record}, []string{deployed.Name, deployed.UUID})
	require.Equal(t, deployed.After, of(t, "deployed_version", r.changes(func(ctx context.Context) error {
		_, err := r.Registry.UpdateDeployedVersion(ctx, record, &no)
		return err
	})).Before)
	released := of(t, "released_version", r.changes(func(ctx context.Context) error {
		d, _, err := r.Registry.RecordRelease(ctx, at)
		record = d.UUID
		return err
	}))
	require.Equal(t, released.After, of(t, "released_version", r.changes(func(ctx context.Context) error {
		_, err := r.Registry.UpdateReleasedVersion(ctx, record, &no)
		return err
	})).Before)

	var begun kernel.Rollout
	started := of(t, "rollout", r.changes(func(ctx context.Context) (err error) {
		begun, _, err = r.Rollout.Start(ctx, rollout.Start{Place: rollout.Place{Pacticipant: "Shop", Version: "1", Environment: uuid}})
		return err
	}))
	aborted := kernel.RolloutAborted
	ended := of(t, "rollout", r.changes(func(ctx context.Context) error {
		_, err := r.Rollout.Change(ctx, rollout.Change{UUID: begun.UUID, State: &aborted})
		return err
	}))
	require.Equal(t, []string{"Shop 1 to prod", begun.UUID, started.After}, []string{ended.Name, ended.UUID, ended.Before})
	require.NotEqual(t, ended.Before, ended.After)

	require.Equal(t, renamed.After, of(t, "environment", r.changes(func(ctx context.Context) error { return r.Registry.DeleteEnvironment(ctx, uuid) })).Before)

	_, err := r.Publish.PublishPact(t.Context(), publish.PactDocument{Consumer: "Shop", Provider: "Stock", ConsumerVersion: "1",
		Content: []byte(`{"consumer":{"name":"Shop"},"provider":{"name":"Stock"},"interactions":[]}`)})
	require.NoError(t, err)
	pact := of(t, "pact", r.changes(func(ctx context.Context) error {
		_, err := r.Publish.DeletePact(ctx, "Shop", "Stock", "1")
		return err
	}))
	require.Equal(t, []string{"Shop 1 for Stock", ""}, []string{pact.Name, pact.After})
}

// kinds are the changes of a kind.
func kinds(changes []audit.Change, kind string) []audit.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c audit.Change) bool { return c.Kind != kind })
}

// last is the last change of a kind.
func last(t *testing.T, kind string, changes []audit.Change) audit.Change {
	t.Helper()
	found := kinds(changes, kind)
	require.NotEmpty(t, found, kind)
	return found[len(found)-1]
}
