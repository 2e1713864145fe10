package matching

import (
	"fmt"
	"strconv"

	"github.com/treatyhq/treaty/contract"
)

// ruleTree is the rules of one category, ready for a walk down a value: each
// step to a member or an element is one look-up, however many rules there
// are. It is a lazily built automaton over the rules' path expressions; its
// states are shared by all elements of a list.
type ruleTree struct {
	rules []pathRules
	root  *ruleState
	wrong []badRule
}

// pathRules is the rules at one path expression.
type pathRules struct {
	path   contract.Path
	checks *checks
}

// badRule is a rule of the contract that cannot be applied.
type badRule struct {
	path string
	rule contract.Rule
	why  string
}

// ruleState is where a walk stands: the rules that still may apply further
// down and the best one for the value here.
type ruleState struct {
	tree  *ruleTree
	depth int
	alive []aliveRule
	best  candidate
	above candidate // the best of the rules that stand further up

	checks *checks // what applies to the value here; nil is equality
	exact  bool    // checks stand at this very path, they did not cascade

	spent      *ruleState            // without the rules that stand here
	named      map[string]*ruleState // by the names that alive rules know
	otherName  *ruleState
	otherIndex *ruleState
	anyNumber  bool // some alive rule names an index, or a key that is a number
}

// aliveRule is a rule whose first tokens fit the path so far.
type aliveRule struct {
	rule     int
	literals int
}

// candidate is a rule that is complete, with its weight.
type candidate struct {
	rule   int // -1 for none
	weight contract.Weight
}

// compileRules prepares the rules of a category that is keyed by path
// expressions (body, metadata, or a variant's own rules).
func compileRules(set map[string]contract.RuleList) *ruleTree {
	return compileRulesWith(set, contract.ParsePath)
}

func compileRulesWith(set map[string]contract.RuleList, parse func(string) (contract.Path, error)) *ruleTree {
	var rules []pathRules
	var wrong []badRule
	for _, expr := range sortedKeys(set) {
		path, err := parse(expr)
		if err != nil {
			wrong = append(wrong, badRule{path: expr, why: fmt.Sprintf("the rule cannot be applied: %v", err)})
			continue
		}
		if len(path) == 0 {
			path = contract.Path{{Kind: contract.TokenRoot}}
		}
		if len(set[expr].Rules) == 0 {
			continue
		}
		here := compileChecks(set[expr])
		wrong = append(wrong, here.wrong(expr)...)
		rules = append(rules, pathRules{path, here})
	}
	t := newRuleTree(rules)
	t.wrong = wrong
	return t
}

// newRuleTree builds the tree over rules whose paths begin at the root.
func newRuleTree(rules []pathRules) *ruleTree {
	t := &ruleTree{rules: rules}
	t.root = &ruleState{tree: t, best: candidate{rule: -1}}
	for i, r := range t.rules {
		if r.path[0].Kind == contract.TokenRoot {
			t.root.alive = append(t.root.alive, aliveRule{rule: i, literals: 1})
		}
	}
	t.root.settle()
	return t
}

// settle moves the rules that end here out of alive and picks the best one.
func (s *ruleState) settle() {
	s.depth++
	rest := s.alive[:0:0]
	here := candidate{rule: -1}
	for _, a := range s.alive {
		if len(s.tree.rules[a.rule].path) > s.depth {
			rest = append(rest, a)
			continue
		}
		c := candidate{a.rule, contract.Weight{Literals: a.literals, Tokens: s.depth}}
		if s.tree.better(c, here) {
			here = c
		}
	}
	s.alive = rest
	s.above = s.best
	if here.rule >= 0 && (s.best.rule < 0 || s.tree.better(here, s.best)) {
		s.best, s.exact = here, true
	}
	if s.best.rule >= 0 {
		s.checks = s.tree.rules[s.best.rule].checks
	}
	for _, a := range s.alive {
		t := s.tree.rules[a.rule].path[s.depth]
		s.anyNumber = s.anyNumber || t.Kind == contract.TokenIndex || t.Kind == contract.TokenField && isNumber(t.Name)
	}
}

// better reports whether c is to be preferred to d: by weight, then by the order
// of the expressions (rule 12 in doc.go).
func (t *ruleTree) better(c, d candidate) bool {
	if d.rule < 0 {
		return true
	}
	if order := c.weight.Compare(d.weight); order != 0 {
		return order > 0
	}
	return t.rules[c.rule].path.Compare(t.rules[d.rule].path) < 0
}

// member is the state for the value of an object's member.
func (s *ruleState) member(name string) *ruleState {
	if len(s.alive) == 0 && !s.exact {
		return s
	}
	if next, ok := s.named[name]; ok {
		return next
	}
	if isNumber(name) || s.knows(name) {
		return s.remember(name, contract.Token{Kind: contract.TokenField, Name: name})
	}
	if s.otherName == nil {
		s.otherName = s.step(contract.Token{Kind: contract.TokenField, Name: name})
	}
	return s.otherName
}

// element is the state for element i of a list.
func (s *ruleState) element(i int) *ruleState {
	if len(s.alive) == 0 && !s.exact {
		return s
	}
	if s.anyNumber {
		key := "[" + strconv.Itoa(i)
		if next, ok := s.named[key]; ok {
			return next
		}
		for _, a := range s.alive {
			if t := s.tree.rules[a.rule].path[s.depth]; t.Kind == contract.TokenIndex && t.Index == i {
				return s.remember(key, contract.Token{Kind: contract.TokenIndex, Index: i})
			}
		}
	}
	if s.otherIndex == nil {
		s.otherIndex = s.step(contract.Token{Kind: contract.TokenIndex, Index: -1})
	}
	return s.otherIndex
}

// knows reports whether an alive rule names the member.
func (s *ruleState) knows(name string) bool {
	for _, a := range s.alive {
		if t := s.tree.rules[a.rule].path[s.depth]; t.Kind == contract.TokenField && t.Name == name {
			return true
		}
	}
	return false
}

// maxRemembered bounds the states that one state keeps; an object whose keys
// are thousands of numbers would make them all.
const maxRemembered = 1000

func (s *ruleState) remember(key string, at contract.Token) *ruleState {
	next := s.step(at)
	if s.named == nil {
		s.named = map[string]*ruleState{}
	}
	if len(s.named) < maxRemembered {
		s.named[key] = next
	}
	return next
}

// step builds the state one token further down.
func (s *ruleState) step(at contract.Token) *ruleState {
	next := &ruleState{tree: s.tree, depth: s.depth, best: s.best}
	for _, a := range s.alive {
		fits, literal := fitsToken(s.tree.rules[a.rule].path[s.depth], at)
		if !fits {
			continue
		}
		if literal {
			a.literals++
		}
		next.alive = append(next.alive, a)
	}
	next.settle()
	return next
}

// fitsToken reports whether an expression's token selects the step at, and
// whether by naming it (rule 11 in doc.go; [contract.Path.Weight] says the
// same for whole paths).
func fitsToken(t, at contract.Token) (fits, literal bool) {
	index := at.Kind == contract.TokenIndex
	switch t.Kind {
	case contract.TokenRoot: // stands only at the start, where no step is taken
	case contract.TokenStar:
		return true, false
	case contract.TokenStarIndex:
		return index || isNumber(at.Name), false
	case contract.TokenField:
		return !index && t.Name == at.Name, true
	case contract.TokenIndex:
		return index && t.Index == at.Index || !index && at.Name == strconv.Itoa(t.Index), true
	}
	return false, false
}

// isNumber reports whether a member name is all digits, so that it counts as an
// index too.
func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// below is the state for the children of a value whose rules are replaced by
// c: c stands at each child and cascades from there.
func below(c *checks) *ruleState {
	root := contract.Path{{Kind: contract.TokenRoot}}
	return newRuleTree([]pathRules{{root, c}}).root
}
