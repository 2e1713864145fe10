package postgres

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// tries limits how often a transaction is run.
const tries = 8

// errDied says that the connection of a transaction was lost before its COMMIT was
// sent: nothing of it is stored.
var errDied = errors.New("the connection to the database was lost")

// delivered says what was on the way to the server when something failed.
type delivered bool

const (
	beforeCommit delivered = false
	withCommit   delivered = true
)

// judge says what the error of a delivery means for the transaction: whether it
// may be run again, or whether nobody knows how it ended.
func judge(ctx context.Context, err error, what delivered, closed bool) error {
	var pg *pgconn.PgError
	refused := errors.As(err, &pg)
	switch {
	case refused && !shuttingDown(pg):
		return err
	case pgconn.SafeToRetry(err):
		if ctx.Err() != nil {
			return err
		}
		return errors.Join(errDied, err)
	case what == withCommit && (closed || refused):
		return errors.Join(engine.ErrUnknown, err)
	case closed && ctx.Err() == nil, refused:
		return errors.Join(errDied, err)
	}
	return err
}

// shuttingDown reports whether the server ends the connection, with what runs on
// it: class 57P, operator intervention.
func shuttingDown(err *pgconn.PgError) bool {
	return err.Code == "57P01" || err.Code == "57P02" || err.Code == "57P03"
}

// again runs a transaction again where what it did is undone for certain.
func (e *Engine) again(ctx context.Context, run func() error) error {
	var err error
	for range tries {
		if err = run(); !retryable(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// retryable reports whether a transaction may succeed when run again, having
// changed nothing: after a deadlock or a serialization failure, where something
// that it has read is gone since, or where its connection was lost before the
// COMMIT.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, errDied) || errors.Is(err, engine.ErrAgain) || errors.Is(err, driver.ErrBadConn) || errors.As(err, &pg) && overtaken[pg.Code]
}

// overtaken are the codes by which the server says that another transaction was
// faster: a deadlock, a serialization failure, or a row that is to refer to one
// which is gone. What a transaction refers to it has read before.
var overtaken = map[string]bool{"40P01": true, "40001": true, "23503": true}
