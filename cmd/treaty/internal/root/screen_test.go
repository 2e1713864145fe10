package root_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// steering is a name that colours a terminal, moves its cursor to the line
// before, looks like another one and turns what follows around.
const steering = "Foo\x1b[32m\x1b[1A\r\u200b\u202e\u009b0m"

// TestNothingThatABrokerSaysSteersTheTerminal asks with each command a broker
// whose every text is such a name.
func TestNothingThatABrokerSaysSteersTheTerminal(t *testing.T) {
	t.Parallel()
	name, err := json.Marshal(steering)
	require.NoError(t, err)
	answer := strings.ReplaceAll(`{"name":@,"number":@,"displayName":@,"mainBranch":@,"uuid":@,"shortDescription":@,
		"notices":[{"type":"success","text":@},{"type":"error","text":@}],"summary":{"deployable":true,"reason":@},"matrix":[],
		"_embedded":{"pacticipants":[{"name":@,"displayName":@}],"environments":[{"name":"test","displayName":@,"uuid":@}],"pacts":[{"name":@}],
		"answers":[]},"pacts":[],"providerStates":[{"name":@,"consumers":[@]}],"_links":{"self":{"href":"http://x.example/"}}}`, "@", string(name))
	index := indexOf(t, commandtest.Open(t).URL)
	for _, status := range []int{200, 400, 401, 404, 409} {
		broker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/hal+json")
			switch {
			case r.URL.Path == "/":
				_, _ = w.Write([]byte(strings.ReplaceAll(index, "BASE", "http://"+r.Host)))
			case status >= 400:
				w.WriteHeader(status)
				_, _ = w.Write([]byte(`{"error":` + string(name) + `}`))
			default:
				_, _ = w.Write([]byte(answer))
			}
		}))
		t.Cleanup(broker.Close)
		dir := t.TempDir()
		s := &commandtest.Shop{T: t, Dir: dir, URL: broker.URL, Environ: []string{"PACT_BROKER_BASE_URL=" + broker.URL, "PACT_BROKER_HTTP_RETRIES=1"}}
		s.Pact("Foo", "Bar", "x")
		shown := 0
		for _, line := range brokerCommands() {
			got := s.Run(line)
			for _, r := range got.Stdout + got.Stderr {
				bad := unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
				require.False(t, bad, "%s (%d) printed %q in %q", line, status, r, got.Stdout+got.Stderr)
			}
			if strings.Contains(got.Stdout+got.Stderr, "[U+001B]") {
				shown++
			}
		}
		require.Greater(t, shown, 5, "with status %d", status)
	}
}

// indexOf is what a broker answers at its root, with BASE for its address.
func indexOf(t *testing.T, url string) string {
	t.Helper()
	got, err := http.Get(url + "/")
	require.NoError(t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), url, "BASE")
}

func TestColoursOfOurOwnAreStillThere(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Pact("Foo", "Bar", "x")
	got := commandtest.RunIn(t, command.Env{Dir: s.Dir, Environ: s.Environ, Color: true}, "publish", "Foo-Bar.json", "--consumer-app-version", "1")
	require.Contains(t, got.Stdout, "\x1b[32m")
	require.NotContains(t, got.Stdout, "[U+001B]")
}

// TestDocumentsForProgramsAreExact prints a name with hidden characters as
// JSON: it comes back as it is.
func TestDocumentsForProgramsAreExact(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	const name = "Fo\u200bo"
	s.Must("create-or-update-pacticipant --name " + name)
	var listed struct {
		Embedded struct {
			Pacticipants []struct{ Name string } `json:"pacticipants"`
		} `json:"_embedded"`
	}
	require.NoError(t, json.Unmarshal([]byte(s.Run("list-pacticipants --output json").Stdout), &listed))
	require.Equal(t, name, listed.Embedded.Pacticipants[0].Name)
	require.Contains(t, s.Run("list-pacticipants").Stdout, "Fo[U+200B]o")
}
