package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"zombiezen.com/go/sqlite"
)

// keptStatements limits how many statements a session keeps prepared. Ours are
// fewer; GORM's vary with what it is asked.
const keptStatements = 400

// session is one connection to SQLite with its prepared statements. It is not
// safe for concurrent use. Statements run on SQLite's own interface: through
// database/sql a short one takes two to four times as long (decision 0013).
type session struct {
	conn *sqlite.Conn
	kept map[string]*statement
	// orm and queue are the same connection for GORM and for the job queue.
	orm, queue *sql.DB
	// stopped is closed to interrupt what runs.
	stopped chan struct{}
	// writes says that the session may change the database.
	writes bool
	// answers were kept of the state of the database that SQLite called seen.
	answers engine.Answers
	seen    int64
}

// openSession opens the file at path, which must exist, and runs the pragmas.
func openSession(path string, pragmas ...string) (*session, error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, kept: make(map[string]*statement)}
	s.orm, s.queue = sql.OpenDB(facade{session: s}), sql.OpenDB(facade{session: s, times: true})
	for _, db := range []*sql.DB{s.orm, s.queue} {
		db.SetMaxOpenConns(1)
	}
	for _, pragma := range pragmas {
		if _, err := s.Exec(context.Background(), "PRAGMA "+pragma, nil); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	s.arm()
	return s, nil
}

func (s *session) close() error {
	err := errors.Join(s.orm.Close(), s.queue.Close())
	for query := range s.kept {
		err = errors.Join(err, s.forget(query))
	}
	return errors.Join(err, s.conn.Close())
}

func (s *session) forget(query string) error {
	stmt := s.kept[query]
	delete(s.kept, query)
	return stmt.Finalize()
}

// arm makes the session ready to be interrupted, once.
func (s *session) arm() {
	s.stopped = make(chan struct{})
	s.conn.SetInterrupt(s.stopped)
}

// watch interrupts the session when ctx ends. The caller calls release, after
// which the session is ready for the next.
func (s *session) watch(ctx context.Context) (release func()) {
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		close(s.stopped)
		close(fired)
	})
	return func() {
		if !stop() {
			<-fired
			s.arm()
		}
	}
}

// prepared returns the statement for query, ready to run. The caller gives it
// back with done.
func (s *session) prepared(query string) (*statement, error) {
	if stmt, ok := s.kept[query]; ok && !stmt.busy {
		stmt.busy = true
		return stmt, nil
	}
	raw, rest, err := s.conn.PrepareTransient(query)
	if err != nil {
		return nil, err
	}
	if strings.Trim(query[len(query)-rest:], "; \t\n") != "" {
		return nil, errors.Join(fmt.Errorf("more than one statement in %.60s", engine.Squeeze(query)), raw.Finalize())
	}
	stmt := newStatement(raw)
	stmt.busy = true
	if _, running := s.kept[query]; running {
		stmt.transient = true
		return stmt, nil
	}
	if len(s.kept) >= keptStatements {
		for other, kept := range s.kept {
			if !kept.busy {
				if err := s.forget(other); err != nil {
					return nil, err
				}
				break
			}
		}
	}
	s.kept[query] = stmt
	return stmt, nil
}

// Exec implements engine.Querier.
func (s *session) Exec(_ context.Context, query string, args []any) (int64, error) {
	stmt, err := s.prepared(query)
	if err != nil {
		return 0, err
	}
	for more := true; more && err == nil; {
		more, err = stmt.step(args)
	}
	if err = errors.Join(err, stmt.done()); err != nil {
		return 0, err
	}
	return int64(s.conn.Changes()), nil
}

// Insert implements engine.Querier. SQLite tells the id without a result set.
func (s *session) Insert(ctx context.Context, query string, args []any) (int64, error) {
	changed, err := s.Exec(ctx, query, args)
	if err != nil || changed == 0 {
		return 0, err
	}
	return s.conn.LastInsertRowID(), nil
}

// Query implements engine.Querier.
func (s *session) Query(_ context.Context, query string, args []any, each func(engine.Row) (bool, error)) (err error) {
	stmt, err := s.prepared(query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stmt.done()) }()
	for more := true; more && err == nil; {
		if more, err = stmt.step(args); more && err == nil {
			more, err = each(stmt)
		}
	}
	return err
}

// Later implements engine.Querier. The way to the database costs nothing here.
func (s *session) Later(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	if each == nil {
		_, err := s.Exec(ctx, query, args)
		return err
	}
	return s.Query(ctx, query, args, each)
}

// Answers implements engine.Querier. SQLite tells a connection whether another one,
// of whichever process, has committed since it was asked the last time. What the
// connection itself commits it does not count.
func (s *session) Answers() *engine.Answers {
	if s.writes {
		return nil
	}
	var now int64
	if err := s.Query(context.Background(), "PRAGMA data_version", nil, func(row engine.Row) (bool, error) {
		return false, row.Scan(&now)
	}); err != nil {
		return nil
	}
	if now != s.seen {
		s.answers.Clear()
		s.seen = now
	}
	return &s.answers
}

// Pool implements engine.Querier.
func (s *session) Pool() engine.Pool { return s.orm }

// JobTx implements engine.Querier. The transaction is the session's own: ending the
// one returned does nothing.
func (s *session) JobTx(ctx context.Context) (*sql.Tx, func(), error) {
	raw, err := s.queue.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, nil, err
	}
	return raw, sync.OnceFunc(func() { _ = raw.Rollback() }), nil // gives the connection back to the facade
}
