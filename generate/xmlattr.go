package generate

import (
	"bytes"
	"encoding/xml"
	"io"
)

// passThrough leaves the bytes of a document in another encoding as they are;
// what is generated is ASCII in practice.
func passThrough(_ string, input io.Reader) (io.Reader, error) { return input, nil }

// attributes returns the text of a start tag with the values of selected
// attributes replaced.
func (w *xmlWriter) attributes(e element, t xml.StartElement, tag []byte) []byte {
	for _, a := range t.Attr {
		found, ok := w.attributeTarget(e, a.Name)
		if !ok {
			continue
		}
		from, to := attributeValue(tag, fullName(a.Name))
		if from < 0 {
			continue
		}
		if value, ok := w.value(found, a.Value); ok {
			var b bytes.Buffer
			b.Write(tag[:from])
			escape(&b, value)
			b.Write(tag[to:])
			tag = b.Bytes()
		}
	}
	return tag
}

func (w *xmlWriter) attributeTarget(e element, name xml.Name) (target, bool) {
	for _, path := range e.paths {
		for _, spelled := range w.spellings(name, e) {
			if found, ok := w.targets[path+separator+"@"+spelled]; ok {
				return found, true
			}
		}
	}
	return target{}, false
}

// attributeValue returns the bounds of an attribute's value inside its
// quotes; from is -1 if the tag does not have it.
func attributeValue(tag []byte, name string) (from, to int) {
	i := bytes.IndexAny(tag, " \t\r\n")
	for i >= 0 && i < len(tag) {
		i += len(tag[i:]) - len(bytes.TrimLeft(tag[i:], " \t\r\n"))
		equals := bytes.IndexByte(tag[i:], '=')
		if equals < 0 {
			break
		}
		found := string(bytes.TrimSpace(tag[i : i+equals]))
		open := bytes.IndexAny(tag[i+equals:], `"'`)
		if open < 0 {
			break
		}
		start := i + equals + open + 1
		length := bytes.IndexByte(tag[start:], tag[start-1])
		if length < 0 {
			break
		}
		if found == name {
			return start, start + length
		}
		i = start + length + 1
	}
	return -1, -1
}
