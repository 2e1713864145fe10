package generate

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// maxLength bounds what one generator may produce, in characters.
const maxLength = 100_000

// value makes a value for g. example is what it replaces, as decoded JSON: a
// string gets a string, a number gets a number where the value is one. A
// provider state's value keeps the type that its generator asks for.
func (c Context) value(g contract.Generator, example any) (any, error) {
	v, err := c.generate(g, example)
	if err != nil || g.Type == "ProviderState" && !c.keepsKind(g) {
		return v, err
	}
	switch example.(type) {
	case string:
		return textOf(v)
	case json.Number, float64, int, int64:
		return numberIfOne(v), nil
	default:
		return v, nil
	}
}

// keepsKind reports whether a provider state's value takes the kind of its
// example. What a consumer expects is of the kind that its test has seen,
// however the state's handler gives the value, unless a type is asked for.
func (c Context) keepsKind(g contract.Generator) bool {
	kind := strings.ToUpper(attrs(g.Attrs).text("dataType"))
	return c.Mode == Expected && (kind == "" || kind == "RAW")
}

// generate is one switch over the generators of the specification.
func (c Context) generate(g contract.Generator, example any) (any, error) {
	if c.Mode == Expected && g.Type != "ProviderState" {
		return nil, errOtherMode
	}
	a := attrs(g.Attrs)
	switch g.Type {
	case "RandomInt":
		return c.randomInt(a)
	case "RandomDecimal":
		return c.sized(a, "digits", c.decimal)
	case "RandomHexadecimal":
		return c.sized(a, "digits", func(n int) any { return c.pick("0123456789ABCDEF", n) })
	case "RandomString":
		return c.sized(a, "size", func(n int) any { return c.pick(alphanumerics, n) })
	case "RandomBoolean":
		return c.below(2) == 0, nil
	case "Regex":
		return c.fromRegex(a.text("regex"))
	case "Uuid":
		return c.uuid(a.text("format"))
	case "Date", "Time", "DateTime":
		return c.dateTime(g.Type, a)
	case "ProviderState":
		return c.providerState(a)
	case "MockServerURL":
		return c.mockServerURL(a, example)
	default:
		return nil, ErrUnknownType
	}
}

// attrs are a generator's attributes.
type attrs map[string]any

func (a attrs) text(name string) string {
	switch v := a[name].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// integer returns a whole number, also one written as text.
func (a attrs) integer(name string, otherwise int64) (int64, error) {
	text := strings.TrimSpace(a.text(name))
	if text == "" {
		return otherwise, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(f) >= 1<<62 || f != math.Trunc(f) {
		return 0, fmt.Errorf("%s is %q, not a whole number", name, text)
	}
	return int64(f), nil
}

// textOf returns v as text: strings as they are, anything else as JSON.
func textOf(v any) (string, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("the value cannot be written: %w", err)
	}
	return string(data), nil
}

// numberIfOne turns text that is a JSON number into one.
func numberIfOne(v any) any {
	s, ok := v.(string)
	if ok && isNumber(s) {
		return json.Number(s)
	}
	return v
}

func isNumber(s string) bool {
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s))
}
