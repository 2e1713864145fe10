package stub

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/mockserver"
	"github.com/treatyhq/treaty/mockserver/internal/rank"
	"github.com/treatyhq/treaty/mockserver/internal/shelf"
)

// stateFilter is rule 1. A nil pattern passes everything.
type stateFilter struct {
	pattern *regexp.Regexp
	// stateless lets interactions without provider states pass a pattern.
	stateless bool
}

func (f stateFilter) passes(e *entry) bool {
	if f.pattern == nil {
		return true
	}
	if len(e.States) == 0 {
		return f.stateless
	}
	for _, state := range e.States {
		if f.pattern.MatchString(state.Name) {
			return true
		}
	}
	return false
}

// request is what choosing looks at. Body and headers are read only when an
// interaction makes them matter.
type request struct {
	method string
	path   string // as sent
	query  string // as sent
	filter stateFilter
	// read returns the whole request.
	read func() (mockserver.Received, error)
}

// choose finds the entry that answers r by the rules of the package; nil if
// there is none.
func (t *Table) choose(r request) (*entry, error) {
	candidates := t.candidates(r)
	if len(candidates) == 0 && len(t.shelf.Route(r.method, r.path)) == 0 {
		return nil, nil
	}
	if len(candidates) == 1 && t.obvious(candidates[0], r) {
		return candidates[0], nil
	}
	full, err := r.read()
	if err != nil {
		return nil, err
	}
	best := fitting(candidates, full)
	if best == nil { // what fits and was not found, because it is spelled in another way
		best = fitting(r.filter.passing(t.shelf.Route(r.method, r.path)), full)
	}
	if best == nil && full.Undecoded != nil {
		return nil, full.Undecoded // what it would have fitted nobody knows
	}
	return best, nil
}

// fitting returns the entry that answers, if any.
func fitting(entries []*entry, r mockserver.Received) *entry {
	var best *fit
	for _, e := range entries {
		if n, ok := differences(e, r); ok {
			if f := (fit{e, n}); best == nil || f.compare(*best) < 0 {
				best = &f
			}
		}
	}
	if best == nil {
		return nil
	}
	return best.entry
}

// fit is an entry that may answer, with how many things differ.
type fit struct {
	*entry
	differences int
}

// compare is negative if f answers rather than other.
func (f fit) compare(other fit) int {
	return cmp.Or(
		cmp.Compare(f.differences, other.differences), // 3
		f.rank.Compare(other.rank),                    // 4
		cmp.Compare(f.order, other.order),             // 5
	)
}

// candidates returns the entries that may answer r and pass the filter.
func (t *Table) candidates(r request) []*entry {
	return r.filter.passing(t.shelf.Find(shelf.Request{
		Method: r.method, Path: r.path, Query: contract.ParseQuery(r.query),
		Body: func() (contract.Body, bool) {
			full, err := r.read()
			return full.Body, err == nil
		},
	}))
}

// passing returns those of entries that pass the filter.
func (f stateFilter) passing(entries []*entry) []*entry {
	if f.pattern == nil {
		return entries
	}
	var passed []*entry
	for _, e := range entries {
		if f.passes(e) {
			passed = append(passed, e)
		}
	}
	return passed
}

// obvious tells that the only candidate answers without a closer look: its
// route and query are equal, and its body does not count.
func (t *Table) obvious(e *entry, r request) bool {
	return !e.bodyCounts && !e.pathByRule() && !rank.ByRule(e.Request.Rules, contract.CategoryQuery)
}

// differences counts what differs, unless it differs in what rule 2 names.
func differences(e *entry, r mockserver.Received) (int, bool) {
	result := r.Match(e.Request)
	n := 0
	for _, m := range result.Mismatches {
		if m.Kind != matching.KindPath || e.pathByRule() { // the spelling of a literal path is not a difference
			n++
		}
	}
	return n, len(counting(e, result)) == 0
}

// counting returns the mismatches for which an interaction does not answer.
func counting(e *entry, result matching.Result) []matching.Mismatch {
	var against []matching.Mismatch
	for _, m := range result.Mismatches {
		counts := false
		switch m.Kind {
		case matching.KindPath:
			// A literal path was found decoded: another spelling is not a difference.
			counts = e.pathByRule()
		case matching.KindMethod, matching.KindQuery:
			counts = true
		case matching.KindBody, matching.KindBodyType:
			counts = e.bodyCounts
		default: // headers may differ
		}
		if counts {
			against = append(against, m)
		}
	}
	return against
}

// explain says in one line why r got no answer.
func (t *Table) explain(r request) string {
	entries := t.shelf.Route(r.method, r.path)
	if len(entries) == 0 {
		return "no interaction has this method and path"
	}
	full, err := r.read()
	if err != nil {
		return err.Error()
	}
	reason, fewest := "", -1
	for _, e := range entries {
		if !r.filter.passes(e) {
			if fewest < 0 {
				reason = strconv.Quote(e.Description) + " is left out by the provider state filter"
			}
			continue
		}
		against := counting(e, full.Match(e.Request))
		if n := len(against); n > 0 && (fewest < 0 || n < fewest) {
			fewest = n
			reason = strconv.Quote(e.Description) + " differs: " + summary(against)
		}
	}
	return reason
}

func summary(mismatches []matching.Mismatch) string {
	const most = 3
	var parts []string
	for i, m := range mismatches {
		if i == most {
			parts = append(parts, "and "+strconv.Itoa(len(mismatches)-most)+" more")
			break
		}
		where := string(m.Kind)
		if m.Path != "" {
			where += " " + m.Path
		}
		parts = append(parts, where+": "+m.Why)
	}
	return strings.Join(parts, "; ")
}
