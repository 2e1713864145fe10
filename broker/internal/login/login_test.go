package login_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/issuertest"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/login"
)

const callback = "https://broker.example.org/login/callback"

// desk is a login service with a broker that people log in to by it.
type desk struct {
	*testing.T
	*issuertest.Issuer
	service *login.Service
	now     time.Time
	log     *bytes.Buffer
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, Issuer: issuertest.New(t), now: time.Now(), log: &bytes.Buffer{}}
	d.Serve(issuertest.Client{ID: "treaty", Secret: "the secret", Redirect: callback})
	d.LogIn(map[string]any{"sub": "ada", "email": "Ada@example.org", "email_verified": true, "name": "Ada", "groups": []string{"shop", "admins"}})
	d.service = login.New(d.config())
	return d
}

func (d *desk) config() login.Config {
	return login.Config{
		Issuer: d.URL, ClientID: "treaty", ClientSecret: "the secret", Scopes: []string{"openid", "email", "profile"}, GroupsClaim: "groups",
		Client: &http.Client{}, Now: func() time.Time { return d.now }, Log: slog.New(slog.NewTextHandler(d.log, nil)),
	}
}

// answer goes to the login service as a browser does, and returns what that sends it
// back with.
func (d *desk) answer(address string) url.Values {
	d.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := browser.Get(address) //nolint:noctx // a test's own server
	require.NoError(d, err)
	defer got.Body.Close()
	require.Equal(d, http.StatusFound, got.StatusCode)
	back, err := url.Parse(got.Header.Get("Location"))
	require.NoError(d, err)
	return back.Query()
}

// try logs in whom the login service has.
func (d *desk) try(change func(*login.Attempt, url.Values)) (identity.Vouched, error) {
	d.Helper()
	attempt, address, err := d.service.Begin(d.Context(), callback, "/ui/map")
	require.NoError(d, err)
	answer := d.answer(address)
	if change != nil {
		change(&attempt, answer)
	}
	return d.service.Finish(d.Context(), callback, attempt, answer)
}

func TestTheServiceVouchesForWhoHasLoggedIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	attempt, address, err := d.service.Begin(d.Context(), callback, "/ui/map?a=b")
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	require.Equal(t, "S256", u.Query().Get("code_challenge_method"))
	require.Equal(t, "openid email profile", u.Query().Get("scope"))
	require.NotContains(t, address, attempt.Verifier)
	kept, ok := login.ParseCookie(attempt.Cookie())
	require.True(t, ok)
	require.Equal(t, attempt, kept)
	require.Equal(t, "/ui/map?a=b", kept.To)

	got, err := d.service.Finish(d.Context(), callback, kept, d.answer(address))
	require.NoError(t, err)
	require.Equal(t, identity.Vouched{Issuer: d.URL, Subject: "ada", Email: "ada@example.org", Name: "Ada", Groups: []string{"shop", "admins"}, Answer: got.Answer, Until: attempt.Until()}, got)
	require.Len(t, got.Answer, 64)
	require.NotContains(t, got.Answer, attempt.State)

	d.Rotate(jose.ES256)
	_, err = d.try(nil)
	require.NoError(t, err, "a new key is asked for")
}

// TestWhatTheServiceSaysIsReadAsItWritesIt has claims as services have them.
func TestWhatTheServiceSaysIsReadAsItWritesIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		claims map[string]any
		want   func(*testing.T, identity.Vouched)
	}{
		"an address that is not verified": {map[string]any{"sub": "1", "email": "a@example.org"}, func(t *testing.T, v identity.Vouched) { t.Helper(); require.Empty(t, v.Email) }},
		"one that is not":                 {map[string]any{"sub": "1", "email": "a@example.org", "email_verified": false}, func(t *testing.T, v identity.Vouched) { t.Helper(); require.Empty(t, v.Email) }},
		"truth as a text":                 {map[string]any{"sub": "1", "email": "a@example.org", "email_verified": "true"}, func(t *testing.T, v identity.Vouched) { t.Helper(); require.Equal(t, "a@example.org", v.Email) }},
		"one group":                       {map[string]any{"sub": "1", "groups": "shop"}, func(t *testing.T, v identity.Vouched) { t.Helper(); require.Equal(t, []string{"shop"}, v.Groups) }},
		"groups that are none":            {map[string]any{"sub": "1", "groups": []any{1, "a", nil}}, func(t *testing.T, v identity.Vouched) { t.Helper(); require.Equal(t, []string{"a"}, v.Groups) }},
		"another name":                    {map[string]any{"sub": "1", "preferred_username": "ada"}, func(t *testing.T, v identity.Vouched) { t.Helper(); require.Equal(t, "ada", v.Name) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.LogIn(c.claims)
			got, err := d.try(nil)
			require.NoError(t, err)
			c.want(t, got)
		})
	}
}

// What is asked for without being told to is what the service knows: some refuse a login
// with a scope that they do not know, others send no groups without one.
func TestOnlyScopesThatTheServiceKnowsAreAskedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		configured, known []string
		asked             string
		refused           bool
	}{
		"it says nothing":           {asked: "openid email profile"},
		"it knows groups":           {known: []string{"openid", "groups", "profile", "email", "offline_access"}, asked: "openid email profile groups"},
		"it knows no groups":        {known: []string{"openid", "profile", "email"}, asked: "openid email profile"},
		"it knows little":           {known: []string{"openid"}, asked: "openid"},
		"named by hand":             {configured: []string{"openid", "email"}, known: []string{"openid", "groups", "email"}, asked: "openid email"},
		"one that it does not know": {configured: []string{"groups"}, asked: "openid groups", refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.Know(c.known...)
			config := d.config()
			config.Scopes = c.configured
			d.service = login.New(config)
			_, address, err := d.service.Begin(t.Context(), callback, "/")
			require.NoError(t, err)
			to, err := url.Parse(address)
			require.NoError(t, err)
			require.Equal(t, c.asked, to.Query().Get("scope"))
			_, err = d.try(nil)
			if !c.refused {
				require.NoError(t, err)
				return
			}
			require.Equal(t, kernel.CodeForbidden, kernel.CodeOf(err))
			require.ErrorContains(t, err, "--oidc-scopes")
		})
	}
}

func TestTheOperatorIsToldOfLoginsWithoutGroups(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	config := d.config()
	config.Rules.AdminGroups = []string{"admins"}
	d.service = login.New(config)
	_, err := d.try(nil)
	require.NoError(t, err)
	require.NotContains(t, d.log.String(), "names no group")
	d.LogIn(map[string]any{"sub": "ada"})
	_, err = d.try(nil)
	require.NoError(t, err)
	require.Contains(t, d.log.String(), "names no group")
	require.Contains(t, d.log.String(), "--oidc-groups-claim")
}

func TestGroupsMayStandWithinAnotherClaim(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	config := d.config()
	config.GroupsClaim = "realm_access.roles"
	d.service = login.New(config)
	d.LogIn(map[string]any{"sub": "1", "realm_access": map[string]any{"roles": []string{"shop"}}})
	got, err := d.try(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"shop"}, got.Groups)
}

func TestWhatTheTokenLeavesOutIsAskedFor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.LogIn(map[string]any{"sub": "ada", "name": "Ada"})
	d.Tell(map[string]any{"sub": "ada", "name": "not Ada", "email": "ada@example.org", "email_verified": true, "groups": []string{"shop"}})
	got, err := d.try(nil)
	require.NoError(t, err)
	require.Equal(t, []any{"Ada", "ada@example.org", []string{"shop"}}, []any{got.Name, got.Email, got.Groups})
	d.LogIn(map[string]any{"sub": "ada", "email": "boss@example.org"})
	got, err = d.try(nil)
	require.NoError(t, err)
	require.Empty(t, got.Email, "another address is verified")
	d.LogIn(map[string]any{"sub": "ada"})
	d.Tell(map[string]any{"sub": "eve", "email": "eve@example.org", "email_verified": true})
	_, err = d.try(nil)
	require.Equal(t, kernel.CodeForbidden, kernel.CodeOf(err))
	require.ErrorContains(t, err, "somebody else")
	d.Tell(map[string]any{"email": "who"})
	got, err = d.try(nil)
	if err == nil {
		require.Empty(t, got.Email)
	}
}

// TestAnswersThatDoNotCount has every one that lets nobody in, with what it says to do.
func TestAnswersThatDoNotCount(t *testing.T) {
	t.Parallel()
	claim := func(name string, value any) func(*desk) {
		return func(d *desk) { d.LogIn(map[string]any{"sub": "ada", name: value}) }
	}
	signed := func(sign func(*desk, map[string]any) string) func(*desk) {
		return func(d *desk) {
			d.Issue(func(claims map[string]any) string { return sign(d, claims) })
		}
	}
	answer := func(name, value string) func(*desk, *login.Attempt, url.Values) {
		return func(_ *desk, _ *login.Attempt, v url.Values) { v.Set(name, value) }
	}
	for name, c := range map[string]struct {
		given  func(*desk)
		change func(*desk, *login.Attempt, url.Values)
		says   string
	}{
		"no login was begun":   {change: func(_ *desk, a *login.Attempt, _ url.Values) { *a = login.Attempt{} }, says: "has not begun a login"},
		"the state of another": {change: answer("state", "foreign"), says: "another login"},
		"no state":             {change: answer("state", ""), says: "another login"},
		"begun too long ago":   {change: func(d *desk, _ *login.Attempt, _ url.Values) { d.now = d.now.Add(11 * time.Minute) }, says: "too long ago"},
		"begun in the future":  {change: func(d *desk, a *login.Attempt, _ url.Values) { a.BeganAt = d.now.Add(time.Hour) }, says: "too long ago"},
		"an answer of another": {change: answer("iss", "https://evil.example.org"), says: "another login service"},
		"a refusal":            {given: func(d *desk) { d.LogIn(nil) }, says: "let nobody in"},
		"a mistake":            {change: answer("error", "server_error"), says: "reports a mistake"},
		"no code":              {change: answer("code", ""), says: "has no code"},
		"a code of nobody":     {change: answer("code", "invented"), says: "used before, or is too old"},
		"a wrong verifier":     {change: func(_ *desk, a *login.Attempt, _ url.Values) { a.Verifier = strings.Repeat("x", 43) }, says: "used before, or is too old"},
		"a wrong secret": {change: func(d *desk, _ *login.Attempt, _ url.Values) {
			d.Serve(issuertest.Client{ID: "treaty", Secret: "other", Redirect: callback})
		}, says: "client id and secret"},
		"a wrong nonce":             {given: claim("nonce", "other"), says: "claim nonce"},
		"no nonce":                  {given: claim("nonce", nil), says: "claim nonce"},
		"a nonce of another login":  {change: func(_ *desk, a *login.Attempt, _ url.Values) { a.Nonce = "other" }, says: "claim nonce"},
		"another audience":          {given: claim("aud", "other"), says: "claim aud"},
		"no audience":               {given: claim("aud", nil), says: "claim aud"},
		"audiences without a party": {given: claim("aud", []string{"treaty", "other"}), says: "claim aud"},
		"another party":             {given: claim("azp", "other"), says: "azp"},
		"another issuer":            {given: claim("iss", "https://evil.example.org"), says: "issued by"},
		"expired":                   {given: claim("exp", time.Now().Add(-2*time.Minute).Unix()), says: "expired at"},
		"without an end":            {given: claim("exp", nil), says: "expired at"},
		"from the future":           {given: claim("iat", time.Now().Add(time.Hour).Unix()), says: "a clock is wrong"},
		"not yet":                   {given: claim("nbf", time.Now().Add(time.Hour).Unix()), says: "a clock is wrong"},
		"nobody":                    {given: claim("sub", ""), says: "claim sub"},
		"an unknown key": {given: signed(func(d *desk, claims map[string]any) string {
			return issuertest.Sign(d, issuertest.NewKey(d, "unknown", jose.RS256), claims)
		}), says: "signed by a key that it publishes"},
		"another key of the same name": {given: signed(func(d *desk, claims map[string]any) string {
			return issuertest.Sign(d, issuertest.NewKey(d, d.Signing().ID, jose.RS256), claims)
		}), says: "signed by a key that it publishes"},
		"signed by the secret of the client": {given: signed(func(d *desk, claims map[string]any) string {
			return issuertest.Sign(d, issuertest.Key{ID: d.Signing().ID, Algorithm: jose.HS256, Secret: []byte(strings.Repeat("the secret", 4))}, claims)
		}), says: "asymmetric"},
		"not signed": {given: signed(func(_ *desk, claims map[string]any) string {
			payload, _ := json.Marshal(claims)
			part := base64.RawURLEncoding.EncodeToString
			return part([]byte(`{"alg":"none"}`)) + "." + part(payload) + "."
		}), says: "asymmetric"},
		"no token":         {given: signed(func(*desk, map[string]any) string { return "" }), says: "scope openid"},
		"what is no token": {given: signed(func(*desk, map[string]any) string { return "a.b.c" }), says: "does not count"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			if c.given != nil {
				c.given(d)
			}
			got, err := d.try(func(a *login.Attempt, v url.Values) {
				if c.change != nil {
					c.change(d, a, v)
				}
			})
			require.Equal(t, kernel.CodeForbidden, kernel.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
			require.Regexp(t, `Log in again|Begin at|who administers the broker`, err.Error(), "it says what to do")
			require.Zero(t, got)
			require.NotContains(t, d.log.String()+err.Error(), "the secret")
		})
	}
}

func TestACodeCountsOnceForItsService(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	attempt, address, err := d.service.Begin(d.Context(), callback, "/")
	require.NoError(t, err)
	answer := d.answer(address)
	_, err = d.service.Finish(d.Context(), callback, attempt, answer)
	require.NoError(t, err)
	_, err = d.service.Finish(d.Context(), callback, attempt, answer)
	require.ErrorContains(t, err, "used before")
}

func TestAServiceThatIsDownIsSaidToBe(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Down(true)
	_, _, err := d.service.Begin(d.Context(), callback, "/")
	require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(err))
	require.ErrorContains(t, err, d.URL)
	d.Down(false)
	require.Eventually(t, func() bool {
		_, _, err := d.service.Begin(d.Context(), callback, "/")
		return err == nil
	}, 10*time.Second, 50*time.Millisecond)
	_, err = d.try(func(*login.Attempt, url.Values) { d.Down(true) })
	require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(err))
}

func TestOnlyPathsOfThisBrokerAreGoneTo(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/ui/map?a=b": "/ui/map?a=b", "/": "/", "/ui/a%2Fb": "/ui/a%2Fb",
		"": "/", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", `\/evil.example`: "/", "/a\nb": "/", "javascript:alert(1)": "/",
		"ui/map": "/", "/login": "/", "/login/callback?code=x": "/", "/logout": "/", "/loginx": "/loginx", "/%zz": "/", "/" + strings.Repeat("x", 2000): "/",
	} {
		require.Equal(t, want, login.LocalPath(to), to)
	}
	for _, wrong := range []string{"", "x", "e30", base64.RawURLEncoding.EncodeToString([]byte(`{"State":"a","Nonce":"b","Verifier":"c","To":"https://evil.example"}`)),
		base64.RawURLEncoding.EncodeToString([]byte(`{"State":"a","Nonce":"b","Verifier":"c","To":"@evil.example"}`)), base64.RawURLEncoding.EncodeToString([]byte(`{"State":"a","Nonce":"b","To":"/"}`))} {
		got, ok := login.ParseCookie(wrong)
		require.False(t, ok, wrong)
		require.Zero(t, got, "who does not ask whether it is one goes nowhere with it")
	}
}
