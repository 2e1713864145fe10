package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// What many lack is one cause, not one for each of them.
func TestAProviderThatManyLackIsOneCause(t *testing.T) {
	t.Parallel()
	p, now := clocked(t)
	var history strings.Builder
	history.WriteString("environment prod\n")
	p.Play("pact App0 1 -> Hub")
	*now = now.Add(time.Hour)
	for i := range 12 {
		fmt.Fprintf(&history, "pact App%d 1 -> Hub content c%d\n", i, i)
	}
	p.Play(history.String())
	rows := rowsOf(t, p.Page("/"), "causes")
	require.Len(t, rows, 1)
	require.Contains(t, rows[0], "? not there Hub is not in prod and is needed by 12: App0, App1, App10 and 9 others")
	require.Contains(t, rows[0], "App11 to prod and 8 other applications")
	require.Contains(t, words(p.Page("/")), "Blocked: 1 cause")
	require.Len(t, rowsOf(t, p.Page("/?mine=App7"), "causes"), 1, "it concerns each of them")
	require.Len(t, rowsOf(t, p.Page("/?mine=Hub"), "causes"), 1)
}

// Where no version of the main branch is known, none is called the newest of it.
func TestALatestVersionIsNotCalledTheNewestOfTheMainBranch(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Must(http.MethodPost, "/pacticipants", map[string]any{"name": "solo", "mainBranch": "main"}, nil)
	p.Play("environment prod\nversion solo 8 branch feat")
	for _, path := range []string{"/ui/applications/solo", "/ui/gate?application=solo&to=prod"} {
		require.NotContains(t, words(p.Page(path)), "newest version of the main branch", path)
	}
	require.Contains(t, words(p.Page("/ui/applications/solo")), "No version of the main branch, main, is known, so this is about the latest version, 8 (feat)")
	require.Contains(t, words(p.Page("/ui/gate?application=solo&to=prod")), "the latest version, as none of the main branch, main, is known")
	p.Play("version solo 9 branch main")
	require.Contains(t, words(p.Page("/ui/applications/solo")), "This is about the newest version of the main branch, main: 9")
	require.Contains(t, words(p.Page("/ui/gate?application=solo&to=prod")), "the newest version of the main branch, main")
}

// sendResult records a result for the contract of Foo 1 with Bar, and returns its page.
func sendResult(p *usecasetest.HTTPPlayer, body map[string]any) string {
	p.T.Helper()
	var pact struct {
		Links struct {
			Publish struct{ Href string } `json:"pb:publish-verification-results"`
			Content struct{ Name string } `json:"pb:pact-version"`
		} `json:"_links"`
	}
	p.Must(http.MethodGet, p.PactPath("Foo", "1", "Bar"), nil, &pact)
	var made struct {
		Links struct {
			Self struct{ Href string } `json:"self"`
		} `json:"_links"`
	}
	p.Must(http.MethodPost, strings.TrimPrefix(pact.Links.Publish.Href, p.Base), body, &made)
	number := made.Links.Self.Href[strings.LastIndex(made.Links.Self.Href, "/")+1:]
	return "/ui/results/Foo/Bar/" + pact.Links.Content.Name + "/" + number
}

// A success that its tests do not bear out is nowhere green beside them: a failure among
// them wins, and what was not tried is not known.
func TestASuccessIsNotGreenAgainstItsTests(t *testing.T) {
	t.Parallel()
	tests := func(all ...any) map[string]any {
		return map[string]any{"success": true, "providerApplicationVersion": "7", "testResults": map[string]any{"tests": all}}
	}
	one := func(description string, passed, pending bool) map[string]any {
		return map[string]any{"interactionDescription": description, "success": passed, "pending": pending}
	}
	for _, tt := range []struct {
		name, verdict, says, counts string
		body                        map[string]any
	}{
		{"a test failed", "✗ contradictory", "1 of its tests failed", "1 failed, 0 passed", tests(one("content 1", false, false))},
		{"one of two failed", "✗ contradictory", "1 of its tests failed", "1 failed, 1 passed", tests(one("content 1", true, false), one("other", false, false))},
		{"nothing was tried", "? nothing tried", "nothing of the contract was tried", "The list of tests is empty", tests()},
		{"another was tried", "? nothing tried", "nothing of the contract was tried", "1 passed, 1 not tried", tests(one("other", true, false))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := look(t, "pact Foo 1 -> Bar content 1")
			tt.body["testResults"] = map[string]any{"tests": append([]any{}, tt.body["testResults"].(map[string]any)["tests"].([]any)...)}
			result, contract := p.Page(sendResult(p, tt.body)), p.Page("/ui/contracts/Foo/Bar")
			for _, page := range []string{result, contract} {
				require.Contains(t, words(page), tt.verdict)
				require.Contains(t, words(page), tt.says)
				require.Contains(t, words(page), "The gate goes by what was recorded, a success.")
			}
			require.Contains(t, words(result), tt.counts)
			above, _, _ := strings.Cut(contract, "<h2")
			require.NotRegexp(t, greenMark, above)
			if tt.name != "one of two failed" { // the one that the contract has passed
				require.NotContains(t, words(contract), "1 interaction: 1 verified ")
			}
		})
	}
	t.Run("no list takes it for a success", func(t *testing.T) {
		t.Parallel()
		for verdict, body := range map[string]map[string]any{
			"contradictory": tests(one("content 1", false, false)), "nothing tried": tests(one("other", true, false)), "tried in part": tests(one("content 1", true, false)),
		} {
			p := look(t, "environment prod\npact Foo 0 -> Bar content 0")
			interaction := func(description string) map[string]any {
				return map[string]any{"description": description, "request": map[string]any{"method": "GET", "path": "/"}, "response": map[string]any{"status": 200}}
			}
			p.Must(http.MethodPut, p.PactPath("Foo", "1", "Bar"), map[string]any{
				"consumer": map[string]any{"name": "Foo"}, "provider": map[string]any{"name": "Bar"}, "interactions": []any{interaction("content 1"), interaction("content 2")},
			}, nil)
			p.Must(http.MethodPut, "/pacticipants/Foo/branches/main/versions/1", map[string]any{}, nil)
			result := sendResult(p, body)
			p.Play("deploy Foo 1 prod\ndeploy Bar 7 prod")
			for _, path := range []string{
				result, "/ui/contracts/Foo/Bar", "/ui/applications/Foo", "/ui/applications/Bar", "/ui/applications/Foo/versions/1", "/ui/applications/Bar/versions/7",
				"/ui/environments/prod", "/ui/gate?application=Foo&version=1&to=prod", "/ui/matrix?consumer=Foo&provider=Bar", "/ui/contracts/Foo/Bar/1/diff?with=0",
			} {
				page := p.Page(path)
				if path != result && path != "/ui/contracts/Foo/Bar" { // these say what was tried
					require.NotRegexp(t, greenMark, page, path+" "+verdict)
				}
				require.Contains(t, words(page), verdict, path)
			}
			for _, path := range []string{"/", "/ui/applications", "/ui/environments", "/ui/map?label=", "/ui/map?application=Foo", "/?mine=Foo"} {
				require.NotRegexp(t, greenMark, p.Page(path), path+" "+verdict)
			}
			require.Contains(t, words(p.Page("/")), "which its tests do not bear out")
			require.Contains(t, words(p.Page("/ui/environments")), "results in doubt")
			require.Contains(t, words(p.Page("/ui/applications")), "results in doubt")
			require.Contains(t, words(p.Page("/ui/gate?application=Foo&version=1&to=prod")), "yes, but")
		}
	})
	t.Run("what is pending does not count", func(t *testing.T) {
		t.Parallel()
		p := look(t, "pact Foo 1 -> Bar content 1")
		page := words(p.Page(sendResult(p, tests(one("content 1", false, true)))))
		require.Contains(t, page, "0 failed, 0 passed, 1 failed while pending")
		require.NotContains(t, page, "contradictory")
	})
	t.Run("without tests nothing is said against it", func(t *testing.T) {
		t.Parallel()
		p := look(t, "pact Foo 1 -> Bar content 1\nverify Bar 7 : Foo 1 ok")
		require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar")), "1 interaction: 1 verified")
	})
}

// To have a result is not to be verified.
func TestNothingWaitsDoesNotSayThatAllIsWell(t *testing.T) {
	t.Parallel()
	p := look(t, "environment prod\npact Foo 1 -> Bar\nverify Bar 1 : Foo 1 failed\npact Ann 1 -> Bob\nverify Bob 1 : Ann 1 ok")
	require.Contains(t, words(p.Page("/")), "Nothing waits: every contract has a result (1 failed).")
	require.Contains(t, words(p.Page("/?mine=Ann")), "each of their contracts has a result.")
	require.NotContains(t, words(p.Page("/")), "by what is deployed")
	p.Play("verify Bar 2 : Foo 1 ok")
	require.Contains(t, words(p.Page("/")), "every contract has a result.")
}

// What meets nothing has proven nothing.
func TestTheStartPageDoesNotSayThatWhatMeetsNothingFits(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\nverify Bar 1 : Foo 1 ok\ndeploy Bar 1 prod")
	page := words(p.Page("/"))
	require.Contains(t, page, "Nothing has to fit yet")
	require.NotContains(t, page, "proven to fit")
	p.Play("pact Ann 1 -> Bob")
	require.NotContains(t, words(p.Page("/")), "proven to fit", "nor where something is blocked")
	p.Play("verify Bob 1 : Ann 1 ok\ndeploy Bob 1 prod\ndeploy Foo 1 prod")
	require.Contains(t, words(p.Page("/")), "Everything fits")
}

// The start page and the list of applications count the same as blocked.
func TestBlockedIsOneWord(t *testing.T) {
	t.Parallel()
	p := look(t, "environment prod\npact Foo 1 -> Bar\npact Bad 1 -> Hub\nverify Hub 1 : Bad 1 failed\ndeploy Hub 1 prod")
	require.Contains(t, words(p.Page("/")), "2 promotions blocked")
	blocked := p.Page("/ui/applications?health=blocked")
	require.Contains(t, words(blocked), "2 of 4 applications")
	require.Contains(t, words(blocked), "? blocked: not proven in prod")
	require.Contains(t, words(blocked), "✗ blocked: failed in prod")
	require.Contains(t, words(p.Page("/ui/applications?health="+url.QueryEscape("blocked: failed"))), "1 of 4 applications")
	for _, path := range []string{"/ui/environments/prod", "/ui/applications/Foo", "/ui/gate?application=Foo&to=prod"} {
		require.Contains(t, words(p.Page(path)), "? not proven", path)
		require.NotContains(t, words(p.Page(path)), "? unknown", path)
	}
}

// A result of another branch is not the last one of a contract that the main branch has
// judged, and a cause of the main branch leads to its history.
func TestTheResultOfTheMainBranchCounts(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Play(`
		environment prod
		main Foo main
		main Bar main
		pact Foo 1 -> Bar branch main
		deploy Foo 1 prod
		verify Bar 2 : Foo 1 failed branch main
		verify Bar 2-fix : Foo 1 ok branch fix`)
	contract := words(p.Page("/ui/contracts/Foo/Bar"))
	require.Contains(t, contract, "Last result ✗ failed by Bar 2 (main)")
	require.Contains(t, contract, "A later one – verified by Bar 2-fix (fix)")
	require.Contains(t, rowsOf(t, p.Page("/ui/applications/Bar"), "provider-for")[0], "✗ failed 2 (main)")
	require.Contains(t, rowsOf(t, p.Page("/ui/applications/Foo/versions/1"), "published")[0], "✗ failed 2 (main)")
	home := p.Page("/")
	require.Contains(t, home, "/ui/matrix?consumer=Foo&consumer-main=true&provider=Bar&provider-main=true")
	require.Contains(t, words(p.Page("/ui/matrix?consumer=Foo&consumer-main=true&provider=Bar&provider-main=true")), "✗ failed")
	p.Play("pact Foo 2 -> Bar branch main content new\nverify Bar 2-fix : Foo 2 ok branch fix")
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Bar")), "Last result ✓ verified by Bar 2-fix (fix)", "where main has none, the branch is named")
}

// A commit that mends nothing is not when a failure began.
func TestAFailureIsAsOldAsOnItsBranch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		hours []string
		since string
	}{
		{"the next commit fails too", []string{"2.0.0 : Shop 1 failed branch main", "2.0.1 : Shop 1 failed branch main"}, "2 hours ago"},
		{"a commit that was good between", []string{"2.0.0 : Shop 1 failed branch main", "2.0.1 : Shop 1 ok branch main", "2.0.2 : Shop 1 failed branch main"}, "1 hour ago"},
		{"another branch between", []string{"2.0.0 : Shop 1 failed branch main", "fix : Shop 1 ok branch fix", "2.0.2 : Shop 1 failed branch main"}, "3 hours ago"},
		{"another branch before", []string{"fix : Shop 1 failed branch fix", "2.0.2 : Shop 1 failed branch main"}, "1 hour ago"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, now := clocked(t)
			p.Play("main Pay main\nenvironment prod\npact Shop 1 -> Pay\ndeploy Shop 1 prod")
			for _, step := range tt.hours {
				p.Play("verify Pay " + step)
				*now = now.Add(time.Hour)
			}
			require.Contains(t, rowsOf(t, p.Page("/"), "causes")[0], tt.since)
			require.Contains(t, words(p.Page("/ui/gate?application=Pay&to=prod")), tt.since, "the gate's page says the same")
		})
	}
}

// A question needs a place, one of each, and a version that there is: what lacks one of
// them gets no answer.
func TestTheGateAnswersWhatIsAskedOnly(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	const commit = "97aebe987f1ec2f0c94ba3b1d1ba1ab0f2a5d0b1"
	p.Play("environment prod\nenvironment PROD\npact Foo " + commit + " -> Bar\nversion Foo 1.2.3")
	for path, says := range map[string]string{
		"?application=Foo":                              "Choose where it would go.",
		"?application=Foo&to=":                          "Choose where it would go.",
		"?application=Foo&to=%20":                       "Choose where it would go.",
		"?application=Foo&application=Bar&to=prod":      "more than once",
		"?application=Foo&to=prod&to=PROD":              "more than once",
		"?application=Foo&version=97aebe987f&to=prod":   "Did you mean one of these?",
		"?application=Foo&version=97AEBE987F&to=prod":   "Did you mean one of these?",
		"?application=Foo&version=1.2.4&to=prod":        "Did you mean one of these?",
		"?application=Foo&version=nothing+like&to=prod": "Nothing is known of that version",
	} {
		page := p.Page("/ui/gate" + path)
		require.Contains(t, words(page), says, path)
		require.NotContains(t, page, `class="verdict yes"`, path)
		require.NotRegexp(t, `(?:Yes|No|Not yet)[,:] `, words(page), path)
		require.NotContains(t, page, "create-or-update-version", path)
	}
	require.Contains(t, p.Page("/ui/gate?application=Foo&version=97aebe987f&to=prod"), "version="+commit, "it leads to the answer")
	require.Regexp(t, `<option value="" selected>`, p.Page("/ui/gate"), "no environment is chosen for the reader")
	require.Contains(t, words(p.Page("/ui/gate?application=Foo&version="+commit+"&to=prod")), "Not yet")
}

// Of applications that are not there, nothing is said to be well.
func TestTheStartPageHasNoVerdictOnWhatIsNotThere(t *testing.T) {
	t.Parallel()
	p := look(t, "environment prod\npact Foo 1 -> Bar")
	for _, query := range []string{"?mine=foo", "?label=nolabel"} {
		page := words(p.Page("/" + query))
		require.NotContains(t, page, "Nothing is blocked.", query)
		require.NotContains(t, page, "Nothing of these applications waits", query)
		require.Contains(t, page, "there is nothing to tell", query)
	}
	require.Contains(t, words(p.Page("/?mine=foo")), "Did you mean 'Foo'?")
}

// Branches that are not listed are asked for on the page.
func TestABranchThatIsNotListedIsFound(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	var history strings.Builder
	for i := range 25 {
		fmt.Fprintf(&history, "version Foo %d branch feat-%02d\n", i, i)
	}
	p.Play(history.String())
	page := p.Page("/ui/applications/Foo")
	require.Contains(t, page, `name="branch"`)
	require.NotContains(t, page, "?branch=NAME")
	require.Contains(t, words(p.Page("/ui/applications/Foo?branch=feat-01")), "feat-01")
	require.Contains(t, words(p.Page("/ui/applications/Foo?branch=eat-01")), "Did you mean 'feat-01'")
}

// What somebody was answered is a page that can be shown to others, not JSON.
func TestAKeptAnswerOfTheGateIsAPage(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	standingSend(t, s.base, "POST", "/environments", `{"name":"production","production":true}`)
	s.do("GET", "/can-i-deploy?pacticipant=store+front&version=1&environment=production", "", http.Header{"Accept": {"application/hal+json"}})
	link := regexp.MustCompile(`/ui/gate/answers/\d+`).FindString(s.get("/ui/gate?application=store+front"))
	require.NotEmpty(t, link)
	for _, address := range []string{link, strings.TrimPrefix(link, "/ui")} {
		page := s.get(address)
		for _, want := range []string{"The answer was “not proven” then.", "store front", "production", "what the answer is now", "No verification result is known"} {
			require.Contains(t, words(page), want, address)
		}
	}
	for path, want := range map[string]string{"/ui/gate/answers/99999": "no kept answer number 99999", "/ui/gate/answers/x": "is none"} {
		got := s.do("GET", path, "", nil)
		require.Equal(t, http.StatusNotFound, got.status)
		require.Contains(t, got.text, want)
	}
}
