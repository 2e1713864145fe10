package matching_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

func TestPathsAreComparedWhateverTheirSpelling(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, a, b string
		same       bool
	}{
		{"the case of escapes", "/a%2fb", "/a%2Fb", true},
		{"an escaped slash is not a separator", "/a%2Fb", "/a/b", false},
		{"unreserved characters", "/%61-%5F%7e", "/a-_~", true},
		{"a space", "/a%20b", "/a b", true},
		{"a plus is a plus", "/a+b", "/a%2Bb", true},
		{"a plus is not a space", "/a+b", "/a%20b", false},
		{"other delimiters", "/a:b;c=d,e@f!$&'()*", "/a%3Ab%3Bc%3Dd%2Ce%40f%21%24%26%27%28%29%2A", true},
		{"characters beyond ASCII", "/caf%C3%A9/%e2%82%ac/%F0%9F%98%80", "/café/€/😀", true},
		{"half escaped characters", "/caf\xc3%A9", "/café", true},
		{"an escaped replacement character", "/%EF%BF%BD", "/\uFFFD", true},
		{"bytes of another encoding", "/caf%e9", "/caf%E9", true},
		{"bytes of another encoding are not the character", "/caf%E9", "/café", false},
		{"half a character", "/%E2%82A", "/%e2%82%41", true},
		{"an escaped percent sign", "/100%25", "/100%", true},
		{"nothing is decoded twice", "/%2520", "/%20", false},
		{"broken escapes", "/%zz%4", "/%25zz%254", true},
		{"a question mark", "/a%3Fb", "/a?b", true},
		{"a trailing slash", "/a/", "/a", false},
		{"dots", "/a/../b", "/b", false},
		{"case", "/A", "/a", false},
	} {
		require.Equal(t, tt.same, matching.NormalPath(tt.a) == matching.NormalPath(tt.b), "%s: %q %q", tt.name, matching.NormalPath(tt.a), matching.NormalPath(tt.b))
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			r := matching.Request(contract.Request{Path: pair[0]}, contract.Request{Path: pair[1]})
			require.Equal(t, tt.same, r.OK(), "%s: %v", tt.name, whys(r))
		}
	}
}

func TestARuleIsAskedForBothSpellingsOfAPath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, path string
		want          bool
	}{
		{`/a b/\d`, "/a%20b/1", true},
		{`/a%20b/\d`, "/a%20b/1", true},
		{`/é`, "/%c3%a9", true},
		{`/[^/]+`, "/a%2Fb", true},
		{`/[^/]+`, "/a/b", false},
		{`/a b/\d`, "/a%20b/x", false},
	} {
		rules := ruleFor(contract.CategoryPath, "", contract.RegexRule{Pattern: tt.pattern})
		r := matching.Request(contract.Request{Path: "/", Rules: rules}, contract.Request{Path: tt.path})
		require.Equal(t, tt.want, r.OK(), "%s %s", tt.pattern, tt.path)
	}
	unknown := ruleFor(contract.CategoryPath, "", contract.UnknownRule{Match: "new"})
	require.Len(t, matching.Request(contract.Request{Path: "/%20", Rules: unknown}, contract.Request{Path: "/ "}).Mismatches, 1)
}

// FuzzPath: the normal form is one, and is its own normal form.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"/a%2fb", "/caf%C3%A9", "/%E9\xe9", "/%", "/%F0%9F%98", "/%25%zz", "/%E2%82A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		normal := matching.NormalPath(path)
		require.Equal(t, normal, matching.NormalPath(normal))
		require.True(t, utf8.ValidString(normal))
	})
}
