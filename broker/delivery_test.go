package broker

import (
	"crypto/tls"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGivenCertificatesAreTrustedBesideTheSystems(t *testing.T) {
	t.Parallel()
	require.Nil(t, trusted(nil), "the system's alone")
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted([]string{string(text)}), MinVersion: tls.VersionTLS12}}}
	t.Cleanup(client.CloseIdleConnections)
	response, err := client.Get(server.URL)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
}

// Who lists this machine among the hosts means it.
func TestWebhooksReachThisMachineWhereItIsListed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		hosts []string
		want  bool
	}{
		{nil, false}, {[]string{"localhost"}, true}, {[]string{"ci.example", "127.0.0.1"}, true}, {[]string{"::1"}, true}, {[]string{"127.0.0.0/8"}, true},
		{[]string{"10.0.0.1", "10.0.0.0/8", "localhost.example", "/local/"}, false},
	} {
		require.Equal(t, tt.want, namesLoopback(tt.hosts), "whether %v names this machine", tt.hosts)
	}
}
