package pattern

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// escape reads an escape outside of a class, whose backslash has been read.
func (r *reader) escape() (string, error) {
	if len(r.rest) == 0 {
		return "", errors.New(`it ends with a single \`)
	}
	switch c := r.rest[0]; c {
	case 'b', 'B', 'A', 'z', 'Z', 'R':
		r.rest = r.rest[1:]
		return r.position(c)
	case 'k':
		r.rest = r.rest[1:]
		return r.namedReference()
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return r.numberedReference()
	}
	s, single, err := r.characters()
	switch {
	case err != nil:
		return "", err
	case single:
		return char(s[0]), nil
	}
	return r.classText(s), nil
}

// classText writes a set to which the other cases have been added already.
func (r *reader) classText(s set) string {
	if r.flags.fold {
		return "(?-i:" + s.String() + ")"
	}
	return s.String()
}

// position is an escape that matches a place, or the end of a line.
func (r *reader) position(c rune) (string, error) {
	if r.dialect == ecma && c != 'b' && c != 'B' {
		return "", unknownEscape(c)
	}
	switch c {
	case 'b':
		if r.next("{") {
			return "", errors.New(`\b{…} is not known here`)
		}
		return wordBoundary, nil
	case 'B':
		return notBoundary, nil
	case 'A':
		return textStart, nil
	case 'z':
		return textEnd, nil
	case 'Z': // before the last end of a line, if there is one
		return `(?=(?:\x{D}\x{A}|` + breaks.String() + `)?\z)`, nil
	}
	if r.dialect == ruby {
		return `(?>\x{D}\x{A}|` + breaks.String() + `)`, nil
	}
	return `(?:\x{D}\x{A}|` + breaks.String() + `)`, nil
}

func unknownEscape(c rune) error {
	what := map[rune]string{
		'X': " (a character with its accents)", 'G': " (the end of the last match)", 'K': " (keep what came before)",
		'N': "", 'O': " (any character)", 'g': " (call of a group)", 'y': "", 'Y': "", 'C': "", 'M': "", 'E': ` (without its \Q)`,
	}[c]
	return fmt.Errorf(`the escape \%c%s is not known here; write what it stands for`, c, what)
}

// numberedReference reads \1: what the group of that number has matched.
func (r *reader) numberedReference() (string, error) {
	digit := string(r.take())
	for len(r.rest) > 0 && isDigits(string(r.rest[0])) {
		longer, _ := strconv.Atoi(digit + string(r.rest[0]))
		if longer > r.groups {
			if r.dialect != java {
				return "", &unknownHere{fmt.Sprintf(`\%d refers to no group`, longer)}
			}
			break // the digit is a character of its own
		}
		digit += string(r.take())
	}
	number, _ := strconv.Atoi(digit)
	switch {
	case number > r.groups:
		return "", fmt.Errorf(`\%d refers to a group that does not stand before`, number)
	case r.dialect == ruby && len(r.names) > 0:
		return "", &unknownHere{`numbers do not refer to named groups in Ruby`}
	}
	return backReference(number), nil
}

func (r *reader) namedReference() (string, error) {
	for open, end := range map[string]rune{"<": '>', "'": '\'', "{": '}'} {
		if r.skip(open) {
			name, ok := r.until(end)
			if !ok {
				break
			}
			return r.reference(name)
		}
	}
	return "", errors.New(`\k stands without the name of a group`)
}

// characters reads an escape for one character (single) or a set of them, as
// classes have it too.
func (r *reader) characters() (s set, single bool, err error) {
	if len(r.rest) == 0 {
		return nil, false, errors.New(`it ends with a single \`)
	}
	c := r.take()
	if simple := strings.IndexRune("tnrfae", c); simple >= 0 {
		if r.dialect == ecma && (c == 'a' || c == 'e') {
			return nil, false, unknownEscape(c)
		}
		code := []rune("\t\n\r\f\a\x1b")[simple]
		return set{code, code}, true, nil
	}
	switch c {
	case 'd', 'D', 'w', 'W', 's', 'S', 'h', 'H', 'v', 'V':
		return r.shorthand(c)
	case 'p', 'P':
		s, err = r.propertyEscape(c == 'P')
		return s, false, err
	case 'c', 'x', 'u', 'U', '0':
		code, err := r.code(c)
		return set{code, code}, true, err
	}
	if c < 0x80 && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
		return nil, false, unknownEscape(c)
	}
	return set{c, c}, true, nil
}

func (r *reader) shorthand(c rune) (s set, single bool, err error) {
	switch c {
	case 'd', 'D':
		s = digits
	case 'w', 'W':
		s = words
	case 's', 'S':
		s = spaces
	case 'h', 'H':
		r.differ(`\h, which is a hexadecimal digit in Ruby and a white space in Java`)
		if s = hexes; r.dialect == java {
			s = flat
		}
	case 'v', 'V':
		r.differ(`\v, which is one character in Ruby and any end of a line in Java`)
		if r.dialect != java && c == 'v' {
			return set{'\v', '\v'}, true, nil
		}
		s = breaks
	}
	if r.dialect == ecma && (c == 'h' || c == 'H') || r.dialect != java && c == 'V' {
		return nil, false, &unknownHere{fmt.Sprintf(`\%c is not in this dialect`, c)}
	}
	if r.flags.fold && c != 'w' && c != 'W' { // \w stays ASCII
		s = s.folded()
	}
	if c < 'a' {
		s = s.negate()
	}
	return s, false, nil
}

// propertyEscape reads \p{…} or \pL.
func (r *reader) propertyEscape(negated bool) (set, error) {
	var name string
	switch {
	case r.skip("{"):
		var ok bool
		if name, ok = r.until('}'); !ok {
			return nil, errors.New(`\p{…} does not end`)
		}
	case len(r.rest) > 0 && strings.ContainsRune("LMNPSZC", r.rest[0]):
		name = string(r.take())
	default:
		return nil, errors.New(`\p stands without the name of a property`)
	}
	s, not, err := r.property(name)
	if err != nil {
		return nil, err
	}
	if asciiClass(plainName(name)) != nil {
		r.differ(fmt.Sprintf(`\p{%s}, which is ASCII in Java and Unicode in Ruby`, name))
	}
	if r.flags.fold {
		s = s.folded()
	}
	if negated != not {
		s = s.negate()
	}
	return s, nil
}

// code reads the rest of an escape that gives a character by its number.
func (r *reader) code(c rune) (rune, error) {
	switch c {
	case 'c':
		if len(r.rest) > 0 && (r.rest[0] >= 'a' && r.rest[0] <= 'z' || r.rest[0] >= 'A' && r.rest[0] <= 'Z') {
			return r.take() & 0x1F, nil
		}
		return 0, errors.New(`\c stands without a letter`)
	case '0':
		return r.octal()
	case 'U':
		return r.hex(8)
	}
	if r.skip("{") {
		name, ok := r.until('}')
		n, err := strconv.ParseInt(strings.TrimSpace(name), 16, 32)
		if !ok || err != nil {
			return 0, fmt.Errorf(`\%c{…} has no hexadecimal number`, c)
		}
		return character(n)
	}
	if c == 'x' {
		return r.hex(2)
	}
	return r.utf16()
}

// utf16 reads \uD83D\uDE00 as the one character that it is.
func (r *reader) utf16() (rune, error) {
	high, err := r.hexNumber(4)
	if err != nil || high < 0xD800 || high > 0xDBFF {
		if err != nil {
			return 0, err
		}
		return character(high)
	}
	if r.skip(`\u`) {
		low, err := r.hexNumber(4)
		if err == nil && low >= 0xDC00 && low <= 0xDFFF {
			return character(0x10000 + (high-0xD800)<<10 + low - 0xDC00)
		}
	}
	return 0, errors.New(`\u has one half of a character (a surrogate) without the other`)
}

func (r *reader) hex(digits int) (rune, error) {
	n, err := r.hexNumber(digits)
	if err != nil {
		return 0, err
	}
	return character(n)
}

func (r *reader) hexNumber(digits int) (int64, error) {
	if len(r.rest) >= digits {
		if n, err := strconv.ParseUint(string(r.rest[:digits]), 16, 32); err == nil {
			r.rest = r.rest[digits:]
			return int64(n), nil
		}
	}
	return 0, fmt.Errorf("an escape for a character needs %d hexadecimal digits", digits)
}

// octal reads what follows \0: up to two digits are read alike by all.
func (r *reader) octal() (rune, error) {
	var code rune
	for n := 0; len(r.rest) > 0 && r.rest[0] >= '0' && r.rest[0] <= '7'; n++ {
		if n == 2 {
			return 0, errors.New(`an octal escape \0 with three digits means different things; write \x and two hexadecimal digits`)
		}
		code = code*8 + r.take() - '0'
	}
	return code, nil
}

func character(n int64) (rune, error) {
	if n < 0 || n > 0x10FFFF || n >= 0xD800 && n <= 0xDFFF {
		return 0, fmt.Errorf("there is no character of the number %X", n)
	}
	return rune(n), nil
}
