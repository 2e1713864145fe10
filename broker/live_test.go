package broker_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
)

// follower is an open page: the lines that it is told.
type follower struct{ lines chan string }

// follow opens the line on which a broker tells open pages of changes.
func follow(t *testing.T, base string) *follower {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/ui/live", nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	f := &follower{lines: make(chan string, 100)}
	go func() {
		defer close(f.lines)
		defer func() { _ = response.Body.Close() }()
		for scanner := bufio.NewScanner(response.Body); scanner.Scan(); {
			f.lines <- scanner.Text()
		}
	}()
	require.True(t, f.hears("retry: 3000", 5*time.Second), "it says at once that it is there")
	return f
}

// hears waits for a line. It returns false if the line does not come in time.
func (f *follower) hears(line string, within time.Duration) bool {
	late := time.After(within)
	for {
		select {
		case got, open := <-f.lines:
			if !open {
				return false
			}
			if got == line {
				return true
			}
		case <-late:
			return false
		}
	}
}

// ends reports whether the line is closed in time.
func (f *follower) ends(within time.Duration) bool {
	late := time.After(within)
	for {
		select {
		case _, open := <-f.lines:
			if !open {
				return true
			}
		case <-late:
			return false
		}
	}
}

func startFollowed(t *testing.T, database string, change func(*broker.Options)) *broker.Broker {
	t.Helper()
	options := broker.DefaultOptions()
	options.Host, options.Port, options.Database = "127.0.0.1", 0, database
	if change != nil {
		change(&options)
	}
	b, err := broker.New(t.Context(), options)
	require.NoError(t, err)
	b.Start()
	t.Cleanup(func() { _ = b.Stop() }) // the test looks at what it needs of it
	return b
}

func putVersion(t *testing.T, base, number string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, base+"/pacticipants/Shop/versions/"+number, strings.NewReader("{}"))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusCreated, response.StatusCode)
}

const changedEvent = "event: changed"

func TestAnOpenPageIsToldOfChanges(t *testing.T) {
	t.Parallel()
	// No request may take as long as the page is open here.
	b := startFollowed(t, "sqlite::memory:", func(o *broker.Options) { o.RequestTimeout = time.Second })
	page := follow(t, b.URL())
	require.False(t, page.hears(changedEvent, 1500*time.Millisecond), "nothing has changed")
	putVersion(t, b.URL(), "1")
	require.True(t, page.hears(changedEvent, time.Second), "at once, and after the time of a request too")
	for _, number := range []string{"2", "3", "4"} {
		putVersion(t, b.URL(), number)
	}
	require.False(t, page.hears(changedEvent, 1500*time.Millisecond), "it is left in peace for a while")
	require.True(t, page.hears(changedEvent, 2*time.Second), "and told then")
	require.False(t, page.hears(changedEvent, 3*time.Second), "once of all of them")
}

func TestOpenPagesDoNotKeepABrokerFromStopping(t *testing.T) {
	t.Parallel()
	b := startFollowed(t, "sqlite::memory:", nil)
	page, busy := follow(t, b.URL()), follow(t, b.URL())
	putVersion(t, b.URL(), "1")
	require.True(t, busy.hears(changedEvent, time.Second)) // it rests now
	began := time.Now()
	require.NoError(t, b.Stop())
	require.Less(t, time.Since(began), 2*time.Second)
	require.True(t, page.ends(time.Second) && busy.ends(time.Second))
}

func TestAskingForTheHeadOfTheLineEnds(t *testing.T) {
	t.Parallel()
	b := startFollowed(t, "sqlite::memory:", nil)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, b.URL()+"/ui/live", nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
}

// TestAnOpenPageIsToldWhatAnotherReplicaChanged has a page open at one replica and
// writes to another.
func TestAnOpenPageIsToldWhatAnotherReplicaChanged(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, database string) {
		here, there := startFollowed(t, database, nil), startFollowed(t, database, nil)
		page := follow(t, here.URL())
		for page.hears(changedEvent, 4*time.Second) { // the other comes into being
			continue
		}
		putVersion(t, there.URL(), "1")
		require.True(t, page.hears(changedEvent, 6*time.Second))
	})
}
