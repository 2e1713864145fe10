package kernel_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestANameIsRefusedInWordsThatSayWhy(t *testing.T) {
	t.Parallel()
	base := kernel.NewBase(nil, kernel.Settings{MaxNameLength: 10})
	for rule, names := range map[string][]string{
		"cannot be blank":                             {"", "  ", "\t"},
		"cannot contain multiple lines":               {"a\nb", "a\rb"},
		"cannot contain a zero byte":                  {"a\x00b"},
		"must be UTF-8":                               {"a\xff"},
		"cannot contain control characters":           {"a\tb", "a\x1b"},
		"a character that was lost":                   {"a\ufffd"},
		"cannot be made of dots alone":                {".", "..", "....."},
		"cannot be made of characters alone that are": {"\u200b"},
		"cannot begin or end with a blank":            {" a", "a ", "\u00a0a"},
		"cannot be longer than 10 bytes":              {"eleven char", strings.Repeat("é", 6)},
	} {
		for _, name := range names {
			fields := kernel.Fields{}
			base.CheckName(fields, "name", name)
			require.Len(t, fields["name"], 1, "a name that %s: %q", rule, name)
			require.Contains(t, fields["name"][0], rule, "%q", name)
		}
	}
	for _, name := range []string{"a", "a b", "...a", "feat/x", "100%", "é", "a.json"} {
		fields := kernel.Fields{}
		base.CheckName(fields, "name", name)
		require.Empty(t, fields, "%q is a name", name)
	}
}

// TestVersionsStandInTheOrderOfTheirNumbers names versions from the first to the
// last, and holds each pair to it in both directions.
func TestVersionsStandInTheOrderOfTheirNumbers(t *testing.T) {
	t.Parallel()
	order := []string{
		"0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-alpha.beta", "1.0.0-rc.1",
		"1.0.0", "1.0.0+1", "1.2.0", "v1.10.0", "2", "10.0.0",
	}
	for i, a := range order {
		for j, b := range order {
			want := 0
			switch {
			case i < j:
				want = -1
			case i > j:
				want = 1
			}
			require.Equal(t, want, kernel.CompareNumbers(a, b), "order of %s and %s", a, b)
		}
	}
	for _, number := range []string{"", "nightly", "1.0.0 ", "1.2.3_4", "1.", "v"} {
		require.False(t, kernel.IsSemantic(number), "%q has no place in the order", number)
	}
}

func TestAHostIsAllowedByTheListAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern        string
		allows, closed []string
	}{
		{"ci.example.org", []string{"ci.example.org", "CI.example.org"}, []string{"example.org", "ci.example.org.evil.org", "xci.example.org"}},
		{"*.example.org", []string{"ci.example.org", "CI.Example.org"}, []string{"example.org", ".example.org", "a.b.example.org", "ci.badexample.org"}},
		{"10.0.0.0/8", []string{"10.1.2.3"}, []string{"11.1.2.3", "10.example.org"}},
		{"10.1.2.3", []string{"10.1.2.3"}, []string{"10.1.2.4"}},
		{"::1", []string{"::1", "0:0:0:0:0:0:0:1"}, []string{"::2"}},
		{`/^ci\d\.example\.org$/`, []string{"ci7.example.org"}, []string{"ci.example.org", "ci7.example.org.evil.org"}},
	} {
		rules := kernel.WebhookRules{Hosts: []string{"unrelated.example.com", tt.pattern}}
		for _, host := range tt.allows {
			require.True(t, rules.AllowsHost(host), "%s lets %s in", tt.pattern, host)
		}
		for _, host := range tt.closed {
			require.False(t, rules.AllowsHost(host), "%s keeps %s out: a star is one label and no more", tt.pattern, host)
		}
	}
	require.True(t, kernel.WebhookRules{}.AllowsHost("anything.example.org"), "no list allows every host")
}
