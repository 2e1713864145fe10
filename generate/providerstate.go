package generate

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/internal/pattern"
)

// providerState takes a value from the provider states: "${id}" is the value
// itself, text around such parts makes a text, an expression without "${" is
// a name. dataType casts the result.
func (c Context) providerState(a attrs) (any, error) {
	if c.Mode == Consumer {
		return nil, errOtherMode
	}
	v, err := c.expression(a.text("expression"))
	if err != nil {
		return nil, err
	}
	return cast(v, strings.ToUpper(a.text("dataType")))
}

func (c Context) expression(text string) (any, error) {
	if !strings.Contains(text, "${") {
		return c.stateValue(text)
	}
	if name, after, closed := strings.Cut(strings.TrimPrefix(text, "${"), "}"); closed && after == "" && strings.HasPrefix(text, "${") {
		return c.stateValue(name)
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("the expression has \"${\" without \"}\" at %q", rest)
		}
		v, err := c.stateValue(name)
		if err != nil {
			return nil, err
		}
		part, err := textOf(v)
		if err != nil {
			return nil, err
		}
		b.WriteString(part)
		text = after
	}
}

// stateValue looks a name up as it is, then as a path of members.
func (c Context) stateValue(name string) (any, error) {
	name = strings.TrimSpace(name)
	if v, ok := c.StateValues[name]; ok {
		return v, nil
	}
	var v any = c.StateValues
	for _, part := range strings.Split(name, ".") {
		members, _ := v.(map[string]any)
		next, ok := members[part]
		if !ok {
			return nil, fmt.Errorf("%w: the provider states returned no %q", ErrNoValue, name)
		}
		v = next
	}
	return v, nil
}

// cast converts a provider state's value; an unknown data type leaves it.
func cast(v any, dataType string) (any, error) {
	switch dataType {
	case "STRING":
		return textOf(v)
	case "INTEGER":
		f, err := number(v)
		if err != nil {
			return nil, err
		}
		if text, ok := v.(json.Number); ok && !strings.ContainsAny(text.String(), ".eE") {
			return text, nil
		}
		if text, ok := v.(string); ok && isNumber(text) && !strings.ContainsAny(text, ".eE") {
			return json.Number(text), nil
		}
		return json.Number(strconv.FormatFloat(math.Trunc(f), 'f', 0, 64)), nil
	case "DECIMAL", "FLOAT":
		f, err := number(v)
		if err != nil {
			return nil, err
		}
		return decimalNumber(v, f), nil
	case "BOOLEAN":
		return boolean(v)
	default:
		return v, nil
	}
}

// decimalNumber keeps the spelling of a number that has one.
func decimalNumber(v any, f float64) json.Number {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if n, ok := v.(json.Number); ok {
		text = n.String()
	}
	if !strings.ContainsAny(text, ".eE") {
		text += ".0"
	}
	return json.Number(text)
}

func number(v any) (float64, error) {
	switch v := v.(type) {
	case nil:
		return 0, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case map[string]any, []any:
		return 0, errors.New("an object or a list is not a number")
	default:
		f, err := strconv.ParseFloat(strings.TrimSpace(fmt.Sprint(v)), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return 0, fmt.Errorf("%q is not a number", fmt.Sprint(v))
		}
		return f, nil
	}
}

func boolean(v any) (any, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case nil:
		return false, nil
	case string:
		b, err := strconv.ParseBool(strings.TrimSpace(v))
		if err != nil {
			return nil, fmt.Errorf("%q is not a boolean", v)
		}
		return b, nil
	}
	f, err := number(v)
	return f > 0, err
}

// mockServerURL puts the base URL of the mock server into the example: what
// the pattern matches becomes the base URL and its first group.
func (c Context) mockServerURL(a attrs, example any) (any, error) {
	if c.Mode != Consumer {
		return nil, errOtherMode
	}
	if c.MockServerURL == "" {
		return nil, fmt.Errorf("%w: the mock server has no URL", ErrNoValue)
	}
	text := a.text("example")
	if text == "" {
		text, _ = example.(string)
	}
	base, err := plainPattern(a.text("regex"))
	if err != nil {
		return nil, fmt.Errorf("the pattern cannot be used: %w", err)
	}
	at := base.FindStringSubmatchIndex(text)
	if at == nil {
		return text, nil
	}
	path := ""
	if len(at) > 3 && at[2] >= 0 {
		path = text[at[2]:at[3]]
	}
	return text[:at[0]] + joinURL(c.MockServerURL, path) + text[at[1]:], nil
}

// plainPattern compiles an expression that is searched for, not matched whole.
func plainPattern(source string) (*regexp.Regexp, error) {
	p, err := pattern.Compile(source)
	if err != nil {
		return nil, err
	}
	plain, ok := p.Plain()
	if !ok {
		return nil, errNotPlain
	}
	return regexp.Compile(plain)
}

// joinURL puts exactly one slash between base and path: patterns exist that
// leave the slash out of their group (compatibility suite, "pact-broker_c2").
func joinURL(base, path string) string {
	if path == "" {
		return base
	}
	return strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(path, "/")
}
