package visible_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/visible"
)

func TestWhatCannotBeSeenIsNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"plain", "storefront-api_2 (x)", "storefront-api_2 (x)"},
		{"other alphabets", "Größe 名前 שלום", "Größe 名前 שלום"},
		{"zero width", "Fo\u200bo", "Fo[U+200B]o"},
		{"a letter that is turned around", "Foo\u202ecod.exe", "Foo[U+202E]cod.exe"},
		{"isolates", "\u2066a\u2069", "[U+2066]a[U+2069]"},
		{"a terminal's colour", "\x1b[31mred", "[U+001B][31mred"},
		{"the short form of the same", "\u009b31m", "[U+009B]31m"},
		{"a carriage return", "safe\revil", "safe[U+000D]evil"},
		{"a line", "a\nb", "a[U+000A]b"},
		{"a space that is none", "a\u00a0b", "a[U+00A0]b"},
		{"a tag of a flag", "x\U000e0041", "x[U+E0041]"},
		{"a filler", "a\u3164b", "a[U+3164]b"},
		{"a joiner between letters", "a\u200db", "a[U+200D]b"},
		{"a family", "👨\u200d👩\u200d👧 ⚠\ufe0f", "👨\u200d👩\u200d👧 ⚠\ufe0f"},
		{"a selector behind a letter", "a\ufe0f", "a[U+FE0F]"},
		{"a format character that is drawn", "\u0600", "\u0600"},
		{"bytes that are not text", "a\xffb", "a[0xFF]b"},
		{"the sign for them", "a\ufffdb", "a\ufffdb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, visible.Text(tt.text))
			require.Equal(t, tt.text != tt.want, visible.Any(tt.text))
		})
	}
}

// A character with hundreds of marks would draw over its neighbours; scripts that pile up
// some stay as they are.
func TestPilesOfMarksAreCut(t *testing.T) {
	t.Parallel()
	name := "z" + strings.Repeat("\u0301", 200) + "x"
	require.Equal(t, "z"+strings.Repeat("\u0301", 8)+"[+192]x", visible.Text(name))
	for _, plain := range []string{"Viê\u0323t", "\u05e9\u05c1\u05b8\u0596", "ก\u0e35\u0e49", "e\u0301" + strings.Repeat("a\u0302", 20)} {
		require.Equal(t, plain, visible.Text(plain))
	}
}

func TestLinesKeepTheirLayout(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a\tb\r\nc\n", visible.Lines("a\tb\r\nc\n"))
	require.Equal(t, "a[U+000D]b[U+200B]", visible.Lines("a\rb\u200b"))
}

func TestHiddenCharactersAreDescribedOnce(t *testing.T) {
	t.Parallel()
	require.Equal(t, "U+200B (zero width space), U+E0041", visible.Describe("\u200ba\u200b\U000e0041"))
	require.Empty(t, visible.Describe("plain"))
}

func TestTextsThatLookTheSameHaveOneSkeleton(t *testing.T) {
	t.Parallel()
	for _, other := range []string{"payments\u200b", "\u202epayments", "раyments", "ｐayments", "pay\u00adments", "payments\ufe0f"} {
		require.Equal(t, visible.Skeleton("payments"), visible.Skeleton(other), other)
	}
	require.Equal(t, visible.Skeleton("café"), visible.Skeleton("cafe\u0301"), "an accent in one or in two characters")
	for _, other := range []string{"payment", "Payments", "pay-ments", "платежи"} {
		require.NotEqual(t, visible.Skeleton("payments"), visible.Skeleton(other), other)
	}
}

// FuzzTextIsSafeToShow holds for every text what the pages and the terminal
// rely on.
func FuzzTextIsSafeToShow(f *testing.F) {
	f.Add("a\x1b[31m\u202eb\xff👨\u200d👩")
	f.Fuzz(func(t *testing.T, text string) {
		shown := visible.Text(text)
		require.True(t, utf8.ValidString(shown))
		for _, r := range shown {
			require.False(t, unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r), "%q", shown)
		}
	})
}
