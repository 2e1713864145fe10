package pattern_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/pattern"
)

// TestConstructs has for each construct texts that it matches as a whole and
// texts that it does not.
func TestConstructs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		source  string
		yes, no []string
	}{
		// Possessive quantifiers and atomic groups give nothing back.
		{`(ab)++c`, []string{"abc", "ababc"}, []string{"c", "abab", "ababcc", "ab+c"}},
		{`\p{Lu}++`, []string{"A", "AB", "ÄÖ"}, []string{"", "a", "A+", "Ab"}},
		{`[a-c]++d`, []string{"abcd", "ad"}, []string{"d", "abc"}},
		{`[ab]*+b`, nil, []string{"b", "ab", "abb"}},
		{`a?+a`, []string{"aa"}, []string{"a"}},
		{`\d++\.\d`, []string{"12.3"}, []string{"12", "12.34"}},
		{`.*+x`, nil, []string{"x", "ax"}},
		{`(?:a|b)++`, []string{"abba"}, []string{"", "c"}},
		{`(?>a|ab)c`, []string{"ac"}, []string{"abc"}},
		{`\x41++`, []string{"AA"}, []string{"x41"}},
		{`(?i:a)++B`, []string{"aAB"}, []string{"aab"}},
		// Classes inside of each other, and intersections.
		{`[a-z&&[^b]]`, []string{"a", "c"}, []string{"b", "A", "c]", "&"}},
		{`[a-z&&[def]]+`, []string{"fed"}, []string{"a", "dz"}},
		{`[a-z&&[^aeiou]&&[^xyz]]+`, []string{"bcd"}, []string{"abc", "x"}},
		{`[a[bc]]+`, []string{"abc"}, []string{"a]", "[", "d"}},
		{`[^a-c[x-z]]`, []string{"d"}, []string{"a", "y"}},
		{`[^a&&[ab]]`, []string{"b", "c"}, []string{"a"}},
		{`[\w&&[^\d_]]+`, []string{"ab"}, []string{"a1", "_"}},
		{`(?i)[a-z&&[^b]]`, []string{"a", "C"}, []string{"b", "B"}},
		{`(?i)[^b]`, []string{"a", "C"}, []string{"b", "B"}},
		{`[]a]+`, []string{"]a"}, []string{"[", ""}},
		{`[^]a]`, []string{"b"}, []string{"]", "a"}},
		{`[\w.-]+@[\w-.]+`, []string{"a.b-c@d-e.f"}, []string{"a b@c"}},
		{`[a\-z]`, []string{"a", "-", "z"}, []string{"b"}},
		{`[-+]?\d`, []string{"-1", "+1", "1"}, []string{"*1"}},
		{`[\]\[]+`, []string{"[]"}, []string{`\`}},
		{`[^[]+`, []string{"ab", "]"}, []string{"["}}, // JavaScript's only
		{`[{}&$]+`, []string{"{&}$"}, []string{"a"}},
		// Quoting, comments and white space.
		{`\Qa.b*\E+`, []string{"a.b*", "a.b**"}, []string{"aab", "a.b"}},
		{`\Q(x)`, []string{"(x)"}, []string{"x"}},
		{`(?x) a b # end
			c`, []string{"abc"}, []string{"a b c"}},
		{`(?x)a\ b`, []string{"a b"}, []string{"ab"}},
		{`a(?#no)b`, []string{"ab"}, []string{"a(?#no)b"}},
		// Look-around and references.
		{`(?=.*\d)\w{3,}`, []string{"ab1"}, []string{"abc", "a1"}},
		{`(?!00)\d\d`, []string{"01"}, []string{"00"}},
		{`a(?<=a)b`, []string{"ab"}, nil},
		{`.(?<!a)b`, []string{"xb"}, []string{"ab"}},
		{`(\w)\1`, []string{"aa"}, []string{"ab"}},
		{`(a)\11`, []string{"aa1"}, []string{"aa"}},
		{`(?<q>['"])\w+\k<q>`, []string{`"a"`, `'a'`}, []string{`"a'`}},
		{`(?P<q>a|b)(?P=q)`, []string{"aa", "bb"}, []string{"ab"}},
		{`(?'q'a|b)\k'q'`, []string{"aa"}, []string{"ab"}},
		{`(?<y>\d{4})-(\d\d)-\k<y>`, []string{"2024-01-2024"}, []string{"2024-01-01"}},
		// Flags.
		{`(?i)abc`, []string{"ABC", "aBc"}, []string{"abd"}},
		{`a(?i:b)c`, []string{"aBc", "abc"}, []string{"abC"}},
		{`(?i)a(?-i)b`, []string{"Ab"}, []string{"AB"}},
		{`(?s)a.b`, []string{"a\nb", "axb"}, []string{"ab"}},
		{`a.b`, []string{"axb"}, []string{"a\nb"}},
		{`(?i)ä`, []string{"Ä"}, []string{"a"}},
		// Anchors.
		{`^abc$`, []string{"abc"}, []string{"abcd", "abc\n"}},
		{`\Aabc\z`, []string{"abc"}, []string{"xabc"}},
		{`abc\Z`, []string{"abc"}, []string{"abc\n"}},
		{`abc\Z\n`, []string{"abc\n"}, []string{"abc"}},
		{`^a|b$`, []string{"a", "b"}, []string{"ab"}},
		{`\bab\b.*`, []string{"ab", "ab c"}, []string{"abc"}},
		{`(?=a)\bab\B.`, []string{"abc"}, []string{"ab-"}},
		{`(?=a)a\bé`, []string{"aé"}, nil},
		// Characters.
		{`(?=.)\d`, []string{"5"}, []string{"٣"}},
		{`\d`, []string{"5"}, []string{"٣"}},
		{`(?=.)\w+`, []string{"a_1"}, []string{"é"}},
		{`\s+`, []string{" \t\n\v\f\r"}, []string{"\u00a0"}},
		{`\x41\u0042\x{43}\u{44}\cA\0\012`, []string{"ABCD\x01\x00\n"}, nil},
		{`\uD83D\uDE00`, []string{"😀"}, nil},
		{`\a\e\f\n\r\t`, []string{"\a\x1b\f\n\r\t"}, nil},
		{`\/\-\_\"\:\@\ \#`, []string{`/-_":@ #`}, nil},
		{`\R`, []string{"\n", "\r\n", "\u2028"}, []string{"a"}},
		{`{"a":\d}`, []string{`{"a":1}`}, nil},
		{`x{2}y{1,}z{0,1}`, []string{"xxy", "xxyyz"}, []string{"xy"}},
		{`a{,2}b`, []string{"b", "aab"}, []string{"aaab"}},
		{`a{1500}`, []string{strings.Repeat("a", 1500)}, []string{"a"}},
		// Properties.
		{`\p{L}+`, []string{"aé"}, []string{"1"}},
		{`\pL\PL`, []string{"a1"}, []string{"aa"}},
		{`\p{Lu}\P{Lu}\p{^Lu}`, []string{"Abc"}, []string{"ABc"}},
		{`\p{IsAlphabetic}+`, []string{"éⅣ"}, []string{"1"}},
		{`\p{Alphabetic}`, []string{"é"}, []string{"-"}},
		{`\p{javaLowerCase}\p{javaUpperCase}`, []string{"aB"}, []string{"Ba"}},
		{`\p{javaWhitespace}`, []string{" ", "\n"}, []string{"\u00a0"}},
		{`\p{IsGreek}\p{Greek}\p{Script=Greek}\p{sc=Greek}`, []string{"αβγδ"}, []string{"abcd"}},
		{`\p{Lowercase_Letter}\p{gc=Lu}\p{General_Category=Decimal_Number}`, []string{"aB1"}, nil},
		{`[\p{L}\p{Nd}]+`, []string{"é٣"}, []string{"-"}},
		{`\p{Alpha}+`, []string{"abc"}, []string{"1"}},
		{`\p{Punct}`, []string{"!"}, []string{"a"}},
		{`[[:alpha:]]+`, []string{"abc"}, []string{"1", "a:"}},
		{`[[:^alpha:][:upper:]]+`, []string{"A1"}, []string{"a"}},
		{`[[:xdigit:]]{2}`, []string{"aF"}, []string{"g0"}},
		// Nothing and everything.
		{``, []string{""}, []string{"a"}},
		{`a||b`, []string{"a", "", "b"}, []string{"ab"}},
		{`[\s\S]*`, []string{"", "a\nb"}, nil},
		{`[^\s\S]`, nil, []string{"a", ""}},
		{`(?=a)[^\d\D]`, nil, []string{"a"}},
	} {
		t.Run(tt.source, func(t *testing.T) {
			t.Parallel()
			p, err := pattern.Compile(tt.source)
			require.NoError(t, err)
			for want, texts := range map[bool][]string{true: tt.yes, false: tt.no} {
				for _, text := range texts {
					got, err := p.Match(text)
					require.NoError(t, err, "%q", text)
					require.Equal(t, want, got, "%q", text)
				}
			}
		})
	}
}

// TestWhatIsNotUnderstoodIsRefusedByName lists constructs that no text may be
// matched with.
func TestWhatIsNotUnderstoodIsRefusedByName(t *testing.T) {
	t.Parallel()
	for source, named := range map[string]string{
		`\X`: `\X`, `\Ga`: `\G`, `a\Kb`: `\K`, `\N{DIGIT ONE}`: `\N`, `\O`: `\O`, `\yb`: `\y`, `\q`: `\q`, `(a)\g<1>`: `\g`,
		`(?R)`: "(?R)", `(?1)`: "(?1", `(?|a|b)`: "(?|", `(?~a)`: "(?~", `(a)?(?(1)b|c)`: "(?(", `(*FAIL)`: "(*", `(?&x)`: "(?&",
		`(?U)a*`: "(?U)", `(?d)a`: "(?d)", `(?^i:a)`: "(?^)",
		`\p{InGreek}`: `\p{InGreek}`, `\p{Emoji}`: `\p{Emoji}`, `\p{Nonsense}`: `\p{Nonsense}`, `\p{Block=Greek}`: `\p{Block=Greek}`, `\p`: `\p`,
		`[[:nonsense:]]`: "[:nonsense:]", `[a-z-[b]]`: "subtraction", `[a-\d]`: "range", `[z-a]`: "wrong order", `[a`: "without its ]",
		`(a`: "without its )", `a)`: "without its (", `*a`: "*", `a|+`: "+", `a{3,2}`: "wrong order", `a{999999999}`: "100000",
		`\`: `\`, `a\`: `\`, `\2(a)(b)`: `\2`, `\k<x>`: `"x"`, `(?<x>a)(?<x>b)`: `"x"`, `(?<>a)`: "name", `(?<a-b>c)`: "name", `\uD83D`: "surrogate", `\x4`: "2 hexadecimal digits",
		`\0123`: "octal", `\c1`: `\c`, `\b{g}`: `\b{`, `(?#a`: "(?#", "\xff": "UTF-8", `[a-[b]]`: "subtraction",
		strings.Repeat("(", 100_000): "longer", strings.Repeat("(", 300) + strings.Repeat(")", 300): "nests",
		strings.Repeat("[", 300) + "a" + strings.Repeat("]", 300): "nests",
	} {
		_, err := pattern.Compile(source)
		var refused *pattern.Error
		require.ErrorAs(t, err, &refused, source)
		require.Contains(t, refused.What, named, source)
		require.Less(t, len(err.Error()), 600)
	}
}

// TestWhereDialectsDisagreeThereIsNoAnswer: a text on which all readings
// agree is judged.
func TestWhereDialectsDisagreeThereIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		source   string
		judged   map[string]bool
		disputed []string
	}{
		{`\h+`, map[string]bool{"xyz": false, "": false}, []string{"ff", " "}},
		{`a{2,3}+`, map[string]bool{"aa": true, "a": false}, []string{"aaaaaa"}},
		{`a{2}?`, map[string]bool{"aa": true, "a": false}, []string{""}},
		{`\p{Alpha}`, map[string]bool{"a": true, "1": false}, []string{"é"}},
		{`[[:upper:]]`, map[string]bool{"A": true, "a": false}, []string{"É"}},
		{`^a$\n^b$`, map[string]bool{"ab": false}, []string{"a\nb"}},
		{`(?m)a.b`, map[string]bool{"axb": true, "ab": false}, []string{"a\nb"}},
		{`a(?i)b|c`, map[string]bool{"ab": true, "aB": true}, []string{"c", "C", "ac"}},
		{`a\v`, map[string]bool{"a\v": true, "ab": false}, []string{"a\n"}},
		{`(?x)[a b]`, map[string]bool{"a": true, "c": false}, []string{" "}},
	} {
		p, err := pattern.Compile(tt.source)
		require.NoError(t, err, tt.source)
		for text, want := range tt.judged {
			got, err := p.Match(text)
			require.NoError(t, err, "%s %q", tt.source, text)
			require.Equal(t, want, got, "%s %q", tt.source, text)
		}
		for _, text := range tt.disputed {
			_, err := p.Match(text)
			require.ErrorContains(t, err, "means one thing in Ruby and another in Java", "%s %q", tt.source, text)
		}
	}
}

func TestAPatternThatRunsAwayIsStopped(t *testing.T) {
	t.Parallel()
	p, err := pattern.Compile(`(?!b)(a+)+`)
	require.NoError(t, err)
	start := time.Now()
	_, err = p.Match(strings.Repeat("a", 60) + "!")
	var refused *pattern.Error
	require.ErrorAs(t, err, &refused)
	require.True(t, refused.RanAway)
	require.Less(t, time.Since(start), 10*time.Second)
}

// TestWhatGoReadsAloneIsReadAlike compares with Go's engine what means the
// same in Go as in all other dialects.
func TestWhatGoReadsAloneIsReadAlike(t *testing.T) {
	t.Parallel()
	sources := []string{
		`a*b+c?`, `(a|b)*?c`, `[a-c]{2,3}`, `\d{3}-\w+`, `[^\W\d]+`, `(?i)a[b-d]`, `a.c`, `x|y|`, `\.\*\+`, `[.*+]`, `(?:ab)+`, `\p{Greek}|\p{Lu}`,
		`^(?:19|20)\d\d$`, `[\t-~]+`, `(((a)))`, `é+`, `[à-ü]`,
	}
	texts := []string{"", "a", "b", "c", "ab", "abc", "aabbc", "abab", "123-x_y", "a.c", "axc", "x", "y", ".*+", "Ω", "É", "é", "1999", "2024", "A", "AC", "ü", "\n", "a\nc", "+"}
	for _, source := range sources {
		p, err := pattern.Compile(source)
		require.NoError(t, err, source)
		plain := regexp.MustCompile(`\A(?:` + source + `)\z`)
		for _, text := range texts {
			got, err := p.Match(text)
			require.NoError(t, err)
			require.Equal(t, plain.MatchString(text), got, "%s %q", source, text)
		}
		anew, ok := p.Plain()
		require.True(t, ok, source)
		_, err = regexp.Compile(anew)
		require.NoError(t, err)
	}
}

func TestOnlyPlainPatternsHaveAGoSource(t *testing.T) {
	t.Parallel()
	p, err := pattern.Compile(`(?=a)a`)
	require.NoError(t, err)
	_, ok := p.Plain()
	require.False(t, ok)
}

func TestErrorsAreOneShortLine(t *testing.T) {
	t.Parallel()
	_, err := pattern.Compile(`\X` + strings.Repeat("ä", 1000))
	require.Less(t, len(err.Error()), 600)
	require.NotContains(t, fmt.Sprint(err), "\uFFFD")
	require.ErrorAs(t, err, new(*pattern.Error))
}

// FuzzPattern: whatever is accepted has an answer for any text or a refusal,
// and the same one each time; a pattern matches the text that it quotes.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{`(ab)++c`, `[a-z&&[^b]]`, `(?i)a(?-i:b)|\h`, `\p{L}\Qx\E{2}`, `(?x)[a #]`, `(?<n>a)\k<n>\1`, `(?=a)(?<!b)`, `[[:alpha:]-z]`, `a{1,2}{3}+`} {
		f.Add(s, "abc")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 60 || len(text) > 60 {
			t.Skip("a longer pattern says nothing more")
		}
		p, err := pattern.Compile(source)
		if err != nil {
			require.ErrorAs(t, err, new(*pattern.Error))
			return
		}
		once, err := p.Match(text)
		var refused *pattern.Error
		if errors.As(err, &refused) && refused.RanAway {
			return
		}
		again, errAgain := p.Match(text)
		require.Equal(t, once, again)
		require.Equal(t, err, errAgain)
	})
}
