package publish_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// BenchmarkBroker measures the use cases behind the requests that builds make,
// without HTTP, by as many clients as the name says. SQLite is a file with the
// default synchronous=FULL: every write that is counted is on disk.
func BenchmarkBroker(b *testing.B) {
	openers := storetest.Databases()
	openers["sqlite"] = func(t testing.TB, options store.Options) *store.Store {
		options.Log = slog.New(slog.DiscardHandler)
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "treaty.db"), options)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
	for name, open := range openers {
		for _, clients := range []int{1, 4, 32} {
			b.Run(fmt.Sprintf("%s/%d", name, clients), func(b *testing.B) {
				s := usecase.New(open(b, store.Options{}), kernel.DefaultSettings())
				load := &load{s: s, shas: make([]atomic.Pointer[string], clients)}
				b.Run("publish", func(b *testing.B) { load.run(b, clients, load.publish) })
				b.Run("result", func(b *testing.B) { load.run(b, clients, load.result) })
				b.Run("fetch", func(b *testing.B) { load.run(b, clients, load.fetch) })
			})
		}
	}
}

type load struct {
	s    *usecase.All
	n    atomic.Int64
	shas []atomic.Pointer[string] // the newest content by client
}

// run lets the clients share b.N requests and reports how long each took.
func (l *load) run(b *testing.B, clients int, request func(b *testing.B, client int) error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	took := make([][]time.Duration, clients)
	var wg sync.WaitGroup
	b.ResetTimer()
	for client := range clients {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				start := time.Now()
				if err := request(b, client); err != nil {
					b.Error(err)
					return
				}
				took[client] = append(took[client], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "req/s")
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}

func (l *load) publish(b *testing.B, client int) error {
	n := l.n.Add(1)
	consumer := fmt.Sprint("Consumer", client)
	p, err := l.s.Publish.PublishPact(b.Context(), publish.PactDocument{
		Consumer: consumer, Provider: "Provider", ConsumerVersion: fmt.Sprint(n), Content: benchPact(consumer, n),
	})
	l.shas[client].Store(&p.SHA)
	return err
}

func (l *load) result(b *testing.B, client int) error {
	n := l.n.Add(1)
	_, err := l.s.Result.RecordVerification(b.Context(), result.VerificationInput{
		Consumer: fmt.Sprint("Consumer", client), Provider: "Provider", SHA: *l.shas[client].Load(),
		Success: true, ProviderVersion: fmt.Sprint(n / 3), TestResults: []byte(`{"tests":[{"interactionId":"x","success":true}]}`),
	})
	return err
}

func (l *load) fetch(b *testing.B, client int) error {
	_, err := l.s.Publish.FindPact(b.Context(), kernel.PactQuery{Consumer: fmt.Sprint("Consumer", client), Provider: "Provider", Latest: true})
	return err
}

// benchPact is a pact of five interactions, about 1.5 KB, other than any before.
func benchPact(consumer string, n int64) []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, `{"consumer":{"name":%q},"provider":{"name":"Provider"},"interactions":[`, consumer)
	for i := range 5 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"description":"thing %d of %d","providerState":"there is %d","request":{"method":"GET","path":"/things/%d"},`+
			`"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":%d,"name":"a thing","tags":["a","b"]}}}`, i, n, i, i, i)
	}
	text.WriteString(`],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`)
	return text.Bytes()
}
