package api

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// fieldProblem is one thing that is wrong with one field of a request.
type fieldProblem struct {
	field, message, pointer string
}

// fieldProblems are the problems of a request in the order in which they were
// found: problem+json lists them so.
type fieldProblems struct{ items []fieldProblem }

func (p *fieldProblems) add(item fieldProblem) { p.items = append(p.items, item) }

// fail notes a problem with a field that is not part of a body.
func (p *fieldProblems) fail(field, message string) {
	p.add(fieldProblem{field: field, message: message, pointer: pointerTo(field)})
}

// err returns the problems as an error of the domain, nil if there are none.
func (p *fieldProblems) err() error {
	if len(p.items) == 0 {
		return nil
	}
	fields := kernel.Fields{}
	for _, item := range p.items {
		fields.Add(item.field, "%s", item.message)
	}
	return &fieldsError{items: p.items, cause: fields.Err()}
}

// fieldsError is an error of the domain that remembers the order of its
// problems.
type fieldsError struct {
	items []fieldProblem
	cause error
}

func (e *fieldsError) Error() string { return e.cause.Error() }
func (e *fieldsError) Unwrap() error { return e.cause }

// problemsOf lists the problems of an error: in their order if it is known,
// else by field.
func problemsOf(err error, fields kernel.Fields) []fieldProblem {
	var ordered *fieldsError
	if errors.As(err, &ordered) {
		return ordered.items
	}
	var out []fieldProblem
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, message := range fields[name] {
			out = append(out, fieldProblem{field: name, message: message, pointer: pointerOf(name, message)})
		}
	}
	return out
}

// pointerTo is the JSON pointer to a field whose names are joined by dots.
func pointerTo(field string) string { return jsonPointer(strings.Split(field, ".")...) }

// jsonPointer leads to a member of a document by the names on the way (RFC
// 6901): in a name, ~ and / are escaped.
func jsonPointer(names ...string) string {
	var out strings.Builder
	for _, name := range names {
		out.WriteString("/" + pointerEscapes.Replace(name))
	}
	return out.String()
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// itemPointer leads to a member of an element of a list, or to the element.
func itemPointer(list string, index int, name string) string {
	pointer := pointerTo(list) + jsonPointer(strconv.Itoa(index))
	if name != "" {
		pointer += pointerTo(name)
	}
	return pointer
}

// memberProblem is what is wrong with the member at a path. Clients of the older
// shape know one key for each list: it takes the messages about its elements,
// with the index at their end.
func memberProblem(path []string, message string) fieldProblem {
	out := fieldProblem{field: strings.Join(path, "."), message: message, pointer: jsonPointer(path...)}
	for i, name := range path {
		if _, err := strconv.Atoi(name); err == nil && i > 0 {
			text := strings.TrimSpace(strings.Join(path[i+1:], ".") + " " + message)
			out.field, out.message = strings.Join(path[:i], "."), text+" (at index "+name+")"
			break
		}
	}
	return out
}

// pointerOf adds the index that a message about an element ends with.
func pointerOf(field, message string) string {
	at := strings.LastIndex(message, "(at index ")
	if at < 0 {
		return pointerTo(field)
	}
	index, err := strconv.Atoi(strings.TrimSuffix(message[at+len("(at index "):], ")"))
	if err != nil {
		return pointerTo(field)
	}
	return itemPointer(field, index, "")
}
