package walk

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// Words says in words what rules ask for.
func Words(list contract.RuleList) string {
	var parts []string
	for _, rule := range list.Rules {
		parts = append(parts, RuleWords(rule))
	}
	joint := " and "
	if list.Combine == contract.Or {
		joint = " or "
	}
	return strings.Join(parts, joint)
}

// RuleWords says in words what one rule asks for.
func RuleWords(rule contract.Rule) string {
	switch r := rule.(type) {
	case contract.EqualityRule:
		return "equal to the example"
	case contract.RegexRule:
		return "text that matches " + r.Pattern
	case contract.TypeRule:
		return "same type as the example" + bounds(r.Min, r.Max)
	case contract.MinRule:
		return "same type as the example" + bounds(&r.Min, nil)
	case contract.MaxRule:
		return "same type as the example" + bounds(nil, &r.Max)
	case contract.IncludeRule:
		return fmt.Sprintf("text that contains %q", r.Value)
	case contract.NumberRule:
		return "a number"
	case contract.IntegerRule:
		return "a whole number"
	case contract.DecimalRule:
		return "a number with a fraction"
	case contract.BooleanRule:
		return "true or false"
	case contract.NullRule:
		return "null"
	case contract.DateRule:
		return "a date" + format(r.Format)
	case contract.TimeRule:
		return "a time" + format(r.Format)
	case contract.DateTimeRule:
		return "a date and time" + format(r.Format)
	default:
		return newerWords(rule)
	}
}

// newerWords continues [RuleWords] with the rules that V4 brought.
func newerWords(rule contract.Rule) string {
	switch r := rule.(type) {
	case contract.ContentTypeRule:
		return "content of type " + r.Value
	case contract.ValuesRule:
		return "any keys, values like the example's"
	case contract.StatusCodeRule:
		if r.Class != "" {
			return "a status of the class " + r.Class
		}
		return fmt.Sprintf("a status out of %v", r.Codes)
	case contract.NotEmptyRule:
		return "not empty"
	case contract.SemverRule:
		return "a semantic version"
	case contract.EachKeyRule:
		return "keys that are each " + Words(contract.RuleList{Rules: r.Rules})
	case contract.EachValueRule:
		return "values that are each " + Words(contract.RuleList{Rules: r.Rules})
	case contract.ArrayContainsRule:
		return fmt.Sprintf("a list that contains %d kinds of element, in any order", len(r.Variants))
	default:
		return fmt.Sprintf("the rule %q", rule.Name())
	}
}

func bounds(low, high *int) string {
	switch {
	case low != nil && high != nil:
		return fmt.Sprintf(", %d to %d elements", *low, *high)
	case low != nil:
		return fmt.Sprintf(", at least %d elements", *low)
	case high != nil:
		return fmt.Sprintf(", at most %d elements", *high)
	default:
		return ""
	}
}

func format(text string) string {
	if text == "" {
		return " in ISO form"
	}
	return " in the form " + text
}
