package matching

import (
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// maxMismatches bounds what one comparison lists; [Result.Omitted] counts the
// rest. Nobody reads a thousand differences, and a hostile body could make
// millions.
const maxMismatches = 1000

// collector gathers mismatches up to a limit.
type collector struct {
	list    []Mismatch
	omitted int
	limit   int
}

func newCollector() *collector { return &collector{limit: maxMismatches} }

// full reports whether the next mismatch would only be counted. Callers ask
// before they put values into words.
func (c *collector) full() bool { return len(c.list) >= c.limit }

func (c *collector) add(m Mismatch) {
	if c.full() {
		c.omitted++
		return
	}
	c.list = append(c.list, m)
}

// addAll takes over what another collector has.
func (c *collector) addAll(o *collector) {
	for _, m := range o.list {
		c.add(m)
	}
	c.omitted += o.omitted
}

// addWrong reports rules of the contract that cannot be applied.
func (c *collector) addWrong(kind Kind, wrong []badRule) {
	for _, b := range wrong {
		c.add(Mismatch{Kind: kind, Path: b.path, Rule: b.rule, Why: b.why})
	}
}

func (c *collector) result() Result {
	return Result{Mismatches: c.list, Omitted: c.omitted}
}

// place is the way from the root to the value that is being compared. It is
// put into words only when something is wrong there.
type place []contract.Token

func (p *place) push(t contract.Token) { *p = append(*p, t) }
func (p *place) pop()                  { *p = (*p)[:len(*p)-1] }

// String writes the place as a path expression. A member whose name is a
// number is written as an index, as in the reference implementation.
func (p place) String() string {
	path := make(contract.Path, 1, len(p)+1)
	for _, t := range p {
		if t.Kind == contract.TokenField && isNumber(t.Name) && (t.Name == "0" || !strings.HasPrefix(t.Name, "0")) {
			if i, err := strconv.Atoi(t.Name); err == nil {
				t = contract.Token{Kind: contract.TokenIndex, Index: i}
			}
		}
		path = append(path, t)
	}
	return path.String()
}
