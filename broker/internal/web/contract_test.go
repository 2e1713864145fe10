package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// shop publishes a contract of three interactions and returns their ids, and
// where results of it go.
func shop(p *usecasetest.HTTPPlayer, version string) (ids []string, results string) {
	p.T.Helper()
	p.Must(http.MethodPut, "/pacts/provider/Bar/consumer/Foo/version/"+version, map[string]any{
		"consumer": map[string]any{"name": "Foo"}, "provider": map[string]any{"name": "Bar"},
		"interactions": []any{
			map[string]any{"description": "good one", "request": map[string]any{"method": "GET", "path": "/good"}, "response": map[string]any{"status": 200}},
			map[string]any{"description": "bad one", "request": map[string]any{"method": "POST", "path": "/bad", "query": "a=b"}, "response": map[string]any{"status": 201}},
			map[string]any{"description": "third one", "request": map[string]any{"method": "DELETE", "path": "/third"}, "response": map[string]any{"status": 204}},
		},
	}, nil)
	var pact struct {
		Interactions []struct {
			ID string `json:"_id"`
		}
		Links struct {
			Publish struct{ Href string } `json:"pb:publish-verification-results"`
		} `json:"_links"`
	}
	p.Must(http.MethodGet, "/pacts/provider/Bar/consumer/Foo/version/"+version, nil, &pact)
	for _, i := range pact.Interactions {
		ids = append(ids, i.ID)
	}
	return ids, strings.TrimPrefix(pact.Links.Publish.Href, p.Base)
}

// verified publishes a result and returns the address of its page.
func verified(p *usecasetest.HTTPPlayer, at string, result map[string]any) string {
	p.T.Helper()
	var recorded struct {
		Links struct{ Self struct{ Href string } } `json:"_links"`
	}
	p.Must(http.MethodPost, at, result, &recorded)
	parts := regexp.MustCompile(`/pact-version/([^/]+)/(?:metadata/[^/]+/)?verification-results/(\d+)`).FindStringSubmatch(recorded.Links.Self.Href)
	require.NotNil(p.T, parts, recorded.Links.Self.Href)
	return "/ui/results/Foo/Bar/" + parts[1] + "/" + parts[2]
}

// summaries are the lines of the interactions of a page, in their order.
func summaries(page string) []string {
	var out []string
	for _, found := range regexp.MustCompile(`(?s)<summary>(.*?)</summary>`).FindAllStringSubmatch(page, -1) {
		out = append(out, words(found[1]))
	}
	return out
}

func TestAContractTellsWhichOfItsInteractionsFailed(t *testing.T) {
	t.Parallel()
	p := look(t, "version Foo 1")
	ids, results := shop(p, "2")
	page := p.Page("/ui/contracts/Foo/Bar")
	require.Equal(t, []string{"? not verified GET /good good one", "? not verified POST /bad?a=b bad one", "? not verified DELETE /third third one"}, summaries(page))
	require.Contains(t, words(page), "3 interactions: 3 not verified")

	address := verified(p, results, map[string]any{
		"success": false, "providerApplicationVersion": "p1", "buildUrl": "https://ci.example/7",
		"testResults": []any{
			map[string]any{"interactionId": ids[0], "success": true},
			map[string]any{"interactionId": ids[1], "success": false, "mismatches": []any{
				map[string]any{"attribute": "status", "description": "expected 201 but was 418"}, map[string]any{"attribute": "body", "identifier": "$.a", "description": "is missing"},
			}},
		},
	})
	page = p.Page("/ui/contracts/Foo/Bar")
	require.Equal(t, []string{"✗ failed POST /bad?a=b bad one", "✓ verified GET /good good one", "– not tried DELETE /third third one"}, summaries(page), "failures first")
	require.Contains(t, words(page), "3 interactions: 1 failed, 1 verified, 1 not tried")
	require.Contains(t, words(page), "status 201 418 expected 201 but was 418")
	require.Contains(t, words(page), "body $.a not told not told is missing")
	require.Contains(t, page, `href="`+address+`"`, "the result is a click away")
	require.Contains(t, page, `href="https://ci.example/7"`)

	for query, want := range map[string][]string{
		"?result=failed":     {"✗ failed POST /bad?a=b bad one"},
		"?q=DELETE":          {"– not tried DELETE /third third one"},
		"?q=good+ONE":        {"✓ verified GET /good good one"},
		"?q=%2Fbad":          {"✗ failed POST /bad?a=b bad one"},
		"?q=x&result=failed": nil,
	} {
		narrowed := p.Page("/ui/contracts/Foo/Bar" + query)
		require.Equal(t, want, summaries(narrowed), query)
		require.Contains(t, words(narrowed), "3 interactions: 1 failed, 1 verified, 1 not tried", "the verdict is over all of them")
	}
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar?q=x")), "No interaction matches. Show all")

	verified(p, results, map[string]any{"success": true, "providerApplicationVersion": "p2"})
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar")), "3 interactions: 3 verified", "the newest result counts, and a success of which nothing is told is one of all")
	verified(p, results, map[string]any{"success": false, "providerApplicationVersion": "p3"})
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar")), "3 interactions: 3 not told")
}

// Which contract is shown where none was named: the main branch's, and it says so.
func TestAContractPageShowsTheMainBranch(t *testing.T) {
	t.Parallel()
	p := look(t, `
		main Foo main
		pact Foo 1 -> Bar branch main content of-main
		pact Foo 2 -> Bar branch feat content of-feat
		pact Foo 3 -> Bar content of-none
		pact Odd 1 -> Bar branch dev`)
	for path, says := range map[string]string{
		"/ui/contracts/Foo/Bar":             "What Foo 1 expects of Bar: the newest contract of the main branch, main.",
		"/ui/contracts/Foo/Bar?branch=feat": "What Foo 2 expects of Bar: the newest contract of branch feat.",
		"/ui/contracts/Foo/Bar/3":           "What Foo 3 expects of Bar. ",
		"/ui/contracts/Odd/Bar":             "What Odd 1 expects of Bar: the newest contract of any branch, as the main branch has none.",
	} {
		require.Contains(t, words(p.Page(path)), says, path)
	}
	page := p.Page("/ui/contracts/Foo/Bar")
	require.Contains(t, page, `<a href="/ui/contracts/Foo/Bar?branch=main" aria-current="true">`)
	require.Contains(t, page, `<a href="/ui/contracts/Foo/Bar?branch=feat">`)
	for _, number := range []string{"2", "3"} {
		require.Contains(t, page, `href="/ui/contracts/Foo/Bar/`+number+`"`, "each version has its contract a click away")
	}
	for path, says := range map[string]string{
		"/ui/contracts/Foo/Bar?branch=nope": "No version on branch nope of Foo has a contract with Bar.", "/ui/contracts/Foo/Bar/9": "Foo 9 has no contract with Bar.", "/ui/contracts/Bar/Foo": "Bar has no contract with Foo.",
	} {
		status, _, text := ask(t, "GET", p.Base+path, browserAccept, nil)
		require.Equal(t, http.StatusNotFound, status)
		require.Contains(t, words(text), says)
	}
}

func TestAResultTellsWhatFailedAndHowToRunItAgain(t *testing.T) {
	t.Parallel()
	p := look(t, "version Foo 1\nenvironment prod")
	ids, results := shop(p, "2")
	first := verified(p, results, map[string]any{"success": true, "providerApplicationVersion": "p0"})
	page := words(p.Page(first))
	require.Contains(t, page, "Bar p0 gives Foo what it expects.")
	require.Contains(t, page, "The verifier sent no details.")

	address := verified(p, results, map[string]any{
		"success": false, "providerApplicationVersion": "p1", "buildUrl": "https://ci.example/7",
		"testResults": map[string]any{"tests": []any{
			map[string]any{"interactionId": ids[0], "success": true}, map[string]any{"interactionId": ids[2], "success": true},
			map[string]any{"interactionId": ids[1], "success": false, "mismatches": []any{map[string]any{"attribute": "status", "description": "was not as it should"}}},
			map[string]any{"interactionDescription": "of no contract", "success": false, "error": "refused"},
		}},
	})
	text := p.Page(address)
	page = words(text)
	require.Contains(t, page, "Bar p1 does not give Foo what it expects.")
	require.Contains(t, page, "2 failed, 2 passed")
	require.Contains(t, page, "status 201 not told was not as it should", "the contract knows what was expected")
	require.Equal(t, []string{"✗ failed POST /bad?a=b bad one", "✗ failed Interaction of no contract", "What passed", "Test results"}, summaries(text))
	require.Contains(t, page, "✓ verified GET /good good one")
	require.Regexp(t, `treaty verify --provider-name Bar --provider-version p1 --provider-base-url http://localhost:8080 --webhook-callback-url http://\S+/pacts/provider/Bar/consumer/Foo/pact-version/[0-9a-f]{40} --publish --broker-url http://\S+`, page)
	for _, link := range []string{`href="https://ci.example/7"`, `href="` + first + `"`, `href="/ui/gate?application=Bar&to=prod&version=p1"`, `href="/ui/contracts/Foo/Bar/2"`, `href="/ui/applications/Bar/versions/p1"`} {
		require.Contains(t, text, link, link)
	}
	status, _, text := ask(t, "GET", p.Base+strings.TrimSuffix(address, address[strings.LastIndex(address, "/"):])+"/999", browserAccept, nil)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, words(text), "Foo and Bar have no result 999 of this contract.")
}

// copied is what a button copies: programs read it, and it stays as it is.
var copied = regexp.MustCompile(`data-copy="[^"]*"`)

// A contract of a branch that somebody asked for is that branch's, whatever the
// main branch does.
func TestAContractOfABranchIsNotDoubtedForTheMainBranch(t *testing.T) {
	t.Parallel()
	p := look(t, `
		main Foo main
		pact Foo 1 -> Bar branch main
		pact Foo 2 -> Bar branch feat content new
		verify Bar 2 : Foo 1 ok
		verify Bar 2 : Foo 2 ok
		version Foo 3 branch main`)
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar")), "The newest version of Foo, 3, has no contract with Bar.")
	page := p.Page("/ui/contracts/Foo/Bar?branch=feat")
	require.NotContains(t, words(page), "has no contract with Bar")
	require.Regexp(t, greenMark, page)
}

// What somebody wrote into a contract or a result cannot be a link that runs
// something, nor markup, nor turn the text around it.
func TestHostileContractsAndResultsStayText(t *testing.T) {
	t.Parallel()
	const evil = "<script>alert(1)</script>\"'>\u202egnp.\u200b" + `{{.}}`
	p := look(t, "version Foo 1")
	p.Must(http.MethodPut, "/pacts/provider/Bar/consumer/Foo/version/2", map[string]any{
		"consumer": map[string]any{"name": "Foo"}, "provider": map[string]any{"name": "Bar"},
		"interactions": []any{map[string]any{
			"_id": "a\" onclick=\"x", "description": evil, "providerStates": []any{map[string]any{"name": evil, "params": map[string]any{evil: evil}}},
			"request":  map[string]any{"method": evil, "path": "/" + evil, "headers": map[string]any{"X": evil}, "query": map[string]any{evil: []string{evil}}},
			"response": map[string]any{"status": 200, "body": map[string]any{evil: evil}, "matchingRules": map[string]any{"body": map[string]any{"$." + evil: map[string]any{"matchers": []any{map[string]any{"match": "regex", "regex": evil}}}}}},
		}},
		"metadata": map[string]any{"pactSpecification": map[string]any{"version": "3.0.0"}},
	}, nil)
	var pact struct {
		Links struct {
			Publish struct{ Href string } `json:"pb:publish-verification-results"`
		} `json:"_links"`
	}
	p.Must(http.MethodGet, "/pacts/provider/Bar/consumer/Foo/version/2", nil, &pact)
	address := verified(p, strings.TrimPrefix(pact.Links.Publish.Href, p.Base), map[string]any{
		"success": false, "providerApplicationVersion": "p1", "buildUrl": "https://ci.example/\"><script>alert(1)</script>",
		"testResults": []any{map[string]any{"interactionDescription": evil, "success": false, "mismatches": []any{
			map[string]any{"attribute": evil, "identifier": evil, "description": evil, "expected": evil, "actual": map[string]any{"a": evil}},
		}, "error": evil}},
	})
	// Addresses with another scheme than HTTP are refused on the way in.
	for _, build := range []string{"//evil.example/", "\\\\evil.example/", "<script>alert(1)</script>"} {
		p.Must(http.MethodPut, "/pacticipants/Foo/versions/2", map[string]any{"buildUrl": build}, nil)
		for _, path := range []string{address, "/ui/contracts/Foo/Bar", "/ui/applications/Foo/versions/2", "/ui/applications/Bar/versions/p1"} {
			_, _, page := ask(t, "GET", p.Base+path, browserAccept, nil)
			require.Equal(t, 1, strings.Count(page, "<script"), path)
			require.NotContains(t, copied.ReplaceAllString(page, ""), "\u202e", path)
			require.NotContains(t, page, "ZgotmplZ", path)
			for _, leads := range hrefs(t, page) {
				require.Regexp(t, `^(#|/[^/]|\?|/$|https://ci.example/%22%3e%3cscript)`, leads, path)
			}
		}
	}
}

// A document may have an id that is no place on a page, and the same one twice.
func TestAnInteractionIsAPlaceOnItsPageOnce(t *testing.T) {
	t.Parallel()
	p := look(t, "version Foo 1")
	one := map[string]any{"_id": "abc", "description": "a", "request": map[string]any{"method": "GET", "path": "/"}, "response": map[string]any{"status": 200}}
	two := map[string]any{"_id": "abc", "description": "b", "request": map[string]any{"method": "GET", "path": "/"}, "response": map[string]any{"status": 200}}
	text, err := json.Marshal(map[string]any{"consumer": map[string]any{"name": "Foo"}, "provider": map[string]any{"name": "Bar"}, "interactions": []any{one, two}})
	require.NoError(t, err)
	p.Must(http.MethodPut, "/pacts/provider/Bar/consumer/Foo/version/2", json.RawMessage(text), nil)
	require.Equal(t, 1, strings.Count(p.Page("/ui/contracts/Foo/Bar"), `id="interaction-abc"`))
}
