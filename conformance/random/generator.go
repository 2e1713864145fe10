package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// generator makes random bodies from a small alphabet, so that rules and
// values meet often.
type generator struct{ *rand.Rand }

func pick[T any](g generator, list ...T) T { return list[g.IntN(len(list))] }

func (g generator) jsonTrial() trial {
	expected := g.value(3)
	for !isContainer(expected) {
		expected = g.value(3)
	}
	var paths []string
	g.jsonPaths(expected, "$", &paths)
	t := trial{contentType: "application/json", expected: text(expected), actual: text(g.changed(expected, 3)), rules: contract.RuleSet{}}
	for range g.IntN(4) {
		list := contract.RuleList{Combine: pick(g, contract.And, contract.And, contract.Or), Rules: []contract.Rule{g.rule(1)}}
		if g.IntN(6) == 0 {
			list.Rules = append(list.Rules, g.rule(1))
		}
		path := pick(g, paths...)
		delete(t.rules[contract.CategoryBody], path)
		t.rules.Add(contract.CategoryBody, path, list)
	}
	return t
}

func isContainer(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil { // the values are plain JSON
		panic(err)
	}
	return string(data)
}

func (g generator) value(depth int) any {
	kinds := 8
	if depth <= 0 {
		kinds = 5
	}
	switch g.IntN(kinds) {
	case 0:
		return pick(g, "a", "b", "", "cat", "12", "2024-01-31", "1.0.0", "true")
	case 1:
		return json.Number(pick(g, "0", "1", "2", "-3", "100"))
	case 2:
		return json.Number(pick(g, "1.0", "2.5", "1e3", "-0.5"))
	case 3:
		return pick(g, true, false)
	case 4:
		return nil
	case 5, 6:
		object := map[string]any{}
		for range g.IntN(4) {
			object[pick(g, "a", "b", "c", "1", "x y")] = g.value(depth - 1)
		}
		return object
	}
	list := []any{}
	for range g.IntN(4) {
		list = append(list, g.value(depth-1))
	}
	return list
}

// changed returns v with a few differences.
func (g generator) changed(v any, depth int) any {
	if g.IntN(8) == 0 {
		return g.value(depth)
	}
	switch v := v.(type) {
	case map[string]any:
		object := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if g.IntN(12) > 0 {
				object[name] = g.changed(v[name], depth-1)
			}
		}
		if g.IntN(8) == 0 {
			object[pick(g, "a", "d", "2")] = g.value(depth - 1)
		}
		return object
	case []any:
		list := []any{}
		for _, e := range v {
			if g.IntN(12) > 0 {
				list = append(list, g.changed(e, depth-1))
			}
		}
		if len(v) > 0 && g.IntN(5) == 0 {
			list = append(list, g.changed(pick(g, v...), depth-1))
		}
		return list
	}
	return v
}

func (g generator) jsonPaths(v any, path string, out *[]string) {
	*out = append(*out, path)
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			step := fmt.Sprintf("['%s']", name)
			g.jsonPaths(v[name], path+pick(g, step, step, step, ".*"), out)
		}
	case []any:
		for i, e := range v {
			g.jsonPaths(e, path+pick(g, fmt.Sprintf("[%d]", i), "[*]", "[*]"), out)
		}
	}
}

// rule is a random rule; those that hold rules are left out at depth 0.
func (g generator) rule(depth int) contract.Rule {
	least, most := g.IntN(3), 1+g.IntN(3)
	rules := []contract.Rule{
		contract.TypeRule{}, contract.TypeRule{}, contract.TypeRule{}, contract.TypeRule{Min: &least}, contract.TypeRule{Max: &most},
		contract.EqualityRule{}, contract.RegexRule{Pattern: pick(g, `[a-z]+`, `\d+`, `a|b`)}, contract.IncludeRule{Value: "a"},
		contract.NumberRule{}, contract.IntegerRule{}, contract.DecimalRule{}, contract.BooleanRule{}, contract.NullRule{},
		contract.DateRule{Format: "yyyy-MM-dd"}, contract.ValuesRule{}, contract.NotEmptyRule{}, contract.SemverRule{},
	}
	if depth > 0 {
		inner := []contract.Rule{g.rule(0)}
		rules = append(rules, contract.EachKeyRule{Rules: inner}, contract.EachValueRule{Rules: inner},
			contract.ArrayContainsRule{Variants: []contract.Variant{{Rules: map[string]contract.RuleList{"$": {Rules: inner}}}}})
	}
	return pick(g, rules...)
}

// element is a random XML element.
type element struct {
	name     string
	attrs    []string // ` name="value"`
	children []*element
	text     string
}

func (g generator) xmlTrial() trial {
	root := g.element(2)
	var paths []string
	g.xmlPaths(root, "$", &paths)
	t := trial{contentType: "application/xml", expected: root.String(), actual: g.changedElement(root, 2).String(), rules: contract.RuleSet{}}
	for range g.IntN(4) {
		path := pick(g, paths...)
		least, most := g.IntN(3), 1+g.IntN(3)
		rule := pick[contract.Rule](g, contract.TypeRule{}, contract.TypeRule{}, contract.TypeRule{Min: &least}, contract.TypeRule{Max: &most}, contract.EqualityRule{})
		if strings.HasSuffix(path, "']") {
			rule = g.rule(0)
		}
		delete(t.rules[contract.CategoryBody], path)
		t.rules.Add(contract.CategoryBody, path, contract.RuleList{Rules: []contract.Rule{rule}})
	}
	return t
}

func (g generator) element(depth int) *element {
	e := &element{name: pick(g, "a", "b", "c")}
	for _, name := range []string{"x", "y"} {
		if g.IntN(3) == 0 {
			e.attrs = append(e.attrs, fmt.Sprintf(" %s=%q", name, pick(g, "1", "2", "t")))
		}
	}
	if depth > 0 {
		for range g.IntN(4) {
			e.children = append(e.children, g.element(depth-1))
		}
	}
	if len(e.children) == 0 && g.IntN(2) == 0 {
		e.text = pick(g, "t", "12", "abc")
	}
	return e
}

func (g generator) changedElement(e *element, depth int) *element {
	if g.IntN(20) == 0 {
		return g.element(depth)
	}
	n := &element{name: e.name, text: e.text}
	for _, a := range e.attrs {
		if g.IntN(12) > 0 {
			n.attrs = append(n.attrs, a)
		}
	}
	for _, c := range e.children {
		if g.IntN(12) > 0 {
			n.children = append(n.children, g.changedElement(c, depth-1))
		}
		if g.IntN(8) == 0 {
			n.children = append(n.children, g.changedElement(c, depth-1))
		}
	}
	if g.IntN(8) == 0 {
		n.text = pick(g, "", "t", "12", "xyz")
	}
	return n
}

func (g generator) xmlPaths(e *element, path string, out *[]string) {
	path += "." + e.name
	*out = append(*out, path)
	for _, a := range e.attrs {
		*out = append(*out, fmt.Sprintf("%s['@%s']", path, a[1:2]))
	}
	if e.text != "" {
		*out = append(*out, path+"['#text']")
	}
	for _, c := range e.children {
		g.xmlPaths(c, path, out)
	}
}

func (e *element) String() string {
	var b strings.Builder
	b.WriteString("<" + e.name + strings.Join(e.attrs, "") + ">" + e.text)
	for _, c := range e.children {
		b.WriteString(c.String())
	}
	return b.String() + "</" + e.name + ">"
}
