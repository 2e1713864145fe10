package web_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
)

// TestAnOpenPageIsToldOfAChange: first how often to come back, then once for a change; and
// where its reader leaves, nobody holds the line.
func TestAnOpenPageIsToldOfAChange(t *testing.T) {
	t.Parallel()
	s := site{T: t, base: brokertest.Start(t).URL()}
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/ui/live", http.NoBody)
	require.NoError(t, err)
	got, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer got.Body.Close()
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, "text/event-stream", got.Header.Get("Content-Type"))
	require.Equal(t, "private, no-store", got.Header.Get("Cache-Control"))
	require.Equal(t, "no", got.Header.Get("X-Accel-Buffering"), "a proxy would keep it all")
	lines := make(chan string, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for scanner := bufio.NewScanner(got.Body); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	next := func() string {
		select {
		case line := <-lines:
			return line
		case <-time.After(waited):
			return "nothing"
		}
	}
	require.Equal(t, []string{"retry: 3000", ""}, []string{next(), next()})
	select {
	case line := <-lines:
		require.Fail(t, "nothing has changed", line)
	default:
	}
	begin := time.Now()
	s.publish("store front", "1", "catalog")
	require.Equal(t, []string{"event: changed", "data:", ""}, []string{next(), next(), next()})
	s.publish("store front", "2", "catalog")
	require.Equal(t, "event: changed", next())
	require.Greater(t, time.Since(begin), 1500*time.Millisecond, "a busy broker is not read without a pause")
	leave()
	select {
	case <-ended:
	case <-time.After(waited):
		require.Fail(t, "the line goes on")
	}
}

// TestWhoAsksHowThePageIsToldIsNotTold: a HEAD has an end.
func TestWhoAsksHowThePageIsToldIsNotTold(t *testing.T) {
	t.Parallel()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, brokertest.Start(t).URL()+"/ui/live", http.NoBody)
	require.NoError(t, err)
	got, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer got.Body.Close()
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.True(t, strings.HasPrefix(got.Header.Get("Content-Type"), "text/event-stream"))
}
