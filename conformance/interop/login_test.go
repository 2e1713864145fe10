package interop_test

import (
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// person is somebody with a browser, who goes where pages lead and sends their forms.
type person struct {
	*testing.T
	browser *http.Client
	// at is the page that they see, and text what stands on it.
	at   *url.URL
	text string
}

func newPerson(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &person{T: t, browser: &http.Client{Jar: jar, Timeout: time.Minute}}
}

func (p *person) ask(method, address string, form url.Values) {
	p.Helper()
	var body io.Reader = http.NoBody
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(p.Context(), method, address, body)
	require.NoError(p, err)
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	got, err := p.browser.Do(r)
	require.NoError(p, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(p, err)
	require.Equal(p, http.StatusOK, got.StatusCode, "%s: %s", got.Request.URL, text)
	p.at, p.text = got.Request.URL, string(text)
}

func (p *person) open(address string) { p.Helper(); p.ask(http.MethodGet, address, nil) }

// follow goes where a link of the page leads whose address has a part.
func (p *person) follow(part string) {
	p.Helper()
	found := regexp.MustCompile(`href="([^"]*` + regexp.QuoteMeta(part) + `[^"]*)"`).FindStringSubmatch(p.text)
	require.NotNil(p, found, "%s has no link to %s: %s", p.at, part, p.text)
	to, err := p.at.Parse(html.UnescapeString(found[1]))
	require.NoError(p, err)
	p.open(to.String())
}

var (
	formOf  = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	inputOf = regexp.MustCompile(`<input\b[^>]*>`)
	valueOf = func(tag, name string) string {
		found := regexp.MustCompile(`\b` + name + `="([^"]*)"`).FindStringSubmatch(tag)
		if found == nil {
			return ""
		}
		return html.UnescapeString(found[1])
	}
)

// send fills in the form of the page that has a part, and sends it.
func (p *person) send(part string, filled map[string]string) {
	p.Helper()
	for _, form := range formOf.FindAllStringSubmatch(p.text, -1) {
		if !strings.Contains(form[0], part) {
			continue
		}
		values := url.Values{}
		for _, input := range inputOf.FindAllString(form[2], -1) {
			if name := valueOf(input, "name"); name != "" {
				values.Set(name, valueOf(input, "value"))
			}
		}
		for name, value := range filled {
			require.Contains(p, values, name, "the form has no such field: %s", form[0])
			values.Set(name, value)
		}
		to, err := p.at.Parse(valueOf(form[1], "action"))
		require.NoError(p, err)
		p.ask(http.MethodPost, to.String(), values)
		return
	}
	require.Fail(p, "no such form", "%s has none with %s: %s", p.at, part, p.text)
}

// said collects what a program writes, while it runs.
type said struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// TestAPersonLogsInByAProviderThatIsNotOurs has one log in with the pages of that, then at
// a terminal, publish as themselves, and log out of both.
func TestAPersonLogsInByAProviderThatIsNotOurs(t *testing.T) {
	treaty, issuer := treatyBinary(t), startProvider(t)
	port := freePort(t)
	base := "http://127.0.0.1:" + port
	storage.RegisterClients(storage.WebClient("treaty-broker", "the secret", base+"/login/callback"))
	startBrokerAt(t, treaty, "sqlite:"+filepath.Join(t.TempDir(), "people.db"), port, "PACT_BROKER_IDENTITY=true", "PACT_BROKER_PUBLIC_HEARTBEAT=true", "PACT_BROKER_BASE_URL="+base,
		"PACT_BROKER_OIDC_ISSUER="+issuer.URL, "PACT_BROKER_OIDC_CLIENT_ID=treaty-broker", "PACT_BROKER_OIDC_CLIENT_SECRET=the secret", "PACT_BROKER_ISSUER_ALLOW_LOOPBACK=true")

	p := newPerson(t)
	p.open(base + "/ui/me")
	require.Equal(t, "/login", p.at.Path, "who is not known is led to log in")
	p.follow("/login/start")
	require.Equal(t, "/login/username", p.at.Path, "the provider asks who they are")
	p.send("password", map[string]string{"username": providerUser, "password": providerPassword})
	require.Equal(t, base+"/ui/me", p.at.String(), "they are back where they wanted to go")
	require.Contains(t, p.text, "What you may do")

	// At a terminal, which has a folder for its settings and knows nobody.
	file, err := filepath.Abs("testdata/shop-stock.json")
	require.NoError(t, err)
	home := t.TempDir()
	env := []string{"PACT_BROKER_BASE_URL=" + base, "XDG_CONFIG_HOME=" + home, "HOME=" + home, "AppData=" + home}
	publish := func(version string) output {
		return runWith(t, env, "", treaty, "publish", file, "--consumer-app-version", version, "--branch", "main")
	}
	stranger := publish("1")
	require.NotZero(t, stranger.code)
	require.Contains(t, stranger.text, "treaty login")

	var told said
	login := exec.CommandContext(t.Context(), treaty, "login", "--machine", "the laptop of a test")
	login.Env, login.Stdout, login.Stderr = append(os.Environ(), env...), &told, &told
	require.NoError(t, login.Start())
	ended := make(chan error, 1)
	go func() { ended <- login.Wait() }()
	address := regexp.MustCompile(regexp.QuoteMeta(base) + `/ui/device\?user_code=(\S+)`)
	require.Eventually(t, func() bool { return address.MatchString(told.String()) }, time.Minute, 20*time.Millisecond)
	p.open(address.FindString(told.String()))
	for _, part := range []string{"the laptop of a test", "not verified", "127.0.0.1", address.FindStringSubmatch(told.String())[1]} {
		require.Contains(t, p.text, part)
	}
	select {
	case err := <-ended:
		require.Fail(t, "nothing is granted by looking at it", "%v: %s", err, told.String())
	case <-time.After(6 * time.Second): // it has asked meanwhile
	}
	p.send(`value="grant"`, nil)
	require.Contains(t, p.text, "gets its token")
	require.NoError(t, <-ended, told.String())
	require.Contains(t, told.String(), "You are logged in to "+base)

	published := publish("1")
	require.Equal(t, 0, published.code, published.text)
	p.open(base + "/ui/me")
	require.Contains(t, p.text, "login at a terminal that calls itself the laptop of a test")
	out := runWith(t, env, "", treaty, "logout")
	require.Equal(t, 0, out.code, out.text)
	require.NotZero(t, publish("2").code)
	p.open(base + "/ui/me")
	require.NotContains(t, p.text, "login at a terminal")

	p.send(`Log out`, nil)
	require.Equal(t, "/login/out", p.at.Path)
	p.open(base + "/ui/me")
	require.Equal(t, "/login", p.at.Path, "the session has ended")
}
