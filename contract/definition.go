package contract

import (
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// ValueKind is the type of the example in a [Definition].
type ValueKind int

// The types of an example.
const (
	ValueUnknown ValueKind = iota // there is no example, or it is null
	ValueString                   // text
	ValueNumber                   // a number of any spelling, asked for by "number"
	ValueInteger                  // a number without fraction and exponent
	ValueDecimal                  // a number with a fraction or exponent
	ValueBoolean                  // true or false
)

// Definition is a parsed matching-definition expression: what test authors
// write as one text, such as "matching(regex, '\d+', '100')".
type Definition struct {
	// Rules that the expression asks for, in the order they are written.
	Rules []Rule
	// Value is the example: a string, json.Number, boolean or nil, for
	// arrayContains the list of the examples. Where several expressions are
	// joined it is the first one's that has any.
	Value any
	// HasValue tells a null example from none.
	HasValue bool
	// Kind is the type of the example; [ValueUnknown] for none and for null.
	Kind ValueKind
	// Generator is the first one that an expression implies; nil if none does.
	Generator *Generator
	// References are the names in "matching($'name')": other keys whose
	// example is to be matched by type.
	References []string
}

// maxDefinitionDepth limits how deep expressions may stand inside each other.
const maxDefinitionDepth = 100

// ParseDefinition reads a matching-definition expression (specification V4):
//
//	definition = exp { "," exp }
//	exp        = "matching(" rule ")" | "notEmpty(" value ")"
//	           | "eachKey(" exp ")" | "eachValue(" exp ")" | "arrayContains(" exp { "," exp } ")"
//	           | "atLeast(" n ")" | "atMost(" n ")"
//	rule       = "equalTo," value | "type," value | "number," number | "integer," integer
//	           | "decimal," decimal | "boolean," boolean | "datetime," text "," text
//	           | "date," text "," text | "time," text "," text | "regex," text "," text
//	           | "include," text | "semver," text | "contentType," text "," text | "$" text
//	value      = text | number | "true" | "false" | "null" | "fromProviderState(" text "," value ")"
//
// Texts stand in single quotes. Date, time and datetime also imply the
// generator of the same format, fromProviderState a ProviderState one. The
// error is a [*FormatError] that names the position.
func ParseDefinition(s string) (Definition, error) {
	p := definitionParser{text: s}
	d, err := p.list(0)
	if err == nil && !p.end() {
		err = p.fail("expected ',' or the end")
	}
	if err != nil {
		return Definition{}, err
	}
	return d, nil
}

// definitionParser is a cursor in an expression.
type definitionParser struct {
	text string
	pos  int
}

func (p *definitionParser) fail(format string, args ...any) error {
	return &FormatError{
		Where: fmt.Sprintf("matching expression %q", p.text),
		What:  fmt.Sprintf(format, args...) + " at position " + strconv.Itoa(p.pos),
	}
}

func (p *definitionParser) space() {
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		p.pos += size
	}
}

func (p *definitionParser) end() bool {
	p.space()
	return p.pos == len(p.text)
}

// take consumes the character c.
func (p *definitionParser) take(c byte) bool {
	p.space()
	if p.pos < len(p.text) && p.text[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *definitionParser) expect(c byte) error {
	if !p.take(c) {
		return p.fail("expected '%c'", c)
	}
	return nil
}

func (p *definitionParser) word() string {
	p.space()
	start := p.pos
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			break
		}
		p.pos++
	}
	return p.text[start:p.pos]
}

// list reads expressions joined by commas.
func (p *definitionParser) list(depth int) (Definition, error) {
	var all Definition
	for {
		d, err := p.expression(depth)
		if err != nil {
			return all, err
		}
		all.Rules = append(all.Rules, d.Rules...)
		all.References = append(all.References, d.References...)
		if !all.HasValue {
			all.Value, all.HasValue, all.Kind = d.Value, d.HasValue, d.Kind
		}
		if all.Generator == nil {
			all.Generator = d.Generator
		}
		if !p.take(',') {
			return all, nil
		}
	}
}

func (p *definitionParser) expression(depth int) (Definition, error) {
	if depth > maxDefinitionDepth {
		return Definition{}, p.fail("expressions stand more than %d deep in each other", maxDefinitionDepth)
	}
	start := p.pos
	name := p.word()
	read, ok := map[string]func(int) (Definition, error){
		"matching":      p.matching,
		"notEmpty":      p.notEmpty,
		"eachKey":       p.eachKey,
		"eachValue":     p.eachValue,
		"arrayContains": p.arrayContains,
		"atLeast":       func(int) (Definition, error) { return p.bound(func(n *int) Rule { return TypeRule{Min: n} }) },
		"atMost":        func(int) (Definition, error) { return p.bound(func(n *int) Rule { return TypeRule{Max: n} }) },
	}[name]
	if !ok {
		p.pos = start
		return Definition{}, p.fail("expected matching, notEmpty, eachKey, eachValue, arrayContains, atLeast or atMost")
	}
	if err := p.expect('('); err != nil {
		return Definition{}, err
	}
	d, err := read(depth + 1)
	if err != nil {
		return d, err
	}
	return d, p.expect(')')
}

func (p *definitionParser) notEmpty(int) (Definition, error) {
	d, err := p.value(anyValue)
	d.Rules = []Rule{NotEmptyRule{}}
	return d, err
}

func (p *definitionParser) eachKey(depth int) (Definition, error) {
	d, err := p.expression(depth)
	rule := EachKeyRule{Rules: d.Rules, Value: d.Value, Generator: d.Generator}
	return Definition{Rules: []Rule{rule}, References: d.References}, err
}

func (p *definitionParser) eachValue(depth int) (Definition, error) {
	d, err := p.expression(depth)
	rule := EachValueRule{Rules: d.Rules, Value: d.Value, Generator: d.Generator}
	return Definition{Rules: []Rule{rule}, References: d.References}, err
}

func (p *definitionParser) arrayContains(depth int) (Definition, error) {
	var rule ArrayContainsRule
	var all Definition
	var examples []any
	for {
		d, err := p.expression(depth)
		if err != nil {
			return all, err
		}
		v := Variant{Index: len(rule.Variants), Rules: map[string]RuleList{"$": {Rules: d.Rules}}}
		if d.Generator != nil {
			v.Generators = map[string]Generator{"$": *d.Generator}
		}
		rule.Variants = append(rule.Variants, v)
		examples = append(examples, d.Value)
		all.References = append(all.References, d.References...)
		if !p.take(',') {
			all.Rules = []Rule{rule}
			all.Value, all.HasValue = examples, true
			return all, nil
		}
	}
}

func (p *definitionParser) bound(rule func(n *int) Rule) (Definition, error) {
	text := p.word()
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return Definition{}, p.fail("expected a whole number, found %q", text)
	}
	return Definition{Rules: []Rule{rule(&n)}}, nil
}
