package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// told reports whether there was a change since it was asked last.
func told(changed <-chan struct{}) bool {
	select {
	case <-changed:
		return true
	default:
		return false
	}
}

func TestWhoWatchesIsToldOfFactsThatChanged(t *testing.T) {
	t.Parallel()
	named := func(name string) func(kernel.Tx) error {
		return func(tx kernel.Tx) error {
			_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, CreatedAt: time.Unix(1, 0)})
			return err
		}
	}
	refused := errors.New("refused")
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, store.Options{})
			changed, end := db.Watch()
			defer end()
			for _, step := range []struct {
				name    string
				run     func() error
				fails   error
				changes bool
			}{
				{"an application is new", func() error { return db.Update(t.Context(), named("Shop")) }, nil, true},
				{"it is looked at", func() error {
					return db.View(t.Context(), func(tx kernel.Tx) error { _, err := tx.FindPacticipant("Shop"); return err })
				}, nil, false},
				{"an update that finds it there", func() error { return db.Update(t.Context(), func(tx kernel.Tx) error { return tx.Ping() }) }, nil, false},
				{"an update that fails", func() error {
					return db.Update(t.Context(), func(tx kernel.Tx) error { return errors.Join(named("Stock")(tx), refused) })
				}, refused, false},
				{"an answer of the gate is kept", func() error {
					return db.Update(t.Context(), func(tx kernel.Tx) error {
						_, err := tx.SaveGateAnswer(kernel.GateAnswer{QuestionKey: "q", FirstAt: time.Unix(1, 0), LastAt: time.Unix(1, 0), Times: 1})
						return err
					})
				}, nil, false},
				{"it is deleted", func() error {
					return db.Update(t.Context(), func(tx kernel.Tx) error {
						p, err := tx.FindPacticipant("Shop")
						return errors.Join(err, tx.DeletePacticipant(p.ID))
					})
				}, nil, true},
			} {
				require.ErrorIs(t, step.run(), step.fails, step.name)
				require.Equal(t, step.changes, told(changed), step.name)
			}
			end()
			require.NoError(t, db.Update(t.Context(), named("Shop")))
			require.False(t, told(changed), "who has gone is told no more")
		})
	}
}

// TestWhoWatchesIsToldWhatOtherReplicasChanged lets two stores of one database
// beat, as brokers do.
func TestWhoWatchesIsToldWhatOtherReplicasChanged(t *testing.T) {
	t.Parallel()
	database := storetest.PostgresSchema(t)
	replica := func() *store.Store {
		db, err := store.Open(t.Context(), database, store.Options{})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	here, there := replica(), replica()
	changed, end := here.Watch()
	defer end()
	beat := func() {
		for name, db := range map[string]*store.Store{"there": there, "here": here} {
			_, err := db.Beat(t.Context(), name)
			require.NoError(t, err)
		}
		_, err := here.Beat(t.Context(), "here")
		require.NoError(t, err)
	}
	change := func(name string) {
		require.NoError(t, there.Update(t.Context(), func(tx kernel.Tx) error {
			_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, CreatedAt: time.Unix(1, 0)})
			return err
		}))
	}
	beat()
	require.False(t, told(changed), "another replica is no change")
	change("Shop")
	require.False(t, told(changed), "nobody has told it yet")
	beat()
	require.True(t, told(changed), "the other has told it")
	beat()
	require.False(t, told(changed), "once")
	change("Stock")
	_, err := here.DB().ExecContext(t.Context(), `DELETE FROM replica WHERE id = 'there'`)
	require.NoError(t, err)
	_, err = here.Beat(t.Context(), "here")
	require.NoError(t, err)
	require.True(t, told(changed), "who is gone may have changed something")
}
