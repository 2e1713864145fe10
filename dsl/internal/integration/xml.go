package integration

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/gojson"
)

// XML is a compiled XML document.
type XML struct {
	Content    []byte
	Rules      map[string]contract.RuleList
	Generators map[string]contract.Generator
}

// Check is [Compiled.Check].
func (x XML) Check(v contract.SpecVersion) error {
	return Compiled{Rules: x.Rules, Generators: x.Generators}.Check(v)
}

// CompileXML reads an XML document in the form of integration JSON:
//
//	{"version": "1.0", "charset": "UTF-8", "root": ELEMENT}
//
// An ELEMENT is {"name", "attributes", "children"}; it may have a matcher
// itself, or be the "value" of a matcher, and "examples" says how often it is
// repeated. A child is an ELEMENT or {"content": "text", "matcher": MATCHER}.
// Values of attributes are text or matchers.
func CompileXML(value any) (XML, error) {
	decoded, err := gojson.Decode(value)
	if err != nil {
		return XML{}, &Error{Path: "$", What: err.Error()}
	}
	document, ok := decoded.(map[string]any)
	if !ok || document["root"] == nil {
		return XML{}, &Error{Path: "$", What: `an XML document needs a "root"`}
	}
	c := xmlCompiler{compiler: compiler{out: newCompiled()}}
	version, charset := textOr(document["version"], "1.0"), textOr(document["charset"], "UTF-8")
	fmt.Fprintf(&c.text, `<?xml version="%s" encoding="%s"?>`, version, charset)
	c.element(document["root"], root())
	return XML{Content: c.text.Bytes(), Rules: c.out.Rules, Generators: c.out.Generators}, c.err
}

func textOr(v any, otherwise string) string {
	if text, ok := v.(string); ok && text != "" {
		return text
	}
	return otherwise
}

type xmlCompiler struct {
	compiler
	text bytes.Buffer
	// noted holds the rules of each element, attribute and text by its path.
	noted map[string][]contract.Rule
}

// element writes one element as often as its examples say.
func (c *xmlCompiler) element(v any, path contract.Path) {
	e, ok := v.(map[string]any)
	if !ok {
		c.fail(path, "an XML element must be an object, got %v", v)
		return
	}
	outer := e
	if inner, wrapped := e[valueKey].(map[string]any); wrapped && isMatcher(e) {
		e = inner
	}
	name, ok := e["name"].(string)
	if !ok || !isXMLName(name) {
		c.fail(path, "an XML element needs a name, got %v", e["name"])
		return
	}
	at := path.Field(name)
	c.note(at, c.elementRules(outer, at))
	for range max(1, examples(outer), examples(e)) {
		c.write(name, e, at)
	}
}

// elementRules are the rules of an element. How often it may stand is kept
// apart from what it is: min and max at an element's own path are about its
// children (rule 20 of package matching), at "[*]" about the elements.
func (c *xmlCompiler) elementRules(v map[string]any, at contract.Path) []contract.Rule {
	if !isMatcher(v) {
		return nil
	}
	rules, _, _ := c.rulesOf(v, at)
	for i, rule := range rules {
		if repeat, ok := rule.(contract.TypeRule); ok && (repeat.Min != nil || repeat.Max != nil) {
			c.repeated(repeat, at)
			rules[i] = contract.TypeRule{}
		}
		c.addRule(at, rules[i])
	}
	return rules
}

// repeated keeps how often an element may stand. That it is there at least
// once is what the type rule at its own path says.
func (c *xmlCompiler) repeated(repeat contract.TypeRule, at contract.Path) {
	switch {
	case len(at) == 2:
		c.fail(at, "the root element of an XML document stands once: it cannot be repeated")
	case repeat.Max != nil || *repeat.Min > 1:
		c.addRule(each(at, contract.TokenStarIndex), repeat)
	}
}

// note keeps apart what a pact cannot: its paths have no index for elements of
// one name, so the rules of one would silently be those of all.
func (c *xmlCompiler) note(at contract.Path, rules []contract.Rule) {
	if c.noted == nil {
		c.noted = map[string][]contract.Rule{}
	}
	key := at.String()
	known, seen := c.noted[key]
	if seen && !slices.EqualFunc(known, rules, func(a, b contract.Rule) bool { return reflect.DeepEqual(a, b) }) {
		c.fail(at, "it stands several times with different matchers, and a pact has one rule for all of them, so that a value that never comes would pass: "+
			"use the same matcher each time, or one element with Each")
	}
	c.noted[key] = rules
}

func examples(e map[string]any) int {
	n, _ := number(e["examples"])
	return min(n, 1000)
}

func isXMLName(name string) bool {
	return name != "" && !strings.ContainsAny(name, " \t\r\n<>&/'\"=")
}

func (c *xmlCompiler) write(name string, e map[string]any, at contract.Path) {
	c.text.WriteString("<" + name)
	attributes, _ := e["attributes"].(map[string]any)
	for _, attribute := range sortedKeys(attributes) {
		if !isXMLName(attribute) {
			c.fail(at, "%q is not a name of an XML attribute", attribute)
			return
		}
		c.text.WriteString(" " + attribute + `="`)
		c.scalar(attributes[attribute], at.Field("@"+attribute))
		c.text.WriteString(`"`)
	}
	children, _ := e["children"].([]any)
	if len(children) == 0 {
		c.text.WriteString("/>")
		return
	}
	c.text.WriteString(">")
	c.children(children, at)
	c.text.WriteString("</" + name + ">")
}

// children writes elements and text. All text of an element is one to a pact,
// so a matcher needs it for itself.
func (c *xmlCompiler) children(children []any, at contract.Path) {
	texts, matched := 0, false
	for _, child := range children {
		if text, ok := textOf(child); ok {
			texts++
			matched = matched || hasMatcher(text)
		}
	}
	if matched && texts > 1 {
		c.fail(at.Field("#text"), "an element with several texts cannot have a matcher in one of them, because they are compared as one: join them")
	}
	for _, child := range children {
		if text, ok := textOf(child); ok {
			c.scalar(text, at.Field("#text"))
			continue
		}
		c.element(child, at)
	}
}

// textOf returns the value of a text, with the matcher that stands beside it.
func textOf(child any) (any, bool) {
	object, ok := child.(map[string]any)
	if !ok || object["content"] == nil {
		return nil, false
	}
	if beside, ok := object["matcher"].(map[string]any); ok {
		matcher := maps.Clone(beside)
		matcher[valueKey] = object["content"]
		return matcher, true
	}
	return object["content"], true
}

// scalar writes a value of text or an attribute.
func (c *xmlCompiler) scalar(v any, at contract.Path) {
	inner := compiler{out: newCompiled()}
	value := inner.value(v, at)
	if inner.err != nil {
		c.err = cmp.Or(c.err, inner.err)
		return
	}
	rules := inner.out.Rules[at.String()].Rules
	for _, rule := range rules {
		c.addRule(at, rule)
	}
	maps.Copy(c.out.Generators, inner.out.Generators)
	c.note(at, rules)
	c.writeText(value, at)
}

func (c *xmlCompiler) writeText(value any, at contract.Path) {
	var text string
	switch example := value.(type) {
	case nil:
	case string:
		text = example
	case json.Number:
		text = example.String()
	case bool:
		text = strconv.FormatBool(example)
	default:
		c.fail(at, "XML text must be text, a number or a boolean, got %v", example)
	}
	_ = xml.EscapeText(&c.text, []byte(text)) // a buffer takes everything
}
