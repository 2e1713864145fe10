package scale

import (
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// fillPostgres streams the rows of a table by COPY.
func (l loader) fillPostgres(conn *sql.Conn, t table) error {
	return conn.Raw(func(driver any) error {
		c, ok := driver.(interface{ Conn() *pgx.Conn })
		if !ok {
			return fmt.Errorf("the PostgreSQL driver is %T", driver)
		}
		source := newSource(t)
		defer source.stop()
		_, err := c.Conn().CopyFrom(l.ctx, pgx.Identifier{t.name}, t.columns, source)
		return err
	})
}

// source turns the rows of a table, which come by callback, into what COPY
// pulls.
type source struct {
	rows chan []any
	done chan struct{}
	err  error // of the rows' goroutine; read once rows is closed
	row  []any
	// ended is err as Next has seen it: pgx asks for it while rows still come.
	ended error
}

var errStopped = fmt.Errorf("stopped")

func newSource(t table) *source {
	s := &source{rows: make(chan []any, 1024), done: make(chan struct{})}
	go func() {
		defer close(s.rows)
		s.err = t.rows(func(row ...any) error {
			select {
			case s.rows <- row:
				return nil
			case <-s.done:
				return errStopped
			}
		})
	}()
	return s
}

// stop ends the rows' goroutine and waits for it.
func (s *source) stop() {
	close(s.done)
	for range s.rows { // until it is closed
	}
}

// Next implements pgx.CopyFromSource.
func (s *source) Next() bool {
	row, ok := <-s.rows
	if !ok {
		s.ended = s.err
	}
	s.row = row
	return ok
}

// Values implements pgx.CopyFromSource.
func (s *source) Values() ([]any, error) { return s.row, nil }

// Err implements pgx.CopyFromSource.
func (s *source) Err() error { return s.ended }
