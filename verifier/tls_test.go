package verifier_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

func TestProviderOverHTTPS(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(answering(map[string]string{"/a": `{}`}))
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	pacts := []*contract.Pact{pact(t, get("a", "/a", `{}`))}
	for _, tt := range []struct {
		name string
		tls  *tls.Config
		ok   bool
	}{
		{"unknown authority", nil, false},
		{"its authority", &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, true},
		{"any", &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			report := verify(t, verifier.Options{BaseURL: server.URL, TLS: tt.tls, Pacts: pacts})
			require.Equal(t, tt.ok, report.OK(), text(t, report))
			if !tt.ok {
				require.Contains(t, only(t, report).Problem, "certificate")
			}
		})
	}
}

func TestVerifyRequestKeepsPactGosTLSFields(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(answering(map[string]string{"/a": `{}`}))
	t.Cleanup(server.Close)
	require.NoError(t, verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		ProviderBaseURL: server.URL, DisableSSLVerification: true, Pacts: []*contract.Pact{pact(t, get("a", "/a", `{}`))},
	}))
}

// TestBrokerBehindAProxy reaches a broker whose address only the proxy knows.
func TestBrokerBehindAProxy(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	target, err := url.Parse(b.URL)
	require.NoError(t, err)
	var seen recording
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		seen.add("%s", r.In.URL.Host)
		r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
	}})
	t.Cleanup(proxy.Close)
	through, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	b.URL = "http://broker.invalid"
	o := against(b)
	o.Broker.HTTP = &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(through)}}
	report := verify(t, o)
	require.Empty(t, report.Problems, fmt.Sprint(report.Problems))
	require.Len(t, b.results(), 1)
	require.Contains(t, seen.all(), "broker.invalid")
}

// A server that wants a certificate says so after a connection of TLS 1.3 seems
// made, here once it has answered somebody without one.
func TestACertificateOfOursThatIsMissingIsNoFailureOfTheProvider(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	plain := answering(map[string]string{"/a": `{}`})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		plain.ServeHTTP(w, r)
	}))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS13, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if asked.Add(1) == 1 {
			return nil, nil
		}
		strict := server.TLS.Clone()
		strict.GetConfigForClient, strict.ClientAuth = nil, tls.RequireAnyClientCert
		return strict, nil
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	report := verify(t, verifier.Options{
		BaseURL: server.URL, TLS: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12},
		Pacts: []*contract.Pact{pact(t, get("a", "/a", `{}`), get("b", "/b", `{}`))},
	})
	require.Equal(t, verifier.Passed, report.Pacts[0].Interactions[0].Outcome)
	require.True(t, report.Pacts[0].Interactions[1].Untried, text(t, report))
	require.Contains(t, report.Pacts[0].Interactions[1].Problem, "certificate required")
	require.False(t, report.TookPlace())
}
