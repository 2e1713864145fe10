package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// endLimit is how long the server may take to end a transaction that nobody waits
// for.
const endLimit = 5 * time.Second

// transaction is a querier with the connection that it has to give back.
type transaction struct {
	*querier
	engine  *Engine
	purpose purpose
}

// begin takes a connection for a transaction. The server hears of it with the
// first statement.
func (e *Engine) begin(ctx context.Context, p purpose, begin string) (*transaction, error) {
	if !e.starts() {
		return nil, engine.ErrClosed
	}
	if err := e.admission.enter(ctx, p); err != nil {
		e.running.Done()
		return nil, err
	}
	raw, c, err := e.connection(ctx)
	if err != nil {
		e.admission.leave(p)
		e.running.Done()
		return nil, err
	}
	q := &querier{raw: raw, connection: c, pg: c.Conn(), begin: append([]string{begin}, e.settings...), engine: e}
	return &transaction{querier: q, engine: e, purpose: p}, nil
}

// starts counts a transaction, unless the engine is closing.
func (e *Engine) starts() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closing {
		return false
	}
	e.running.Add(1)
	return true
}

// connection takes one out of the pool that is not known to be dead.
func (e *Engine) connection(ctx context.Context) (*sql.Conn, *connection, error) {
	for {
		raw, err := e.db.Conn(ctx)
		if err != nil {
			e.makeRoom(err)
			return nil, nil, err
		}
		var c *connection
		err = raw.Raw(func(made any) error {
			if c = made.(*connection); e.distrusted(c) {
				return driver.ErrBadConn
			}
			return nil
		})
		if err == nil {
			return raw, c, nil
		}
		_ = raw.Close() // database/sql has closed it for good
		if !errors.Is(err, driver.ErrBadConn) {
			return nil, nil, err
		}
	}
}

// makeRoom is content with the connections that there are, where the server gives
// no more.
func (e *Engine) makeRoom(err error) {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "53300" {
		e.db.SetMaxIdleConns(e.admission.shrink(e.db.Stats().OpenConnections))
	}
}

// distrust has nobody use the connections that there are: a server that ended one
// has ended all, and one that has become a standby does not become the primary
// again. The host, if one is named, is tried last.
func (e *Engine) distrust(h *host) {
	if h != nil {
		e.hosts.avoid(h)
	}
	e.trustSince.Store(time.Now().UnixNano())
}

// distrustAtTimes is distrust, once a second at most.
func (e *Engine) distrustAtTimes() {
	if time.Now().UnixNano()-e.trustSince.Load() > time.Second.Nanoseconds() {
		e.distrust(nil)
	}
}

func (e *Engine) distrusted(c *connection) bool { return c.began.UnixNano() < e.trustSince.Load() }

// leave ends the transaction, if it is still open, and gives the connection back.
// Nobody waits for that.
func (t *transaction) leave() {
	if t.pg.IsClosed() || t.pg.PgConn().TxStatus() == 'I' {
		t.giveBack()
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), endLimit)
		defer cancel()
		stop := t.engine.watch(t.connection)
		_, _ = t.pg.Exec(ctx, "rollback") // where it fails, the connection is closed
		stop()
		t.giveBack()
	}()
}

func (t *transaction) giveBack() {
	if t.pg.IsClosed() {
		_ = t.raw.Raw(func(any) error { return driver.ErrBadConn }) // it leaves the pool
	}
	_ = t.raw.Close() // it only goes back to the pool
	t.engine.admission.leave(t.purpose)
	t.engine.running.Done()
}

// died says of an error that the connection is gone with what was done on it, where
// that is so.
func (t *transaction) died(ctx context.Context, err error) error {
	err = judge(ctx, err, beforeCommit, t.pg.IsClosed())
	if errors.Is(err, engine.ErrLost) {
		t.engine.distrustOlder(t.connection)
	}
	return err
}

// distrustOlder has nobody use the connections that are as old as one that is gone.
func (e *Engine) distrustOlder(c *connection) {
	for {
		since := e.trustSince.Load()
		if began := c.began.UnixNano() + 1; began <= since || e.trustSince.CompareAndSwap(since, began) {
			return
		}
	}
}
