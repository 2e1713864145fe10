package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// publishOf publishes interactions as the contract of a version of Foo with Bar.
func publishOf(p *usecasetest.HTTPPlayer, version, interactions string) {
	p.T.Helper()
	p.Must(http.MethodPut, "/pacts/provider/Bar/consumer/Foo/version/"+version, json.RawMessage(
		`{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[`+interactions+`],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`), nil)
}

func answering(description, body string) string {
	return fmt.Sprintf(`{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200,"body":%s}}`, description, body)
}

// What changed is told by what it means to the provider, and for whom it is more.
func TestTheDifferenceIsToldByWhatItMeans(t *testing.T) {
	t.Parallel()
	tea, free := answering("tea", `{"price":3}`), `{"description":"tea","request":{"method":"GET","path":"/"},"response":{"status":200,"body":{"price":3},"matchingRules":{"$.body.price":{"match":"type"}}}}`
	for _, tt := range []struct {
		name, before, after string
		says                []string
	}{
		{"added", tea, tea + "," + answering("milk", "1"), []string{"! expects more : Foo 2 expects more of Bar than Foo 1 did: Bar has to verify it again.", "1 change by meaning.", "\"milk\" ! added interaction GET / answers 200"}},
		{"removed", tea + "," + answering("milk", "1"), tea, []string{"– expects no more : Foo 2 expects no more of Bar than Foo 1 did.", "The gate still waits for a result that proves it.", "\"milk\" – removed interaction"}},
		{"tightened", free, tea, []string{"expects more of Bar", "! tightened response body $.price"}},
		{"relaxed", tea, free, []string{"expects no more of Bar", "– relaxed response body $.price"}},
		{"a request changed", tea, strings.Replace(tea, `"GET"`, `"PUT"`, 1), []string{"expects more of Bar", "! changed request method GET PUT"}},
		{"an example", free, strings.Replace(free, `"price":3`, `"price":4`, 1), []string{"expects no more of Bar", "– example only response body $.price"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := look(t, "version Foo 1")
			publishOf(p, "1", tt.before)
			publishOf(p, "2", tt.after)
			for _, path := range []string{
				"/ui/contracts/Foo/Bar/2/diff", "/ui/contracts/Foo/Bar/2/diff?with=1", "/ui/contracts/Foo/Bar/1/diff?with=2", "/pacts/provider/Bar/consumer/Foo/version/2/diff/previous-distinct",
				"/pacts/provider/Bar/consumer/Foo/version/1/diff/version/2",
			} {
				page := words(p.Page(path))
				for _, says := range tt.says {
					require.Contains(t, page, says, path)
				}
				require.Less(t, strings.Index(page, "By meaning"), strings.Index(page, "By text"), "meaning comes first")
			}
		})
	}
}

// What a result says of the newer contract is not asked for again.
func TestTheDifferenceKnowsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	for outcome, says := range map[string]string{"ok": "than Foo 1 did, and Bar 7 gives it.", "failed": "than Foo 1 did, and Bar 7 does not give it."} {
		p := look(t, "pact Foo 1 -> Bar\npact Foo 2 -> Bar content new\nverify Bar 7 : Foo 2 "+outcome)
		require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar/2/diff")), says)
	}
}

func TestTheDifferenceOfEqualContractsIsNone(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\npact Foo 2 -> Bar\npact Foo 3 -> Bar content new")
	page := words(p.Page("/ui/contracts/Foo/Bar/2/diff?with=1"))
	require.Contains(t, page, "Foo 1 and Foo 2 expect exactly the same.")
	require.Contains(t, page, "Nothing changed that a provider could notice.")
	require.Contains(t, page, "Both say the same")
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar/2/diff?with=2")), "expect exactly the same")
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar/1/diff")), "The contract of Foo 1 is the first with Bar that says what it says.")
	page = words(p.Page("/ui/contracts/Foo/Bar/3/diff?with=9"))
	require.Contains(t, page, "There is no contract to compare that of Foo 3 with.")
	require.Contains(t, page, "Foo has no contract of a version \"9\" with Bar.")
	status, _, text := ask(t, http.MethodGet, p.Base+"/ui/contracts/Foo/Bar/9/diff", browserAccept, nil)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, text, "Foo 9 has no contract with Bar.")
	status, _, text = ask(t, http.MethodGet, p.Base+"/ui/contracts/Fooo/Bar/1/diff", browserAccept, nil)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, text, "Did you mean")
}

// Other documents than pacts are kept too, and compared by their text.
func TestTheDifferenceOfWhatIsNoPactIsItsText(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar")
	p.Must(http.MethodPut, "/pacts/provider/Bar/consumer/Foo/version/2", json.RawMessage(`{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":"none"}`), nil)
	page := words(p.Page("/ui/contracts/Foo/Bar/2/diff"))
	require.Contains(t, page, "What changed is not known: one of the two is not a pact.")
	require.Contains(t, page, "+ \"interactions\": \"none\"")
}

// Contract and comparison lead to each other, and to the API by text.
func TestContractAndComparisonLeadToEachOther(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\npact Foo 2 -> Bar content new\npact Foo 3 -> Bar content new")
	page := p.Page("/ui/contracts/Foo/Bar/2")
	require.Contains(t, page, `href="/ui/contracts/Foo/Bar/2/diff"`)
	require.Contains(t, page, `href="/ui/contracts/Foo/Bar/2/diff?with=1"`)
	require.NotContains(t, page, `href="/ui/contracts/Foo/Bar/2/diff?with=3"`, "it is the same content")
	page = p.Page("/ui/contracts/Foo/Bar/2/diff")
	for _, address := range []string{"/ui/contracts/Foo/Bar/1", "/ui/contracts/Foo/Bar/2", "/ui/matrix?consumer=Foo&provider=Bar", "/ui/applications/Foo/versions/1"} {
		require.Contains(t, page, `href="`+address+`"`)
	}
	require.Contains(t, page, `<datalist id="with-names"><option value="3"><option value="1"></datalist>`, "the others can be chosen")
	const twin = "/pacts/provider/Bar/consumer/Foo/version/2/diff/previous-distinct"
	require.Contains(t, words(page), "GET "+twin)
	status, _, text := ask(t, http.MethodGet, p.Base+twin, "text/plain", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "# Diff between versions 1 and 2")
	require.Contains(t, page, "curl -H 'Accept: text/plain'")
}

// The address of two contents leads to the page of their versions.
func TestTheDifferenceOfTwoContentsHasAPage(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\npact Foo 2 -> Bar content new")
	sha := func(version string) string {
		var pact struct {
			Links struct {
				Content struct{ Name string } `json:"pb:pact-version"`
			} `json:"_links"`
		}
		p.Must(http.MethodGet, "/pacts/provider/Bar/consumer/Foo/version/"+version, nil, &pact)
		return pact.Links.Content.Name
	}
	page := p.Page("/pacts/provider/Bar/consumer/Foo/pact-version/" + sha("2") + "/diff/pact-version/" + sha("1"))
	require.Contains(t, words(page), "Foo 2 expects more of Bar than Foo 1 did")
	require.Contains(t, page, `action="/ui/contracts/Foo/Bar/2/diff"`)
}

// Texts of contracts that somebody made up stay text, and what is left out is said.
func TestHostileAndEndlessDifferencesStayText(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar")
	var many []string
	for i := range 700 {
		many = append(many, answering(fmt.Sprintf("<script>alert(%d)</script> \u202egnp.\u200b %s", i, strings.Repeat("x", 300)), `"</pre><img src=x>"`))
	}
	publishOf(p, "2", strings.Join(many, ","))
	_, _, page := ask(t, http.MethodGet, p.Base+"/ui/contracts/Foo/Bar/2/diff", browserAccept, nil)
	require.Contains(t, page, "Page 1 of 8")
	require.NotContains(t, page, "<img")
	require.NotContains(t, page, "<script>")
	require.NotContains(t, tags.ReplaceAllString(page, ""), "\u202e", "what is copied is as it was, what is read has marks")
	require.Less(t, len(page), 3<<20)
	hrefs(t, page)
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar/2/diff?change=removed")), "1 of 701 rows Take away Change: removed")
}
