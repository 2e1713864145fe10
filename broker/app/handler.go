package app

import (
	"net/http"

	"github.com/treatyhq/treaty/broker/api"
	"github.com/treatyhq/treaty/broker/web"
)

// handler returns the HTTP interface with the dashboard inside, so that one
// place checks passwords for both.
func (a *App) handler() http.Handler {
	config := api.Config{
		BaseURLs:       a.options.BaseURLs,
		WebhookRetries: len(a.options.Delivery.RetrySchedule),
		MaxBodyBytes:   a.options.MaxBodySize,
		Auth:           a.options.Auth.api(),
		Badges:         a.options.Badges,
		NoDiagnostics:  !a.options.Diagnostics,
		Version:        a.options.Version,
		CheckDatabase:  a.Service.Ping,
		Now:            a.options.Now,
		Log:            a.log,
	}
	if a.options.Dashboard {
		dashboard := web.New(a.Service, web.Config{
			Version:  a.options.Version,
			BaseURLs: a.options.BaseURLs,
			Now:      a.options.Now,
			Log:      a.log,
		})
		config.Web, config.ErrorPage = pages(dashboard), dashboard.Error
	}
	numbers := newMetrics(a.options.Version)
	config.Prometheus = numbers.handler()
	config.Observe = func(o api.Observation) {
		numbers.observe(o)
		if a.tracing != nil {
			a.tracing.observe(o)
		}
		a.log.DebugContext(o.Context, "answered", "method", o.Method, "route", o.Route, "status", o.Status, "took", o.Took)
	}
	if a.tracing == nil {
		return api.New(a.Service, config)
	}
	return a.tracing.around(api.New(a.Service, config))
}

// pages lets the dashboard answer: the API calls it for its own addresses and
// for those of which it has a page.
func pages(dashboard http.Handler) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		dashboard.ServeHTTP(w, r)
		return true
	}
}
