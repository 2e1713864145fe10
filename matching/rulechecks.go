package matching

import (
	"cmp"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/javadate"
)

// checks is a rule list, ready to be applied.
type checks struct {
	list   []*check
	or     bool
	inside bool // some rule is values, eachKey, eachValue: it decides about keys
}

// check is one rule with what was prepared for it.
type check struct {
	rule     contract.Rule
	regex    *regex      // of a regex rule
	format   *dateFormat // of a date, time or timestamp rule
	subs     *checks     // of eachKey and eachValue
	under    *ruleState  // subs as the rules of each value
	variants []variant   // of arrayContains
}

// variant is one entry of an arrayContains rule.
type variant struct {
	index int
	rules *ruleTree
}

func compileChecks(list contract.RuleList) *checks {
	c := &checks{or: list.Combine == contract.Or}
	for _, r := range list.Rules {
		k := compileCheck(r)
		c.list = append(c.list, k)
		c.inside = c.inside || k.decidesKeys()
	}
	return c
}

func compileCheck(rule contract.Rule) *check {
	c := &check{rule: rule}
	switch r := rule.(type) {
	case contract.RegexRule:
		c.regex = newRegex(r.Pattern)
	case contract.DateRule:
		c.format = readDateFormat(cmp.Or(r.Format, javadate.ISODate))
	case contract.TimeRule:
		c.format = readDateFormat(cmp.Or(r.Format, javadate.ISOTime))
	case contract.DateTimeRule:
		c.format = readDateFormat(cmp.Or(r.Format, isoDateTime))
	case contract.EachKeyRule:
		c.subs = compileChecks(contract.RuleList{Rules: r.Rules})
	case contract.EachValueRule:
		c.subs = compileChecks(contract.RuleList{Rules: r.Rules})
		c.under = below(c.subs)
	case contract.ArrayContainsRule:
		for _, v := range r.Variants {
			c.variants = append(c.variants, variant{v.Index, variantRules(v)})
		}
	}
	return c
}

// variantRules are a variant's rules; without any its example must be equal.
func variantRules(v contract.Variant) *ruleTree {
	rules := v.Rules
	if len(rules) == 0 {
		rules = map[string]contract.RuleList{"$": {Rules: []contract.Rule{contract.EqualityRule{}}}}
	}
	return compileRules(rules)
}

// decidesKeys reports whether the rule says itself which keys an object may have.
func (c *check) decidesKeys() bool {
	switch c.rule.(type) {
	case contract.ValuesRule, contract.EachKeyRule, contract.EachValueRule:
		return true
	}
	return false
}

// wrong lists the rules that can never be applied. A contract with such a
// rule must not match by accident.
func (c *checks) wrong(path string) []badRule {
	var bad []badRule
	for _, k := range c.list {
		if u, ok := k.rule.(contract.UnknownRule); ok {
			bad = append(bad, badRule{path, u, "the rule '" + u.Match + "' is not known; it needs a plugin or a newer version"})
		}
		if k.regex != nil && k.regex.err != nil {
			bad = append(bad, badRule{path, k.rule, k.regex.err.Error()})
		}
		if k.subs != nil {
			bad = append(bad, k.subs.wrong(path)...)
		}
		for _, v := range k.variants {
			bad = append(bad, v.rules.wrong...)
		}
	}
	return bad
}

// apply runs every rule of the list through f, which returns why a value is
// rejected or "". With OR one accepting rule is enough. The reasons come back
// with their rules.
func (c *checks) apply(f func(*check) string) []rejection {
	var all []rejection
	for _, k := range c.list {
		why := f(k)
		if why == "" {
			if c.or {
				return nil
			}
			continue
		}
		all = append(all, rejection{k.rule, why})
	}
	return all
}

// rejection is why a rule does not accept a value.
type rejection struct {
	rule contract.Rule
	why  string
}
