package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// clocked is a broker whose clock moves as the test says.
func clocked(t *testing.T) (*usecasetest.HTTPPlayer, *time.Time) {
	t.Helper()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	base := brokertest.Start(t, func(o *broker.Options) {
		o.Domain.CheckSimilarNames, o.Domain.AllowContractModification, o.Domain.DeployedVersionsForTags = false, true, false
		o.Now = func() time.Time { return now }
	}).URL()
	return &usecasetest.HTTPPlayer{T: t, Base: base}, &now
}

// rowsOf are the rows of a table of a page, without tags.
func rowsOf(t *testing.T, page, table string) []string {
	t.Helper()
	_, rest, found := strings.Cut(page, `<table id="`+table+`">`)
	if !found {
		return nil
	}
	body, _, _ := strings.Cut(rest, "</table>")
	_, body, _ = strings.Cut(body, "<tbody>")
	var out []string
	for _, row := range strings.Split(body, "</tr>") {
		if text := words(row); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// One failing verification is one row, whatever it blocks, with production first.
func TestTheStartPageTellsEachCauseOnce(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	for _, name := range []string{"alpha", "test", "production"} {
		p.Must(http.MethodPost, "/environments", map[string]any{"name": name, "production": name == "production"}, nil)
	}
	p.Play(`
		pact Shop 1 -> Pay
		verify Pay 7 : Shop 1 ok
		deploy Shop 1 test
		deploy Shop 1 production
		deploy Shop 1 alpha
		deploy Pay 7 production
		deploy Pay 7 test
		deploy Pay 7 alpha
		verify Pay 8 : Shop 1 failed`)
	rows := rowsOf(t, p.Page("/"), "causes")
	require.Len(t, rows, 1)
	require.Regexp(t, `^✗ failed Pay 8 fails Shop 1 production · alpha · test just now Pay `, rows[0])
	require.Contains(t, rows[0], "result · contract · history")
}

// A cause is as old as the first of the failures in a row, not as the last repeat, and
// what is not proven as the later of contract and version.
func TestACauseIsAsOldAsWhatBeganIt(t *testing.T) {
	t.Parallel()
	const failed, ok = "verify Pay 8 : Shop 1 failed branch main", "verify Pay 8 : Shop 1 ok branch main"
	for _, tt := range []struct {
		name, before string
		// hours are what happens, an hour apart.
		hours []string
		since string
	}{
		{"a failure that is repeated", "", []string{failed, failed, failed}, "3 hours ago"},
		{"a failure after a success", "", []string{failed, ok, failed}, "1 hour ago"},
		{"another version between", "", []string{failed, "verify Pay 9 : Shop 1 ok branch feat", failed}, "3 hours ago"},
		{"a version that verified nothing", "", []string{"pact Shop 1 -> Pay", "version Pay 8 branch main", "pact Shop 2 -> Pay"}, "2 hours ago"},
		{"a contract that nobody verified", "version Pay 8 branch main", []string{"pact Shop 1 -> Pay content new", "pact Shop 2 -> Pay content new\ndeploy Shop 2 prod", "pact Shop 3 -> Pay content new"}, "3 hours ago"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, now := clocked(t)
			p.Play("main Pay main\nenvironment prod")
			if tt.before != "" {
				p.Play(tt.before)
			} else {
				p.Play("pact Shop 1 -> Pay\ndeploy Shop 1 prod")
			}
			for _, step := range tt.hours {
				p.Play(step)
				*now = now.Add(time.Hour)
			}
			var about []string
			for _, row := range rowsOf(t, p.Page("/"), "causes") {
				if strings.Contains(row, "Pay 8") {
					about = append(about, row)
				}
			}
			require.Len(t, about, 1)
			require.Contains(t, about[0], tt.since)
		})
	}
}

// Failures come before what is missing, and production before all else.
func TestCausesComeByWhatTheyBlock(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	for _, name := range []string{"a-test", "production"} {
		p.Must(http.MethodPost, "/environments", map[string]any{"name": name, "production": name == "production"}, nil)
	}
	p.Play(`
		pact Ann 1 -> Bob
		deploy Ann 1 a-test
		verify Bob 2 : Ann 1 failed
		deploy Bob 2 a-test
		pact Cid 1 -> Dot
		version Dot 2
		deploy Dot 2 production
		pact Eve 1 -> Fay
		verify Fay 2 : Eve 1 failed
		deploy Eve 1 production`)
	rows := rowsOf(t, p.Page("/"), "causes")
	var first []string
	for _, row := range rows {
		for _, cause := range []string{"Fay 2 fails Eve", "Dot 2 has not verified Cid", "Bob 2 fails Ann"} {
			if strings.Contains(row, cause) {
				first = append(first, cause)
			}
		}
	}
	require.Equal(t, []string{"Fay 2 fails Eve", "Dot 2 has not verified Cid", "Bob 2 fails Ann"}, first, "%s", strings.Join(rows, "\n"))
}

// What waits longest for a verification comes first, with whom it waits for.
func TestTheStartPageTellsWhatWaits(t *testing.T) {
	t.Parallel()
	p, now := clocked(t)
	p.Play("main Bar main\nversion Bar 1 branch main\nenvironment prod\npact Old 1 -> Bar")
	*now = now.Add(24 * time.Hour)
	p.Play("pact New 1 -> Bar\npact Told 1 -> Bar\nverify Bar 2 : Told 1 ok branch main\npact Feat 1 -> Bar\nverify Bar 3 : Feat 1 ok branch feat\nversion Bar 4 branch main\npact Solo 1 -> Nobody")
	*now = now.Add(time.Hour)
	rows := rowsOf(t, p.Page("/"), "waiting")
	require.Len(t, rows, 4, "%s", strings.Join(rows, "\n"))
	require.Regexp(t, `^Old → Bar 1 the main branch of Bar 1 day ago`, rows[0])
	for i, want := range []string{"Feat → Bar 1 the main branch of Bar", "New → Bar 1 the main branch of Bar", "Solo → Nobody 1 any version of Nobody"} {
		require.Contains(t, rows[i+1], want+" 1 hour ago")
	}
	p.Play("deploy Bar 1 prod")
	rows = rowsOf(t, p.Page("/"), "waiting")
	require.Contains(t, strings.Join(rows, "\n"), "Told → Bar 1 1 in prod", "what is deployed has not verified it, although main has")
	require.Contains(t, strings.Join(rows, "\n"), "Old → Bar 1 the main branch of Bar and 1 in prod")
	require.Contains(t, p.Page("/"), `--provider-version "$(git rev-parse HEAD)"`)
}

// A reader names applications in the address: the page is about them, and says so.
func TestTheStartPageIsAboutTheReadersApplications(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	p.Play(`
		pact Ann 1 -> Bob
		verify Bob 2 : Ann 1 failed
		deploy Bob 2 prod
		pact Cid 1 -> Dot
		verify Dot 2 : Cid 1 failed
		deploy Dot 2 prod`)
	p.Must(http.MethodPut, "/pacticipants/Cid/labels/mine", nil, nil)
	all := p.Page("/")
	require.Contains(t, all, "fails Ann")
	require.Contains(t, all, "fails Cid")
	for _, tt := range []struct{ query, has, hasNot string }{
		{"?mine=Bob", "fails Ann", "fails Cid"},
		{"?label=mine", "fails Cid", "fails Ann"},
		{"?mine=Cid&mine=Cid&mine=nobody", "fails Cid", "fails Ann"},
	} {
		page := p.Page("/" + tt.query)
		require.Contains(t, page, tt.has, tt.query)
		require.NotContains(t, page, tt.hasNot, tt.query)
		require.Contains(t, words(page), "2 promotions blocked by a failure", "the verdict is about everything")
		require.Contains(t, words(page), "The others do not concern your applications.")
	}
	p.Play("environment alpha\nverify Bob 3 : Ann 1 ok\ndeploy Bob 3 alpha")
	require.Equal(t, []string{"Ann 1 ✗ no prod ✓ yes alpha", "Bob 3 – yes, nothing proven prod · alpha"}, rowsOf(t, p.Page("/?mine=Bob&mine=Ann"), "mine"))
	page := p.Page("/?mine=Ann&mine=Dot&label=x")
	require.Contains(t, page, `href="?label=x&mine=Dot"`, "each can be taken away")
	require.Contains(t, page, `<input type="hidden" name="mine" value="Ann">`, "another can be added")
	require.Contains(t, words(p.Page("/?mine=nobody")), "There is no application of that name.")
	require.Contains(t, words(p.Page("/?label=nothing")), "No application has that label.")
}

// What happened last is told newest first, each thing of one version in one line.
func TestTheStartPageTellsWhatHappened(t *testing.T) {
	t.Parallel()
	p, now := clocked(t)
	tick := func(step string) {
		*now = now.Add(time.Minute)
		p.Play(step)
	}
	tick("pact Ann 1 -> Bob\npact Ann 1 -> Cid")
	tick("verify Bob 2 : Ann 1 failed")
	tick("deploy Bob 2 prod")
	tick("release Ann 1 prod")
	*now = now.Add(time.Minute)
	p.Must(http.MethodGet, "/can-i-deploy?pacticipant=Ann&version=1&environment=prod", nil, nil)
	var rows []string
	require.Eventually(t, func() bool {
		rows = rowsOf(t, p.Page("/"), "happened")
		return len(rows) == 5
	}, 20*time.Second, 100*time.Millisecond, "the answer of the gate is kept behind it")
	for i, want := range []string{"✗ gate: no Ann 1 to prod", "– released Ann 1 released to prod", "– deployed Bob 2 deployed to prod", "✗ failed Bob 2 fails Ann", "– published Ann 1 with contracts for Cid and Bob"} {
		require.Contains(t, rows[i], want)
	}
}

// However long the feed could be, it is short.
func TestWhatHappenedIsBounded(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	var history strings.Builder
	for i := range 50 {
		fmt.Fprintf(&history, "pact App%d 1 -> Bar\n", i)
	}
	p.Play(history.String())
	require.Len(t, rowsOf(t, p.Page("/"), "happened"), 20)
}

// A failure is told before what is only missing, in whichever of the environments of
// production; what stands in the way of production comes before the rest.
func TestTheStartPageTellsFailuresBeforeWhatIsNotThere(t *testing.T) {
	t.Parallel()
	p, _ := clocked(t)
	for _, name := range []string{"disaster-recovery", "production", "test"} {
		p.Must(http.MethodPost, "/environments", map[string]any{"name": name, "production": name != "test"}, nil)
	}
	p.Play(`
		pact Shop 1 -> Pay
		verify Pay 7 : Shop 1 failed
		deploy Pay 7 production
		pact Foo 1 -> Bar
		verify Bar 2 : Foo 1 failed
		deploy Bar 2 test
		deploy Foo 1 test`)
	rows := rowsOf(t, p.Page("/"), "causes")
	require.Contains(t, rows[0], "✗ failed Pay 7 fails Shop 1")
	for _, row := range rows[1 : len(rows)-1] {
		require.Contains(t, row, "? not there")
	}
	require.Contains(t, rows[len(rows)-1], "✗ failed Bar 2 fails Foo 1", "it stands in the way of no production")
}
