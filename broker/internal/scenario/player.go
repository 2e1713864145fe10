package scenario

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/broker"
)

// player plays a scenario on a broker of its own.
type player struct {
	ctx      context.Context
	app      *broker.Broker
	http     *http.Client
	clock    *clock
	receiver *receiver
	journal  *journal

	options broker.Options
	names   names
	// environments and webhooks are the UUIDs of what the story calls by name.
	environments map[string]string
	webhooks     map[string]string
	// asked is what the last question for pacts to verify was answered.
	asked []pactToVerify
	// published are the addresses of pacts that events may be about.
	published []string
}

// begin is when stories begin.
var begin = time.Date(2024, time.January, 1, 12, 0, 0, 0, time.UTC)

// clock is the time of a story.
type clock struct{ passed atomic.Int64 }

func (c *clock) now() time.Time { return begin.Add(time.Duration(c.passed.Load())) }

func (c *clock) advance(by time.Duration) { c.passed.Add(int64(by)) }

// newPlayer returns a player whose broker is not started yet: a story may change
// its settings first.
func newPlayer(ctx context.Context, address string) *player {
	p := &player{
		ctx: ctx, clock: &clock{}, journal: &journal{}, environments: map[string]string{}, webhooks: map[string]string{},
		http: &http.Client{
			Transport:     &http.Transport{},
			Timeout:       30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		receiver: newReceiver(),
	}
	options := broker.DefaultOptions()
	options.Host, options.Port, options.Database = "127.0.0.1", 0, address
	options.MaxConnections = 4
	options.LogLevel, options.LogTo = "warn", p.journal
	options.Now = p.clock.now
	options.Domain.Webhooks.Schemes = []string{"http", "https"}
	options.Delivery.AllowLoopback = true
	options.Delivery.RetrySchedule = []time.Duration{time.Millisecond, time.Millisecond}
	options.Version = "1.0.0"
	p.options = options
	return p
}

// start starts the broker, if it does not run yet.
func (p *player) start() error {
	if p.app != nil {
		return nil
	}
	broker, err := broker.New(p.ctx, p.options)
	if err != nil {
		return fmt.Errorf("start the broker: %w", err)
	}
	p.app = broker
	broker.Start()
	return nil
}

func (p *player) stop() error {
	p.receiver.close()
	p.http.CloseIdleConnections()
	if p.app == nil {
		return nil
	}
	return p.app.Stop()
}

// play plays an act and returns the lines of its answer.
func (p *player) play(file string, act Act) ([]string, error) {
	questions := 0
	for _, line := range act.Lines {
		if line.asks() {
			questions++
		}
	}
	var out []string
	for _, line := range act.Lines {
		lines, err := p.line(line)
		if err != nil {
			return nil, &Error{File: file, Line: line.Number, Err: err}
		}
		if !line.asks() {
			continue
		}
		if questions > 1 {
			out = append(out, "> "+line.Text)
		}
		out = append(out, p.names.scrub(p, lines)...)
	}
	return out, nil
}

func (p *player) line(line Line) ([]string, error) {
	p.clock.advance(time.Second)
	word := line.Sentence.word
	if !word.silent {
		if err := p.start(); err != nil {
			return nil, err
		}
	}
	got, err := word.play(p, line.Sentence)
	var refused *refusal
	if errors.As(err, &refused) && line.asks() {
		got, err = refused.reply, nil
	}
	switch {
	case err != nil:
		return nil, err
	case line.Try:
		return got.told(), nil
	case word.asks && got.lines == nil:
		return got.told(), nil
	case word.asks:
		if len(got.lines) == 0 {
			return []string{"nothing"}, nil
		}
		return got.lines, nil
	case got.status >= 300:
		return nil, fmt.Errorf("it was to succeed, and the broker answered:\n%s", strings.Join(got.told(), "\n"))
	}
	return nil, nil
}
