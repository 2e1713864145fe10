package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// exchange is a request that the fake broker got.
type exchange struct {
	method, uri, body, contentType, authorization string
}

// fakeBroker answers from a table and remembers what it was asked. It stands
// for brokers that cannot be provoked: old, broken, overloaded.
type fakeBroker struct {
	*httptest.Server
	mu   sync.Mutex
	seen []exchange
}

// answers maps "METHOD /path" to what is answered.
type answers map[string]http.HandlerFunc

func startFake(t *testing.T, table answers) *fakeBroker {
	t.Helper()
	f := &fakeBroker{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.seen = append(f.seen, exchange{r.Method, r.URL.RequestURI(), string(body), r.Header.Get("Content-Type"), r.Header.Get("Authorization")})
		f.mu.Unlock()
		if answer, found := table[r.Method+" "+r.URL.Path]; found {
			answer(w, r)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeBroker) asked() []exchange {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]exchange(nil), f.seen...)
}

// hal answers with JSON in which BASE is the broker's address.
func hal(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/hal+json")
		w.WriteHeader(status)
		fmt.Fprint(w, strings.ReplaceAll(text, "BASE", "http://"+r.Host))
	}
}

// pauses remembers how long a client would have waited.
type pauses struct {
	mu   sync.Mutex
	list []time.Duration
}

func (p *pauses) wait(_ context.Context, pause time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, pause)
	return nil
}

func connect(t *testing.T, base string, change ...func(*client.Config)) (*client.Client, *pauses) {
	t.Helper()
	var p pauses
	config := client.Config{BaseURL: base, Wait: p.wait}
	for _, c := range change {
		c(&config)
	}
	c, err := client.New(config)
	require.NoError(t, err)
	return c, &p
}

const index = `{"_links":{
	"self":{"href":"BASE"},
	"pb:publish-contracts":{"href":"BASE/contracts/publish"},
	"pb:environments":{"href":"BASE/environments"},
	"pb:environment":{"href":"BASE/environments/{uuid}","templated":true},
	"pb:pacticipant-version":{"href":"BASE/pacticipants/{pacticipant}/versions/{version}","templated":true},
	"pb:pacticipant-branch-version":{"href":"BASE/pacticipants/{pacticipant}/branches/{branch}/versions/{version}","templated":true},
	"pb:provider-pacts-for-verification":{"href":"BASE/pacts/provider/{provider}/for-verification","templated":true}}}`

func TestNamesAreEncodedInLinks(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{
		"GET /": hal(200, index),
		"PUT /pacticipants/a b/c/branches/feat/x?y/versions/1+2": hal(201, `{}`),
	})
	c, _ := connect(t, f.URL)
	require.NoError(t, c.AddVersionToBranch(t.Context(), "a b/c", "1+2", "feat/x?y"))
	require.NoError(t, c.AddVersionToBranch(t.Context(), "a b/c", "1+2", "feat/x?y"))
	require.Equal(t, []exchange{
		{method: "GET", uri: "/"},
		{method: "PUT", uri: "/pacticipants/a%20b%2Fc/branches/feat%2Fx%3Fy/versions/1%2B2", body: "{}", contentType: "application/json"},
		{method: "PUT", uri: "/pacticipants/a%20b%2Fc/branches/feat%2Fx%3Fy/versions/1%2B2", body: "{}", contentType: "application/json"},
	}, f.asked(), "the index is fetched once")
}

func TestARelationThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{"GET /": hal(200, `{"_links":{"self":{"href":"BASE"}}}`)})
	c, _ := connect(t, f.URL)
	_, err := c.ListPacticipants(t.Context())
	require.ErrorContains(t, err, "has no pb:pacticipants")
}

func TestWhatIsNoBrokerIsNotTakenForOne(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"a web page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>Welcome</html>")
		},
		"other JSON": hal(200, `{"status":"ok"}`),
		"nothing":    func(http.ResponseWriter, *http.Request) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, answers{"GET /": answer, "GET /matrix": answer})
			c, _ := connect(t, f.URL)
			_, err := c.Index(t.Context())
			require.Error(t, err)
			_, err = c.CanIDeploy(t.Context(), client.CanIDeployQuery{Selectors: []client.Selector{{Pacticipant: "Foo", Version: "1"}}})
			require.Error(t, err, "no answer must pass for a decision")
		})
	}
}

func TestABaseURLIsChecked(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "broker", "ftp://broker", "http://", "://", "http://user:secret@"} {
		_, err := client.New(client.Config{BaseURL: base})
		require.Error(t, err, base)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	config := client.Config{BaseURL: "http://me:secret@broker/x", Password: "secret", Token: "secret"}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", config, config, config, config), "secret")
	c, err := client.New(config)
	require.NoError(t, err)
	require.Equal(t, "http://broker/x", c.BaseURL())
}

func TestCredentialsGoOnlyToTheBroker(t *testing.T) {
	t.Parallel()
	elsewhere := startFake(t, answers{"GET /pact.json": hal(200, `{"consumer":{"name":"Foo"}}`)})
	f := startFake(t, answers{"GET /": hal(200, index), "GET /pact.json": hal(200, `{}`)})
	for _, tt := range []struct {
		name   string
		change func(*client.Config)
		want   string
	}{
		{"token", func(c *client.Config) { c.Token = "t0ken" }, "Bearer t0ken"},
		{"user and password", func(c *client.Config) { c.Username, c.Password = "me", "secret" }, "Basic bWU6c2VjcmV0"},
		{"token wins", func(c *client.Config) { c.Username, c.Password, c.Token = "me", "secret", "t0ken" }, "Bearer t0ken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := connect(t, f.URL, tt.change)
			_, err := c.FetchPact(t.Context(), f.URL+"/pact.json")
			require.NoError(t, err)
			require.Equal(t, tt.want, f.asked()[len(f.asked())-1].authorization)
			_, err = c.FetchPact(t.Context(), elsewhere.URL+"/pact.json")
			require.NoError(t, err)
			require.Empty(t, elsewhere.asked()[len(elsewhere.asked())-1].authorization)
		})
	}
}

func TestPublishingSendsAllOfAVersionAtOnce(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{
		"GET /": hal(200, index),
		"POST /contracts/publish": hal(200, `{"notices":[{"type":"success","text":"done"}],
			"_links":{"pb:contracts":[{"href":"BASE/p","name":"Pact between Foo (1) and Bar"}]}}`),
	})
	c, _ := connect(t, f.URL)
	published, err := c.Publish(t.Context(), client.Publication{
		Pacticipant: "Foo", Version: "1", Branch: "main", Tags: []string{"a"}, BuildURL: "http://ci/1",
		Pacts: []client.PublishedPact{{Consumer: "Foo", Provider: "Bar", Content: []byte(`{}`), OnConflict: "merge"}},
	})
	require.NoError(t, err)
	require.Equal(t, []client.Notice{{Type: "success", Text: "done"}}, published.Notices)
	require.Equal(t, f.URL+"/p", published.Pacts()[0].Href)
	require.JSONEq(t, `{"pacticipantName":"Foo","pacticipantVersionNumber":"1","branch":"main","tags":["a"],"buildUrl":"http://ci/1",
		"contracts":[{"consumerName":"Foo","providerName":"Bar","specification":"pact","contentType":"application/json","content":"e30=","onConflict":"merge"}]}`,
		f.asked()[1].body)
}

func TestPactsForVerificationCarryWhyTheyAreThere(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{
		"GET /": hal(200, index),
		"POST /pacts/provider/Bar/for-verification": hal(200, `{"_embedded":{"pacts":[
			{"shortDescription":"latest from main","verificationProperties":{"pending":true,"wip":true,"notices":[{"when":"before_verification","text":"because"}]},
			 "_links":{"self":{"href":"BASE/pact/1/metadata/abc","name":"Pact between Foo (1) and Bar"}}}]}}`),
	})
	c, _ := connect(t, f.URL)
	pacts, err := c.PactsForVerification(t.Context(), client.VerificationQuery{
		Provider: "Bar", ProviderVersionBranch: "main", IncludePending: true,
		Selectors: []client.ConsumerVersionSelector{{MainBranch: true}, {Consumer: "Foo", Environment: "production"}},
	})
	require.NoError(t, err)
	require.Equal(t, []client.PactForVerification{{
		URL: f.URL + "/pact/1/metadata/abc", Name: "Pact between Foo (1) and Bar", ShortDescription: "latest from main",
		Pending: true, WIP: true, Notices: []client.VerificationNotice{{When: "before_verification", Text: "because"}},
	}}, pacts)
	require.JSONEq(t, `{"providerVersionBranch":"main","includePendingStatus":true,
		"consumerVersionSelectors":[{"mainBranch":true},{"consumer":"Foo","environment":"production"}]}`, f.asked()[1].body)
}

func TestAPactThatIsNotFromABrokerTakesNoResults(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{"GET /pact.json": hal(200, `{"consumer":{"name":"Foo"}}`)})
	c, _ := connect(t, f.URL)
	pact, err := c.FetchPact(t.Context(), f.URL+"/pact.json")
	require.NoError(t, err)
	_, err = c.PublishVerificationResult(t.Context(), pact, client.VerificationResult{Success: true, ProviderVersion: "1"})
	require.ErrorIs(t, err, client.ErrNoResultsLink)
}

func TestADeploymentIsRecordedAtTheLinkOfItsEnvironment(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{
		"GET /": hal(200, index),
		"GET /pacticipants/Foo/versions/1": hal(200, `{"number":"1","_links":{"pb:record-deployment":[
			{"name":"test","href":"BASE/deploy/1"},{"name":"production","href":"BASE/deploy/2"}]}}`),
		"POST /deploy/2": hal(201, `{"uuid":"u"}`),
	})
	c, _ := connect(t, f.URL)
	deployed, err := c.RecordDeployment(t.Context(), client.Deployment{Pacticipant: "Foo", Version: "1", Environment: "production", Instance: "blue"})
	require.NoError(t, err)
	require.Equal(t, "u", deployed.UUID)
	require.JSONEq(t, `{"applicationInstance":"blue","target":"blue"}`, f.asked()[2].body)

	_, err = c.RecordDeployment(t.Context(), client.Deployment{Pacticipant: "Foo", Version: "1", Environment: "prod"})
	require.ErrorIs(t, err, client.ErrNotFound)
	require.ErrorContains(t, err, "known: test, production")

	_, err = c.RecordDeployment(t.Context(), client.Deployment{Pacticipant: "Foo", Version: "2", Environment: "production"})
	require.ErrorIs(t, err, client.ErrNotFound)
	require.ErrorContains(t, err, `no version "2" of "Foo"`)
}

func TestAVersionTellsBranchesAndTags(t *testing.T) {
	t.Parallel()
	f := startFake(t, answers{
		"GET /":                            hal(200, index),
		"GET /pacticipants/Foo/versions/1": hal(200, `{"number":"1","_embedded":{"branchVersions":[{"name":"main"}],"tags":[{"name":"a"},{"name":"b"}]}}`),
	})
	c, _ := connect(t, f.URL)
	v, err := c.FindVersion(t.Context(), "Foo", "1")
	require.NoError(t, err)
	require.Equal(t, []string{"main"}, v.Branches())
	require.Equal(t, []string{"a", "b"}, v.Tags())
	require.True(t, json.Valid(v.Raw))
}
