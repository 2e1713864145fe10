package matching

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// xmlNode is an element. Comments and processing instructions are left out,
// CDATA is text.
type xmlNode struct {
	name     xmlName
	attrs    []xmlAttr // without namespace declarations
	children []*xmlNode
	text     string // of all text nodes together, trimmed
}

// xmlName is a name with its namespace; prefix is how the document spells it
// and does not count in comparisons.
type xmlName struct {
	space, local, prefix string
}

type xmlAttr struct {
	name  xmlName
	value string
}

// same compares expanded names.
func (n xmlName) same(o xmlName) bool { return n.space == o.space && n.local == o.local }

// expanded is the name as the reference implementation puts it into paths.
func (n xmlName) expanded() string {
	if n.space == "" {
		return n.local
	}
	return n.space + ":" + n.local
}

// String is the name as the document spells it.
func (n xmlName) String() string {
	if n.prefix == "" {
		return n.local
	}
	return n.prefix + ":" + n.local
}

// sameBytes is for a document that is UTF-8 already, whatever it declares.
func sameBytes(_ string, input io.Reader) (io.Reader, error) { return input, nil }

// parseXML reads a document in UTF-8. Entities other than the five of XML are an
// error, so nothing expands.
func parseXML(data []byte) (*xmlNode, error) {
	p := xmlParser{spaces: map[string][]string{"xml": {"http://www.w3.org/XML/1998/namespace"}}}
	d := xml.NewDecoder(bytes.NewReader(withoutDeclaration(data)))
	d.CharsetReader = sameBytes
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return p.end()
		}
		if err == nil {
			err = p.take(token)
		}
		if err != nil {
			line, column := d.InputPos()
			return nil, fmt.Errorf("%s at line %d column %d", strings.TrimPrefix(err.Error(), "XML syntax error on "), line, column)
		}
	}
}

// withoutDeclaration blanks the XML declaration: what it says of letters is
// done by now, and the decoder refuses all versions but 1.0. Places of later
// errors stay as they are.
func withoutDeclaration(data []byte) []byte {
	start := len(data) - len(bytes.TrimPrefix(data, []byte("\uFEFF")))
	rest := data[start:]
	end := bytes.Index(rest, []byte("?>"))
	if end < 0 || !bytes.HasPrefix(rest, []byte("<?xml")) || !bytes.ContainsAny(rest[5:6], " \t\r\n") {
		return data
	}
	blank := bytes.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, rest[:end+2])
	return slices.Concat(data[:start], blank, rest[end+2:])
}

type xmlParser struct {
	root   *xmlNode
	open   []xmlOpen
	spaces map[string][]string // namespaces in scope by prefix, innermost last
}

// xmlOpen is an element whose end has not been read.
type xmlOpen struct {
	node     *xmlNode
	text     []byte
	declared []string // prefixes declared on it
}

func (p *xmlParser) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		return p.close(t)
	case xml.CharData:
		if len(p.open) == 0 {
			if len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\uFEFF")))) > 0 {
				return errors.New("text outside of the root element")
			}
			return nil
		}
		o := &p.open[len(p.open)-1]
		o.text = append(o.text, t...)
	}
	return nil
}

func (p *xmlParser) start(t xml.StartElement) error {
	if len(p.open) == 0 && p.root != nil {
		return errors.New("a second root element")
	}
	if len(p.open) >= maxDepth {
		return fmt.Errorf("elements nested deeper than %d levels", maxDepth)
	}
	o := xmlOpen{node: &xmlNode{}, declared: p.declare(t.Attr)}
	var err error
	if o.node.name, err = p.resolve(t.Name, p.innermost("")); err != nil {
		return err
	}
	if o.node.attrs, err = p.attributes(t.Attr); err != nil {
		return err
	}
	if len(p.open) == 0 {
		p.root = o.node
	} else {
		parent := p.open[len(p.open)-1].node
		parent.children = append(parent.children, o.node)
	}
	p.open = append(p.open, o)
	return nil
}

// declare takes the namespace declarations of an element into scope.
func (p *xmlParser) declare(attrs []xml.Attr) []string {
	var declared []string
	for _, a := range attrs {
		prefix, ok := declaration(a.Name)
		if !ok {
			continue
		}
		p.spaces[prefix] = append(p.spaces[prefix], a.Value)
		declared = append(declared, prefix)
	}
	return declared
}

// declaration returns the prefix that an attribute declares.
func declaration(name xml.Name) (string, bool) {
	switch {
	case name.Space == "xmlns":
		return name.Local, true
	case name.Space == "" && name.Local == "xmlns":
		return "", true
	}
	return "", false
}

func (p *xmlParser) innermost(prefix string) string {
	if list := p.spaces[prefix]; len(list) > 0 {
		return list[len(list)-1]
	}
	return ""
}

// resolve finds the namespace of a raw name; fallback is that of names without prefix.
func (p *xmlParser) resolve(name xml.Name, fallback string) (xmlName, error) {
	if name.Space == "" {
		return xmlName{fallback, name.Local, ""}, nil
	}
	space := p.innermost(name.Space)
	if space == "" {
		return xmlName{}, fmt.Errorf("the prefix %q is not declared", name.Space)
	}
	return xmlName{space, name.Local, name.Space}, nil
}

func (p *xmlParser) attributes(attrs []xml.Attr) ([]xmlAttr, error) {
	var list []xmlAttr
	seen := map[xmlName]bool{}
	for _, a := range attrs {
		if _, ok := declaration(a.Name); ok {
			continue
		}
		name, err := p.resolve(a.Name, "")
		if err != nil {
			return nil, err
		}
		key := xmlName{space: name.space, local: name.local}
		if seen[key] {
			return nil, fmt.Errorf("the attribute %q stands twice on an element", name)
		}
		seen[key] = true
		list = append(list, xmlAttr{name, a.Value})
	}
	return list, nil
}

func (p *xmlParser) close(t xml.EndElement) error {
	if len(p.open) == 0 {
		return fmt.Errorf("</%s> ends an element that is not open", rawName(t.Name))
	}
	o := &p.open[len(p.open)-1]
	if o.node.name.local != t.Name.Local || o.node.name.prefix != t.Name.Space {
		return fmt.Errorf("</%s> stands where </%s> is expected", rawName(t.Name), o.node.name)
	}
	o.node.text = string(bytes.TrimSpace(o.text))
	for _, prefix := range o.declared {
		list := p.spaces[prefix]
		p.spaces[prefix] = list[:len(list)-1]
	}
	p.open = p.open[:len(p.open)-1]
	return nil
}

func rawName(n xml.Name) string { return xmlName{prefix: n.Space, local: n.Local}.String() }

func (p *xmlParser) end() (*xmlNode, error) {
	if len(p.open) > 0 {
		return nil, fmt.Errorf("<%s> does not end", p.open[len(p.open)-1].node.name)
	}
	if p.root == nil {
		return nil, errors.New("the document has no element")
	}
	return p.root, nil
}
