package dsl

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/integration"
)

// texts is what a matcher compiles to that stands for text: its examples, and
// rules and a generator for all of them.
type texts struct {
	examples  []string
	rules     contract.RuleList
	generator *contract.Generator
	// list is true for a matcher of a list, such as EachLike.
	list bool
}

// isExact reports whether the values must be equal to the examples.
func (t texts) isExact() bool {
	for _, rule := range t.rules.Rules {
		if _, equality := rule.(contract.EqualityRule); !equality {
			return false
		}
	}
	return true
}

// compileText compiles one matcher that stands for text.
func compileText(value matchers.Matcher, version contract.SpecVersion) (texts, error) {
	if value == nil {
		return texts{}, errors.New("the value is nil")
	}
	compiled, err := integration.Compile(value)
	if err == nil {
		dropEquality(&compiled, version)
		err = compiled.Check(version)
	}
	if err != nil {
		return texts{}, err
	}
	var out texts
	examples, isList := compiled.Example.([]any)
	if out.list = isList; !isList {
		examples = []any{compiled.Example}
	}
	for _, example := range examples {
		text, err := asText(example)
		if err != nil {
			return texts{}, err
		}
		out.examples = append(out.examples, text)
	}
	return out, out.takeRules(compiled)
}

// dropEquality takes the rule of an Equality out of a pact that cannot hold it:
// a text without a rule must be equal all the same.
func dropEquality(compiled *integration.Compiled, version contract.SpecVersion) {
	_, isList := compiled.Example.([]any)
	only := compiled.Rules["$"].Rules
	if version < contract.V3 && !isList && len(only) == 1 && only[0] == (contract.EqualityRule{}) {
		delete(compiled.Rules, "$")
	}
}

// takeRules takes a list's own rules and those of its elements, which are all
// about the values.
func (t *texts) takeRules(compiled integration.Compiled) error {
	for _, path := range sortedNames(compiled.Rules) {
		if path != "$" && path != "$[*]" {
			return fmt.Errorf("%s: a matcher inside a plain list is not kept: give each value by itself", path)
		}
		t.rules.Rules = append(t.rules.Rules, compiled.Rules[path].Rules...)
	}
	for _, path := range sortedNames(compiled.Generators) {
		if path != "$" && path != "$[*]" || t.generator != nil {
			return fmt.Errorf("%s: a value here can have one generator, for all of it", path)
		}
		generator := compiled.Generators[path]
		t.generator = &generator
	}
	return nil
}

func asText(example any) (string, error) {
	switch v := example.(type) {
	case nil:
		return "", errors.New("text cannot be null: use matchers.S(\"\") for an empty value, or leave the name out")
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
