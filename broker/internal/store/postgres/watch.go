package postgres

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// patience is how long an answer may take before somebody looks whether the server
// is still there: it may as well be at work, or wait for a lock.
const patience = 1500 * time.Millisecond

// watch is for who waits for an answer. A server that was frozen, or whose machine
// or disk hangs, keeps its connections: nothing ever comes. So while an answer
// takes its time, the server is asked to take another connection; if it does not,
// this one is closed, and who waits gets an error. The caller calls stop.
func (e *Engine) watch(c *connection) (stop func()) {
	var mu sync.Mutex
	var timer *time.Timer
	stopped := false
	look := func() {
		alive := e.probes.alive(c.host)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case stopped:
		case alive:
			timer.Reset(patience)
		default:
			e.distrust(c.host)
			_ = c.Conn().PgConn().Conn().Close()
		}
	}
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(patience, look)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		timer.Stop()
	}
}

// probes asks servers whether they are there, once for all who wonder at a time.
type probes struct {
	mu      sync.Mutex
	running map[*host]*probe
}

type probe struct {
	done  chan struct{}
	alive bool
}

// alive reports whether a server takes connections.
func (p *probes) alive(h *host) bool {
	p.mu.Lock()
	one := p.running[h]
	if one == nil {
		one = &probe{done: make(chan struct{})}
		if p.running == nil {
			p.running = map[*host]*probe{}
		}
		p.running[h] = one
		go func() {
			defer close(one.done)
			one.alive = takesConnections(h)
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.running, h)
		}()
	}
	p.mu.Unlock()
	<-one.done
	return one.alive
}

func takesConnections(h *host) bool {
	ctx, cancel := context.WithTimeout(context.Background(), connectLimit)
	defer cancel()
	config := h.config.Copy()
	config.ValidateConnect = nil
	c, err := pgx.ConnectConfig(ctx, config)
	if err == nil {
		_ = c.Close(ctx)
		return true
	}
	// What it refuses, it has thought about.
	var refused *pgconn.PgError
	var network net.Error
	return errors.As(err, &refused) || ctx.Err() == nil && !errors.As(err, &network)
}
