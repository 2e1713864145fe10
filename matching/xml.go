package matching

import (
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// compareXML compares two documents element by element (rule 20 in doc.go).
func compareXML(b bodies, out *collector) {
	m := Mismatch{Kind: KindBody, Path: "$", Expected: cut(string(b.expected)), Actual: cut(string(b.actual))}
	expected, err := readXML(b.expected, b.expectedType, contract.Written)
	if err != nil {
		m.Why = fmt.Sprintf("The expected body is not XML: %v; correct the contract", err)
		out.add(m)
		return
	}
	actual, err := readXML(b.actual, b.actualType, contract.Text)
	if err != nil {
		m.Why = fmt.Sprintf("Expected an XML body but could not read it: %v", err)
		out.add(m)
		return
	}
	others, numbers := b.rules.numbersApart()
	rules := others.forXML()
	w := xmlWalk{strict: b.strict, out: out, numbers: numbers.forXML().root.xmlStep(expected.name, "")}
	w.at.push(field(expected.name.String()))
	w.element(rules.root.xmlStep(expected.name, ""), expected, actual)
}

// readXML parses a body whose letters read finds.
func readXML(content []byte, t contract.ContentType, read func([]byte, contract.ContentType) (string, error)) (*xmlNode, error) {
	text, err := read(content, t)
	if err != nil {
		return nil, err
	}
	return parseXML([]byte(text))
}

// forXML returns the tree without [*] in its expressions: an element has no
// index, [*] only says that it may be repeated.
func (t *ruleTree) forXML() *ruleTree {
	isRepeat := func(k contract.Token) bool { return k.Kind == contract.TokenStarIndex }
	plain := make([]pathRules, 0, len(t.rules))
	for _, r := range t.rules {
		r.path = slices.DeleteFunc(slices.Clone(r.path), isRepeat)
		plain = append(plain, r)
	}
	return newRuleTree(plain)
}

// xmlStep is the state for a child element or, with prefix "@", an attribute.
// A rule may name it by its namespace or as the expected document spells it.
func (s *ruleState) xmlStep(name xmlName, prefix string) *ruleState {
	if written := prefix + name.String(); s.knows(written) {
		return s.member(written)
	}
	return s.member(prefix + name.expanded())
}

// withoutText is the state for what stands below an element whose own text was
// asked for by the rules at the element: a rule about one text, such as a
// pattern, is not asked a second time for attributes and children. Rules from
// further up hold on.
func (s *ruleState) withoutText() *ruleState {
	if !s.exact || !s.checks.aboutText() {
		return s
	}
	if s.spent == nil {
		s.spent = &ruleState{tree: s.tree, depth: s.depth, alive: s.alive, best: s.above, above: s.above, anyNumber: s.anyNumber}
		if s.above.rule >= 0 {
			s.spent.checks = s.tree.rules[s.above.rule].checks
		}
	}
	return s.spent
}

// aboutText reports whether all rules of the list ask for one text or number.
func (c *checks) aboutText() bool {
	for _, k := range c.list {
		switch k.rule.(type) {
		case contract.RegexRule, contract.IncludeRule, contract.NumberRule, contract.IntegerRule, contract.DecimalRule, contract.BooleanRule,
			contract.NullRule, contract.DateRule, contract.TimeRule, contract.DateTimeRule, contract.SemverRule, contract.ContentTypeRule:
		default:
			return false
		}
	}
	return true
}

type xmlWalk struct {
	strict bool // unexpected attributes and children are mismatches
	at     place
	out    *collector
	// numbers is where the walk stands in the rules about how many elements
	// of a name there are.
	numbers *ruleState
}

func field(name string) contract.Token {
	return contract.Token{Kind: contract.TokenField, Name: name}
}

func (w *xmlWalk) add(expected, actual, why string, rule contract.Rule) {
	if w.out.full() {
		w.out.omitted++
		return
	}
	w.out.add(Mismatch{Kind: KindBody, Path: w.at.String(), Expected: cut(expected), Actual: cut(actual), Why: why, Rule: rule})
}

func (w *xmlWalk) addMissing(expected, why string) {
	if w.out.full() {
		w.out.omitted++
		return
	}
	w.out.add(Mismatch{Kind: KindBody, Path: w.at.String(), Expected: cut(expected), Why: why, Absent: true})
}

// element compares names, then attributes, children and text.
func (w *xmlWalk) element(s *ruleState, e, a *xmlNode) {
	if !w.name(s, e, a) {
		return
	}
	w.size(s, a)
	below := s
	if e.text != "" {
		below = s.withoutText()
	}
	w.attributes(below, e, a)
	w.children(below, e, a)
	w.text(s, e, a)
}

// name compares expanded names; a regex rule on the element may accept
// another name.
func (w *xmlWalk) name(s *ruleState, e, a *xmlNode) bool {
	if e.name.same(a.name) {
		return true
	}
	if s.checks != nil {
		for _, k := range s.checks.list {
			if k.regex != nil && k.checkPattern(a.name.String()) == "" {
				return true
			}
		}
	}
	w.add(e.name.expanded(), a.name.expanded(), textNotEqual(e.name.expanded(), a.name.expanded()), nil)
	return false
}

// size asks min and max rules that stand at this very element for the number
// of its children; its text counts as one.
func (w *xmlWalk) size(s *ruleState, a *xmlNode) {
	if s.checks == nil || !s.exact {
		return
	}
	size := len(a.children)
	if a.text != "" {
		size++
	}
	for _, k := range s.checks.list {
		least, most := bounds(k.rule)
		if why := checkBounds(size, least, most, func() string { return childNames(a) }); why != "" {
			w.add("", childNames(a), why, k.rule)
		}
	}
}

// bounds returns the limits that a rule of the type family sets.
func bounds(r contract.Rule) (least, most *int) {
	switch r := r.(type) {
	case contract.TypeRule:
		return r.Min, r.Max
	case contract.MinRule:
		return &r.Min, nil
	case contract.MaxRule:
		return nil, &r.Max
	}
	return nil, nil
}

func childNames(a *xmlNode) string {
	var names []string
	for _, c := range a.children[:min(len(a.children), maxMismatches)] {
		names = append(names, c.name.String())
	}
	return cut("[" + strings.Join(names, ", ") + "]")
}

// attributes compares the attributes that are expected.
func (w *xmlWalk) attributes(s *ruleState, e, a *xmlNode) {
	want, got := len(e.attrs), len(a.attrs)
	switch {
	case w.strict && want == 0 && got > 0:
		w.add("", shownAttrs(a), "Did not expect any attributes but received "+shownAttrs(a), nil)
	case w.strict && want != got:
		w.add(shownAttrs(e), shownAttrs(a), fmt.Sprintf("Expected %d attribute(s) but received %d attribute(s)", want, got), nil)
	case !w.strict && got < want:
		w.add(shownAttrs(e), shownAttrs(a), fmt.Sprintf("Expected at least %d attribute(s) but received %d attribute(s)", want, got), nil)
	}
	byName := make(map[xmlName]string, got)
	for _, attr := range a.attrs {
		byName[xmlName{space: attr.name.space, local: attr.name.local}] = attr.value
	}
	for _, attr := range e.attrs {
		w.at.push(field("@" + attr.name.String()))
		value, ok := byName[xmlName{space: attr.name.space, local: attr.name.local}]
		if !ok {
			w.addMissing(attr.value, fmt.Sprintf("Expected attribute '%s'='%s' but was missing", attr.name, cut(attr.value)))
		} else {
			w.value(s.xmlStep(attr.name, "@"), attr.value, value)
		}
		w.at.pop()
	}
}

func shownAttrs(n *xmlNode) string {
	var list []string
	for _, a := range n.attrs[:min(len(n.attrs), maxMismatches)] {
		list = append(list, fmt.Sprintf("%q: %q", a.name.String(), cut(a.value)))
	}
	slices.Sort(list)
	return cut("{" + strings.Join(list, ", ") + "}")
}

// text compares the text of an element.
func (w *xmlWalk) text(s *ruleState, e, a *xmlNode) {
	under := s.member("#text")
	if e.text == "" && a.text == "" && !under.exact && (!s.exact || len(a.children) > 0) {
		return // a rule from above has nothing to judge where there is no text
	}
	w.at.push(field("#text"))
	w.value(under, e.text, a.text)
	w.at.pop()
}

// value compares a text or attribute value.
func (w *xmlWalk) value(s *ruleState, expected, actual string) {
	if s.checks == nil {
		if expected != actual {
			w.add(expected, actual, textNotEqual(expected, actual), nil)
		}
		return
	}
	for _, r := range s.checks.apply(func(k *check) string { return k.text(expected, actual) }) {
		w.add(expected, actual, r.why, r.rule)
	}
}
