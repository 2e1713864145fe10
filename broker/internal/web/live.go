package web

import (
	"io"
	"net/http"
	"time"
)

// Open pages follow changes by server-sent events: they are told that something
// has changed, and read themselves again.
const (
	// mostFollowers is how many pages are told at a time by one broker.
	mostFollowers = 2000
	// toldEvery is the shortest time between two times: a busy broker would be
	// read without a pause.
	toldEvery = 2 * time.Second
	// aliveEvery is how often a page that hears nothing is told that the line
	// stands, which finds out those that are gone.
	aliveEvery = 20 * time.Second
	// followedFor is how long it goes on. The browser asks again then, and shows
	// once more who it is.
	followedFor = 10 * time.Minute
	// writtenWithin is how long the line to a browser may be blocked.
	writtenWithin = 10 * time.Second
)

// live tells a page of changes for as long as it is open.
func (w *web) live(rw http.ResponseWriter, r *http.Request) {
	if w.followers.Add(1) > mostFollowers {
		w.followers.Add(-1)
		rw.Header().Set("Retry-After", "60")
		http.Error(rw, "This broker tells as many open pages of changes as it can: reload the page to see what is new.", http.StatusServiceUnavailable)
		return
	}
	defer w.followers.Add(-1)
	changed, end, err := w.config.Watch()
	if err != nil {
		rw.Header().Set("Retry-After", retryAfter)
		http.Error(rw, sentence(err), http.StatusServiceUnavailable)
		return
	}
	defer end()
	header := rw.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "private, no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would keep it all
	line := eventLine{rw, http.NewResponseController(rw)}
	if line.begin() != nil || r.Method == http.MethodHead {
		return
	}
	alive, over := time.NewTicker(aliveEvery), time.NewTimer(followedFor)
	defer alive.Stop()
	defer over.Stop()
	for {
		text := ":\n\n"
		select {
		case <-r.Context().Done():
			return
		case <-w.config.Ending:
			return
		case <-over.C:
			return
		case <-alive.C:
		case <-changed:
			text = "event: changed\ndata:\n\n"
		}
		if line.say(text) != nil {
			return
		}
		if text[0] == 'e' && !w.rest(r) {
			return
		}
	}
}

// rest waits until the page may be told again. It returns false if it ends.
func (w *web) rest(r *http.Request) bool {
	pause := time.NewTimer(toldEvery)
	defer pause.Stop()
	select {
	case <-r.Context().Done():
		return false
	case <-w.config.Ending:
		return false
	case <-pause.C:
		return true
	}
}

// eventLine is the way to a browser.
type eventLine struct {
	to      io.Writer
	control *http.ResponseController
}

// begin says that it is there. The server's limits are for requests that have an
// end.
func (l eventLine) begin() error {
	if err := l.control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	return l.say("retry: 3000\n\n")
}

// say sends a text at once.
func (l eventLine) say(text string) error {
	if err := l.control.SetWriteDeadline(time.Now().Add(writtenWithin)); err != nil {
		return err
	}
	if _, err := io.WriteString(l.to, text); err != nil {
		return err
	}
	return l.control.Flush()
}
