package integration

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
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
	decoded, err := decode(value)
	if err != nil {
		return XML{}, &Error{Path: "$", What: err.Error()}
	}
	document, ok := decoded.(map[string]any)
	if !ok || document["root"] == nil {
		return XML{}, &Error{Path: "$", What: `an XML document needs a "root"`}
	}
	c := xmlCompiler{compiler: compiler{out: Compiled{Rules: map[string]contract.RuleList{}, Generators: map[string]contract.Generator{}}}}
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
	if isMatcher(outer) {
		rules, _, _ := c.rulesOf(outer, at)
		for _, rule := range rules {
			c.addRule(at, rule)
		}
	}
	for range max(1, examples(outer), examples(e)) {
		c.write(name, e, at)
	}
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
			c.fail(at, "%q is no name of an XML attribute", attribute)
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
	for _, child := range children {
		if object, ok := child.(map[string]any); ok && object["content"] != nil {
			c.content(object, at.Field("#text"))
			continue
		}
		c.element(child, at)
	}
	c.text.WriteString("</" + name + ">")
}

// content writes text, whose matcher stands beside it.
func (c *xmlCompiler) content(object map[string]any, at contract.Path) {
	c.scalar(object["content"], at)
	if matcher, ok := object["matcher"].(map[string]any); ok {
		c.value(matcher, at)
	}
}

func (c *xmlCompiler) scalar(v any, at contract.Path) {
	var text string
	switch example := c.value(v, at).(type) {
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
