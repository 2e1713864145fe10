package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"time"
)

// facade shows a session as a driver of database/sql, for GORM and for the job
// queue. It opens and closes nothing: the one connection it has is the
// session's, with the transaction the session is in.
type facade struct {
	session *session
	// times reads text that is a moment as one. The job queue wants that of its
	// driver; what GORM reads as text is somebody's text.
	times bool
}

// Connect implements driver.Connector.
func (f facade) Connect(context.Context) (driver.Conn, error) { return facadeConn{f}, nil }

// Driver implements driver.Connector.
func (f facade) Driver() driver.Driver { return facadeDriver{} }

type facadeDriver struct{}

// Open implements driver.Driver.
func (facadeDriver) Open(string) (driver.Conn, error) {
	return nil, errors.New("a session is not opened by name")
}

type facadeConn struct{ facade }

// Begin implements driver.Conn.
func (c facadeConn) Begin() (driver.Tx, error) { return within{}, nil }

// Close implements driver.Conn.
func (c facadeConn) Close() error { return nil }

// Prepare implements driver.Conn.
func (c facadeConn) Prepare(query string) (driver.Stmt, error) { return facadeStmt{c, query}, nil }

// within is a transaction that the session began and will end.
type within struct{}

// Commit implements driver.Tx.
func (within) Commit() error { return nil }

// Rollback implements driver.Tx.
func (within) Rollback() error { return nil }

// CheckNamedValue implements driver.NamedValueChecker: times are text to those
// who do not say otherwise.
func (c facadeConn) CheckNamedValue(v *driver.NamedValue) error {
	value, err := driver.DefaultParameterConverter.ConvertValue(v.Value)
	if t, isTime := value.(time.Time); isTime {
		value = t.UTC().Format(momentForm)
	}
	v.Value = value
	return err
}

// ExecContext implements driver.ExecerContext.
func (c facadeConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	changed, err := c.session.Exec(ctx, query, plainValues(args))
	return changes{changed, c.session.conn.LastInsertRowID()}, err
}

// QueryContext implements driver.QueryerContext.
func (c facadeConn) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	stmt, err := c.session.prepared(query)
	if err != nil {
		return nil, err
	}
	return &facadeRows{stmt: stmt, args: plainValues(args), times: c.times}, nil
}

func plainValues(args []driver.NamedValue) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		out[i] = arg.Value
	}
	return out
}

// changes is the result of a statement.
type changes struct{ rows, id int64 }

// LastInsertId implements driver.Result.
func (c changes) LastInsertId() (int64, error) { return c.id, nil }

// RowsAffected implements driver.Result.
func (c changes) RowsAffected() (int64, error) { return c.rows, nil }

// facadeStmt is a statement by its text: the session keeps it prepared.
type facadeStmt struct {
	conn  facadeConn
	query string
}

// Close implements driver.Stmt.
func (facadeStmt) Close() error { return nil }

// NumInput implements driver.Stmt.
func (facadeStmt) NumInput() int { return -1 }

// Exec implements driver.Stmt.
func (facadeStmt) Exec([]driver.Value) (driver.Result, error) { return nil, driver.ErrSkip }

// Query implements driver.Stmt.
func (facadeStmt) Query([]driver.Value) (driver.Rows, error) { return nil, driver.ErrSkip }

// ExecContext implements driver.StmtExecContext.
func (s facadeStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.conn.ExecContext(ctx, s.query, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s facadeStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.QueryContext(ctx, s.query, args)
}

// facadeRows are the rows of a statement, read as they are asked for.
type facadeRows struct {
	stmt  *statement
	args  []any
	times bool
}

// Columns implements driver.Rows.
func (r *facadeRows) Columns() []string {
	names := make([]string, r.stmt.ColumnCount())
	for i := range names {
		names[i] = r.stmt.ColumnName(i)
	}
	return names
}

// Next implements driver.Rows.
func (r *facadeRows) Next(into []driver.Value) error {
	more, err := r.stmt.step(r.args)
	if err != nil {
		return err
	}
	if !more {
		return io.EOF
	}
	for i := range into {
		into[i] = r.stmt.value(i)
		if text, isText := into[i].(string); isText && r.times {
			into[i] = timeOr(text)
		}
	}
	return nil
}

// momentForms are the ways in which the job queue writes a moment, with as many
// digits of a second as there are.
var momentForms = [...]string{"2006-01-02 15:04:05", momentForm}

const momentForm = "2006-01-02 15:04:05.999999999-07:00"

func timeOr(text string) driver.Value {
	if len(text) < len(time.DateTime) || text[4] != '-' || text[10] != ' ' {
		return text
	}
	for _, form := range momentForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC()
		}
	}
	return text
}

// Close implements driver.Rows.
func (r *facadeRows) Close() error { return r.stmt.done() }
