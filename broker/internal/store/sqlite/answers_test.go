package sqlite_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/sqlite"
)

// known looks whether an answer is kept, and keeps one for the next time.
func known(t *testing.T, e *sqlite.Engine) (was bool) {
	t.Helper()
	require.NoError(t, e.View(t.Context(), func(_ context.Context, q engine.Querier) error {
		_, was = q.Answers().Get("key")
		q.Answers().Put("key", "answer", 1)
		return nil
	}))
	return was
}

func TestAnswersAreKeptAsLongAsNobodyWrites(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		write func(*testing.T, *sqlite.Engine, string) error
		kept  bool
	}{
		{"nothing", func(*testing.T, *sqlite.Engine, string) error { return nil }, true},
		{"an update", func(t *testing.T, e *sqlite.Engine, _ string) error {
			return e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error { return add(ctx, q, 7) })
		}, false},
		{"an update that fails", func(t *testing.T, e *sqlite.Engine, _ string) error {
			require.Error(t, e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error {
				require.NoError(t, add(ctx, q, 7))
				return context.Canceled
			}))
			return nil
		}, true},
		{"the job queue", func(t *testing.T, e *sqlite.Engine, _ string) error {
			_, err := e.Handle().ExecContext(t.Context(), `INSERT INTO number (n) VALUES (7)`)
			return err
		}, false},
		{"another process", func(t *testing.T, _ *sqlite.Engine, path string) error {
			other, err := sqlite.OpenFile(path, "immediate")
			require.NoError(t, err)
			defer other.Close()
			_, err = other.ExecContext(t.Context(), `INSERT INTO number (n) VALUES (7)`)
			return err
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, path := openAt(t, sqlite.Options{Readers: 1})
			require.False(t, known(t, e))
			require.True(t, known(t, e))
			require.NoError(t, tt.write(t, e, path))
			require.Equal(t, tt.kept, known(t, e))
			require.True(t, known(t, e))
		})
	}
}

func TestASnapshotKeepsTheAnswersOfItsOwnState(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{Readers: 1})
	require.NoError(t, e.View(t.Context(), func(_ context.Context, q engine.Querier) error {
		q.Answers().Put("before", 1, 1)
		require.NoError(t, e.Update(t.Context(), func(ctx context.Context, q engine.Querier) error { return add(ctx, q, 7) }))
		_, there := q.Answers().Get("before")
		require.True(t, there, "the snapshot is that of before the update")
		q.Answers().Put("within", 1, 1)
		return nil
	}))
	require.NoError(t, e.View(t.Context(), func(_ context.Context, q engine.Querier) error {
		for _, key := range []string{"before", "within"} {
			_, there := q.Answers().Get(key)
			require.False(t, there, "what was found out %s the update is not so any more", key)
		}
		return nil
	}))
}

func TestAnUpdateHasNoAnswers(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{})
	require.NoError(t, e.Update(t.Context(), func(_ context.Context, q engine.Querier) error {
		require.Nil(t, q.Answers(), "what it has read it may have changed since")
		return nil
	}))
}

func TestTheReaderThatWasUsedLastIsUsedNext(t *testing.T) {
	t.Parallel()
	e := open(t, sqlite.Options{Readers: 4})
	require.False(t, known(t, e))
	for range 8 {
		require.True(t, known(t, e), "each reader has its own answers")
	}
}
