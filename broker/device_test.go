package broker_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// terminal is a program that logs in a person.
type terminal struct {
	*testing.T
	at string
}

// answer is one of the addresses of OAuth.
type answer struct {
	status int
	text   string
	DeviceCode,
	UserCode,
	VerificationURI,
	VerificationURIComplete,
	Error,
	ErrorDescription,
	AccessToken,
	TokenType string
	ExpiresIn, Interval int
}

// post sends a form to an address, with no credentials.
func (m terminal) post(path string, form url.Values) answer {
	m.Helper()
	got, err := unfollowed.PostForm(m.at+path, form) //nolint:noctx // a test's own server
	require.NoError(m, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(m, err)
	var said map[string]any
	require.NoError(m, json.Unmarshal(text, &said), "%s", text)
	word := func(name string) string { s, _ := said[name].(string); return s }
	number := func(name string) int { n, _ := said[name].(float64); return int(n) }
	return answer{
		status: got.StatusCode, text: string(text), DeviceCode: word("device_code"), UserCode: word("user_code"), VerificationURI: word("verification_uri"), VerificationURIComplete: word("verification_uri_complete"),
		Error: word("error"), ErrorDescription: word("error_description"), AccessToken: word("access_token"), TokenType: word("token_type"), ExpiresIn: number("expires_in"), Interval: number("interval"),
	}
}

func (m terminal) begin() answer {
	m.Helper()
	got := m.post("/oauth/device_authorization", url.Values{"client_id": {"treaty"}, "machine": {"laptop <b>"}})
	require.Equal(m, 200, got.status, got.text)
	return got
}

func (m terminal) poll(code string) answer {
	m.Helper()
	return m.post("/oauth/token", url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {code}})
}

// with asks for something by a token.
func (m terminal) with(token, method, path, body string) (status int, text string) {
	m.Helper()
	r, err := http.NewRequestWithContext(m.Context(), method, m.at+path, strings.NewReader(body))
	require.NoError(m, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	got, err := unfollowed.Do(r)
	require.NoError(m, err)
	defer got.Body.Close()
	read, err := io.ReadAll(got.Body)
	require.NoError(m, err)
	return got.StatusCode, string(read)
}

// answer answers the login of a code, in a browser.
func (b *browser) answer(code, what string) page {
	b.Helper()
	return b.send("/ui/device", url.Values{"user_code": {code}, "answer": {what}})
}

// send sends a form.
func (b *browser) send(path string, form url.Values) page {
	b.Helper()
	return b.ask(http.MethodPost, path, form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
}

// clock is one that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now().UTC()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func at(c *clock) brokertest.Option { return func(o *broker.Options) { o.Now = c.now } }

func TestAPersonLogsInAtATerminal(t *testing.T) {
	t.Parallel()
	time := newClock()
	b := newBrowser(t, brokertest.Start(t, withLogin(newIssuer(t), ""), at(time)).URL())
	m := terminal{t, b.at}
	begun := m.begin()
	require.Regexp(t, `^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`, begun.UserCode)
	require.Equal(t, []any{600, 5, loginBase + "/ui/device", loginBase + "/ui/device?user_code=" + begun.UserCode}, []any{begun.ExpiresIn, begun.Interval, begun.VerificationURI, begun.VerificationURIComplete})
	waits := m.poll(begun.DeviceCode)
	require.Equal(t, []any{400, "authorization_pending"}, []any{waits.status, waits.Error})
	require.Equal(t, "slow_down", m.poll(begun.DeviceCode).Error)
	time.pass(6e9)
	require.Equal(t, "slow_down", m.poll(begun.DeviceCode).Error, "who asks too soon waits longer")
	time.pass(15e9)
	require.Equal(t, "authorization_pending", m.poll(begun.DeviceCode).Error)

	// Who is not known is led to log in, and back; the code may be typed in other letters.
	led := b.get(b.path(begun.VerificationURIComplete))
	require.Equal(t, http.StatusSeeOther, led.status)
	require.Equal(t, loginBase+"/login?to=%2Fui%2Fdevice%3Fuser_code%3D"+begun.UserCode, led.location)
	b.logIn("/")
	shown := b.get("/ui/device?user_code=" + strings.ToLower(strings.ReplaceAll(begun.UserCode, "-", "+")))
	require.Equal(t, 200, shown.status)
	for _, part := range []string{begun.UserCode, "127.0.0.1", "“laptop &lt;b&gt;”", "not verified", "Ada", `value="grant"`, `value="refuse"`} {
		require.Contains(t, shown.text, part)
	}
	require.NotContains(t, shown.text, begun.DeviceCode)
	require.Contains(t, b.get("/ui/device").text, `name="user_code"`)
	require.Equal(t, "authorization_pending", func() string { time.pass(15e9); return m.poll(begun.DeviceCode).Error }(), "nothing is granted by looking at it")
	require.Equal(t, 403, b.ask(http.MethodPost, "/ui/device", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}).status)
	require.Equal(t, 400, b.answer(begun.UserCode, "").status)

	granted := b.answer(begun.UserCode, "grant")
	require.Equal(t, []any{http.StatusSeeOther, "/ui/device?done=granted"}, []any{granted.status, granted.location})
	require.Contains(t, b.get(granted.location).text, "gets its token")
	require.Equal(t, 404, b.answer(begun.UserCode, "grant").status, "a code counts once")
	time.pass(15e9)
	got := m.poll(begun.DeviceCode)
	require.Equal(t, 200, got.status, got.text)
	require.Equal(t, "Bearer", got.TokenType)
	require.InDelta(t, 12*3600, got.ExpiresIn, 20)
	require.Equal(t, "invalid_grant", m.poll(begun.DeviceCode).Error, "once")
	status, text := m.with(got.AccessToken, "GET", "/user", "")
	require.Equal(t, 200, status)
	require.Contains(t, text, `"name":"Ada"`)
	require.Contains(t, b.get("/ui/me").text, "login at a terminal that calls itself laptop")

	// Out again, by the token alone.
	require.Equal(t, 200, m.post("/oauth/revoke", url.Values{"token": {got.AccessToken}}).status)
	require.Eventually(t, func() bool {
		status, _ := m.with(got.AccessToken, "GET", "/user", "")
		return status == 401
	}, 2e9, 20e6)
	require.Equal(t, 200, m.post("/oauth/revoke", url.Values{"token": {got.AccessToken}}).status, "it is none any more")
	require.NotContains(t, b.get("/ui/me").text, "login at a terminal")
}

func TestALoginAtATerminalIsRefusedOrTooLate(t *testing.T) {
	t.Parallel()
	time := newClock()
	b := newBrowser(t, brokertest.Start(t, withLogin(newIssuer(t), ""), at(time), func(o *broker.Options) { o.Login.SessionLength = 3 * 3600e9 }).URL())
	b.logIn("/")
	m := terminal{t, b.at}
	begun := m.begin()
	require.Equal(t, "/ui/device?done=refused", b.answer(begun.UserCode, "refuse").location)
	require.Equal(t, "access_denied", m.poll(begun.DeviceCode).Error)
	require.Equal(t, 404, b.answer(begun.UserCode, "grant").status)

	late := m.begin()
	time.pass(601e9)
	require.Equal(t, "expired_token", m.poll(late.DeviceCode).Error)
	wrong := b.get("/ui/device?user_code=" + late.UserCode)
	require.Equal(t, 404, wrong.status)
	require.Contains(t, wrong.text, "No login waits for this code")
	require.Equal(t, 404, b.answer(late.UserCode, "grant").status)

	// A session that lasts three hours gives no login that lasts longer. One that has
	// expired is told so, and later is gone.
	short := m.begin()
	b.answer(short.UserCode, "grant")
	got := m.poll(short.DeviceCode)
	require.InDelta(t, 3*3600, got.ExpiresIn, 20)
	time.pass(3*3600e9 + 1e9)
	status, text := m.with(got.AccessToken, "GET", "/user", "")
	require.Equal(t, 401, status)
	require.Contains(t, text, "treaty login")

	for name, form := range map[string]url.Values{
		"invalid_request": {"client_id": {""}}, "invalid_scope": {"client_id": {"x"}, "scope": {"all"}},
	} {
		got := m.post("/oauth/device_authorization", form)
		require.Equal(t, []any{400, name}, []any{got.status, got.Error}, got.text)
	}
	require.Equal(t, 400, m.post("/oauth/device_authorization", url.Values{"client_id": {"x"}, "machine": {strings.Repeat("x", 101)}}).status)
	require.Equal(t, "invalid_request", m.poll("").Error)
	require.Equal(t, "invalid_grant", m.poll("x").Error)
	require.Equal(t, "invalid_grant", m.poll(m.begin().UserCode).Error, "the short code is not the long one")
}

// TestNobodyGivesATerminalMoreThanTheyHave has a person confirm by tokens of theirs, which
// may less, or end sooner, than they.
func TestNobodyGivesATerminalMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	clock := newClock()
	issuer := newIssuer(t)
	b := newBrowser(t, brokertest.Start(t, withLogin(issuer, ""), at(clock)).URL())
	b.logIn("/")
	m := terminal{t, b.at}
	var user struct{ UUID string }
	require.NoError(t, json.Unmarshal([]byte(b.ask(http.MethodGet, "/user", "", map[string]string{"Accept": "application/hal+json"}).text), &user))
	token := func(body string) string {
		made := b.ask(http.MethodPost, "/admin/system-accounts/"+user.UUID+"/tokens", body, map[string]string{"Accept": "application/hal+json"})
		require.Equal(t, 201, made.status, made.text)
		var said struct{ Value string }
		require.NoError(t, json.Unmarshal([]byte(made.text), &said))
		return said.Value
	}
	grant := func(value, code string) page {
		return newBrowser(t, b.at).ask(http.MethodPost, "/ui/device", url.Values{"user_code": {code}, "answer": {"grant"}}.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer " + value})
	}
	require.Equal(t, 403, grant(token(`{"name":"reads"}`), m.begin().UserCode).status, "a token that reads makes none")

	narrow := m.begin()
	require.Equal(t, http.StatusSeeOther, grant(token(`{"name":"narrow","write":true,"permissions":["contract_data:read:*","token:manage:own"]}`), narrow.UserCode).status)
	got := m.poll(narrow.DeviceCode)
	require.Equal(t, 200, got.status, got.text)
	status, _ := m.with(got.AccessToken, "GET", "/pacticipants", "")
	require.Equal(t, 200, status)
	status, text := m.with(got.AccessToken, "POST", "/pacticipants", `{"name":"Shop"}`)
	require.Equal(t, 403, status, text)

	hour := m.begin()
	require.Equal(t, http.StatusSeeOther, grant(token(`{"name":"hour","write":true,"expiresAt":"`+clock.now().Add(time.Hour).Format(time.RFC3339)+`"}`), hour.UserCode).status)
	got = m.poll(hour.DeviceCode)
	require.InDelta(t, 3600, got.ExpiresIn, 20)
	status, text = m.with(got.AccessToken, "POST", "/pacticipants", `{"name":"Shop"}`)
	require.Equal(t, 201, status, text)

	// Who is switched off gets nothing, nor who is deleted.
	bob := newBrowser(t, b.at)
	issuer.LogIn(map[string]any{"sub": "bob", "email": "bob@example.org", "email_verified": true})
	bob.logIn("/")
	var second struct{ UUID string }
	require.NoError(t, json.Unmarshal([]byte(bob.ask(http.MethodGet, "/user", "", map[string]string{"Accept": "application/hal+json"}).text), &second))
	off := m.begin()
	require.Equal(t, http.StatusSeeOther, bob.answer(off.UserCode, "grant").status)
	require.Equal(t, 200, b.ask(http.MethodPut, "/admin/users/"+second.UUID, `{"active":false}`, map[string]string{"Accept": "application/hal+json"}).status)
	require.Equal(t, "access_denied", m.poll(off.DeviceCode).Error)
	require.Equal(t, 200, b.ask(http.MethodPut, "/admin/users/"+second.UUID, `{"active":true}`, map[string]string{"Accept": "application/hal+json"}).status)
	require.Equal(t, http.StatusSeeOther, bob.logIn("/").status)
	gone := m.begin()
	require.Equal(t, http.StatusSeeOther, bob.answer(gone.UserCode, "grant").status)
	require.Equal(t, 204, b.ask(http.MethodDelete, "/admin/users/"+second.UUID, "", map[string]string{"Accept": "application/hal+json"}).status)
	require.Equal(t, "invalid_grant", m.poll(gone.DeviceCode).Error)

	// What somebody made stays, whoever has it.
	made := token(`{"name":"made"}`)
	kept := m.post("/oauth/revoke", url.Values{"token": {made}})
	require.Equal(t, []any{400, "unsupported_token_type"}, []any{kept.status, kept.Error})
	status, _ = m.with(made, "GET", "/user", "")
	require.Equal(t, 200, status)
}

func TestAnAccountDoesNotLogInAtATerminal(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, brokertest.Start(t, withLogin(newIssuer(t), "")).URL())
	b.logIn("/")
	m := terminal{t, b.at}
	asJSON := map[string]string{"Accept": "application/hal+json"}
	made := b.ask(http.MethodPost, "/admin/system-accounts", `{"name":"ci"}`, asJSON)
	require.Equal(t, 201, made.status, made.text)
	token := b.ask(http.MethodPost, b.path(made.header.Get("Location"))+"/tokens", `{"name":"t","write":true}`, asJSON)
	require.Equal(t, 201, token.status, token.text)
	var said struct{ Value string }
	require.NoError(t, json.Unmarshal([]byte(token.text), &said))
	got := newBrowser(t, b.at).ask(http.MethodPost, "/ui/device", url.Values{"user_code": {m.begin().UserCode}, "answer": {"grant"}}.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer " + said.Value})
	require.Equal(t, 403, got.status)
	require.Contains(t, got.text, "Only people log in at terminals")
}

func TestLoginsAtTerminalsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, brokertest.Start(t, withLogin(newIssuer(t), "")).URL())
	b.logIn("/")
	m := terminal{t, b.at}
	for range 50 {
		m.begin()
	}
	got := m.post("/oauth/device_authorization", url.Values{"client_id": {"treaty"}})
	require.Equal(t, []any{503, "temporarily_unavailable"}, []any{got.status, got.Error})
	// Guesses of short codes are slowed, and of long ones.
	guesses := 0
	for b.get("/ui/device?user_code=BCDF-GHJK").status != 429 {
		guesses++
		require.Less(t, guesses, 30)
	}
	require.GreaterOrEqual(t, guesses, 20)
	require.Equal(t, 429, b.answer("BCDFGHJK", "grant").status)
	require.Equal(t, 200, b.get("/ui/me").status, "who is in stays in")
	status, _ := m.with("trt_x", "GET", "/user", "")
	require.Equal(t, 401, status, "who shares the address, and has a token, is not kept out")
}

func TestNobodyLogsInAtATerminalWhereNobodyLogsIn(t *testing.T) {
	t.Parallel()
	m := terminal{t, brokertest.Start(t, func(o *broker.Options) { o.Identity = true }).URL()}
	got := m.post("/oauth/device_authorization", url.Values{"client_id": {"treaty"}})
	require.Equal(t, 404, got.status)
	require.Contains(t, got.text, "Nobody logs in to this broker")
	require.Equal(t, "unsupported_grant_type", m.poll("x").Error)
	require.Equal(t, 404, terminal{t, brokertest.Start(t).URL()}.post("/oauth/device_authorization", nil).status)
}

// TestATerminalGetsOneTokenOfTwoReplicas polls at both.
func TestATerminalGetsOneTokenOfTwoReplicas(t *testing.T) {
	t.Parallel()
	issuer, database := newIssuer(t), storetest.PostgresSchema(t)
	one := newBrowser(t, brokertest.Start(t, withLogin(issuer, database)).URL())
	other := terminal{t, brokertest.Start(t, withLogin(issuer, database)).URL()}
	one.logIn("/")
	for range 5 {
		begun := other.begin()
		require.Equal(t, http.StatusSeeOther, one.answer(begun.UserCode, "grant").status)
		got := make(chan answer, 2)
		for _, m := range []terminal{other, {t, one.at}} {
			go func() { got <- m.poll(begun.DeviceCode) }()
		}
		first, second := <-got, <-got
		if first.status != 200 {
			first, second = second, first
		}
		require.Equal(t, []any{200, 400, "invalid_grant"}, []any{first.status, second.status, second.Error})
	}
}

func TestLoginsAtTerminalsAreRecorded(t *testing.T) {
	t.Parallel()
	time := newClock()
	b := newBrowser(t, brokertest.Start(t, withLogin(newIssuer(t), ""), at(time)).URL())
	b.logIn("/")
	m := terminal{t, b.at}
	refused, begun := m.begin(), m.begin()
	b.answer(refused.UserCode, "refuse")
	m.poll(begun.DeviceCode)
	b.answer(begun.UserCode, "grant")
	time.pass(5e9)
	got := m.poll(begun.DeviceCode)
	require.Equal(t, 200, got.status, got.text)
	m.post("/oauth/revoke", url.Values{"token": {got.AccessToken}})
	text := b.ask(http.MethodGet, "/audit?sort=%2Btimestamp", "", map[string]string{"Accept": "application/hal+json"}).text
	var record struct {
		Events []struct {
			Type, Outcome string
			User          struct{ Name, Type string }
			Details       struct{ Subject map[string]string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &record))
	var events []string
	for _, e := range record.Events {
		events = append(events, strings.Join([]string{e.Type, e.Outcome, e.User.Name, e.User.Type}, " "))
	}
	require.Equal(t, []string{"login allowed Ada user", "device_login_refused allowed Ada user", "device_login_granted allowed Ada user", "device_login_finished allowed Ada user", "token_deleted allowed Ada user"}, events)
	require.Contains(t, text, `"claimedMachine":"laptop \u003cb\u003e"`)
	require.Contains(t, text, `"address":"127.0.0.1"`)
	for _, secret := range []string{begun.DeviceCode, begun.UserCode, got.AccessToken} {
		require.NotContains(t, text, secret)
	}
}
