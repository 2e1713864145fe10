package interop_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// stock is the provider of testdata/shop-stock.json; while broken it answers a
// level as text.
type stock struct{ broken atomic.Bool }

func (s *stock) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	level := `3`
	if s.broken.Load() {
		level = `"three"`
	}
	if r.URL.Path != "/levels/7" {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write([]byte(`{"item":7,"level":` + level + `,"places":["A1","B2"]}`))
}

// step is one call of the official command line and what must come of it.
type step struct {
	name string
	args string // split at spaces; URL, PORT, UUID and PACT are replaced
	code int
	want string // must stand in the output
}

// TestOfficialCommandLineDrivesTheLoop plays the whole loop with `pact`: yes and
// no paths, with their exit codes.
func TestOfficialCommandLineDrivesTheLoop(t *testing.T) {
	pact := pactBinary(t)
	url := startBroker(t, treatyBinary(t))
	provider := &stock{}
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndex(server.URL, ":")+1:]
	file, err := filepath.Abs("testdata/shop-stock.json")
	require.NoError(t, err)

	verify := "verifier --broker-url URL --provider-name Stock -h 127.0.0.1 -p PORT --publish --provider-branch main --provider-version "
	steps := []step{
		{name: "publish", args: "broker publish PACT -b URL -a 1 --branch main --build-url http://ci.example/1", want: "Shop"},
		{name: "publish again is fine", args: "broker publish PACT -b URL -a 1 --branch main", want: "Shop"},
		{name: "create an environment", args: "broker create-environment -b URL --name staging --display-name Staging", want: "staging"},
		{name: "create it twice", args: "broker create-environment -b URL --name staging --display-name Staging", code: 1},
		{name: "nothing verified yet", args: "broker can-i-deploy -b URL --pacticipant Shop --version 1 --to-environment staging", code: 1},
		{name: "verify", args: verify + "10", want: "a request for the level of an item"},
		{name: "provider may go first", args: "broker can-i-deploy -b URL --pacticipant Stock --version 10 --to-environment staging"},
		{name: "record the provider's deployment", args: "broker record-deployment -b URL --pacticipant Stock --version 10 --environment staging"},
		{name: "consumer may follow", args: "broker can-i-deploy -b URL --pacticipant Shop --version 1 --to-environment staging"},
		{name: "record the consumer's deployment", args: "broker record-deployment -b URL --pacticipant Shop --version 1 --environment staging"},
		{name: "deploy an unknown version", args: "broker record-deployment -b URL --pacticipant Shop --version 99 --environment staging", code: 1},
		{name: "deploy to an unknown environment", args: "broker record-deployment -b URL --pacticipant Shop --version 1 --environment moon", code: 1},
		{name: "ask for an unknown version", args: "broker can-i-deploy -b URL --pacticipant Shop --version 99 --to-environment staging", code: 1},
		{name: "ask for an unknown environment", args: "broker can-i-deploy -b URL --pacticipant Shop --version 1 --to-environment moon", code: 1},
	}
	play := func(t *testing.T, steps []step) {
		for _, s := range steps {
			t.Run(s.name, func(t *testing.T) {
				args := strings.Fields(strings.NewReplacer("URL", url, "PORT", port, "PACT", file).Replace(s.args))
				out := run(t, t.TempDir(), pact, args...)
				require.Equal(t, s.code, out.code, "%s", out.text)
				require.Contains(t, out.text, s.want)
			})
		}
	}
	play(t, steps)

	provider.broken.Store(true)
	play(t, []step{
		{name: "verify a broken provider", args: verify + "11", code: 1, want: "level"},
		{name: "the broken provider may not go", args: "broker can-i-deploy -b URL --pacticipant Stock --version 11 --to-environment staging", code: 1},
	})
	provider.broken.Store(false)
	play(t, []step{
		{name: "verify the fix", args: verify + "12"},
		{name: "the fix may go", args: "broker can-i-deploy -b URL --pacticipant Stock --version 12 --to-environment staging"},
	})
}

// TestTreatyVerifiesWhatPactJSWrote runs a consumer test of pact-js and
// verifies its file with `treaty verify`.
func TestTreatyVerifiesWhatPactJSWrote(t *testing.T) {
	modules := filepath.Dir(filepath.Dir(peer(t, "@pact-foundation", "pact")))
	treaty := treatyBinary(t)
	script, err := filepath.Abs("testdata/consumer.cjs")
	require.NoError(t, err)
	dir := t.TempDir()

	t.Setenv("NODE_PATH", modules)
	out := run(t, dir, "node", script, dir)
	require.Equal(t, 0, out.code, "%s", out.text)
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1)

	provider := &stock{}
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndex(server.URL, ":")+1:]

	out = run(t, dir, treaty, "verify", "--file", files[0], "--hostname", "127.0.0.1", "--port", port)
	require.Equal(t, 0, out.code, "%s", out.text)
	provider.broken.Store(true)
	out = run(t, dir, treaty, "verify", "--file", files[0], "--hostname", "127.0.0.1", "--port", port)
	require.Equal(t, 1, out.code, "%s", out.text)
	require.Contains(t, out.text, "$.level")

}
