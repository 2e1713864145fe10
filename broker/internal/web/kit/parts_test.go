package kit_test

import (
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// kinds are two parts of each kind in their order, with what they say.
var kinds = []struct {
	lesser, greater kit.Part
	says            string // of the greater
}{
	{kit.Text{Text: "apple"}, kit.Text{Text: "Banana"}, "Banana"},
	{kit.Sentence{Text: "A pact."}, kit.Sentence{Text: "no pact."}, "no pact."},
	{kit.Mono{Text: "feat/a"}, kit.Mono{Text: "main"}, "main"},
	{kit.Number{N: 9}, kit.Number{N: 10}, "10"},
	{kit.Link{Text: "cart", URL: "/z"}, kit.Link{Text: "Shop", URL: "/a"}, "Shop"},
	{kit.Links{{Text: "prod"}}, kit.Links{{Text: "prod"}, {Text: "test"}}, "prod, test"},
	{kit.Outside{Text: "build", Address: "https://z.example"}, kit.Outside{Address: "https://a.example"}, "https://a.example"},
	{kit.At(time.Unix(100, 0), time.Unix(1, 0)), kit.At(time.Unix(100, 0), time.Unix(99, 0)).InFull(), "1 January 1970, 00:01:39 UTC"},
	{kit.Version{Number: "1.0"}, kit.Version{Number: "A.1"}, "A.1"},
	{kit.No("failed"), kit.Yes("verified"), "verified"},
	{kit.Fold{Summary: "Deploy it"}, kit.Fold{Summary: "Verify it", Codes: kit.Commands("treaty verify")}, "Verify it"},
}

func TestEachKindOfPartHasAnOrderAndWords(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		rows := func() []kit.Row { return []kit.Row{{{k.greater}}, {}, {{k.lesser}}} }
		for sort, want := range map[string][]kit.Part{"a": {k.lesser, k.greater}, "-a": {k.greater, k.lesser}} {
			table := kit.Table{Columns: []kit.Column{{Title: "A", Key: "a"}}, Rows: rows()}
			table.Sort(url.Values{"sort": {sort}})
			require.Equal(t, kit.Row{{want[0]}}, table.Rows[0], "%s by %s", k.says, sort)
			require.Equal(t, kit.Row{{want[1]}}, table.Rows[1], "%s by %s", k.says, sort)
			require.Empty(t, table.Rows[2], "what is not there comes last")
		}
		table := kit.Table{Columns: []kit.Column{{Title: "A", Key: "a"}}, Rows: rows()}
		table.Narrow(url.Values{"q": {strings.ToUpper(k.says)}}, "")
		require.Contains(t, table.Rows, kit.Row{{k.greater}}, "%s is found by what it says", k.says)
		require.Equal(t, k.says, kit.Cell{k.greater}.Plain())
	}
}

func TestWhatIsNotThereComesLast(t *testing.T) {
	t.Parallel()
	for _, nothing := range []kit.Part{kit.Time{}, kit.Version{}, kit.Links{}, kit.Muted{Text: "a"}} {
		table := kit.Table{Columns: []kit.Column{{Title: "A", Key: "a"}}, Rows: []kit.Row{{{nothing}}, {{kit.Text{Text: "z"}}}}}
		for _, sort := range []string{"a", "-a"} {
			table.Sort(url.Values{"sort": {sort}})
			require.Equal(t, kit.Row{{nothing}}, table.Rows[1], "%T by %s", nothing, sort)
		}
	}
	require.Equal(t, "never", kit.Time{}.Plain())
	require.Equal(t, "none yet", kit.Muted{Text: "none yet"}.Plain())
}

func TestEachPartHasItsTemplate(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	names, err := fs.Glob(kit.Templates, "templates/*.html")
	require.NoError(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(kit.Templates, name)
		require.NoError(t, err)
		all.Write(text)
	}
	parts := []kit.Part{kit.Muted{}}
	for _, k := range kinds {
		parts = append(parts, k.greater)
	}
	for _, part := range parts {
		require.Equal(t, 1, strings.Count(all.String(), `{{define "`+part.Part()+`"}}`), "%T", part)
	}
}

func TestAFactWithoutPartsIsLeftOut(t *testing.T) {
	t.Parallel()
	var facts kit.Facts
	facts.Add("Branches")
	facts.Add("Build", kit.Outside{Address: "https://ci.example/7"})
	require.Equal(t, kit.Facts{{Name: "Build", Cell: kit.Cell{kit.Outside{Address: "https://ci.example/7"}}}}, facts)
	require.True(t, kit.Empty{}.IsZero())
	require.False(t, kit.Empty{Text: "Nothing is deployed here."}.IsZero())
}

func TestOnlyWhatSavesTypingHasAButtonToCopy(t *testing.T) {
	t.Parallel()
	require.Empty(t, kit.Version{Number: "1.0.12"}.Copy())
	require.Equal(t, "1.0.123", kit.Version{Number: "1.0.123"}.Copy())
	require.Equal(t, []kit.Code{{Text: "treaty serve"}, {Text: "treaty demo"}}, kit.Commands("treaty serve", "treaty demo"))
}

func TestALinkOutsideSaysWhereItLeads(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ci.example:8443", kit.Outside{Text: "build", Address: "https://ci.example:8443/7"}.Host())
	require.Empty(t, kit.Outside{Address: "http://[::1"}.Host())
}
