package broker_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/issuertest"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

const loginBase = "https://broker.example.org"

var regexpStyle = regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)">`)

// browser is one that keeps the cookies of a broker, and says what browsers say.
type browser struct {
	*testing.T
	at      string
	cookies map[string]*http.Cookie
}

func newBrowser(t *testing.T, at string) *browser {
	t.Helper()
	return &browser{T: t, at: at, cookies: map[string]*http.Cookie{}}
}

// page is what a browser got.
type page struct {
	status   int
	location string
	text     string
	header   http.Header
}

func (b *browser) ask(method, path, body string, header map[string]string) page {
	b.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, b.at+path, strings.NewReader(body))
	require.NoError(b, err)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		r.Header.Set(name, value)
		if value == "" {
			r.Header.Del(name)
		}
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	got, err := unfollowed.Do(r)
	require.NoError(b, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(b, err)
	for _, c := range got.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	return page{got.StatusCode, got.Header.Get("Location"), string(text), got.Header}
}

func (b *browser) get(path string) page { b.Helper(); return b.ask(http.MethodGet, path, "", nil) }

// path is an address of the broker without its base.
func (b *browser) path(address string) string {
	b.Helper()
	u, err := url.Parse(address)
	require.NoError(b, err)
	return u.RequestURI()
}

// atService begins a login, and returns the path that the service sends the browser to.
func (b *browser) atService(to string) string {
	b.Helper()
	started := b.get("/login/start?" + url.Values{"to": {to}}.Encode())
	require.Equal(b, http.StatusSeeOther, started.status, started.text)
	answered, err := unfollowed.Get(started.location) //nolint:noctx // a test's own server
	require.NoError(b, err)
	defer answered.Body.Close()
	require.Equal(b, http.StatusFound, answered.StatusCode)
	return b.path(answered.Header.Get("Location"))
}

// logIn logs in whom the service has, and returns where that led.
func (b *browser) logIn(to string) page {
	b.Helper()
	return b.get(b.atService(to))
}

func withLogin(issuer *issuertest.Issuer, database string) brokertest.Option {
	return func(o *broker.Options) {
		if database != "" {
			o.Database = database
		}
		o.Identity, o.BaseURLs = true, []string{loginBase}
		o.Login.Issuer, o.Login.ClientID, o.Login.ClientSecret = issuer.URL, "treaty", "the secret"
		o.Login.AdminGroups, o.Login.TeamGroups = []string{"admins"}, map[string][]string{"shop": {"checkout"}}
	}
}

func newIssuer(t *testing.T) *issuertest.Issuer {
	t.Helper()
	issuer := issuertest.New(t)
	issuer.Serve(issuertest.Client{ID: "treaty", Secret: "the secret", Redirect: loginBase + "/login/callback"})
	ada(issuer, "admins", "shop")
	return issuer
}

func ada(issuer *issuertest.Issuer, groups ...string) {
	issuer.LogIn(map[string]any{"sub": "ada", "email": "ada@example.org", "email_verified": true, "name": "Ada", "groups": groups})
}

func TestAPersonIsLedToLogInAndBack(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	b := newBrowser(t, brokertest.Start(t, withLogin(issuer, "")).URL())
	led := b.get("/ui/applications?q=a%20b")
	require.Equal(t, http.StatusSeeOther, led.status)
	require.Equal(t, loginBase+"/login?to=%2Fui%2Fapplications%3Fq%3Da%2520b", led.location)
	shown := b.get(b.path(led.location))
	require.Equal(t, 200, shown.status)
	require.Contains(t, shown.text, `href="/login/start?to=%2Fui%2Fapplications%3Fq%3Da%2520b"`)
	style := regexpStyle.FindStringSubmatch(shown.text)
	require.Equal(t, 200, b.get(style[1]).status, "who is to log in sees the page as it is meant")

	back := b.logIn("/ui/applications?q=a%20b")
	require.Equal(t, []any{http.StatusSeeOther, loginBase + "/ui/applications?q=a%20b"}, []any{back.status, back.location})
	cookie := b.cookies["__Host-treaty"]
	require.NotNil(t, cookie)
	require.Equal(t, []any{true, true, http.SameSiteLaxMode, "/", ""}, []any{cookie.HttpOnly, cookie.Secure, cookie.SameSite, cookie.Path, cookie.Domain})
	require.InDelta(t, 12*3600, cookie.MaxAge, 5)
	require.NotContains(t, b.cookies, "__Host-treaty-login")

	home := b.get("/")
	require.Equal(t, 200, home.status)
	for _, part := range []string{"<summary><bdi>Ada</bdi></summary>", "ada@example.org", `action="/logout"`, `href="/ui/me"`} {
		require.Contains(t, home.text, part)
	}
	// The same session counts for the API, and what else is shown goes before it.
	api := b.ask(http.MethodGet, "/user", "", map[string]string{"Accept": "application/hal+json"})
	require.Equal(t, 200, api.status)
	require.Contains(t, api.text, `"email":"ada@example.org"`)
	require.Equal(t, 401, b.ask(http.MethodGet, "/user", "", map[string]string{"Accept": "application/hal+json", "Authorization": "Bearer x"}).status)
	require.Equal(t, 201, b.ask(http.MethodPost, "/pacticipants", `{"name":"Shop"}`, map[string]string{"Accept": "application/hal+json"}).status)
	require.Equal(t, 403, b.ask(http.MethodPost, "/pacticipants", `{"name":"Till"}`, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}).status)
	require.Equal(t, 403, b.ask(http.MethodPost, "/logout", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}).status)

	session := cookie.Value
	out := b.ask(http.MethodPost, "/logout", "", nil)
	require.Equal(t, []any{http.StatusSeeOther, loginBase + "/login/out"}, []any{out.status, out.location})
	require.Empty(t, b.cookies)
	require.Contains(t, b.get("/login/out").text, "You are logged out")
	require.Eventually(t, func() bool {
		b.cookies["__Host-treaty"] = &http.Cookie{Name: "__Host-treaty", Value: session}
		return b.get("/").status == http.StatusSeeOther
	}, 2*time.Second, 20*time.Millisecond)
	require.Empty(t, b.cookies, "a session that has ended is taken from the browser")
}

// TestProgramsKeepTheir401 holds that only people who look at a page are led away.
func TestProgramsKeepTheir401(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, brokertest.Start(t, withLogin(newIssuer(t), "")).URL())
	both := []string{`Basic realm="Restricted area"`, `Bearer realm="Restricted area"`}
	for name, c := range map[string]struct {
		method, path string
		header       map[string]string
		asks         []string
	}{
		"a program":                     {"GET", "/pacticipants", map[string]string{"Accept": "application/hal+json", "Sec-Fetch-Site": "", "Sec-Fetch-Mode": ""}, both},
		"a program of anything":         {"GET", "/", map[string]string{"Accept": "*/*", "Sec-Fetch-Site": "", "Sec-Fetch-Mode": ""}, both},
		"a page with a token":           {"GET", "/ui/map", map[string]string{"Authorization": "Bearer x", "Sec-Fetch-Site": "", "Sec-Fetch-Mode": ""}, both},
		"a form":                        {"POST", "/ui/sample", nil, both[1:]},
		"what a page fetches":           {"GET", "/ui/live", map[string]string{"Accept": "text/event-stream", "Sec-Fetch-Mode": "cors"}, both[1:]},
		"what a page fetches of a page": {"GET", "/ui/map", map[string]string{"Sec-Fetch-Mode": "cors"}, both[1:]},
	} {
		got := b.ask(c.method, c.path, "", c.header)
		require.Equal(t, 401, got.status, name)
		require.Equal(t, c.asks, got.header.Values("WWW-Authenticate"), name)
	}
}

// TestAnAnswerCountsOnceOnEveryReplica replays one at another replica, for a service that
// takes its codes again.
func TestAnAnswerCountsOnceOnEveryReplica(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	issuer.Forget()
	database := storetest.PostgresSchema(t)
	one := newBrowser(t, brokertest.Start(t, withLogin(issuer, database)).URL())
	other := newBrowser(t, brokertest.Start(t, withLogin(issuer, database)).URL())
	callback := one.atService("/")
	kept := *one.cookies["__Host-treaty-login"]
	require.Equal(t, http.StatusSeeOther, one.get(callback).status)
	for _, b := range []*browser{one, other} {
		b.cookies[kept.Name] = &kept
		again := b.get(callback)
		require.Equal(t, 403, again.status)
		require.Contains(t, again.text, "used before")
		require.Contains(t, again.text, "Log in again")
		again = b.get(callback)
		require.Equal(t, 403, again.status)
		require.Contains(t, again.text, "has not begun a login", "the browser has forgotten it")
	}
	// Whose cookie it is not cannot use it.
	stolen := newBrowser(t, one.at)
	require.Equal(t, 403, stolen.get(one.atService("/")).status)

	// What ends at one replica ends at the other.
	other.cookies = one.cookies
	require.Equal(t, 200, other.get("/ui/map").status)
	one.ask(http.MethodPost, "/logout", "", nil)
	other.cookies = map[string]*http.Cookie{}
	session := one.logIn("/")
	require.Equal(t, http.StatusSeeOther, session.status)
	other.cookies["__Host-treaty"] = one.cookies["__Host-treaty"]
	require.Equal(t, 200, other.get("/ui/map").status)
	one.ask(http.MethodPost, "/logout", "", nil)
	began := time.Now()
	for other.get("/ui/map").status == 200 {
		require.Less(t, time.Since(began), 2*time.Second)
		time.Sleep(20 * time.Millisecond)
	}
}

func TestWhoIsNotLetInIsToldWhy(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	b := newBrowser(t, brokertest.Start(t, withLogin(issuer, ""), func(o *broker.Options) { o.Login.AllowedDomains = []string{"Example.org"} }).URL())
	issuer.LogIn(map[string]any{"sub": "eve", "email": "eve@example.net", "email_verified": true})
	got := b.logIn("/")
	require.Equal(t, 403, got.status)
	require.Contains(t, got.text, "eve@example.net")
	require.NotContains(t, b.cookies, "__Host-treaty")
	issuer.LogIn(nil)
	require.Contains(t, b.logIn("/").text, "let nobody in")
	issuer.Down(true)
	require.Eventually(t, func() bool { return b.get("/login/start").status == http.StatusSeeOther }, time.Second, 10*time.Millisecond, "what it said before is known")
	ada(issuer)
	issuer.Down(false)
	callback := b.atService("/")
	issuer.Down(true)
	got = b.get(callback)
	require.Equal(t, 503, got.status)
	require.Contains(t, got.text, issuer.URL)
	// A page that may not be seen says who one is and what is missing.
	issuer.Down(false)
	require.Equal(t, http.StatusSeeOther, b.logIn("/").status)
	denied := b.get("/ui/audit")
	require.Equal(t, 403, denied.status)
	require.Contains(t, denied.text, "This needs audit:read")
	require.Contains(t, denied.text, "You are logged in as Ada (ada@example.org)")
	// Guesses are slowed, as those of passwords are.
	stranger := newBrowser(t, b.at)
	for range 30 { // any web page can have a browser go there
		require.Equal(t, 403, stranger.get("/login/callback?code=x&state=y").status)
	}
	require.Equal(t, http.StatusSeeOther, newBrowser(t, b.at).logIn("/").status, "who has not begun a login keeps nobody out")
	require.Eventually(t, func() bool {
		at, err := url.Parse(stranger.get("/login/start").header.Get("Location"))
		require.NoError(t, err)
		return stranger.get("/login/callback?code=x&state="+url.QueryEscape(at.Query().Get("state"))).status == 429
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, 200, b.get("/").status, "who is in stays in")
}

func TestABrokerStartsWithoutItsLoginService(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	issuer.Down(true)
	b := newBrowser(t, brokertest.Start(t, withLogin(issuer, "")).URL())
	require.Equal(t, 200, b.get("/login").status)
	got := b.get("/login/start")
	require.Equal(t, 503, got.status)
	require.Contains(t, got.text, "does not answer as it should")
	issuer.Down(false)
	require.Eventually(t, func() bool { return b.get("/login/start").status == http.StatusSeeOther }, 10*time.Second, 50*time.Millisecond)
}

func TestLoginsAreRecorded(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	b := newBrowser(t, brokertest.Start(t, withLogin(issuer, "")).URL())
	b.logIn("/")
	var user struct{ UUID string }
	asJSON := map[string]string{"Accept": "application/hal+json"}
	require.NoError(t, json.Unmarshal([]byte(b.ask(http.MethodGet, "/user", "", asJSON).text), &user))
	invited := b.ask(http.MethodPost, "/admin/users/invite-user", `{"email":"bob@example.org"}`, asJSON)
	require.Equal(t, 200, invited.status, invited.text)
	issuer.LogIn(map[string]any{"sub": "bob", "email": "bob@example.org", "email_verified": true})
	bob := newBrowser(t, b.at)
	require.Equal(t, http.StatusSeeOther, bob.logIn("/").status)
	var second struct{ UUID string }
	require.NoError(t, json.Unmarshal([]byte(bob.ask(http.MethodGet, "/user", "", asJSON).text), &second))
	off := b.ask(http.MethodPut, "/admin/users/"+second.UUID, `{"active":false}`, asJSON)
	require.Equal(t, 200, off.status, off.text)
	require.Equal(t, 403, bob.logIn("/").status)
	b.ask(http.MethodPost, "/logout", "", nil)
	ada(issuer, "admins")
	b.logIn("/")
	var record struct {
		Events []struct {
			Type, Outcome string
			User          struct{ UUID, Name, Type string }
		}
	}
	text := b.ask(http.MethodGet, "/audit?sort=%2Btimestamp", "", asJSON).text
	require.NoError(t, json.Unmarshal([]byte(text), &record))
	var got []string
	for _, e := range record.Events {
		got = append(got, strings.Join([]string{e.Type, e.Outcome, e.User.Name, e.User.Type}, " "))
	}
	require.Equal(t, []string{"login allowed Ada user", "user_invited allowed Ada user", "login allowed bob user", "account_saved allowed Ada user", "login denied bob user", "logout allowed Ada user", "login allowed Ada user"}, got)
	for _, b := range []*browser{b, bob} {
		for _, c := range b.cookies {
			require.NotContains(t, text, c.Value)
		}
	}
}

func TestHalfALoginIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	whole := func() broker.Options {
		o := broker.DefaultOptions()
		o.Identity, o.BaseURLs = true, []string{"https://broker.example.org"}
		o.Login.Issuer, o.Login.ClientID = "https://login.example.org", "treaty"
		return o
	}
	require.NoError(t, whole().Validate())
	for says, change := range map[string]func(*broker.Options){
		"--oidc-issuer)":         func(o *broker.Options) { o.Login.Issuer = "" },
		"starts with https://":   func(o *broker.Options) { o.Login.Issuer = "http://login.example.org" },
		"--oidc-client-id":       func(o *broker.Options) { o.Login.ClientID = "" },
		"--identity":             func(o *broker.Options) { o.Identity = false },
		"--dashboard":            func(o *broker.Options) { o.Dashboard = false },
		"--base-url":             func(o *broker.Options) { o.BaseURLs = nil },
		"over HTTPS alone":       func(o *broker.Options) { o.BaseURLs = append(o.BaseURLs, "http://broker.example.org") },
		"--oidc-allowed-domains": func(o *broker.Options) { o.Login.AllowedDomains = []string{"@example.org"} },
		"--oidc-admin-groups":    func(o *broker.Options) { o.Login.DefaultRole = "administrator" },
		"--oidc-session-length":  func(o *broker.Options) { o.Login.SessionLength = time.Second },
	} {
		o := whole()
		change(&o)
		require.ErrorContains(t, o.Validate(), says)
	}
	o := whole()
	o.Login.Issuer, o.BaseURLs = "http://localhost:8080/realms/x", []string{"http://127.0.0.1:9292", "http://[::1]:9292"}
	require.NoError(t, o.Validate())
}

// TestABrokerOverHTTPOnThisMachineHasAnotherCookie has no Secure, which would keep the
// cookie from it.
func TestABrokerOverHTTPOnThisMachineHasAnotherCookie(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	issuer.Serve(issuertest.Client{ID: "treaty", Secret: "the secret", Redirect: "http://broker.localhost/login/callback"})
	b := newBrowser(t, brokertest.Start(t, withLogin(issuer, ""), func(o *broker.Options) { o.BaseURLs = []string{"http://broker.localhost"} }).URL())
	require.Equal(t, http.StatusSeeOther, b.logIn("/").status)
	cookie := b.cookies["local-treaty"]
	require.NotNil(t, cookie)
	require.Equal(t, []bool{true, false}, []bool{cookie.HttpOnly, cookie.Secure})
	require.Equal(t, 200, b.get("/").status)
	b.cookies = map[string]*http.Cookie{"x": {Name: "__Host-treaty", Value: cookie.Value}}
	require.Equal(t, http.StatusSeeOther, b.get("/").status, "one does not count for the other")
}

func TestASessionTakesNoWayToTheDatabase(t *testing.T) {
	proxy := storetest.NewProxy(t, storetest.PostgresSchema(t))
	b := newBrowser(t, brokertest.Start(t, withLogin(newIssuer(t), proxy.URL())).URL())
	require.Equal(t, http.StatusSeeOther, b.logIn("/").status)
	least := 1 << 30
	for range 50 {
		proxy.ResetTrips()
		require.Equal(t, 200, b.ask(http.MethodGet, "/user", "", map[string]string{"Accept": "application/hal+json"}).status)
		least = min(least, proxy.Trips())
	}
	require.Zero(t, least)
}
