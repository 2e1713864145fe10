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
