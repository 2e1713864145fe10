// Package gojson tells what package encoding/json makes of Go types, for those
// who look at a value and at its JSON side by side.
package gojson

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// Field is a member of the JSON object that a struct becomes.
type Field struct {
	Name string
	// Index is for [reflect.Value.FieldByIndex]; fields of embedded structs
	// are members of the outer object.
	Index []int
	Type  reflect.Type
	Tag   reflect.StructTag
	// Quoted is true for the option "string": a number, boolean or text is
	// written as JSON inside a JSON string.
	Quoted bool

	tagged bool
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// WritesItself reports whether values of type t, or pointers to them, have a
// method that writes their JSON.
func WritesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(jsonMarshaler) || p.Implements(textMarshaler)
}

// Fields returns the members that encoding/json writes for a struct type, in
// the order of its fields.
func Fields(t reflect.Type) []Field {
	var done []Field
	decided, entered := map[string]bool{}, map[reflect.Type]bool{}
	level := []Field{{Type: t}}
	for len(level) > 0 {
		var found []Field
		found, level = step(level, entered)
		done = append(done, dominant(found, decided)...)
	}
	slices.SortFunc(done, func(a, b Field) int { return slices.Compare(a.Index, b.Index) })
	return done
}

// step lists the fields of the structs of one level, and the structs that are
// embedded in them. Those of a struct that is embedded twice count twice, so
// that they hide each other.
func step(level []Field, entered map[reflect.Type]bool) (found, next []Field) {
	counts := map[reflect.Type]int{}
	for _, s := range level {
		counts[s.Type]++
	}
	for _, s := range level {
		if entered[s.Type] {
			continue
		}
		entered[s.Type] = true
		for i := range s.Type.NumField() {
			f, embedded, ok := read(s.Type.Field(i), append(slices.Clone(s.Index), i))
			switch {
			case !ok:
			case embedded:
				next = append(next, f)
			case counts[s.Type] > 1:
				found = append(found, f, f)
			default:
				found = append(found, f)
			}
		}
	}
	return found, next
}

// dominant picks the members among the fields of one level: of one name the
// only one, or the only one with a tag. A name that a level above has is gone,
// even if it was lost there.
func dominant(found []Field, decided map[string]bool) []Field {
	byName := map[string][]Field{}
	for _, f := range found {
		byName[f.Name] = append(byName[f.Name], f)
	}
	var members []Field
	for name, fields := range byName {
		if decided[name] {
			continue
		}
		decided[name] = true
		if tagged := slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return !f.tagged }); len(tagged) > 0 {
			fields = tagged
		}
		if len(fields) == 1 {
			members = append(members, fields[0])
		}
	}
	return members
}

// read reads one field of a struct. An embedded struct without a name of its
// own is not a member: its fields are.
func read(sf reflect.StructField, index []int) (f Field, embedded, ok bool) {
	t := sf.Type
	if t.Name() == "" && t.Kind() == reflect.Pointer {
		t = t.Elem() // an embedded pointer has no name of its own
	}
	if sf.Anonymous {
		if !sf.IsExported() && t.Kind() != reflect.Struct {
			return f, false, false
		}
	} else if !sf.IsExported() {
		return f, false, false
	}
	tag := sf.Tag.Get("json")
	if tag == "-" {
		return f, false, false
	}
	name, options, _ := strings.Cut(tag, ",")
	if !isName(name) {
		name = ""
	}
	f = Field{Name: name, Index: index, Type: sf.Type, Tag: sf.Tag, tagged: name != ""}
	if name == "" {
		if f.Name = sf.Name; sf.Anonymous && t.Kind() == reflect.Struct {
			f.Type = t
			return f, true, true
		}
	}
	f.Quoted = slices.Contains(strings.Split(options, ","), "string") && quotable(t.Kind())
	return f, false, true
}

func quotable(k reflect.Kind) bool {
	return k == reflect.Bool || k == reflect.String || k >= reflect.Int && k <= reflect.Float64
}

func isName(s string) bool {
	for _, r := range s {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return s != ""
}
