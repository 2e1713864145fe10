package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

const brokenByProvider = `
	main Foo main
	main Bar main
	pact Foo 1 -> Bar branch main
	pact Foo 2 -> Bar branch main tags gold
	pact Cat 7 -> Foo
	verify Bar 1 : Foo 1 ok branch main
	verify Bar 2 : Foo 1 failed branch main
	verify Bar 3 : Foo 1 failed branch feat
	deploy Bar 1 prod
	deploy Foo 1 prod`

// The page says since when a pair is broken, over all rows and whatever it shows.
func TestTheMatrixSaysSinceWhenAPairIsBroken(t *testing.T) {
	t.Parallel()
	p := look(t, brokenByProvider)
	const says = "Bar fails Foo since its version 2. First bad: Bar 2 with Foo 2. Last good: Bar 1 with Foo 2. The contract is the same, so it is Bar that changed. 6 rows: 4 failed, 0 not verified, 2 verified."
	for _, path := range []string{
		"/ui/matrix?consumer=Foo&provider=Bar", "/ui/matrix?consumer=Foo&provider=Bar&result=verified", "/ui/matrix?consumer=Foo&provider=Bar&page=9",
		"/matrix?q[][pacticipant]=Bar&q[][pacticipant]=Foo&latestby=cvpv", "/matrix/provider/Bar/consumer/Foo?latestby=cvpv",
	} {
		require.Contains(t, words(p.Page(path)), says, path)
	}
	require.Contains(t, words(p.Page("/ui/matrix?provider=Foo")), "Foo has not verified the newest contract, that of Cat 7.")
	page := p.Page("/ui/matrix?consumer=Foo&provider=Bar&result=verified")
	require.Contains(t, words(page), "2 of 6 rows")
	for _, address := range []string{"/ui/applications/Foo/versions/1", "/ui/applications/Bar/versions/1", "/ui/contracts/Foo/Bar/1", "/ui/results/Foo/Bar/"} {
		require.Contains(t, page, `href="`+address)
	}
	p.Play("pact Foo 2 -> Baz\npact Foo 2 -> Qux\nverify Qux 1 : Foo 2 ok")
	require.Contains(t, words(p.Page("/ui/matrix?consumer=Foo")), "Of 3 pairs 1 failed, and 1 is not verified. 8 rows: 4 failed, 1 not verified, 3 verified.")
	require.Regexp(t, "Foo → Bar ✗ failed Bar fails Foo since its version 2. First bad: Bar 2 with Foo 2.* Foo → Baz [?] not verified .* Foo → Qux ✓ verified Qux 1 gives Foo 2 what it expects.", words(p.Page("/ui/matrix?consumer=Foo")), "failures first")
}

// A contract that changed is told as what broke it, with the way to what changed.
func TestTheMatrixTellsAChangedContract(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\npact Foo 2 -> Bar content new\nverify Bar 1 : Foo 1 ok\nverify Bar 1 : Foo 2 failed")
	page := p.Page("/ui/matrix?consumer=Foo&provider=Bar")
	require.Contains(t, words(page), "Bar fails Foo since 2, which changed what it expects. First bad: Bar 1 with Foo 2. Last good: Bar 1 with Foo 1. It is the contract that changed between them.")
	require.Contains(t, page, `href="/ui/contracts/Foo/Bar/2/diff?with=1"`)
	p.Play("pact Foo 3 -> Bar content newer")
	require.Contains(t, words(p.Page("/ui/matrix?consumer=Foo&provider=Bar")), "Bar has not verified the newest contract, that of Foo 3. First bad: Bar 1 with Foo 2.")
	p.Play("verify Bar 2 : Foo 3 ok")
	require.Contains(t, words(p.Page("/ui/matrix?consumer=Foo&provider=Bar")), "Bar 2 gives Foo 3 what it expects. The last that failed: Bar 1 with Foo 2.")
	p.Play("verify Bar 2 : Foo 3 failed")
	require.Contains(t, words(p.Page("/ui/matrix?consumer=Foo&provider=Bar&every=true")), "Nothing changed between them: the same version gave both results.")
}

// Each filter leaves the rows that it says, and can be taken away.
func TestTheMatrixIsNarrowedFromItsAddress(t *testing.T) {
	t.Parallel()
	p := look(t, brokenByProvider)
	for query, rows := range map[string]string{
		"": "6 rows", "&consumer-version=1": "3 rows", "&consumer-tag=gold": "3 rows", "&consumer-environment=prod": "3 rows", "&consumer-latest=true": "3 rows",
		"&provider-branch=feat": "2 rows", "&provider-main=true": "4 rows", "&provider-main=true&provider-latest=true": "2 rows", "&provider-environment=prod&consumer-version=2": "1 row",
		"&result=failed": "4 of 6 rows", "&result=failed&result=verified": "6 rows", "&result=unverified": "0 of 6 rows", "&result=nonsense": "6 rows",
	} {
		page := p.Page("/ui/matrix?consumer=Foo&provider=Bar" + query)
		require.Contains(t, page, `role="status"><span class="muted"><bdi>`+rows+`<`, query)
		if name, value, _ := strings.Cut(strings.TrimPrefix(query, "&"), "="); query != "" && !strings.Contains(query[1:], "&") && value != "nonsense" {
			require.Contains(t, page, `<a class="asks" href="/ui/matrix?consumer=Foo&provider=Bar">`, "%s can be taken away", name)
		}
	}
}

// An old address leads to the page with its filters, and the page's own address
// of the API leads back to the same page.
func TestOldAddressesOfTheMatrixKeepTheirFilters(t *testing.T) {
	t.Parallel()
	p := look(t, brokenByProvider)
	for address, want := range map[string]string{
		"/matrix?q[][pacticipant]=Foo&q[][version]=1&q[][pacticipant]=Bar&q[][version]=2&latestby=cvpv":                   "consumer=Foo&consumer-version=1&provider=Bar&provider-version=2",
		"/matrix?q[]pacticipant=Bar&q[]branch=main&q[]latest=true&q[]pacticipant=Foo&q[]tag=gold&latestby=cvpv":           "consumer=Foo&consumer-tag=gold&provider=Bar&provider-branch=main&provider-latest=true",
		"/matrix?q[][pacticipant]=Foo&q[][mainBranch]=true&environment=prod&latestby=cvpv":                                "consumer=Foo&consumer-main=true&provider-environment=prod",
		"/matrix?q[][pacticipant]=Foo&latest=true&tag=gold":                                                               "consumer=Foo&every=true&provider-latest=true&provider-tag=gold",
		"/matrix?q[][pacticipant]=Foo&mainBranch=true&latest=true&latestby=cvpv":                                          "consumer=Foo&provider-latest=true&provider-main=true",
		"/matrix?q[][pacticipant]=Bar&q[][version]=2&latestby=cvpv":                                                       "provider=Bar&provider-version=2",
		"/matrix?q[][pacticipant]=Foo&q[][environment]=prod&q[][pacticipant]=Bar&success[]=true&success[]=&latestby=cvpv": "consumer=Foo&consumer-environment=prod&provider=Bar&result=unverified&result=verified",
		"/matrix/provider/Bar/consumer/Foo":                                                                               "consumer=Foo&every=true&provider=Bar",
		"/matrix?q[][pacticipant]=Foo&q[][pacticipant]=Foo&latestby=cvpv":                                                 "consumer=Foo&provider=Foo",
	} {
		page := p.Page(address)
		got, err := url.ParseQuery(formOf(page).Encode())
		require.NoError(t, err)
		require.Equal(t, want, got.Encode(), address)
		twin := regexp.MustCompile(`<code>GET <bdi>([^<]*)</bdi>`).FindStringSubmatch(page)
		require.NotNil(t, twin, address)
		require.Equal(t, want, formOf(p.Page(twin[1])).Encode(), "and back from %s", twin[1])
	}
}

var (
	inputs  = regexp.MustCompile(`<input[^>]* name="([^"]*)" value="([^"]*)"([^>]*)>`)
	choices = regexp.MustCompile(`<select[^>]* name="([^"]*)">(.*?)</select>`)
	chosen  = regexp.MustCompile(`<option value="([^"]*)" selected>`)
)

// formOf is what the form of a page would send, without what is empty.
func formOf(page string) url.Values {
	out := url.Values{}
	for _, field := range inputs.FindAllStringSubmatch(page, -1) {
		if isBox := strings.Contains(field[0], `type="checkbox"`); field[2] != "" && (!isBox || strings.Contains(field[3], "checked")) {
			out.Add(field[1], field[2])
		}
	}
	for _, choice := range choices.FindAllStringSubmatch(page, -1) {
		if option := chosen.FindStringSubmatch(choice[2]); option != nil && option[1] != "" {
			out.Add(choice[1], option[1])
		}
	}
	if results := out["result"]; len(results) == 2 && results[0] > results[1] {
		results[0], results[1] = results[1], results[0]
	}
	return out
}

// What an address asks and the page cannot is said, and nothing that an address
// makes up.
func TestTheMatrixSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	p := look(t, brokenByProvider)
	const pair = "/matrix?q[][pacticipant]=Foo&q[][pacticipant]=Bar&latestby=cvpv"
	for query, says := range map[string]string{
		pair + "&ignore[][pacticipant]=Bar": "ignores some rows", pair + "&limit=1": "limits the rows", pair + "&at=2024-01-01T00:00:00Z": "a moment in the past",
		pair + "&environment=prod": "those in a target", pair + "&q[][pacticipant]=Cat": "one consumer and one provider", pair + "&q[][pacticipant]=Foo&q[][version]=2": "one consumer and one provider",
		"/matrix?q[][pacticipant]=Foo&latestby=cvp": "one row for many", "/matrix?q=x&q[]=y": "could not be read", "/matrix?q=Foo": "could not be read",
	} {
		require.Regexp(t, `class="note"><bdi>[^<]*`+says, p.Page(query), query)
	}
	require.NotContains(t, p.Page(pair), `class="note"`)
	require.NotContains(t, p.Page("/ui/matrix?consumer=Foo&left=Send+your+password"), "password")
}

func TestTheMatrixSaysWhatToMend(t *testing.T) {
	t.Parallel()
	p := look(t, brokenByProvider)
	for query, says := range map[string]string{
		"consumer=Fooo": "There is no application named \"Fooo\". Did you mean", "consumer=Foo&consumer-branch=nope": "No version of Foo is like that.",
		"provider=Bar&provider-environment=prd": "There is no environment named \"prd\".", "consumer=Cat&provider=Bar": "Cat has no contract with Bar.",
		"consumer=Foo&provider=Cat": "There is no contract this way round.",
	} {
		require.Contains(t, words(p.Page("/ui/matrix?"+query)), says, query)
	}
	require.Contains(t, words(look(t, "version Foo 1").Page("/ui/matrix")), "There is no contract yet")
	require.Contains(t, words(p.Page("/ui/matrix")), "2 pairs, last changed first")
}

// Thousands of rows have pages, each of which costs what it shows.
func TestTheMatrixHasPages(t *testing.T) {
	t.Parallel()
	history := "pact Foo 1 -> Bar\n"
	for i := range 120 {
		history += fmt.Sprintf("verify Bar %d : Foo 1 ok\n", i)
	}
	p := look(t, history)
	seen := map[string]bool{}
	for n := 1; n <= 3; n++ {
		page := p.Page(fmt.Sprintf("/ui/matrix?consumer=Foo&provider=Bar&page=%d", n))
		require.Contains(t, words(page), fmt.Sprintf("Page %d of 3", n))
		require.Contains(t, words(page), "120 rows: 0 failed, 0 not verified, 120 verified.")
		_, rows, _ := strings.Cut(page, `<div id="found">`)
		for _, v := range regexp.MustCompile(`/ui/applications/Bar/versions/(\d+)"`).FindAllStringSubmatch(rows, -1) {
			require.False(t, seen[v[1]], "version %s once", v[1])
			seen[v[1]] = true
		}
	}
	require.Len(t, seen, 120)
	require.Contains(t, words(p.Page("/ui/matrix?consumer=Foo&provider=Bar&page=4")), "There are no more rows. To the first")
}

// Pages that tell of a pair lead to its rows.
func TestPagesLeadToTheMatrix(t *testing.T) {
	t.Parallel()
	p := look(t, brokenByProvider)
	for path, address := range map[string]string{
		"/": "/ui/matrix", "/ui/contracts/Foo/Bar": "/ui/matrix?consumer=Foo&provider=Bar", "/ui/applications/Foo": "/ui/matrix?consumer=Foo", "/ui/applications/Bar": "/ui/matrix?provider=Bar",
		"/ui/gate?application=Foo&version=2&to=prod": "/ui/matrix?consumer=Foo&consumer-version=2&provider-environment=prod",
	} {
		require.Contains(t, p.Page(path), `href="`+address+`"`, path)
	}
}

// Looking at the page is not asking the gate.
func TestLookingAtTheMatrixIsNotAsking(t *testing.T) {
	t.Parallel()
	p := look(t, brokenByProvider)
	for _, path := range []string{"/ui/matrix?consumer=Foo&provider-environment=prod", "/matrix?q[][pacticipant]=Foo&q[][version]=1&environment=prod&latestby=cvpv"} {
		p.Page(path)
		require.Empty(t, answers(p), path)
	}
	require.Equal(t, http.StatusOK, p.Send(http.MethodGet, "/matrix?q[][pacticipant]=Foo&q[][version]=1&environment=prod&latestby=cvpv", nil, nil), "a program gets the API's answer")
	require.Len(t, answers(p), 1)
}

// Names and addresses that somebody made up stay text.
func TestHostileNamesStayTextInTheMatrix(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar")
	const name = "<img src=x onerror=alert(1)>\u202egnp.\u200b"
	hostile := &usecasetest.HTTPPlayer{T: t, Base: p.Base}
	hostile.Must(http.MethodPut, "/pacts/provider/Bar/consumer/"+url.PathEscape(name)+"/version/1", map[string]any{
		"consumer": map[string]any{"name": name}, "provider": map[string]any{"name": "Bar"}, "interactions": []any{},
	}, nil)
	for _, path := range []string{"/ui/matrix", "/ui/matrix?provider=Bar", "/ui/matrix?consumer=" + url.QueryEscape(name), "/ui/matrix?consumer=" + url.QueryEscape(name+"x"), "/ui/matrix?provider=Bar&provider-branch=" + url.QueryEscape(name)} {
		_, _, page := ask(t, http.MethodGet, p.Base+path, browserAccept, nil)
		require.NotContains(t, page, "<img", path)
		require.Contains(t, page, "&lt;img", path)
		hrefs(t, page)
	}
}
