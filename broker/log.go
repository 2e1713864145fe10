package broker

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/internal/errlog"
)

// newLog returns the log that the options describe.
func newLog(o Options) *slog.Logger {
	if o.Log != nil {
		return o.Log
	}
	to := o.LogTo
	if to == nil {
		to = io.Discard
	}
	level, err := logLevel(o.LogLevel)
	if err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: errlog.Replace}
	if o.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// logLevel reads the names that the Pact Broker knows; "fatal" is our error.
func logLevel(name string) (slog.Level, error) {
	switch strings.ToLower(name) {
	case "debug":
		return slog.LevelDebug, nil
	case "info", "":
		return slog.LevelInfo, nil
	case "warn", "warning":
		return slog.LevelWarn, nil
	case "error", "fatal":
		return slog.LevelError, nil
	default:
		return 0, fmt.Errorf("must be debug, info, warn or error, not %q", name)
	}
}

// statementLog says which statements the store logs. The level was checked with
// the other options.
func statementLog(o Options) store.StatementLog {
	out := store.StatementLog{SlowAfter: o.SQLLogSlow}
	if level, given, err := sqlLogLevel(o.SQLLogLevel); err == nil && given {
		out.Level = &level
	}
	return out
}

func sqlLogLevel(name string) (level slog.Level, given bool, err error) {
	if name == "" || strings.EqualFold(name, "none") {
		return 0, false, nil
	}
	level, err = logLevel(name)
	if err != nil {
		err = fmt.Errorf("must be none, debug, info, warn or error, not %q", name)
	}
	return level, true, err
}
