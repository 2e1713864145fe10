package dsl

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/draft"
	"github.com/treatyhq/treaty/dsl/internal/integration"
)

// XMLElement is an element of an XML body with matchers; [XML] makes one. Its
// methods return a changed copy.
type XMLElement struct {
	name       string
	attributes map[string]any
	children   []any
	// repeated elements are compared by type, any number from min on.
	repeated bool
	min      int
}

// XML returns an element with children in that order. A name may have a prefix, as in "c:catalog", whose
// namespace is an attribute "xmlns:c".
func XML(name string, children ...XMLElement) XMLElement {
	e := XMLElement{name: name}
	for _, child := range children {
		e.children = append(e.children, child)
	}
	return e
}

// Attr returns the element with an attribute: text, a number, a boolean or a
// matcher. One of the same name is replaced.
func (e XMLElement) Attr(name string, value any) XMLElement {
	attributes := maps.Clone(e.attributes)
	if attributes == nil {
		attributes = map[string]any{}
	}
	attributes[name] = value
	e.attributes = attributes
	return e
}

// Text returns the element with text in it, behind the children it has: a string,
// a number, a boolean or a matcher.
func (e XMLElement) Text(value any) XMLElement {
	e.children = append(slices.Clone(e.children), map[string]any{"content": value})
	return e
}

// Each returns the element as one that may be repeated, at least min times and at least
// once: a pact cannot say that an element may be absent. Each element is
// compared with this one.
func (e XMLElement) Each(min int) XMLElement {
	e.repeated, e.min = true, min
	return e
}

// MarshalJSON writes the element as Pact's integration JSON, for builders that
// take a body as JSON text.
func (e XMLElement) MarshalJSON() ([]byte, error) {
	object := map[string]any{"name": e.name, "attributes": e.attributes, "children": e.children}
	if e.repeated {
		object["pact:matcher:type"] = "type"
		object["min"] = max(e.min, 1)
		object["examples"] = max(e.min, 1)
	}
	return json.Marshal(object)
}

const xmlType = "application/xml"

func (p *part) xmlBody(root XMLElement) { p.xml(map[string]any{"root": root}, xmlType) }

func (p *part) xml(document any, contentType string) {
	compiled, err := integration.CompileXML(document)
	if err == nil {
		err = compiled.Check(p.interaction.version)
	}
	if err != nil {
		p.fail("body", err)
		return
	}
	p.setBody(compiled.Content, contentType)
	for path, list := range compiled.Rules {
		p.addRules(contract.CategoryBody, path, list)
	}
	for path, generator := range compiled.Generators {
		p.addGenerator(contract.CategoryBody, path, generator)
	}
}

var errContentType = errors.New("comparing a body by its media type needs a pact of version 3.0.0 or later")

func (p *part) contentTypeBody(contentType string, example []byte) {
	if p.interaction.version < contract.V3 {
		p.fail("body", errContentType)
		return
	}
	if kind, err := contract.ParseContentType(contentType); err == nil && draft.IsStructured(kind) {
		p.fail("body", draft.ErrStructured)
		return
	}
	p.setBody(slices.Clone(example), contentType)
	p.addRules(contract.CategoryBody, "$", contract.RuleList{Rules: []contract.Rule{contract.ContentTypeRule{Value: contentType}}})
}
