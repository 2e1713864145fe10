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

// A browser lets any page post a text to this machine, and lets a page whose name
// leads here do all the rest.
func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, tt := range []struct {
		name, method, host, origin string
		want                       int
	}{
		{"a program", "POST", "127.0.0.1:8080", "", http.StatusOK},
		{"another site", "POST", "127.0.0.1:8080", "https://evil.example", http.StatusForbidden},
		{"a name that leads here", "POST", "evil.example", "http://evil.example", http.StatusMisdirectedRequest},
		{"a name that leads here, looking", "GET", "evil.example", "", http.StatusMisdirectedRequest},
		{"localhost", "POST", "localhost:8080", "", http.StatusOK},
	} {
		r := httptest.NewRequest(tt.method, "http://"+tt.host+"/", strings.NewReader(pact))
		r.Header.Set("Content-Type", "text/plain")
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		recorder := httptest.NewRecorder()
		m.Handler().ServeHTTP(recorder, r)
		require.Equal(t, tt.want, recorder.Code, tt.name)
	}
	var list manager.ListDoc
	m.do("GET", "/", "", 200, &list)
	require.Len(t, list.MockServers, 2, "those of programs")
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

// draftV3 is a pact of version 3 with one interaction over HTTP.
func draftV3(description, state, path string, status int) string {
	return fmt.Sprintf(`{"consumer":{"name":"storefront"},"provider":{"name":"catalog"},"metadata":{"pactSpecification":{"version":"3.0.0"}},
		"interactions":[{"description":%q,"providerStates":[{"name":%q}],"request":{"method":"GET","path":%q},"response":{"status":%d}}]}`,
		description, state, path, status)
}

// played makes a mock server of a pact, asks it for each path and has the
// pact written.
func (m master) played(pact string, paths ...string) *contract.Pact {
	m.Helper()
	var created manager.CreatedDoc
	m.do("POST", "/", pact, 200, &created)
	for _, path := range paths {
		ping(m.T, created.MockServer.Port, path)
	}
	m.do("POST", "/mockserver/"+created.MockServer.ID+"/verify", "", 200, nil)
	return m.written()
}

func (m master) written() *contract.Pact {
	m.Helper()
	text, err := os.ReadFile(filepath.Join(m.output, "storefront-catalog.json"))
	require.NoError(m, err)
	p, err := contract.Decode(text)
	require.NoError(m, err)
	return p
}

func TestAnEditedExpectationReplacesWhatItWas(t *testing.T) {
	t.Parallel()
	v4 := func(status int) string { return strings.Replace(pact, "204", fmt.Sprint(status), 1) }
	for _, tt := range []struct {
		name               string
		first, second      string
		asked, askedSecond string
		want               int
	}{
		{"the path, in V3", draftV3("a", "s", "/one", 200), draftV3("a", "s", "/two", 200), "/one", "/two", 200},
		{"the status, in V3", draftV3("a", "s", "/one", 200), draftV3("a", "s", "/one", 404), "/one", "/one", 404},
		{"the status, in V4", v4(200), v4(404), "/ping", "/ping", 404},
	} {
		m := start(t)
		m.played(tt.first, tt.asked)
		m.played(draftV3("another", "s", "/other", 200), "/other")
		p := m.played(tt.second, tt.askedSecond)
		require.Len(t, p.Interactions, 2, tt.name)
		edited := p.Interactions[0].(*contract.HTTP)
		require.Equal(t, tt.askedSecond, edited.Request.Path, tt.name)
		require.Equal(t, tt.want, edited.Response.Status, tt.name)
		require.Equal(t, "another", p.Interactions[1].Base().Description, "what others wrote stays")
	}
}

func TestWhatADraftNoLongerHasIsNotKept(t *testing.T) {
	t.Parallel()
	m := start(t)
	write := func(draft, pact, asked string) []string {
		var created manager.CreatedDoc
		m.do("POST", "/?draft="+draft, pact, 200, &created)
		ping(t, created.MockServer.Port, asked)
		m.do("POST", "/mockserver/"+created.MockServer.ID+"/verify", "", 200, nil)
		m.do("DELETE", "/mockserver/"+created.MockServer.ID, "", 204, nil)
		var names []string
		for _, i := range m.written().Interactions {
			names = append(names, i.Base().Description+" given "+i.Base().States[0].Name)
		}
		return names
	}
	require.Equal(t, []string{"a given s"}, write("one.json", draftV3("a", "s", "/a", 200), "/a"))
	require.Equal(t, []string{"a given s", "b given s"}, write("two.json", draftV3("b", "s", "/b", 200), "/b"))
	require.Equal(t, []string{"b given s", "a given t"}, write("one.json", draftV3("a", "t", "/a", 200), "/a"), "the state was edited")
	require.Equal(t, []string{"b given s", "c given t"}, write("one.json", draftV3("c", "t", "/a", 200), "/a"), "the description was edited")
	require.Equal(t, []string{"b given s", "c given t"}, write("one.json", draftV3("c", "t", "/a", 200), "/a"))
	require.Equal(t, []string{"b given s"}, write("one.json", draftV3("b", "s", "/b", 200), "/b"))
	require.Equal(t, []string{"b given s", "d given s"}, write("two.json", draftV3("d", "s", "/d", 200), "/d"), "what another draft has as well stays")
	text, err := os.ReadFile(filepath.Join(m.output, "storefront-catalog.json"))
	require.NoError(t, err)
	require.NotContains(t, string(text), "one.json", "names of files are nobody's business")
}

// drafted makes a mock server of a draft, asks it and verifies it.
func (m master) drafted(draft, pact, asked string, want int) string {
	m.Helper()
	var created manager.CreatedDoc
	m.do("POST", "/?draft="+draft, pact, 200, &created)
	ping(m.T, created.MockServer.Port, asked)
	return m.verified(created, want)
}

func (m master) verified(created manager.CreatedDoc, want int) string {
	m.Helper()
	var problem manager.ErrorDoc
	m.do("POST", "/mockserver/"+created.MockServer.ID+"/verify", "", want, &problem)
	return problem.Error
}

func TestTwoDraftsMayNotDescribeOneInteractionInTwoWays(t *testing.T) {
	t.Parallel()
	v3 := func(path string) string { return draftV3("a", "s", path, 200) }
	v4 := func(path string) string {
		return strings.Replace(strings.Replace(v3(path), `"3.0.0"`, `"4.0"`, 1), `{"description"`, `{"type":"Synchronous/HTTP","description"`, 1)
	}
	for name, form := range map[string]func(string) string{"V3": v3, "V4": v4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t)
			require.Empty(t, m.drafted("one.json", form("/one"), "/one", 200))
			problem := m.drafted("two.json", form("/two"), "/two", 409)
			require.Contains(t, problem, `describes "a" given "s" in another way than the draft one.json`)
			require.Contains(t, problem, "give them different descriptions or provider states")
			require.Equal(t, "/one", m.written().Interactions[0].(*contract.HTTP).Request.Path, "what was proven stays")
			require.Contains(t, m.drafted("", form("/two"), "/two", 409), "one.json", "nor may a pact that comes from nowhere")

			require.Empty(t, m.drafted("one.json", form("/edited"), "/edited", 200), "a draft may be edited")
			require.Empty(t, m.drafted("two.json", form("/edited"), "/edited", 200), "two may say the same")
			require.Len(t, m.written().Interactions, 1)

			var one, two manager.CreatedDoc // both are edited in the same way
			m.do("POST", "/?draft=one.json", form("/both"), 200, &one)
			ping(t, one.MockServer.Port, "/both")
			require.Contains(t, m.verified(one, 409), "two.json")
			m.do("POST", "/?draft=two.json", form("/both"), 200, &two)
			require.Empty(t, m.verified(one, 200), "as the error said")
			ping(t, two.MockServer.Port, "/both")
			require.Empty(t, m.verified(two, 200))

			other := strings.Replace(form("/one"), `"catalog"`, `"stock"`, 1)
			require.Empty(t, m.drafted("three.json", other, "/one", 200), "it is a pact with another provider")
		})
	}
}

func TestDraftsWhoseKeysDifferDescribeDifferentInteractions(t *testing.T) {
	t.Parallel()
	m := start(t)
	keyed := func(key, description string, status int) string {
		return strings.Replace(strings.Replace(pact, `"description":"a ping"`, fmt.Sprintf(`"key":%q,"description":%q`, key, description), 1), "204", fmt.Sprint(status), 1)
	}
	require.Empty(t, m.drafted("one.json", keyed("k1", "a ping", 204), "/ping", 200))
	require.Empty(t, m.drafted("two.json", keyed("k2", "a ping", 200), "/ping", 200), "another key")
	require.Len(t, m.written().Interactions, 2)
	require.Contains(t, m.drafted("three.json", keyed("k1", "another name", 204), "/ping", 409), "one.json", "the same key")
	require.Contains(t, m.drafted("three.json", keyed("", "a ping", 404), "/ping", 409), "one.json", "no key")
}

func TestMessagesAndHTTPInOneFileAreV4(t *testing.T) {
	t.Parallel()
	m := start(t)
	require.NoError(t, os.WriteFile(filepath.Join(m.output, "storefront-catalog.json"), []byte(
		`{"consumer":{"name":"storefront"},"provider":{"name":"catalog"},"metadata":{"pactSpecification":{"version":"3.0.0"}},
		"messages":[{"description":"m","contents":{"a":1}}]}`), 0o600))
	p := m.played(draftV3("a", "s", "/one", 200), "/one")
	require.Len(t, p.Interactions, 2)
	require.Equal(t, contract.V4, p.Version, "earlier versions have room for one kind")
}

func TestTheSpecificationIsNamedInEitherSpelling(t *testing.T) {
	t.Parallel()
	for _, spelling := range []string{"V4", "v4", "4", "4.0"} {
		m := start(t)
		var created manager.CreatedDoc
		m.do("POST", "/?specification="+spelling, draftV3("a", "s", "/one", 200), 200, &created)
		ping(t, created.MockServer.Port, "/one")
		m.do("POST", "/mockserver/"+created.MockServer.ID+"/verify", "", 200, nil)
		require.Equal(t, contract.V4, m.written().Version, spelling)
	}
	m := start(t)
	var problem manager.ErrorDoc
	m.do("POST", "/?specification=nine", draftV3("a", "s", "/one", 200), 400, &problem)
	require.Contains(t, problem.Error, "V4")
}

func TestAPanicOfTheMasterEndsItsRequestAlone(t *testing.T) {
	t.Parallel()
	m := start(t)
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", broken{}))
	require.Equal(t, http.StatusInternalServerError, recorder.Code)
	require.Contains(t, recorder.Body.String(), "no bytes")
	m.create()
}

// broken is a body that cannot be read: its reader panics.
type broken struct{}

func (broken) Read([]byte) (int, error) { panic("no bytes") }
