package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/treatyhq/treaty/internal/errlog"
)

// toldAgainAfter is how soon the log is told again what it knows.
const toldAgainAfter = 10 * time.Minute

// states tells the log of each trouble when it begins and when it has ended, and
// not each time that somebody meets it. What the queue itself has to say waits
// until it is known whether it only repeats that the database is away.
type states struct {
	log     *slog.Logger
	mu      sync.Mutex
	trouble map[string]time.Time // since when
	told    map[string]time.Time // messages of the queue
	held    []held
}

// held is a line of the queue that nobody has seen yet.
type held struct {
	to   slog.Handler
	line slog.Record
}

func newStates(log *slog.Logger) *states {
	return &states{log: log, trouble: map[string]time.Time{}, told: map[string]time.Time{}}
}

// failed tells of a trouble, if it is new.
func (s *states) failed(what string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.trouble[what]; known {
		return
	}
	s.trouble[what] = time.Now()
	s.log.Warn(what, errlog.Attr(err))
}

// ended tells that a trouble is over, if there was one.
func (s *states) ended(what, now string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if since, known := s.trouble[what]; known {
		delete(s.trouble, what)
		s.log.Info(now, "after", time.Since(since).Round(time.Millisecond))
	}
}

// drop forgets what the queue said: the database is away, and that is told.
func (s *states) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = nil
}

// release tells what the queue said before a moment at which all was well.
func (s *states) release(well time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var later []held
	for _, h := range s.held {
		if h.line.Time.After(well) {
			later = append(later, h)
			continue
		}
		if since, known := s.told[h.line.Message]; known && well.Sub(since) < toldAgainAfter {
			continue
		}
		s.told[h.line.Message] = well
		_ = h.to.Handle(context.Background(), h.line) // a log has nobody to tell
	}
	s.held = later
}

// heldMost bounds how many lines wait.
const heldMost = 100

func (s *states) hold(h held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.held) < heldMost {
		s.held = append(s.held, h)
	}
}

// quiet returns the log of the queue: without its normal work, and its troubles
// held back.
func (s *states) quiet(log *slog.Logger) *slog.Logger {
	return slog.New(holding{log.Handler(), s})
}

type holding struct {
	slog.Handler
	states *states
}

func (h holding) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h holding) Handle(_ context.Context, line slog.Record) error {
	h.states.hold(held{h.Handler, line.Clone()})
	return nil
}

func (h holding) WithAttrs(attrs []slog.Attr) slog.Handler {
	return holding{h.Handler.WithAttrs(attrs), h.states}
}

func (h holding) WithGroup(name string) slog.Handler {
	return holding{h.Handler.WithGroup(name), h.states}
}

// trouble says how long an attempt waits that could not be made: the longer the
// trouble lasts, the longer.
type trouble struct {
	mu    sync.Mutex
	since time.Time
}

func (t *trouble) wait(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.since.IsZero() {
		t.since = now
	}
	return min(max(now.Sub(t.since)/2, time.Second), time.Minute)
}

func (t *trouble) ended() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.since = time.Time{}
}
