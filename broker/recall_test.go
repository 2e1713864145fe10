package broker_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// TestAWebhookThatWasLostOnItsWayToAReplicaIsSent makes of a job what is left of it
// where the connection breaks on which the queue takes it: the table has it with a
// replica that lives, and that never heard of it.
func TestAWebhookThatWasLostOnItsWayToAReplicaIsSent(t *testing.T) {
	t.Parallel()
	onShared(t, webhookLost)
}

func webhookLost(t *testing.T, database string) {
	t.Helper()
	arrivals := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrivals <- r.Header.Get("X-Treaty-Delivery")
		w.WriteHeader(http.StatusTeapot) // so that there is more to do
	}))
	t.Cleanup(server.Close)
	replica := startProcess(t, database)
	subscribe(t, replica.url, server.URL)
	c, err := client.New(client.Config{BaseURL: replica.url})
	require.NoError(t, err)
	_, err = c.Publish(t.Context(), client.Publication{
		Pacticipant: "shop-0", Version: "1",
		Pacts: []client.PublishedPact{{Consumer: "shop-0", Provider: "catalog", Content: []byte(`{"consumer":{"name":"shop-0"},"provider":{"name":"catalog"},"interactions":[]}`)}},
	})
	require.NoError(t, err)
	first := <-arrivals

	db := openShared(t, database)
	require.Eventually(t, func() bool {
		done, err := db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempted_at = now() - interval '1 minute'
			WHERE kind = 'webhook' AND state NOT IN ('running', 'completed')`)
		require.NoError(t, err)
		n, err := done.RowsAffected()
		require.NoError(t, err)
		return n == 1
	}, 10*time.Second, 50*time.Millisecond)
	select {
	case again := <-arrivals:
		require.Equal(t, first, again)
	case <-time.After(25 * time.Second): // the queue itself would look after it a minute later
		t.Fatal("nobody sends it")
	}
	require.NoError(t, replica.stop(), replica.log.String())
}
