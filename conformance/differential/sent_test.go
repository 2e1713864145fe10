package differential_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRequestsAreSentAlike compares what the provider receives from both
// verifiers: method, path, query, headers of the pact and body.
func TestRequestsAreSentAlike(t *testing.T) {
	pactBinary(t)
	for _, v := range specVersions {
		t.Run(v.folder, func(t *testing.T) {
			sentAlike(t, v.folder, writeInteractions(t, v.version, specRequests(t, v.folder, v.version)))
		})
	}
	files, err := filepath.Glob(filepath.Join(conformanceDir(t, "broker-clients"), "*.json"))
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) { sentAlike(t, name, file) })
	}
}

// specRequests are the expected requests of all cases of a version.
func specRequests(t *testing.T, folder, version string) []object {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(conformanceDir(t, "pact-specification"), folder, "testcases", "request", "*", "*.json"))
	require.NoError(t, err)
	var interactions []object
	for n, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var spec struct{ Expected object }
		require.NoError(t, json.Unmarshal(data, &spec))
		if path, _ := spec.Expected["path"].(string); path == "" {
			continue // an empty path cannot be sent
		}
		i := object{"description": fmt.Sprint(n), "request": spec.Expected, "response": object{"status": 200}}
		if version == "4.0" {
			i["type"] = "Synchronous/HTTP"
		}
		interactions = append(interactions, i)
	}
	return interactions
}

func writeInteractions(t *testing.T, version string, interactions []object) string {
	t.Helper()
	data, err := json.Marshal(object{
		"consumer": object{"name": "C"}, "provider": object{"name": "P"}, "interactions": interactions,
		"metadata": object{"pactSpecification": object{"version": version}},
	})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "pact.json")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func sentAlike(t *testing.T, name, pact string) {
	t.Helper()
	var log requestLog
	url := log.serve(t, "")
	official(t, pact, url)
	theirs := log.take()
	ours(t, pact, url)
	received := log.take()
	require.NotEmpty(t, received)
	require.Len(t, received, len(theirs))
	for n := range theirs {
		reason, known := explained["sent/"+name+"/"+fmt.Sprint(n)]
		seen.add("requests sent, "+name, theirs[n] == received[n], known)
		if known {
			require.NotEqual(t, theirs[n], received[n], "take it off explained_test.go: %s", reason)
			continue
		}
		require.Equal(t, theirs[n], received[n], "request %d", n)
	}
}

// requestLog is a provider that notes what it receives.
type requestLog struct {
	mu       sync.Mutex
	received []string
}

// serve answers everything with this JSON, or with nothing.
func (l *requestLog) serve(t *testing.T, answer string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.received = append(l.received, fmt.Sprintf("%s %s\n%s\n%s", r.Method, r.RequestURI, headers(r.Header), sorted(content)))
		if answer != "" {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, answer)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// take returns what was received since the last call.
func (l *requestLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	received := l.received
	l.received = nil
	return received
}

// headers shows what the pact asks for, without what each client adds. Values
// of one name count as one list, whose commas may be spaced: theirs takes a
// header that the pact has as one text apart into several lines, ours sends it as
// it stands in the pact.
func headers(h http.Header) string {
	var lines []string
	for name, values := range h {
		if !slices.Contains([]string{"User-Agent", "Accept-Encoding", "Content-Length"}, name) {
			members := strings.Split(strings.Join(values, ","), ",")
			for i, member := range members {
				members[i] = strings.TrimSpace(member)
			}
			lines = append(lines, fmt.Sprintf("%s: %q", name, members))
		}
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

// sorted is a JSON body with its members in order: theirs are sorted, ours
// stay as the pact has them, and to a provider it is the same.
func sorted(content []byte) string {
	var value any
	if json.Unmarshal(content, &value) != nil {
		return string(content)
	}
	data, _ := json.Marshal(value)
	return string(data)
}
