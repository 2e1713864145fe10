package matching

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// xmlGroup is the children of one name, in document order.
type xmlGroup struct {
	name  xmlName
	nodes []*xmlNode
}

// grouped returns the children of n by expanded name, in the order in which
// the names first appear.
func grouped(n *xmlNode) ([]xmlGroup, map[xmlName]int) {
	var groups []xmlGroup
	index := map[xmlName]int{}
	for _, c := range n.children {
		key := xmlName{space: c.name.space, local: c.name.local}
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, xmlGroup{name: c.name})
		}
		groups[i].nodes = append(groups[i].nodes, c)
	}
	return groups, index
}

// children compares child elements, grouped by name: the order of names does
// not count, the order within a name does.
func (w *xmlWalk) children(s *ruleState, e, a *xmlNode) {
	if w.strict && len(e.children) == 0 {
		if len(a.children) > 0 {
			w.add("", childNames(a), "Expected no children but received "+childNames(a), nil)
		}
		return
	}
	expected, wanted := grouped(e)
	actual, index := grouped(a)
	for _, g := range expected {
		var found []*xmlNode
		if i, ok := index[xmlName{space: g.name.space, local: g.name.local}]; ok {
			found = actual[i].nodes
		}
		w.group(s.xmlStep(g.name, ""), g, found)
	}
	for _, g := range actual {
		if _, ok := wanted[xmlName{space: g.name.space, local: g.name.local}]; ok {
			continue
		}
		// A type rule that covers the name asks for elements of the expected type.
		if w.strict || s.xmlStep(g.name, "").coversByType() {
			w.add("", g.name.String(), fmt.Sprintf("Unexpected child <%s/>", g.name), nil)
		}
	}
}

// group compares the children of one name.
func (w *xmlWalk) group(s *ruleState, g xmlGroup, found []*xmlNode) {
	w.at.push(field(g.name.String()))
	defer w.at.pop()
	outer := w.numbers
	w.numbers = outer.xmlStep(g.name, "")
	defer func() { w.numbers = outer }()
	w.number(found)
	if s.coversByType() {
		if len(found) == 0 {
			w.addMissing(g.name.String(), fmt.Sprintf("Expected child <%s/> but was missing", g.name))
		}
		for _, a := range found {
			w.element(s, g.nodes[0], a)
		}
		return
	}
	for i, e := range g.nodes {
		if i >= len(found) {
			w.addMissing(e.name.String(), fmt.Sprintf("Expected child <%s/> but was missing", e.name))
			continue
		}
		w.element(s, e, found[i])
	}
	if w.strict {
		for _, a := range found[min(len(found), len(g.nodes)):] {
			w.add("", a.name.String(), fmt.Sprintf("Unexpected child <%s/>", a.name), nil)
		}
	}
}

// coversByType reports whether a rule of the type family applies, so that one
// example stands for any number of elements.
func (s *ruleState) coversByType() bool {
	if s.checks == nil {
		return false
	}
	for _, k := range s.checks.list {
		switch k.rule.(type) {
		case contract.TypeRule, contract.MinRule, contract.MaxRule:
			return true
		}
	}
	return false
}
