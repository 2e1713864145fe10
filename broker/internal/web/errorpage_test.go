package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"

	brokerstore "github.com/treatyhq/treaty/broker/internal/store"
)

// errorShown is what a browser gets for a page that ends with an error, and the log.
func errorShown(t *testing.T, ctx context.Context, err error) (answer *httptest.ResponseRecorder, log string) { //nolint:revive // the test comes first, as everywhere
	t.Helper()
	var logged bytes.Buffer
	pages := New(&usecase.All{}, Config{Log: slog.New(slog.NewTextHandler(&logged, nil))})
	answer = httptest.NewRecorder()
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/ui/gate", nil)
	pages.web.page(func(*http.Request) (page, error) { return nil, err })(answer, request)
	return answer, logged.String()
}

func TestAnErrorThatTheAPINamesHasItsStatusOnAPageToo(t *testing.T) {
	t.Parallel()
	cause := errors.New("dial tcp 10.0.0.1:5432")
	for _, tt := range []struct {
		code   kernel.Code
		status int
		title  string
	}{
		{kernel.CodeInvalid, 400, "That cannot be answered"},
		{kernel.CodeUnauthorized, 401, "Not signed in"},
		{kernel.CodeForbidden, 403, "Not allowed"},
		{kernel.CodeNotFound, 404, "Not found"},
		{kernel.CodeConflict, 409, "Conflict"},
		{kernel.CodeUnprocessable, 422, "That cannot be answered"},
		{kernel.CodeTooLarge, 413, "Too large"},
		{kernel.CodeTimeout, 408, "Took too long"},
	} {
		answer, log := errorShown(t, t.Context(), kernel.Errorf(tt.code, "Say it in other words.").Because(cause))
		require.Equal(t, tt.status, answer.Code, tt.title)
		require.Contains(t, answer.Body.String(), "<h1><bdi>"+tt.title+"</bdi></h1>")
		require.Contains(t, answer.Body.String(), "Say it in other words.")
		require.NotContains(t, answer.Body.String(), "10.0.0.1", "a cause is for the log")
		require.Empty(t, answer.Header().Get("Retry-After"), "the same question has the same answer")
		require.Empty(t, log, "the reader can mend it")
	}
}

func TestAnErrorThatNobodyExpectedIsToldToTheLogAlone(t *testing.T) {
	t.Parallel()
	answer, log := errorShown(t, t.Context(), errors.New("dial tcp 10.0.0.1:5432"))
	require.Equal(t, 500, answer.Code)
	require.NotContains(t, answer.Body.String(), "10.0.0.1")
	require.Contains(t, answer.Body.String(), "in its log under the reference")
	require.Contains(t, log, "10.0.0.1")
}

func TestAReaderWhoLeftIsNoErrorOfTheBroker(t *testing.T) {
	t.Parallel()
	left, leave := context.WithCancel(t.Context())
	leave()
	answer, log := errorShown(t, left, left.Err())
	require.Equal(t, 503, answer.Code)
	require.Empty(t, log)

	answer, log = errorShown(t, t.Context(), context.Canceled)
	require.Equal(t, 500, answer.Code, "the reader is still there")
	require.Contains(t, log, "context canceled")
}

func TestAPageWithoutItsDatabaseSaysToTryAgain(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t, brokerstore.Options{})
	var logged bytes.Buffer
	pages := New(usecase.New(db, kernel.DefaultSettings()), Config{Log: slog.New(slog.NewTextHandler(&logged, nil))})
	require.NoError(t, db.Close())
	for _, path := range []string{"/", "/ui/applications", "/ui/applications/catalog", "/ui/environments", "/ui/environments/test", "/ui/contracts/front/catalog/1", "/ui/results/front/catalog/abc/1"} {
		logged.Reset()
		answer := httptest.NewRecorder()
		pages.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		require.Equal(t, 503, answer.Code, path)
		require.Equal(t, "2", answer.Header().Get("Retry-After"), path)
		require.Contains(t, answer.Body.String(), "The broker cannot answer at the moment: the broker is shutting down.", path)
		require.Contains(t, logged.String(), path, "an operator hears of it")
	}
}
