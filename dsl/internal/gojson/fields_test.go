package gojson_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl/internal/gojson"
	"github.com/treatyhq/treaty/internal/chance"
)

// The structs that are embedded in the tests' own.
type (
	Inner struct {
		A string
		B string `json:"b"`
		C string `json:"-"`
	}
	Other struct {
		A string `json:"A"`
		B int    `json:"x"`
		D bool   `json:"-,"` //nolint:staticcheck // it is meant: the member is named "-"
	}
	Deep struct {
		Inner
		*Other
		E string `json:"e,omitempty"`
	}
	hidden struct {
		F string
		g string //nolint:unused // what is not exported is not written
	}
	Name   string
	secret int
	Both   struct {
		Deep
		hidden
	}
	Twice struct {
		Both
		Deep
	}
	Self struct {
		*Self
		H string
	}
	Iface interface{ String() string }
)

func names(t reflect.Type) []string {
	var all []string
	for _, f := range gojson.Fields(t) {
		all = append(all, f.Name)
	}
	slices.Sort(all)
	return all
}

// written returns the names that encoding/json writes for a value of type t
// whose pointers all lead somewhere.
func written(tb testing.TB, t reflect.Type) []string {
	tb.Helper()
	v := reflect.New(t)
	fill(v.Elem(), 0)
	text, err := json.Marshal(v.Interface())
	require.NoError(tb, err, t)
	var object map[string]any
	require.NoError(tb, json.Unmarshal(text, &object))
	var all []string
	for name := range object {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func fill(v reflect.Value, depth int) {
	if !v.CanSet() || depth > 4 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Int:
		v.SetInt(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	default: // stays as it is
	}
}

func TestFieldsAreThoseThatEncodingJSONWrites(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		Inner{}, Other{}, Deep{}, Both{}, Twice{}, hidden{}, Self{},
		struct {
			Name
			secret
			Iface
			X string `json:"a b"`
			Y string `json:"a\"b"` //nolint:staticcheck // a name that encoding/json does not take
			Z string `json:",omitempty"`
		}{secret: 1},
		struct {
			Inner `json:"inner"`
			Other
		}{},
	} {
		require.Equal(t, written(t, reflect.TypeOf(v)), names(reflect.TypeOf(v)), "%T", v)
	}
}

// TestFieldsOfManyShapes makes up structs from embedded ones and tags.
func TestFieldsOfManyShapes(t *testing.T) {
	t.Parallel()
	random := chance.New(t, 3)
	plain := []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[bool](), reflect.TypeFor[*float64](), reflect.TypeFor[Inner](), reflect.TypeFor[*Other]()}
	embedded := []reflect.Type{reflect.TypeFor[Inner](), reflect.TypeFor[Other](), reflect.TypeFor[Deep](), reflect.TypeFor[Both](), reflect.TypeFor[Twice](), reflect.TypeFor[*Inner]()}
	tags := []string{``, ``, ``, `json:"A"`, `json:"b"`, `json:"e"`, `json:"-"`, `json:"-,"`, `json:",omitempty"`, `json:"b,string"`, `json:"F,omitempty"`, `json:"x"`, `json:"\u00e9t\u00e9"`, `json:"a'b"`}
	for range 3000 {
		var fields []reflect.StructField
		used := map[string]bool{}
		for range 1 + random.IntN(6) {
			f := reflect.StructField{Tag: reflect.StructTag(tags[random.IntN(len(tags))])}
			if random.IntN(2) == 0 {
				f.Type = embedded[random.IntN(len(embedded))]
				f.Name, f.Anonymous = f.Type.Name(), true
				if f.Type.Kind() == reflect.Pointer {
					f.Name = f.Type.Elem().Name()
				}
			} else {
				f.Type = plain[random.IntN(len(plain))]
				f.Name = string(rune('A' + random.IntN(8)))
			}
			if !used[f.Name] {
				used[f.Name] = true
				fields = append(fields, f)
			}
		}
		shape := reflect.StructOf(fields)
		require.Equal(t, written(t, shape), names(shape), fmt.Sprint(shape))
	}
}

func TestQuotedFields(t *testing.T) {
	t.Parallel()
	fields := gojson.Fields(reflect.TypeFor[struct {
		A int    `json:",string"`
		B *bool  `json:"b,omitempty,string"`
		C []int  `json:",string"` //nolint:staticcheck // an option that encoding/json passes over
		D string `json:"d"`
	}]())
	var quoted []string
	for _, f := range fields {
		if f.Quoted {
			quoted = append(quoted, f.Name)
		}
	}
	require.Equal(t, []string{"A", "b"}, quoted)
}
