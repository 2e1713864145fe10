//go:build pages

package pages_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// Names that nobody should choose, and that a page has to bear.
const (
	longName    = "a-service-that-somebody_named_after_everything_that_it_was_ever_meant_to_do-and-then-some"
	hostileName = "<img src=x onerror=alert(1)> שלום.gnp.\""
	commit      = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
)

// history fills a broker.
type history struct {
	testing.TB
	base string
}

// start is a broker with nothing in it, and with a clock that stands still: two
// looks at a page see the same.
func start(t testing.TB) *history {
	t.Helper()
	now := time.Now()
	b := brokertest.Start(t, func(o *broker.Options) {
		o.Kit = true
		o.Domain.CheckSimilarNames = false
		o.Now = func() time.Time { return now }
		o.Domain.Webhooks.Schemes, o.Domain.Webhooks.Hosts = []string{"http", "https"}, []string{"127.0.0.1", "*.example"}
		o.Delivery.RetrySchedule = []time.Duration{time.Hour}
		o.Shown = []broker.ShownSetting{{Section: "Database", Name: "--database", Value: "postgres://**********@db/" + longName, From: "PACT_BROKER_DATABASE_URL"}, {Section: "Server", Name: "--port", Value: "9292", From: "default"}}
	})
	return &history{t, b.URL()}
}

func (h *history) send(method, path string, body any) []byte {
	h.Helper()
	text, err := json.Marshal(body)
	require.NoError(h, err)
	request, err := http.NewRequest(method, h.base+path, bytes.NewReader(text))
	require.NoError(h, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/hal+json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(h, err)
	defer response.Body.Close()
	out, err := io.ReadAll(response.Body)
	require.NoError(h, err)
	require.Less(h, response.StatusCode, 300, "%s %s: %s", method, path, out)
	return out
}

// pact publishes a contract of some interactions.
func (h *history) pact(consumer, version, branch, provider string, interactions int) {
	h.Helper()
	var list []any
	for i := range interactions {
		list = append(list, map[string]any{
			"description": fmt.Sprintf("request %d of %s", i, consumer), "providerStates": []any{map[string]any{"name": "product " + consumer + " exists"}},
			"request":  map[string]any{"method": "GET", "path": fmt.Sprintf("/things/%d", i), "headers": map[string]any{"Accept": "application/json"}},
			"response": map[string]any{"status": 200, "body": map[string]any{"id": i, "name": consumer}, "matchingRules": map[string]any{"body": map[string]any{"$.id": map[string]any{"matchers": []any{map[string]any{"match": "integer"}}}}}},
		})
	}
	content, err := json.Marshal(map[string]any{"consumer": map[string]any{"name": consumer}, "provider": map[string]any{"name": provider}, "interactions": list, "metadata": map[string]any{"pactSpecification": map[string]any{"version": "3.0.0"}}})
	require.NoError(h, err)
	h.send(http.MethodPost, "/contracts/publish", map[string]any{
		"pacticipantName": consumer, "pacticipantVersionNumber": version, "branch": branch, "buildUrl": "https://ci.example/7",
		"contracts": []any{map[string]any{"consumerName": consumer, "providerName": provider, "specification": "pact", "contentType": "application/json", "content": content}},
	})
}

// verify records a result, of which the first tests fail.
func (h *history) verify(consumer, provider, version string, failing int) (page string) {
	h.Helper()
	path := func(names ...string) string {
		var out string
		for _, n := range names {
			out += "/" + url.PathEscape(n)
		}
		return out
	}
	var pact struct {
		Interactions []struct {
			ID string `json:"_id"`
		}
		Links struct {
			Publish struct{ Href string } `json:"pb:publish-verification-results"`
		} `json:"_links"`
	}
	require.NoError(h, json.Unmarshal(h.send(http.MethodGet, path("pacts", "provider", provider, "consumer", consumer, "latest"), nil), &pact))
	var tests []any
	for i, one := range pact.Interactions {
		test := map[string]any{"interactionId": one.ID, "success": i >= failing}
		if i < failing {
			test["mismatches"] = []any{map[string]any{"attribute": "status", "description": "expected 200 but was 418"}, map[string]any{"attribute": "body", "identifier": "$.name", "description": "Expected '" + hostileName + "' to be text"}}
		}
		tests = append(tests, test)
	}
	var recorded struct {
		Links struct{ Self struct{ Href string } } `json:"_links"`
	}
	require.NoError(h, json.Unmarshal(h.send(http.MethodPost, strings.TrimPrefix(pact.Links.Publish.Href, h.base), map[string]any{
		"success": failing == 0, "providerApplicationVersion": version, "buildUrl": "https://ci.example/8", "testResults": tests,
	}), &recorded))
	segments := strings.Split(strings.TrimPrefix(recorded.Links.Self.Href, h.base), "/")
	sha, number := segments[7], segments[len(segments)-1]
	return path("ui", "results", consumer, provider, sha, number)
}

// environment creates one and returns its identity.
func (h *history) environment(name string, production bool) string {
	h.Helper()
	var made struct{ UUID string }
	require.NoError(h, json.Unmarshal(h.send(http.MethodPost, "/environments", map[string]any{"name": name, "production": production}), &made))
	return made.UUID
}

func (h *history) deploy(name, version, environment string) {
	h.Helper()
	h.send(http.MethodPost, "/pacticipants/"+url.PathEscape(name)+"/versions/"+url.PathEscape(version)+"/deployed-versions/environment/"+environment, map[string]any{})
}

// state is a broker with the addresses of its pages.
type state struct {
	base  string
	pages map[string]string
}

// empty is a broker of which only the pages that ask nothing are there.
func empty(t testing.TB) state {
	return state{start(t).base, map[string]string{
		"home": "/", "applications": "/ui/applications", "environments": "/ui/environments", "map": "/ui/map", "gate": "/ui/gate", "kit": "/ui/kit", "not found": "/ui/applications/nobody", "secrets": "/ui/secrets", "audit": "/ui/audit", "new secret": "/ui/secrets/new",
		"webhooks": "/ui/webhooks", "new webhook": "/ui/webhooks/new", "admin": "/ui/admin", "clean-up": "/ui/admin/retention", "preview of the clean-up": "/ui/admin/retention?preview=true", "delete": "/ui/admin/delete",
		"search": "/ui/find", "nothing found": "/ui/find?q=zzzz", "new environment": "/ui/edit/environments", "new application": "/ui/edit/applications",
	}}
}

// normal is a broker in which all is well.
func normal(t testing.TB) state {
	h := start(t)
	h.pact("storefront", commit, "main", "catalog", 3)
	result := h.verify("storefront", "catalog", "77ab01", 0)
	production := h.environment("production", true)
	h.environment("test", false)
	h.deploy("catalog", "77ab01", production)
	h.deploy("storefront", commit, production)
	pages := pagesOf("storefront", commit, "catalog", "production", "test", result)
	h.hooked(pages, "Start the build of catalog", "storefront", "catalog", http.StatusOK)
	return state{h.base, pages}
}

// broken is a broker in which much is wrong, with names that nobody wants.
func broken(t testing.TB) state {
	h := start(t)
	production, test := h.environment("production", true), h.environment(longName, false)
	for i := range 12 {
		h.pact(fmt.Sprintf("%s-%d", longName, i), commit, "feat/"+longName, hostileName, 1)
	}
	h.pact(longName, "1", "main", hostileName, 2)
	h.pact(longName, commit, "main", hostileName, 60)
	h.pact(hostileName, "1.0.0", hostileName, longName, 1)
	result := h.verify(longName, hostileName, "p<b>1", 3)
	h.deploy(hostileName, "p<b>1", production)
	h.deploy(longName, commit, production)
	h.deploy(longName, "1", test)
	pages := pagesOf(longName, commit, hostileName, "production", longName, result)
	h.hooked(pages, hostileName, longName, hostileName, http.StatusInternalServerError)
	return state{h.base, pages}
}

func pagesOf(consumer, version, provider, environment, other, result string) map[string]string {
	c, p := url.PathEscape(consumer), url.PathEscape(provider)
	return map[string]string{
		"home": "/", "home of one's own": "/?mine=" + url.QueryEscape(provider) + "&mine=nobody&label=none", "home, causes further on": "/?causes-page=2&waiting-page=2",
		"applications": "/ui/applications", "applications by health": "/ui/applications?health=blocked&sort=-seen", "one application": "/ui/applications/" + p,
		"a consumer": "/ui/applications/" + c, "an application by branch": "/ui/applications/" + c + "?branch=main", "no such branch": "/ui/applications/" + c + "?branch=nope", "nothing matches": "/ui/applications?q=nothing+like+it",
		"version of a consumer": "/ui/applications/" + c + "/versions/" + version, "version of a provider": "/ui/applications/" + p + "/versions/1",
		"usage": "/ui/applications/" + p + "/usage", "usage asked": "/ui/applications/" + p + "/usage?q=receipt&endpoint=GET+/things/{}",
		"environments": "/ui/environments", "one environment": "/ui/environments/" + environment, "sorted and narrowed": "/ui/environments/" + environment + "?pairs-sort=-when&pairs-q=x",
		"all that may not come": "/ui/environments/" + environment + "?arrivals-answer=no", "older history": "/ui/environments/" + environment + "?history-before=1-0-1",
		"a relation of the API": "/doc/can-i-deploy", "map": "/ui/map", "map of labels": "/ui/map?by=group", "map around one": "/ui/map?application=" + c + "&depth=1", "map of what fails": "/ui/map?failing=1", "map around nobody": "/ui/map?application=nobody",
		"two environments": "/ui/environments/" + environment + "/compare", "two environments the other way round": "/ui/environments/" + url.PathEscape(other) + "/compare?with=" + environment,
		"gate": "/ui/gate?application=" + url.QueryEscape(consumer) + "&to=" + environment, "gate with a problem": "/ui/gate?application=nobody&to=" + environment,
		"contract": "/ui/contracts/" + c + "/" + p, "contract of a version": "/ui/contracts/" + c + "/" + p + "/" + version, "contract narrowed": "/ui/contracts/" + c + "/" + p + "/" + version + "?result=failed", "result": result, "not found": "/ui/applications/nobody", "kit": "/ui/kit",
		"search": "/ui/find?q=" + url.QueryEscape(provider), "form of an application": "/ui/edit/applications/" + p, "new environment": "/ui/edit/environments", "delete a version": "/ui/edit/delete?application=" + url.QueryEscape(consumer) + "&version=" + url.QueryEscape(version),
		"delete a contract": "/ui/edit/delete?application=" + url.QueryEscape(consumer) + "&version=" + url.QueryEscape(version) + "&provider=" + url.QueryEscape(provider),
	}
}
