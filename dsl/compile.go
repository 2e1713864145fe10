package dsl

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/integration"
)

// texts is what a path, a header or a query parameter compiles to: its
// examples as text, and rules and a generator for all of them.
type texts struct {
	examples  []string
	rules     contract.RuleList
	generator *contract.Generator
}

func (t texts) first() string {
	if len(t.examples) == 0 {
		return ""
	}
	return t.examples[0]
}

// compileText compiles one matcher that stands for text.
func compileText(value matchers.Matcher, version contract.SpecVersion) (texts, error) {
	if value == nil {
		return texts{}, errors.New("the value is nil")
	}
	compiled, err := integration.Compile(value)
	if err != nil {
		return texts{}, err
	}
	if err := compiled.Check(version); err != nil {
		return texts{}, err
	}
	var out texts
	examples, isList := compiled.Example.([]any)
	if !isList {
		examples = []any{compiled.Example}
	}
	for _, example := range examples {
		text, err := asText(example)
		if err != nil {
			return texts{}, err
		}
		out.examples = append(out.examples, text)
	}
	// A list's own rules and those of its elements are all about the values.
	for _, path := range []string{"$", "$[*]"} {
		out.rules.Rules = append(out.rules.Rules, compiled.Rules[path].Rules...)
		if generator, ok := compiled.Generators[path]; ok {
			out.generator = &generator
		}
	}
	return out, nil
}

func asText(example any) (string, error) {
	switch v := example.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return fmt.Sprint(v), nil
	default:
		text, err := integration.EncodeJSON(v)
		if err != nil {
			return "", err
		}
		return "", fmt.Errorf("expected text, a number or a boolean, got %s", text)
	}
}

// compileValues compiles the values of one header or query parameter. A pact
// has one rule list for all values of a name: where the values differ in their
// rules each value may satisfy any of them.
func compileValues(values []matchers.Matcher, version contract.SpecVersion) (texts, error) {
	var out texts
	var lists []contract.RuleList
	for _, value := range values {
		one, err := compileText(value, version)
		if err != nil {
			return texts{}, err
		}
		out.examples = append(out.examples, one.examples...)
		lists = append(lists, one.rules)
		if out.generator == nil {
			out.generator = one.generator
		}
	}
	out.rules = joinRules(lists)
	return out, nil
}

func joinRules(lists []contract.RuleList) contract.RuleList {
	if len(lists) == 0 {
		return contract.RuleList{}
	}
	same, any := true, false
	for _, list := range lists {
		same = same && reflect.DeepEqual(list, lists[0])
		any = any || len(list.Rules) > 0
	}
	if same {
		return lists[0]
	}
	if !any {
		return contract.RuleList{}
	}
	joined := contract.RuleList{Combine: contract.Or}
	for _, list := range lists {
		rules := list.Rules
		if len(rules) == 0 {
			rules = []contract.Rule{contract.EqualityRule{}}
		}
		for _, rule := range rules {
			if !containsRule(joined.Rules, rule) {
				joined.Rules = append(joined.Rules, rule)
			}
		}
	}
	return joined
}

func containsRule(rules []contract.Rule, rule contract.Rule) bool {
	for _, known := range rules {
		if reflect.DeepEqual(known, rule) {
			return true
		}
	}
	return false
}
