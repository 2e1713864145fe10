package mockserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/treatyhq/treaty/contract"
)

// DefaultMaxBody is the largest request body that is read where nothing else is
// said, in bytes: 64 MB.
const DefaultMaxBody = 64 << 20

// Config says how a server is started. The zero value is a plain HTTP server
// on a free port of 127.0.0.1.
type Config struct {
	// Host is the address to listen on; 127.0.0.1 when empty.
	Host string
	// Port to listen on; 0 lets the operating system choose a free one.
	Port int
	// TLS serves HTTPS with Certificate, or with a generated certificate for
	// localhost when Certificate is nil.
	TLS         bool
	Certificate *tls.Certificate
	// CORSPreflight answers OPTIONS requests that no interaction expects, as
	// browsers send them before a request to another origin. Without it they get
	// an error; they never count as unexpected.
	CORSPreflight bool
	// MaxBody is the largest request body in bytes; DefaultMaxBody when 0.
	MaxBody int64
	// Now is the base of generated dates; time.Now when nil.
	Now func() time.Time
	// Observe, if set, hears of each request that could be read: the
	// interaction that answered, or the failure; the other is nil. It is called
	// from several goroutines, before the answer is sent.
	Observe func(request contract.Request, played *contract.HTTP, failed *Failure)
}

// Server plays interactions until it is closed. It is safe for concurrent use.
type Server struct {
	config   Config
	listener net.Listener
	http     *http.Server
	open     connections
	served   chan struct{}
	book     *book
	record   record
	close    sync.Once
}

// listen opens the listener. A suite opens one for each test, so it does
// without what costs there and helps nobody: a second path to the client, and on
// this machine's own network probing whether the other side is still there.
func listen(host string, port int) (net.Listener, error) {
	host = strings.Trim(host, "[]")
	address := net.JoinHostPort(host, strconv.Itoa(port))
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		config.KeepAlive = -1
	}
	listener, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("start the mock provider on %s: %w", address, err)
	}
	return listener, nil
}

// Start listens and serves interactions in the background. The caller closes
// the server. Interactions must not be changed while it runs. The error wraps the
// system's, such as syscall.EADDRINUSE for a port that is taken.
func Start(interactions []*contract.HTTP, config Config) (*Server, error) {
	if config.Host == "" {
		config.Host = "127.0.0.1"
	}
	if config.MaxBody == 0 {
		config.MaxBody = DefaultMaxBody
	}
	listener, err := listen(config.Host, config.Port)
	if err != nil {
		return nil, err
	}
	s := &Server{
		config:   config,
		listener: listener,
		served:   make(chan struct{}),
		book:     newBook(interactions),
	}
	s.record.played = make([]int, len(interactions))
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 30 * time.Second,
		// "OPTIONS *" is a request like any other.
		DisableGeneralOptionsHandler: true,
		// A client that does not trust the certificate is told by its own error.
		ErrorLog:  log.New(io.Discard, "", 0),
		ConnState: s.open.note,
	}
	if config.TLS {
		certificate, err := s.certificate()
		if err != nil {
			_ = listener.Close()
			return nil, err
		}
		s.http.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	}
	go s.serve()
	return s, nil
}

func (s *Server) serve() {
	defer close(s.served)
	var err error
	if s.config.TLS {
		err = s.http.ServeTLS(s.listener, "", "")
	} else {
		err = s.http.Serve(s.listener)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		s.record.fail(err)
	}
}

// Close stops the server, drops its connections and waits for it. Closing
// twice is fine. Results stay readable. The error is one for which the server had
// ended before.
func (s *Server) Close() error {
	s.close.Do(func() {
		s.open.forget()
		_ = s.http.Close()
		<-s.served
	})
	return s.record.err()
}

// Port returns the port the server listens on, also where the system chose it.
func (s *Server) Port() int {
	return s.listener.Addr().(*net.TCPAddr).Port
}

// Host returns the host name or address to reach the server at, as configured.
func (s *Server) Host() string { return s.config.Host }

// URL returns the base URL of the server, such as "http://127.0.0.1:34567", without
// a slash at the end.
func (s *Server) URL() string {
	scheme := "http"
	if s.config.TLS {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(strings.Trim(s.config.Host, "[]"), strconv.Itoa(s.Port()))
}

// Results returns what happened so far, as a copy that does not change. It may be
// called while the server runs.
func (s *Server) Results() Results {
	return s.record.results(s.book.interactions)
}
