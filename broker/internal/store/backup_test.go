package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
)

func openFile(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func addPacticipant(ctx context.Context, s *store.Store, name string) error {
	return s.Update(ctx, func(tx kernel.Tx) error {
		_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, CreatedAt: time.Now(), UpdatedAt: time.Now()})
		return err
	})
}

func pacticipants(t *testing.T, s *store.Store) []string {
	t.Helper()
	var names []string
	require.NoError(t, s.View(t.Context(), func(tx kernel.Tx) (err error) {
		names, err = tx.ListPacticipantNames()
		return err
	}))
	return names
}

// A copy taken while others write holds everything that was answered before.
func TestABackupOfARunningStoreIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "treaty.db"), filepath.Join(dir, "copy.db")
	s := openFile(t, path)
	for n := range 20 {
		require.NoError(t, addPacticipant(t.Context(), s, fmt.Sprintf("before-%02d", n)))
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ctx.Err() == nil; n++ {
			_ = addPacticipant(ctx, s, fmt.Sprintf("during-%d", n))
		}
	}()
	require.NoError(t, store.Backup(t.Context(), "sqlite:"+path, copied))
	stop()
	<-ended

	restored := filepath.Join(dir, "restored.db")
	require.NoError(t, store.Restore(t.Context(), copied, "sqlite:"+restored))
	names := strings.Join(pacticipants(t, openFile(t, restored)), " ")
	for n := range 20 {
		require.Contains(t, names, fmt.Sprintf("before-%02d", n))
	}
	left, err := filepath.Glob(filepath.Join(dir, ".treaty-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestABackupReplacesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "treaty.db")
	openFile(t, path)
	taken := filepath.Join(dir, "notes.txt")
	require.NoError(t, os.WriteFile(taken, []byte("mine"), 0o600))
	require.ErrorIs(t, store.Backup(t.Context(), path, taken), store.ErrExists)
	content, err := os.ReadFile(taken)
	require.NoError(t, err)
	require.Equal(t, "mine", string(content))

	copied := filepath.Join(dir, "copy.db")
	require.NoError(t, store.Backup(t.Context(), path, copied))
	require.ErrorIs(t, store.Restore(t.Context(), copied, path), store.ErrExists)
	stale := filepath.Join(dir, "other.db")
	require.NoError(t, os.WriteFile(stale+"-wal", []byte("left over"), 0o600))
	require.ErrorIs(t, store.Restore(t.Context(), copied, stale), store.ErrExists)
}

func TestOnlyABrokersDatabaseIsCopied(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("no database ", 200)), 0o600))
	empty := filepath.Join(dir, "empty.db")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, from := range []string{text, empty, filepath.Join(dir, "missing.db"), dir} {
		to := filepath.Join(dir, "to.db")
		require.ErrorIs(t, store.Backup(t.Context(), from, to), store.ErrNoDatabase, from)
		require.ErrorIs(t, store.Restore(t.Context(), from, to), store.ErrNoDatabase, from)
		require.NoFileExists(t, to)
	}
	require.ErrorIs(t, store.Backup(t.Context(), "postgres://db/x", filepath.Join(dir, "x")), store.ErrNotSQLite)
	require.ErrorIs(t, store.Restore(t.Context(), text, "sqlite::memory:"), store.ErrNotSQLite)
}

func TestADamagedCopyIsNotRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "treaty.db"), filepath.Join(dir, "copy.db")
	s := openFile(t, path)
	for n := range 200 {
		require.NoError(t, addPacticipant(t.Context(), s, fmt.Sprintf("name-%03d", n)))
	}
	require.NoError(t, store.Backup(t.Context(), path, copied))
	content, err := os.ReadFile(copied)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(copied, content[:len(content)/2], 0o600))
	require.Error(t, store.Restore(t.Context(), copied, filepath.Join(dir, "restored.db")))
	require.NoFileExists(t, filepath.Join(dir, "restored.db"))
}
