package postgres

import (
	"context"
	"database/sql/driver"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// pgxConn has another name here, so that its method Conn is not hidden.
type pgxConn = stdlib.Conn

// connection is one whose transaction can be lent to database/sql: the job queue
// wants one of its own type, and begins nothing.
type connection struct {
	*pgxConn
	host *host
	// began is when it was begun.
	began time.Time
	// joining is set while database/sql is to believe that it begins the
	// transaction that is open.
	joining bool
}

// BeginTx implements driver.ConnBeginTx.
func (c *connection) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if c.joining {
		return joined{}, nil
	}
	return c.pgxConn.BeginTx(ctx, options)
}

// joined is a transaction that somebody else ends.
type joined struct{}

func (joined) Commit() error   { return nil }
func (joined) Rollback() error { return nil }
