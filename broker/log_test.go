package broker

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStatementsAreLoggedAtTheLevelThatIsSet(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]slog.Level{"debug": slog.LevelDebug, "INFO": slog.LevelInfo, "warning": slog.LevelWarn, "fatal": slog.LevelError} {
		got := statementLog(Options{SQLLogLevel: level, SQLLogSlow: time.Second})
		require.NotNil(t, got.Level, "statements are logged at %s", level)
		require.Equal(t, want, *got.Level, "statements are logged at %s", level)
		require.Equal(t, time.Second, got.SlowAfter, "slow statements are told apart")
	}
	for _, level := range []string{"", "none", "None", "loud"} {
		require.Nil(t, statementLog(Options{SQLLogLevel: level}).Level, "no statement is logged at %q", level)
	}
}

func TestTheLogLeavesOutWhatIsBelowItsLevel(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	log := newLog(Options{LogTo: &text, LogLevel: "loud"})
	log.Debug("small")
	log.Info("large")
	require.NotContains(t, text.String(), "small", "a level that there is not counts as info")
	require.Contains(t, text.String(), "large", "a level that there is not counts as info")
	require.NotPanics(t, func() { newLog(Options{}).Error("nowhere") }, "a log without a place goes nowhere")
}
