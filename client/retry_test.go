package client_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// failing answers with each status once, then with 200.
func failing(header http.Header, statuses ...int) http.HandlerFunc {
	turn := make(chan int, len(statuses))
	for _, status := range statuses {
		turn <- status
	}
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case status := <-turn:
			for name := range header {
				w.Header().Set(name, header.Get(name))
			}
			w.WriteHeader(status)
		default:
			hal(200, index)(w, r)
		}
	}
}

func TestOverloadIsWaitedOut(t *testing.T) {
	t.Parallel()
	const half = 500 * time.Millisecond
	for _, tt := range []struct {
		name     string
		statuses []int
		header   http.Header
		pauses   []time.Duration
		status   int // of the error, 0 for success
	}{
		{name: "server errors", statuses: []int{500, 502, 503, 504}, pauses: []time.Duration{half, 2 * half, 4 * half, 8 * half}},
		{name: "timeout and too many", statuses: []int{408, 429}, pauses: []time.Duration{half, 2 * half}},
		{name: "the broker says when", statuses: []int{429}, header: http.Header{"Retry-After": {"7"}}, pauses: []time.Duration{7 * time.Second}},
		{name: "never longer than a minute", statuses: []int{503}, header: http.Header{"Retry-After": {"7200"}}, pauses: []time.Duration{time.Minute}},
		{name: "five attempts and no more", statuses: []int{500, 500, 500, 500, 500}, pauses: []time.Duration{half, 2 * half, 4 * half, 8 * half}, status: 500},
		{name: "a refusal is final", statuses: []int{400}, status: 400},
		{name: "so is not implemented", statuses: []int{501}, status: 501},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, answers{"GET /": failing(tt.header, tt.statuses...)})
			c, waited := connect(t, f.URL)
			_, err := c.Index(t.Context())
			require.Equal(t, tt.pauses, waited.list)
			if tt.status == 0 {
				require.NoError(t, err)
				return
			}
			var answered *client.Error
			require.ErrorAs(t, err, &answered)
			require.Equal(t, tt.status, answered.Status)
		})
	}
}

func TestWhatMustNotHappenTwiceIsNotRepeatedBlindly(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{"GET /": hal(200, index), "POST /environments": failing(nil, 500)})
	c, waited := connect(t, f.URL)
	_, err := c.CreateEnvironment(t.Context(), client.Environment{Name: "test"})
	require.Error(t, err, "a 500 may have created it")
	require.Empty(t, waited.list)

	for stored, again := range map[string]bool{"nothing": true, "unknown": false, "": false} {
		f = startFake(t, answers{"GET /": hal(200, index), "POST /environments": failing(http.Header{"X-Treaty-Stored": {stored}}, 503)})
		c, waited = connect(t, f.URL)
		_, err = c.CreateEnvironment(t.Context(), client.Environment{Name: "test"})
		if !again {
			require.Error(t, err, "a proxy, or a broker that does not know: %q", stored)
			require.Empty(t, waited.list)
			continue
		}
		require.NoError(t, err, "the broker says that it was not created")
		require.Len(t, waited.list, 1)
	}
}

func TestABrokerThatIsDownIsUnreachable(t *testing.T) {
	t.Parallel()
	f := startFake(t, nil)
	address := f.URL
	f.Close()
	var causes []error
	c, waited := connect(t, address, func(config *client.Config) {
		config.Attempts = 3
		config.OnRetry = func(cause error, _ time.Duration) { causes = append(causes, cause) }
	})
	_, err := c.CreateEnvironment(t.Context(), client.Environment{Name: "test"})
	require.ErrorIs(t, err, client.ErrUnreachable)
	require.ErrorContains(t, err, "no broker answers at "+address+": connection refused")
	require.Len(t, waited.list, 2)
	require.Len(t, causes, 2)
}

func TestACancelledRequestIsNotRepeated(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f := startFake(t, answers{"GET /": func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(http.StatusInternalServerError)
	}})
	c, waited := connect(t, f.URL)
	_, err := c.Index(ctx)
	require.Error(t, err)
	require.Empty(t, waited.list)
	require.NotErrorIs(t, err, client.ErrUnreachable)
}

func TestAnInterruptedPauseEndsTheQuestion(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{"GET /": failing(nil, 500, 500)})
	stop := errors.New("stop")
	c, _ := connect(t, f.URL, func(config *client.Config) {
		config.Wait = func(context.Context, time.Duration) error { return stop }
	})
	_, err := c.Index(t.Context())
	require.ErrorIs(t, err, stop)
	require.Len(t, f.asked(), 1)
}
