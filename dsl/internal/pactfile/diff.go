package pactfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/treatyhq/treaty/internal/exact"
)

// difference describes the first place, in the order of sorted members, where
// two JSON texts differ.
func difference(a, b []byte) string {
	x, errX := exact.Value(a)
	y, errY := exact.Value(b)
	if errX != nil || errY != nil {
		return "the texts differ"
	}
	path, p, q := firstDifference(x, y)
	return fmt.Sprintf("%s is once %s and once %s", path, clip(p), clip(q))
}

// changedExample returns the first place where two JSON texts differ, if both
// hold text or a number there.
func changedExample(a, b []byte) (place, was, is string, ok bool) {
	x, errX := exact.Value(a)
	y, errY := exact.Value(b)
	if errX != nil || errY != nil {
		return "", "", "", false
	}
	place, p, q := firstDifference(x, y)
	was, okWas := scalar(p)
	is, okIs := scalar(q)
	return place, was, is, okWas && okIs
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	default:
		return "", false
	}
}

func firstDifference(x, y any) (path string, a, b any) {
	switch x := x.(type) {
	case map[string]any:
		other, ok := y.(map[string]any)
		if !ok {
			return "", x, y
		}
		names := maps.Clone(x)
		maps.Copy(names, other)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if !equal(x[name], other[name]) {
				path, a, b = firstDifference(x[name], other[name])
				return "." + name + path, a, b
			}
		}
	case []any:
		other, ok := y.([]any)
		if !ok || len(other) != len(x) {
			return "", x, y
		}
		for i := range x {
			if !equal(x[i], other[i]) {
				path, a, b = firstDifference(x[i], other[i])
				return "[" + strconv.Itoa(i) + "]" + path, a, b
			}
		}
	}
	return "", x, y
}

func equal(x, y any) bool {
	a, _ := json.Marshal(x)
	b, _ := json.Marshal(y)
	return bytes.Equal(a, b)
}

func clip(v any) string {
	text, _ := json.Marshal(v)
	if len(text) > 120 {
		return string(text[:120]) + "…"
	}
	return string(text)
}
