package contract

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// matching reads what stands inside "matching(…)".
func (p *definitionParser) matching(int) (Definition, error) {
	if p.take('$') {
		name, err := p.quoted(false)
		return Definition{Rules: []Rule{TypeRule{}}, References: []string{name}}, err
	}
	start := p.pos
	name := p.word()
	if !definitionRules[name] {
		p.pos = start
		return Definition{}, p.fail("there is no rule %q to be written here", name)
	}
	if err := p.expect(','); err != nil {
		return Definition{}, err
	}
	if kind, ok := simpleRules[name]; ok {
		d, err := p.value(kind.accepts)
		d.Rules = []Rule{kind.rule}
		return d, err
	}
	return p.configured(name)
}

// simpleRules take an example and nothing else.
var simpleRules = map[string]struct {
	rule    Rule
	accepts accepted
}{
	"equalTo": {EqualityRule{}, anyValue},
	"type":    {TypeRule{}, anyValue},
	"number":  {NumberRule{}, numberValue},
	"integer": {IntegerRule{}, integerValue},
	"decimal": {DecimalRule{}, decimalValue},
	"boolean": {BooleanRule{}, booleanValue},
	"semver":  {SemverRule{}, semverValue},
}

var definitionRules = map[string]bool{
	"equalTo": true, "type": true, "number": true, "integer": true, "decimal": true, "boolean": true, "semver": true,
	"datetime": true, "date": true, "time": true, "regex": true, "include": true, "contentType": true,
}

// configured reads the rules that have a text before, or as, their example.
func (p *definitionParser) configured(name string) (Definition, error) {
	config, err := p.quoted(true)
	if err != nil {
		return Definition{}, err
	}
	if name == "include" {
		return Definition{Rules: []Rule{IncludeRule{Value: config}}, Value: config, HasValue: true, Kind: ValueString}, nil
	}
	if err := p.expect(','); err != nil {
		return Definition{}, err
	}
	d, err := p.value(stringValue)
	if err != nil {
		return d, err
	}
	var implied string
	switch name {
	case "regex":
		d.Rules = []Rule{RegexRule{Pattern: config}}
	case "contentType":
		d.Rules = []Rule{ContentTypeRule{Value: config}}
	case "date":
		d.Rules, implied = []Rule{DateRule{Format: config}}, "Date"
	case "time":
		d.Rules, implied = []Rule{TimeRule{Format: config}}, "Time"
	case "datetime":
		d.Rules, implied = []Rule{DateTimeRule{Format: config, Spelling: "datetime"}}, "DateTime"
	}
	if implied != "" && d.Generator == nil {
		d.Generator = &Generator{Type: implied, Attrs: map[string]any{"format": config}}
	}
	return d, nil
}

// accepted tells which examples a rule takes, and in words what it expects.
type accepted struct {
	expected string
	ok       func(v any, kind ValueKind) bool
}

var (
	anyValue     = accepted{"a value", func(any, ValueKind) bool { return true }}
	stringValue  = accepted{"a text in single quotes", func(_ any, k ValueKind) bool { return k == ValueString }}
	numberValue  = accepted{"a number", func(_ any, k ValueKind) bool { return k == ValueInteger || k == ValueDecimal }}
	integerValue = accepted{"a whole number", func(_ any, k ValueKind) bool { return k == ValueInteger }}
	decimalValue = accepted{"a decimal number", numberValue.ok}
	booleanValue = accepted{"true or false", func(_ any, k ValueKind) bool { return k == ValueBoolean }}
	semverValue  = accepted{"a semantic version such as '1.2.3'", func(v any, k ValueKind) bool {
		text, _ := v.(string)
		return k == ValueString && semanticVersion.MatchString(text)
	}}
)

// semanticVersion is the pattern of semver.org 2.0.0 in a form of its own.
var semanticVersion = regexp.MustCompile(
	`^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-` + preRelease + `(\.` + preRelease + `)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)

const preRelease = `(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`

// value reads an example.
func (p *definitionParser) value(want accepted) (Definition, error) {
	p.space()
	start := p.pos
	if strings.HasPrefix(p.text[p.pos:], "fromProviderState") {
		return p.fromProviderState(want)
	}
	v, kind, err := p.primitive()
	if err != nil {
		return Definition{}, err
	}
	if !want.ok(v, kind) {
		p.pos = start
		return Definition{}, p.fail("expected %s", want.expected)
	}
	return Definition{Value: v, HasValue: true, Kind: kind}, nil
}

func (p *definitionParser) fromProviderState(want accepted) (Definition, error) {
	p.pos += len("fromProviderState")
	if err := p.expect('('); err != nil {
		return Definition{}, err
	}
	expression, err := p.quoted(false)
	if err != nil {
		return Definition{}, err
	}
	if err := p.expect(','); err != nil {
		return Definition{}, err
	}
	p.space()
	start := p.pos
	v, kind, err := p.primitive()
	if err != nil {
		return Definition{}, err
	}
	if !want.ok(v, kind) {
		p.pos = start
		return Definition{}, p.fail("expected %s", want.expected)
	}
	types := map[ValueKind]string{
		ValueString: "STRING", ValueInteger: "INTEGER", ValueDecimal: "DECIMAL", ValueBoolean: "BOOLEAN",
	}
	dataType, ok := types[kind]
	if !ok {
		dataType = "RAW"
	}
	g := &Generator{Type: "ProviderState", Attrs: map[string]any{"expression": expression, "dataType": dataType}}
	return Definition{Value: v, HasValue: true, Kind: kind, Generator: g}, p.expect(')')
}

var definitionNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`)

// primitive reads a text, a number, true, false or null.
func (p *definitionParser) primitive() (any, ValueKind, error) {
	p.space()
	rest := p.text[p.pos:]
	if strings.HasPrefix(rest, "'") {
		s, err := p.quoted(false)
		return s, ValueString, err
	}
	if number := definitionNumber.FindString(rest); number != "" {
		p.pos += len(number)
		if strings.ContainsAny(number, ".eE") {
			return json.Number(number), ValueDecimal, nil
		}
		return json.Number(number), ValueInteger, nil
	}
	start := p.pos
	switch p.word() {
	case "true":
		return true, ValueBoolean, nil
	case "false":
		return false, ValueBoolean, nil
	case "null":
		return nil, ValueUnknown, nil
	}
	p.pos = start
	return nil, ValueUnknown, p.fail("expected a value: a text in single quotes, a number, true, false or null")
}

// quoted reads a text in single quotes. An escaped quote does not end it and
// keeps its backslash. decode asks for the escapes that patterns and formats
// may hold.
func (p *definitionParser) quoted(decode bool) (string, error) {
	p.space()
	if p.pos >= len(p.text) || p.text[p.pos] != '\'' {
		return "", p.fail("expected a text in single quotes")
	}
	open := p.pos
	p.pos++
	start := p.pos
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case '\\':
			p.pos++
		case '\'':
			text := p.text[start:p.pos]
			p.pos++
			if decode {
				text = decodeEscapes(text)
			}
			return text, nil
		}
		p.pos++
	}
	p.pos = open
	return "", p.fail("the text has no closing quote")
}

// decodeEscapes replaces \b \f \n \r \t \\ \uXXXX and \u{…}. All other
// sequences, which belong to patterns, stay.
func decodeEscapes(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		if short := strings.IndexByte(`bfnrt\`, s[i+1]); short >= 0 {
			b.WriteByte("\b\f\n\r\t\\"[short])
			i += 2
			continue
		}
		if r, n := unicodeEscape(s[i:]); n > 0 {
			b.WriteRune(r)
			i += n
			continue
		}
		b.WriteString(s[i : i+2])
		i += 2
	}
	return b.String()
}

// unicodeEscape reads \uXXXX or \u{X…} and its length, 0 if s is neither.
func unicodeEscape(s string) (r rune, length int) {
	if !strings.HasPrefix(s, `\u`) {
		return 0, 0
	}
	digits, length := "", 6
	if strings.HasPrefix(s, `\u{`) {
		end := strings.IndexByte(s, '}')
		if end < 0 || end > 10 {
			return 0, 0
		}
		digits, length = s[3:end], end+1
	} else if len(s) >= 6 {
		digits = s[2:6]
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) { //nolint:gosec // at most 32 bits, and checked
		return 0, 0
	}
	return rune(n), length //nolint:gosec // a valid rune
}
