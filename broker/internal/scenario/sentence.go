package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Word is a sentence of the language. In its shape and its parts, words in
// capitals stand for what a story says; one that ends in dots takes the rest.
type Word struct {
	Shape string
	// Parts may follow, each after a comma or on an indented line of its own.
	// One that ends in * may come more than once.
	Parts []string
	// About is what comes after a colon; in brackets if it may be left out, and
	// empty if nothing comes.
	About string

	// asks marks a question: its answer is always shown.
	asks bool
	// silent marks what the broker has no part in.
	silent bool
	play   func(*player, Sentence) (reply, error)
}

// Sentence is a line of a story, read.
type Sentence struct {
	word   *Word
	values map[string]string
	parts  []part
	about  string
}

// part is what a sentence says beyond its shape.
type part struct {
	shape  string
	values map[string]string
}

// of returns what stands for the word in capitals.
func (s Sentence) of(name string) string { return s.values[name] }

// number returns what stands for a word in capitals that is a number.
func (s Sentence) number(name string) int { return atoi(s.values[name]) }

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("%q was read as a number", text)) // readers refuse it
	}
	return n
}

// has reports whether the part is there. A part is named by its shape.
func (s Sentence) has(shape string) bool { return len(s.all(shape)) > 0 }

// all returns the values of a part, one for each time it is there.
func (s Sentence) all(shape string) []map[string]string {
	if !slices.ContainsFunc(s.word.Parts, func(p string) bool { return strings.TrimSuffix(p, "*") == shape }) {
		panic(fmt.Sprintf("%q has no part %q", s.word.Shape, shape))
	}
	var out []map[string]string
	for _, p := range s.parts {
		if p.shape == shape {
			out = append(out, p.values)
		}
	}
	return out
}

// get returns the value of a part with one word in capitals; empty if the part
// is not there.
func (s Sentence) get(shape string) string {
	for _, values := range s.all(shape) {
		for _, value := range values {
			return value
		}
	}
	return ""
}

// list returns the words of a part that takes the rest of its line.
func (s Sentence) list(shape string) []string {
	words, _ := split(s.get(shape))
	return words
}

// readSentence reads a line and the indented ones below it.
func readSentence(first string, below []string) (Sentence, error) {
	head, about, hasAbout, err := cutColon(first)
	if err != nil {
		return Sentence{}, err
	}
	pieces, err := splitAt(head, ',')
	if err != nil {
		return Sentence{}, err
	}
	s, err := readHead(pieces[0])
	if err != nil {
		return s, err
	}
	for _, text := range append(pieces[1:], below...) {
		if err := s.readPart(text); err != nil {
			return s, err
		}
	}
	return s, s.readAbout(about, hasAbout)
}

func readHead(text string) (Sentence, error) {
	for i := range Words {
		values, matches, err := match(Words[i].Shape, text)
		if err != nil {
			return Sentence{}, fmt.Errorf("%s: %w", Words[i].Shape, err)
		}
		if matches {
			return Sentence{word: &Words[i], values: values}, nil
		}
	}
	return Sentence{}, unknown(text)
}

// unknown names the sentences that begin as the text does.
func unknown(text string) error {
	first, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	var near []string
	for _, w := range Words {
		if begin, _, _ := strings.Cut(w.Shape, " "); begin == first {
			near = append(near, w.Shape)
		}
	}
	if len(near) == 0 {
		return fmt.Errorf("no sentence begins with %q; words.go lists them all", first)
	}
	return fmt.Errorf("%q is none of the sentences with %s: %s", text, first, strings.Join(near, "; "))
}

func (s *Sentence) readPart(text string) error {
	for _, shape := range s.word.Parts {
		shape, again := strings.CutSuffix(shape, "*")
		values, matches, err := matchWithAbout(shape, text)
		if err != nil {
			return fmt.Errorf("%s: %w", shape, err)
		}
		if !matches {
			continue
		}
		if !again && len(s.all(shape)) > 0 {
			return fmt.Errorf("%q is there twice", shape)
		}
		s.parts = append(s.parts, part{shape, values})
		return nil
	}
	if len(s.word.Parts) == 0 {
		return fmt.Errorf("%q takes no parts, such as %q", s.word.Shape, text)
	}
	return fmt.Errorf("%q is not a part of %q; its parts are: %s", text, s.word.Shape, strings.Join(s.word.Parts, "; "))
}

func (s *Sentence) readAbout(text string, given bool) error {
	name, optional := strings.CutPrefix(s.word.About, "[")
	name = strings.TrimSuffix(name, "]")
	switch {
	case name == "" && given:
		return fmt.Errorf("nothing comes after a colon in %q", s.word.Shape)
	case name == "" || optional && !given:
		return nil
	case !given || text == "":
		return fmt.Errorf("%q needs a colon with %s after it", s.word.Shape, name)
	}
	s.about = text
	return check(name, text)
}

// matchWithAbout matches a part; what stands after a colon in its shape takes
// the rest of the line.
func matchWithAbout(shape, text string) (map[string]string, bool, error) {
	want, name, hasAbout := strings.Cut(shape, ": ")
	if !hasAbout {
		return match(shape, text)
	}
	head, about, found, err := cutColon(text)
	if err != nil || !found {
		return nil, false, err
	}
	values, matches, err := match(want, head)
	if err != nil || !matches {
		return nil, false, err
	}
	values[name] = about
	return values, true, check(name, about)
}

// match compares a text with a shape and returns what stands for its words in
// capitals. An error says that the words fit and a value does not.
func match(shape, text string) (map[string]string, bool, error) {
	values, rest := map[string]string{}, text
	for _, want := range strings.Fields(shape) {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return nil, false, nil
		}
		if name, takesRest := strings.CutSuffix(want, "..."); takesRest {
			values[name] = rest
			return values, true, check(name, rest)
		}
		word, after, err := next(rest)
		if err != nil {
			return nil, false, err
		}
		if isPlace(want) {
			values[want] = word
		} else if word != want {
			return nil, false, nil
		}
		rest = after
	}
	if strings.TrimSpace(rest) != "" {
		return nil, false, nil
	}
	for name, value := range values {
		if err := check(name, value); err != nil {
			return nil, false, err
		}
	}
	return values, true, nil
}

// asTheyStand are words of capitals that stand for themselves.
var asTheyStand = []string{"→", "WIP", "GET", "POST", "PUT", "PATCH", "DELETE"}

func isPlace(word string) bool {
	return word == strings.ToUpper(word) && !slices.Contains(asTheyStand, word)
}

var errQuotation = errors.New("a quotation mark has no partner")

// next cuts off the first word: up to a blank, or in quotation marks.
func next(text string) (word, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		word, rest, _ = strings.Cut(text, " ")
		return word, rest, nil
	}
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", errQuotation
	}
	word, err = strconv.Unquote(quoted)
	rest = text[len(quoted):]
	if rest != "" && rest[0] != ' ' {
		return "", "", fmt.Errorf("a blank is missing after %s", quoted)
	}
	return word, rest, err
}

// split cuts a text into its words.
func split(text string) ([]string, error) {
	var out []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		word, rest, err := next(text)
		if err != nil {
			return nil, err
		}
		out, text = append(out, word), rest
	}
	return out, nil
}

// cutColon cuts at the first colon that ends a word, outside of quotation marks
// and brackets.
func cutColon(text string) (before, after string, found bool, err error) {
	at := -1
	err = outside(text, func(i int) bool {
		if text[i] == ':' && (i+1 == len(text) || text[i+1] == ' ') {
			at = i
		}
		return at < 0
	})
	if err != nil && at < 0 || at < 0 {
		return strings.TrimSpace(text), "", false, err
	}
	return strings.TrimSpace(text[:at]), strings.TrimSpace(text[at+1:]), true, nil
}

// splitAt cuts at a separator, outside of quotation marks and brackets.
func splitAt(text string, separator byte) ([]string, error) {
	var out []string
	from := 0
	err := outside(text, func(i int) bool {
		if text[i] == separator {
			out, from = append(out, strings.TrimSpace(text[from:i])), i+1
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	out = append(out, strings.TrimSpace(text[from:]))
	if slices.Contains(out, "") {
		return nil, fmt.Errorf("something is missing before or after a %q", separator)
	}
	return out, nil
}

// outside calls visit for each byte that is in no quotation marks and no
// brackets, until it returns false.
func outside(text string, visit func(i int) bool) error {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth < 0 {
				return fmt.Errorf("a bracket %q closes nothing", c)
			}
		case depth == 0:
			if !visit(i) {
				return nil
			}
		}
	}
	switch {
	case quoted:
		return errQuotation
	case depth > 0:
		return errors.New("a bracket is not closed")
	}
	return nil
}
