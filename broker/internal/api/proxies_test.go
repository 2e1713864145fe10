package api

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/links"
)

func TestForwardedHeadersCountFromTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	a := New(nil, Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("::1/128")}})
	for _, tt := range []struct{ peer, want string }{
		{"10.0.0.9:1234", "https://forwarded.example"},
		{"[::ffff:10.0.0.9]:1234", "https://forwarded.example"},
		{"[::1]:1234", "https://forwarded.example"},
		{"10.0.1.9:1234", "http://broker:9292"},
		{"@", "http://broker:9292"},
	} {
		for name, value := range map[string]string{"X-Forwarded-Host": "forwarded.example", "Forwarded": "host=forwarded.example;proto=https"} {
			r := httptest.NewRequest(http.MethodGet, "http://broker:9292/", nil)
			r.RemoteAddr = tt.peer
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("X-Real-Ip", "1.2.3.4")
			r.Header.Set("Accept", "text/html")
			r.Header.Set(name, value)
			a.forwardOnlyTrusted(r)
			require.Equal(t, tt.want, links.ForRequest(r, nil).Base(), "%s by %s", tt.peer, name)
			require.Equal(t, "text/html", r.Header.Get("Accept"), "all other headers stay")
		}
	}
}

func TestAForgottenProxyIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		baseURLs []string
		header   string
		want     int
	}{
		{"no base URL", nil, "X-Forwarded-Host", 1},
		{"a base URL", []string{"https://a.example"}, "X-Forwarded-Host", 0},
		{"no header", nil, "X-Other", 0},
	} {
		var log bytes.Buffer
		a := New(nil, Config{BaseURLs: tt.baseURLs, Log: slog.New(slog.NewTextHandler(&log, nil))})
		for range 3 {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set(tt.header, "x")
			a.forwardOnlyTrusted(r)
		}
		require.Equal(t, tt.want, strings.Count(log.String(), "--trusted-proxies"), tt.name)
	}
}

func TestTheClientIsTheLastWhoIsNoTrustedProxy(t *testing.T) {
	t.Parallel()
	a := New(nil, Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}})
	for _, tt := range []struct{ name, peer, said, want string }{
		{"no proxy", "192.0.2.7:1234", "", "192.0.2.7"},
		{"no trusted proxy", "192.0.2.7:1234", "198.51.100.1", "192.0.2.7"},
		{"a proxy", "10.0.0.9:1234", "198.51.100.1", "198.51.100.1"},
		{"a client that writes the header itself", "10.0.0.9:1234", "203.0.113.1, 198.51.100.1", "198.51.100.1"},
		{"two proxies", "10.0.0.9:1234", "203.0.113.1, 198.51.100.1, 10.0.0.8", "198.51.100.1"},
		{"proxies alone", "10.0.0.9:1234", "10.0.0.8", "10.0.0.8"},
		{"a proxy that says nothing", "10.0.0.9:1234", "", "10.0.0.9"},
		{"a proxy that says what is no address", "10.0.0.9:1234", "198.51.100.1, unknown", "10.0.0.9"},
		{"an address in another spelling", "[::ffff:192.0.2.7]:1234", "", "192.0.2.7"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tt.peer
		if tt.said != "" {
			r.Header.Set("X-Forwarded-For", tt.said)
		}
		require.Equal(t, tt.want, a.clientOf(r).String(), tt.name)
	}
}
