package integration

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// rulesOf returns the rules of a matcher object. For arrayContains and
// expressions the example comes along.
func (c *compiler) rulesOf(v map[string]any, path contract.Path) (rules []contract.Rule, example any, hasExample bool) {
	switch matcher := v[matcherKey].(type) {
	case nil:
		return nil, nil, false
	case string:
		return c.named(matcher, v, path)
	case []any:
		for _, element := range matcher {
			rule, ok := element.(map[string]any)
			if !ok {
				c.fail(path, "%s as a list must hold objects, got %v", matcherKey, element)
				return nil, nil, false
			}
			rules = append(rules, c.ruleObject(rule, path)...)
		}
		return rules, nil, false
	default:
		c.fail(path, "%s must be a name, an expression or a list, got %v", matcherKey, matcher)
		return nil, nil, false
	}
}

func (c *compiler) named(name string, v map[string]any, path contract.Path) ([]contract.Rule, any, bool) {
	if strings.Contains(name, "(") {
		return c.expression(name, v, path)
	}
	if name == "arrayContains" || name == "array-contains" {
		rule, example := c.arrayContains(v, path)
		return []contract.Rule{rule}, example, true
	}
	rule, ok := c.rule(name, v, path)
	if !ok {
		return nil, nil, false
	}
	return []contract.Rule{rule}, nil, false
}

// ruleObject reads a rule inside another: with the matcher member or, as in
// pact files, with "match".
func (c *compiler) ruleObject(v map[string]any, path contract.Path) []contract.Rule {
	name, ok := v[matcherKey].(string)
	if !ok {
		name, ok = v["match"].(string)
	}
	if !ok {
		c.fail(path, "a rule needs a %s", matcherKey)
		return nil
	}
	rules, _, _ := c.named(name, v, path)
	return rules
}

// rule builds one rule from its name and attributes.
func (c *compiler) rule(name string, v map[string]any, path contract.Path) (contract.Rule, bool) {
	if simple, ok := simpleRules[name]; ok {
		return simple, true
	}
	switch name {
	case "regex":
		return contract.RegexRule{Pattern: corrected(v, c.text(v, "regex", path))}, true
	case "type":
		return contract.TypeRule{Min: c.bound(v, "min", path), Max: c.bound(v, "max", path)}, true
	case "min", "min-type":
		return contract.TypeRule{Min: c.bound(v, "min", path)}, true
	case "max", "max-type":
		return contract.TypeRule{Max: c.bound(v, "max", path)}, true
	case "include":
		return contract.IncludeRule{Value: c.text(v, valueKey, path)}, true
	case "date":
		return contract.DateRule{Format: format(v, "date")}, true
	case "time":
		return contract.TimeRule{Format: format(v, "time")}, true
	case "timestamp", "datetime":
		return contract.DateTimeRule{Format: format(v, name), Spelling: name}, true
	case "contentType", "content-type":
		return contract.ContentTypeRule{Value: c.text(v, valueKey, path)}, true
	case "statusCode", "status-code":
		return c.statusCode(v, path), true
	case "eachKey", "each-key":
		return contract.EachKeyRule{Rules: c.subRules(v, path)}, true
	case "eachValue", "each-value":
		return contract.EachValueRule{Rules: c.subRules(v, path)}, true
	default:
		c.fail(path, "there is no matcher %q", name)
		return nil, false
	}
}

var simpleRules = map[string]contract.Rule{
	"equality":  contract.EqualityRule{},
	"number":    contract.NumberRule{},
	"integer":   contract.IntegerRule{},
	"decimal":   contract.DecimalRule{},
	"real":      contract.DecimalRule{},
	"boolean":   contract.BooleanRule{},
	"null":      contract.NullRule{},
	"values":    contract.ValuesRule{},
	"notEmpty":  contract.NotEmptyRule{},
	"not-empty": contract.NotEmptyRule{},
	"semver":    contract.SemverRule{},
}

func (c *compiler) subRules(v map[string]any, path contract.Path) []contract.Rule {
	list, ok := v["rules"].([]any)
	if !ok || len(list) == 0 {
		c.fail(path, "%v needs \"rules\", a list of matchers", v[matcherKey])
		return nil
	}
	var rules []contract.Rule
	for _, element := range list {
		object, ok := element.(map[string]any)
		if !ok {
			c.fail(path, "\"rules\" must hold matchers, got %v", element)
			return nil
		}
		if object[matcherKey] == "arrayContains" || object[generatorKey] != nil || hasMatcher(object[valueKey]) {
			c.fail(path, "a rule of %v is about each value itself and has no example: arrayContains, a generator or a matcher inside its value would be lost", v[matcherKey])
		}
		rules = append(rules, c.ruleObject(object, path)...)
	}
	return rules
}

// arrayContains compiles each variant as a document of its own.
func (c *compiler) arrayContains(v map[string]any, path contract.Path) (contract.Rule, any) {
	list, ok := v["variants"].([]any)
	if !ok || len(list) == 0 {
		c.fail(path, "arrayContains needs \"variants\", a list of at least one example")
		return contract.ArrayContainsRule{}, nil
	}
	var rule contract.ArrayContainsRule
	examples := make([]any, len(list))
	for i, element := range list {
		compiled, err := CompileJSON(element)
		if err != nil {
			c.fail(path, "variant %d: %v", i, err)
		}
		examples[i] = compiled.Example
		rule.Variants = append(rule.Variants, contract.Variant{Index: i, Rules: compiled.Rules, Generators: compiled.Generators})
	}
	return rule, examples
}

func (c *compiler) statusCode(v map[string]any, path contract.Path) contract.Rule {
	switch status := v["status"].(type) {
	case nil:
		return contract.StatusCodeRule{Class: "success"}
	case string:
		return contract.StatusCodeRule{Class: status}
	case []any:
		var rule contract.StatusCodeRule
		for _, element := range status {
			code, ok := number(element)
			if !ok {
				c.fail(path, "a status code must be a number, got %v", element)
			}
			rule.Codes = append(rule.Codes, code)
		}
		return rule
	default:
		c.fail(path, "\"status\" must be a class such as \"success\" or a list of codes, got %v", status)
		return contract.StatusCodeRule{}
	}
}

// text returns a string attribute that the rule cannot do without.
func (c *compiler) text(v map[string]any, name string, path contract.Path) string {
	text, ok := v[name].(string)
	if !ok {
		c.fail(path, "%v needs %q as a string, got %v", v[matcherKey], name, v[name])
	}
	return text
}

func (c *compiler) bound(v map[string]any, name string, path contract.Path) *int {
	raw, ok := v[name]
	if !ok || raw == nil {
		return nil
	}
	n, ok := number(raw)
	if !ok || n < 0 {
		c.fail(path, "%q must be a whole number of 0 or more, got %v", name, raw)
		return nil
	}
	return &n
}

func number(v any) (int, bool) {
	switch v := v.(type) {
	case json.Number:
		n, err := strconv.Atoi(v.String())
		return n, err == nil
	case string:
		n, err := strconv.Atoi(v)
		return n, err == nil
	default:
		return 0, false
	}
}

func format(v map[string]any, alias string) string {
	for _, name := range []string{"format", alias} {
		if text, ok := v[name].(string); ok {
			return text
		}
	}
	return ""
}
