package compare

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

// Two spellings of the same rule are not a change: files are written by many
// tools, and by one tool in several versions of the specification.

// meaning is the rules of a value in one spelling; nil stands for equality.
func (k constraint) meaning() contract.RuleList {
	rules := k.rules.Rules
	if !isContainer(k.value) {
		rules = atScalar(rules, k.tolerant)
	}
	list := contract.RuleList{Combine: k.rules.Combine}
	for _, rule := range rules {
		rule = oneSpelling(rule)
		if !slices.ContainsFunc(list.Rules, func(r contract.Rule) bool { return reflect.DeepEqual(r, rule) }) {
			list.Rules = append(list.Rules, rule)
		}
	}
	if list.Combine == contract.And {
		list.Rules = joinBounds(list.Rules)
	}
	if len(list.Rules) < 2 {
		list.Combine = contract.And
	}
	slices.SortStableFunc(list.Rules, func(a, b contract.Rule) int { return strings.Compare(ruleText(a), ruleText(b)) })
	return list
}

func isContainer(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// atScalar drops what says nothing about a scalar: equality, which holds
// without a rule too unless that is more tolerant, and bounds of lists.
func atScalar(rules []contract.Rule, tolerant bool) []contract.Rule {
	if !tolerant && !slices.ContainsFunc(rules, func(r contract.Rule) bool { return r != contract.Rule(contract.EqualityRule{}) }) {
		return nil
	}
	var out []contract.Rule
	for _, rule := range rules {
		switch rule.(type) {
		case contract.TypeRule, contract.MinRule, contract.MaxRule:
			rule = contract.TypeRule{}
		}
		out = append(out, rule)
	}
	return out
}

// oneSpelling writes a rule as its main form: bounds as attributes of type,
// default formats in words, lists in order, without examples.
func oneSpelling(rule contract.Rule) contract.Rule {
	switch r := rule.(type) {
	case contract.MinRule:
		return contract.TypeRule{Min: &r.Min}
	case contract.MaxRule:
		return contract.TypeRule{Max: &r.Max}
	case contract.DateRule:
		return contract.DateRule{Format: orElse(r.Format, "yyyy-MM-dd")}
	case contract.TimeRule:
		return contract.TimeRule{Format: orElse(r.Format, "HH:mm:ss")}
	case contract.DateTimeRule:
		return contract.DateTimeRule{Format: orElse(r.Format, "yyyy-MM-dd'T'HH:mm:ssXXX")}
	case contract.ContentTypeRule:
		return contract.ContentTypeRule{Value: typeText(r.Value)}
	case contract.StatusCodeRule:
		codes := slices.Compact(slices.Sorted(slices.Values(r.Codes)))
		if r.Class == "" && len(codes) == 0 {
			return contract.StatusCodeRule{Class: "success"}
		}
		return contract.StatusCodeRule{Class: r.Class, Codes: codes}
	case contract.EachKeyRule:
		return contract.EachKeyRule{Rules: spelled(r.Rules)}
	case contract.EachValueRule:
		return contract.EachValueRule{Rules: spelled(r.Rules)}
	case contract.ArrayContainsRule:
		return contract.ArrayContainsRule{Variants: spelledVariants(r.Variants)}
	}
	return rule
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// spelled are the rules inside of another one.
func spelled(rules []contract.Rule) []contract.Rule {
	return constraint{value: []any{}, rules: contract.RuleList{Rules: rules}}.meaning().Rules
}

func spelledVariants(variants []contract.Variant) []contract.Variant {
	var out []contract.Variant
	for _, v := range variants {
		rules := map[string]contract.RuleList{}
		for key, list := range v.Rules {
			if path, err := contract.ParsePath(key); err == nil {
				key = path.String()
			}
			rules[key] = constraint{value: []any{}, rules: list}.meaning()
		}
		out = append(out, contract.Variant{Index: v.Index, Rules: rules})
	}
	return out
}

// joinBounds makes one type rule of several that all must hold.
func joinBounds(rules []contract.Rule) []contract.Rule {
	var joined *contract.TypeRule
	out := slices.DeleteFunc(slices.Clone(rules), func(rule contract.Rule) bool {
		r, ok := rule.(contract.TypeRule)
		if !ok {
			return false
		}
		if joined == nil {
			joined = &contract.TypeRule{}
		}
		if r.Min != nil && (joined.Min == nil || *r.Min > *joined.Min) {
			joined.Min = r.Min
		}
		if r.Max != nil && (joined.Max == nil || *r.Max < *joined.Max) {
			joined.Max = r.Max
		}
		return true
	})
	if joined == nil {
		return rules
	}
	if joined.Min != nil && *joined.Min <= 0 {
		joined.Min = nil
	}
	return append(out, *joined)
}

func ruleText(r contract.Rule) string { return fmt.Sprintf("%T %s", r, walk.RuleWords(r)) }

// typeText is a content type in one spelling; what is none stays as it is.
func typeText(s string) string {
	t, err := contract.ParseContentType(s)
	if err != nil {
		return s
	}
	for name, value := range t.Params {
		if name == "boundary" && t.IsMultipart() {
			delete(t.Params, name) // each run of a test may make another
			continue
		}
		t.Params[name] = strings.ToLower(value)
	}
	return t.String()
}
