package hal

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/internal/members"
)

// Document is a HAL document as it was received: its links, its embedded
// parts as raw JSON, and the whole text for decoding properties.
type Document struct {
	Links    LinkSet                    `json:"_links"`
	Embedded map[string]json.RawMessage `json:"_embedded"`
	raw      json.RawMessage
}

// LinkSet holds the links of a document by relation.
type LinkSet map[string]LinkList

// LinkList is what stands under one relation. A single link and a list of
// links read the same.
type LinkList []ReceivedLink

// ReceivedLink is one link of a received document.
type ReceivedLink struct {
	// Href is the address; with variables in braces if Templated.
	Href string `json:"href"`
	// Title and Name are for people and for telling links of one relation apart;
	// either may be empty.
	Title string `json:"title"`
	Name  string `json:"name"`
	// Templated says that Href is a template (RFC 6570).
	Templated bool `json:"templated"`
	// CurrentlyDeployed and CurrentlySupported stand at links to environments; nil
	// if nothing is said.
	CurrentlyDeployed  *bool `json:"currently_deployed"`
	CurrentlySupported *bool `json:"currently_supported"`
}

// Former reports whether the link is to where a version was and no longer is.
func (l ReceivedLink) Former() bool {
	return l.CurrentlyDeployed != nil && !*l.CurrentlyDeployed || l.CurrentlySupported != nil && !*l.CurrentlySupported
}

// Parse reads a HAL document. The error says that the text is not a JSON object.
func Parse(text []byte) (*Document, error) {
	doc := &Document{}
	if err := json.Unmarshal(text, doc); err != nil {
		return nil, fmt.Errorf("read HAL document: %w", err)
	}
	doc.raw = append(json.RawMessage(nil), text...)
	return doc, nil
}

// Decode reads the properties of the document into target, as json.Unmarshal
// does.
func (d *Document) Decode(target any) error { return json.Unmarshal(d.raw, target) }

// UnmarshalJSON reads one link or a list of links. Anything else under a
// relation, such as null, reads as no link.
func (l *LinkList) UnmarshalJSON(text []byte) error {
	var many []ReceivedLink
	if err := json.Unmarshal(text, &many); err == nil {
		*l = many
		return nil
	}
	var one ReceivedLink
	*l = nil
	if json.Unmarshal(text, &one) == nil && one.Href != "" {
		*l = LinkList{one}
	}
	return nil
}

// Find returns the first link of a relation, and whether there is one.
func (s LinkSet) Find(rel string) (ReceivedLink, bool) {
	if links := s[rel]; len(links) > 0 {
		return links[0], true
	}
	return ReceivedLink{}, false
}

// Named returns the link of a relation that has the given name, and whether
// there is one.
func (s LinkSet) Named(rel, name string) (ReceivedLink, bool) {
	for _, link := range s[rel] {
		if link.Name == name {
			return link, true
		}
	}
	return ReceivedLink{}, false
}

// Expand fills the {variables} of a link template, percent-encoding each
// value so that a slash in a name stays inside its path segment. Variables
// without a value stay as they are.
func Expand(template string, values map[string]string) string {
	pairs := make([]string, 0, 2*len(values))
	for name, value := range values {
		encoded := strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
		pairs = append(pairs, "{"+name+"}", encoded)
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

// ParseObject reads a JSON object that was checked before, keeping the order of its
// members and their values as raw JSON. Of members with the same name the last value
// counts. The error says that the text is not a JSON object. The object goes on
// using text.
func ParseObject(text []byte) (*Object, error) {
	out := &Object{}
	if !members.Each(text, func(name string, value []byte) { out.Set(name, json.RawMessage(value)) }) {
		return nil, fmt.Errorf("read JSON object: it begins with %.20q", text)
	}
	return out, nil
}
