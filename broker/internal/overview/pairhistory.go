package overview

import (
	"cmp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// PairHistory tells how a pair stands, and since when: which of its rows was the
// last good one, and which the first bad one.
//
// It is told as somebody would look for it. The newest contract counts. If a
// result of it failed, its earlier provider versions are gone through, back to one
// that kept it. Where none did, the contracts before it are: then it is the
// contract that changed.
type PairHistory struct {
	Consumer, Provider matrix.Pacticipant
	Counts             matrix.Counts
	// State is what the newest provider version says of the newest contract.
	State matrix.Outcome
	// Told is what the newest result says, of the newest contract that has one.
	Told matrix.Outcome
	// Newest is the newest contract.
	Newest matrix.Publication
	// Good is the last good row. Bad is the first bad one after it or, where the
	// newest result is good, the last one that failed. Either may be missing.
	Good, Bad *matrix.Row
	// ByContract says that the contract changed between the two, not the provider.
	ByContract bool
}

// histories tells of each pair, in the order of their names.
func (r matrixRows) histories() []PairHistory {
	type pair struct{ consumer, provider int64 }
	byPair := map[pair][]matrix.Publication{}
	for _, p := range r.publications {
		key := pair{p.Consumer.ID, p.Provider.ID}
		byPair[key] = append(byPair[key], p)
	}
	out := make([]PairHistory, 0, len(byPair))
	for _, publications := range byPair {
		out = append(out, r.history(publications))
	}
	slices.SortFunc(out, func(a, b PairHistory) int {
		return cmp.Or(strings.Compare(a.Consumer.Name, b.Consumer.Name), strings.Compare(a.Provider.Name, b.Provider.Name))
	})
	return out
}

// run is one content with the versions in a row that have it.
type run struct {
	newest, oldest matrix.Publication
	*contentRows
}

// runs puts versions with one content together. Publications come newest first.
func (r matrixRows) runs(publications []matrix.Publication) []run {
	var out []run
	for _, p := range publications {
		if len(out) > 0 && out[len(out)-1].oldest.ContentID == p.ContentID {
			out[len(out)-1].oldest = p
			continue
		}
		out = append(out, run{newest: p, oldest: p, contentRows: r.contents[p.ContentID]})
	}
	return out
}

// history tells of one pair, of which the publications are.
func (r matrixRows) history(publications []matrix.Publication) PairHistory {
	newest := publications[0]
	h := PairHistory{Consumer: newest.Consumer, Provider: newest.Provider, Newest: newest, Counts: r.countsOf(publications)}
	runs := r.runs(publications)
	h.State = runs[0].state()
	var told []run
	for _, one := range runs {
		if len(one.results) > 0 {
			told = append(told, one)
		}
	}
	if len(told) > 0 {
		h.Told = outcomeOf(told[0].results[0])
	}
	switch h.Told {
	case matrix.Unverified:
	case matrix.Passed:
		h.Good = told[0].row(told[0].newest, 0)
		h.Bad = lastFailure(told)
	case matrix.Failed:
		h.trace(told)
	}
	return h
}

// state is what the newest provider version that counts says of the content.
func (r run) state() matrix.Outcome {
	switch {
	case len(r.results) == 0, len(r.versions) > 0 && r.versions[0].ID != r.results[0].ProviderVersion.ID:
		return matrix.Unverified
	default:
		return outcomeOf(r.results[0])
	}
}

func (r run) row(p matrix.Publication, at int) *matrix.Row {
	result := &r.results[at]
	return &matrix.Row{Publication: p, ProviderVersion: &result.ProviderVersion, Result: result}
}

// trace goes back from a failure to the last success.
func (h *PairHistory) trace(told []run) {
	for _, one := range told {
		good := slices.IndexFunc(one.results, func(r matrix.Result) bool { return r.Success })
		switch {
		case good < 0:
			h.Bad = one.row(one.oldest, len(one.results)-1)
			continue
		case good == 0:
			h.ByContract, good = true, one.goodOf(h.Bad.ProviderVersion.ID)
		default:
			h.Bad = one.row(one.newest, good-1)
		}
		h.Good = one.row(one.newest, good)
		return
	}
}

// goodOf is the success of a provider version, so that only the contract differs,
// or else the newest one, where the newest result is a success.
func (r run) goodOf(version int64) int {
	same := slices.IndexFunc(r.results, func(one matrix.Result) bool { return one.Success && one.ProviderVersion.ID == version })
	return max(0, same)
}

// lastFailure is the newest row that failed, nil if none did.
func lastFailure(told []run) *matrix.Row {
	for _, one := range told {
		if at := slices.IndexFunc(one.results, func(r matrix.Result) bool { return !r.Success }); at >= 0 {
			return one.row(one.newest, at)
		}
	}
	return nil
}
