package postgres

import (
	"context"
	"errors"
	"time"
)

// endLimit is how long the server may take to end a transaction that nobody waits
// for.
const endLimit = 5 * time.Second

// transaction is a querier with the connection that it has to give back.
type transaction struct {
	*querier
	engine *Engine
}

// begin takes a connection for a transaction. The server hears of it with the
// first statement.
func (e *Engine) begin(ctx context.Context, begin string) (*transaction, error) {
	raw, err := e.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	q := &querier{raw: raw, begin: begin}
	if err := raw.Raw(func(made any) error {
		c := made.(*connection)
		q.pg, q.joining = c.Conn(), &c.joining
		return nil
	}); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	e.running.Add(1)
	return &transaction{querier: q, engine: e}, nil
}

// leave ends the transaction, if it is still open, and gives the connection back.
// Nobody waits for that.
func (t *transaction) leave() {
	if t.pg.IsClosed() || t.pg.PgConn().TxStatus() == 'I' {
		_ = t.raw.Close() // it only goes back to the pool
		t.engine.running.Done()
		return
	}
	go func() {
		defer t.engine.running.Done()
		ctx, cancel := context.WithTimeout(context.Background(), endLimit)
		defer cancel()
		_, _ = t.pg.Exec(ctx, "rollback") // where it fails, the connection is closed
		_ = t.raw.Close()
	}()
}
