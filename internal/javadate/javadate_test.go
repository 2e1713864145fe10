package javadate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/javadate"
)

// TestWhatIsWrittenInAFormatIsReadInIt holds for every letter at every width
// that has a meaning: writing and reading know the same letters.
func TestWhatIsWrittenInAFormatIsReadInIt(t *testing.T) {
	t.Parallel()
	moments := []time.Time{
		time.Date(2000, 1, 1, 10, 0, 0, 0, time.UTC),
		time.Date(2024, 2, 29, 23, 59, 58, 7_000_000, time.FixedZone("", 5*3600+30*60)),
		time.Date(2023, 12, 31, 0, 0, 9, 999_999_999, time.FixedZone("CET", 3600)),
		time.Date(2026, 8, 16, 12, 30, 0, 1, time.FixedZone("", -3600)),
	}
	known := 0
	for c := byte('A'); c <= 'z'; c++ {
		if c > 'Z' && c < 'a' {
			continue
		}
		for width := 1; width <= 19; width++ {
			format, err := javadate.Parse(strings.Repeat(string(c), width))
			if err != nil {
				continue
			}
			known++
			for _, moment := range moments {
				text := format.Write(moment)
				require.NotEmpty(t, text, "%c %d", c, width)
				why, ok := format.Match(text)
				require.True(t, ok, "%c stands %d times: %q is not read: %s", c, width, text, why)
			}
		}
	}
	require.Greater(t, known, 100)
}

func TestFormatsThatMeanNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ format, why string }{
		{"hhh", "stands 3 times in a row, at most 2"},
		{"yyyy b", "the letter 'b' has no meaning"},
		{"P", "the letter 'P' has no meaning"},
		{"yyyy 'x", "the quote at position 6 does not end"},
		{"V", "must stand twice"},
		{"OO", "once or four times"},
		{strings.Repeat("-", 501), "longer than 500"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			_, err := javadate.Parse(tt.format)
			require.ErrorContains(t, err, tt.why)
		})
	}
}

func TestTextInAFormatStandsForItself(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 9, 0, 0, 0, 0, time.UTC)
	for format, want := range map[string]string{
		"''yyyy''": "'2024'", "HH 'o''clock'": "00 o'clock", "dd. é MMM": "09. é Feb", "": "", "''": "'", "'a''''b'": "a''b",
	} {
		f, err := javadate.Parse(format)
		require.NoError(t, err, format)
		require.Equal(t, want, f.Write(at), format)
		_, ok := f.Match(want)
		require.True(t, ok, format)
		_, ok = f.Match(want + "x")
		require.False(t, ok, format)
	}
}

func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "''", "'", "EEEE G", "ZZZZ VV z O", "é", "'a''"} {
		f.Add(seed, "2024-01-01T00:00:00Z")
	}
	f.Fuzz(func(t *testing.T, format, text string) {
		parsed, err := javadate.Parse(format)
		if err != nil {
			return
		}
		parsed.Match(text)
		parsed.Write(time.Unix(0, 0))
	})
}
