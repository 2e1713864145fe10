package output

import (
	"bytes"
	"crypto/rand"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/internal/visible"
)

// screen is what people read: standard output and error. Names, descriptions
// and answers of servers go through it, so it shows control and format
// characters as [U+001B] and the like. Otherwise a name could colour the
// terminal, move its cursor over an answer, or look like another name. Only
// what paint and control write steers the terminal.
type screen struct {
	w io.Writer
	// rest is the beginning of a character whose other bytes come next.
	rest []byte
}

// NewScreen returns a screen before w; nil for nil.
func NewScreen(w io.Writer) io.Writer {
	if w == nil {
		return nil
	}
	return &screen{w: w}
}

// mark stands for the escape character in texts of our own. Nobody else knows
// it.
var mark = rand.Text()

// Control returns a sequence that steers a terminal.
func Control(sequence string) string { return mark + sequence }

// Write writes text of whole characters; what is cut off waits for the rest.
func (s *screen) Write(data []byte) (int, error) {
	text := slices.Concat(s.rest, data)
	whole := len(text) - unfinished(text)
	s.rest = bytes.Clone(text[whole:])
	pieces := strings.Split(string(text[:whole]), mark)
	for i, piece := range pieces {
		pieces[i] = visible.Lines(piece)
		if i > 0 {
			pieces[i] = "\x1b" + pieces[i]
		}
	}
	if _, err := io.WriteString(s.w, strings.Join(pieces, "")); err != nil {
		return 0, err
	}
	return len(data), nil
}

// unfinished is how many bytes at the end begin a character without ending it.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// Exactly returns the writer below a screen, for documents that programs read
// and for logs, which escape their values themselves.
func Exactly(w io.Writer) io.Writer {
	if s, ok := w.(*screen); ok {
		return s.w
	}
	return w
}
