package matching

import (
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/exact"
)

// wanted returns the expected body with every value that the rules accepted
// replaced by the actual one, so that a diff with the actual body shows what
// is wrong and nothing else. Bodies that are not JSON come back as they are.
func wanted(expected, actual []byte, r Result) []byte {
	e, errE := exact.Value(expected)
	a, errA := exact.Value(actual)
	if errE != nil || errA != nil || r.Omitted > 0 {
		return expected
	}
	p := projection{at: map[string]bool{}, above: map[string]bool{}}
	for _, m := range r.Mismatches {
		if m.Kind != KindBody {
			continue
		}
		path, err := contract.ParsePath(m.Path)
		if err != nil || len(path) == 0 {
			return expected
		}
		p.at[place(path[1:]).String()] = true
		for i := range path[1:] {
			p.above[place(path[1:1+i]).String()] = true
		}
	}
	return encoded(p.value(nil, e, a))
}

// projection knows the paths of mismatches and the paths above them.
type projection struct {
	at, above map[string]bool
}

func (p projection) value(path place, expected, actual any) any {
	here := path.String()
	if !p.at[here] && !p.above[here] {
		return actual
	}
	switch e := expected.(type) {
	case map[string]any:
		if a, ok := actual.(map[string]any); ok {
			return p.object(path, e, a)
		}
	case []any:
		if a, ok := actual.([]any); ok {
			return p.list(path, e, a)
		}
	}
	return expected
}

func (p projection) object(path place, expected, actual map[string]any) any {
	out := map[string]any{}
	if !p.at[path.String()] { // otherwise the names themselves are wrong
		for name, v := range actual {
			out[name] = v
		}
	}
	for name, e := range expected {
		a, ok := actual[name]
		if !ok {
			out[name] = e
			continue
		}
		out[name] = p.value(path.below(field(name)), e, a)
	}
	return out
}

func (p projection) list(path place, expected, actual []any) any {
	length := len(actual)
	if p.at[path.String()] {
		length = len(expected)
	}
	out := make([]any, 0, length)
	for i := range length {
		switch {
		case i >= len(actual):
			out = append(out, expected[i])
		case len(expected) == 0:
			out = append(out, actual[i])
		default:
			example := expected[0] // stands for the elements that have none of their own
			if i < len(expected) {
				example = expected[i]
			}
			out = append(out, p.value(path.below(contract.Token{Kind: contract.TokenIndex, Index: i}), example, actual[i]))
		}
	}
	return out
}

// below returns p with one step more; p is not changed.
func (p place) below(t contract.Token) place { return append(p[:len(p):len(p)], t) }
