package integration

import (
	"errors"
	"fmt"

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
	if !d.hasValue {
		c.fail(path, "the expression %q holds no example: give one beside it, as \"value\"", text)
	}
	return d.rules, d.value, true
}

// parseDefinition reads an expression. Of several references the first is
// the one that the example comes from.
func parseDefinition(text string) (definition, error) {
	parsed, err := contract.ParseDefinition(text)
	var bad *contract.FormatError
	if errors.As(err, &bad) {
		return definition{}, fmt.Errorf("%s: %s", bad.Where, bad.What)
	}
	if err != nil {
		return definition{}, err
	}
	d := definition{rules: parsed.Rules, value: parsed.Value, hasValue: parsed.HasValue, generator: parsed.Generator}
	if len(parsed.References) > 0 {
		d.reference = parsed.References[0]
	}
	return d, nil
}
