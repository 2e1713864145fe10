package store_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestATransactionThatCannotWriteWhatWaitsIsNotCommitted: whoever does not look
// at the error of a query must not get the rest of it stored.
func TestATransactionThatCannotWriteWhatWaitsIsNotCommitted(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{})
	_, err := s.DB().ExecContext(t.Context(), `CREATE TRIGGER refuse BEFORE INSERT ON branch_version BEGIN SELECT RAISE(ABORT, 'refused'); END`)
	require.NoError(t, err)
	err = s.Update(t.Context(), func(tx kernel.Tx) error {
		v, b := versionWithBranch(t, tx)
		_, err := tx.AddToBranch(b, v, false, time.Unix(1, 0))
		require.NoError(t, err, "it waits")
		_, err = tx.CountBranches(v.ID)
		require.ErrorContains(t, err, "refused", "who asks for what waits is told that it could not be written")
		return nil
	})
	require.ErrorContains(t, err, "refused")
	require.Empty(t, namesIn(t, s), "nothing of the transaction is stored")
}

func versionWithBranch(t *testing.T, tx kernel.Tx) (kernel.Version, kernel.Branch) {
	t.Helper()
	p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: time.Unix(1, 0)})
	require.NoError(t, err)
	b, _, err := tx.EnsureBranch(p.ID, "main", time.Unix(1, 0))
	require.NoError(t, err)
	v, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: time.Unix(1, 0)})
	require.NoError(t, err)
	return v, b
}

// TestWhatIsKnownIsGivenUpWhenItChanges reads twice within one transaction, with
// a change between.
func TestWhatIsKnownIsGivenUpWhenItChanges(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{OrderBySemver: true})
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		v, _ := versionWithBranch(t, tx)
		id, _, err := tx.EnsureContent(kernel.Content{ConsumerID: v.Pacticipant.ID, ProviderID: v.Pacticipant.ID, SHA: "a", CreatedAt: time.Unix(1, 0), Packed: mustPack(`{}`)})
		require.NoError(t, err)
		_, err = tx.AddPublication(kernel.NewPublication{Version: v, Provider: v.Pacticipant, ContentID: id, At: time.Unix(1, 0)})
		require.NoError(t, err)
		read := func() matrix.Publication {
			found, err := tx.MatrixFacts(time.Time{}).ListPublications(matrix.PublicationQuery{Contents: []int64{id}})
			require.NoError(t, err)
			require.Len(t, found, 1)
			return found[0]
		}
		before := read()
		require.NoError(t, tx.SavePacticipant(kernel.Pacticipant{ID: v.Pacticipant.ID, MainBranch: "main", UpdatedAt: time.Unix(2, 0)}))
		require.Equal(t, "main", read().Consumer.MainBranch, "the main branch is the new one")
		_, _, err = tx.EnsureVersion(kernel.Version{Pacticipant: v.Pacticipant, Number: "0.1", CreatedAt: time.Unix(1, 0)})
		require.NoError(t, err)
		require.Greater(t, read().ConsumerVersion.Order, before.ConsumerVersion.Order, "an earlier version has moved it up")
		return nil
	}))
}

// TestWhatWaitsIsWrittenBeforeGORMReadsIt: GORM's statements are looked at as all
// others are.
func TestWhatWaitsIsWrittenBeforeGORMReadsIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		read func(ctx context.Context, pool engine.Pool, into *int64) error
	}{
		{"a query", func(ctx context.Context, pool engine.Pool, into *int64) error {
			rows, err := pool.QueryContext(ctx, `SELECT COUNT(*) FROM branch_version`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := rows.Scan(into); err != nil {
					return err
				}
			}
			return rows.Err()
		}},
		{"a query for one row", func(ctx context.Context, pool engine.Pool, into *int64) error {
			return pool.QueryRowContext(ctx, `SELECT COUNT(*) FROM branch_version`).Scan(into)
		}},
		{"a statement that is prepared", func(ctx context.Context, pool engine.Pool, into *int64) error {
			stmt, err := pool.PrepareContext(ctx, `SELECT COUNT(*) FROM branch_version`)
			if err != nil {
				return err
			}
			defer stmt.Close()
			return stmt.QueryRowContext(ctx).Scan(into)
		}},
		{"a change", func(ctx context.Context, pool engine.Pool, into *int64) error {
			result, err := pool.ExecContext(ctx, `UPDATE branch_version SET auto = TRUE`)
			if err == nil {
				*into, err = result.RowsAffected()
			}
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := storetest.SQLite(t, store.Options{})
			require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
				v, b := versionWithBranch(t, tx)
				_, err := tx.AddToBranch(b, v, false, time.Unix(1, 0))
				require.NoError(t, err)
				var found int64
				require.NoError(t, store.Pool(tx, func(ctx context.Context, pool engine.Pool) error { return tt.read(ctx, pool, &found) }))
				require.EqualValues(t, 1, found, "the version is on its branch")
				return nil
			}))
		})
	}
}

// The job queue writes to its own tables, so that what waits goes on waiting for the
// end: on PostgreSQL a branch that many publish on is locked no longer than that.
func TestWhatWaitsIsWrittenAfterTheJobQueueHasRun(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, store.Options{})
			var branch kernel.Branch
			require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
				v, b := versionWithBranch(t, tx)
				branch = b
				_, err := tx.AddToBranch(b, v, false, time.Unix(1, 0))
				require.NoError(t, err)
				return store.JobTx(tx, func(ctx context.Context, raw *sql.Tx) error {
					var found int64
					require.NoError(t, raw.QueryRowContext(ctx, `SELECT COUNT(*) FROM branch_version`).Scan(&found))
					require.Zero(t, found, "it waits")
					return nil
				})
			}))
			require.NoError(t, s.View(t.Context(), func(tx kernel.Tx) error {
				found, _, err := tx.ListVersions(kernel.VersionFilter{BranchID: branch.ID})
				require.Len(t, found, 1, "it is written with the end")
				return err
			}))
		})
	}
}

// TestAViewThatNotesSomethingToWriteFails: it would be lost without a word.
func TestAViewThatNotesSomethingToWriteFails(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, store.Options{})
			require.Error(t, s.View(t.Context(), func(tx kernel.Tx) error { return tx.TouchIntegration(1, 2, time.Unix(1, 0)) }))
		})
	}
}
