package api_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/internal/exact"
)

// Closing an httptest server closes the idle connections of Go's default
// transport, even one whose answer another test is just reading.
func init() {
	http.DefaultClient = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
}

// server is a broker on its own SQLite file.
type server struct {
	t   testing.TB
	url string
}

func start(t testing.TB, config api.Config) *server {
	t.Helper()
	return startWith(t, config, kernel.DefaultSettings())
}

func startWith(t testing.TB, config api.Config, settings kernel.Settings) *server {
	t.Helper()
	listening := httptest.NewServer(newAPIWith(t, config, settings))
	t.Cleanup(listening.Close)
	return &server{t: t, url: listening.URL}
}

// newAPI is the handler of a broker on its own SQLite file.
func newAPI(t testing.TB, config api.Config) *api.API {
	t.Helper()
	return newAPIWith(t, config, kernel.DefaultSettings())
}

func newAPIWith(t testing.TB, config api.Config, settings kernel.Settings) *api.API {
	t.Helper()
	if config.Log == nil {
		config.Log = quiet()
	}
	return api.New(newServiceWith(t, settings), config)
}

// newServiceWith is a broker without an API on its own SQLite file.
func newServiceWith(t testing.TB, settings kernel.Settings) *usecase.All {
	t.Helper()
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "broker.db"),
		store.Options{Log: quiet(), Synchronous: "NORMAL"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	service := usecase.New(db, settings)
	service.Log = quiet()
	return service
}

// call is a request of a test. Without headers it is that of a Pact client.
type call struct {
	method, path string
	body         string
	header       map[string]string
}

// reply is an answer with its body read.
type reply struct {
	status int
	header http.Header
	text   string
	doc    map[string]any
}

func (s *server) do(c call) reply {
	s.t.Helper()
	request, err := http.NewRequest(c.method, s.url+c.path, strings.NewReader(c.body))
	require.NoError(s.t, err)
	request.Header.Set("Accept", "application/hal+json")
	if c.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		request.Header.Set(name, value)
		if value == "" {
			request.Header.Del(name)
		}
	}
	if host := c.header["Host"]; host != "" {
		request.Host = host
	}
	client := &http.Client{Transport: http.DefaultClient.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	require.NoError(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	out := reply{status: response.StatusCode, header: response.Header, text: string(text)}
	if strings.Contains(response.Header.Get("Content-Type"), "json") && len(text) > 0 {
		// Tests compare with numbers of Go; what is none of these keeps its text.
		if json.Unmarshal(text, &out.doc) != nil {
			require.NoError(s.t, exact.Decode(text, &out.doc), string(text))
		}
	}
	return out
}

func (s *server) get(path string) reply { return s.do(call{method: "GET", path: path}) }

// must makes a request that has to succeed.
func (s *server) must(method, path, body string) reply {
	s.t.Helper()
	got := s.do(call{method: method, path: path, body: body})
	require.Less(s.t, got.status, 300, "%s %s: %s", method, path, got.text)
	return got
}

// at follows keys into the document.
func (r reply) at(keys ...string) any {
	var value any = r.doc
	for _, key := range keys {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}

// link is the address under a relation that has one link.
func (r reply) link(rel string) string {
	href, _ := r.at("_links", rel, "href").(string)
	return href
}

// pactBetween is a small contract; thing makes its content distinct.
func pactBetween(consumer, provider, thing string) string {
	return `{"consumer":{"name":"` + consumer + `"},"provider":{"name":"` + provider + `"},"interactions":[` +
		`{"description":"a request for ` + thing + `","request":{"method":"GET","path":"/` + thing + `"},` +
		`"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`
}

// publish publishes one contract of a version on a branch.
func (s *server) publish(consumer, version, branch, provider, thing string) reply {
	s.t.Helper()
	content := base64.StdEncoding.EncodeToString([]byte(pactBetween(consumer, provider, thing)))
	return s.must("POST", "/contracts/publish", `{"pacticipantName":"`+consumer+`","pacticipantVersionNumber":"`+version+
		`","branch":"`+branch+`","contracts":[{"consumerName":"`+consumer+`","providerName":"`+provider+
		`","specification":"pact","contentType":"application/json","content":"`+content+`"}]}`)
}
