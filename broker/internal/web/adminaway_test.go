package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/web"
)

// away is a database that does not answer.
type away struct{ kernel.Store }

var errAway = kernel.Errorf(kernel.CodeUnavailable, "the database cannot be reached")

func (away) View(context.Context, func(kernel.Tx) error) error { return errAway }

// The page about the broker is needed most when its database is away.
func TestTheAdminPageSaysWhyTheBrokerIsNotReady(t *testing.T) {
	t.Parallel()
	for reason, ready := range map[string]error{"the database cannot be reached": errAway, "The reason is in its log.": context.DeadlineExceeded} {
		pages := web.New(usecase.New(away{}, kernel.DefaultSettings()), web.Config{
			Log: slog.New(slog.DiscardHandler), Ready: func(context.Context) error { return ready }, Settings: []web.Setting{{Name: "--port", Value: "9292", From: "default"}},
		})
		got := httptest.NewRecorder()
		pages.ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/ui/admin", nil))
		require.Equal(t, http.StatusOK, got.Code)
		require.Contains(t, got.Body.String(), "The broker is not ready.")
		require.Contains(t, got.Body.String(), reason)
		require.Contains(t, got.Body.String(), "--port")
		require.NotContains(t, got.Body.String(), "deadline")
	}
}
