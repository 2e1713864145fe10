package verify_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// guideRoot is where the documents and the pacts of the guide are.
const guideRoot = "../../../.."

// TestVerifyLinesOfTheGuideRun runs every "treaty verify" of the provider's
// guide against a provider and a broker of its own.
func TestVerifyLinesOfTheGuideRun(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(guideRoot, "docs/guide/provider.md"))
	require.NoError(t, err)
	pact, err := os.ReadFile(filepath.Join(guideRoot, "conformance/provider/testdata/pacts/storefront-catalog.json"))
	require.NoError(t, err)
	e := command.Env{Dir: t.TempDir()}
	require.NoError(t, os.Mkdir(filepath.Join(e.Dir, "pacts"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(e.Dir, "pacts", "storefront-catalog.json"), pact, 0o600))
	replace := strings.NewReplacer("\\\n", " ", "8080", guideCatalog(t), "http://localhost:9292", guideBroker(t, pact))

	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	require.GreaterOrEqual(t, len(blocks), 4)
	for _, block := range blocks {
		words := shellWords(replace.Replace(strings.TrimSpace(block[1])))
		require.Equal(t, []string{"treaty", "verify"}, words[:2])
		got := commandtest.RunIn(t, e, words[1:]...)
		require.Equal(t, 0, got.Status, "%s\n%s%s", block[1], got.Stdout, got.Stderr)
	}
}

// guideCatalog is the provider of the guide with its state change URL; it
// returns the port.
func guideCatalog(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var change struct{ State, Action string }
		switch r.URL.Path {
		case "/_states":
			if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			fmt.Fprint(w, `{"id":77}`)
		case "/products/77":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"name":"tea","price":9.99}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	return u.Port()
}

func guideBroker(t *testing.T, pact []byte) string {
	t.Helper()
	broker := brokertest.Start(t)
	c, err := client.New(client.Config{BaseURL: broker.URL()})
	require.NoError(t, err)
	_, err = c.Publish(t.Context(), client.Publication{
		Pacticipant: "storefront", Version: "1", Branch: "main",
		Pacts: []client.PublishedPact{{Consumer: "storefront", Provider: "catalog", Content: pact}},
	})
	require.NoError(t, err)
	return broker.URL()
}

// shellWords splits a line at white space outside of single quotes.
func shellWords(line string) []string {
	var words []string
	for n, part := range strings.Split(line, "'") {
		if n%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}
