package api

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/internal/hal"
)

// form is a JSON object under examination: its readers return what a member
// holds and note what is wrong with it.
type form struct {
	values map[string]any
	found  *fieldProblems
	// prefix is put before the names of members of a nested object, and pointer
	// leads to it. list is set for an element of a list: all messages go under
	// the name of the list, with the index at their end.
	prefix, pointer, list string
	index                 int
}

// rule is a demand on a text.
type rule int

const (
	required   rule = 1 << iota // must be there
	filled                      // not the empty string
	notBlank                    // not only spaces
	singleLine                  // no line breaks
	noSpaces                    // no spaces
	isName                      // short enough for an index
)

// fail notes a problem with a member.
func (f *form) fail(name, message string) {
	if f.list != "" {
		text := fmt.Sprintf("%s (at index %d)", strings.TrimSpace(name+" "+message), f.index)
		f.found.add(fieldProblem{field: f.list, message: text, pointer: itemPointer(f.list, f.index, name)})
		return
	}
	pointer := pointerTo(name)
	if f.pointer != "" {
		// The members of nested objects may have names that clients chose.
		pointer = f.pointer + jsonPointer(name)
	}
	f.found.add(fieldProblem{field: f.prefix + name, message: message, pointer: pointer})
}

// text reads a text. An absent one and null are "".
func (f *form) text(name string, rules rule) string { return f.change(name, rules).Value }

// change reads a text and whether it was given. Null counts as given.
func (f *form) change(name string, rules rule) registry.Change {
	value, given := f.values[name]
	if !given {
		if rules&required != 0 {
			f.fail(name, "is missing")
		}
		return registry.Change{}
	}
	if value == nil {
		if rules&(required|filled) != 0 {
			f.fail(name, "must be filled")
		}
		return registry.Set("")
	}
	text, ok := value.(string)
	if !ok {
		f.fail(name, "must be a string")
		return registry.Change{}
	}
	problems := textProblems(text, rules)
	for _, message := range problems {
		f.fail(name, message)
	}
	if len(problems) > 0 {
		return registry.Change{}
	}
	return registry.Set(text)
}

// textProblems lists every rule that a text breaks. Of an empty text that must
// be filled nothing more is said.
func textProblems(text string, rules rule) []string {
	if rules&filled != 0 && text == "" {
		return []string{"must be filled"}
	}
	var out []string
	for _, check := range []struct {
		rule    rule
		broken  bool
		message string
	}{
		{notBlank, strings.TrimSpace(text) == "", "cannot be blank"},
		{singleLine, strings.ContainsAny(text, "\n\r"), "cannot contain multiple lines"},
		{noSpaces, strings.Contains(text, " "), "cannot contain spaces"},
	} {
		if rules&check.rule != 0 && check.broken {
			out = append(out, check.message)
		}
	}
	if message := nameProblem(text); message != "" && (rules&isName != 0 || strings.ContainsRune(text, 0)) {
		out = append(out, message)
	}
	return out
}

// flag reads a boolean that need not be there; message is what to say of
// anything else.
func (f *form) flag(name, message string) *bool {
	value, given := f.values[name]
	if !given || value == nil {
		return nil
	}
	yes, ok := value.(bool)
	if !ok {
		f.fail(name, message)
		return nil
	}
	return &yes
}

// object reads a nested object as a form of its own. It returns nil if there
// is none; what is not an object is noted.
func (f *form) object(name string) *form {
	value, given := f.values[name]
	if !given || value == nil {
		return nil
	}
	values, ok := value.(map[string]any)
	if !ok {
		f.fail(name, "must be a hash")
		return nil
	}
	return &form{values: values, found: f.found, prefix: f.prefix + name + ".", pointer: f.pointer + jsonPointer(name)}
}

// items reads a list as forms, one for each element.
func (f *form) items(name string) []*form {
	value, given := f.values[name]
	if !given || value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		f.fail(name, "must be an array")
		return nil
	}
	out := make([]*form, 0, len(list))
	for i, item := range list {
		element := &form{found: f.found, list: f.prefix + name, index: i}
		if element.values, ok = item.(map[string]any); !ok {
			element.fail("", "must be a hash")
		}
		out = append(out, element)
	}
	return out
}

// texts reads a list of texts.
func (f *form) texts(name string, rules rule) []string {
	value, given := f.values[name]
	if !given || value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		f.fail(name, "must be an array")
		return nil
	}
	out := make([]string, 0, len(list))
	for i, item := range list {
		element := &form{found: f.found, list: f.prefix + name, index: i}
		text, isText := item.(string)
		if !isText {
			element.fail("", "must be a string")
			continue
		}
		problems := textProblems(text, rules)
		for _, message := range problems {
			element.fail("", message)
		}
		if len(problems) == 0 {
			out = append(out, text)
		}
	}
	return out
}

// raw returns a member as JSON text, nil if it is absent or null.
func (f *form) raw(name string) json.RawMessage {
	value, given := f.values[name]
	if !given || value == nil {
		return nil
	}
	text, err := hal.Marshal(value)
	if err != nil {
		return nil
	}
	return text
}

// scalar is change for members that Pact Broker never was strict about: a number
// or a boolean stands for its text, as it was spelled.
func (f *form) scalar(name string, rules rule) registry.Change {
	switch value := f.values[name].(type) {
	case json.Number, bool:
		plain := *f
		plain.values = map[string]any{name: fmt.Sprint(value)}
		return plain.change(name, rules)
	}
	return f.change(name, rules)
}

// oneOf reads a text out of a few.
func (f *form) oneOf(name string, allowed ...string) string {
	value, given := f.values[name]
	if !given || value == nil {
		return ""
	}
	for _, known := range allowed {
		if value == known {
			return known
		}
	}
	f.fail(name, "must be one of: "+strings.Join(allowed, ", "))
	return ""
}

// mustBe checks a text that has only one value so far.
func (f *form) mustBe(name, only string) {
	if _, given := f.values[name]; !given {
		f.fail(name, "is missing")
		return
	}
	if f.values[name] != only {
		f.fail(name, "must be one of: "+only)
	}
}
