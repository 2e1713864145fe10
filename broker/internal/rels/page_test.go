package rels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/rels"
)

func TestPagesAreReadInBlocks(t *testing.T) {
	t.Parallel()
	require.Equal(t, []rels.Block{
		{Level: 1, ID: "a-<b>-title", Text: rels.Line{{Text: "A <b> title"}}},
		{Text: rels.Line{{Text: "<script>x</script> and "}, {Text: "code <i>", Code: true}, {Text: ", and a "}, {Text: "` alone"}}},
		{Items: []rels.Line{{{Text: "one goes on"}}, {{Text: "two", Code: true}}}},
		{Code: "pre <x>\nmore"},
		{Level: 6, ID: "deep", Text: rels.Line{{Text: "deep"}}},
	}, rels.Parse("# A <b> title\n\n<script>x</script> and `code <i>`, and a ` alone\n\n- one\n  goes on\n- `two`\n\n    pre <x>\n    more\n\n######## deep\n"))
}

func TestRelationsThatShareAPageLeadToIt(t *testing.T) {
	t.Parallel()
	webhooks, known := rels.Page("webhook")
	require.True(t, known)
	same, _ := rels.Page("webhooks-create")
	require.Equal(t, webhooks, same)
	for _, name := range []string{"../rels", "nobody", "", "a\\b"} {
		_, known := rels.Page(name)
		require.False(t, known, name)
	}
}
