package broker

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// authority signs certificates of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	text, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(text)
	require.NoError(t, err)
	return authority{cert, key}
}

// sign writes a certificate for 127.0.0.1 and its key to the files.
func (a authority) sign(t *testing.T, name, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	text, err := x509.CreateCertificate(rand.Reader, form, a.cert, key.Public(), a.key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	writePEM(t, certFile, "CERTIFICATE", text)
	writePEM(t, keyFile, "PRIVATE KEY", private)
}

func writePEM(t *testing.T, file, kind string, text []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: text}), 0o600))
}

func (a authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func asks(t *testing.T, address string, config *tls.Config) (*http.Response, error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
	response, err := client.Get(address + "/diagnostic/status/heartbeat")
	if err == nil {
		require.NoError(t, response.Body.Close())
	}
	return response, err
}

func secured(t *testing.T, files TLS) *Broker {
	t.Helper()
	o := DefaultOptions()
	o.Host, o.Port, o.Database, o.TLS = "127.0.0.1", 0, "sqlite:"+filepath.Join(t.TempDir(), "treaty.db"), files
	b, err := New(t.Context(), o)
	require.NoError(t, err)
	b.Start()
	t.Cleanup(func() { require.NoError(t, b.Stop()) })
	return b
}

func TestABrokerAnswersHTTPS(t *testing.T) {
	t.Parallel()
	folder, ours := t.TempDir(), newAuthority(t)
	files := TLS{CertFile: filepath.Join(folder, "cert.pem"), KeyFile: filepath.Join(folder, "key.pem")}
	ours.sign(t, "broker", files.CertFile, files.KeyFile)
	b := secured(t, files)
	require.Regexp(t, "^https://127.0.0.1:", b.URL())
	response, err := asks(t, b.URL(), &tls.Config{RootCAs: ours.pool()})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.GreaterOrEqual(t, response.TLS.Version, uint16(tls.VersionTLS12))
	_, err = asks(t, b.URL(), &tls.Config{RootCAs: ours.pool(), MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	require.Error(t, err, "what is older than TLS 1.2 is broken")
}

func TestClientsNeedACertificateOfTheAuthority(t *testing.T) {
	t.Parallel()
	folder, ours, others := t.TempDir(), newAuthority(t), newAuthority(t)
	at := func(name string) string { return filepath.Join(folder, name) }
	ours.sign(t, "broker", at("cert.pem"), at("key.pem"))
	ours.sign(t, "client", at("client.pem"), at("client.key"))
	others.sign(t, "stranger", at("stranger.pem"), at("stranger.key"))
	writePEM(t, at("ca.pem"), "CERTIFICATE", ours.cert.Raw)
	b := secured(t, TLS{CertFile: at("cert.pem"), KeyFile: at("key.pem"), ClientCAFile: at("ca.pem")})
	_, err := asks(t, b.URL(), &tls.Config{RootCAs: ours.pool()})
	require.Error(t, err, "without a certificate")
	for name, want := range map[string]bool{"client": true, "stranger": false} {
		pair, err := tls.LoadX509KeyPair(at(name+".pem"), at(name+".key"))
		require.NoError(t, err)
		_, err = asks(t, b.URL(), &tls.Config{RootCAs: ours.pool(), Certificates: []tls.Certificate{pair}})
		require.Equal(t, want, err == nil, name)
	}
}

func TestACertificateIsRenewedWithoutARestart(t *testing.T) {
	t.Parallel()
	folder, ours := t.TempDir(), newAuthority(t)
	files := TLS{CertFile: filepath.Join(folder, "cert.pem"), KeyFile: filepath.Join(folder, "key.pem")}
	ours.sign(t, "first", files.CertFile, files.KeyFile)
	var log bytes.Buffer
	c, err := openCertificates(files, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	now := time.Now()
	c.now = func() time.Time { return now }
	name := func() string {
		cert, err := x509.ParseCertificate(c.latest().Certificates[0].Certificate[0])
		require.NoError(t, err)
		return cert.Subject.CommonName
	}
	first := c.latest()
	now = now.Add(2 * lookEvery)
	require.Same(t, first, c.latest(), "what has not changed is kept")

	ours.sign(t, "second", files.CertFile, filepath.Join(folder, "new.pem"))
	touch(t, files.CertFile, now)
	now = now.Add(2 * lookEvery)
	require.Equal(t, "first", name(), "its key is not there yet")
	require.Contains(t, log.String(), "the one before stays")
	require.NoError(t, os.Rename(filepath.Join(folder, "new.pem"), files.KeyFile))
	touch(t, files.KeyFile, now)
	require.Equal(t, "first", name(), "files are looked at now and then")
	now = now.Add(lookEvery)
	require.Equal(t, "second", name())
}

func touch(t *testing.T, file string, at time.Time) {
	t.Helper()
	require.NoError(t, os.Chtimes(file, at, at))
}

func TestACertificateThatCannotBeUsedKeepsTheBrokerFromStarting(t *testing.T) {
	t.Parallel()
	folder, ours := t.TempDir(), newAuthority(t)
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	ours.sign(t, "broker", cert, key)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "empty.pem"), nil, 0o600))
	for _, tt := range []struct {
		files TLS
		says  string
	}{
		{TLS{CertFile: cert}, "needs both CertFile and KeyFile"},
		{TLS{ClientCAFile: cert}, "has ClientCAFile, but no CertFile"},
		{TLS{CertFile: cert, KeyFile: filepath.Join(folder, "none.pem")}, "none.pem"},
		{TLS{CertFile: cert, KeyFile: cert}, "cannot be used"},
		{TLS{CertFile: cert, KeyFile: key, ClientCAFile: filepath.Join(folder, "none.pem")}, "cannot be read"},
		{TLS{CertFile: cert, KeyFile: key, ClientCAFile: filepath.Join(folder, "empty.pem")}, "holds no certificate"},
	} {
		o := DefaultOptions()
		o.Host, o.Port, o.Database, o.TLS = "127.0.0.1", 0, "sqlite:"+filepath.Join(folder, "treaty.db"), tt.files
		_, err := New(t.Context(), o)
		require.ErrorContains(t, err, tt.says)
	}
}
