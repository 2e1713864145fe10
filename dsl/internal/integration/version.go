package integration

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// Check returns an [*Error] that names the path of the first rule, in the
// order of paths, that a pact file of version v cannot hold.
func (c Compiled) Check(v contract.SpecVersion) error {
	for _, path := range sortedKeys(c.Rules) {
		for _, rule := range c.Rules[path].Rules {
			if needs := needs(rule); needs > v {
				return &Error{Path: path, What: fmt.Sprintf("the matcher %q needs a pact of version %s or later, this one is %s", rule.Name(), needs, v)}
			}
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
