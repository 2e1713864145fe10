package token_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// TestTheFirstTokenComesFromTheDatabase goes the way of whoever sets up a broker: the
// database, a token for oneself, one for pipelines, and commands that use them.
func TestTheFirstTokenComesFromTheDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")), func(o *broker.Options) { o.Identity = true })
	s.Dir = dir
	require.Contains(t, s.Must("token list"), "treaty token create --role Administrator")

	refused := s.Run("list-environments")
	require.Equal(t, 1, refused.Status)
	require.Contains(t, refused.Stderr, "PACT_BROKER_TOKEN")

	pipeline := strings.TrimSpace(s.Must("token create --role ci/cd --name pipeline --expires-in 90d"))
	require.Regexp(t, `^trt_\w{8}_\w{49}$`, pipeline, "the value and nothing else")
	reader := strings.TrimSpace(s.Must("token create --role Administrator --name reader --read-only"))

	s.Pact("Foo", "Bar", "x")
	s.Environ = append(s.Environ, "PACT_BROKER_TOKEN="+pipeline)
	s.Must("publish Foo-Bar.json -a 1 --branch main")
	denied := s.Run("create-environment --name production --production")
	require.Equal(t, 1, denied.Status)
	require.Contains(t, denied.Stderr, `This needs environment:manage; the token "pipeline" of pipeline has`)

	require.Contains(t, s.Must("describe-version -a Foo --broker-token "+reader), "1")
	denied = s.Run("publish Foo-Bar.json -a 2 --branch main --broker-token " + reader)
	require.Equal(t, 1, denied.Status)
	require.Contains(t, denied.Stderr, "This needs contract_data:manage")

	var tokens []struct{ UUID, Description, Account string }
	require.NoError(t, json.Unmarshal([]byte(s.Must("token list --output json")), &tokens))
	require.Len(t, tokens, 6, "two accounts, each with two tokens without a value and one with")
	for _, token := range tokens {
		if token.Description == "pipeline" {
			require.Contains(t, s.Must("token delete --uuid "+token.UUID), "within two seconds")
		}
	}
	require.Eventually(t, func() bool { return s.Run("describe-version -a Foo").Status == 1 }, 6*time.Second, 50*time.Millisecond)
}

func TestWhatCannotBeATokenIsExplained(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")))
	s.Dir = dir
	for _, tt := range []struct{ line, says, next string }{
		{"token create --role Viewer", "--name must be given", "--help"},
		{"token create --name x", "--role", "give one of the two"},
		{"token create --name x --role Viewer --account y", "--role", "give one of the two"},
		{"token create --name x --role Boss", `no role "Boss"`, "Administrator, CI/CD, Team CI/CD, Team member, Viewer"},
		{"token create --name x --account nobody", "no account", ""},
		{"token create --name x --role Viewer --expires-in soon", "soon", "90d"},
		{"token create --name x --role Viewer --expires-in -1d", "-1d", "90d"},
		{"token create --name x --role Viewer --database sqlite:none.db", "not a database of a broker", "treaty serve makes a new one"},
		{"token delete", "--uuid must be given", "--help"},
		{"token delete --uuid nothing", "no token with this uuid", ""},
	} {
		got := s.Run(tt.line)
		require.Equal(t, 1, got.Status, tt.line)
		require.Contains(t, got.Stderr, tt.says, tt.line)
		require.Contains(t, got.Stderr, tt.next, tt.line)
		require.Empty(t, got.Stdout, tt.line)
	}
	require.NoFileExists(t, filepath.Join(dir, "none.db"))
	response, err := http.Get(s.URL + "/admin/users")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusNotFound, response.StatusCode, "a broker that asks nobody has no such address")
}
