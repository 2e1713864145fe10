package contract

import (
	"encoding/json"
	"strings"
)

// maxRuleDepth limits how deep the rules of eachKey, eachValue and
// arrayContains may stand inside each other.
const maxRuleDepth = 50

// rule reads one rule object.
func (d *decoder) rule(r raw, part string) (Rule, error) {
	if !r.isObject() {
		return nil, d.fail(part, "expected a rule such as {\"match\": \"type\"}, found %s", r.kind())
	}
	o := r.members()
	name, ok := ruleName(o)
	if !ok {
		return nil, d.fail(part, "the rule has no member match that names its type: %s", clip(r))
	}
	if d.depth++; d.depth > maxRuleDepth {
		return nil, d.fail(part, "rules stand more than %d deep in each other", maxRuleDepth)
	}
	defer func() { d.depth-- }()
	read := ruleReader{d: d, o: o, part: part}
	rule := read.rule(name)
	if read.err != nil {
		return nil, read.err
	}
	return rule, nil
}

// DecodeRule reads one rule from its members as decoded JSON, "match"
// included. The error is a [*FormatError].
func DecodeRule(members map[string]any) (Rule, error) {
	data, err := json.Marshal(members)
	if err != nil {
		return nil, &FormatError{Where: "rule", What: "cannot be written as JSON", Err: err}
	}
	r, err := parseRaw(data)
	if err != nil {
		return nil, err
	}
	return new(decoder).rule(r, "rule")
}

// ruleName returns the type of a rule. V2 files may leave it out; then the
// attributes tell.
func ruleName(o object) (string, bool) {
	if match := o.get("match"); match != nil {
		name := match.text()
		return name, match.isString() && name != ""
	}
	for _, name := range []string{"regex", "min", "max", "timestamp", "time", "date"} {
		if o.get(name) == nil {
			continue
		}
		if name == "min" || name == "max" {
			name = "type"
		}
		return name, true
	}
	return "", false
}

// ruleReader reads the attributes of one rule and keeps the first error.
type ruleReader struct {
	d    *decoder
	o    object
	part string
	err  error
}

// rule is one switch over all types. Spelling with dashes and in other case
// is accepted, as reference implementations write both.
func (r *ruleReader) rule(name string) Rule {
	switch name {
	case "equality":
		return EqualityRule{}
	case "regex":
		return RegexRule{Pattern: r.text("regex")}
	case "type":
		return TypeRule{Min: r.optional("min"), Max: r.optional("max")}
	case "min":
		return MinRule{Min: r.number("min")}
	case "max":
		return MaxRule{Max: r.number("max")}
	case "min-type", "minType", "max-type", "maxType", "min-max-type", "minMaxType":
		return TypeRule{Min: r.optional("min"), Max: r.optional("max")}
	case "include":
		return IncludeRule{Value: r.text("value")}
	case "number":
		return NumberRule{}
	case "integer":
		return IntegerRule{}
	case "decimal", "real":
		return DecimalRule{}
	case "boolean":
		return BooleanRule{}
	case "null":
		return NullRule{}
	case "date":
		return DateRule{Format: r.format("date")}
	case "time":
		return TimeRule{Format: r.format("time")}
	case "timestamp", "datetime", "dateTime", "date-time":
		return DateTimeRule{Format: r.format("timestamp", "datetime"), Spelling: dateTimeSpelling(name)}
	default:
		return r.newerRule(name)
	}
}

func dateTimeSpelling(name string) string {
	if name == "timestamp" {
		return name
	}
	return "datetime"
}

// newerRule continues [ruleReader.rule] with what V3 added late and V4 brought.
func (r *ruleReader) newerRule(name string) Rule {
	switch name {
	case "contentType", "content-type":
		return ContentTypeRule{Value: r.text("value")}
	case "values":
		return ValuesRule{}
	case "arrayContains", "array-contains":
		return ArrayContainsRule{Variants: r.variants()}
	case "statusCode", "status-code":
		return r.statusCode()
	case "notEmpty", "not-empty":
		return NotEmptyRule{}
	case "semver":
		return SemverRule{}
	case "eachKey", "each-key":
		return EachKeyRule{Rules: r.rules(), Value: r.o.get("value").value(), Generator: r.generator()}
	case "eachValue", "each-value":
		return EachValueRule{Rules: r.rules(), Value: r.o.get("value").value(), Generator: r.generator()}
	default:
		return r.unknown(name)
	}
}

func (r *ruleReader) unknown(name string) Rule {
	rule := UnknownRule{Match: name}
	for _, m := range r.o {
		if m.name != "match" {
			rule.Attrs = keep(rule.Attrs, m)
		}
	}
	r.d.note(r.part, "is the rule %q, which is not known here; it accepts nothing", name)
	return rule
}

func (r *ruleReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = r.d.fail(r.part, format, args...)
	}
}

func (r *ruleReader) text(name string) string {
	v := r.o.get(name)
	if v == nil || v.isNull() {
		r.fail("the rule needs a member %s", name)
		return ""
	}
	return v.text()
}

func (r *ruleReader) number(name string) int {
	v := r.o.get(name)
	n, ok := v.integer()
	if !ok {
		r.fail("the rule needs a member %s that is a whole number, found %s", name, v.kind())
	}
	return n
}

func (r *ruleReader) optional(name string) *int {
	if v := r.o.get(name); v == nil || v.isNull() {
		return nil
	}
	n := r.number(name)
	return &n
}

// format returns a date format, empty for the default one.
func (r *ruleReader) format(names ...string) string {
	v := r.o.first(append([]string{"format"}, names...)...)
	if v == nil || v.isNull() {
		return ""
	}
	return v.text()
}

func (r *ruleReader) rules() []Rule {
	v := r.o.get("rules")
	if v == nil || v.isNull() {
		return nil
	}
	if !v.isArray() {
		r.fail("expected rules to be a list, found %s", v.kind())
		return nil
	}
	var rules []Rule
	for i, element := range v.elements() {
		rule, err := r.d.rule(element, join(r.part, numberedPart("rules", i)))
		if err != nil {
			if r.err == nil {
				r.err = err
			}
			return nil
		}
		rules = append(rules, rule)
	}
	return rules
}

func (r *ruleReader) generator() *Generator {
	if g, ok := generatorOf(r.o.get("generator")); ok {
		return &g
	}
	return nil
}

// variants reads the entries of arrayContains. One without rules asks for
// equality.
func (r *ruleReader) variants() []Variant {
	list := r.o.get("variants")
	if list == nil || list.isNull() {
		return nil
	}
	if !list.isArray() {
		r.fail("expected variants to be a list, found %s", list.kind())
		return nil
	}
	var variants []Variant
	for i, element := range list.elements() {
		variants = append(variants, r.variant(element.members(), i))
	}
	return variants
}

func (r *ruleReader) variant(o object, position int) Variant {
	v := Variant{Index: position}
	if index := o.get("index"); index != nil {
		n, ok := index.integer()
		if !ok || n < 0 {
			r.fail("expected the index of a variant to be a whole number, found %s", clip(index))
		}
		v.Index = n
	}
	rules := o.get("rules")
	if rules == nil || rules.isNull() {
		v.Rules = map[string]RuleList{"$": {Rules: []Rule{EqualityRule{}}}}
	}
	for _, m := range rules.members() {
		list, err := r.d.ruleList(m.value, join(r.part, m.name))
		if err != nil && r.err == nil {
			r.err = err
		}
		if v.Rules == nil {
			v.Rules = map[string]RuleList{}
		}
		v.Rules[m.name] = list
	}
	for _, m := range o.get("generators").members() {
		if g, ok := generatorOf(m.value); ok {
			if v.Generators == nil {
				v.Generators = map[string]Generator{}
			}
			v.Generators[m.name] = g
		}
	}
	return v
}

// statusClasses are the named groups of status codes.
var statusClasses = []string{"info", "success", "redirect", "clientError", "serverError", "nonError", "error"}

func (r *ruleReader) statusCode() Rule {
	v := r.o.get("status")
	switch {
	case v == nil || v.isNull():
		return StatusCodeRule{Class: "success"}
	case v.isArray():
		return r.statusList(v)
	case v.isString():
		for _, class := range statusClasses {
			if strings.EqualFold(v.text(), class) {
				return StatusCodeRule{Class: class}
			}
		}
	}
	if n, ok := v.integer(); ok {
		return StatusCodeRule{Codes: []int{n}}
	}
	r.fail("expected status to be one of %s or a list of numbers, found %s", strings.Join(statusClasses, ", "), clip(v))
	return nil
}

func (r *ruleReader) statusList(v raw) Rule {
	rule := StatusCodeRule{Codes: []int{}}
	for _, element := range v.elements() {
		n, ok := element.integer()
		if !ok {
			r.fail("expected a status code, found %s", clip(element))
		}
		rule.Codes = append(rule.Codes, n)
	}
	return rule
}
