package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	// commitPatience is how long it may take to make an update last until it counts
	// as one that waits: for a standby that is lost, for a disk that hangs.
	commitPatience = 2 * time.Second
	// readyFor is how long an answer about updates is given again.
	readyFor = time.Second
)

// readiness remembers what was found out last about updates.
type readiness struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// Ready implements engine.Engine. It makes an update that stores nothing: only a
// commit shows that commits are possible.
func (e *Engine) Ready(ctx context.Context) error {
	if e.commits.longest() > commitPatience {
		return engine.ErrCommitsWait
	}
	e.readiness.mu.Lock()
	defer e.readiness.mu.Unlock()
	if time.Since(e.readiness.at) < readyFor {
		return e.readiness.err
	}
	ctx, cancel := context.WithTimeout(ctx, connectLimit+commitPatience)
	defer cancel()
	err := e.tryCommit(ctx)
	if err != nil && remedyOf(err) == reconnect { // an idle connection may have died
		err = e.tryCommit(ctx)
	}
	if ctx.Err() == nil || err == nil {
		e.readiness.err, e.readiness.at = err, time.Now()
	}
	return err
}

func (e *Engine) tryCommit(ctx context.Context) error {
	t, err := e.begin(ctx, toUpdate, beginUpdate)
	if err != nil {
		return err
	}
	defer t.leave()
	var readOnly string
	err = t.Query(ctx, "select current_setting('transaction_read_only')", nil, func(row engine.Row) (bool, error) { return true, row.Scan(&readOnly) })
	switch {
	case err != nil:
		return t.died(ctx, err)
	case readOnly == "on":
		return engine.ErrReadOnly
	}
	// It is written and means nothing to anybody.
	var refused *pgconn.PgError
	_, err = t.Exec(ctx, "select pg_logical_emit_message(true, 'treaty', '')", nil)
	switch {
	case errors.As(err, &refused) && refused.Code[:2] == "42": // not for this user
		return nil
	case err != nil:
		return t.died(ctx, err)
	}
	soon, cancel := context.WithTimeout(ctx, commitPatience)
	defer cancel()
	if err := t.commit(soon); err != nil {
		if soon.Err() != nil {
			return errors.Join(engine.ErrCommitsWait, err)
		}
		return t.died(ctx, err)
	}
	return nil
}

// commits remembers which updates wait to be made last.
type commits struct {
	mu      sync.Mutex
	waiting map[*time.Time]bool
}

// begin notes one until the function that it returns is called.
func (c *commits) begin() func() {
	began := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting == nil {
		c.waiting = map[*time.Time]bool{}
	}
	c.waiting[&began] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.waiting, &began)
	}
}

// longest is how long the first of them has been waiting.
func (c *commits) longest() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var longest time.Duration
	for began := range c.waiting {
		longest = max(longest, time.Since(*began))
	}
	return longest
}
