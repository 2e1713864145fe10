package generate

import (
	"bytes"
	"encoding/xml"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// xml applies generators to an XML document: "$.a.b" and "$.a.b['#text']"
// are the text of an element, "$.a['@id']" is an attribute. Of elements with
// the same path each gets a value of its own. The rest of the document stays
// as it is, byte for byte.
func (p *player) xml(set map[string]contract.Generator, content []byte) []byte {
	targets := map[string]target{}
	for _, key := range sortedKeys(set) {
		t, err := parseTarget(key)
		if err != nil {
			p.report(contract.CategoryBody, key, set[key], err)
			continue
		}
		t.key, t.generator = key, set[key]
		targets[t.path] = t
	}
	w := xmlWriter{player: p, targets: targets, prefixes: prefixes(targets), content: content}
	if !w.run() {
		return content
	}
	return w.out.Bytes()
}

// target is a generator with the path of an element or attribute as text.
type target struct {
	path      string
	key       string
	generator contract.Generator
}

const separator = "\x00"

// prefixes returns all paths that lead to a target, the target included.
func prefixes(targets map[string]target) map[string]bool {
	out := map[string]bool{}
	for path := range targets {
		for i := range len(path) {
			if path[i] == separator[0] {
				out[path[:i]] = true
			}
		}
		out[path] = true
	}
	return out
}

// parseTarget turns a path expression into names; wildcards are not expanded
// in XML, as in the reference implementation.
func parseTarget(key string) (target, error) {
	path, err := contract.ParsePath(key)
	if err != nil {
		return target{}, err
	}
	var names []string
	for i, t := range path {
		if t.Kind == contract.TokenField && (t.Name != "#text" || i < len(path)-1) {
			names = append(names, t.Name)
		}
	}
	return target{path: strings.Join(names, separator)}, nil
}

// xmlWriter copies a document and replaces texts and attributes on the way.
type xmlWriter struct {
	player   *player
	targets  map[string]target
	prefixes map[string]bool
	content  []byte
	out      bytes.Buffer
	// stack holds the open elements.
	stack []element
}

// element is an open element: its name as written, the paths that select it,
// and whether its text is still to be replaced or has been.
type element struct {
	name  string
	paths []string
	// spaces are the namespaces that the element itself declares, by prefix.
	spaces   map[string]string
	text     *target
	replaced bool
	skipText bool
}

const (
	// maxXMLDepth is how deep elements may stand in each other; a deeper
	// document stays as it is.
	maxXMLDepth = 1000
	// maxSpellings bounds the ways in which one element may be selected.
	maxSpellings = 64
)

// run reports false when the document cannot be read; then nothing is generated.
func (w *xmlWriter) run() bool {
	d := xml.NewDecoder(bytes.NewReader(w.content))
	d.Strict = true
	d.CharsetReader = passThrough
	at := int64(0)
	for {
		t, err := d.RawToken()
		if err != nil {
			w.out.Write(w.content[at:])
			return len(w.stack) == 0
		}
		if len(w.stack) > maxXMLDepth {
			return false
		}
		end := d.InputOffset()
		w.token(t, w.content[at:end])
		at = end
	}
}

func (w *xmlWriter) token(t xml.Token, text []byte) {
	switch t := t.(type) {
	case xml.StartElement:
		w.start(t, text)
	case xml.EndElement:
		w.end(text)
	case xml.CharData:
		w.chars(text)
	default:
		w.out.Write(text)
	}
}

func (w *xmlWriter) start(t xml.StartElement, text []byte) {
	parent := element{paths: []string{""}}
	if len(w.stack) > 0 {
		parent = w.stack[len(w.stack)-1]
	}
	e := element{name: fullName(t.Name), spaces: declared(t.Attr)}
	for _, path := range parent.paths {
		for _, name := range w.spellings(t.Name, e) {
			full := strings.TrimPrefix(path+separator+name, separator)
			if w.prefixes[full] && len(e.paths) < maxSpellings {
				e.paths = append(e.paths, full)
			}
		}
	}
	for _, path := range e.paths {
		if found, ok := w.targets[path]; ok && e.text == nil {
			e.text = &found
		}
	}
	w.out.Write(w.attributes(e, t, text))
	w.stack = append(w.stack, e)
}

func fullName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// declared returns the namespaces that attributes declare, by prefix.
func declared(attrs []xml.Attr) map[string]string {
	var out map[string]string
	for _, a := range attrs {
		prefix, ok := a.Name.Local, a.Name.Space == "xmlns"
		if a.Name.Space == "" && a.Name.Local == "xmlns" {
			prefix, ok = "", true
		}
		if !ok {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[prefix] = a.Value
	}
	return out
}

// namespace finds what a prefix stands for in e, which is not yet open.
func (w *xmlWriter) namespace(prefix string, e element) string {
	if uri, ok := e.spaces[prefix]; ok {
		return uri
	}
	for i := len(w.stack) - 1; i >= 0; i-- {
		if uri, ok := w.stack[i].spaces[prefix]; ok {
			return uri
		}
	}
	return ""
}

// spellings are the names a path may use: without prefix, as written, and
// with the namespace in place of the prefix.
func (w *xmlWriter) spellings(n xml.Name, e element) []string {
	names := []string{n.Local}
	if n.Space != "" {
		names = append(names, n.Space+":"+n.Local)
	}
	if uri := w.namespace(n.Space, e); uri != "" && uri != n.Space {
		names = append(names, uri+":"+n.Local)
	}
	return names
}

// value makes the value for a target; ok is false when the example stays.
func (w *xmlWriter) value(t target, example string) (text string, ok bool) {
	if err := w.player.text(t.generator, &example); err != nil {
		w.player.report(contract.CategoryBody, t.key, t.generator, err)
		return "", false
	}
	return example, true
}

func (w *xmlWriter) chars(text []byte) {
	if len(w.stack) == 0 {
		w.out.Write(text)
		return
	}
	e := &w.stack[len(w.stack)-1]
	if e.skipText {
		return
	}
	if e.text != nil && !e.replaced && len(bytes.TrimSpace(text)) > 0 {
		e.replaced = true
		if value, ok := w.value(*e.text, string(bytes.TrimSpace(text))); ok {
			e.skipText = true
			escape(&w.out, value)
			return
		}
	}
	w.out.Write(text)
}

func (w *xmlWriter) end(text []byte) {
	if len(w.stack) == 0 {
		w.out.Write(text)
		return
	}
	e := w.stack[len(w.stack)-1]
	w.stack = w.stack[:len(w.stack)-1]
	if e.text != nil && !e.replaced {
		if value, ok := w.value(*e.text, ""); ok {
			w.fillEmpty(e, value, len(text) == 0)
		}
	}
	w.out.Write(text)
}

// fillEmpty writes the text of an element that had none; "<a/>" is opened.
func (w *xmlWriter) fillEmpty(e element, value string, selfClosed bool) {
	written := w.out.Bytes()
	if selfClosed && bytes.HasSuffix(written, []byte("/>")) {
		w.out.Truncate(len(written) - 2)
		w.out.WriteByte('>')
		escape(&w.out, value)
		w.out.WriteString("</" + e.name + ">")
		return
	}
	escape(&w.out, value)
}

func escape(b *bytes.Buffer, s string) { _ = xml.EscapeText(b, []byte(s)) }
