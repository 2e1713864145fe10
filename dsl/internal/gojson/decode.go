package gojson

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/pact-foundation/pact-go/v2/matchers"
)

// Decode returns the JSON that encoding/json writes for value, decoded, with
// numbers as json.Number. What encoding/json loses is kept: a float64 of 5.0
// under a matcher for its type stays 5.0. A value that cannot be written is
// an error, whatever its methods do.
func Decode(value any) (any, error) {
	text, err := marshal(value)
	if err != nil {
		return nil, fmt.Errorf("cannot be written as JSON: %w", err)
	}
	decoded, err := Parse(text)
	if err != nil {
		return nil, err
	}
	k := &kinds{}
	return k.keep(decoded, reflect.ValueOf(value), false), k.err
}

// kinds walks a value and its JSON side by side.
type kinds struct{ err error }

const (
	matcherKey = "pact:matcher:type"
	valueKey   = "value"
)

// keep returns decoded with the fractions of floats that v has there. typed
// is true under a matcher for types; elsewhere a number is what JSON makes of
// it, because it must be equal to what a provider writes in Go.
func (k *kinds) keep(decoded any, v reflect.Value, typed bool) any {
	v = behind(v)
	if !v.IsValid() || !v.CanInterface() {
		return decoded
	}
	if object, ok := decoded.(map[string]any); ok {
		if name, ok := object[matcherKey].(string); ok && v.Kind() != reflect.Map {
			k.matcher(object, name, v)
			return decoded
		}
	}
	if WritesItself(v.Type()) && !v.Type().Implements(reflect.TypeFor[matchers.Matcher]()) {
		return decoded
	}
	switch v.Kind() {
	case reflect.Map:
		k.members(decoded, v, typed)
	case reflect.Struct:
		k.fields(decoded, v, typed)
	case reflect.Slice, reflect.Array:
		k.elements(decoded, v, typed)
	case reflect.Float32, reflect.Float64:
		if number, ok := decoded.(json.Number); ok && typed && !strings.ContainsAny(number.String(), ".eE") {
			return number + ".0"
		}
	default: // has no float in it
	}
	return decoded
}

// behind is the value behind pointers and interfaces.
func behind(v reflect.Value) reflect.Value {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		v = v.Elem()
	}
	return v
}

// matcher looks into the example of one of pact-go's matchers.
func (k *kinds) matcher(object map[string]any, name string, v reflect.Value) {
	m, ok := v.Interface().(matchers.Matcher)
	if !ok {
		return
	}
	for _, member := range []string{valueKey, "variants"} {
		if _, there := object[member]; there {
			object[member] = k.keep(object[member], reflect.ValueOf(example(m)), name == "type")
			return
		}
	}
}

// example is the matcher's example; one that somebody made around nothing has
// none.
func example(m matchers.Matcher) (value any) {
	defer func() { _ = recover() }()
	return m.GetValue()
}

func (k *kinds) members(decoded any, v reflect.Value, typed bool) {
	object, ok := decoded.(map[string]any)
	if !ok || v.Type().Key().Kind() != reflect.String {
		return
	}
	name, isMatcher := object[matcherKey].(string)
	for _, key := range v.MapKeys() {
		member, there := object[key.String()]
		if !there {
			continue
		}
		k.checkName(key.String(), v)
		if isMatcher {
			typed = name == "type" && key.String() == valueKey
		}
		object[key.String()] = k.keep(member, v.MapIndex(key), typed)
	}
}

// checkName refuses the names that pact-go's MatchV2 gives to fields without a
// tag, to embedded structs and to fields that encoding/json leaves out.
func (k *kinds) checkName(name string, v reflect.Value) {
	if v.Type() == reflect.TypeFor[matchers.StructMatcher]() && (name == "" || name == "-") {
		k.err = fmt.Errorf("it has a member named %q, which matchers.MatchV2 makes of a field that encoding/json writes in another way: "+
			"give the struct to BodyMatch, or every field a json tag", name)
	}
}

func (k *kinds) fields(decoded any, v reflect.Value, typed bool) {
	object, ok := decoded.(map[string]any)
	if !ok {
		return
	}
	for _, f := range Fields(v.Type()) {
		value, err := v.FieldByIndexErr(f.Index)
		if member, there := object[f.Name]; there && err == nil {
			object[f.Name] = k.keep(member, value, typed)
		}
	}
}

func (k *kinds) elements(decoded any, v reflect.Value, typed bool) {
	list, ok := decoded.([]any)
	if !ok || len(list) != v.Len() {
		return
	}
	for i := range list {
		list[i] = k.keep(list[i], v.Index(i), typed)
	}
}
