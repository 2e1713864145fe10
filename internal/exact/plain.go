package exact

import (
	"encoding/binary"
	"encoding/json"
	"strings"
)

// plain reads the JSON that nearly all of it is: right, and nested no deeper than
// anybody nests. What it does not take, encoding/json reads, or says what is wrong.
// That one looks at each byte several times, which costs more than what is done with
// most documents afterwards.
type plain struct {
	text  []byte
	at    int
	depth int
}

// deepest is how deep plain reads.
const deepest = 500

// Valid reports whether text is JSON, as json.Valid does.
func Valid(text []byte) bool {
	p := plain{text: text}
	return p.pass() && p.end() || json.Valid(text)
}

// whole reads the whole text.
func (p *plain) whole() (value any, ok bool) {
	value, ok = p.value()
	return value, ok && p.end()
}

// end reports whether nothing but white space is left.
func (p *plain) end() bool { return p.next() == 0 && p.at == len(p.text) }

// next returns the byte after white space without passing it, 0 at the end.
func (p *plain) next() byte {
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; c {
		case ' ', '\n', '\t', '\r':
		default:
			return c
		}
	}
	return 0
}

// skip passes a byte after white space, if it is the next.
func (p *plain) skip(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

func (p *plain) value() (value any, ok bool) {
	switch p.next() {
	case '{':
		object := map[string]any{}
		return object, p.members(func(name string) (ok bool) {
			object[name], ok = p.value()
			return ok
		})
	case '[':
		list := []any{}
		return list, p.list('[', ']', func() bool {
			item, ok := p.value()
			list = append(list, item)
			return ok
		})
	case '"':
		return p.string()
	case 't':
		return true, p.word("true")
	case 'f':
		return false, p.word("false")
	case 'n':
		return nil, p.word("null")
	}
	from := p.at
	ok = p.number()
	return json.Number(p.text[from:p.at]), ok
}

// pass is value for who does not want it.
func (p *plain) pass() bool {
	switch p.next() {
	case '{':
		return p.list('{', '}', func() bool {
			_, _, ok := p.quoted()
			return ok && p.skip(':') && p.pass()
		})
	case '[':
		return p.list('[', ']', p.pass)
	case '"':
		_, _, ok := p.quoted()
		return ok
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	}
	return p.number()
}

func (p *plain) members(value func(name string) bool) bool {
	return p.list('{', '}', func() bool {
		name, ok := p.string()
		return ok && p.skip(':') && value(name)
	})
}

// list passes what stands between brackets, with commas.
func (p *plain) list(open, closing byte, item func() bool) bool {
	p.depth++
	if p.depth > deepest || !p.skip(open) {
		return false
	}
	if !p.skip(closing) {
		for {
			if !item() {
				return false
			}
			if p.skip(closing) {
				break
			}
			if !p.skip(',') {
				return false
			}
		}
	}
	p.depth--
	return true
}

func (p *plain) word(word string) bool {
	if !strings.HasPrefix(string(p.text[p.at:min(len(p.text), p.at+len(word))]), word) {
		return false
	}
	p.at += len(word)
	return true
}

func (p *plain) number() bool {
	if p.at < len(p.text) && p.text[p.at] == '-' {
		p.at++
	}
	switch whole := p.digits(); {
	case whole == 0, whole > 1 && p.text[p.at-whole] == '0':
		return false
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		if p.digits() == 0 {
			return false
		}
	}
	if p.at < len(p.text) && p.text[p.at]|0x20 == 'e' {
		p.at++
		if p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		return p.digits() > 0
	}
	return true
}

// digits passes digits and counts them.
func (p *plain) digits() (n int) {
	for ; p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9'; p.at++ {
		n++
	}
	return n
}

func (p *plain) string() (text string, ok bool) {
	quoted, simple, ok := p.quoted()
	switch {
	case !ok:
		return "", false
	case simple:
		return string(quoted[1 : len(quoted)-1]), true
	}
	return text, json.Unmarshal(quoted, &text) == nil
}

// quoted passes a text and returns it with its quotes. simple says that it stands for
// itself: it has no escapes, and nothing but ASCII.
func (p *plain) quoted() (text []byte, simple, ok bool) {
	if p.next() != '"' {
		return nil, false, false
	}
	from, simple := p.at, true
	for p.at++; p.at < len(p.text); p.at++ {
		p.ordinary()
		if p.at >= len(p.text) {
			break
		}
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return p.text[from:p.at], simple, true
		case c == '\\':
			simple = false
			if !p.escape() {
				return nil, false, false
			}
		case c < ' ':
			return nil, false, false
		case c >= 0x80:
			simple = false
		}
	}
	return nil, false, false
}

// ordinary passes what needs no look at each byte, eight bytes at a time.
func (p *plain) ordinary() {
	const (
		each  = 0x0101010101010101
		highs = each << 7
	)
	for p.at+8 <= len(p.text) {
		bytes := binary.LittleEndian.Uint64(p.text[p.at:])
		quote, slash := bytes^each*'"', bytes^each*'\\'
		// A byte that is less than n takes a bit from the next one when n is taken
		// from it; those of ASCII have none of their own there.
		if (bytes|(bytes-each*' ')&^bytes|(quote-each)&^quote|(slash-each)&^slash)&highs != 0 {
			return
		}
		p.at += 8
	}
}

// escape passes all but the last byte of an escape.
func (p *plain) escape() bool {
	p.at++
	if p.at >= len(p.text) {
		return false
	}
	if p.text[p.at] != 'u' {
		return strings.IndexByte(`"\/bfnrt`, p.text[p.at]) >= 0
	}
	for range 4 {
		p.at++
		if p.at >= len(p.text) || strings.IndexByte("0123456789abcdefABCDEF", p.text[p.at]) < 0 {
			return false
		}
	}
	return true
}
