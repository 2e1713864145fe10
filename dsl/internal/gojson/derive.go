package gojson

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pact-foundation/pact-go/v2/matchers"
)

// Match returns a value with matchers for the JSON that encoding/json writes for values of
// src's type: each value by its type, lists with one element or more. A "pact"
// tag says more, in the forms of pact-go: `pact:"min=2"` for a list,
// `pact:"example=red,regex=red|blue"` for text, `pact:"example=5"` for all
// others. Only what the type says counts, not src's values.
//
// Where the type does not say what is written, or ends in itself, the error
// names the field.
func Match(src any) (any, error) {
	if src == nil {
		return nil, errors.New("BodyMatch needs a value of the struct to match, got nil")
	}
	d := deriver{}
	return d.match(reflect.TypeOf(src), "", "$")
}

// deriver walks a type. within holds the structs around the one it looks at.
type deriver struct {
	within []reflect.Type
}

func unfit(at, format string, args ...any) error {
	return fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...))
}

const otherwise = "leave the field out with json:\"-\", or describe the body with JSONBody"

func (d *deriver) match(t reflect.Type, tag, at string) (any, error) {
	if t.Kind() == reflect.Pointer {
		return d.match(t.Elem(), tag, at)
	}
	if WritesItself(t) {
		return itself(t, tag, at)
	}
	switch kind := t.Kind(); kind {
	case reflect.Struct:
		return d.object(t, at)
	case reflect.Slice, reflect.Array:
		if kind == reflect.Slice && t.Elem().Kind() == reflect.Uint8 && !WritesItself(t.Elem()) {
			return matchers.Like("dHJlYXR5"), nil // bytes are written in base64
		}
		return d.list(t, tag, at)
	case reflect.Map:
		return d.free(t, at)
	default:
		return scalar(t, tag, at)
	}
}

func (d *deriver) object(t reflect.Type, at string) (any, error) {
	if slices.Contains(d.within, t) {
		return nil, unfit(at, "%v stands inside of itself, so its JSON has no end that the type tells: "+otherwise, t)
	}
	d.within = append(d.within, t)
	defer func() { d.within = d.within[:len(d.within)-1] }()
	object := map[string]any{}
	for _, f := range Fields(t) {
		field := at + "." + f.Name
		member, err := d.match(f.Type, f.Tag.Get("pact"), field)
		if plain, ok := member.(matchers.Matcher); ok && f.Quoted {
			member, err = quoted(f, plain, field)
		}
		if err != nil {
			return nil, err
		}
		object[f.Name] = member
	}
	return object, nil
}

func (d *deriver) list(t reflect.Type, tag, at string) (any, error) {
	least := 1
	if tag != "" && t.Kind() == reflect.Slice {
		if _, err := fmt.Sscanf(tag, "min=%d", &least); err != nil {
			return nil, badTag(at, tag, `pact:"min=2"`)
		}
	}
	element, err := d.match(t.Elem(), "", at+"[*]")
	if err != nil {
		return nil, err
	}
	return matchers.EachLike(element, max(least, 1)), nil
}

// free is an object whose keys are data.
func (d *deriver) free(t reflect.Type, at string) (any, error) {
	key := "key"
	switch kind := t.Key().Kind(); {
	case kind >= reflect.Int && kind <= reflect.Uintptr:
		key = "1"
	case kind != reflect.String && !t.Key().Implements(textMarshaler):
		return nil, unfit(at, "%v cannot be written as JSON: "+otherwise, t)
	}
	value, err := d.match(t.Elem(), "", at+".*")
	if err != nil {
		return nil, err
	}
	return matchers.EachKeyLike(key, map[string]any{key: value}), nil
}

// numberType is text in Go and a number in JSON.
var numberType = reflect.TypeFor[json.Number]()

func scalar(t reflect.Type, tag, at string) (matchers.Matcher, error) {
	example, given := strings.CutPrefix(tag, "example=")
	if !given && tag != "" {
		return nil, badTag(at, tag, `pact:"example=..."`)
	}
	var value any
	var err error
	switch kind := t.Kind(); {
	case t == numberType:
		value = json.Number("1")
		if given {
			value = json.Number(example)
			_, err = strconv.ParseFloat(example, 64)
		}
	case kind == reflect.String:
		return text(tag, at)
	case kind == reflect.Bool:
		value = true
		if given {
			value, err = strconv.ParseBool(example)
		}
	case kind >= reflect.Int && kind <= reflect.Uintptr:
		value = 1
		if given {
			value, err = strconv.ParseInt(example, 10, 64)
		}
	case kind == reflect.Float32 || kind == reflect.Float64:
		value = 1.1
		if given {
			value, err = strconv.ParseFloat(example, 64)
		}
	case kind == reflect.Interface:
		return nil, unfit(at, "%v may hold anything, so its type does not say what is written: "+otherwise, t)
	default:
		return nil, unfit(at, "%v cannot be written as JSON: "+otherwise, t)
	}
	if err != nil {
		return nil, badTag(at, tag, fmt.Sprintf(`pact:"example=..." with a %v`, t))
	}
	return matchers.Like(value), nil
}

// text reads `example=…` and `example=…,regex=…`.
func text(tag, at string) (matchers.Matcher, error) {
	if tag == "" {
		return matchers.Like("string"), nil
	}
	example, pattern, hasPattern := strings.Cut(tag, ",regex=")
	example, given := strings.CutPrefix(example, "example=")
	switch {
	case !given, strings.TrimSpace(example) == "", hasPattern && pattern == "":
		return nil, badTag(at, tag, `pact:"example=red" or pact:"example=red,regex=red|blue"`)
	case hasPattern:
		return matchers.Regex(example, pattern), nil
	}
	return matchers.Like(example), nil
}

func badTag(at, tag, form string) error {
	return unfit(at, "the tag pact:%q cannot be read, write %s", tag, form)
}

// timeExample is a fixed one, so that the contract stays the same.
var timeExample = time.Date(2000, 2, 1, 12, 30, 0, 0, time.UTC)

// itself is for types that write their own JSON: only a value shows what.
func itself(t reflect.Type, tag, at string) (matchers.Matcher, error) {
	if tag != "" {
		return text(tag, at)
	}
	value := reflect.New(t)
	if t == reflect.TypeFor[time.Time]() {
		value = reflect.ValueOf(&timeExample)
	}
	written, err := marshal(value.Interface())
	if err != nil || string(written) == "null" {
		return nil, unfit(at, "%v writes its own JSON, and its zero value does not show what: "+
			`give an example with pact:"example=..." if it is text, `+otherwise, t)
	}
	return matchers.Like(json.RawMessage(written)), nil
}

// marshal turns a panic of somebody's method into an error.
func marshal(v any) (text []byte, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("it cannot be written as JSON: %v", problem)
		}
	}()
	return json.Marshal(v)
}

// The forms of values that are written inside of a JSON string.
const (
	quotedInteger = `-?\d+`
	quotedNumber  = `-?\d+(\.\d+)?([eE][+-]?\d+)?`
	quotedBoolean = `true|false`
	quotedText    = `".*"`
)

// quoted is for the option "string" of a json tag.
func quoted(f Field, plain matchers.Matcher, at string) (matchers.Matcher, error) {
	inside, err := marshal(plain.GetValue())
	if err != nil {
		return nil, err
	}
	if strings.Contains(f.Tag.Get("pact"), ",regex=") {
		return nil, unfit(at, `a pattern cannot be asked for inside of a JSON string: take ",string" out of the json tag or the regex out of the pact tag`)
	}
	t := f.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == numberType {
		return matchers.Regex(string(inside), quotedNumber), nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return matchers.Regex(string(inside), quotedBoolean), nil
	case reflect.String:
		return matchers.Regex(string(inside), quotedText), nil
	case reflect.Float32, reflect.Float64:
		return matchers.Regex(string(inside), quotedNumber), nil
	default:
		return matchers.Regex(string(inside), quotedInteger), nil
	}
}
