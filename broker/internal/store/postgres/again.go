package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	// tries limits how often a transaction is run that others get in the way of.
	tries = 12
	// outageLimit is how long after a database went away requests still wait for
	// it. A failover is over by then; later, they are told at once.
	outageLimit = 15 * time.Second
	// readOnlyLimit is the same for a server that only reads: the standby that is
	// being promoted.
	readOnlyLimit = 8 * time.Second
	// withoutDeadline is for who has none.
	withoutDeadline = 30 * time.Second
	longestPause    = 300 * time.Millisecond
)

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
	case err == nil, errors.Is(err, engine.ErrLost), errors.Is(err, engine.ErrUnknown):
		return err
	case refused && !endsConnection(pg):
		return err
	case pgconn.SafeToRetry(err):
		if ctx.Err() != nil {
			return err
		}
		return errors.Join(engine.ErrLost, err)
	case what == withCommit && (closed || refused):
		return errors.Join(engine.ErrUnknown, err)
	case closed && ctx.Err() == nil, refused:
		return errors.Join(engine.ErrLost, err)
	}
	return err
}

// endsConnection reports whether the server ends the connection, with what runs on
// it: it is shutting down, somebody ended it, it was idle for too long.
func endsConnection(err *pgconn.PgError) bool {
	severity := err.SeverityUnlocalized
	if severity == "" {
		severity = err.Severity
	}
	return severity == "FATAL" || severity == "PANIC" || strings.HasPrefix(err.Code, "57P")
}

// remedy is what may help a transaction that failed and changed nothing.
type remedy int

const (
	// none: it would fail again, or it is not known whether it is stored.
	none remedy = iota
	// another: another transaction got in its way.
	another
	// reconnect: its connection is gone, or the server.
	reconnect
	// promotion: the server takes no writes.
	promotion
	// room: the server has no connection to give.
	room
	// line: all connections are in use.
	line
)

// remedyOf says what may help after an error.
func remedyOf(err error) remedy {
	var pg *pgconn.PgError
	refused := errors.As(err, &pg)
	switch {
	case errors.Is(err, engine.ErrUnknown):
		return none
	case errors.Is(err, engine.ErrBusy):
		return line
	case errors.Is(err, engine.ErrAgain):
		return another
	case refused && pg.Code == "53300":
		return room
	case errors.Is(err, engine.ErrLost), errors.Is(err, driver.ErrBadConn):
		return reconnect
	case errors.Is(err, pgconn.ErrReadOnlyConnection), errors.Is(err, pgconn.ErrStandbyConnection):
		return promotion
	case refused:
		return remedyOfState(pg)
	}
	if connect := (*pgconn.ConnectError)(nil); errors.As(err, &connect) {
		return reconnect
	}
	return none
}

func remedyOfState(err *pgconn.PgError) remedy {
	switch err.Code {
	case "25006": // the server, or its default, is read-only
		return promotion
	case "40001", "40P01", "72000": // conflict, deadlock, snapshot too old
		return another
	case "23503": // a row that is to refer to one which is gone since it was read
		return another
	case "0A000": // a prepared statement is from before a migration
		if strings.Contains(err.Routine, "RevalidateCachedQuery") {
			return reconnect
		}
	case "26000", "42P05": // the connection's prepared statements are not what they were
		return reconnect
	case "57P03": // the server is starting, or catching up
		return reconnect
	}
	if strings.HasPrefix(err.Code, "08") || endsConnection(err) && strings.HasPrefix(err.Code, "57") {
		return reconnect
	}
	return none
}

// outage remembers since when something does not work.
type outage struct {
	mu          sync.Mutex
	since, last time.Time
}

// forgetAfter is how long a failure says something about the next one.
const forgetAfter = 20 * time.Second

// note notes a failure and returns since when there are failures.
func (o *outage) note() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if o.since.IsZero() || now.Sub(o.last) > forgetAfter {
		o.since = now
	}
	o.last = now
	return o.since
}

func (o *outage) over() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since = time.Time{}
}

// on reports whether something has failed lately and not worked since.
func (o *outage) on() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.since.IsZero() && time.Since(o.last) < forgetAfter
}

// again runs a transaction until it succeeds, where what it did is undone for
// certain and another try may help.
func (e *Engine) again(ctx context.Context, p purpose, run func() error) error {
	last, limited := ctx.Deadline()
	if !limited {
		last = time.Now().Add(withoutDeadline)
	}
	for try := 1; ; try++ {
		err := run()
		if err == nil {
			e.away.over()
			if p == toUpdate {
				e.readOnly.over()
			}
			return nil
		}
		remedy := remedyOf(err)
		if remedy == none || ctx.Err() != nil {
			return err
		}
		until := e.until(remedy, try, last)
		pause := pauseBefore(remedy, try)
		if time.Now().Add(pause).After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// until is how long it is tried again after a failure.
func (e *Engine) until(r remedy, try int, last time.Time) time.Time {
	earlier := func(t time.Time) time.Time {
		if t.Before(last) {
			return t
		}
		return last
	}
	switch r {
	case another:
		if try < tries {
			return last
		}
	case room:
		return last
	case line: // it is not a lack of connections while nobody gets one to work
		if e.away.on() {
			return earlier(time.Now().Add(time.Second))
		}
	case promotion:
		since := e.readOnly.note()
		e.distrustAtTimes() // another server may be the primary by now
		return earlier(since.Add(readOnlyLimit))
	case reconnect:
		if since := e.away.note(); try > 2 { // two tries find a living connection
			return earlier(since.Add(outageLimit))
		}
		return last
	case none:
	}
	return time.Time{}
}

// pauseBefore is how long to wait for the next try: longer each time, and not the
// same for all who wait.
func pauseBefore(r remedy, try int) time.Duration {
	longest := time.Millisecond << min(try, 12)
	switch r {
	case reconnect:
		if try == 1 {
			return 0 // the connection was idle while the server went and came
		}
		longest = 10 * time.Millisecond << min(try, 12)
	case room, promotion:
		longest = 40 * time.Millisecond << min(try, 12)
	case another, line, none:
	}
	longest = min(longest, longestPause)
	return longest/2 + rand.N(longest/2+1)
}
