package generate

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/treatyhq/treaty/internal/pattern"
)

const (
	// maxRepeat caps unbounded repetition above its minimum.
	maxRepeat = 20
	// enough is the length from which optional parts are left out, so that
	// nested repetition stays short.
	enough = 1000
	// attempts is how often a text is made again that does not match as a
	// whole, which only word boundaries and empty-width assertions can cause.
	attempts = 20
)

// fromRegex returns a text that the expression matches as a whole, by the same
// reading as in matching. Look-around and back-references are an error.
func (c Context) fromRegex(source string) (any, error) {
	whole, err := pattern.Compile(source)
	if err != nil {
		return nil, fmt.Errorf("no text can be made: %w", err)
	}
	tree, err := plainTree(whole)
	if err != nil {
		return nil, fmt.Errorf("no text can be made from the pattern %q: %w", source, err)
	}
	for range attempts {
		w := regexWriter{context: c}
		if err := w.write(tree); err != nil {
			return nil, fmt.Errorf("no text can be made from the pattern %q: %w", source, err)
		}
		text := w.String()
		if matches, err := whole.Match(text); err == nil && matches {
			return text, nil
		}
	}
	return nil, fmt.Errorf("no text was found that matches the pattern %q", source)
}

var errNotPlain = errors.New("it looks around, refers back or gives nothing back, along which no text can be written")

// plainTree is the expression as Go's engine parses it.
func plainTree(p *pattern.Pattern) (*syntax.Regexp, error) {
	source, ok := p.Plain()
	if !ok {
		return nil, errNotPlain
	}
	return syntax.Parse(source, syntax.Perl)
}

// regexWriter writes a text along a parsed pattern.
type regexWriter struct {
	context Context
	strings.Builder
}

func (w *regexWriter) write(re *syntax.Regexp) error {
	if w.Len() > maxLength {
		return fmt.Errorf("it needs more than %d characters", maxLength)
	}
	switch re.Op { //nolint:exhaustive // the others match without a character
	case syntax.OpNoMatch:
		return fmt.Errorf("it matches nothing")
	case syntax.OpLiteral:
		w.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		w.class(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.WriteString(w.context.pick(alphanumerics, 1))
	case syntax.OpCapture:
		return w.write(re.Sub[0])
	case syntax.OpStar:
		return w.repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		return w.repeat(re.Sub[0], 1, -1)
	case syntax.OpQuest:
		return w.repeat(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		return w.repeat(re.Sub[0], re.Min, re.Max)
	case syntax.OpAlternate:
		return w.write(re.Sub[w.context.below(len(re.Sub))])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if err := w.write(sub); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *regexWriter) repeat(re *syntax.Regexp, low, high int) error {
	if high < 0 {
		high = low + maxRepeat
	}
	if w.Len() > enough {
		high = low
	}
	for range low + w.context.below(high-low+1) {
		if err := w.write(re); err != nil {
			return err
		}
	}
	return nil
}

// class writes one character of a class, given as pairs of bounds; of those
// that are printable ASCII if there are any.
func (w *regexWriter) class(bounds []rune) {
	pairs := within(bounds, ' ', '~')
	if len(pairs) == 0 {
		pairs = within(bounds, 0, unicode.MaxRune)
	}
	total := 0
	for i := 0; i < len(pairs); i += 2 {
		total += int(pairs[i+1]-pairs[i]) + 1
	}
	if total == 0 {
		return
	}
	n := w.context.below(total)
	for i := 0; i < len(pairs); i += 2 {
		size := int(pairs[i+1]-pairs[i]) + 1
		if n < size {
			w.WriteRune(pairs[i] + rune(n))
			return
		}
		n -= size
	}
}

// within intersects pairs of bounds with low to high, leaving out surrogates,
// which cannot be written.
func within(bounds []rune, low, high rune) []rune {
	var out []rune
	for i := 0; i+1 < len(bounds); i += 2 {
		from, to := max(bounds[i], low), min(bounds[i+1], high)
		for _, part := range [][2]rune{{from, min(to, 0xD7FF)}, {max(from, 0xE000), to}} {
			if part[0] <= part[1] {
				out = append(out, part[0], part[1])
			}
		}
	}
	return out
}
