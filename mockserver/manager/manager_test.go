package manager_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/tornpact"
	"github.com/treatyhq/treaty/mockserver/manager"
)

// Closing an httptest server closes the idle connections of Go's default
// transport, even one whose answer another test is just reading.
func init() {
	http.DefaultClient = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
}

const pact = `{"consumer":{"name":"storefront"},"provider":{"name":"catalog"},
"interactions":[{"type":"Synchronous/HTTP","description":"a ping","request":{"method":"GET","path":"/ping"},"response":{"status":204}}],
"metadata":{"pactSpecification":{"version":"4.0"}}}`

type master struct {
	*testing.T
	url    string
	output string
	*manager.Manager
}

func start(t *testing.T) master {
	t.Helper()
	output := t.TempDir()
	m := manager.New(manager.Config{Output: output, Key: "secret"})
	server := httptest.NewServer(m.Handler())
	t.Cleanup(func() { server.Close(); m.Close() })
	return master{t, server.URL, output, m}
}

func (m master) do(method, path, body string, want int, into any) *http.Response {
	m.Helper()
	request, err := http.NewRequest(method, m.url+path, strings.NewReader(body))
	require.NoError(m, err)
	if path == "/shutdown" {
		request.Header.Set("Authorization", "Bearer secret")
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(m, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(m, err)
	require.Equal(m, want, response.StatusCode, string(text))
	if into != nil {
		require.NoError(m, json.Unmarshal(text, into))
	}
	return response
}

func (m master) create() manager.CreatedDoc {
	m.Helper()
	var created manager.CreatedDoc
	response := m.do("POST", "/", pact, 200, &created)
	require.Equal(m, "/mockserver/"+created.MockServer.ID, response.Header.Get("Location"))
	return created
}

func ping(t *testing.T, port int, path string) {
	t.Helper()
	response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d%s", port, path))
	require.NoError(t, err)
	response.Body.Close()
}

func TestAPactIsWrittenOnceItsMockServerWasUsedAsItSays(t *testing.T) {
	t.Parallel()
	m := start(t)
	created := m.create()
	file := filepath.Join(m.output, "storefront-catalog.json")

	var verified manager.VerifiedDoc
	m.do("POST", "/mockserver/"+created.MockServer.ID+"/verify", "", 422, &verified)
	require.Equal(t, "missing-request", verified.Mismatches[0].Type)
	require.Equal(t, "error", verified.MockServer.Status)
	require.NoFileExists(t, file)

	ping(t, created.MockServer.Port, "/ping")
	m.do("POST", fmt.Sprintf("/mockserver/%d/verify", created.MockServer.Port), "", 200, &verified)
	require.Equal(t, "ok", verified.MockServer.Status)
	require.Equal(t, map[string]int{"/ping": 1}, verified.MockServer.Metrics.RequestsByPath)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	written, err := contract.Decode(text)
	require.NoError(t, err)
	require.Len(t, written.Interactions, 1)
	require.Equal(t, contract.V4, written.Version)

	ping(t, created.MockServer.Port, "/pong")
	m.do("POST", "/mockserver/"+created.MockServer.ID+"/verify", "", 422, &verified)
	require.Equal(t, "request-not-found", verified.Mismatches[0].Type)
}

func TestAPactThatATestProcessLeftHalfWrittenIsMergedWithWhole(t *testing.T) {
	t.Parallel()
	m := start(t)
	file := filepath.Join(m.output, "storefront-catalog.json")
	require.NoError(t, tornpact.Write(file, []byte(strings.ReplaceAll(pact, "ping", "pong"))))
	created := m.create()
	ping(t, created.MockServer.Port, "/ping")
	m.do("POST", "/mockserver/"+created.MockServer.ID+"/verify", "", 200, nil)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	written, err := contract.Decode(text)
	require.NoError(t, err)
	require.Len(t, written.Interactions, 2)
}

func TestMockServersAreListedAndRemoved(t *testing.T) {
	t.Parallel()
	m := start(t)
	first, second := m.create(), m.create()
	var list manager.ListDoc
	m.do("GET", "/", "", 200, &list)
	require.Len(t, list.MockServers, 2)
	m.do("GET", "/mockserver/"+first.MockServer.ID, "", 200, nil)
	m.do("DELETE", fmt.Sprintf("/mockserver/%d", first.MockServer.Port), "", 204, nil)
	m.do("GET", "/mockserver/"+first.MockServer.ID, "", 404, nil)
	m.do("POST", "/mockserver/nobody/verify", "", 404, nil)
	m.do("GET", "/", "", 200, &list)
	require.Equal(t, second.MockServer.ID, list.MockServers[0].ID)
}

func TestWhatIsNoPactIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, body := range []string{"", "{", `[]`, `{"interactions":[]}`} {
		var problem manager.ErrorDoc
		m.do("POST", "/", body, 422, &problem)
		require.NotEmpty(t, problem.Error)
	}
}

func TestOnlyTheKeyStopsTheMaster(t *testing.T) {
	t.Parallel()
	m := start(t)
	response, err := http.Post(m.url+"/shutdown", "application/json", nil)
	require.NoError(t, err)
	response.Body.Close()
	require.Equal(t, http.StatusForbidden, response.StatusCode)
	m.do("POST", "/shutdown", `{"period":0}`, 200, nil)
	m.do("POST", "/shutdown", `{"period":0}`, 200, nil)
	<-m.Done()
}

func TestThePageShowsWhatWasAsked(t *testing.T) {
	t.Parallel()
	m := start(t)
	created := m.create()
	ping(t, created.MockServer.Port, "/pong")
	response, err := http.Get(m.url + "/_treaty")
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Contains(t, string(text), "GET /pong was received, and no interaction expects it")
	require.Contains(t, string(text), "not asked for yet")
}
