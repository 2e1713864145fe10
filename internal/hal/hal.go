// Package hal writes and reads HAL documents (application/hal+json): resources
// with properties, embedded resources and links. A document keeps the order in
// which its members were added, so the same resource always has the same text.
package hal

import (
	"fmt"
	"time"
)

// MediaType is the content type of HAL documents.
const MediaType = "application/hal+json"

// Object is a JSON object that keeps the order of its members. The zero value
// is an empty object, ready to use. It is not safe for concurrent use.
type Object struct {
	members []member
	// places finds the members of a large object by name; small ones are
	// searched.
	places map[string]int
}

type member struct {
	name  string
	value any
}

// searchable is how many members are searched one by one.
const searchable = 48

// Set adds a member, or replaces the value of one that is there, which keeps
// its place. It returns the object for chaining.
func (o *Object) Set(name string, value any) *Object {
	if at, known := o.find(name); known {
		o.members[at].value = value
		return o
	}
	if o.members == nil {
		o.members = make([]member, 0, 4) // most objects are small
	}
	o.members = append(o.members, member{name, value})
	if o.places != nil {
		o.places[name] = len(o.members) - 1
	} else if len(o.members) > searchable {
		o.places = make(map[string]int, 2*len(o.members))
		for i, m := range o.members {
			o.places[m.name] = i
		}
	}
	return o
}

func (o *Object) find(name string) (int, bool) {
	if o.places != nil {
		at, known := o.places[name]
		return at, known
	}
	for i := range o.members {
		if o.members[i].name == name {
			return i, true
		}
	}
	return 0, false
}

// Get returns the value of a member, and whether there is one.
func (o *Object) Get(name string) (any, bool) {
	at, known := o.find(name)
	if !known {
		return nil, false
	}
	return o.members[at].value, true
}

// Names lists the members in their order.
func (o *Object) Names() []string {
	names := make([]string, len(o.members))
	for i, m := range o.members {
		names[i] = m.name
	}
	return names
}

// Len counts the members.
func (o *Object) Len() int { return len(o.members) }

// MarshalJSON writes the members in their order.
func (o *Object) MarshalJSON() ([]byte, error) { return o.appendTo(nil) }

func (o *Object) appendTo(out []byte) ([]byte, error) {
	out, err := o.appendMembers(append(out, '{'), true)
	return append(out, '}'), err
}

// appendMembers writes the members without braces; first says that none stands
// before them.
func (o *Object) appendMembers(out []byte, first bool) ([]byte, error) {
	for _, m := range o.members {
		var err error
		if out, err = appendMember(out, first, m.name, m.value); err != nil {
			return out, err
		}
		first = false
	}
	return out, nil
}

func appendMember(out []byte, first bool, name string, value any) ([]byte, error) {
	if !first {
		out = append(out, ',')
	}
	out, err := appendText(out, name)
	if err != nil {
		return out, fmt.Errorf("write member name %q: %w", name, err)
	}
	if out, err = appendValue(append(out, ':'), value); err != nil {
		return out, fmt.Errorf("write member %q: %w", name, err)
	}
	return out, nil
}

// Time is a moment as HAL resources write it: UTC, whole seconds, and a
// numeric offset instead of Z. Existing Pact clients parse that form.
type Time time.Time

// timeLayout has no Z07:00 on purpose: UTC must print as +00:00.
const timeLayout = "2006-01-02T15:04:05-07:00"

// String formats the moment.
func (t Time) String() string { return time.Time(t).UTC().Format(timeLayout) }

// MarshalJSON writes the moment as a JSON string.
func (t Time) MarshalJSON() ([]byte, error) { return t.appendTo(nil) }

func (t Time) appendTo(out []byte) ([]byte, error) {
	out = time.Time(t).UTC().AppendFormat(append(out, '"'), timeLayout)
	return append(out, '"'), nil
}
