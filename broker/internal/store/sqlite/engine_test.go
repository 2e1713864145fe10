package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/sqlite"
)

// open opens an engine on a new file with a table of numbers.
func open(t *testing.T, options sqlite.Options) *sqlite.Engine {
	t.Helper()
	e, _ := openAt(t, options)
	return e
}

// openAt is open, and tells where the file is.
func openAt(t *testing.T, options sqlite.Options) (e *sqlite.Engine, path string) {
	t.Helper()
	if options.UpdateLimit == 0 {
		options.UpdateLimit = time.Minute
	}
	options.Log.To = slog.New(slog.DiscardHandler)
	options.Prepare = func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS number (id INTEGER PRIMARY KEY, n INTEGER UNIQUE)`)
		return err
	}
	path = filepath.Join(t.TempDir(), "numbers.db")
	e, err := sqlite.Open(t.Context(), path, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e, path
}

func add(ctx context.Context, q engine.Querier, n int64) error {
	_, err := q.Insert(ctx, `INSERT INTO number (n) VALUES ($1)`, []any{n})
	return err
}

func sum(t *testing.T, e *sqlite.Engine) (n int64) {
	t.Helper()
	require.NoError(t, e.View(t.Context(), func(ctx context.Context, q engine.Querier) error {
		return q.Query(ctx, `SELECT COALESCE(SUM(n), 0) FROM number`, nil, func(row engine.Row) (bool, error) { return false, row.Scan(&n) })
	}))
	return n
}

// TestUpdatesThatMeetAreEachWholeOrNothing lets updates share transactions with
// some that fail half way.
func TestUpdatesThatMeetAreEachWholeOrNothing(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	why := errors.New("changed my mind")
	errs := make([]error, 40)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error {
				if err := add(ctx, q, int64(1)<<i); err != nil || i%3 > 0 {
					return err
				}
				return why
			})
		})
	}
	wg.Wait()
	var want int64
	for i, err := range errs {
		if i%3 == 0 {
			require.ErrorIs(t, err, why)
			continue
		}
		require.NoError(t, err)
		want |= 1 << i
	}
	require.Equal(t, want, sum(t, e), "of those that failed nothing is left, of the others all")
}

func TestAnUpdateIsGivenUpAfterItsLimit(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{UpdateLimit: 30 * time.Millisecond})
	begun := time.Now()
	err := e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error {
		_, err := q.Exec(ctx, `WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM i) INSERT INTO number (n) SELECT n FROM i`, nil)
		return err
	})
	var limit *engine.LimitError
	require.ErrorAs(t, err, &limit)
	require.ErrorContains(t, err, "30ms")
	require.Less(t, time.Since(begun), 2*time.Second, "others wait for it no longer than the limit")
	require.Zero(t, sum(t, e))
}

func TestNothingRunsOnAClosedEngine(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	require.NoError(t, e.Close())
	require.NoError(t, e.Close(), "closing twice is fine")
	never := func(context.Context, engine.Querier) error { panic("it ran") }
	require.ErrorIs(t, e.Update(t.Context(), never), engine.ErrClosed)
	require.ErrorIs(t, e.View(t.Context(), never), engine.ErrClosed)
}

// TestASnapshotIsFixedAndDoesNotWrite: what a view reads stays, whatever is
// written meanwhile, and who waits for a place may leave.
func TestASnapshotIsFixedAndDoesNotWrite(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{Readers: 1})
	require.NoError(t, e.View(t.Context(), func(ctx context.Context, q engine.Querier) error {
		count := func() (n int64) {
			require.NoError(t, q.Query(ctx, `SELECT COUNT(*) FROM number`, nil, func(row engine.Row) (bool, error) { return true, row.Scan(&n) }))
			return n
		}
		require.Zero(t, count())
		require.NoError(t, e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error { return add(ctx, q, 1) }))
		require.Zero(t, count(), "the snapshot does not change")
		require.Error(t, add(ctx, q, 2), "a view does not write")
		leaving, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, e.View(leaving, func(context.Context, engine.Querier) error { panic("it had no place") }), context.DeadlineExceeded)
		return nil
	}))
	require.Error(t, e.View(t.Context(), func(ctx context.Context, q engine.Querier) error { return add(ctx, q, 4) }), "a view does not write, though nobody else does")
	require.EqualValues(t, 1, sum(t, e))
}

func TestAViewEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{Readers: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, e.View(ctx, func(ctx context.Context, q engine.Querier) error {
		_, err := q.Exec(ctx, `WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM i) SELECT COUNT(*) FROM i`, nil)
		return err
	}), context.DeadlineExceeded)
	require.Zero(t, sum(t, e), "the next reads with the same session")
}

// TestOthersShareTheTransaction: who speaks to database/sql sees what the
// transaction has written, and cannot end it.
func TestOthersShareTheTransaction(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	why := errors.New("undone")
	require.ErrorIs(t, e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error {
		require.NoError(t, add(ctx, q, 5))
		var n int64
		require.NoError(t, q.Pool().QueryRowContext(ctx, `SELECT n FROM number`).Scan(&n))
		require.EqualValues(t, 5, n)
		result, err := q.Pool().ExecContext(ctx, `INSERT INTO number (n) VALUES (?)`, 6)
		require.NoError(t, err)
		id, err := result.LastInsertId()
		require.NoError(t, err)
		require.EqualValues(t, 2, id)

		raw, release, err := q.JobTx(ctx)
		require.NoError(t, err)
		stmt, err := raw.PrepareContext(ctx, `SELECT SUM(n), '2026-05-04 03:02:01' FROM number`)
		require.NoError(t, err)
		defer stmt.Close()
		var at time.Time
		require.NoError(t, stmt.QueryRowContext(ctx).Scan(&n, &at))
		require.EqualValues(t, 11, n)
		require.Equal(t, time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), at, "the job queue reads moments")
		require.NoError(t, raw.Commit())
		release()
		return why
	}), why)
	require.Zero(t, sum(t, e), "what the job queue committed was not its own to commit")
}

func TestSettingsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	_, err := sqlite.Open(t.Context(), "", sqlite.Options{Synchronous: "sometimes"})
	require.ErrorContains(t, err, "use FULL or NORMAL")
	_, err = sqlite.Open(t.Context(), "", sqlite.Options{Prepare: func(context.Context, *sql.DB) error { return errors.New("not prepared") }})
	require.ErrorContains(t, err, "not prepared")
	require.Zero(t, sqlite.Code(err), "it is not an error of SQLite")
}

func TestErrorsHaveTheCodeOfSQLite(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	twice := func(ctx context.Context, q engine.Querier) error { return add(ctx, q, 1) }
	require.NoError(t, e.Update(t.Context(), twice))
	require.Equal(t, 2067, sqlite.Code(e.Update(t.Context(), twice)), "SQLITE_CONSTRAINT_UNIQUE")
	_, err := e.Handle().ExecContext(t.Context(), `INSERT INTO number (n) VALUES (1)`)
	require.Equal(t, 2067, sqlite.Code(err), "by the other driver too")
	require.Zero(t, sqlite.Code(errors.New("another")))
}

const endless = `WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM i) INSERT INTO number (n) SELECT -n FROM i`

// TestAnInterruptedUpdateTakesNoOtherWithIt: SQLite gives up the whole
// transaction when a statement that writes is interrupted, and the updates that
// shared it are run again.
func TestAnInterruptedUpdateTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	holding, leave := context.WithCancel(t.Context())
	held, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- e.Update(holding, func(ctx context.Context, q engine.Querier) error {
			close(held)
			_, err := q.Exec(ctx, endless, nil)
			return err
		})
	}()
	<-held // the others gather meanwhile
	errs := make([]error, 20)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			errs[i] = e.Update(ctx, func(inner context.Context, q engine.Querier) error {
				if err := add(inner, q, int64(1)<<i); err != nil || i%5 != 2 {
					return err
				}
				time.AfterFunc(time.Millisecond, cancel)
				_, err := q.Exec(inner, endless, nil)
				return err
			})
		})
	}
	leave()
	require.ErrorIs(t, <-done, context.Canceled)
	wg.Wait()
	var want int64
	for i, err := range errs {
		if i%5 == 2 {
			require.ErrorIs(t, err, context.Canceled)
			continue
		}
		require.NoError(t, err)
		want |= 1 << i
	}
	require.Equal(t, want, sum(t, e), "all that were not interrupted are stored, once")
}

func TestClosingEndsAnUpdateThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	held, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- e.Update(context.Background(), func(ctx context.Context, q engine.Querier) error {
			close(held)
			_, err := q.Exec(ctx, endless, nil)
			return err
		})
	}()
	<-held
	require.NoError(t, e.Close())
	require.ErrorIs(t, <-done, engine.ErrClosed)
}

// TestReadyMeansThatAnUpdateGetsThrough asks an engine that is idle, one whose
// lock another process holds, and one that is closed.
func TestReadyMeansThatAnUpdateGetsThrough(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	require.NoError(t, e.Ready(t.Context()))
	holding, err := e.Handle().BeginTx(t.Context(), nil) // takes the lock of the file
	require.NoError(t, err)
	require.ErrorIs(t, e.Ready(t.Context()), engine.ErrCommitsWait)
	require.NoError(t, holding.Rollback())
	require.NoError(t, e.Ready(t.Context()))
	require.NoError(t, e.Close())
	require.ErrorIs(t, e.Ready(t.Context()), engine.ErrClosed)
}

// TestWhatMayWaitRunsInItsOrder: Later on SQLite is now, and its failure that of
// the update.
func TestWhatMayWaitRunsInItsOrder(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	var seen []int64
	require.NoError(t, e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error {
		require.NoError(t, q.Later(ctx, `INSERT INTO number (n) VALUES ($1), ($2)`, []any{int64(3), int64(4)}, nil))
		return q.Later(ctx, `SELECT n FROM number ORDER BY n`, nil, func(row engine.Row) (bool, error) {
			var n int64
			err := row.Scan(&n)
			seen = append(seen, n)
			return true, err
		})
	}))
	require.Equal(t, []int64{3, 4}, seen)
	require.Error(t, e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error {
		require.NoError(t, add(ctx, q, 8))
		return q.Later(ctx, `INSERT INTO number (n) VALUES ($1)`, []any{int64(3)}, nil)
	}))
	require.EqualValues(t, 7, sum(t, e), "the update that failed left nothing")
}

// TestTheLogIsCopiedIntoTheFileBesideTheWriter looks at the database file alone,
// as somebody who copies it without its log would: what was written arrives there
// without a reader or a writer that asks for it.
func TestTheLogIsCopiedIntoTheFileBesideTheWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "numbers.db")
	e, err := sqlite.Open(t.Context(), path, sqlite.Options{UpdateLimit: time.Minute, Log: engine.Log{To: slog.New(slog.DiscardHandler)},
		Prepare: func(ctx context.Context, db *sql.DB) error {
			_, err := db.ExecContext(ctx, `CREATE TABLE number (id INTEGER PRIMARY KEY, n INTEGER UNIQUE)`)
			return err
		}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	require.NoError(t, e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error { return add(ctx, q, 271828) }))
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		copied := filepath.Join(t.TempDir(), "copy.db")
		require.NoError(t, os.WriteFile(copied, text, 0o600))
		db, err := sqlite.OpenFile(copied, "deferred")
		require.NoError(t, err)
		defer db.Close()
		var n int64
		return db.QueryRowContext(t.Context(), `SELECT n FROM number`).Scan(&n) == nil && n == 271828
	}, 10*time.Second, 100*time.Millisecond)
}

// TestEveryWayOfDatabaseSQLSeesTheTransaction: GORM and the job queue prepare
// statements, scan rows and count what changed, in whichever way they like.
func TestEveryWayOfDatabaseSQLSeesTheTransaction(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	require.NoError(t, e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error {
		insert, err := q.Pool().PrepareContext(ctx, `INSERT INTO number (n) VALUES (?)`)
		require.NoError(t, err)
		defer insert.Close()
		for _, n := range []int{1, 2, 3} {
			_, err = insert.ExecContext(ctx, n)
			require.NoError(t, err)
		}
		result, err := q.Pool().ExecContext(ctx, `UPDATE number SET n = n + 10 WHERE n > ?`, 1)
		require.NoError(t, err)
		changed, err := result.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 2, changed)
		rows, err := q.Pool().QueryContext(ctx, `SELECT id, n, NULL, 'text', 1.5, x'00ff' FROM number ORDER BY n`)
		require.NoError(t, err)
		defer rows.Close()
		var got []int64
		for rows.Next() {
			var id, n int64
			var nothing any
			var text string
			var real float64
			var bytes []byte
			require.NoError(t, rows.Scan(&id, &n, &nothing, &text, &real, &bytes))
			require.Equal(t, []any{nil, "text", 1.5, []byte{0, 255}}, []any{nothing, text, real, bytes})
			got = append(got, n)
		}
		require.NoError(t, rows.Err())
		require.Equal(t, []int64{1, 12, 13}, got)
		_, err = q.Pool().ExecContext(ctx, `INSERT INTO absent VALUES (1)`)
		require.ErrorContains(t, err, "no such table")
		_, err = q.Pool().ExecContext(ctx, `SELEKT`)
		require.ErrorContains(t, err, "syntax error")
		return nil
	}))
	require.EqualValues(t, 26, sum(t, e))
}
