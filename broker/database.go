package broker

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
	"github.com/treatyhq/treaty/internal/errlog"
	"github.com/treatyhq/treaty/internal/redact"
)

// database is a store that may come later: until then, it says so.
type database struct{ store atomic.Pointer[store.Store] }

var _ kernel.Store = (*database)(nil)

var errNotOpen = kernel.Errorf(kernel.CodeUnavailable, "the broker is waiting for its database, try again")

// cut lets nothing wait for a server that does not answer.
func (d *database) cut() {
	if s := d.store.Load(); s != nil {
		s.Cut()
	}
}

// View implements kernel.Store.
func (d *database) View(ctx context.Context, fn func(kernel.Tx) error) error {
	if s := d.store.Load(); s != nil {
		return s.View(ctx, fn)
	}
	return errNotOpen
}

// Update implements kernel.Store.
func (d *database) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	if s := d.store.Load(); s != nil {
		return s.Update(ctx, fn)
	}
	return errNotOpen
}

// Noticed implements kernel.Store.
func (d *database) Noticed() int64 {
	if s := d.store.Load(); s != nil {
		return s.Noticed()
	}
	return 0
}

// watch is store.Store.Watch.
func (d *database) watch() (changed <-chan struct{}, end func(), err error) {
	if s := d.store.Load(); s != nil {
		changed, end = s.Watch()
		return changed, end, nil
	}
	return nil, nil, errNotOpen
}

// Close implements kernel.Store. Whoever opened the store closes it.
func (d *database) Close() error { return nil }

// ready reports why updates are not possible, if they are not.
func (d *database) ready(ctx context.Context) error {
	if s := d.store.Load(); s != nil {
		return s.Ready(ctx)
	}
	return errNotOpen
}

const (
	// retryEvery is how long to wait for a database that does not answer.
	retryEvery = 3 * time.Second
	// repeatEvery is how often it is said that it still does not.
	repeatEvery = time.Minute
)

func (b *Broker) storeOptions() store.Options {
	mode := b.options.PoolMode
	if mode == "auto" {
		mode = ""
	}
	return store.Options{
		Sole:             true,
		Log:              b.log,
		MaxConnections:   b.options.MaxConnections,
		ConnectionWait:   b.options.ConnectionWait,
		PoolMode:         mode,
		StatementTimeout: b.options.StatementTimeout,
		OrderBySemver:    !b.options.Domain.OrderVersionsByDate,
		IgnoreNameCase:   b.options.Domain.IgnoreNameCase,
		Release:          b.options.Version,
		Statements:       statementLog(b.options),
	}
}

// openDatabase opens the database and what works on it, again after a pause if so
// configured. A PostgreSQL that is away, or that takes no writes and needs some,
// is not a reason not to start: the one who starts this would start it again and
// again. So Start goes on with it.
func (b *Broker) openDatabase(ctx context.Context) error {
	for left := b.options.ConnectRetries; ; left-- {
		err := b.openOnce(ctx)
		if err == nil {
			close(b.opened)
			return nil
		}
		if left <= 0 && b.mayComeLater(err) {
			b.late = true
			b.log.WarnContext(ctx, "the database is not there yet: the broker starts without it, answers 503, and goes on trying", slog.String("reason", reason(err)), errlog.Attr(err))
			return nil
		}
		if left <= 0 || ctx.Err() != nil {
			return b.databaseError(err)
		}
		b.log.WarnContext(ctx, "the database does not answer yet", errlog.Attr(err), slog.Int("attempts left", left))
		select {
		case <-ctx.Done():
		case <-time.After(retryEvery):
		}
	}
}

// mayComeLater reports whether a database that could not be opened may be there
// soon without anybody doing something about the broker.
func (b *Broker) mayComeLater(err error) bool {
	scheme, _, _ := strings.Cut(strings.ToLower(b.options.Database), ":")
	return b.options.ConnectRetries == 0 && strings.HasPrefix(scheme, "postgres") && !store.Lasting(err)
}

// openOnce opens the database with all that works on it, or nothing.
func (b *Broker) openOnce(ctx context.Context) error {
	db, err := store.Open(ctx, b.options.Database, b.storeOptions())
	if err != nil {
		return err
	}
	if err := b.openDelivery(ctx, db); err != nil {
		_ = db.Close() // it could not be used
		return err
	}
	b.defers(func(context.Context) error { return db.Close() })
	b.defers(b.queue.Stop)
	b.defers(func(ctx context.Context) error {
		ctx, cancel := half(ctx)
		defer cancel()
		b.service.Overview.StopCounting(ctx)
		b.service.Gate.Settle(ctx)
		return nil
	})
	b.database.store.Store(db)
	return nil
}

// half leaves half of the time to what comes after.
func half(ctx context.Context) (context.Context, context.CancelFunc) {
	end, bounded := ctx.Deadline()
	if !bounded {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(end)/2)
}

// openLater opens the database once it is there.
func (b *Broker) openLater() {
	defer close(b.opened)
	said := time.Now()
	for {
		select {
		case <-b.requests.Done():
			return
		case <-time.After(retryEvery):
		}
		err := b.openOnce(b.requests)
		switch {
		case err == nil:
			b.log.Info("the database is there: the broker answers")
			b.queue.Start()
			return
		case b.requests.Err() != nil:
			return
		case time.Since(said) > repeatEvery:
			said = time.Now()
			b.log.Error("the database still cannot be used", slog.String("reason", reason(err)), errlog.Attr(err))
		}
	}
}

// executor sends test executions of webhooks once the queue is there.
type executor struct {
	queue atomic.Pointer[delivery.Deliverer]
}

// ExecuteWebhook implements webhook.Executor. Whoever has a run to execute has
// asked the database, which comes with the queue.
func (e *executor) ExecuteWebhook(ctx context.Context, run webhook.Run) webhook.Execution {
	return e.queue.Load().ExecuteWebhook(ctx, run)
}

// databaseError logs why the database cannot be used and returns what may be told
// of it.
func (b *Broker) databaseError(err error) error {
	b.log.Error("the database cannot be used", errlog.Attr(err))
	return &DatabaseError{URL: redact.URL(b.options.Database), Cause: err}
}
