package kernel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMisspeltNamesAreOfferedTheOnesThatExist(t *testing.T) {
	t.Parallel()
	existing := []string{"Search", "Payments API", "storefront", "production", "prod-eu", "Zed"}
	for _, tt := range []struct {
		name string
		want []string
	}{
		{"Serach", []string{"Search"}},
		{"search", []string{"Search"}},
		{"payments-api", []string{"Payments API"}},
		{"prod", []string{"prod-eu", "production"}},
		{"storefrontt", []string{"storefront"}},
		{"nothing like it", nil},
		{"", nil},
	} {
		require.Equal(t, tt.want, nearest(tt.name, existing), tt.name)
	}
	require.Equal(t, " Did you mean 'prod-eu' or 'production'?", didYouMean("prod", existing))
	require.Empty(t, didYouMean("qqqqq", existing))
}

func TestEditsAreCounted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "axc", 1}, {"abc", "xbcd", 2}, {"größe", "grosse", 3},
	} {
		require.Equal(t, tt.want, edits([]rune(tt.a), []rune(tt.b)), "%s %s", tt.a, tt.b)
	}
}
