package store_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
)

// logOf does some work on a store and returns what it logged.
func logOf(t *testing.T, statements store.StatementLog) string {
	t.Helper()
	var log bytes.Buffer
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "log.db"), store.Options{
		Log: slog.New(slog.NewTextHandler(&log, nil)), Statements: statements,
	})
	require.NoError(t, err)
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		_, err := tx.CreateWebhook(kernel.Webhook{UUID: "u", Description: "of nobody's concern", CreatedAt: time.Now(), UpdatedAt: time.Now(), Events: []kernel.EventName{"contract_published"}})
		return err
	}))
	require.NoError(t, s.View(t.Context(), func(tx kernel.Tx) error {
		_, err := tx.FindPacticipant("of nobody's concern")
		require.True(t, kernel.IsNotFound(err))
		return nil
	}))
	require.NoError(t, s.Close())
	return log.String()
}

func TestStatementsAreLoggedWithoutTheirValues(t *testing.T) {
	t.Parallel()
	level := slog.LevelInfo
	log := logOf(t, store.StatementLog{Level: &level})
	require.Contains(t, log, "INSERT INTO")
	require.Contains(t, log, "FROM pacticipant WHERE name = $1")
	require.NotContains(t, log, "of nobody's concern")
}

func TestSlowStatementsAreWarnedAbout(t *testing.T) {
	t.Parallel()
	log := logOf(t, store.StatementLog{SlowAfter: time.Nanosecond})
	require.Contains(t, log, "level=WARN")
	require.Contains(t, log, "slow statement")
	require.NotContains(t, log, "of nobody's concern")
	level := slog.LevelDebug
	require.NotContains(t, logOf(t, store.StatementLog{Level: &level, SlowAfter: time.Minute}), "statement")
}
