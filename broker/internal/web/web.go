package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/internal/errlog"
)

// Config is how pages are served.
type Config struct {
	// Version of Treaty, for the footer.
	Version string
	// BaseURLs are the configured base URLs, as broker/internal/links takes them.
	BaseURLs []string
	// Now is the clock behind "3 minutes ago"; time.Now when nil.
	Now func() time.Time
	// Watch returns a channel that has a value after facts have changed, and what
	// the caller calls in the end; pages follow no changes when it is nil.
	Watch func() (changed <-chan struct{}, end func(), err error)
	// Ready returns why the broker cannot do its work; nil if nobody can tell.
	Ready func(context.Context) error
	// Settings are those in effect, for the page about the broker.
	Settings []Setting
	// Identity says that the broker asks everybody who they are: there are accounts,
	// roles and teams.
	Identity bool
	// Login is the address of the service by which people log in; nobody does when it
	// is empty.
	Login string
	// LoginLasts is how long a session lasts, and so a login at a terminal.
	LoginLasts time.Duration
	// Trust says which trust rule a token fits; it is there with Identity.
	Trust Trust
	// Kit adds the page that shows the parts of pages, for those who build some.
	Kit bool
	// Started is when this process began; the zero time if nobody told.
	Started time.Time
	// Ending is closed when the broker is about to stop.
	Ending <-chan struct{}
	// Log gets what could not be shown to the reader; slog.Default when nil.
	Log *slog.Logger
}

type web struct {
	service *usecase.All
	config  Config
	pages   pages
	mux     *http.ServeMux
	// large is held by whoever makes a page of a large document.
	large chan struct{}
	// followers are the open pages that are told of changes.
	followers atomic.Int64
	drawings  *drawings
	// begun says that nobody is led through the first steps any more.
	begun atomic.Bool
}

// largeDocument is what is read one at a time, in bytes: to take a document apart
// takes some ten times as much.
const largeDocument = 1 << 20

// enter waits for the turn of a document of this length.
func (w *web) enter(ctx context.Context, length int) (leave func(), err error) {
	if length <= largeDocument {
		return func() {}, nil
	}
	select {
	case w.large <- struct{}{}:
		return func() { <-w.large }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Pages is the dashboard: a handler of "/" and everything below "/ui/". It is
// safe for concurrent use.
type Pages struct {
	web *web
}

// ServeHTTP answers with a page. An address with dot segments is none: the mux
// would send the browser elsewhere.
func (p *Pages) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	for _, segment := range strings.Split(r.URL.EscapedPath(), "/") {
		if plain, err := url.PathUnescape(segment); err != nil || plain == "." || plain == ".." {
			p.web.page(noSuchPage)(rw, r)
			return
		}
	}
	p.web.mux.ServeHTTP(rw, r)
}

// Error shows what went wrong elsewhere as a page.
func (p *Pages) Error(rw http.ResponseWriter, r *http.Request, status int, title, text string) {
	page := &errorPage{base: base{title: title}, Text: text}
	if status == http.StatusForbidden {
		page.Who = p.web.whoIs(r)
	}
	p.web.fill(page, r)
	p.web.render(rw, status, page)
}

// Wait returns when nothing is done behind the requests any more. It is called when
// the broker is about to stop.
func (p *Pages) Wait() { p.web.drawings.wait() }

// New returns the dashboard of a service.
func New(service *usecase.All, config Config) *Pages {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	w := &web{service: service, config: config, pages: parsePages(), mux: http.NewServeMux(), large: make(chan struct{}, 1), drawings: newDrawings(config.Ending)}
	w.route("GET /{$}", w.home)
	w.form("POST /ui/sample", w.addSample)
	w.route("GET /ui/find", w.find)
	w.route("GET /ui/applications", w.applications)
	w.route("GET /ui/applications/{name}", w.application)
	w.route("GET /ui/applications/{name}/versions/{number}", w.version)
	w.route("GET /ui/applications/{name}/usage", w.usage)
	w.route("GET /ui/environments", w.environments)
	w.route("GET /ui/environments/{name}", w.environment)
	w.route("GET /ui/environments/{name}/compare", w.comparison)
	w.route("GET /ui/map", w.mapOf)
	w.mux.HandleFunc("GET /ui/map/{kind}", w.mapFile)
	w.route("GET /ui/gate", w.gate)
	w.route("GET /ui/gate/answers/{number}", w.keptAnswer)
	w.route("GET /ui/matrix", w.matrix)
	w.route("GET /ui/contracts/{consumer}/{provider}", w.contract)
	w.route("GET /ui/contracts/{consumer}/{provider}/{version}", w.contract)
	w.route("GET /ui/contracts/{consumer}/{provider}/{version}/diff", w.diff)
	w.route("GET /ui/results/{consumer}/{provider}/{sha}/{number}", w.result)
	w.routeWebhooks()
	w.routeSecrets()
	w.routeAccess()
	w.route("GET /ui/audit", w.audit)
	w.routeAdmin()
	w.routeEdits()
	w.routeLogin()
	w.routeDevice()
	w.route("GET /ui/api", w.apiBrowser)
	w.route("GET /ui/api/{rel}", w.relation)
	if config.Kit {
		w.route("GET /ui/kit", w.kit)
	}
	w.mux.HandleFunc("GET /ui/assets/{set}/{name}", serveAsset)
	if config.Watch != nil {
		w.mux.HandleFunc("GET /ui/live", w.live)
	}
	for _, rest := range []string{"GET /ui", "GET /ui/"} {
		w.route(rest, noSuchPage)
	}
	for _, rest := range []string{"POST /ui", "POST /ui/", "POST /{$}"} {
		w.mux.HandleFunc(rest, w.noForm)
	}
	return &Pages{w}
}

// noForm answers a form that nobody takes.
func (w *web) noForm(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Allow", "GET, HEAD")
	page := &errorPage{base: base{title: "Method not allowed"}, Text: "Sending something is not for this address. Nothing was done."}
	w.fill(page, r)
	w.render(rw, http.StatusMethodNotAllowed, page)
}

func noSuchPage(*http.Request) (page, error) {
	return nil, kernel.Errorf(kernel.CodeNotFound, "There is no page at this address.")
}

// page is a page model: the name of its template is its type's.
type page interface {
	template() string
	frame() *frame
	twinAddress() string
	isTwinText() bool
	isStill() bool
}

// route adds a page.
func (w *web) route(pattern string, find func(*http.Request) (page, error)) {
	w.mux.HandleFunc(pattern, w.page(find))
}

// page finds a model and renders it, or the error.
func (w *web) page(find func(*http.Request) (page, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		r = asDone(r)
		p, err := find(r)
		if err = kernel.OfTime(err); err != nil {
			p, status = w.errorPage(r, err)
		} else if s, ok := p.(interface{ status() int }); ok {
			status = s.status()
		}
		if status == http.StatusServiceUnavailable {
			sayWhenAgain(rw, err)
		}
		w.fill(p, r)
		w.render(rw, status, p)
	}
}

// sayWhenAgain says when something that is not available may be asked for again, where it
// comes back by itself and doing it again does it once.
func sayWhenAgain(rw http.ResponseWriter, err error) {
	if reason := kernel.ReasonOf(err); reason != kernel.ReasonLasting && reason != kernel.ReasonOutcomeUnknown {
		rw.Header().Set("Retry-After", retryAfter)
	}
}

// outcome is how an error is shown.
type outcome struct {
	status int
	title  string
}

// outcomes are the errors that a reader can act on, with the statuses that the
// API answers to them; what is not here is internal.
var outcomes = map[kernel.Code]outcome{
	kernel.CodeInvalid:       {http.StatusBadRequest, "That cannot be answered"},
	kernel.CodeUnauthorized:  {http.StatusUnauthorized, "Not signed in"},
	kernel.CodeForbidden:     {http.StatusForbidden, "Not allowed"},
	kernel.CodeNotFound:      {http.StatusNotFound, "Not found"},
	kernel.CodeConflict:      {http.StatusConflict, "Conflict"},
	kernel.CodeUnprocessable: {http.StatusUnprocessableEntity, "That cannot be answered"},
	kernel.CodeTooLarge:      {http.StatusRequestEntityTooLarge, "Too large"},
	kernel.CodeTimeout:       {http.StatusRequestTimeout, "Took too long"},
	kernel.CodeUnavailable:   {http.StatusServiceUnavailable, "Not available at the moment"},
}

// retryAfter is in how many seconds a page that is not available may be asked
// for again.
const retryAfter = "2"

// errorPage turns an error into a page. What the reader can do nothing about
// goes to the log.
func (w *web) errorPage(r *http.Request, err error) (page, int) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return &errorPage{base: base{title: "Cancelled"}}, http.StatusServiceUnavailable
	}
	code := kernel.CodeOf(err)
	out, known := outcomes[code]
	if !known {
		return w.internalPage(r, err), http.StatusInternalServerError
	}
	if out.status >= http.StatusInternalServerError {
		w.config.Log.ErrorContext(r.Context(), "page could not be made", slog.String("path", r.URL.Path), errlog.Attr(err))
	}
	p := &errorPage{base: base{title: out.title}, Text: sentence(err)}
	if code == kernel.CodeForbidden {
		p.Who = w.whoIs(r)
	}
	if code == kernel.CodeNotFound {
		p.Near = w.near(r)
	}
	return p, out.status
}

// internalPage gives the reader a reference to the text of an internal error,
// which is for the log alone.
func (w *web) internalPage(r *http.Request, err error) page {
	reference := w.config.Now().UTC().Format("20060102T150405.000000")
	w.config.Log.ErrorContext(r.Context(), "page could not be made", slog.String("reference", reference), slog.String("path", r.URL.Path), errlog.Attr(err))
	return &errorPage{
		base: base{title: "Something went wrong"},
		Text: "The broker could not make this page. The reason is in its log under the reference " + reference + ".",
	}
}

// sentence is the message of a domain error, as far as people may see it.
func sentence(err error) string {
	var e *kernel.Error
	switch {
	case !errors.As(err, &e) || e.Message == "":
		return "There is nothing here by that name."
	case e.Code == kernel.CodeUnavailable:
		return "The broker cannot answer at the moment: " + strings.TrimSuffix(e.Message, ".") + "."
	}
	return e.Message
}

func (w *web) links(r *http.Request) links.Links { return links.ForPages(r, w.config.BaseURLs) }
