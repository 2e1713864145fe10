package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// held is what one transaction holds while another wants to change something of
// it.
type held struct {
	version    kernel.Version
	branch     kernel.Branch
	pact       kernel.PactPublication
	deployment kernel.DeployedVersion
}

// TestWhoChangesAThingWaitsForWhoHoldsIt forces the order that two requests meet
// in by chance: one holds a lock, another must not get past it. On SQLite one
// request writes at a time, so that it shows on PostgreSQL alone.
func TestWhoChangesAThingWaitsForWhoHoldsIt(t *testing.T) {
	t.Parallel()
	lockVersion := func(h held, tx kernel.Tx) error { return tx.Lock(kernel.ToChange, h.version.Row()) }
	lockPacticipant := func(h held, tx kernel.Tx) error {
		return tx.Lock(kernel.ToChange, kernel.Row{Kind: kernel.RowPacticipant, ID: h.version.Pacticipant.ID})
	}
	now := time.Unix(2_000_000, 0).UTC()
	for name, tt := range map[string]struct {
		hold, change func(h held, tx kernel.Tx) error
	}{
		"a version that is locked is not locked twice": {lockVersion, lockVersion},
		"a tag is taken off a version": {lockVersion, func(h held, tx kernel.Tx) error {
			_, err := tx.RemoveTags(h.version, []string{"prod"})
			return err
		}},
		"a version is put on a branch": {lockVersion, func(h held, tx kernel.Tx) error {
			other, _, err := tx.EnsureBranch(h.version.Pacticipant.ID, "main", now)
			if err == nil {
				_, err = tx.AddToBranch(other, h.version, false, now)
			}
			return err
		}},
		"a version is taken off a branch": {lockVersion, func(h held, tx kernel.Tx) error {
			return tx.RemoveFromBranch(h.branch.ID, h.version.ID)
		}},
		"a pact is deleted": {lockVersion, func(h held, tx kernel.Tx) error {
			return tx.DeletePublications([]kernel.PactPublication{h.pact})
		}},
		"an application that is locked is not locked twice": {lockPacticipant, lockPacticipant},
		"a deployment is recorded": {lockPacticipant, func(h held, tx kernel.Tx) error {
			_, err := tx.RecordDeployment(kernel.DeployedVersion{UUID: "next", Version: h.version, Environment: h.deployment.Environment, Instance: "blue", CreatedAt: now})
			return err
		}},
		"a deployment is ended": {lockPacticipant, func(h held, tx kernel.Tx) error {
			return tx.EndDeployment(h.deployment, now, "")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Postgres(t, store.Options{})
			h := hold(t, s)
			holding, release := make(chan struct{}), make(chan struct{})
			first, second := make(chan error, 1), make(chan error, 1)
			go func() {
				first <- s.Update(context.WithoutCancel(t.Context()), func(tx kernel.Tx) error {
					if err := tt.hold(h, tx); err != nil {
						return err
					}
					if err := tx.Ping(); err != nil { // a lock goes with the next question
						return err
					}
					close(holding)
					<-release
					return nil
				})
			}()
			<-holding
			go func() {
				second <- s.Update(context.WithoutCancel(t.Context()), func(tx kernel.Tx) error { return tt.change(h, tx) })
			}()
			select {
			case err := <-second:
				second <- err
				t.Errorf("%s although another request holds it, which thinks that it stays as it is", name)
			case <-time.After(time.Second):
			}
			close(release)
			require.NoError(t, <-first)
			require.NoError(t, <-second)
			storetest.Sound(t, s)
		})
	}
}

// hold makes a version with all that the test changes.
func hold(t *testing.T, s *store.Store) held {
	t.Helper()
	now := time.Unix(1_000_000, 0).UTC()
	var h held
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		party := func(name string) kernel.Pacticipant {
			p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, DisplayName: name, CreatedAt: now, UpdatedAt: now})
			require.NoError(t, err)
			return p
		}
		foo, bar := party("Foo"), party("Bar")
		var err error
		h.version, _, err = tx.EnsureVersion(kernel.Version{Pacticipant: foo.Party(), Number: "1", CreatedAt: now})
		require.NoError(t, err)
		require.NoError(t, tx.AddTags(h.version, []string{"prod"}, now))
		_, _, err = tx.EnsureBranch(foo.ID, "main", now)
		require.NoError(t, err)
		h.branch, _, err = tx.EnsureBranch(foo.ID, "feat", now)
		require.NoError(t, err)
		_, err = tx.AddToBranch(h.branch, h.version, false, now)
		require.NoError(t, err)
		packed, err := kernel.PackBody([]byte(`{}`))
		require.NoError(t, err)
		content, _, err := tx.EnsureContent(kernel.Content{ConsumerID: foo.ID, ProviderID: bar.ID, SHA: "a", CreatedAt: now, Packed: packed})
		require.NoError(t, err)
		h.pact, err = tx.AddPublication(kernel.NewPublication{Version: h.version, Provider: bar.Party(), ContentID: content, SHA: "a", At: now})
		require.NoError(t, err)
		environment, err := tx.CreateEnvironment(kernel.Environment{UUID: "test", Name: "test", DisplayName: "Test", CreatedAt: now, UpdatedAt: now})
		require.NoError(t, err)
		h.deployment, err = tx.RecordDeployment(kernel.DeployedVersion{UUID: "first", Version: h.version, Environment: environment, CreatedAt: now})
		return err
	}))
	return h
}

// TestAWriteThatFindsNoRowIsNotTakenForDone writes to rows that are not there any
// more: on PostgreSQL the transaction reads again before it gives up, and nothing is
// said to be done that was not.
func TestAWriteThatFindsNoRowIsNotTakenForDone(t *testing.T) {
	t.Parallel()
	const gone = 999_999
	now := time.Unix(2_000_000, 0).UTC()
	for name, write := range map[string]func(kernel.Tx) error{
		"a version is changed":      func(tx kernel.Tx) error { return tx.SaveVersion(kernel.Version{ID: gone, Number: "1", UpdatedAt: now}) },
		"an application is deleted": func(tx kernel.Tx) error { return tx.DeletePacticipant(gone) },
		"a deployment is ended":     func(tx kernel.Tx) error { return tx.EndDeployment(kernel.DeployedVersion{ID: gone}, now, "") },
		"a release is ended":        func(tx kernel.Tx) error { return tx.EndRelease(kernel.ReleasedVersion{ID: gone}, now) },
		"an integration is deleted": func(tx kernel.Tx) error { return tx.DeleteIntegration(gone, gone) },
		"an attempt is recorded": func(tx kernel.Tx) error {
			return tx.RecordWebhookAttempt(kernel.WebhookAttempt{TriggeredID: gone, CreatedAt: now}, kernel.TriggerSuccess)
		},
	} {
		for database, open := range storetest.Databases() {
			t.Run(name+"/"+database, func(t *testing.T) {
				t.Parallel()
				db, runs := open(t, store.Options{}), 0
				err := db.Update(t.Context(), func(tx kernel.Tx) error {
					runs++
					return write(tx)
				})
				require.Error(t, err, "no row was there to write to")
				if db.Postgres() {
					require.Greater(t, runs, 1, "it looks again before it gives up")
				}
			})
		}
	}
}
