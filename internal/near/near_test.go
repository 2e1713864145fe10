package near_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/near"
)

func TestNamesThatLookAlikeAreOfferedNearestFirst(t *testing.T) {
	t.Parallel()
	existing := []string{"billing", "billing-eu", "Billing Archive", "shipping", "zed"}
	for _, tt := range []struct {
		name string
		want []string
	}{
		{"biling", []string{"billing"}},
		{"bililng", []string{"billing"}},
		{"BILLING_EU", []string{"billing-eu", "billing"}},
		{"shippping", []string{"shipping"}},
		{"ship", []string{"shipping"}},
		{"zed", nil},
		{"sh\u0456pping", []string{"shipping"}}, // a Cyrillic letter
		{"zed\u200b", []string{"zed"}},
		{"invoices", nil},
		{" ", nil},
		{strings.Repeat("b", 201), nil},
	} {
		require.Equal(t, tt.want, near.Names(tt.name, existing), tt.name)
	}
	require.Len(t, near.Names("app", []string{"app1", "app2", "app3", "app4"}), 3, "a screen has an end")
}

func TestASentenceOffersOneOrMore(t *testing.T) {
	t.Parallel()
	require.Equal(t, " Did you mean 'test'?", near.Sentence("tset", []string{"test", "production"}))
	require.Equal(t, " Did you mean 'stage-a' or 'stage-b'?", near.Sentence("stage", []string{"stage-b", "stage-a"}))
	require.Empty(t, near.Sentence("nowhere", []string{"test"}))
}

func TestEditsAreCounted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "axc", 1}, {"abc", "xbcd", 2}, {"größe", "grosse", 3},
	} {
		require.Equal(t, tt.want, near.Edits(tt.a, tt.b), "%s %s", tt.a, tt.b)
	}
}
