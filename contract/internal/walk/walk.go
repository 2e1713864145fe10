// Package walk goes through the example of a JSON body and finds the rules
// that apply to each value. It serves the packages that speak about
// contracts: lint, compare and show.
package walk

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/exact"
)

// Value is one value of an example.
type Value struct {
	Path contract.Path
	// Key is Path as text.
	Key string
	// Data is the decoded value: maps and slices for objects and lists,
	// json.Number for numbers.
	Data any
}

// IsLeaf reports whether nothing stands below the value.
func (v Value) IsLeaf() bool {
	switch data := v.Data.(type) {
	case map[string]any:
		return len(data) == 0
	case []any:
		return len(data) == 0
	default:
		return true
	}
}

// Text returns the value as compact JSON.
func (v Value) Text() string { return Text(v.Data) }

// Text returns data as compact JSON, without escaping for HTML.
func Text(data any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(data) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// JSON reports whether a body is JSON and decodes it.
func JSON(b contract.Body) (any, bool) {
	kind, _ := contract.ParseContentType(b.ContentType)
	if b.State != contract.BodyPresent || !kind.IsJSON() {
		return nil, false
	}
	v, err := exact.Value(b.Content)
	return v, err == nil
}

// MaxDepth is how deep values are looked at one by one; what stands deeper is
// part of its parent.
const MaxDepth = 200

// Values returns data and all values below it down to [MaxDepth], parents
// before children, keys sorted.
func Values(data any) []Value {
	return appendValues(nil, contract.Path{{Kind: contract.TokenRoot}}, data)
}

func appendValues(list []Value, path contract.Path, data any) []Value {
	list = append(list, Value{Path: path, Key: path.String(), Data: data})
	if len(path) > MaxDepth {
		return list
	}
	switch data := data.(type) {
	case map[string]any:
		for _, name := range SortedKeys(data) {
			list = appendValues(list, path.Field(name), data[name])
		}
	case []any:
		for i, item := range data {
			list = appendValues(list, path.Elem(i), item)
		}
	}
	return list
}

// SortedKeys returns the keys of m, sorted.
func SortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Rules are the rules of a body, ready to be asked for a path.
type Rules struct{ entries []entry }

type entry struct {
	path contract.Path
	list contract.RuleList
}

// Compile prepares rules by path expression. Expressions that cannot be read
// are left out.
func Compile(rules map[string]contract.RuleList) Rules {
	var r Rules
	for _, key := range SortedKeys(rules) {
		path, err := contract.ParsePath(key)
		if err == nil && len(path) > 0 {
			r.entries = append(r.entries, entry{path, rules[key]})
		}
	}
	return r
}

// Best returns the rules that apply to the value at a path: those of the
// heaviest expression. cascaded is true when it stands for an ancestor.
func (r Rules) Best(at contract.Path) (list contract.RuleList, cascaded, found bool) {
	var best entry
	var weight contract.Weight
	for _, e := range r.entries {
		w := e.path.Weight(at)
		if !w.Applies() || len(e.path) < len(at) && !cascades(e.list) {
			continue
		}
		c := w.Compare(weight)
		if !found || c > 0 || c == 0 && e.path.Compare(best.path) < 0 {
			best, weight, found = e, w, true
		}
	}
	return best.list, found && len(best.path) < len(at), found
}

// cascades reports whether rules hold for values further down too.
func cascades(list contract.RuleList) bool {
	for _, rule := range list.Rules {
		switch rule.(type) {
		case contract.ValuesRule, contract.EachKeyRule, contract.EachValueRule, contract.UnknownRule:
			return false
		}
	}
	return true
}

// Shaped reports whether a rule at a list or map says that its items are all
// like the example's first one, so that their number and keys are free.
func Shaped(list contract.RuleList) bool {
	for _, rule := range list.Rules {
		switch rule.(type) {
		case contract.EqualityRule, contract.ArrayContainsRule:
			return false
		}
	}
	return len(list.Rules) > 0
}

// Selects reports whether a path expression selects a value of the example.
func Selects(path contract.Path, values []Value) bool {
	return slices.ContainsFunc(values, func(v Value) bool {
		return len(v.Path) == len(path) && path.Weight(v.Path).Applies()
	})
}
