package pattern

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// maxNesting bounds groups and classes inside of each other.
	maxNesting = 200
	// maxLength bounds an expression; no person writes a longer one.
	maxLength = 20_000
	// maxWritten bounds an expression with its classes spelled out.
	maxWritten = 1_000_000
	// maxCount bounds the numbers of {n,m}.
	maxCount = 100_000
)

// What the two engines spell differently stands in the rewritten text as a
// mark: a zero byte, which is never written otherwise, and a letter.
const (
	wordBoundary = "\x00b"
	notBoundary  = "\x00B"
	lineStart    = "(?m:^)"
	lineEnd      = "(?m:$)"
	textStart    = `\A`
	textEnd      = `\z`
)

func forGo(s string) string {
	return strings.NewReplacer(wordBoundary, `\b`, notBoundary, `\B`).Replace(s)
}

// forRegexp2 spells out the word boundaries, which that engine takes from
// Unicode.
func forRegexp2(s string) string {
	w := words.String()
	return strings.NewReplacer(
		wordBoundary, fmt.Sprintf("(?:(?<=%[1]s)(?!%[1]s)|(?<!%[1]s)(?=%[1]s))", w),
		notBoundary, fmt.Sprintf("(?:(?<=%[1]s)(?=%[1]s)|(?<!%[1]s)(?!%[1]s))", w),
	).Replace(s)
}

// flags are what (?imsx) sets.
type flags struct{ fold, lines, dotAll, spaced bool }

// reader reads an expression and writes it anew.
type reader struct {
	dialect dialect
	rest    []rune // what has not been read
	flags   flags
	quoted  bool // between \Q and \E
	depth   int
	groups  int // opened so far
	written int // so far, counted again at each level of nesting
	names   map[string]int
	known   map[string]set // properties that were looked up
	differs []string
}

// rewrite reads a whole expression as a dialect does.
func rewrite(source string, d dialect) (text, error) {
	if len(source) > maxLength {
		return text{}, fmt.Errorf("it is longer than %d bytes", maxLength)
	}
	if !utf8.ValidString(source) {
		return text{}, errors.New("it is not UTF-8")
	}
	r := &reader{dialect: d, rest: []rune(source), names: map[string]int{}, known: map[string]set{}}
	s, err := r.alternatives()
	if err == nil && len(r.rest) > 0 {
		err = errors.New("a ) stands without its (")
	}
	if err != nil {
		return text{}, err
	}
	return text{source: s, differs: strings.Join(r.differs, ", ")}, nil
}

// differ notes a construct that dialects read differently.
func (r *reader) differ(what string) {
	if !slices.Contains(r.differs, what) {
		r.differs = append(r.differs, what)
	}
}

func (r *reader) next(prefix string) bool {
	p := []rune(prefix)
	return len(r.rest) >= len(p) && slices.Equal(r.rest[:len(p)], p)
}

// skip reads prefix if it comes next.
func (r *reader) skip(prefix string) bool {
	if !r.next(prefix) {
		return false
	}
	r.rest = r.rest[len([]rune(prefix)):]
	return true
}

func (r *reader) take() rune {
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

// until reads up to an end, which is read too; ok is false if it does not come.
func (r *reader) until(end rune) (string, bool) {
	i := slices.Index(r.rest, end)
	if i < 0 {
		return "", false
	}
	s := string(r.rest[:i])
	r.rest = r.rest[i+1:]
	return s, true
}

// alternatives reads up to the ) of the group, which is left, or the end.
func (r *reader) alternatives() (string, error) {
	if r.depth++; r.depth > maxNesting {
		return "", fmt.Errorf("it nests deeper than %d levels", maxNesting)
	}
	defer func() { r.depth-- }()
	outer := r.flags
	defer func() { r.flags = outer }()
	var b strings.Builder
	open := 0 // groups that flags of Ruby have opened up to the end of this one
	for len(r.rest) > 0 && (r.quoted || !r.next(")")) {
		if !r.quoted && r.skip("|") {
			b.WriteByte('|')
			continue
		}
		s, opens, err := r.piece()
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		if r.written += len(s); r.written > maxWritten {
			return "", errors.New("its classes are too large together")
		}
		if opens {
			open++
		}
	}
	return b.String() + strings.Repeat(")", open), nil
}

// piece reads one item with its quantifiers. opens is true when it is a flag
// that has opened a group.
func (r *reader) piece() (s string, opens bool, err error) {
	switch {
	case r.quoted:
		return r.quote()
	case r.skip(`\Q`):
		if r.dialect != java {
			return "", false, &unknownHere{`\Q…\E is not in this dialect`}
		}
		r.quoted = true
		return "", false, nil
	case r.flags.spaced && r.skipSpace():
		return "", false, nil
	case r.next("(?") && r.isFlags():
		return r.flagGroup()
	}
	item, err := r.item()
	if err != nil {
		return "", false, err
	}
	s, err = r.quantified(item)
	return s, false, err
}

// quote reads a character between \Q and \E, or the \E.
func (r *reader) quote() (string, bool, error) {
	if r.skip(`\E`) {
		r.quoted = false
		return "", false, nil
	}
	s := char(r.take())
	if !r.skip(`\E`) {
		return s, false, nil
	}
	r.quoted = false
	s, err := r.quantified(s)
	return s, false, err
}

// skipSpace skips the white space and comments of (?x).
func (r *reader) skipSpace() bool {
	before := len(r.rest)
	for len(r.rest) > 0 {
		switch c := r.rest[0]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			r.rest = r.rest[1:]
		case c == '#':
			i := slices.Index(r.rest, '\n')
			if i < 0 {
				i = len(r.rest) - 1
			}
			r.rest = r.rest[i+1:]
		default:
			return len(r.rest) < before
		}
	}
	return len(r.rest) < before
}

// item reads what a quantifier may stand behind.
func (r *reader) item() (string, error) {
	switch c := r.take(); c {
	case '(':
		return r.group()
	case '[':
		s, err := r.class()
		return r.classText(s), err
	case '.':
		return r.dot(), nil
	case '^':
		return r.anchor(lineStart, textStart), nil
	case '$':
		return r.anchor(lineEnd, textEnd), nil
	case '\\':
		return r.escape()
	case '*', '+', '?':
		return "", fmt.Errorf("the quantifier %c stands behind nothing that it could repeat", c)
	case '{':
		r.rest = append([]rune{'{'}, r.rest...)
		if _, ok := r.interval(); ok {
			return "", errors.New("the quantifier {…} stands behind nothing that it could repeat")
		}
		r.rest = r.rest[1:]
		return r.brace()
	default:
		return char(c), nil
	}
}

// brace is a { that begins no quantifier.
func (r *reader) brace() (string, error) {
	if r.dialect == java {
		return "", &unknownHere{"a { stands without a quantifier; write \\{"}
	}
	return char('{'), nil
}

func (r *reader) dot() string {
	switch {
	case r.flags.dotAll:
		return `(?s:.)`
	case r.flags.lines:
		r.differ("(?m), under which a dot matches a line feed in Ruby only")
		if r.dialect == ruby {
			return `(?s:.)`
		}
	}
	return set{'\n', '\n'}.negate().String()
}

// anchor is ^ or $: in Ruby always at lines, in others under (?m).
func (r *reader) anchor(line, whole string) string {
	if r.dialect == ruby || r.flags.lines {
		if !r.flags.lines {
			r.differ("^ and $, which are the ends of lines in Ruby and of the text in Java")
		}
		return line
	}
	r.differ("^ and $, which are the ends of lines in Ruby and of the text in Java")
	return whole
}
