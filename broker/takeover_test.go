package broker_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// TestAKilledReplicasWebhookIsSentByAnother kills a replica while the receiver of
// a webhook has not answered yet.
func TestAKilledReplicasWebhookIsSentByAnother(t *testing.T) {
	t.Parallel()
	onShared(t, killedReplicasWebhook)
}

func killedReplicasWebhook(t *testing.T, database string) {
	t.Helper()
	type arrival struct {
		id string
		at time.Time
	}
	arrivals, release := make(chan arrival, 10), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrivals <- arrival{r.Header.Get("X-Treaty-Delivery"), time.Now()}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	first := startProcess(t, database)
	subscribe(t, first.url, server.URL)
	c, err := client.New(client.Config{BaseURL: first.url})
	require.NoError(t, err)
	_, err = c.Publish(t.Context(), client.Publication{
		Pacticipant: "shop-0", Version: "1",
		Pacts: []client.PublishedPact{{Consumer: "shop-0", Provider: "catalog", Content: []byte(`{"consumer":{"name":"shop-0"},"provider":{"name":"catalog"},"interactions":[]}`)}},
	})
	require.NoError(t, err)
	sent := <-arrivals
	require.NotEmpty(t, sent.id)

	second := startProcess(t, database)
	select {
	case again := <-arrivals:
		t.Fatalf("%s is sent twice although its replica lives", again.id)
	case <-time.After(14 * time.Second): // longer than it takes to take over, and shorter than an attempt may
	}
	killed := time.Now()
	first.kill()
	select {
	case again := <-arrivals:
		require.Equal(t, sent.id, again.id, "a receiver tells by it that it is the same")
		require.Less(t, again.at.Sub(killed), 15*time.Second)
	case <-time.After(time.Minute):
		t.Fatal("nobody sends it")
	}
	close(release)
	require.NoError(t, second.stop(), second.log.String())
}
