package integration

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/gojson"
)

// The members of a variant point: a place in a body where the provider may
// answer in several ways. A point is
//
//	{"treaty:variants": [CHOICE, ...]}
//
// and a CHOICE is {"value": ANY, "label": "...", "state": "..."}, where one
// without a value means that the member is absent. The first choice stands in
// the plain document.
const (
	pointKey = "treaty:variants"
	labelKey = "label"
	stateKey = "state"
)

// Variant is one more form of a document.
type Variant struct {
	// Label says what is different, such as "$.nickname is absent".
	Label string
	// State is the provider state in which it occurs.
	State string
	Compiled
}

// CompileVariants compiles value and, if it has variant points, one more form
// for each further choice of each point, all other points at their first. The
// elements of a list under a matcher vary together.
func CompileVariants(value any) (Compiled, []Variant, error) {
	decoded, err := gojson.Decode(value)
	if err != nil {
		return Compiled{}, nil, &Error{Path: "$", What: err.Error()}
	}
	if !hasPoint(decoded) {
		compiled, err := CompileJSON(decoded)
		return compiled, nil, err
	}
	points := &pointFinder{}
	points.walk(decoded, root(), false)
	if points.err != nil {
		return Compiled{}, nil, points.err
	}
	plain, _ := pick(decoded, root(), false, "", 0)
	compiled, err := CompileJSON(plain)
	if err != nil {
		return Compiled{}, nil, err
	}
	var variants []Variant
	for _, p := range points.found {
		for n := 1; n < len(p.choices); n++ {
			document, present := pick(decoded, root(), false, p.path, n)
			if !present {
				return Compiled{}, nil, &Error{Path: "$", What: "the whole body cannot be absent"}
			}
			v := Variant{Label: p.label(n)}
			v.State, _ = p.choices[n][stateKey].(string)
			if v.State == "" {
				v.State = v.Label
			}
			if v.Compiled, err = CompileJSON(document); err != nil {
				return Compiled{}, nil, err
			}
			variants = append(variants, v)
		}
	}
	return compiled, variants, nil
}

type point struct {
	path    string
	choices []map[string]any
}

func (p point) label(n int) string {
	if text, ok := p.choices[n][labelKey].(string); ok && text != "" {
		return p.path + " " + text
	}
	return p.path + " in form " + strconv.Itoa(n+1)
}

type pointFinder struct {
	found []point
	// open are the paths of the points around the one that is looked at.
	open []string
	err  error
}

// choicesOf returns the choices of a point. One that is a point itself, such
// as a nullable value of several forms, has its choices there.
func choicesOf(v map[string]any) ([]map[string]any, bool) {
	list, ok := v[pointKey].([]any)
	if !ok {
		return nil, false
	}
	var choices []map[string]any
	for _, element := range list {
		choice, ok := element.(map[string]any)
		if !ok {
			continue
		}
		object, _ := choice[valueKey].(map[string]any)
		inner, nested := choicesOf(object)
		if !nested || len(inner) == 0 {
			choices = append(choices, choice)
			continue
		}
		if state, given := choice[stateKey]; given && inner[0][stateKey] == nil {
			inner[0] = maps.Clone(inner[0])
			inner[0][stateKey] = state
		}
		choices = append(choices, inner...)
	}
	return choices, true
}

// walk finds the points. Those inside a further choice are refused: the forms
// of a document are one choice at one point, all others at their first.
func (f *pointFinder) walk(v any, path contract.Path, shared bool) {
	switch v := v.(type) {
	case map[string]any:
		if choices, ok := choicesOf(v); ok {
			f.add(choices, path)
			return
		}
		for _, name := range sortedKeys(v) {
			at, shares := step(v, name, path)
			f.walk(v[name], at, shares)
		}
	case []any:
		for i, element := range v {
			f.walk(element, elementPath(path, i, shared), false)
		}
	}
}

func (f *pointFinder) add(choices []map[string]any, path contract.Path) {
	if len(choices) == 0 {
		f.err = &Error{Path: path.String(), What: "a place with variants needs at least one"}
		return
	}
	at := path.String()
	if slices.Contains(f.open, at) {
		f.err = &Error{Path: at, What: "variants stand inside a matcher inside of variants: give the matcher to each form instead"}
		return
	}
	f.open = append(f.open, at)
	defer func() { f.open = f.open[:len(f.open)-1] }()
	known := slices.IndexFunc(f.found, func(p point) bool { return p.path == at })
	if known < 0 {
		f.found = append(f.found, point{path: at, choices: choices})
	} else if len(f.found[known].choices) != len(choices) {
		f.err = &Error{Path: at, What: fmt.Sprintf("the elements of this list have different variants: %d and %d", len(f.found[known].choices), len(choices))}
	}
	for n, choice := range choices[1:] {
		if hasPoint(choice[valueKey]) {
			f.err = &Error{Path: at, What: fmt.Sprintf("form %d has variants inside of it, which would not be played: list each of them as a form of its own", n+2)}
		}
	}
	f.walk(choices[0][valueKey], path, false)
}

func hasPoint(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := choicesOf(v); ok {
			return true
		}
		for _, member := range v {
			if hasPoint(member) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasPoint)
	}
	return false
}

// step is the path of a member: the value under a matcher stands at the
// matcher's own path, and the elements of a list there share one.
func step(v map[string]any, name string, path contract.Path) (contract.Path, bool) {
	if isMatcher(v) {
		if name == valueKey {
			return path, true
		}
		return path.Field(name), false
	}
	return path.Field(name), false
}

func elementPath(path contract.Path, i int, shared bool) contract.Path {
	if shared {
		return each(path, contract.TokenStarIndex)
	}
	return path.Elem(i)
}

// pick returns the document with choice n at the point with the given path,
// and the first choice everywhere else. It reports whether v is present.
func pick(v any, path contract.Path, shared bool, point string, n int) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		if choices, ok := choicesOf(v); ok {
			return pickChoice(choices, path, point, n)
		}
		out := maps.Clone(v)
		for name, member := range v {
			at, shares := step(v, name, path)
			picked, present := pick(member, at, shares, point, n)
			if present {
				out[name] = picked
			} else {
				delete(out, name)
			}
		}
		return out, true
	case []any:
		out := make([]any, 0, len(v))
		for i, element := range v {
			if picked, present := pick(element, elementPath(path, i, shared), false, point, n); present {
				out = append(out, picked)
			}
		}
		return out, true
	default:
		return v, true
	}
}

func pickChoice(choices []map[string]any, path contract.Path, point string, n int) (any, bool) {
	choice := choices[0]
	if path.String() == point {
		choice = choices[n]
	}
	value, present := choice[valueKey]
	if !present {
		return nil, false
	}
	return pick(value, path, false, point, n)
}
