package web

import (
	"net/http"
	"net/url"

	"github.com/treatyhq/treaty/broker/internal/access"
)

// The pages of logging in and out. Who sees them need not be known.

// loginPage leads to the login service.
type loginPage struct {
	base
	// Service is the host of the login service, and Start the address that leads there.
	Service, Start string
	// As is who is logged in already; "" for nobody.
	As string
}

func (*loginPage) template() string { return "login" }

func (w *web) login(r *http.Request) (page, error) {
	p := &loginPage{base: base{title: "Log in", still: true}, Service: w.loginHost(), Start: w.links(r).LoginStart(r.URL.Query().Get("to"))}
	if who, known := person(r); known {
		p.As = who.Name
	}
	return p, nil
}

// loggedOutPage says what has ended, and what has not.
type loggedOutPage struct {
	base
	Service, Again string
}

func (*loggedOutPage) template() string { return "loggedout" }

func (w *web) loggedOut(r *http.Request) (page, error) {
	return &loggedOutPage{base: base{title: "You are logged out", still: true}, Service: w.loginHost(), Again: w.links(r).LoginPage("")}, nil
}

// loginHost names the login service for people.
func (w *web) loginHost() string {
	u, err := url.Parse(w.config.Login)
	if err != nil || u.Host == "" {
		return w.config.Login
	}
	return u.Host
}

func (w *web) routeLogin() {
	if w.config.Login == "" {
		return
	}
	w.route("GET /login", w.login)
	w.route("GET /login/out", w.loggedOut)
}

// person is who has logged in, and looks at a page.
func person(r *http.Request) (access.Who, bool) {
	who, known := access.FromContext(r.Context())
	return who, known && who.UUID != "" && who.Token == ""
}

// accountMenu is what the frame shows of whoever looks.
type accountMenu struct {
	Name, Email string
	// Own is where they see what they may do. Logout ends their session; "" for who has
	// none, because their browser sends a token or a password each time.
	Own, Logout string
}

// fillAccount shows who looks, or where somebody logs in; nothing on a broker without
// accounts.
func (w *web) fillAccount(f *frame, r *http.Request) {
	l := w.links(r)
	who, known := access.FromContext(r.Context())
	if w.config.Identity && known && who.Name != "" {
		f.Account = &accountMenu{Name: who.Name, Email: who.Email, Own: l.MePage()}
		if _, loggedIn := person(r); loggedIn && w.config.Login != "" {
			f.Account.Logout = l.Logout()
		}
		return
	}
	if w.config.Login != "" && r.URL.Path != "/login" {
		f.LogIn = l.LoginPage("")
	}
}

// whoIs says to whom something is refused, and who can help them.
func (w *web) whoIs(r *http.Request) string {
	who, known := person(r)
	if !known {
		return ""
	}
	name := who.Name
	if who.Email != "" {
		name += " (" + who.Email + ")"
	}
	return "You are logged in as " + name + ". Who administers this broker can give you a role, or put you into a team."
}
