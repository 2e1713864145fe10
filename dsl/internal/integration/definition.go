package integration

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/treatyhq/treaty/contract"
)

// definition is what a matching expression such as
// "matching(regex, '\d+', '100'), notEmpty('100')" says.
type definition struct {
	rules     []contract.Rule
	value     any
	hasValue  bool
	generator *contract.Generator
	// reference names the sibling whose value is the example.
	reference string
}

func (d *definition) take(other definition) {
	d.rules = append(d.rules, other.rules...)
	if !d.hasValue {
		d.value, d.hasValue = other.value, other.hasValue
	}
	if d.generator == nil {
		d.generator = other.generator
	}
	if d.reference == "" {
		d.reference = other.reference
	}
}

// expression compiles a matcher written as a matching expression.
func (c *compiler) expression(text string, v map[string]any, path contract.Path) ([]contract.Rule, any, bool) {
	d, err := parseDefinition(text)
	if err != nil {
		c.fail(path, "%v", err)
		return nil, nil, false
	}
	if d.generator != nil {
		c.out.Generators[path.String()] = *d.generator
	}
	if _, given := v[valueKey]; given {
		return d.rules, nil, false
	}
	if d.reference != "" {
		sibling, ok := c.siblings[d.reference]
		if !ok {
			c.fail(path, "the expression %q refers to %q, which is not there", text, d.reference)
			return nil, nil, false
		}
		if c.referring[d.reference] {
			c.fail(path, "the expression %q refers to itself", text)
			return nil, nil, false
		}
		if c.referring == nil {
			c.referring = map[string]bool{}
		}
		c.referring[d.reference] = true
		defer delete(c.referring, d.reference)
		return d.rules, c.value(sibling, path), true
	}
	return d.rules, d.value, true
}

func parseDefinition(text string) (definition, error) {
	p := &expressionParser{text: []rune(text)}
	var d definition
	for {
		part, err := p.expression()
		if err != nil {
			return definition{}, err
		}
		d.take(part)
		if p.atEnd() {
			return d, nil
		}
		if err := p.expect(','); err != nil {
			return definition{}, err
		}
	}
}

type expressionParser struct {
	text  []rune
	pos   int
	depth int
}

func (p *expressionParser) fail(format string, args ...any) error {
	return fmt.Errorf("matching expression %q, position %d: %s", string(p.text), p.pos, fmt.Sprintf(format, args...))
}

func (p *expressionParser) space() {
	for p.pos < len(p.text) && unicode.IsSpace(p.text[p.pos]) {
		p.pos++
	}
}

func (p *expressionParser) atEnd() bool {
	p.space()
	return p.pos >= len(p.text)
}

func (p *expressionParser) peek(r rune) bool {
	return !p.atEnd() && p.text[p.pos] == r
}

func (p *expressionParser) expect(r rune) error {
	if !p.peek(r) {
		return p.fail("expected %q", r)
	}
	p.pos++
	return nil
}

func (p *expressionParser) word() string {
	p.space()
	start := p.pos
	for p.pos < len(p.text) && (unicode.IsLetter(p.text[p.pos]) || unicode.IsDigit(p.text[p.pos])) {
		p.pos++
	}
	return string(p.text[start:p.pos])
}

// expression reads one call, such as matching(...).
func (p *expressionParser) expression() (definition, error) {
	if p.depth++; p.depth > 100 {
		return definition{}, p.fail("nested too deeply")
	}
	defer func() { p.depth-- }()
	name := p.word()
	if err := p.expect('('); err != nil {
		return definition{}, err
	}
	d, err := p.call(name)
	if err != nil {
		return definition{}, err
	}
	return d, p.expect(')')
}

func (p *expressionParser) call(name string) (definition, error) {
	switch name {
	case "matching":
		return p.matching()
	case "notEmpty":
		d, err := p.primitive()
		d.rules = []contract.Rule{contract.NotEmptyRule{}}
		return d, err
	case "eachKey":
		inner, err := p.expression()
		return definition{rules: []contract.Rule{contract.EachKeyRule{Rules: inner.rules, Value: inner.value, Generator: inner.generator}}}, err
	case "eachValue":
		inner, err := p.expression()
		return definition{
			rules:     []contract.Rule{contract.EachValueRule{Rules: inner.rules, Value: inner.value, Generator: inner.generator}},
			reference: inner.reference,
		}, err
	case "atLeast", "atMost":
		n, err := p.count()
		if name == "atLeast" {
			return definition{rules: []contract.Rule{contract.TypeRule{Min: &n}}}, err
		}
		return definition{rules: []contract.Rule{contract.TypeRule{Max: &n}}}, err
	case "arrayContains":
		return p.arrayContains()
	default:
		return definition{}, p.fail("expected matching, notEmpty, eachKey, eachValue, arrayContains, atLeast or atMost, got %q", name)
	}
}

func (p *expressionParser) arrayContains() (definition, error) {
	var rule contract.ArrayContainsRule
	var examples []any
	for {
		inner, err := p.expression()
		if err != nil {
			return definition{}, err
		}
		rule.Variants = append(rule.Variants, contract.Variant{
			Index: len(examples),
			Rules: map[string]contract.RuleList{"$": {Rules: inner.rules}},
		})
		examples = append(examples, inner.value)
		if !p.peek(',') {
			return definition{rules: []contract.Rule{rule}, value: examples, hasValue: true}, nil
		}
		p.pos++
	}
}

// matching reads what stands inside matching(...).
func (p *expressionParser) matching() (definition, error) {
	if p.peek('$') {
		p.pos++
		name, err := p.quoted(false)
		return definition{rules: []contract.Rule{contract.TypeRule{}}, reference: name}, err
	}
	name := p.word()
	if err := p.expect(','); err != nil {
		return definition{}, err
	}
	switch name {
	case "equalTo":
		return p.with(contract.EqualityRule{})
	case "type":
		return p.with(contract.TypeRule{})
	case "number":
		return p.with(contract.NumberRule{})
	case "integer":
		return p.with(contract.IntegerRule{})
	case "decimal":
		return p.with(contract.DecimalRule{})
	case "boolean":
		return p.with(contract.BooleanRule{})
	case "semver":
		return p.with(contract.SemverRule{})
	case "include":
		text, err := p.quoted(true)
		return definition{rules: []contract.Rule{contract.IncludeRule{Value: text}}, value: text, hasValue: true}, err
	case "regex", "date", "time", "datetime", "contentType":
		return p.configured(name)
	default:
		return definition{}, p.fail("there is no rule %q", name)
	}
}

func (p *expressionParser) with(rule contract.Rule) (definition, error) {
	d, err := p.primitive()
	d.rules = []contract.Rule{rule}
	return d, err
}

// configured reads the rules that take a pattern, a format or a type first.
func (p *expressionParser) configured(name string) (definition, error) {
	config, err := p.quoted(true)
	if err != nil {
		return definition{}, err
	}
	if err := p.expect(','); err != nil {
		return definition{}, err
	}
	d, err := p.primitive()
	if err != nil {
		return definition{}, err
	}
	dated := func(generator string) *contract.Generator {
		if d.generator != nil {
			return d.generator
		}
		return &contract.Generator{Type: generator, Attrs: map[string]any{"format": config}}
	}
	switch name {
	case "regex":
		d.rules = []contract.Rule{contract.RegexRule{Pattern: config}}
	case "contentType":
		d.rules = []contract.Rule{contract.ContentTypeRule{Value: config}}
	case "date":
		d.rules, d.generator = []contract.Rule{contract.DateRule{Format: config}}, dated("Date")
	case "time":
		d.rules, d.generator = []contract.Rule{contract.TimeRule{Format: config}}, dated("Time")
	default:
		d.rules, d.generator = []contract.Rule{contract.DateTimeRule{Format: config, Spelling: "datetime"}}, dated("DateTime")
	}
	return d, nil
}

// primitive reads an example: a string, a number, true, false, null or
// fromProviderState('expression', example).
func (p *expressionParser) primitive() (definition, error) {
	if p.peek('\'') {
		text, err := p.quoted(false)
		return definition{value: text, hasValue: true}, err
	}
	if !p.atEnd() && (p.text[p.pos] == '-' || unicode.IsDigit(p.text[p.pos])) {
		n, err := p.number()
		return definition{value: n, hasValue: true}, err
	}
	switch word := p.word(); word {
	case "true", "false":
		return definition{value: word == "true", hasValue: true}, nil
	case "null":
		return definition{hasValue: true}, nil
	case "fromProviderState":
		return p.fromProviderState()
	default:
		return definition{}, p.fail("expected a string in single quotes, a number, true, false, null or fromProviderState")
	}
}

func (p *expressionParser) fromProviderState() (definition, error) {
	if err := p.expect('('); err != nil {
		return definition{}, err
	}
	expression, err := p.quoted(true)
	if err != nil {
		return definition{}, err
	}
	if err := p.expect(','); err != nil {
		return definition{}, err
	}
	d, err := p.primitive()
	if err != nil {
		return definition{}, err
	}
	d.generator = &contract.Generator{Type: "ProviderState", Attrs: map[string]any{"expression": expression, "dataType": dataType(d.value)}}
	return d, p.expect(')')
}

func dataType(v any) string {
	switch v := v.(type) {
	case string:
		return "STRING"
	case bool:
		return "BOOLEAN"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "DECIMAL"
		}
		return "INTEGER"
	default:
		return "RAW"
	}
}

func (p *expressionParser) count() (int, error) {
	n, err := p.number()
	if err != nil {
		return 0, err
	}
	count, err := strconv.Atoi(n.String())
	if err != nil || count < 0 {
		return 0, p.fail("expected a whole number of 0 or more, got %s", n)
	}
	return count, nil
}

func (p *expressionParser) number() (json.Number, error) {
	p.space()
	start := p.pos
	for p.pos < len(p.text) && strings.ContainsRune("+-.eE0123456789", p.text[p.pos]) {
		p.pos++
	}
	text := string(p.text[start:p.pos])
	if !json.Valid([]byte(text)) {
		return "", p.fail("expected a number, got %q", text)
	}
	return json.Number(text), nil
}

// quoted reads a string in single quotes. A quote after a backslash does not
// end it, and both characters stay. Other escapes are decoded where decode is
// set: in patterns and formats, not in examples.
func (p *expressionParser) quoted(decode bool) (string, error) {
	if err := p.expect('\''); err != nil {
		return "", err
	}
	start := p.pos
	for p.pos < len(p.text) && p.text[p.pos] != '\'' {
		if p.text[p.pos] == '\\' {
			p.pos++
		}
		p.pos++
	}
	if p.pos >= len(p.text) {
		return "", p.fail("the string has no closing quote")
	}
	text := string(p.text[start:p.pos])
	p.pos++
	if decode {
		text = escapes.Replace(text)
	}
	return text, nil
}

// escapes leaves the backslash of a regular expression's classes alone: only
// control characters and a doubled backslash have a meaning of their own.
var escapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\f`, "\f")
