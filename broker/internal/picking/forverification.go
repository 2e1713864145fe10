package picking

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// PactsForVerification returns the pacts that a provider should verify, those
// selected before work in progress. It returns CodeInvalid by field for
// selectors that make no sense, then CodeNotFound for an unknown provider.
func (s *Service) PactsForVerification(ctx context.Context, q PactsForVerificationQuery) ([]PactForVerification, error) {
	if err := s.checkQuestion(q); err != nil {
		return nil, err
	}
	var out []PactForVerification
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var provider kernel.Pacticipant
		var consumers map[string]kernel.Pacticipant
		if err := tx.Together(func() error {
			return checkVerificationQuery(tx, q)
		}, func() (err error) {
			provider, err = kernel.FindParty(tx, kernel.RoleProvider, q.Provider)
			return err
		}, func() (err error) {
			consumers, err = namedConsumers(tx, q.Selectors)
			return err
		}); err != nil {
			return err
		}
		p := s.picking(tx, provider, q)
		p.consumers = consumers
		var err error
		out, err = p.pick()
		return err
	})
	return out, err
}

func (s *Service) picking(tx kernel.Tx, provider kernel.Pacticipant, q PactsForVerificationQuery) *picking {
	return &picking{
		tx: tx, provider: provider, query: q, now: s.Moment(),
		lookBack: s.Settings.WIPLookBack, dynamicWindow: s.Settings.DynamicWIPWindow, window: s.Settings.WIPWindow,
	}
}

// pick selects, merges, and adds work in progress.
func (p *picking) pick() ([]PactForVerification, error) {
	var hits []hit
	var heads []kernel.SelectedPact
	if err := p.tx.Together(func() error {
		return described("find the provider's branch and tags", p.findScopes())
	}, func() (err error) {
		hits, err = p.selectPacts()
		return described("select pacts", err)
	}, func() (err error) {
		heads, err = p.headPacts()
		return described("find work in progress", err)
	}); err != nil {
		return nil, err
	}
	selected := mergeHits(hits)
	slices.SortStableFunc(selected, func(a, b merged) int { return kernel.ByPair(a.pact, b.pact) })
	var wip []merged
	var pending map[int64]pendingStatus
	if err := p.tx.Together(func() (err error) {
		wip, err = p.workInProgress(mergeHeads(heads, selected))
		return described("find work in progress", err)
	}, func() (err error) {
		pending, err = p.pendingStatus(selected)
		return described("find pending status", err)
	}); err != nil {
		return nil, err
	}
	out := make([]PactForVerification, 0, len(selected)+len(wip))
	for _, m := range selected {
		out = append(out, p.render(m, pending[m.pact.ContentID], false))
	}
	for _, m := range wip {
		out = append(out, p.render(m, pendingStatus{pending: true}, true))
	}
	return out, nil
}

func described(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// hit is a pact with one selector that chose it.
type hit struct {
	pact     kernel.PactPublication
	selector ResolvedConsumerSelector
}

// merged is a content with all selectors that chose it, named by its newest
// consumer version.
type merged struct {
	pact      kernel.PactPublication
	selectors []ResolvedConsumerSelector
	// wipBranches and wipTags are the lines that make it work in progress.
	wipBranches, wipTags []string
	// wipFor are the provider's tags for which it is work in progress.
	wipFor []string
}

// mergeHits makes one entry of each consumer's content.
func mergeHits(hits []hit) []merged {
	at := map[int64]int{}
	var out []merged
	for _, h := range hits {
		i, seen := at[h.pact.ContentID]
		if !seen {
			i = len(out)
			at[h.pact.ContentID] = i
			out = append(out, merged{pact: h.pact})
		}
		if h.pact.ConsumerVersion.Order > out[i].pact.ConsumerVersion.Order {
			out[i].pact = h.pact
		}
		out[i].selectors = append(out[i].selectors, h.selector)
	}
	for i := range out {
		list := out[i].selectors
		sort.SliceStable(list, func(a, b int) bool { return selectorBefore(list[a], list[b]) })
	}
	return out
}

// rank is the class of a selector in the order of reasons.
func (s ResolvedConsumerSelector) rank() int {
	plain := !s.MainBranch && s.Branch == "" && !s.EveryBranch && s.Tag == "" && !s.isLive()
	switch {
	case s.Latest && plain:
		return 0
	case s.Branch != "" || s.EveryBranch:
		return 1
	case s.Tag != "" && s.Latest:
		return 2
	case s.Tag != "":
		return 3
	case s.Deployed:
		return 4
	case s.Released:
		return 5
	case s.ConsumerVersionSelector.Consumer != "":
		return 6
	default:
		return 7
	}
}

func (s ResolvedConsumerSelector) isLive() bool {
	return s.Deployed || s.Released || s.Environment != ""
}

// selectorBefore is the order in which a pact lists its selectors: newest
// first things first, test environments before production.
func selectorBefore(a, b ResolvedConsumerSelector) bool {
	if a.rank() != b.rank() {
		return a.rank() < b.rank()
	}
	if a.rank() == 4 || a.rank() == 5 {
		if x, y := a.Place, b.Place; x != nil && y != nil && x.ID != y.ID {
			if x.Production != y.Production {
				return !x.Production
			}
			return x.Name < y.Name
		}
	}
	if a.Branch+a.Tag != b.Branch+b.Tag {
		return a.Branch+a.Tag < b.Branch+b.Tag
	}
	return a.Version.Order < b.Version.Order
}

// render makes the answer's entry of a pact.
func (p *picking) render(m merged, status pendingStatus, wip bool) PactForVerification {
	out := PactForVerification{
		Pact: m.pact, WIP: wip, Selected: m.selectors,
		ShortDescription: shortDescription(m),
		Notices:          p.notices(m, status, wip),
		Metadata:         kernel.PactMetadata{WIP: wip},
		scope:            status.tags,
	}
	if p.query.IncludePending {
		pending := status.pending
		out.Pending = &pending
	}
	if wip {
		return out
	}
	out.Metadata.Pending = out.Pending
	for _, s := range m.selectors {
		out.Metadata.Selectors = append(out.Metadata.Selectors, s.metadata())
	}
	return out
}

// metadata is the selector as kept in the URL of its pact. The branch of a main
// branch selector is left out: that it is the main branch may change.
func (s ResolvedConsumerSelector) metadata() kernel.MetadataSelector {
	out := kernel.MetadataSelector{
		Branch: s.Branch, Tag: s.Tag, Latest: s.Latest, NotLatest: s.NotLatest,
		Environment: s.Environment, ConsumerVersionID: s.Version.ID,
	}
	if s.Branch != "" || s.EveryBranch || s.MainBranch && !s.byDefault {
		out.Latest = true
	}
	return out
}
