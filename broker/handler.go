package broker

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/web"
)

// handler returns the HTTP interface with the dashboard inside, so that one
// place checks passwords for both.
func (b *Broker) handler(ready func(context.Context) error) http.Handler {
	config := api.Config{
		BaseURLs:       b.options.BaseURLs,
		TrustedProxies: networks(b.options.TrustedProxies),
		Hosts:          b.options.hosts(),
		WebhookRetries: len(b.options.Delivery.RetrySchedule),
		MaxBodyBytes:   b.options.MaxBodySize,
		Auth:           b.options.Auth.api(),
		Badges:         b.options.Badges,
		NoDiagnostics:  !b.options.Diagnostics,
		Version:        b.options.Version,
		CheckDatabase:  ready,
		RequestTimeout: b.options.requestTimeout(),
		Now:            b.options.Now,
		Log:            b.log,
	}
	var trust web.Trust
	if b.options.Identity {
		keyring := b.service.Identity.Keyring(b.service.Now, b.issuers(), b.log)
		config.Tokens, config.Sessions = keyring, keyring
		config.Login, trust = b.loginService(), keyring
		b.defers(func(context.Context) error {
			keyring.Close()
			return nil
		})
	}
	if b.options.Dashboard {
		dashboard := web.New(b.service, web.Config{
			Version:    b.options.Version,
			BaseURLs:   b.options.BaseURLs,
			Now:        b.options.Now,
			Log:        b.log,
			Watch:      b.database.watch,
			Ready:      ready,
			Settings:   b.options.settings(),
			Identity:   b.options.Identity,
			Kit:        b.options.Kit,
			Login:      b.options.Login.Issuer,
			LoginLasts: b.options.Login.SessionLength,
			Trust:      trust,
			Started:    time.Now(),
			Ending:     b.ending,
		})
		config.Web, config.ErrorPage = pages(dashboard), dashboard.Error
		b.defers(func(context.Context) error {
			dashboard.Wait()
			return nil
		})
	}
	numbers := newMetrics(b.options.Version)
	config.Prometheus = numbers.handler()
	config.Observe = func(o api.Observation) {
		numbers.observe(o)
		if b.tracing != nil {
			b.tracing.observe(o)
		}
		b.log.DebugContext(o.Context, "answered", "method", o.Method, "route", o.Route, "status", o.Status, "took", o.Took)
	}
	if b.tracing == nil {
		return api.New(b.service, config)
	}
	return b.tracing.around(api.New(b.service, config))
}

// pages lets the dashboard answer: the API calls it for its own addresses and
// for those of which it has a page.
func pages(dashboard http.Handler) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		dashboard.ServeHTTP(w, r)
		return true
	}
}

// hosts are the names by which the broker may be asked, once somebody has said by
// which it is: nil before.
func (o Options) hosts() []string {
	if len(o.BaseURLs) == 0 {
		return nil
	}
	out := slices.Clone(o.AllowedHosts)
	for _, base := range o.BaseURLs {
		if u, err := url.Parse(base); err == nil {
			out = append(out, u.Hostname())
		}
	}
	return out
}

// networks reads addresses and networks that Validate has read before.
func networks(texts []string) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		if network, err := networkOf(text); err == nil {
			out = append(out, network)
		}
	}
	return out
}

// networkOf reads a network, or an address as the network of it alone.
func networkOf(text string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(text); err == nil {
		return ip.Unmap().Prefix(ip.Unmap().BitLen())
	}
	return netip.ParsePrefix(text)
}
