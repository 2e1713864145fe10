package matching

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// array compares two lists (rule 17).
func (w *jsonWalk) array(s *ruleState, e, a int32) {
	if s.checks == nil {
		w.equalLists(s, e, a)
		return
	}
	// An empty example list says nothing about elements: any list passes,
	// whatever its size, as in the reference implementation.
	if w.expected.nodes[e].count == 0 && (!s.exact || !s.checks.asksWithoutExample()) {
		return
	}
	var under *ruleState
	rejected := s.checks.apply(func(k *check) string {
		switch k.rule.(type) {
		case contract.ArrayContainsRule:
			return w.contains(k, e, a)
		case contract.EachValueRule:
			if s.exact {
				under = k.under
			}
			return ""
		}
		return w.checkList(k, s.exact, e, a)
	})
	for _, r := range rejected {
		w.add(e, a, r.rule, r.why)
	}
	if s.checks.only(isArrayContains) {
		return
	}
	w.elements(s, under, e, a)
}

// asksWithoutExample reports whether some rule can judge a list without an
// example element.
func (c *checks) asksWithoutExample() bool {
	for _, k := range c.list {
		switch k.rule.(type) {
		case contract.EachValueRule, contract.NotEmptyRule, contract.EqualityRule:
			return true
		}
	}
	return false
}

func (c *checks) only(f func(contract.Rule) bool) bool {
	for _, k := range c.list {
		if !f(k.rule) {
			return false
		}
	}
	return true
}

func isArrayContains(r contract.Rule) bool {
	_, ok := r.(contract.ArrayContainsRule)
	return ok
}

// elements compares every actual element with the expected one at its index,
// from the end of the expected list on with the first: one example stands
// for all. under replaces the rules below s when an eachValue rule gives it.
func (w *jsonWalk) elements(s, under *ruleState, e, a int32) {
	first := w.expected.nodes[e].child
	c := first
	i := 0
	for d := w.actual.nodes[a].child; d != 0; d = w.actual.nodes[d].next {
		state := under
		if state == nil {
			state = s.element(i)
		}
		w.at.push(contract.Token{Kind: contract.TokenIndex, Index: i})
		example := c
		if example == 0 {
			example = first
		}
		w.orItself(state, example, d)
		w.at.pop()
		if c != 0 {
			c = w.expected.nodes[c].next
		}
		i++
	}
}

// equalLists compares lists that no rule covers: index by index, and their
// lengths must be equal in requests and responses alike.
func (w *jsonWalk) equalLists(s *ruleState, e, a int32) {
	want, got := w.expected.nodes[e].count, w.actual.nodes[a].count
	if want == 0 && got > 0 {
		if w.room() {
			w.add(e, a, nil, "Expected an empty List but received "+w.actual.listed(a))
		}
		return
	}
	if want != got && w.room() {
		w.add(e, a, nil, fmt.Sprintf("Expected a List with %d elements but received %d elements", want, got))
	}
	d := w.actual.nodes[a].child
	i := 0
	for c := w.expected.nodes[e].child; c != 0; c = w.expected.nodes[c].next {
		w.at.push(contract.Token{Kind: contract.TokenIndex, Index: i})
		if d != 0 {
			w.value(s.element(i), c, d)
			d = w.actual.nodes[d].next
		} else if s.element(i).checks == nil && w.room() {
			w.add(c, -1, nil, "Expected "+w.expected.compact(c)+" but was missing")
		}
		w.at.pop()
		i++
	}
}

// contains asks that each variant is somewhere in the list (rule 18).
func (w *jsonWalk) contains(k *check, e, a int32) string {
	if len(k.variants) == 0 {
		return w.containsExamples(e, a)
	}
	var missing []string
	for _, v := range k.variants {
		example := w.expected.element(e, v.index)
		if example == 0 {
			missing = append(missing, fmt.Sprintf("Variant at index %d has no example in the expected list; correct the contract", v.index))
			continue
		}
		if !w.anyMatches(v.rules.root, example, a) {
			missing = append(missing, fmt.Sprintf("Variant at index %d (%s) was not found in the actual list", v.index, w.expected.compact(example)))
		}
	}
	return strings.Join(missing, "; ")
}

// containsExamples asks that each expected element is in the list as it is.
func (w *jsonWalk) containsExamples(e, a int32) string {
	var missing []string
	equal := &ruleState{tree: &ruleTree{}, best: candidate{rule: -1}}
	for c := w.expected.nodes[e].child; c != 0; c = w.expected.nodes[c].next {
		if !w.anyMatches(equal, c, a) {
			missing = append(missing, w.expected.compact(c)+" was not found in the actual list")
			if len(missing) > maxMismatches {
				break
			}
		}
	}
	return cut(strings.Join(missing, "; "))
}

// anyMatches reports whether some element of list a matches example.
func (w *jsonWalk) anyMatches(s *ruleState, example, a int32) bool {
	for d := w.actual.nodes[a].child; d != 0; d = w.actual.nodes[d].next {
		trial := jsonWalk{expected: w.expected, actual: w.actual, strict: w.strict, out: &collector{}}
		trial.value(s, example, d)
		if trial.out.omitted == 0 {
			return true
		}
	}
	return false
}

// element returns element i of a list, 0 if it has none.
func (t *jsonTree) element(list int32, i int) int32 {
	c := t.nodes[list].child
	for ; c != 0 && i > 0; i-- {
		c = t.nodes[c].next
	}
	if i < 0 {
		return 0
	}
	return c
}
