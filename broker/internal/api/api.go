// Package api is the HTTP interface of the broker: HAL resources as Pact
// clients know them. A handler binds the request, calls one use case of the
// service and renders its outcome; problem.go turns every error into an
// answer.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/login"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// Config says how the API presents the service. The zero value is usable.
type Config struct {
	// BaseURLs are the external base URLs; links begin with the fitting one.
	// Empty means that links follow the request.
	BaseURLs []string
	// TrustedProxies are the networks whose forwarded headers count; none when empty.
	TrustedProxies []netip.Prefix
	// Hosts are the names by which the broker may be asked, besides addresses, localhost
	// and names of one word; "*" stands for all, and so does an empty list.
	Hosts []string
	// MaxBodyBytes limits a request body; 0 means DefaultMaxBodyBytes.
	MaxBodyBytes int64
	// Auth protects the API by passwords if a user is set.
	Auth Auth
	// Tokens knows the accounts that may use the API; nil means that there are none.
	Tokens Tokens
	// Sessions knows the people who have logged in, and Login has them do so; nil means
	// that nobody can. Both need Tokens and Web.
	Sessions Sessions
	Login    *login.Service
	// Badges says how badges are answered.
	Badges Badges
	// NoDiagnostics takes the addresses below /diagnostic away.
	NoDiagnostics bool
	// Version is shown in the X-Pact-Broker-Version header.
	Version string
	// Web answers requests of browsers. It reports false if it has no page at
	// the address; the API answers then. nil means the API answers all.
	Web func(http.ResponseWriter, *http.Request) bool
	// ErrorPage shows an error to a browser; nil means a plain page.
	ErrorPage func(w http.ResponseWriter, r *http.Request, status int, title, text string)
	// Prometheus answers GET /diagnostic/metrics if it is set. The address
	// /metrics is Pact Broker's own resource.
	Prometheus http.Handler
	// WebhookRetries is how often a failed webhook is sent again, for telling how
	// many attempts remain.
	WebhookRetries int
	// Observe is told of every answered request; nil tells nobody.
	Observe func(Observation)
	// CheckDatabase reports an error if the database does not answer.
	CheckDatabase func(context.Context) error
	// RequestTimeout is how long a request may take once it has been read; 0 means
	// no limit.
	RequestTimeout time.Duration
	// Now is the clock of badges and logs; nil means time.Now.
	Now func() time.Time
	// Log receives what went wrong; nil means slog.Default().
	Log *slog.Logger
}

// DefaultMaxBodyBytes is the largest request body that is read unless the
// configuration says otherwise.
const DefaultMaxBodyBytes = 10 << 20

// API answers HTTP requests. It is safe for concurrent use.
type API struct {
	service *usecase.All
	config  Config
	log     *slog.Logger
	echo    *echo.Echo
	// rows are the routes by their pattern, as the router names what it found.
	rows map[string]*route
	// untrusted is done when it was said that a forwarded header does not count.
	untrusted sync.Once
	// logins judges passwords.
	logins *logins
	// polls slows programs that wait for a login at a terminal.
	polls polls
	// room is what large bodies that are worked on share.
	room *room
}

// New returns the handler of the whole HTTP interface of service.
func New(service *usecase.All, config Config) *API {
	if config.MaxBodyBytes == 0 {
		config.MaxBodyBytes = DefaultMaxBodyBytes
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Version == "" {
		config.Version = "0.0.0"
	}
	a := &API{service: service, config: config, log: config.Log, echo: echo.New(), rows: map[string]*route{}, room: newRoom(roomBytes)}
	a.logins = newLogins(config.Auth, config.Now, config.Log)
	a.echo.HTTPErrorHandler = a.writeError
	// The route is found before all that depends on it, and answers last.
	a.echo.Pre(a.observe, a.recoverPanics, a.limitTime, a.leaveRoom, a.commonHeaders, a.locate, a.guardFromSites, a.record, a.authenticate, a.guardAddress, a.servePages, a.dispatch)
	for _, r := range a.routes() {
		a.register(r)
	}
	for _, r := range a.pageRoutes() {
		a.register(r)
	}
	return a
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.forwardOnlyTrusted(r)
	a.echo.ServeHTTP(w, r)
}

// links returns the URLs as the client of this request sees them.
func (a *API) links(c echo.Context) links.Links {
	if known, ok := links.FromContext(c.Request().Context()); ok {
		return known
	}
	return links.ForRequest(c.Request(), a.config.BaseURLs)
}

// requestURL is the address of this request without its query, for resources
// whose self link is the address they were asked by.
func (a *API) requestURL(c echo.Context) string {
	return a.links(c).Template(c.Request().URL.EscapedPath())
}
