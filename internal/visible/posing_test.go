package visible_test

import (
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
		require.Equal(t, want, visible.Text(text))
		require.True(t, visible.Any(text))
	}
	for _, ordinary := range []string{
		"каталог", "каталог-v2", "Ελλάδα", "café", "Tiếng Việt", "5 μs", "μs", "हिन्दी", "日本語", "한국어", "مخزن", "ก่อน", "shop каталог", "a–b",
	} {
		require.Equal(t, ordinary, visible.Text(ordinary))
		require.False(t, visible.Any(ordinary), ordinary)
	}
}
