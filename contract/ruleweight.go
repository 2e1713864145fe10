package contract

import (
	"cmp"
	"math/bits"
	"strconv"
)

// Weight tells how well a path expression fits a concrete path
// (specification V2, "matching rule precedence"). The weight of the
// specification is a product with a factor 2 for each literal token and 1 for
// each wildcard, times the number of tokens. It is kept as its parts, because
// the product overflows on deep documents. The zero value means that the
// expression does not apply.
type Weight struct {
	// Literals is the number of tokens that name what they select, the root included.
	Literals int
	// Tokens is the number of tokens of the expression.
	Tokens int
}

// Applies reports whether the expression selects the path or one of its ancestors.
func (w Weight) Applies() bool { return w.Tokens > 0 }

// Compare orders weights by the product of the specification: negative when w
// is lighter than o, zero when they weigh the same.
func (w Weight) Compare(o Weight) int {
	if !w.Applies() || !o.Applies() {
		return cmp.Compare(min(w.Tokens, 1), min(o.Tokens, 1))
	}
	shift := w.Literals - o.Literals
	if shift < 0 {
		return -o.Compare(w)
	}
	if bits.Len(uint(w.Tokens))+shift >= bits.UintSize {
		return 1
	}
	return cmp.Compare(uint(w.Tokens)<<shift, uint(o.Tokens))
}

// Weight returns the weight of the expression p for the concrete path at. An
// expression that is shorter than at applies to it by cascading.
func (p Path) Weight(at Path) Weight {
	if len(p) == 0 || len(p) > len(at) {
		return Weight{}
	}
	w := Weight{Tokens: len(p)}
	for i, t := range p {
		fits, literal := t.fits(at[i])
		if !fits {
			return Weight{}
		}
		if literal {
			w.Literals++
		}
	}
	return w
}

// fits reports whether t selects the step at, and whether by naming it. An
// object key that is a number is selected by an index too.
func (t Token) fits(at Token) (fits, literal bool) {
	switch t.Kind {
	case TokenStar:
		return at.Kind != TokenRoot, false
	case TokenStarIndex:
		return at.Kind == TokenIndex || at.Kind == TokenField && isDigits(at.Name), false
	case TokenField:
		return at.Kind == TokenField && t.Name == at.Name, true
	case TokenIndex:
		return at.Kind == TokenIndex && t.Index == at.Index ||
			at.Kind == TokenField && at.Name == strconv.Itoa(t.Index), true
	default:
		return at.Kind == TokenRoot, true
	}
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Compare orders expressions that weigh the same for some path, because the
// specification leaves their order open: token by token from the left a
// literal comes before "[*]", "[*]" before ".*"; then the longer expression;
// then by text. It is negative when p is to be preferred to q.
func (p Path) Compare(q Path) int {
	for i := range min(len(p), len(q)) {
		if c := cmp.Compare(p[i].vagueness(), q[i].vagueness()); c != 0 {
			return c
		}
	}
	if c := cmp.Compare(len(q), len(p)); c != 0 {
		return c
	}
	return cmp.Compare(p.String(), q.String())
}

func (t Token) vagueness() int {
	switch t.Kind {
	case TokenStarIndex:
		return 1
	case TokenStar:
		return 2
	default:
		return 0
	}
}
