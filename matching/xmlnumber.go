package matching

import (
	"slices"

	"github.com/treatyhq/treaty/contract"
)

// forXML returns the rules for the walk over a document, and those about the
// number of elements. An element has no index: [*] only says that it may be
// repeated. At the end of an expression, where min and max cannot mean the
// children of one element, they are about how many of them there are.
func (t *ruleTree) forXML() (rules, numbers *ruleTree) {
	var plain, repeated, bounded []pathRules
	known := map[string]bool{}
	for _, r := range t.rules {
		last := r.path[len(r.path)-1]
		r.path = slices.DeleteFunc(slices.Clone(r.path), func(k contract.Token) bool { return k.Kind == contract.TokenStarIndex })
		switch {
		case last.Kind != contract.TokenStarIndex:
			plain = append(plain, r)
			known[r.path.String()] = true
		default:
			bounded = append(bounded, r)
			repeated = append(repeated, pathRules{r.path, r.checks.withoutBounds()})
		}
	}
	for _, r := range repeated {
		if !known[r.path.String()] {
			plain = append(plain, r)
		}
	}
	return newRuleTree(plain), newRuleTree(bounded)
}

// withoutBounds is c without what min and max ask for besides the type.
func (c *checks) withoutBounds() *checks {
	list := contract.RuleList{}
	if c.or {
		list.Combine = contract.Or
	}
	for _, k := range c.list {
		if least, most := bounds(k.rule); least != nil || most != nil {
			list.Rules = append(list.Rules, contract.TypeRule{})
			continue
		}
		list.Rules = append(list.Rules, k.rule)
	}
	return compileChecks(list)
}

// number asks the rules that stand at these very elements how many there may
// be. That there are none at all is told where they are compared.
func (w *xmlWalk) number(found []*xmlNode) {
	s := w.numbers
	if s.checks == nil || !s.exact || len(found) == 0 {
		return
	}
	all := &xmlNode{children: found}
	for _, k := range s.checks.list {
		least, most := bounds(k.rule)
		if why := checkBounds(len(found), least, most, func() string { return childNames(all) }); why != "" {
			w.add("", childNames(all), why, k.rule)
		}
	}
}
