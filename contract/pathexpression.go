package contract

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TokenKind tells what a [Token] of a path expression selects.
type TokenKind int

// The kinds of token.
const (
	// TokenRoot is "$", the whole value.
	TokenRoot TokenKind = iota
	// TokenField is ".name" or "['any name']", a member of an object.
	TokenField
	// TokenIndex is "[3]", an element of a list.
	TokenIndex
	// TokenStar is ".*", any member; it accepts a list's elements too.
	TokenStar
	// TokenStarIndex is "[*]", any element of a list.
	TokenStarIndex
)

// Token is one step of a path expression.
type Token struct {
	// Kind says which of the other two counts; neither does for the root and the
	// stars.
	Kind TokenKind
	// Name of a TokenField.
	Name string
	// Index of a TokenIndex, never negative.
	Index int
}

// Path is a parsed path expression: what matching rules and generators of
// bodies and metadata are keyed by. The empty path has no tokens; any other
// starts with a TokenRoot.
//
// A concrete path, one that leads to a single value, has no star tokens.
type Path []Token

// ParsePath reads a path expression: "$" followed by any of ".name", ".*",
// "['any name']" (double quotes are accepted), "[3]" and "[*]". Names after a
// dot consist of letters, digits and "_-:#@". An expression that starts with
// such a character gets an implicit "$." before it. The error is a
// [*FormatError].
func ParsePath(s string) (Path, error) {
	if s == "" {
		return nil, nil
	}
	p := pathParser{text: s}
	tokens := make(Path, 1, strings.Count(s, ".")+strings.Count(s, "[")+2)
	if s[0] == '$' {
		p.pos = 1
	} else {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, Token{Kind: TokenField, Name: name})
	}
	for p.pos < len(s) {
		t, err := p.token()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
	}
	return tokens, nil
}

// pathParser is a cursor in a path expression.
type pathParser struct {
	text string
	pos  int
}

func (p *pathParser) fail(what string) error {
	return &FormatError{Where: fmt.Sprintf("path expression %q", p.text), What: fmt.Sprintf("%s at position %d", what, p.pos)}
}

func (p *pathParser) token() (Token, error) {
	c := p.text[p.pos]
	p.pos++
	switch c {
	case '.':
		return p.afterDot()
	case '[':
		return p.afterBracket()
	default:
		p.pos--
		return Token{}, p.fail("expected '.' or '['")
	}
}

func (p *pathParser) afterDot() (Token, error) {
	if p.pos < len(p.text) && p.text[p.pos] == '*' {
		p.pos++
		return Token{Kind: TokenStar}, nil
	}
	name, err := p.name()
	return Token{Kind: TokenField, Name: name}, err
}

func (p *pathParser) name() (string, error) {
	start := p.pos
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.pos:])
		if !isNameRune(r) {
			break
		}
		p.pos += size
	}
	if p.pos == start {
		return "", p.fail("expected a name")
	}
	return p.text[start:p.pos], nil
}

func isNameRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-:#@", r))
}

func (p *pathParser) afterBracket() (Token, error) {
	if p.pos >= len(p.text) {
		return Token{}, p.fail("unfinished bracket")
	}
	var t Token
	var err error
	switch c := p.text[p.pos]; {
	case c == '\'' || c == '"':
		t.Kind = TokenField
		t.Name, err = p.quoted(c)
	case c == '*':
		p.pos++
		t.Kind = TokenStarIndex
	case c >= '0' && c <= '9':
		t.Kind = TokenIndex
		t.Index, err = p.number()
	default:
		err = p.fail("expected a quoted name, a number or '*'")
	}
	if err != nil {
		return Token{}, err
	}
	if p.pos >= len(p.text) || p.text[p.pos] != ']' {
		return Token{}, p.fail("expected ']'")
	}
	p.pos++
	return t, nil
}

func (p *pathParser) quoted(quote byte) (string, error) {
	p.pos++
	var b strings.Builder
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		p.pos++
		switch {
		case c == quote:
			return b.String(), nil
		case c == '\\' && p.pos < len(p.text) && (p.text[p.pos] == quote || p.text[p.pos] == '\\'):
			b.WriteByte(p.text[p.pos])
			p.pos++
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail("unfinished quoted name")
}

func (p *pathParser) number() (int, error) {
	start := p.pos
	for p.pos < len(p.text) && p.text[p.pos] >= '0' && p.text[p.pos] <= '9' {
		p.pos++
	}
	n, err := strconv.Atoi(p.text[start:p.pos])
	if err != nil {
		return 0, p.fail("the index is too large")
	}
	return n, nil
}

// String returns the canonical form: ".name" for names of ASCII letters,
// digits and underscores, "['name']" for all others. Parsing it gives p again.
func (p Path) String() string {
	var b strings.Builder
	for _, t := range p {
		t.append(&b)
	}
	return b.String()
}

func (t Token) append(b *strings.Builder) {
	switch t.Kind {
	case TokenRoot:
		b.WriteByte('$')
	case TokenStar:
		b.WriteString(".*")
	case TokenStarIndex:
		b.WriteString("[*]")
	case TokenIndex:
		b.WriteString("[" + strconv.Itoa(t.Index) + "]")
	case TokenField:
		if isPlainName(t.Name) {
			b.WriteString("." + t.Name)
			return
		}
		b.WriteString("['")
		for i := 0; i < len(t.Name); i++ {
			if t.Name[i] == '\'' || t.Name[i] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(t.Name[i])
		}
		b.WriteString("']")
	}
}

func isPlainName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// Field returns p with a step to the member name. p is not changed.
func (p Path) Field(name string) Path { return p.with(Token{Kind: TokenField, Name: name}) }

// Elem returns p with a step to the element i. p is not changed.
func (p Path) Elem(i int) Path { return p.with(Token{Kind: TokenIndex, Index: i}) }

func (p Path) with(t Token) Path {
	q := make(Path, len(p), len(p)+1)
	copy(q, p)
	return append(q, t)
}
