package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The versions of an application are those of a branch where the address asks so.
func TestAnApplicationShowsItsVersionsByBranch(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Play("main Foo main\npact Foo 1 -> Bar branch main tags gold\npact Foo 2 -> Bar branch feat\npact Foo 3 -> Bar")
	p.Must(http.MethodPut, "/pacticipants/Foo/versions/1", map[string]any{"buildUrl": "https://ci.example/7"}, nil)
	p.Must(http.MethodPut, "/pacticipants/Foo/versions/2", map[string]any{"buildUrl": "//evil.example/7"}, nil)
	numbers := func(path string) (out []string) {
		for _, row := range rowsOf(t, p.Page(path), "versions") {
			out = append(out, strings.Fields(row)[0])
		}
		return out
	}
	require.Equal(t, []string{"3", "2", "1"}, numbers("/ui/applications/Foo"))
	require.Equal(t, []string{"1"}, numbers("/ui/applications/Foo?branch=main"))
	require.Equal(t, []string{"2"}, numbers("/ui/applications/Foo?branch=feat"))
	require.Empty(t, numbers("/ui/applications/Foo?branch=nope"))
	require.Contains(t, words(p.Page("/ui/applications/Foo?branch=nope")), "Foo has no branch nope.")
	page := p.Page("/ui/applications/Foo")
	require.Contains(t, page, `href="?branch=feat"`)
	require.Contains(t, page, `href="/ui/applications/Foo/versions/2"`)
	require.Contains(t, page, `href="https://ci.example/7"`)
	require.NotContains(t, page, `href="//evil`)
	require.Contains(t, words(page), "1 main gold")
	require.Contains(t, words(page), "This is about the newest version of the main branch, main: 1 The latest of all is 3")
}

// A page says what people gave to know whose an application is, and leads only where a
// browser may go.
func TestAnApplicationSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Play("main Foo main\npact Foo 1 -> Bar branch main")
	p.Must(http.MethodPatch, "/pacticipants/Foo", map[string]any{"repositoryUrl": "https://git.example/foo"}, nil)
	p.Must(http.MethodPatch, "/pacticipants/Bar", map[string]any{"repositoryUrl": "//evil.example/bar"}, nil)
	p.Must(http.MethodPut, "/pacticipants/Foo/labels/shop-team", nil, nil)
	contact := []any{map[string]any{"name": "SRE", "details": map[string]any{"email": "sre@example.com", "phone": 112, "odd": []int{1}}}}
	p.Must(http.MethodPost, "/environments", map[string]any{"name": "prod", "production": true, "contacts": contact}, nil)
	p.Must(http.MethodPost, "/environments", map[string]any{"name": "test", "production": false, "contacts": contact}, nil)
	page := p.Page("/ui/applications/Foo")
	require.Contains(t, page, `href="https://git.example/foo"`)
	require.Contains(t, page, `href="/ui/applications?label=shop-team"`)
	require.Contains(t, words(page), "SRE (email sre@example.com, phone 112) for prod and test")
	require.Contains(t, page, "/pacticipants/Foo/branches/main/latest-version/can-i-deploy/to-environment/prod/badge")
	require.NotContains(t, p.Page("/ui/applications/Bar"), `href="//evil`)
	gate := words(p.Page("/ui/gate?application=Foo&to=prod"))
	require.Contains(t, gate, "Contact SRE (email sre@example.com, phone 112)")
	require.Contains(t, gate, "Not yet: something about Foo 1 in prod is not proven.")
}

// The page of a provider says what its next build would get, with the sentence of the
// use case that picks.
func TestAProviderIsToldWhatItsNextVerificationGets(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Play(`
		main Foo main
		main Bar main
		pact Foo 1 -> Bar branch main
		verify Bar 7 : Foo 1 ok branch main
		pact Cid 1 -> Bar branch main
		pact Foo 2 -> Bar branch feat content new`)
	page := p.Page("/ui/applications/Bar")
	require.Contains(t, words(page), "A build like that of version 7 on branch main would get 2 contracts, 1 of them pending: a failure of those would not break it. If it asks for work in progress of the last 30 days, it would get 1 more contract")
	rows := rowsOf(t, page, "next")
	require.Len(t, rows, 3)
	require.Regexp(t, `^Cid → Bar 1 does not break it: pending Chosen as .*pending, so a failure does not break the build.* – no result yet`, rows[0])
	require.Regexp(t, `^Foo → Bar 1 breaks the build Chosen as .* ✓ verified result`, rows[1])
	require.Regexp(t, `^Foo → Bar 2 does not break it: work in progress Work in progress: .*feat`, rows[2])
	require.NotContains(t, p.Page("/ui/applications/Foo"), "What its next verification gets", "it is no provider")
}

// The contract of a pair that counts is that of the consumer's main branch.
func TestPartnersAreToldOfTheMainBranch(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Play("main Foo main\npact Foo 1 -> Bar branch main\nverify Bar 7 : Foo 1 ok\npact Foo 2 -> Bar branch feat content new\nverify Bar 7 : Foo 2 failed\npact Old 1 -> Bar")
	rows := rowsOf(t, p.Page("/ui/applications/Bar"), "provider-for")
	require.Len(t, rows, 2)
	require.Contains(t, rows[0], "Old → Bar 1 just now ? not verified", "what is not proven comes first")
	require.Contains(t, rows[1], "Foo → Bar 1 just now ✓ verified 7 just now result")
}

// Applications are found by what is known of them, and the questions stand in the
// address.
func TestApplicationsAreFoundByTheirFacets(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Play(`
		pact Good 1 -> Fine
		verify Fine 1 : Good 1 ok
		deploy Fine 1 prod
		pact Sad 1 -> Bad
		pact Sad 1 -> Open
		verify Bad 1 : Sad 1 failed
		deploy Bad 1 prod
		version Open 1
		deploy Open 1 prod
		version Lone 1`)
	for _, name := range []string{"Good", "Sad"} {
		p.Must(http.MethodPut, "/pacticipants/"+name+"/labels/shop", nil, nil)
	}
	p.Must(http.MethodPut, "/pacticipants/Sad/labels/core", nil, nil)
	names := func(query string) string {
		page := p.Page("/ui/applications" + query)
		var out []string
		for _, m := range regexp.MustCompile(`<th scope="row"><a href="/ui/applications/([^"]+)"`).FindAllStringSubmatch(page, -1) {
			out = append(out, m[1])
		}
		return strings.Join(out, " ")
	}
	for query, want := range map[string]string{
		"":                          "Bad Fine Good Lone Open Sad",
		"?q=o":                      "Good Lone Open",
		"?label=shop":               "Good Sad",
		"?label=shop&label=core":    "Sad",
		"?health=blocked":           "Sad",
		"?health=may+go+everywhere": "Good",
		"?role=provider":            "Bad Fine Open",
		"?role=no+contract":         "Lone",
		"?label=shop&q=g&role=x":    "",
		"?sort=-name":               "Sad Open Lone Good Fine Bad",
		"?sort=health&label=shop":   "Sad Good",
		"?label=shop&sort=-name":    "Sad Good",
		"?q=nothing":                "",
		"?page=7":                   "Bad Fine Good Lone Open Sad",
	} {
		require.Equal(t, want, names(query), query)
	}
	require.Contains(t, words(p.Page("/ui/applications?q=nothing")), "No application is like that. Show all")
	require.Regexp(t, `Sad ✗ blocked: failed in prod consumer core · shop`, words(p.Page("/ui/applications")), "a failure wins over what is not known")
	require.Contains(t, p.Page("/ui/applications?label=gone"), `<option value="gone" selected>`, "what is asked for stays to be seen")
}

// The gate says of each cause since when it is and whose, with pages as evidence.
func TestTheGateTellsSinceWhenAndWhose(t *testing.T) {
	t.Parallel()
	p, now := clocked(t)
	p.Play("pact Foo 1 -> Bar\npact Foo 1 -> Baz\nverify Bar 2 : Foo 1 failed\nversion Baz 3\ndeploy Bar 2 prod\ndeploy Baz 3 prod")
	*now = now.Add(2 * time.Hour)
	p.Play("verify Bar 2 : Foo 1 failed")
	p.Must(http.MethodPut, "/pacticipants/Bar/labels/bar-team", nil, nil)
	page := p.Page("/ui/gate?application=Foo&to=prod")
	text := words(page)
	require.Contains(t, text, "Why: 2 causes")
	require.Equal(t, 2, strings.Count(text, "Since 2 hours ago"), "not since the last repeat")
	require.Contains(t, text, "With the team of Bar bar-team")
	for _, address := range []string{"/ui/applications/Foo/versions/1", "/ui/applications/Bar/versions/2", "/ui/applications/Baz/versions/3", "/ui/contracts/Foo/Baz/1", "/ui/matrix?consumer=Foo&provider=Bar", "/ui/results/Foo/Bar/"} {
		require.Contains(t, page, `href="`+address, address)
	}
	require.Regexp(t, `treaty verify --provider-name Baz --provider-version 3 .* --broker-url http://127`, page)
	p.Must(http.MethodGet, "/can-i-deploy?pacticipant=Foo&version=1&environment=prod", nil, nil)
	require.Regexp(t, `Who asked before .* 1 prod ✗ no .*\(and 1 more\) just now not known answer 1`, words(p.Page("/ui/gate?application=Foo&to=prod")))
}

// Many causes are counted, and are a page away.
func TestTheGateTellsManyCausesPageByPage(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	history := "version Hub 1\nenvironment prod\n"
	for i := range 25 {
		history += fmt.Sprintf("pact App%02d 1 -> Hub\ndeploy App%02d 1 prod\n", i, i)
	}
	p.Play(history)
	first, second := p.Page("/ui/gate?application=Hub&to=prod"), p.Page("/ui/gate?application=Hub&to=prod&causes-page=2")
	for _, page := range []string{first, second} {
		require.Contains(t, words(page), "Why: 25 causes")
	}
	require.Equal(t, []int{20, 5}, []int{strings.Count(first, `<li class="cause`), strings.Count(second, `<li class="cause`)})
}

// Contacts of any kind of JSON do no harm.
func TestContactsOfAnyKindAreShown(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Play("pact Foo 1 -> Bar")
	for i, contacts := range []string{`[]`, `[{"name":"x"}]`, `[{"name":"y","details":{"deep":{"a":1},"on":true,"mail":"z"}}]`} {
		p.Must(http.MethodPost, "/environments", map[string]any{"name": fmt.Sprint("e", i), "production": false, "contacts": json.RawMessage(contacts)}, nil)
	}
	text := words(p.Page("/ui/applications/Foo"))
	require.Contains(t, text, "Contact x for e1")
	require.Contains(t, text, "Contact y (mail z) for e2")
}
