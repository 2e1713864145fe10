package stub

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
	"github.com/treatyhq/treaty/internal/caught"
	"github.com/treatyhq/treaty/internal/errlog"
	"github.com/treatyhq/treaty/mockserver"
	"github.com/treatyhq/treaty/mockserver/internal/page"
)

// Options say how a stub server answers.
type Options struct {
	// States keeps only interactions with a provider state that it matches; nil
	// keeps all.
	States *regexp.Regexp
	// StateHeader names a request header whose value, a regular expression
	// (RE2), is used instead of States where a request has it; none when empty.
	StateHeader string
	// Stateless lets interactions without provider states pass States and
	// StateHeader.
	Stateless bool
	// CORS answers OPTIONS requests and adds CORS headers to all answers. Without it
	// and CORSReferer pages of other origins cannot read what is answered, unless the
	// pact says so.
	CORS bool
	// CORSReferer allows the origin of the Referer header instead of all, also
	// without CORS.
	CORSReferer bool
	// Delay is waited before each answer; not at all when 0.
	Delay time.Duration
	// MaxBody is the largest request body in bytes; mockserver.DefaultMaxBody when 0.
	MaxBody int64
	// Log hears of requests that nothing answers, and of faults; nowhere when
	// nil.
	Log *slog.Logger
}

// Server answers from a table of interactions. It is an http.Handler, safe for
// concurrent use.
type Server struct {
	options Options
	table   atomic.Pointer[Table]
	journal page.Journal
}

// New returns a server that answers from table. It does not listen: Serve does, or
// an [http.Server] of the caller.
func New(table *Table, options Options) *Server {
	if options.MaxBody == 0 {
		options.MaxBody = mockserver.DefaultMaxBody
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{options: options}
	s.table.Store(table)
	return s
}

// Swap exchanges the interactions at once; requests being answered keep the old
// ones. It is safe while the server runs.
func (s *Server) Swap(table *Table) { s.table.Store(table) }

// Serve answers on listener until ctx ends, then lets running answers finish
// for up to 5 s. The error is nil if all did, the context's if some did not, and
// that of listener if it ended before.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second, DisableGeneralOptionsHandler: true}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(grace)
	})
	err := server.Serve(listener)
	if stop() { // it ended by itself
		return err
	}
	return <-stopped
}

// ServeHTTP answers one request. A panic on the way ends this request alone.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := caught.Do(func() { s.serveOne(w, r) }); err != nil {
		s.options.Log.Error("a request could not be answered; please report it with the pact", slog.String("method", r.Method), slog.String("target", r.RequestURI), errlog.Attr(err))
		s.journal.Add(page.Request{At: time.Now(), Method: r.Method, Target: r.RequestURI, Status: http.StatusInternalServerError, Answer: err.Error()})
		http.Error(w, "the stub server has a fault: "+err.Error(), http.StatusInternalServerError)
	}
}

func (s *Server) serveOne(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == page.Path {
		s.page(w)
		return
	}
	table := s.table.Load()
	ask := request{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.RawQuery}
	filter, err := s.filter(r)
	if err == nil {
		ask.filter = filter
		ask.read = sync.OnceValues(func() (mockserver.Received, error) { return mockserver.ReadRequest(r, s.options.MaxBody) })
		var chosen *entry
		if chosen, err = table.choose(ask); err == nil {
			s.reply(w, r, table, ask, chosen)
			return
		}
	}
	s.refuse(w, r, err)
}

func (s *Server) filter(r *http.Request) (stateFilter, error) {
	f := stateFilter{pattern: s.options.States, stateless: s.options.Stateless}
	if s.options.StateHeader == "" {
		return f, nil
	}
	text := r.Header.Get(s.options.StateHeader)
	if text == "" {
		return f, nil
	}
	pattern, err := regexp.Compile(text)
	if err != nil {
		return f, fmt.Errorf("the header %s is not a regular expression: %w", s.options.StateHeader, err)
	}
	f.pattern = pattern
	return f, nil
}

func (s *Server) reply(w http.ResponseWriter, r *http.Request, table *Table, ask request, chosen *entry) {
	if s.options.Delay > 0 {
		select {
		case <-time.After(s.options.Delay):
		case <-r.Context().Done():
			return
		}
	}
	if chosen == nil {
		s.notFound(w, r, table, ask)
		return
	}
	header, body, status := chosen.header, chosen.body, chosen.Response.Status
	if chosen.dynamic {
		header, body, status = s.generate(chosen, r)
	}
	target := w.Header()
	for name, values := range header {
		target[name] = values
	}
	s.cors(target, r)
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead && len(body) > 0 {
		_, _ = w.Write(body)
	}
	s.journal.Add(page.Request{At: time.Now(), Method: r.Method, Target: r.RequestURI, Status: status, Answer: chosen.Description, OK: true})
}

// generate fills the generators as a mock server does: what provider states
// would give keeps its example, and links lead to the address that was asked.
func (s *Server) generate(e *entry, r *http.Request) (http.Header, []byte, int) {
	response, err := generate.Response(e.Response, generate.Context{Mode: generate.Consumer, MockServerURL: "http://" + r.Host})
	if err != nil {
		s.options.Log.Warn("a generator failed, its example is sent", slog.String("interaction", e.Description), errlog.Attr(err))
	}
	header, body := prepare(e.Request.Method, response)
	return header, body, response.Status
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request, table *Table, ask request) {
	header := w.Header()
	s.cors(header, r)
	if s.options.CORS && r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	reason := table.explain(ask)
	s.options.Log.Debug("no interaction answers", "method", r.Method, "target", r.RequestURI, "reason", reason)
	s.journal.Add(page.Request{At: time.Now(), Method: r.Method, Target: r.RequestURI, Status: http.StatusNotFound, Answer: reason})
	header.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprintf(w, "No interaction answers %s %s: %s.\nAll interactions and the last requests: http://%s%s\n", r.Method, r.RequestURI, reason, r.Host, page.Path)
}

// cors adds what the options ask for. The pact's own headers stay.
func (s *Server) cors(header http.Header, r *http.Request) {
	if s.options.CORSReferer {
		if referer, err := url.Parse(r.Referer()); err == nil && referer.Host != "" {
			header["Access-Control-Allow-Origin"] = []string{referer.Scheme + "://" + referer.Host}
		}
	}
	if !s.options.CORS {
		return
	}
	for name, value := range map[string]string{
		"Access-Control-Allow-Origin":   "*",
		"Access-Control-Allow-Headers":  "*",
		"Access-Control-Allow-Methods":  "GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH",
		"Access-Control-Expose-Headers": "Location, Link",
	} {
		if header[name] == nil {
			header[name] = []string{value}
		}
	}
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, sentence := mockserver.Refusal(err)
	s.journal.Add(page.Request{At: time.Now(), Method: r.Method, Target: r.RequestURI, Status: status, Answer: sentence})
	http.Error(w, sentence, status)
}

func (s *Server) page(w http.ResponseWriter) {
	table := s.table.Load()
	model := page.Model{Title: "Stub server", Requests: s.journal.Last()}
	for _, e := range table.entries {
		model.Interactions = append(model.Interactions, page.Interaction{
			Pact:        e.pact,
			Description: e.Description,
			States:      stateNames(e.HTTP),
			Method:      e.Request.Method,
			Target:      target(e),
			Status:      strconv.Itoa(e.Response.Status),
		})
	}
	page.Write(w, model)
}

func target(e *entry) string {
	if e.query == "" {
		return e.Request.Path
	}
	return e.Request.Path + "?" + e.query
}

func stateNames(i *contract.HTTP) []string {
	var names []string
	for _, state := range i.States {
		names = append(names, state.Name)
	}
	return names
}
