package gojson

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// Parse decodes one JSON document, keeping the spelling of numbers.
func Parse(text []byte) (any, error) {
	if !json.Valid(text) {
		return parseFirst(text)
	}
	p := parser{text: text}
	return p.value(), nil
}

// parseFirst says what is wrong with a text. What stands behind a whole value
// is wrong only if it begins another one.
func parseFirst(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("there is more than one JSON value")
	}
	return v, nil
}

// parser builds the value of a text that is known to be JSON. A decoder of
// encoding/json does the same with three times the memory.
type parser struct {
	text []byte
	at   int
}

// next passes over white space and returns what follows.
func (p *parser) next() byte {
	for ; ; p.at++ {
		switch c := p.text[p.at]; c {
		case ' ', '\n', '\t', '\r':
		default:
			return c
		}
	}
}

// skip passes over the next character and reports whether it is c; another one
// is left.
func (p *parser) skip(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) value() any {
	switch p.next() {
	case '{':
		return p.object()
	case '[':
		return p.list()
	case '"':
		return p.string()
	default:
		return literal(p.word())
	}
}

func (p *parser) object() map[string]any {
	object := map[string]any{}
	p.at++
	for !p.skip('}') {
		p.skip(',')
		p.next()
		name := p.string()
		p.skip(':')
		object[name] = p.value()
	}
	return object
}

func (p *parser) list() []any {
	list := []any{}
	p.at++
	for !p.skip(']') {
		p.skip(',')
		list = append(list, p.value())
	}
	return list
}

// string reads a string that begins here.
func (p *parser) string() string {
	from := p.at
	for p.at++; p.text[p.at] != '"'; p.at++ {
		if p.text[p.at] == '\\' {
			p.at++
		}
	}
	p.at++
	quoted := p.text[from:p.at]
	plain := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(plain, '\\') < 0 && utf8.Valid(plain) {
		return string(plain)
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // it is known to be one
	return s
}

// word reads a number, true, false or null.
func (p *parser) word() string {
	from := p.at
	for p.at < len(p.text) && !strings.ContainsRune(" \n\t\r,]}", rune(p.text[p.at])) {
		p.at++
	}
	return string(p.text[from:p.at])
}

func literal(word string) any {
	switch word {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	default:
		return json.Number(word)
	}
}
