package broker

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// TestARequestIsASpanOfTheCallersTrace looks inside, because a collector is
// not at hand in tests.
func TestARequestIsASpanOfTheCallersTrace(t *testing.T) {
	t.Parallel()
	kept := tracetest.NewInMemoryExporter()
	traces := newTracing(trace.WithSyncer(kept))
	handler := traces.around(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		traces.observe(api.Observation{Context: r.Context(), Method: r.Method, Route: "/pacticipants/:pacticipant", Status: 500})
	}))
	request := httptest.NewRequest(http.MethodGet, "/pacticipants/secret", nil)
	request.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	handler.ServeHTTP(httptest.NewRecorder(), request)

	spans := kept.GetSpans()
	require.Len(t, spans, 1)
	require.Equal(t, "GET /pacticipants/:pacticipant", spans[0].Name)
	require.Equal(t, "0af7651916cd43dd8448eb211c80319c", spans[0].SpanContext.TraceID().String())
	require.Equal(t, "Error", spans[0].Status.Code.String())
	for _, a := range spans[0].Attributes {
		require.NotContains(t, a.Value.String(), "secret")
	}
	require.NoError(t, traces.close(t.Context()))
}

func TestWithoutACollectorNothingIsTraced(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
	traces, err := openTracing(t.Context(), "1")
	require.NoError(t, err)
	require.Nil(t, traces)
}

func TestSpansGoToTheCollectorThatIsNamed(t *testing.T) {
	var sent atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/v1/traces" {
			sent.Add(1)
		}
	}))
	t.Cleanup(collector.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	options := DefaultOptions()
	options.Host, options.Port, options.Database = "127.0.0.1", 0, "sqlite:"+filepath.Join(t.TempDir(), "treaty.db")
	b, err := New(t.Context(), options)
	require.NoError(t, err)
	b.server.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/pacticipants", nil))
	require.NoError(t, b.Stop())
	require.Equal(t, int64(1), sent.Load(), "what was not sent yet is sent when the broker stops")
}
