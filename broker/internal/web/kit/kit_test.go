package kit_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func TestOnlyAnAddressByHTTPWithAHostIsALink(t *testing.T) {
	t.Parallel()
	for address, follows := range map[string]bool{
		"https://ci.example/7": true, "http://ci.example:8080/7?a=b#c": true, "HTTPS://ci.example": true,
		"javascript:alert(1)": false, "\tjavascript:alert(1)": false, "java\nscript:alert(1)": false, "data:text/html,x": false, "vbscript:x": false,
		"//ci.example/7": false, "/ui/applications": false, "ci.example/7": false, "https:///7": false, "https:ci.example": false, "https://": false,
		"https://ci.example@evil.example/": false, "file:///etc/passwd": false, "": false, "%": false,
	} {
		got := kit.Outside{Address: address}
		require.Equal(t, follows, got.URL() != "", address)
		require.Equal(t, address, got.Plain(), "it is shown in any case")
	}
	require.Equal(t, "ci.example", kit.Outside{Text: "the build", Address: "https://ci.example/7"}.Host(), "a text of its own does not hide where it leads")
}

func TestTheWorstVerdictWins(t *testing.T) {
	t.Parallel()
	nothing := kit.None("empty")
	yes, no, unknown, doubt, none := kit.Yes("a"), kit.No("b"), kit.Unknown("c"), kit.Doubt("d"), kit.None("e")
	require.Equal(t, nothing, kit.Worst(nothing))
	require.Equal(t, no, kit.Worst(nothing, yes, unknown, no, doubt), "a failure wins over what is not known")
	require.Equal(t, unknown, kit.Worst(nothing, yes, none, unknown))
	require.Equal(t, none, kit.Worst(nothing, yes, none), "what proves nothing is not green")
	require.Equal(t, yes, kit.Worst(nothing, yes, yes))
}

func TestACommitIsCutShortAndNothingElseIs(t *testing.T) {
	t.Parallel()
	const commit = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
	require.Equal(t, "0a1b2c3d4e", kit.Version{Number: commit}.Short())
	require.Equal(t, commit, kit.Version{Number: commit}.Title())
	for _, whole := range []string{"1.2.3", "2026-11-27T10:00:00", "a-name-that-is-longer-than-a-commit-is-long"} {
		require.Equal(t, whole, kit.Version{Number: whole}.Short())
		require.Empty(t, kit.Version{Number: whole}.Title())
	}
}

func TestATimeIsToldInTheLargestWholeUnit(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for before, want := range map[time.Duration]string{
		0: "just now", -time.Hour: "just now", 59 * time.Second: "just now", time.Minute: "1 minute ago", 119 * time.Minute: "1 hour ago",
		47 * time.Hour: "1 day ago", 59 * 24 * time.Hour: "1 month ago", 3 * 365 * 24 * time.Hour: "3 years ago",
	} {
		require.Equal(t, want, kit.At(now, now.Add(-before)).Relative)
	}
	require.False(t, kit.At(now, time.Time{}).Known)
	require.Equal(t, "never", kit.Time{}.Plain())
}

// table has a row that lacks what the others are sorted by.
func table() kit.Table {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	row := func(name string, verdict kit.Verdict, at time.Time, count int) kit.Row {
		return kit.Row{{kit.Link{Text: name, URL: "#"}}, {verdict}, {kit.At(now, at)}, {kit.Number{N: count}}}
	}
	return kit.Table{Name: "pairs", Columns: []kit.Column{
		{Title: "Name", Key: "name"}, {Title: "Result", Key: "result"}, {Title: "When", Key: "when", NewestFirst: true}, {Title: "Count", Key: "count"}, {Title: "Unsorted"},
	}, Rows: []kit.Row{
		row("beta", kit.Yes("verified"), now.Add(-time.Hour), 9), row("Alpha", kit.No("failed"), time.Time{}, 100), row("gamma", kit.Unknown("not verified"), now, 20),
	}}
}

func names(t kit.Table) []string {
	var out []string
	for _, r := range t.Rows {
		out = append(out, r[0].Plain())
	}
	return out
}

func TestATableIsSortedAsItsAddressAsks(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string][]string{
		"":        {"beta", "Alpha", "gamma"},
		"name":    {"Alpha", "beta", "gamma"},
		"-name":   {"gamma", "beta", "Alpha"},
		"result":  {"Alpha", "gamma", "beta"},
		"when":    {"beta", "gamma", "Alpha"},
		"-when":   {"gamma", "beta", "Alpha"},
		"count":   {"beta", "gamma", "Alpha"},
		"nothing": {"beta", "Alpha", "gamma"},
		"-":       {"beta", "Alpha", "gamma"},
	} {
		got := table()
		got.Sort(url.Values{"pairs-sort": {asked}})
		require.Equal(t, want, names(got), asked)
	}
	begun := table()
	begun.Begin = "-name"
	begun.Sort(url.Values{"sort": {"name"}})
	require.Equal(t, []string{"gamma", "beta", "Alpha"}, names(begun), "the address asks another table")
}

func TestTheTitlesOfATableAskForItsOrder(t *testing.T) {
	t.Parallel()
	got := table()
	got.Sort(url.Values{"pairs-sort": {"name"}, "page": {"3"}, "pairs-q": {"a b"}})
	require.Equal(t, "ascending", got.Columns[0].Order)
	require.Equal(t, "?page=3&pairs-q=a+b&pairs-sort=-name", got.Columns[0].URL, "what else is asked stays, and the other table's page")
	require.Empty(t, got.Columns[2].Order)
	require.Equal(t, "?page=3&pairs-q=a+b&pairs-sort=-when", got.Columns[2].URL, "the newest first")
	require.Empty(t, got.Columns[4].URL)
	got.Sort(url.Values{"pairs-sort": {"-name"}})
	require.Equal(t, "descending", got.Columns[0].Order)
	require.Equal(t, "?pairs-sort=name", got.Columns[0].URL)
}

func TestATableIsNarrowedByWordsAndFacets(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		query url.Values
		want  []string
		count string
	}{
		{"nothing asked", url.Values{}, []string{"beta", "Alpha", "gamma"}, "3 rows"},
		{"words in any cell, in any case", url.Values{"pairs-q": {" ALPH "}}, []string{"Alpha"}, "1 of 3 rows"},
		{"a facet", url.Values{"pairs-result": {"verified"}}, []string{"beta"}, "1 of 3 rows"},
		{"a facet takes whole answers", url.Values{"pairs-result": {"verif"}}, nil, "0 of 3 rows"},
		{"both", url.Values{"pairs-result": {"verified"}, "pairs-q": {"gamma"}}, nil, "0 of 3 rows"},
		{"another table", url.Values{"q": {"alpha"}, "result": {"failed"}}, []string{"beta", "Alpha", "gamma"}, "3 rows"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := table()
			filter := got.Narrow(tt.query, "found", "result")
			require.Equal(t, tt.want, names(got))
			require.Equal(t, tt.count, filter.Count)
			require.Equal(t, len(tt.want) == 0, got.Empty.Text == "Nothing here matches.")
		})
	}
}

func TestAFilterKeepsWhatItDoesNotAsk(t *testing.T) {
	t.Parallel()
	got := table()
	filter := got.Narrow(url.Values{"pairs-q": {"a"}, "pairs-result": {"gone"}, "pairs-sort": {"name"}, "page": {"3"}}, "found", "result")
	require.Equal(t, []kit.Parameter{{Name: "pairs-sort", Value: "name"}}, filter.Hidden)
	require.Equal(t, "?pairs-sort=name", filter.Clear)
	require.Equal(t, []kit.Link{
		{Text: "Find: a", URL: "?pairs-result=gone&pairs-sort=name"}, {Text: "Result: gone", URL: "?pairs-q=a&pairs-sort=name"},
	}, filter.Active, "each can be taken away, also one that nothing answers")
	require.Equal(t, []kit.Option{{Value: "failed", Text: "failed"}, {Value: "gone", Text: "gone", Current: true}, {Value: "not verified", Text: "not verified"}, {Value: "verified", Text: "verified"}}, filter.Facets[0].Options)
}

func TestCodeWithHiddenCharactersIsCopiedAsItIs(t *testing.T) {
	t.Parallel()
	require.Empty(t, kit.Code{Text: "a\n\tb"}.Copy(), "what is seen")
	require.Equal(t, "a\u200bb", kit.Code{Text: "a\u200bb"}.Copy())
}

func TestAFieldIsDescribedByWhatIsSaidOfIt(t *testing.T) {
	t.Parallel()
	require.Empty(t, kit.Field{ID: "x"}.Describes())
	require.Equal(t, "x-error x-hint", kit.Field{ID: "x", Hint: "h", Error: "e"}.Describes())
	form := kit.Form{Fields: []kit.Field{{ID: "a"}, {ID: "b", Error: "e"}}}
	require.Equal(t, []kit.Field{{ID: "b", Error: "e"}}, form.Wrong())
}

func TestALongTableIsCutIntoPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		query, text, previous, next string
		rows                        []string
	}{
		{"", "Page 1 of 3", "", "?pairs-page=2", []string{"a", "b"}},
		{"q=1&pairs-page=2", "Page 2 of 3", "?pairs-page=1&q=1", "?pairs-page=3&q=1", []string{"c", "d"}},
		{"pairs-page=3", "Page 3 of 3", "?pairs-page=2", "", []string{"e"}},
		{"pairs-page=99", "Page 3 of 3", "?pairs-page=2", "", []string{"e"}},
		{"pairs-page=-1", "Page 1 of 3", "", "?pairs-page=2", []string{"a", "b"}},
		{"pairs-page=x", "Page 1 of 3", "", "?pairs-page=2", []string{"a", "b"}},
		{"page=2", "Page 1 of 3", "", "?page=2&pairs-page=2", []string{"a", "b"}}, // that of another table
	} {
		query, err := url.ParseQuery(tt.query)
		require.NoError(t, err)
		table := kit.Table{Name: "pairs"}
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			table.Rows = append(table.Rows, kit.Row{{kit.Text{Text: name}}})
		}
		table.Cut(query, 2)
		var rows []string
		for _, r := range table.Rows {
			rows = append(rows, r[0].Plain())
		}
		require.Equal(t, tt.rows, rows, tt.query)
		of := ""
		if tt.text != "" {
			of = "pairs" // two lists of a page are told apart
		}
		require.Equal(t, kit.Pager{Previous: tt.previous, Next: tt.next, Text: tt.text, Of: of}, table.Pages, tt.query)
	}
	short := kit.Table{Rows: make([]kit.Row, 2)}
	short.Cut(nil, 2)
	require.Empty(t, short.Pages, "what fits has no pages")
}

func TestAnotherListBeginsWithItsFirstPage(t *testing.T) {
	t.Parallel()
	query := url.Values{"page": {"3"}, "pairs-page": {"2"}, "q": {"x"}}
	require.Equal(t, "?q=y", kit.With(query, map[string]string{"q": "y", "page": ""}))
	require.Equal(t, "?page=3&pairs-page=2&q=y", kit.With(query, map[string]string{"q": "y"}))
}
