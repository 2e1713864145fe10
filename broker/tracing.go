package broker

import (
	"context"
	"net/http"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// tracing sends a span for each request to a collector.
type tracing struct {
	provider   *trace.TracerProvider
	tracer     oteltrace.Tracer
	propagator propagation.TextMapPropagator
}

// openTracing starts tracing if OpenTelemetry's own variables name a collector,
// else it returns nil. The exporter reads the rest of them itself.
func openTracing(ctx context.Context, version string) (*tracing, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	about, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", "treaty"), attribute.String("service.version", version)), resource.WithFromEnv())
	if err != nil {
		return nil, err
	}
	return newTracing(trace.WithBatcher(exporter), trace.WithResource(about)), nil
}

func newTracing(options ...trace.TracerProviderOption) *tracing {
	provider := trace.NewTracerProvider(options...)
	return &tracing{provider: provider, tracer: provider.Tracer("treaty"), propagator: propagation.TraceContext{}}
}

// close sends what is left.
func (t *tracing) close(ctx context.Context) error { return t.provider.Shutdown(ctx) }

// around gives each request a span, as a part of the trace that the client
// names, if it does.
func (t *tracing) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := t.propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := t.tracer.Start(ctx, r.Method, oteltrace.WithSpanKind(oteltrace.SpanKindServer))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// observe completes the span of a request. Names of applications and versions
// stay out of it: the route is its pattern.
func (t *tracing) observe(o api.Observation) {
	span := oteltrace.SpanFromContext(o.Context)
	span.SetName(o.Method + " " + o.Route)
	span.SetAttributes(attribute.String("http.request.method", o.Method), attribute.String("http.route", o.Route),
		attribute.Int("http.response.status_code", o.Status))
	if o.Status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}
