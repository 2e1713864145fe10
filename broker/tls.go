package broker

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/treatyhq/treaty/internal/errlog"
)

// TLS says with which certificate the broker answers HTTPS; HTTP for the zero value.
// The files are read again when they have changed, so that a certificate is renewed
// without a restart.
type TLS struct {
	// CertFile and KeyFile are files in PEM format: the certificate with those
	// between it and its authority, and its key.
	CertFile, KeyFile string
	// ClientCAFile is a file of certificates in PEM format. With it, clients need a
	// certificate that one of them has signed.
	ClientCAFile string
}

func (t TLS) enabled() bool { return t.CertFile != "" }

// wrong says what does not go together.
func (t TLS) wrong() error {
	switch {
	case (t.CertFile == "") != (t.KeyFile == ""):
		return errors.New("TLS needs both CertFile and KeyFile, or neither")
	case t.ClientCAFile != "" && t.CertFile == "":
		return errors.New("TLS has ClientCAFile, but no CertFile and KeyFile: only HTTPS asks for certificates of clients")
	}
	return nil
}

// lookEvery is how often the files are looked at, when connections come in.
const lookEvery = 5 * time.Second

// certificates are the files of a TLS as they are now. It is safe for concurrent use.
type certificates struct {
	files TLS
	now   func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	current *tls.Config
	stamps  [3]stamp // of the files that current was made of
	looked  time.Time
}

// stamp tells a file apart from what it was before.
type stamp struct {
	at   time.Time
	size int64
}

// openCertificates reads the files. The error names the one that cannot be used.
func openCertificates(files TLS, log *slog.Logger) (*certificates, error) {
	c := &certificates{files: files, now: time.Now, log: log}
	c.stamps, c.looked = c.look(), c.now()
	var err error
	c.current, err = files.load()
	return c, err
}

// config is what the server needs: it asks for the certificate at each connection.
func (c *certificates) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.latest(), nil }}
}

// latest is the configuration of the files as they are. While they cannot be used,
// because one of them is not renewed yet, the one before stays.
func (c *certificates) latest() *tls.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Sub(c.looked) < lookEvery {
		return c.current
	}
	c.looked = now
	stamps := c.look()
	if stamps == c.stamps {
		return c.current
	}
	fresh, err := c.files.load()
	if err != nil {
		c.log.Error("the TLS certificate has changed and cannot be used: the one before stays", errlog.Attr(err))
		return c.current
	}
	c.current, c.stamps = fresh, stamps
	c.log.Info("the TLS certificate was read again")
	return c.current
}

func (c *certificates) look() (stamps [3]stamp) {
	for i, file := range []string{c.files.CertFile, c.files.KeyFile, c.files.ClientCAFile} {
		if info, err := os.Stat(file); err == nil {
			stamps[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return stamps
}

// load makes a configuration of the files. TLS 1.0 and 1.1 are broken.
func (t TLS) load() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("the TLS certificate %s with the key %s cannot be used: %w", t.CertFile, t.KeyFile, err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}
	if t.ClientCAFile == "" {
		return config, nil
	}
	text, err := os.ReadFile(t.ClientCAFile)
	if err != nil {
		return nil, fmt.Errorf("the certificates that sign those of clients cannot be read: %w", err)
	}
	config.ClientCAs, config.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
	if !config.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM format", t.ClientCAFile)
	}
	return config, nil
}
