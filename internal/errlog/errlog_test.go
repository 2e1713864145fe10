package errlog_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/errlog"
)

// discreet is an error that keeps the text of its cause to itself.
type discreet struct{ cause error }

func (d discreet) Error() string { return "the database cannot be reached" }
func (d discreet) Unwrap() error { return d.cause }

var errDriver = errors.New(`dial tcp postgres://me:hidden@db: refused`)

func TestTheLogTellsWhatAnErrorKeepsFromItsReader(t *testing.T) {
	t.Parallel()
	const driver = "dial tcp postgres://**********@db: refused"
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"a hidden cause", discreet{errDriver}, "the database cannot be reached: " + driver},
		{"a hidden cause further down", fmt.Errorf("read: %w", discreet{errDriver}), "read: the database cannot be reached: " + driver},
		{"a cause that is told", fmt.Errorf("read: %w", errDriver), "read: " + driver},
		{"several", errors.Join(errors.New("first"), discreet{errDriver}), "first\nthe database cannot be reached: " + driver},
		{"no cause", discreet{}, "the database cannot be reached"},
		{"no error", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, errlog.Text(tt.err))
			require.Equal(t, "error="+tt.want, errlog.Attr(tt.err).String())
		})
	}
}

func TestErrorsOfLibrariesGetTheSameKey(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: errlog.Replace}))
	log.Info("a", slog.Any("err", discreet{errDriver}))       //nolint:sloglint // a library's key
	log.Info("b", slog.String("cause", "http://me:hidden@b")) //nolint:sloglint // a library's key
	log.Info("c", slog.String("path", "x"))
	require.Contains(t, out.String(), `msg=a error="the database cannot be reached: dial tcp postgres://**********@db: refused"`)
	require.Contains(t, out.String(), `msg=b error=http://**********@b`)
	require.Contains(t, out.String(), `msg=c path=x`)
	require.NotContains(t, out.String(), "hidden")
}
