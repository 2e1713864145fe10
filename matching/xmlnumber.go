package matching

import "github.com/treatyhq/treaty/contract"

// numbersApart returns the rules without those about the number of elements,
// and these. [*] at the end of an expression says that an element may be
// repeated; min and max there cannot mean the children of one element, so they
// are about how many of them there are.
func (t *ruleTree) numbersApart() (others, numbers *ruleTree) {
	var rest, about, unbounded []pathRules
	for _, r := range t.rules {
		if r.path[len(r.path)-1].Kind != contract.TokenStarIndex {
			rest = append(rest, r)
			continue
		}
		about = append(about, r)
		unbounded = append(unbounded, pathRules{r.path, r.checks.withoutBounds()})
	}
	// Of rules for one element the first applies: the one without [*].
	return &ruleTree{rules: append(rest, unbounded...)}, &ruleTree{rules: about}
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
