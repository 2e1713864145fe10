package output

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAScreenShowsTheSameHoweverItIsWritten cuts a text between all its bytes.
func TestAScreenShowsTheSameHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	const text = "größer\u200b 🙂 a\x1b[31m \xff end\n"
	const want = "größer[U+200B] 🙂 a[U+001B][31m [0xFF] end\n"
	for cut := range len(text) {
		var out bytes.Buffer
		w := NewScreen(&out)
		for _, part := range []string{text[:cut], text[cut:]} {
			n, err := w.Write([]byte(part))
			require.NoError(t, err)
			require.Equal(t, len(part), n)
		}
		require.Equal(t, want, out.String(), "cut at %d", cut)
	}
}

func TestOnlyOurOwnSequencesReachTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, err := NewScreen(&out).Write([]byte(Paint(true, Red, "no\x1b[32myes")))
	require.NoError(t, err)
	require.Equal(t, "\x1b[31mno[U+001B][32myes\x1b[0m", out.String())
	require.Nil(t, NewScreen(nil))
	require.Same(t, &out, Exactly(NewScreen(&out)))
}
