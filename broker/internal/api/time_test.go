package api_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// hanging is a database that never answers. It tells how long it was waited for.
type hanging struct{ waited chan time.Duration }

func (h hanging) View(ctx context.Context, _ func(kernel.Tx) error) error {
	begun := time.Now()
	<-ctx.Done()
	h.waited <- time.Since(begun)
	return ctx.Err()
}

func (h hanging) Update(ctx context.Context, fn func(kernel.Tx) error) error { return h.View(ctx, fn) }
func (h hanging) Noticed() int64                                             { return 0 }
func (h hanging) Close() error                                               { return nil }

// slowBody is one whose client has a slow line.
type slowBody struct {
	text  io.Reader
	takes time.Duration
}

func (s *slowBody) Read(p []byte) (int, error) {
	time.Sleep(s.takes)
	s.takes = 0
	return s.text.Read(p)
}

// TestARequestsTimeEnds asks a broker whose database hangs. The time of a request
// that brings a body begins when that is there.
func TestARequestsTimeEnds(t *testing.T) {
	t.Parallel()
	const limit = 300 * time.Millisecond
	for name, tt := range map[string]struct {
		method, path, body string
		late               time.Duration
	}{
		"a read":                        {"GET", "/pacticipants", "", 0},
		"a deletion":                    {"DELETE", "/pacticipants/Foo", "", 0},
		"a write":                       {"PUT", "/pacticipants/Foo", `{"name":"Foo"}`, 0},
		"a write that comes in slowly":  {"POST", "/pacticipants", `{"name":"Foo"}`, 2 * limit},
		"a matrix of the whole history": {"GET", "/matrix?q[][pacticipant]=Foo&q[][pacticipant]=Bar", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := hanging{make(chan time.Duration, 10)}
			service := usecase.New(db, kernel.DefaultSettings())
			service.Log = quiet()
			handler := api.New(service, api.Config{Log: quiet(), MaxBodyBytes: 4096, RequestTimeout: limit})
			request := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, &slowBody{strings.NewReader(tt.body), tt.late})
			request.Header.Set("Content-Type", "application/json")
			answer := httptest.NewRecorder()
			begun := time.Now()
			handler.ServeHTTP(answer, request)
			require.Less(t, time.Since(begun), tt.late+2*time.Second)
			require.Equal(t, http.StatusServiceUnavailable, answer.Code, answer.Body.String())
			require.NotEmpty(t, answer.Header().Get("Retry-After"))
			waited := <-db.waited
			require.GreaterOrEqual(t, waited, limit/3, "the time of a request is for its work")
			require.Less(t, waited, limit+time.Second)
		})
	}
}
