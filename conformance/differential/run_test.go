package differential_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/verifier"
)

// object is a JSON object.
type object = map[string]any

// answer is what the provider gives. Header has no default content type.
type answer struct {
	status   int
	header   map[string][]string
	body     []byte
	metadata string // of a message, JSON
}

// sample is one interaction and what the provider answers to it. Name is its
// description and must be unique within a corpus.
type sample struct {
	name        string
	interaction object
	answer      answer
}

// corpus is a list of samples in one pact.
type corpus struct {
	version string
	// messages are in "messages" of a V3 pact.
	messages bool
	samples  []sample
}

func pactBinary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("TREATY_PACT_CLI")
	if path == "" {
		t.Skip("TREATY_PACT_CLI does not name the pact binary of @pact-foundation/pact-cli")
	}
	return path
}

// write puts the corpus into a pact file. HTTP interactions are told apart by
// their path, so each gets its own.
func (c corpus) write(t *testing.T) string {
	t.Helper()
	interactions := make([]object, len(c.samples))
	for n, s := range c.samples {
		i := maps.Clone(s.interaction)
		i["description"] = s.name
		if request, ok := i["request"].(object); ok && i["response"] != nil && !c.messages && i["type"] != "Synchronous/Messages" {
			request = maps.Clone(request)
			request["path"] = casePath(n)
			i["request"] = request
		}
		interactions[n] = i
	}
	member := "interactions"
	if c.messages {
		member = "messages"
	}
	data, err := json.Marshal(object{
		"consumer": object{"name": "C"}, "provider": object{"name": "P"}, member: interactions,
		"metadata": object{"pactSpecification": object{"version": c.version}},
	})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "pact.json")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func casePath(n int) string { return fmt.Sprintf("/case/%d", n) }

// provider serves the answers: by path, and messages by description.
func (c corpus) provider(t *testing.T) string {
	t.Helper()
	byKey := map[string]answer{}
	for n, s := range c.samples {
		byKey[casePath(n)] = s.answer
		byKey[s.name] = s.answer
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.URL.Path
		if key == "/" {
			var asked struct{ Description string }
			_ = json.NewDecoder(r.Body).Decode(&asked)
			key = asked.Description
		}
		_, _ = io.Copy(io.Discard, r.Body)
		byKey[key].write(w)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (a answer) write(w http.ResponseWriter) {
	w.Header()["Content-Type"] = nil // none unless the case has one
	for name, values := range a.header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	if a.metadata != "" {
		w.Header().Set("Pact-Message-Metadata", base64.StdEncoding.EncodeToString([]byte(a.metadata)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// verdicts is true by description for interactions that pass.
type verdicts map[string]bool

func official(t *testing.T, pact, provider string, more ...string) verdicts {
	t.Helper()
	u, err := url.Parse(provider)
	require.NoError(t, err)
	report := filepath.Join(t.TempDir(), "report.json")
	args := append([]string{"verifier", "--file", pact, "--hostname", u.Hostname(), "--port", u.Port(), "--json", report}, more...)
	cmd := exec.CommandContext(t.Context(), pactBinary(t), args...)
	// The peer loads the system's certificates for each interaction; without
	// them it is ten times faster and nothing here uses https.
	cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true", "SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/dev/null")
	out, _ := cmd.CombinedOutput() // a failed verification is what is asked about
	data, err := os.ReadFile(report)
	require.NoError(t, err, "the official verifier wrote no report: %s", out)
	return read(t, data)
}

func ours(t *testing.T, pact, provider string) (verdicts, verifier.Report) {
	t.Helper()
	report, err := verifier.Verify(t.Context(), verifier.Options{BaseURL: provider, Files: []string{pact}})
	require.NoError(t, err)
	require.Empty(t, report.Problems)
	var text strings.Builder
	require.NoError(t, verifier.WriteJSON(&text, report))
	return read(t, []byte(text.String())), report
}

func read(t *testing.T, data []byte) verdicts {
	t.Helper()
	var report struct {
		Results []struct{ Description, Result string } `json:"interactionResults"`
	}
	require.NoError(t, json.Unmarshal(data, &report))
	v := verdicts{}
	for _, r := range report.Results {
		v[r.Description] = r.Result == "OK"
	}
	return v
}

// compare runs both verifiers over the corpus, a subtest for each sample.
func compare(t *testing.T, name string, c corpus) {
	t.Helper()
	require.NotEmpty(t, c.samples)
	pact, provider := c.write(t), c.provider(t)
	theirs := official(t, pact, provider)
	mine, report := ours(t, pact, provider)
	require.Len(t, theirs, len(c.samples), "the official verifier reports every interaction")
	for _, s := range c.samples {
		t.Run(s.name, func(t *testing.T) {
			reason, known := explained[name+"/"+s.name]
			same := theirs[s.name] == mine[s.name]
			seen.add(name, same, known)
			switch {
			case same && known:
				t.Fatalf("both say %s now: take it off explained_test.go", word(mine[s.name]))
			case same:
			case known:
				t.Logf("official %s, ours %s: %s", word(theirs[s.name]), word(mine[s.name]), reason)
			default:
				t.Errorf("official %s, ours %s\n%s", word(theirs[s.name]), word(mine[s.name]), about(report, s.name))
			}
		})
	}
}

func word(ok bool) string {
	if ok {
		return "passed"
	}
	return "failed"
}

func about(r verifier.Report, description string) string {
	interactions := r.Pacts[0].Interactions
	n := slices.IndexFunc(interactions, func(i verifier.InteractionReport) bool { return i.Description == description })
	return fmt.Sprintf("%s %+v", interactions[n].Problem, interactions[n].Mismatches)
}
