package api

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/login"
)

// Sessions knows whose session a browser has. The errors are those of [Tokens].
type Sessions interface {
	Session(ctx context.Context, value string) (access.Who, error)
}

// publicLogin is everybody, always: who is to log in is not known yet.
const publicLogin public = "login"

// loginRoutes are those of people who log in. A broker that no login service was named
// for has none of them.
func (a *API) loginRoutes() []route {
	if a.config.Login == nil {
		return nil
	}
	page := method{name: http.MethodGet, handle: a.servePage, late: true}
	device := method{name: http.MethodGet, handle: a.guessing(a.servePage), late: true, needs: access.ManageTokens, own: true}
	confirm := method{name: http.MethodPost, handle: a.guessing(a.serveForm), late: true, needs: access.ManageTokens, own: true, does: "device_login_granted"}
	step := func(h echo.HandlerFunc) method { return method{name: http.MethodGet, handle: h, late: true} }
	return []route{
		{path: "/login", verbatim: true, public: publicLogin, methods: one(page, options)},
		{path: "/login/out", verbatim: true, public: publicLogin, methods: one(page, options)},
		{path: "/login/start", verbatim: true, public: publicLogin, methods: one(step(a.beginLogin), options)},
		{path: "/login/callback", verbatim: true, public: publicLogin, methods: one(step(a.finishLogin), options)},
		{path: "/logout", verbatim: true, public: publicLogin, methods: one(method{name: http.MethodPost, handle: a.logOut, late: true}, options)},
		{path: "/ui/device", verbatim: true, methods: one(device, confirm, options)},
		// Who is not logged in yet sees the pages of logging in as they are meant.
		{path: "/ui/assets/*", verbatim: true, public: publicLogin, methods: one(page, options)},
	}
}

// beginLogin sends the browser to the login service.
func (a *API) beginLogin(c echo.Context) error {
	attempt, address, err := a.config.Login.Begin(c.Request().Context(), a.links(c).LoginCallback(), c.QueryParam("to"))
	if err != nil {
		return err
	}
	a.setCookie(c, attemptCookie, attempt.Cookie(), attempt.Until())
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Redirect(http.StatusSeeOther, address)
}

// finishLogin lets in whom the login service vouches for.
func (a *API) finishLogin(c echo.Context) error {
	attempt, _ := login.ParseCookie(a.cookie(c, attemptCookie))
	a.dropCookie(c, attemptCookie) // whatever comes of it, it counts once
	c.Response().Header().Set("Cache-Control", "no-store")
	return a.logins.judgeLogin(a.clientOf(c.Request()), func() (session string, err error) {
		ctx := c.Request().Context()
		vouched, err := a.config.Login.Finish(ctx, a.links(c).LoginCallback(), attempt, c.QueryParams())
		if err != nil {
			return "", err
		}
		ctx = a.actOfLogin(c)
		in, err := a.service.Identity.LogIn(ctx, vouched, a.config.Login.Rules())
		if err != nil {
			a.recordRefusal(ctx, err)
			return "", err
		}
		a.setCookie(c, sessionCookie, in.Session, in.Expires)
		return in.Session, c.Redirect(http.StatusSeeOther, a.links(c).Template(attempt.To))
	})
}

// actOfLogin is a context in which somebody logs in, where a record is kept. Who it is,
// the use case finds out.
func (a *API) actOfLogin(c echo.Context) context.Context {
	r := c.Request()
	if !a.audits() {
		return r.Context()
	}
	return kernel.WithAct(r.Context(), &kernel.Act{
		IP: a.clientOf(r).String(), RequestID: requestID(r.Header.Get("X-Request-Id")), Action: "login", Resource: "/login/callback",
		Subject: map[string]string{"issuer": a.config.Login.Issuer()},
	})
}

// recordRefusal records that somebody who is known was not let in. Who is not known is in
// the log, or strangers could fill the database.
func (a *API) recordRefusal(ctx context.Context, err error) {
	act := kernel.ActOf(ctx)
	if act == nil || act.Principal == "" || kernel.CodeOf(err) != kernel.CodeForbidden {
		return
	}
	if failed := a.service.Audit.Deny(ctx); failed != nil {
		a.logUnrecorded(ctx, act.Action, failed)
	}
}

// logOut ends the session of a browser.
func (a *API) logOut(c echo.Context) error {
	value := a.cookie(c, sessionCookie)
	if a.whoOf(c).UUID != "" && c.Request().Header.Get("Authorization") == "" {
		if err := a.service.Identity.LogOut(c.Request().Context(), value); err != nil {
			return err
		}
	}
	a.dropCookie(c, sessionCookie)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Redirect(http.StatusSeeOther, a.links(c).LoggedOutPage())
}

// The cookies, by what stands behind their prefix. A name that begins with __Host- is one
// that browsers take over HTTPS alone, and from this host alone (RFC 6265bis, 4.1.3.2): no
// other host of the domain can put another session in its place. A broker that is reached
// over HTTP, which it has to be at a loopback address, cannot have such a name, and calls
// them otherwise, so that neither counts for the other.
const (
	sessionCookie = "treaty"
	attemptCookie = "treaty-login"
)

// isSecure reports whether this browser reaches the broker over HTTPS.
func (a *API) isSecure(c echo.Context) bool { return strings.HasPrefix(a.links(c).Base(), "https:") }

func (a *API) nameOfCookie(c echo.Context, name string) string {
	if a.isSecure(c) {
		return "__Host-" + name
	}
	return "local-" + name
}

// cookie is the value of one; "" if there is none.
func (a *API) cookie(c echo.Context, name string) string {
	found, err := c.Request().Cookie(a.nameOfCookie(c, name))
	if err != nil {
		return ""
	}
	return found.Value
}

func (a *API) setCookie(c echo.Context, name, value string, until time.Time) {
	http.SetCookie(c.Response(), &http.Cookie{
		Name: a.nameOfCookie(c, name), Value: value, Path: "/", MaxAge: max(int(until.Sub(a.config.Now()).Seconds()), 1),
		// Lax, since the login service sends the browser back from another site.
		HttpOnly: true, Secure: a.isSecure(c), SameSite: http.SameSiteLaxMode,
	})
}

func (a *API) dropCookie(c echo.Context, name string) {
	if a.cookie(c, name) == "" {
		return
	}
	http.SetCookie(c.Response(), &http.Cookie{Name: a.nameOfCookie(c, name), Path: "/", MaxAge: -1, HttpOnly: true, Secure: a.isSecure(c), SameSite: http.SameSiteLaxMode})
}

// holderOfSession is whose session a browser has. One that has ended is taken from it.
func (a *API) holderOfSession(c echo.Context, value string) (access.Who, error) {
	ctx := c.Request().Context()
	who, err := a.logins.judgeToken(a.clientOf(c.Request()), value, func() (access.Who, error) { return a.config.Sessions.Session(ctx, value) })
	if kernel.CodeOf(err) == kernel.CodeUnauthorized {
		a.dropCookie(c, sessionCookie)
	}
	return who, err
}

// leadsToLogin reports whether who is not known is led to log in, in place of a 401: a
// person who looks at a page. Programs, and what pages fetch, get the 401 that they know.
func (a *API) leadsToLogin(c echo.Context) bool {
	r := c.Request()
	return a.config.Login != nil && isReading(r.Method) && r.Header.Get("Authorization") == "" && a.wantsPage(c) && fetchedAsPage(r)
}

// fetchedAsPage reports whether a browser goes to an address; of what does not say, it is
// taken for one.
func fetchedAsPage(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return mode == "" || mode == "navigate"
}

// toLogin leads to the login, and back to where somebody wanted to go.
func (a *API) toLogin(c echo.Context) error {
	u := c.Request().URL
	to := u.EscapedPath()
	if u.RawQuery != "" {
		to += "?" + u.RawQuery
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Redirect(http.StatusSeeOther, a.links(c).LoginPage(login.LocalPath(to)))
}

// judgeLogin runs a login from an address, and counts one that was refused as a wrong
// password is, if the login service was asked: whoever only calls the address of its
// answers, as any web page can have browsers do, keeps nobody from logging in. What is let
// in is known to be right.
func (l *logins) judgeLogin(from netip.Addr, finish func() (session string, err error)) error {
	place := placeOf(from)
	if err := l.mayTry(&l.answers, place); err != nil {
		return err
	}
	session, err := finish()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.right.put(digestOfToken(place, session), struct{}{})
	case kernel.CodeOf(err) == kernel.CodeForbidden && !login.IsUnasked(err):
		take(&l.answers, place, l.now(), addressEvery, addressBurst)
		l.sayFailed(place, "")
	}
	return err
}

// mayTry asks whoever has no try of a kind left to wait.
func (l *logins) mayTry(kind *recent[string, *rate.Limiter], place string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := waitOf(kind, place, l.now())
	if wait == 0 {
		return nil
	}
	l.tell(l.now(), place, "")
	return tooManyTries(wait)
}

// judgeCode serves something from an address that a code is given to, and counts a wrong
// one as a wrong password is.
func (l *logins) judgeCode(from netip.Addr, serve func() (wrong bool, err error)) error {
	place := placeOf(from)
	if err := l.mayTry(&l.addresses, place); err != nil {
		return err
	}
	wrong, err := serve()
	if wrong {
		l.mu.Lock()
		l.count(l.now(), place, "")
		l.mu.Unlock()
	}
	return err
}
