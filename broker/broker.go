package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
	"github.com/treatyhq/treaty/internal/redact"
)

// Broker is a broker, running or about to.
type Broker struct {
	service  *usecase.All
	database database
	executor executor

	options  Options
	log      *slog.Logger
	listener net.Listener
	server   *http.Server
	queue    *delivery.Deliverer
	tracing  *tracing // nil if no collector is named

	// requests ends those that still run when the broker has waited long enough.
	requests context.Context
	cut      context.CancelFunc
	// ending is closed when it takes no new requests: what would go on for as long
	// as somebody looks at it ends.
	ending chan struct{}

	serving chan struct{} // closed when the server has ended
	late    bool          // the database was not there when the broker was made
	opened  chan struct{} // closed when nobody tries to open the database any more
	failure error         // why it ended early; read after serving is closed

	started  sync.Once
	stopping sync.Once
	stopped  error
	// teardown holds what to close, in the order in which it was opened.
	teardown []func(context.Context) error
}

// New validates the options, binds the port, opens the database and brings it up to
// date, in this order, and leaves nothing open if it fails. The error is that of
// [Options.Validate], a [*ListenError] or a [*DatabaseError]; ctx ends the waiting
// for a database only. The caller calls Stop.
func New(ctx context.Context, options Options) (*Broker, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	b := &Broker{options: options, log: newLog(options), serving: make(chan struct{}), opened: make(chan struct{}), ending: make(chan struct{})}
	b.requests, b.cut = context.WithCancel(context.Background())
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.close(context.WithoutCancel(ctx)))
	}
	return b, nil
}

func (b *Broker) open(ctx context.Context) error {
	if err := b.bind(ctx); err != nil {
		return err
	}
	b.service = b.newService(&b.database)
	err := b.openDatabase(ctx)
	if err != nil {
		return err
	}
	if b.options.audits() {
		sealer := b.service.Audit.Start(b.options.AuditAge, b.log)
		b.defers(func(context.Context) error {
			sealer.Close()
			return nil
		})
	}
	if b.tracing, err = openTracing(ctx, b.options.Version); err != nil {
		return fmt.Errorf("open tracing: %w", err)
	}
	if b.tracing != nil {
		b.defers(b.tracing.close)
	}
	b.server = &http.Server{
		Handler:           b.handler(b.database.ready),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       5 * time.Minute,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       b.options.KeepAlive,
		ErrorLog:          slog.NewLogLogger(b.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return b.requests },
	}
	if b.options.TLS.enabled() {
		found, err := openCertificates(b.options.TLS, b.log)
		if err != nil {
			return err
		}
		b.server.TLSConfig = found.config()
	}
	b.server.RegisterOnShutdown(func() { close(b.ending) })
	return nil
}

// defers registers a step of Stop. Steps run last in, first out.
func (b *Broker) defers(step func(context.Context) error) { b.teardown = append(b.teardown, step) }

func (b *Broker) close(ctx context.Context) error {
	var found []error
	for i := len(b.teardown) - 1; i >= 0; i-- {
		found = append(found, b.teardown[i](ctx))
	}
	b.teardown = nil
	return errors.Join(found...)
}

func (b *Broker) bind(ctx context.Context) error {
	address := net.JoinHostPort(b.options.Host, strconv.Itoa(b.options.Port))
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return &ListenError{Address: address, Cause: err}
	}
	b.listener = listener
	b.defers(func(context.Context) error {
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

// clock and ids are those of the options, or the real ones.
func (b *Broker) clock() func() time.Time {
	if b.options.Now != nil {
		return b.options.Now
	}
	return time.Now
}

func (b *Broker) ids() func() string {
	if b.options.NewID != nil {
		return b.options.NewID
	}
	return kernel.NewID
}

func (b *Broker) newService(db kernel.Store) *usecase.All {
	if b.options.audits() {
		db = audit.Around(db, b.clock(), b.ids())
	}
	service := usecase.New(db, b.options.Domain)
	service.Log = b.log
	service.Webhook.Executor, service.Webhook.Schedule = &b.executor, b.options.Delivery.RetrySchedule
	service.Cleanup.Configured, service.Cleanup.When = b.options.Clean.options(), b.options.Clean.when()
	service.Secret.Keys, _ = secret.ParseKeys(b.options.SecretsKey.Reveal()) // Validate has read them
	if b.options.Now != nil {
		service.Now = b.options.Now
	}
	if b.options.NewID != nil {
		service.NewID = b.options.NewID
	}
	return service
}

// URL returns the address of the broker on this machine, such as
// "http://127.0.0.1:9292", whatever Options.BaseURLs say. It is known before Start.
func (b *Broker) URL() string {
	address := b.listener.Addr().(*net.TCPAddr)
	host := b.options.Host
	if host == "" || address.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if b.options.TLS.enabled() {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(address.Port))
}

// Start answers requests, delivers webhooks and cleans up from now on, in the
// background. Calling it again changes nothing.
func (b *Broker) Start() {
	b.started.Do(func() {
		go func() {
			defer close(b.serving)
			if err := b.serve(); !errors.Is(err, http.ErrServerClosed) {
				b.failure = fmt.Errorf("serve: %w", err)
			}
		}()
		if b.late {
			go b.openLater()
		} else {
			b.queue.Start()
		}
		b.log.Info("broker started", "url", b.URL(), "database", redact.URL(b.options.Database))
		if !b.options.Auth.protected() && !b.options.Identity && b.options.TLS.ClientCAFile == "" && !b.local() {
			b.log.Warn("no password is set: whoever reaches this address can read and write",
				"advice", "set PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD, or --host 127.0.0.1")
		}
	})
}

// serve answers requests until the server is stopped.
func (b *Broker) serve() error {
	if b.options.TLS.enabled() {
		return b.server.ServeTLS(b.listener, "", "")
	}
	return b.server.Serve(b.listener)
}

// local reports whether only this machine can reach the broker.
func (b *Broker) local() bool {
	return b.listener.Addr().(*net.TCPAddr).IP.IsLoopback()
}

// Stop takes no new requests, waits for the running ones, ends those that are
// not done in three quarters of ShutdownTimeout, and closes the database in what
// is left of it. Webhooks that were not delivered yet are in the database, for the
// next start. Stopping again returns the same. The error says what did not end in
// time, or why the server ended before.
func (b *Broker) Stop() error {
	b.stopping.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), b.options.ShutdownTimeout)
		defer cancel()
		defer context.AfterFunc(ctx, b.database.cut)()
		b.stopped = errors.Join(b.drain(ctx), b.close(ctx))
		b.log.Info("broker stopped")
	})
	return b.stopped
}

// drain ends the server, if it was started, and cuts what is still busy after
// its share of the time: what a request does in the database ends with it.
func (b *Broker) drain(ctx context.Context) error {
	b.started.Do(func() {
		close(b.serving)
		if b.late {
			close(b.opened)
		}
	})
	defer b.cut()
	ctx, cancel := context.WithTimeout(ctx, b.options.ShutdownTimeout*3/4)
	defer cancel()
	err := b.server.Shutdown(ctx)
	if err != nil {
		b.cut()
		err = errors.Join(fmt.Errorf("requests were still running: %w", err), b.server.Close())
	}
	<-b.serving
	b.cut()
	<-b.opened
	return errors.Join(err, b.failure)
}

// Run runs a broker until ctx ends or the server fails, and stops it. ready, if not
// nil, is called once it answers requests. The errors are those of [New] and
// [Broker.Stop]; that ctx has ended is none.
func Run(ctx context.Context, options Options, ready func(*Broker)) error {
	b, err := New(ctx, options)
	if err != nil {
		return err
	}
	b.Start()
	if ready != nil {
		ready(b)
	}
	select {
	case <-ctx.Done():
	case <-b.serving:
	}
	return b.Stop()
}
