// Package hal writes and reads HAL documents (application/hal+json): resources
// with properties, embedded resources and links. A document keeps the order in
// which its members were added, so the same resource always has the same text.
package hal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// MediaType is the content type of HAL documents.
const MediaType = "application/hal+json"

// Object is a JSON object that keeps the order of its members. The zero value
// is an empty object, ready to use. It is not safe for concurrent use.
type Object struct {
	names  []string
	values map[string]any
}

// Set adds a member, or replaces the value of one that is there, which keeps
// its place. It returns the object for chaining.
func (o *Object) Set(name string, value any) *Object {
	if o.values == nil {
		o.values = map[string]any{}
	}
	if _, known := o.values[name]; !known {
		o.names = append(o.names, name)
	}
	o.values[name] = value
	return o
}

// Get returns the value of a member, and whether there is one.
func (o *Object) Get(name string) (any, bool) {
	value, ok := o.values[name]
	return value, ok
}

// Names lists the members in their order.
func (o *Object) Names() []string {
	return append([]string(nil), o.names...)
}

// Len counts the members.
func (o *Object) Len() int { return len(o.names) }

// MarshalJSON writes the members in their order. Slashes, angle brackets and
// ampersands stay as they are: hrefs are read by people too.
func (o *Object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, name := range o.names {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeMember(&out, name, o.values[name]); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func writeMember(out *bytes.Buffer, name string, value any) error {
	key, err := encode(name)
	if err != nil {
		return fmt.Errorf("write member name %q: %w", name, err)
	}
	text, err := encode(value)
	if err != nil {
		return fmt.Errorf("write member %q: %w", name, err)
	}
	out.Write(key)
	out.WriteByte(':')
	out.Write(text)
	return nil
}

func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Marshal writes value as compact JSON without escaping characters that only
// matter inside HTML.
func Marshal(value any) ([]byte, error) { return encode(value) }

// Time is a moment as HAL resources write it: UTC, whole seconds, and a
// numeric offset instead of Z. Existing Pact clients parse that form.
type Time time.Time

// timeLayout has no Z07:00 on purpose: UTC must print as +00:00.
const timeLayout = "2006-01-02T15:04:05-07:00"

// String formats the moment.
func (t Time) String() string { return time.Time(t).UTC().Format(timeLayout) }

// MarshalJSON writes the moment as a JSON string.
func (t Time) MarshalJSON() ([]byte, error) { return encode(t.String()) }
