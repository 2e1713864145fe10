package login_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/credentials"
)

// granting is as much of a broker as a login sees. Its answers to polls come one after
// the other, the last one for ever.
type granting struct {
	*httptest.Server
	mu      sync.Mutex
	polls   []string
	asked   []string // what came, with the credentials that it had
	refuses bool     // every token
}

func startGranting(t *testing.T, polls ...string) *granting {
	t.Helper()
	g := &granting{polls: polls}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, text string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
	mux.HandleFunc("POST /oauth/device_authorization", func(w http.ResponseWriter, r *http.Request) {
		answer(w, 200, `{"device_code":"long","user_code":"BCDF-GHJK","verification_uri":"`+g.URL+`/ui/device","verification_uri_complete":"`+g.URL+`/ui/device?user_code=BCDF-GHJK","expires_in":600,"interval":1}`)
	})
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		next := g.polls[0]
		if len(g.polls) > 1 {
			g.polls = g.polls[1:]
		}
		if strings.HasPrefix(next, "trt_") {
			answer(w, 200, `{"access_token":"`+next+`","token_type":"Bearer","expires_in":3600}`)
			return
		}
		answer(w, 400, `{"error":"`+next+`","error_description":"because."}`)
	})
	mux.HandleFunc("POST /oauth/revoke", func(w http.ResponseWriter, r *http.Request) { answer(w, 200, `{}`) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.refuses {
			answer(w, 401, `{"error":{"message":"The login of Ada at this terminal ended at 2026-03-02T01:00:00Z. Log in again: treaty login."}}`)
			return
		}
		answer(w, 200, `{"_links":{"pb:pacticipants":{"href":"`+g.URL+`/pacticipants"}},"_embedded":{"pacticipants":[]},"pacticipants":[]}`)
	})
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		g.mu.Lock()
		g.asked = append(g.asked, r.URL.Path+" "+r.Header.Get("Authorization")+r.PostForm.Get("token"))
		g.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(g.Close)
	return g
}

// heard are the requests since the last time.
func (g *granting) heard() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.asked
	g.asked = nil
	return out
}

func env(t *testing.T, variables ...string) command.Env {
	t.Helper()
	return command.Env{Dir: t.TempDir(), ConfigDir: filepath.Join(t.TempDir(), "config"), Environ: variables}
}

func TestLoginKeepsATokenForItsBrokerAlone(t *testing.T) {
	t.Parallel()
	g, other := startGranting(t, "authorization_pending", "trt_one"), startGranting(t, "access_denied")
	e := env(t, "PACT_BROKER_BASE_URL="+g.URL+"/", "PACT_BROKER_TOKEN=other")
	in := commandtest.RunIn(t, e, "login", "--machine", "laptop")
	require.Equal(t, 0, in.Status, in.Stderr)
	require.Contains(t, in.Stderr, g.URL+"/ui/device?user_code=BCDF-GHJK")
	require.Contains(t, in.Stdout, "You are logged in to "+g.URL+" until ")
	require.NotContains(t, in.Stdout+in.Stderr, "trt_")
	for _, request := range g.heard() {
		require.NotContains(t, request, "other", "who logs in shows nothing else")
	}
	file := filepath.Join(e.ConfigDir, "treaty", "credentials.json")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), `"token": "trt_one"`)
	if runtime.GOOS != "windows" {
		for path, mode := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
			about, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, mode, about.Mode().Perm(), path)
		}
	}

	// It is shown where nothing else is given, and to this broker.
	e.Environ = nil
	for _, c := range []struct {
		shows string
		args  []string
	}{
		{"Bearer trt_one", []string{"-b", g.URL}},
		{"Bearer flag", []string{"-b", g.URL, "-k", "flag"}},
		{"Basic", []string{"-b", g.URL, "-u", "ada", "-p", "x"}},
		{"Basic", []string{"-b", strings.Replace(g.URL, "http://", "http://ada:x@", 1)}},
	} {
		commandtest.RunIn(t, e, append([]string{"list-environments"}, c.args...)...)
		require.Contains(t, strings.Join(g.heard(), "\n"), c.shows, c.args)
	}
	for _, address := range []string{other.URL, other.URL + "/below"} {
		commandtest.RunIn(t, e, "list-environments", "-b", address)
		require.NotContains(t, strings.Join(other.heard(), "\n"), "trt_")
	}
	commandtest.RunIn(t, e, "list-environments", "-b", g.URL+"/below")
	require.NotContains(t, strings.Join(g.heard(), "\n"), "trt_", "another path is another broker")

	// One that ended is told so, with what to do.
	g.refuses = true
	ended := commandtest.RunIn(t, e, "list-environments", "-b", g.URL)
	require.NotZero(t, ended.Status)
	require.Contains(t, ended.Stderr, "treaty login")
	g.heard()

	out := commandtest.RunIn(t, e, "logout", "-b", g.URL)
	require.Equal(t, 0, out.Status, out.Stderr)
	require.Equal(t, []string{"/oauth/revoke trt_one"}, g.heard())
	require.Contains(t, commandtest.RunIn(t, e, "logout", "-b", g.URL).Stdout, "You are not logged in")
	commandtest.RunIn(t, e, "list-environments", "-b", g.URL)
	require.NotContains(t, strings.Join(g.heard(), "\n"), "trt_")
}

func TestALoginThatIsNotGrantedKeepsNothing(t *testing.T) {
	t.Parallel()
	for poll, says := range map[string]string{"access_denied": "refused", "expired_token": "in time", "invalid_grant": "because."} {
		g, e := startGranting(t, poll), env(t)
		got := commandtest.RunIn(t, e, "login", "-b", g.URL)
		require.NotZero(t, got.Status, poll)
		require.Contains(t, got.Stderr, says, poll)
		require.NoDirExists(t, e.ConfigDir)
	}
	nobody := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(nobody.Close)
	got := commandtest.RunIn(t, env(t), "login", "-b", nobody.URL)
	require.NotZero(t, got.Status)
	require.Contains(t, got.Stderr, "PACT_BROKER_TOKEN")

	// Where the token cannot be kept, nobody has it.
	g, e := startGranting(t, "trt_lost"), env(t)
	e.ConfigDir = ""
	got = commandtest.RunIn(t, e, "login", "-b", g.URL)
	require.NotZero(t, got.Status)
	require.Contains(t, got.Stderr, "HOME")
	require.Contains(t, g.heard(), "/oauth/revoke trt_lost")

	// A file that is broken is told before anybody confirms anything, without what it says.
	e = env(t)
	require.NoError(t, os.MkdirAll(filepath.Join(e.ConfigDir, "treaty"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(e.ConfigDir, "treaty", "credentials.json"), []byte(`{"brokers": "trt_broken`), 0o600))
	g.heard()
	for _, name := range []string{"login", "list-environments"} {
		got = commandtest.RunIn(t, e, name, "-b", g.URL)
		require.NotZero(t, got.Status)
		require.Contains(t, got.Stderr, "delete it and log in again")
		require.NotContains(t, got.Stderr, "trt_")
		require.Empty(t, g.heard())
	}
}

func TestLoginsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	e := env(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			address := "https://broker.example.org/" + string(rune('a'+i))
			if err := credentials.Save(e, address, credentials.Credential{Token: address, ExpiresAt: time.Now()}); err != nil {
				t.Error(err)
			}
			if _, _, err := credentials.Find(e, address); err != nil {
				t.Error(err) // it is never half of a file
			}
		}()
	}
	all.Wait()
	text, err := os.ReadFile(filepath.Join(e.ConfigDir, "treaty", "credentials.json"))
	require.NoError(t, err)
	var kept struct{ Brokers map[string]any }
	require.NoError(t, json.Unmarshal(text, &kept))
	require.Len(t, kept.Brokers, 20)
	files, err := os.ReadDir(filepath.Join(e.ConfigDir, "treaty"))
	require.NoError(t, err)
	require.Len(t, files, 2, "the file and its lock")

	// The same broker by another spelling, and not the one that somebody logs out of late.
	require.NoError(t, credentials.Save(e, "HTTPS://Broker.example.org:443/a/", credentials.Credential{Token: "new"}))
	require.NoError(t, credentials.Forget(e, "https://broker.example.org/a", credentials.Credential{Token: "old"}))
	found, ok, err := credentials.Find(e, "https://broker.example.org/a")
	require.NoError(t, err)
	require.Equal(t, []any{true, "new"}, []any{ok, found.Token})
	require.NoError(t, credentials.Forget(e, "https://broker.example.org/a", found))
	_, ok, err = credentials.Find(e, "https://broker.example.org/a")
	require.NoError(t, err)
	require.False(t, ok)
}
