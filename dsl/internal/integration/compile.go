package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/gojson"
)

// The members of integration JSON that have a meaning.
const (
	matcherKey   = "pact:matcher:type"
	generatorKey = "pact:generator:type"
	valueKey     = "value"
	ownPrefix    = "pact:"
)

// Compiled is what a value means to a pact.
type Compiled struct {
	// Example is decoded JSON with numbers as json.Number.
	Example any
	// Rules and Generators by path expression; "$" is the value itself.
	Rules      map[string]contract.RuleList
	Generators map[string]contract.Generator
}

func newCompiled() Compiled {
	return Compiled{Rules: map[string]contract.RuleList{}, Generators: map[string]contract.Generator{}}
}

// Error tells which part of a value cannot be compiled and why.
type Error struct {
	Path string
	What string
}

// Error returns path and reason.
func (e *Error) Error() string { return e.Path + ": " + e.What }

// Compile reads value: any Go value that marshals to JSON, with matchers
// anywhere in it. The error is an [*Error].
func Compile(value any) (Compiled, error) {
	if text, ok := plainText(value); ok {
		c := newCompiled()
		c.Example = text
		return c, nil
	}
	decoded, err := gojson.Decode(value)
	if err != nil {
		return Compiled{}, &Error{Path: "$", What: err.Error()}
	}
	return CompileJSON(decoded)
}

// plainText is the text of a value that is one and nothing else.
func plainText(value any) (string, bool) {
	var text string
	switch value := value.(type) {
	case string:
		text = value
	case matchers.S:
		text = string(value)
	case matchers.String:
		text = string(value)
	default:
		return "", false
	}
	return text, utf8.ValidString(text)
}

// CompileJSON is [Compile] for decoded JSON, numbers as json.Number.
func CompileJSON(decoded any) (Compiled, error) {
	c := compiler{out: newCompiled()}
	c.out.Example = c.value(decoded, root())
	return c.out, c.err
}

// DecodeJSON decodes one JSON document, keeping the spelling of numbers.
func DecodeJSON(text []byte) (any, error) { return gojson.Parse(text) }

// EncodeJSON writes decoded JSON compactly and with "<", ">" and "&" as they are.
func EncodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func root() contract.Path { return contract.Path{{Kind: contract.TokenRoot}} }

func each(p contract.Path, kind contract.TokenKind) contract.Path {
	return append(slices.Clone(p), contract.Token{Kind: kind})
}

type compiler struct {
	out Compiled
	err error
	// siblings is the object around the value, for references in expressions.
	siblings map[string]any
	// referring holds the references being followed, to stop at a circle.
	referring map[string]bool
}

func (c *compiler) fail(path contract.Path, format string, args ...any) {
	if c.err == nil {
		c.err = &Error{Path: path.String(), What: fmt.Sprintf(format, args...)}
	}
}

// value compiles v at path and returns its example.
func (c *compiler) value(v any, path contract.Path) any {
	switch v := v.(type) {
	case map[string]any:
		if isMatcher(v) {
			return c.matcher(v, path)
		}
		return c.object(v, path.Field)
	case []any:
		return c.list(v, path.Elem)
	default:
		return v
	}
}

func isMatcher(v map[string]any) bool {
	_, matcher := v[matcherKey]
	_, generator := v[generatorKey]
	return matcher || generator
}

func (c *compiler) object(v map[string]any, at func(string) contract.Path) any {
	outer := c.siblings
	c.siblings = v
	defer func() { c.siblings = outer }()
	out := make(map[string]any, len(v))
	for _, name := range sortedKeys(v) {
		if strings.HasPrefix(name, ownPrefix) {
			c.fail(at(name), "a name that begins with %q belongs to matchers, and there is no %s or %s beside it", ownPrefix, matcherKey, generatorKey)
			continue
		}
		out[name] = c.value(v[name], at(name))
	}
	return out
}

func (c *compiler) list(v []any, at func(int) contract.Path) any {
	out := make([]any, len(v))
	for i, element := range v {
		out[i] = c.value(element, at(i))
	}
	return out
}

// matcher compiles an object with a matcher or a generator.
func (c *compiler) matcher(v map[string]any, path contract.Path) any {
	rules, example, hasExample := c.rulesOf(v, path)
	c.addGenerator(v, path)
	for _, rule := range rules {
		c.addRule(path, rule)
	}
	if !hasExample {
		c.checkInner(v[valueKey], path, rules)
		example = fitExample(c.example(v[valueKey], path, rules), rules)
	}
	c.checkExample(example, path, rules)
	return example
}

// example compiles the value under a matcher. A list's elements share their
// rules, and so do an object's values when the matcher is about values.
func (c *compiler) example(v any, path contract.Path, rules []contract.Rule) any {
	switch v := v.(type) {
	case []any:
		shared := each(path, contract.TokenStarIndex)
		return c.list(v, func(int) contract.Path { return shared })
	case map[string]any:
		if isMatcher(v) {
			return c.matcher(v, path)
		}
		if slices.ContainsFunc(rules, isAboutValues) {
			shared := each(path, contract.TokenStar)
			return c.object(v, func(string) contract.Path { return shared })
		}
		return c.object(v, path.Field)
	default:
		return v
	}
}

func isAboutValues(rule contract.Rule) bool {
	switch rule.(type) {
	case contract.ValuesRule, contract.EachKeyRule, contract.EachValueRule:
		return true
	default:
		return false
	}
}

// fitExample gives a decimal example its fraction: Go writes 12.0 as 12, which
// would not pass its own rule.
func fitExample(example any, rules []contract.Rule) any {
	number, ok := example.(json.Number)
	if !ok || strings.ContainsAny(number.String(), ".eE") {
		return example
	}
	for _, rule := range rules {
		if _, decimal := rule.(contract.DecimalRule); decimal {
			return json.Number(number.String() + ".0")
		}
	}
	return example
}

func (c *compiler) addRule(path contract.Path, rule contract.Rule) {
	key := path.String()
	list := c.out.Rules[key]
	for i, known := range list.Rules {
		if implies(known, rule) { // the elements of a list repeat theirs
			return
		}
		if implies(rule, known) {
			list.Rules[i] = rule
			return
		}
	}
	list.Rules = append(list.Rules, rule)
	c.out.Rules[key] = list
}

// implies reports whether b asks for nothing that a does not ask for.
func implies(a, b contract.Rule) bool {
	_, typed := a.(contract.TypeRule)
	return reflect.DeepEqual(a, b) || typed && reflect.DeepEqual(b, contract.TypeRule{})
}

func (c *compiler) addGenerator(v map[string]any, path contract.Path) {
	raw, ok := v[generatorKey]
	if !ok {
		return
	}
	name, ok := raw.(string)
	if !ok || name == "" {
		c.fail(path, "%s must be the name of a generator, got %v", generatorKey, raw)
		return
	}
	attrs := map[string]any{}
	for member, value := range v {
		if member != valueKey && !strings.HasPrefix(member, ownPrefix) && generatorAttrs[name][member] {
			attrs[member] = value
		}
	}
	c.out.Generators[path.String()] = contract.Generator{Type: name, Attrs: attrs}
}

// generatorAttrs are the attributes each generator takes; what else stands on
// the object belongs to its matcher.
var generatorAttrs = map[string]map[string]bool{
	"RandomInt":         {"min": true, "max": true},
	"RandomDecimal":     {"digits": true},
	"RandomHexadecimal": {"digits": true},
	"RandomString":      {"size": true},
	"Regex":             {"regex": true},
	"Uuid":              {"format": true},
	"Date":              {"format": true, "expression": true},
	"Time":              {"format": true, "expression": true},
	"DateTime":          {"format": true, "expression": true},
	"ProviderState":     {"expression": true, "dataType": true},
	"MockServerURL":     {"example": true, "regex": true},
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
