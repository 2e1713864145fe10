package api

import (
	"errors"
	"net/url"
	"strings"
)

// maxQueryDepth and maxQueryParameters bound what one query string may build.
const (
	maxQueryDepth      = 32
	maxQueryParameters = 4096
)

var errQueryShape = errors.New("the query string uses one parameter both as a value and as a list or object")

// query holds the parameters of a request, read by the nested rules of Rack
// that Pact clients rely on: q[][pacticipant]=A&q[][version]=1 is a list of
// one object, and a key that repeats begins the next element.
type query struct{ values map[string]any }

// parseQuery reads a raw query string. Parts that are not valid
// percent-encoding are kept as they are, like Rack does.
func parseQuery(raw string) (query, error) {
	out := query{values: map[string]any{}}
	parts := strings.FieldsFunc(raw, func(r rune) bool { return r == '&' })
	if len(parts) > maxQueryParameters {
		return out, errors.New("the query string has too many parameters")
	}
	for _, part := range parts {
		key, value, _ := strings.Cut(part, "=")
		if err := nest(out.values, unescapeLeniently(key), unescapeLeniently(value), 0); err != nil {
			return out, err
		}
	}
	return out, nil
}

func unescapeLeniently(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// nest puts value into target under a key such as a, a[], a[b] or a[][b].
func nest(target map[string]any, key, value string, depth int) error {
	if depth > maxQueryDepth {
		return errors.New("the query string is nested too deeply")
	}
	name, rest := splitKey(key)
	switch {
	case name == "":
		return nil
	case rest == "":
		target[name] = value
		return nil
	case rest == "[]":
		return appendValue(target, name, value)
	case strings.HasPrefix(rest, "[]"):
		return nestInList(target, name, childKey(rest), value, depth)
	}
	child, err := childObject(target, name)
	if err != nil {
		return err
	}
	return nest(child, rest, value, depth+1)
}

// splitKey takes the first name off a key: [b][c] gives b and [c].
func splitKey(key string) (name, rest string) {
	key = strings.TrimLeft(key, "[]")
	end := strings.IndexAny(key, "[]")
	if end < 0 {
		return key, ""
	}
	return key[:end], strings.TrimPrefix(key[end:], "]")
}

// childKey reads what follows [] in a key. The second pair of brackets may be
// missing: q[]pacticipant is what some browsers forms send.
func childKey(rest string) string {
	inner := strings.TrimPrefix(rest, "[]")
	if strings.HasPrefix(inner, "[") && strings.Count(inner, "[") == 1 {
		return strings.Trim(inner, "[]")
	}
	return inner
}

func appendValue(target map[string]any, name string, value any) error {
	list, err := childList(target, name)
	if err != nil {
		return err
	}
	target[name] = append(list, value)
	return nil
}

func nestInList(target map[string]any, name, key, value string, depth int) error {
	list, err := childList(target, name)
	if err != nil {
		return err
	}
	first, _ := splitKey(key)
	if len(list) > 0 {
		if last, ok := list[len(list)-1].(map[string]any); ok {
			if _, taken := last[first]; !taken {
				return nest(last, key, value, depth+1)
			}
		}
	}
	element := map[string]any{}
	if err := nest(element, key, value, depth+1); err != nil {
		return err
	}
	target[name] = append(list, element)
	return nil
}

func childList(target map[string]any, name string) ([]any, error) {
	known, ok := target[name]
	if !ok {
		return nil, nil
	}
	list, ok := known.([]any)
	if !ok {
		return nil, errQueryShape
	}
	return list, nil
}

func childObject(target map[string]any, name string) (map[string]any, error) {
	known, ok := target[name]
	if !ok {
		child := map[string]any{}
		target[name] = child
		return child, nil
	}
	child, ok := known.(map[string]any)
	if !ok {
		return nil, errQueryShape
	}
	return child, nil
}

// text returns a parameter that is a plain value, "" if it is absent or not
// plain.
func (q query) text(name string) string {
	value, _ := q.values[name].(string)
	return value
}

// has reports whether a parameter is there, whatever its value.
func (q query) has(name string) bool {
	_, ok := q.values[name]
	return ok
}

// flag reports whether a parameter is the word true. Nothing else counts.
func (q query) flag(name string) bool { return q.text(name) == "true" }

// texts returns the plain values of a parameter that is given once or as a
// list.
func (q query) texts(name string) []string {
	var out []string
	switch value := q.values[name].(type) {
	case string:
		out = append(out, value)
	case []any:
		for _, item := range value {
			if text, ok := item.(string); ok {
				out = append(out, text)
			}
		}
	}
	return out
}

// objects returns the elements of a parameter that is a list of objects.
// Elements that are plain values come as objects without members.
func (q query) objects(name string) []query {
	list, _ := q.values[name].([]any)
	out := make([]query, 0, len(list))
	for _, item := range list {
		values, _ := item.(map[string]any)
		out = append(out, query{values: values})
	}
	return out
}
