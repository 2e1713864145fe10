package kit

import (
	"net/url"
	"strings"
)

// Link is a text that may lead somewhere.
type Link struct {
	Text, URL string
	// Own says that the text is a word of Treaty's own, which nobody else gave.
	Own bool
	// File is the name under which a browser saves what is there; "" opens it.
	File string
}

// Part implements [Part].
func (Link) Part() string { return "link" }

// Plain implements [Part].
func (l Link) Plain() string { return l.Text }

func (l Link) key() string { return strings.ToLower(l.Text) }

// Links are several, with a dot between them.
type Links []Link

// Part implements [Part].
func (Links) Part() string { return "links" }

// Plain is what they say.
func (l Links) Plain() string {
	texts := make([]string, len(l))
	for i, one := range l {
		texts[i] = one.Text
	}
	return strings.Join(texts, ", ")
}

func (l Links) key() string {
	if len(l) == 0 {
		return last
	}
	return strings.ToLower(l.Plain())
}

// Outside is an address that somebody else gave, such as that of a build. It is
// a link only if it leads to a host by HTTP: a browser would run another kind,
// or open what only looks like one.
type Outside struct{ Text, Address string }

// Part implements [Part].
func (Outside) Part() string { return "outside" }

func (o Outside) key() string { return strings.ToLower(o.Plain()) }

// Plain is its text, or the address if it has none.
func (o Outside) Plain() string {
	if o.Text != "" {
		return o.Text
	}
	return o.Address
}

// URL is the address if it may be followed.
func (o Outside) URL() string {
	address, err := url.Parse(o.Address)
	if err != nil || address.Hostname() == "" || address.User != nil {
		return ""
	}
	if scheme := strings.ToLower(address.Scheme); scheme != "http" && scheme != "https" {
		return ""
	}
	return o.Address
}

// Host says where a link with a text of its own leads.
func (o Outside) Host() string {
	address, err := url.Parse(o.Address)
	if err != nil {
		return ""
	}
	return address.Host
}
