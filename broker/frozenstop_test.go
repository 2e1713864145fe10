package broker_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/client"
)

// A database that is frozen keeps its connections, and answers nothing: neither a
// request that waits for it, nor the end of a connection. A broker that is to stop does
// not wait longer than it was told to.
func TestABrokerStopsInTimeWhereItsDatabaseIsFrozen(t *testing.T) {
	t.Parallel()
	const limit = 2 * time.Second
	for name, busy := range map[string]func(t *testing.T, b *broker.Broker, proxy *storetest.Proxy){
		"while nothing happens": func(_ *testing.T, _ *broker.Broker, proxy *storetest.Proxy) { proxy.Freeze() },
		"while a request waits": func(t *testing.T, b *broker.Broker, proxy *storetest.Proxy) {
			met := make(chan struct{}, 100)
			proxy.Watch(func(m storetest.Message) storetest.Fate {
				if m.Says("pacticipant") {
					proxy.Freeze()
					met <- struct{}{}
				}
				return storetest.Pass
			})
			ctx, cancel := context.WithCancel(t.Context())
			t.Cleanup(cancel)
			go func() {
				request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.URL()+"/pacticipants", strings.NewReader(`{"name":"Shop"}`))
				if err != nil {
					return
				}
				request.Header.Set("Content-Type", "application/json")
				if answer, err := http.DefaultClient.Do(request); err == nil {
					_ = answer.Body.Close()
				}
			}()
			<-met
		},
		"while a webhook is sent": func(t *testing.T, b *broker.Broker, proxy *storetest.Proxy) {
			met := make(chan struct{}, 100)
			end := make(chan struct{})
			receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				met <- struct{}{}
				<-end
			}))
			t.Cleanup(receiver.Close)
			t.Cleanup(func() { close(end) })
			subscribe(t, b.URL(), receiver.URL)
			publishFirst(t, b.URL())
			<-met
			proxy.Freeze()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := storetest.NewProxy(t, storetest.PostgresSchema(t))
			o := options(t)
			o.Database, o.ShutdownTimeout = proxy.URL(), limit
			o.Domain.Webhooks.Schemes = append(o.Domain.Webhooks.Schemes, "http")
			o.Domain.Webhooks.Hosts = append(o.Domain.Webhooks.Hosts, "127.0.0.1")
			b, err := broker.New(t.Context(), o)
			require.NoError(t, err)
			b.Start()
			t.Cleanup(func() { _ = b.Stop() }) // it is stopped below, too
			busy(t, b, proxy)
			began := time.Now()
			_ = b.Stop() // it may say what did not end
			require.Less(t, time.Since(began), limit+time.Second)
			proxy.Thaw()
		})
	}
}

// publishFirst publishes a pact, whose content is new.
func publishFirst(t *testing.T, base string) {
	t.Helper()
	c, err := client.New(client.Config{BaseURL: base})
	require.NoError(t, err)
	_, err = c.Publish(t.Context(), client.Publication{
		Pacticipant: "shop-0", Version: "1",
		Pacts: []client.PublishedPact{{Consumer: "shop-0", Provider: "catalog", Content: []byte(`{"consumer":{"name":"shop-0"},"provider":{"name":"catalog"},"interactions":[]}`)}},
	})
	require.NoError(t, err)
}
