package browsers_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/browsers"
)

func TestAPageOfAnotherSiteChangesNothing(t *testing.T) {
	t.Parallel()
	guard := browsers.NewGuard([]string{"https://broker.example.org/below", "no address"})
	for _, tt := range []struct {
		name, method string
		headers      map[string]string
		want         bool
	}{
		{"a program", "POST", nil, true},
		{"an own page", "POST", map[string]string{"Origin": "http://server:9292"}, true},
		{"an own page by a browser of today", "POST", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://server:9292"}, true},
		{"another site", "POST", map[string]string{"Origin": "https://evil.example"}, false},
		{"another site by a browser of today", "DELETE", map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		{"a neighbour", "PUT", map[string]string{"Sec-Fetch-Site": "same-site"}, false},
		{"a page without origin", "POST", map[string]string{"Origin": "null"}, false},
		{"a trusted origin, through a proxy", "POST", map[string]string{"Origin": "https://broker.example.org", "Sec-Fetch-Site": "same-site"}, true},
		{"looking alone", "GET", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, true},
	} {
		r := httptest.NewRequest(tt.method, "http://server:9292/x", nil)
		for name, value := range tt.headers {
			r.Header.Set(name, value)
		}
		err := guard.Check(r)
		require.Equal(t, tt.want, err == nil, tt.name)
		if err != nil {
			require.ErrorIs(t, err, browsers.ErrOtherSite)
		}
	}
}

func TestAServerIsKnownByNamesThatNoOtherSiteHas(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:8080": true, "192.168.1.5:80": true, "[::1]:8080": true, "[::1]": true, "::1": true,
		"localhost": true, "LocalHost:8080": true, "shop.localhost:80": true, "treaty": true, "treaty:9292": true, "": true,
		"broker.example.org": true, "Broker.Example.Org:443": true, "broker.example.org.": true,
		"evil.example": false, "evil.example:9292": false, "127.0.0.1.evil.example": false, "localhost.evil.example": false, "notbroker.example.org": false,
	} {
		require.Equal(t, want, browsers.KnownHost(host, []string{"broker.example.org"}), "%q", host)
	}
}
