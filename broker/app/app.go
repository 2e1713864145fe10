package app

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

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/delivery"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/internal/errlog"
	"github.com/treatyhq/treaty/internal/redact"
)

// App is a broker, running or about to.
type App struct {
	// Service is the broker behind the HTTP interface, for use in process.
	Service *broker.Service

	options  Options
	log      *slog.Logger
	listener net.Listener
	server   *http.Server
	queue    *delivery.Deliverer
	tracing  *tracing // nil if no collector is named

	// requests ends those that still run when the broker has waited long enough.
	requests context.Context
	cut      context.CancelFunc

	serving chan struct{} // closed when the server has ended
	failure error         // why it ended early; read after serving is closed

	started  sync.Once
	stopping sync.Once
	stopped  error
	// teardown holds what to close, in the order in which it was opened.
	teardown []func(context.Context) error
}

// New validates the options, binds the port and opens the database, in this
// order, and leaves nothing open if it fails. The caller calls Stop.
func New(ctx context.Context, options Options) (*App, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	a := &App{options: options, log: newLog(options), serving: make(chan struct{})}
	a.requests, a.cut = context.WithCancel(context.Background())
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.close(context.WithoutCancel(ctx)))
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	if err := a.bind(ctx); err != nil {
		return err
	}
	db, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	a.defers(func(context.Context) error { return db.Close() })
	a.Service = a.newService(db)
	if err := a.openDelivery(ctx, db); err != nil {
		return a.databaseError(err)
	}
	if a.tracing, err = openTracing(ctx, a.options.Version); err != nil {
		return fmt.Errorf("open tracing: %w", err)
	}
	if a.tracing != nil {
		a.defers(a.tracing.close)
	}
	a.server = &http.Server{
		Handler:           a.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       5 * time.Minute,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       a.options.KeepAlive,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return a.requests },
	}
	return nil
}

// defers registers a step of Stop. Steps run last in, first out.
func (a *App) defers(step func(context.Context) error) { a.teardown = append(a.teardown, step) }

func (a *App) close(ctx context.Context) error {
	var found []error
	for i := len(a.teardown) - 1; i >= 0; i-- {
		found = append(found, a.teardown[i](ctx))
	}
	a.teardown = nil
	return errors.Join(found...)
}

func (a *App) bind(ctx context.Context) error {
	address := net.JoinHostPort(a.options.Host, strconv.Itoa(a.options.Port))
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return &ListenError{Address: address, Cause: err}
	}
	a.listener = listener
	a.defers(func(context.Context) error {
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

// openStore opens the database, again after a pause if so configured: a
// database in a container may start after the broker.
func (a *App) openStore(ctx context.Context) (*store.Store, error) {
	options := store.Options{
		Log:              a.log,
		MaxConnections:   a.options.MaxConnections,
		StatementTimeout: a.options.StatementTimeout,
		OrderBySemver:    !a.options.Domain.OrderVersionsByDate,
		IgnoreNameCase:   a.options.Domain.IgnoreNameCase,
		Statements:       statementLog(a.options),
	}
	for left := a.options.ConnectRetries; ; left-- {
		db, err := store.Open(ctx, a.options.Database, options)
		if err == nil {
			return db, nil
		}
		if left <= 0 || ctx.Err() != nil {
			return nil, a.databaseError(err)
		}
		a.log.WarnContext(ctx, "the database does not answer yet", errlog.Attr(err), slog.Int("attempts left", left))
		select {
		case <-ctx.Done():
		case <-time.After(3 * time.Second):
		}
	}
}

// databaseError logs why the database cannot be used and returns what may be told
// of it.
func (a *App) databaseError(err error) error {
	a.log.Error("the database cannot be used", errlog.Attr(err))
	return &DatabaseError{URL: redact.URL(a.options.Database), Cause: err}
}

func (a *App) newService(db broker.Store) *broker.Service {
	service := broker.New(db, a.options.Domain)
	service.Log = a.log
	if a.options.Now != nil {
		service.Now = a.options.Now
	}
	if a.options.NewID != nil {
		service.NewID = a.options.NewID
	}
	return service
}

// URL returns the address of the broker on this machine.
func (a *App) URL() string {
	address := a.listener.Addr().(*net.TCPAddr)
	host := a.options.Host
	if host == "" || address.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(address.Port))
}

// Start answers requests from now on, in the background. Calling it again
// changes nothing.
func (a *App) Start() {
	a.started.Do(func() {
		go func() {
			defer close(a.serving)
			if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
				a.failure = fmt.Errorf("serve: %w", err)
			}
		}()
		if err := a.queue.Start(context.Background()); err != nil {
			a.log.Error("webhooks are kept but not delivered", errlog.Attr(err))
		}
		a.log.Info("broker started", "url", a.URL(), "database", redact.URL(a.options.Database))
		if !a.options.Auth.protected() && !a.local() {
			a.log.Warn("no password is set: whoever reaches this address can read and write",
				"advice", "set PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD, or --host 127.0.0.1")
		}
	})
}

// local reports whether only this machine can reach the broker.
func (a *App) local() bool {
	return a.listener.Addr().(*net.TCPAddr).IP.IsLoopback()
}

// Stop takes no new requests, waits for the running ones, ends those that are
// not done in three quarters of ShutdownTimeout, and closes the database in what
// is left of it. Stopping again returns the same.
func (a *App) Stop() error {
	a.stopping.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), a.options.ShutdownTimeout)
		defer cancel()
		a.stopped = errors.Join(a.drain(ctx), a.close(ctx))
		a.log.Info("broker stopped")
	})
	return a.stopped
}

// drain ends the server, if it was started, and cuts what is still busy after
// its share of the time: what a request does in the database ends with it.
func (a *App) drain(ctx context.Context) error {
	a.started.Do(func() { close(a.serving) })
	defer a.cut()
	ctx, cancel := context.WithTimeout(ctx, a.options.ShutdownTimeout*3/4)
	defer cancel()
	err := a.server.Shutdown(ctx)
	if err != nil {
		a.cut()
		err = errors.Join(fmt.Errorf("requests were still running: %w", err), a.server.Close())
	}
	<-a.serving
	return errors.Join(err, a.failure)
}

// Run runs a broker until ctx ends or the server fails. ready, if not nil, is
// called once it answers requests.
func Run(ctx context.Context, options Options, ready func(*App)) error {
	a, err := New(ctx, options)
	if err != nil {
		return err
	}
	a.Start()
	if ready != nil {
		ready(a)
	}
	select {
	case <-ctx.Done():
	case <-a.serving:
	}
	return a.Stop()
}
