package picking

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// workInProgress adds the pacts of consumer branches and tags that were not
// selected and that nobody in the scope of the provider has proven yet on
// purpose. They never break a build.
//
// A success obtained as work in progress does not end that state: only one of
// a pact that was selected does. With a branch, a success older than the
// look-back does not count any more.
func (p *picking) workInProgress(candidates []merged) ([]merged, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	contents := contentsOfMerged(candidates)
	proofs := make([]map[int64]kernel.Proof, len(p.scopes))
	if err := eachTogether(p.tx, p.scopes, func(i int, scope kernel.Scope) (err error) {
		q := kernel.ProofQuery{Scope: scope, Before: scope.FirstVersionAt, Explicit: true}
		if scope.Kind == kernel.ScopeBranch && p.lookBack > 0 {
			q.After = p.now.Add(-p.lookBack)
		}
		proofs[i], err = p.tx.ProofOf(contents, q)
		return err
	}); err != nil {
		return nil, err
	}
	open := map[int64][]string{}
	for i, scope := range p.scopes {
		proof := proofs[i]
		for _, id := range contents {
			if !proof[id].Here && !proof[id].ElsewhereBefore {
				open[id] = append(open[id], scope.Name)
			}
		}
	}
	var out []merged
	for _, m := range candidates {
		if names := open[m.pact.ContentID]; len(names) > 0 {
			m.wipFor = names
			out = append(out, m)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return wipBefore(out[i].pact, out[j].pact) })
	return out, nil
}

// headPacts are the pacts that may be work in progress.
func (p *picking) headPacts() ([]kernel.SelectedPact, error) {
	if p.query.WIPSince == nil || !p.hasScopes() {
		return nil, nil
	}
	since, err := p.wipSince()
	if err != nil {
		return nil, err
	}
	return p.tx.ListHeadPacts(p.provider.ID, since)
}

// mergeHeads makes one candidate of each content that was not selected.
func mergeHeads(found []kernel.SelectedPact, selected []merged) []merged {
	skip := map[int64]bool{}
	for _, m := range selected {
		skip[m.pact.ContentID] = true
	}
	at := map[int64]int{}
	var out []merged
	for _, f := range found {
		if skip[f.ContentID] {
			continue
		}
		i, seen := at[f.ContentID]
		if !seen {
			i = len(out)
			at[f.ContentID] = i
			out = append(out, merged{pact: f.PactPublication})
		}
		if f.ConsumerVersion.Order > out[i].pact.ConsumerVersion.Order {
			out[i].pact = f.PactPublication
		}
		if f.Kind == kernel.ScopeBranch {
			out[i].wipBranches = append(out[i].wipBranches, f.Name)
		} else {
			out[i].wipTags = append(out[i].wipTags, f.Name)
		}
	}
	for i := range out {
		slices.Sort(out[i].wipBranches)
		slices.Sort(out[i].wipTags)
	}
	return out
}

// wipWindowShares is how many of the unproven pacts are in the window when it
// follows them, in percent, as Pact Broker has it.
const wipWindowShares = 80

// wipSince is the date from which work in progress counts.
func (p *picking) wipSince() (time.Time, error) {
	if !p.dynamicWindow {
		return *p.query.WIPSince, nil
	}
	published, err := p.tx.ListUnprovenTimes(p.provider.ID, p.now.Add(-p.window.Looks))
	if err != nil {
		return time.Time{}, err
	}
	return p.now.Add(-follow(p.window, p.now, published)), nil
}

// follow is how far back to go for pacts published at these times, newest
// first.
func follow(w kernel.WIPWindow, now time.Time, published []time.Time) time.Duration {
	if len(published) == 0 {
		return w.Default
	}
	const day = 24 * time.Hour
	last := (len(published)*wipWindowShares + 99) / 100
	age := now.Sub(published[last-1])
	return min(max((age+day-1)/day*day, w.Least), w.Looks)
}

// wipBefore orders pacts by consumer, then by version. Where the list of those
// that were asked for does not regard case, Pact Broker's list of those in
// progress puts capitals first.
func wipBefore(a, b kernel.PactPublication) bool {
	return cmp.Or(cmp.Compare(a.Consumer.Name, b.Consumer.Name), cmp.Compare(a.ConsumerVersion.Order, b.ConsumerVersion.Order)) < 0
}
