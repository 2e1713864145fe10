package postgres

import (
	"context"
	"database/sql/driver"

	"github.com/jackc/pgx/v5/stdlib"
)

// connector makes connections whose transaction can be lent to database/sql: the
// job queue wants one of its own type, and begins nothing.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{pgxConn: made.(*pgxConn)}, nil
}

// pgxConn has another name here, so that its method Conn is not hidden.
type pgxConn = stdlib.Conn

type connection struct {
	*pgxConn
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
