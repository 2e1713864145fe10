package integration

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// Check returns an [*Error] that names the path of the first rule, in the
// order of paths, that a pact file of version v cannot hold.
func (c Compiled) Check(v contract.SpecVersion) error {
	for _, path := range sortedKeys(c.Rules) {
		rules := c.Rules[path].Rules
		if rule, needs := newest(rules); needs > v {
			return &Error{Path: path, What: fmt.Sprintf("the matcher %q needs a pact of version %s or later, this one is %s", rule.Name(), needs, v)}
		}
		if len(rules) > 1 && v < contract.V3 {
			return &Error{Path: path, What: fmt.Sprintf("%d matchers for one value need a pact of version %s or later, this one is %s", len(rules), contract.V3, v)}
		}
	}
	if v >= contract.V3 {
		return nil
	}
	for _, path := range sortedKeys(c.Generators) {
		return &Error{Path: path, What: fmt.Sprintf("the generator %q needs a pact of version %s or later, this one is %s", c.Generators[path].Type, contract.V3, v)}
	}
	return nil
}

// newest returns the rule that needs the newest version, those inside others
// included.
func newest(rules []contract.Rule) (rule contract.Rule, version contract.SpecVersion) {
	for _, r := range rules {
		if v := needs(r); rule == nil || v > version {
			rule, version = r, v
		}
		contains, ok := r.(contract.ArrayContainsRule)
		if !ok { // all others with rules inside need the newest themselves
			continue
		}
		for _, variant := range contains.Variants {
			for _, path := range sortedKeys(variant.Rules) {
				if inner, v := newest(variant.Rules[path].Rules); v > version {
					rule, version = inner, v
				}
			}
		}
	}
	return rule, version
}

// needs is the first version of the specification with a rule. arrayContains
// came with V4, but pact-go has always offered it for V3, and readers of V3
// know it.
func needs(rule contract.Rule) contract.SpecVersion {
	switch rule := rule.(type) {
	case contract.RegexRule, contract.MinRule, contract.MaxRule:
		return contract.V2
	case contract.TypeRule:
		if rule.Min != nil && rule.Max != nil {
			return contract.V3
		}
		return contract.V2
	case contract.StatusCodeRule, contract.NotEmptyRule, contract.SemverRule, contract.EachKeyRule, contract.EachValueRule:
		return contract.V4
	default:
		return contract.V3
	}
}
