package web_test

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
)

func TestTheFirstStepsAreTickedAsTheyAreTaken(t *testing.T) {
	t.Parallel()
	s := site{T: t, base: brokertest.Start(t).URL()}
	steps := func() string { return html.UnescapeString(words(s.get("/"))) }
	text := steps()
	require.Contains(t, text, "Nothing is published yet")
	require.Contains(t, text, "CONSUMER=storefront PROVIDER=catalog")
	require.Contains(t, text, "go get github.com/treatyhq/treaty@latest")
	require.NotContains(t, text, "export PACT_BROKER_BASE_URL", "on the machine itself the commands name the address")

	standingSend(t, s.base, "PUT", "/pacts/provider/my%20catalog/consumer/shop/version/7", `{"consumer":{"name":"shop"},"provider":{"name":"my catalog"},
		"interactions":[{"description":"a request","request":{"method":"GET","path":"/"},"response":{"status":200}}]}`)
	text = steps()
	require.Contains(t, text, "First steps: 2 of 5 taken")
	require.Contains(t, text, "✓ published Publish it shop → my catalog 7")
	require.NotContains(t, text, "CONSUMER=", "the names are known")
	require.Contains(t, text, "treaty verify --provider-name 'my catalog' --provider-version \"$(git rev-parse HEAD)\"")
	require.Contains(t, text, "treaty create-environment --name production --production")
	require.Contains(t, text, "treaty can-i-deploy --pacticipant shop --version 7 --to-environment production")

	digest := regexp.MustCompile(`/pact-version/([0-9a-f]+)`).FindStringSubmatch(s.get("/ui/contracts/shop/my%20catalog/7"))
	require.Len(t, digest, 2)
	standingSend(t, s.base, "POST", "/pacts/provider/my%20catalog/consumer/shop/pact-version/"+digest[1]+"/verification-results", `{"success":false,"providerApplicationVersion":"9"}`)
	text = steps()
	require.Contains(t, text, "First steps: 3 of 5 taken")
	require.Contains(t, text, "✗ failed Let the provider verify it by my catalog 9")
	require.Contains(t, text, "treaty record-deployment --pacticipant 'my catalog' --version 9 --environment production")

	standingSend(t, s.base, "POST", "/environments", `{"name":"test","production":false}`)
	require.Contains(t, steps(), "--version 9 --environment test", "the environment that is there is named")
	require.NotContains(t, steps(), "create-environment")
	standingSend(t, s.base, "GET", "/can-i-deploy?pacticipant=shop&version=7&environment=test", "")
	// The gate keeps its answer behind the request.
	require.Eventually(t, func() bool { return !strings.Contains(steps(), "First steps") }, 10*time.Second, 20*time.Millisecond, "the gate was asked")
}

func TestNobodyIsLedThroughFirstStepsWhoHasTakenMany(t *testing.T) {
	t.Parallel()
	p := look(t, `
		pact A 1 -> B
		pact A 1 -> C
		pact A 1 -> D
		pact A 1 -> E
		pact A 1 -> F
		pact A 1 -> G
	`)
	require.NotContains(t, words(p.Page("/")), "First steps")
}

func TestSampleDataIsAddedToAnEmptyBrokerAlone(t *testing.T) {
	t.Parallel()
	s := site{T: t, base: brokertest.Start(t).URL()}
	require.Contains(t, s.get("/"), `action="/ui/sample"`)
	require.Equal(t, "/", s.post("/ui/sample", nil))
	home := words(s.get("/"))
	require.Contains(t, home, "First steps: 4 of 5 taken")
	require.Contains(t, home, "storefront")
	require.NotContains(t, s.get("/"), `action="/ui/sample"`)
	require.Contains(t, words(s.get("/ui/gate?application=catalog&to=production")), "No, catalog 1.1.0 may not go to production.")
	require.Contains(t, words(s.get("/ui/environments/production")), "All 2 pairs that meet here are verified.")
	require.Contains(t, words(s.get("/ui/map")), "1 of 2 pairs fails.")
	pair := words(s.get("/ui/admin/delete?consumer=storefront&provider=catalog"))
	require.Contains(t, pair, "Both are live in production and staging.")
	require.Contains(t, pair, "Contracts 1")
	require.Contains(t, pair, "Verification results 2")
	again := s.do(http.MethodPost, "/ui/sample", "", http.Header{"Sec-Fetch-Site": {"same-origin"}})
	require.Equal(t, http.StatusConflict, again.status)
	require.Contains(t, again.text, "not empty any more")
}

// Sample data is for an empty broker: where something is left of it, the button
// would only lead to a refusal.
func TestSampleDataIsOfferedWhereItCanBeAdded(t *testing.T) {
	t.Parallel()
	for _, left := range []struct{ path, body string }{
		{"/environments", `{"name":"test","production":false}`},
		{"/pacticipants", `{"name":"shop"}`},
	} {
		s := site{T: t, base: brokertest.Start(t).URL()}
		standingSend(t, s.base, "POST", left.path, left.body)
		page := s.get("/")
		require.NotContains(t, page, `action="/ui/sample"`, left.path)
		require.Contains(t, words(page), "Sample data is for an empty broker")
		require.Contains(t, page, `href="/ui/environments"`)
	}
}

// Under the name of a host the commands read the address from a variable, which is
// set first.
func TestTheFirstStepsBeginWithTheAddressWhereNobodyKnowsIt(t *testing.T) {
	t.Parallel()
	s := site{T: t, base: brokertest.Start(t).URL()}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+"/", http.NoBody)
	require.NoError(t, err)
	request.Host, request.Header = "pacts.internal", http.Header{"Accept": {"text/html"}}
	got, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	text := html.UnescapeString(words(string(body)))
	set, asked := strings.Index(text, "export PACT_BROKER_BASE_URL=https://pacts.example.org"), strings.Index(text, "${PACT_BROKER_BASE_URL%/}")
	require.Positive(t, set)
	require.Less(t, set, asked, "it is set before it is read")
	require.Contains(t, string(body), `data-here="https://pacts.example.org"`, "the script puts there what the browser shows")
	require.NotContains(t, text, "pacts.internal", "what a header says is not pasted into a shell")
}

// standingSend sends a request to the API that has to succeed.
func standingSend(t *testing.T, base, method, path, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	got, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, got.Body.Close())
	require.Less(t, got.StatusCode, 300, path)
}
