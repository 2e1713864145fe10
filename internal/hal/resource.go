package hal

// Link is one HAL link. Empty members are left out.
type Link struct {
	Href  string
	Title string
	Name  string
	// Templated is written only when it is set: some relations say false
	// aloud, and clients of the Pact Broker have learned to see it.
	Templated *bool
	// Extra holds further members of this link, such as currently_deployed.
	Extra *Object
}

// True and False are values for Link.Templated.
func True() *bool { yes := true; return &yes }

// False is the value of a link that says it is not a template.
func False() *bool { no := false; return &no }

// MarshalJSON writes title, name, href, templated and the extra members.
func (l Link) MarshalJSON() ([]byte, error) { return l.appendTo(nil) }

func (l Link) appendTo(out []byte) ([]byte, error) {
	out = append(out, '{')
	var err error
	first := true
	for _, m := range [...]struct{ name, text string }{{"title", l.Title}, {"name", l.Name}, {"href", l.Href}} {
		if m.text == "" && m.name != "href" {
			continue
		}
		if out, err = appendMember(out, first, m.name, m.text); err != nil {
			return out, err
		}
		first = false
	}
	if l.Templated != nil {
		if out, err = appendMember(out, false, "templated", *l.Templated); err != nil {
			return out, err
		}
	}
	if l.Extra != nil {
		if out, err = l.Extra.appendMembers(out, false); err != nil {
			return out, err
		}
	}
	return append(out, '}'), nil
}

// Resource is a HAL document under construction: properties, then _embedded,
// then _links. The zero value is an empty resource.
type Resource struct {
	properties Object
	embedded   Object
	links      Object
}

// New returns an empty resource.
func New() *Resource { return &Resource{} }

// Set adds a property, whatever its value.
func (r *Resource) Set(name string, value any) *Resource {
	r.properties.Set(name, value)
	return r
}

// SetText adds a property unless text is empty: HAL resources leave out what
// is not known.
func (r *Resource) SetText(name, text string) *Resource {
	if text != "" {
		r.properties.Set(name, text)
	}
	return r
}

// Embed adds an embedded resource or a list of them.
func (r *Resource) Embed(name string, value any) *Resource {
	r.embedded.Set(name, value)
	return r
}

// Link adds a link under a relation, replacing one that is there.
func (r *Resource) Link(rel string, link Link) *Resource {
	r.links.Set(rel, link)
	return r
}

// Links adds a relation that is a list by nature. Without links it is written
// as an empty list, which clients rely on.
func (r *Resource) Links(rel string, links []Link) *Resource {
	if links == nil {
		links = []Link{}
	}
	r.links.Set(rel, links)
	return r
}

// LinkNames lists the relations in their order.
func (r *Resource) LinkNames() []string { return r.links.Names() }

// Curies adds the link that leads from a relation with the given prefix to its
// documentation; href holds {rel}.
func (r *Resource) Curies(prefix, href string) *Resource {
	curie := Link{Name: prefix, Href: href, Templated: True()}
	if known, ok := r.links.Get("curies"); ok {
		return r.Links("curies", append(known.([]Link), curie))
	}
	return r.Links("curies", []Link{curie})
}

// MarshalJSON writes the resource; _embedded and _links are left out when
// they hold nothing.
func (r *Resource) MarshalJSON() ([]byte, error) { return r.appendTo(nil) }

func (r *Resource) appendTo(out []byte) ([]byte, error) {
	out, err := r.properties.appendMembers(append(out, '{'), true)
	first := r.properties.Len() == 0
	for _, part := range [...]struct {
		name  string
		value *Object
	}{{"_embedded", &r.embedded}, {"_links", &r.links}} {
		if err != nil || part.value.Len() == 0 {
			continue
		}
		out, err = appendMember(out, first, part.name, part.value)
		first = false
	}
	return append(out, '}'), err
}

// Around makes r extend a document that somebody else wrote: the members of
// the document come first, in their order, and the properties, embedded parts
// and links that r adds replace members of the same name.
func (r *Resource) Around(document *Object) *Extended {
	return &Extended{document: document, resource: r}
}

// Extended is a foreign document with the members of a resource added.
type Extended struct {
	document *Object
	resource *Resource
}

// Set adds a property to the resource.
func (e *Extended) Set(name string, value any) *Extended {
	e.resource.Set(name, value)
	return e
}

// MarshalJSON writes the document. It fails only if a value cannot be written as
// JSON.
func (e *Extended) MarshalJSON() ([]byte, error) { return e.appendTo(nil) }

func (e *Extended) appendTo(text []byte) ([]byte, error) {
	out := &Object{}
	for _, m := range e.document.members {
		if _, replaced := e.resource.properties.find(m.name); !replaced && m.name != "_links" {
			out.Set(m.name, m.value)
		}
	}
	for _, m := range e.resource.properties.members {
		out.Set(m.name, m.value)
	}
	if e.resource.links.Len() > 0 {
		out.Set("_links", &e.resource.links)
	}
	return out.appendTo(text)
}
