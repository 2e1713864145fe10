package usage

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/url"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

// formValues is a form as the paths of rules see it: each name with its value, or with
// the list of its values.
func formValues(content []byte) (map[string]any, error) {
	form, err := url.ParseQuery(string(content))
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for name, given := range form {
		if len(given) == 1 {
			out[name] = given[0]
			continue
		}
		list := make([]any, len(given))
		for i, value := range given {
			list[i] = value
		}
		out[name] = list
	}
	return out, nil
}

// xml tells the elements of an XML body that hold text or nothing, and all attributes.
// Elements of one name are one place. What cannot be read to its end is told as a whole,
// besides what was read.
func (c *collection) xml(part Part, body contract.Body) {
	decoder := xml.NewDecoder(bytes.NewReader(body.Content))
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	type element struct {
		path   contract.Path
		text   []byte
		parent bool
	}
	open := []element{{path: contract.Path{{Kind: contract.TokenRoot}}}}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || len(open) > walk.MaxDepth {
			c.opaque(part, body)
			return
		}
		last := &open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			last.parent = true
			path := last.path.Field(token.Name.Local)
			for _, a := range token.Attr {
				c.add(part, path.Field("@"+a.Name.Local).String(), "", walk.Text(a.Value))
			}
			open = append(open, element{path: path})
		case xml.CharData:
			last.text = append(last.text, token...)
		case xml.EndElement:
			if text := bytes.TrimSpace(last.text); !last.parent || len(text) > 0 {
				c.add(part, last.path.String(), "", walk.Text(string(text)))
			}
			open = open[:len(open)-1]
		}
	}
}
