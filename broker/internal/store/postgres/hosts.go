package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// headStart is how long a host is tried alone before the next one is tried too.
const headStart = 300 * time.Millisecond

// hosts are the servers that a URL names: one of them takes writes. Which one
// answered last is tried first, so that one that is frozen costs nothing once it
// is known.
type hosts struct {
	mu    sync.Mutex
	order []*host
}

// host is a server by its name and port.
type host struct {
	// config is of this host alone: its ways to encrypt, if there are several.
	config *pgx.ConnConfig
}

// splitHosts makes a host of each that a configuration names.
func splitHosts(config *pgx.ConnConfig) *hosts {
	ways := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	var out []*host
	for _, way := range ways {
		i := slices.IndexFunc(out, func(h *host) bool { return h.config.Host == way.Host && h.config.Port == way.Port })
		if i >= 0 {
			out[i].config.Fallbacks = append(out[i].config.Fallbacks, way)
			continue
		}
		one := config.Copy()
		one.Host, one.Port, one.TLSConfig, one.Fallbacks = way.Host, way.Port, way.TLSConfig, nil
		out = append(out, &host{one})
	}
	return &hosts{order: out}
}

func (h *hosts) list() []*host {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.order)
}

// prefer has a host tried first from now on.
func (h *hosts) prefer(one *host) {
	h.move(one, func(rest []*host) []*host { return append([]*host{one}, rest...) })
}

// avoid has a host tried last from now on.
func (h *hosts) avoid(one *host) {
	h.move(one, func(rest []*host) []*host { return append(rest, one) })
}

func (h *hosts) move(one *host, put func([]*host) []*host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	rest := slices.DeleteFunc(slices.Clone(h.order), func(other *host) bool { return other == one })
	h.order = put(rest)
}

// connector makes connections to the host that answers.
type connector struct {
	hosts *hosts
	// ping says whether connections that were idle are asked before they are used.
	ping bool
	// keeps says that connections keep prepared statements.
	keeps bool
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return stdlib.GetDefaultDriver() }

type connected struct {
	made driver.Conn
	host *host
	err  error
}

// Connect implements driver.Connector. A host that takes its time gets company
// from the next one.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	order := c.hosts.list()
	results := make(chan connected, len(order))
	var late <-chan time.Time
	begun, ended := 0, 0
	begin := func() {
		late = nil
		if begun < len(order) {
			go c.try(ctx, order[begun], results)
			begun++
			late = time.After(headStart)
		}
	}
	begin()
	var failed []error
	for ended < len(order) {
		select {
		case r := <-results:
			if ended++; r.err == nil {
				c.hosts.prefer(r.host)
				go closeLate(results, begun-ended)
				return r.made, nil
			}
			failed = append(failed, r.err)
			begin()
		case <-late:
			begin()
		}
	}
	return nil, errors.Join(failed...)
}

func (c connector) try(ctx context.Context, h *host, results chan<- connected) {
	began := time.Now()
	options := []stdlib.OptionOpenDB{}
	if !c.ping {
		options = append(options, stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false }))
	}
	if c.keeps {
		options = append(options, stdlib.OptionAfterConnect(settle))
	}
	made, err := stdlib.GetConnector(*h.config, options...).Connect(ctx)
	if err != nil {
		results <- connected{err: err}
		return
	}
	results <- connected{&connection{pgxConn: made.(*pgxConn), host: h, began: began}, h, nil}
}

// closeLate closes connections that nobody waits for any more.
func closeLate(results <-chan connected, expected int) {
	for range expected {
		if r := <-results; r.err == nil {
			_ = r.made.Close()
		}
	}
}
