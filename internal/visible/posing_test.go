package visible_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/visible"
)

func TestCharactersThatPassForOthersAreMarked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"cat\u0430log":   "cat[U+0430]log", // a Cyrillic a
		"\u0421atalog":   "[U+0421]atalog",
		"\u039Frders":    "[U+039F]rders", // a Greek O
		"cafe\u0301":     "cafe[U+0301]",
		"store\u2010one": "store[U+2010]one",
	} {
		require.Equal(t, want, marked(text))
		require.Equal(t, text, visible.Text(text), "in a sentence it stays")
	}
	for _, ordinary := range []string{
		"каталог", "каталог-v2", "Ελλάδα", "café", "Tiếng Việt", "5 μs", "μs", "हिन्दी", "日本語", "한국어", "مخزن", "ก่อน", "shop каталог", "a–b",
	} {
		require.Equal(t, ordinary, marked(ordinary))
	}
}

// marked is a text with its marked characters by their codes.
func marked(text string) string {
	var out strings.Builder
	for _, part := range visible.Marked(text) {
		out.WriteString(part.Text)
		if part.Code != "" {
			out.WriteString("[" + part.Code + "]")
		}
	}
	return out.String()
}
