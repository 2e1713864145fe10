package picking

import (
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// selectPacts resolves the selectors of the query, or the default ones.
func (p *picking) selectPacts() ([]hit, error) {
	if len(p.query.Selectors) == 0 {
		return p.selectByDefault()
	}
	found := make([][]hit, len(p.query.Selectors))
	if err := eachTogether(p.tx, p.query.Selectors, func(i int, s ConsumerVersionSelector) (err error) {
		if found[i], err = p.resolve(s); err != nil {
			return fmt.Errorf("selector %d: %w", i, err)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return slices.Concat(found...), nil
}

// namedConsumers are the consumers that selectors name.
func namedConsumers(tx kernel.Tx, selectors []ConsumerVersionSelector) (map[string]kernel.Pacticipant, error) {
	var names []string
	for _, s := range selectors {
		if s.Consumer != "" {
			names = append(names, s.Consumer)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	return tx.FindPacticipants(names...)
}

func (p *picking) findConsumer(name string) (kernel.Pacticipant, error) {
	if found, known := p.consumers[name]; known {
		return found, nil
	}
	return p.tx.FindPacticipant(name)
}

// resolve finds what one selector picks.
func (p *picking) resolve(s ConsumerVersionSelector) ([]hit, error) {
	q := kernel.SelectedPactQuery{ProviderID: p.provider.ID, Environment: s.Environment}
	if s.Consumer != "" {
		consumer, err := p.findConsumer(s.Consumer)
		if kernel.IsNotFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		q.Consumers = []int64{consumer.ID}
	}
	if s.MatchingBranch {
		s.Branch = p.query.ProviderBranch
	}
	switch {
	case s.MainBranch:
		q.MainBranch = true
		return p.hits(s)(p.tx.ListBranchPacts(q))
	case s.Branch != "":
		return p.withFallback(q, s, p.tx.ListBranchPacts, s.Branch, s.FallbackBranch)
	case s.EveryBranch:
		return p.hits(s)(p.tx.ListBranchPacts(q))
	case s.Tag != "" && s.Latest:
		return p.withFallback(q, s, p.tx.ListTagPacts, s.Tag, s.FallbackTag)
	case s.Tag != "":
		q.Name, q.All = s.Tag, true
		return p.hits(s)(p.tx.ListTagPacts(q))
	case s.Deployed, s.Released, s.DeployedOrReleased, s.Environment != "":
		return p.resolveLive(q, s)
	default:
		return p.hits(s)(p.tx.ListLatestPacts(q))
	}
}

// resolveLive splits what is deployed from what is released, except for a
// selector that names an environment alone.
func (p *picking) resolveLive(q kernel.SelectedPactQuery, s ConsumerVersionSelector) ([]hit, error) {
	alone := !s.Deployed && !s.Released && !s.DeployedOrReleased
	type livePart struct {
		wanted bool
		list   func(kernel.SelectedPactQuery) ([]kernel.SelectedPact, error)
		as     ConsumerVersionSelector
	}
	var found [2][]hit
	err := eachTogether(p.tx, []livePart{
		{s.Deployed || s.DeployedOrReleased || alone, p.tx.ListDeployedPacts, ConsumerVersionSelector{Deployed: true}},
		{s.Released || s.DeployedOrReleased || alone, p.tx.ListReleasedPacts, ConsumerVersionSelector{Released: true}},
	}, func(i int, part livePart) (err error) {
		if !part.wanted {
			return nil
		}
		as := part.as
		if alone {
			as = ConsumerVersionSelector{}
		}
		as.Environment, as.Consumer = s.Environment, s.Consumer
		found[i], err = p.hits(as)(part.list(q))
		return err
	})
	out := slices.Concat(found[0], found[1])
	if alone {
		out = oncePerVersion(out)
	}
	return out, err
}

// oncePerVersion keeps the first hit of each version.
func oncePerVersion(hits []hit) []hit {
	seen := map[int64]bool{}
	var out []hit
	for _, h := range hits {
		if !seen[h.pact.ID] {
			seen[h.pact.ID] = true
			out = append(out, h)
		}
	}
	return out
}

// withFallback looks for a branch or tag and, where nothing was found, for
// another. For a branch it looks consumer by consumer: one that has the branch
// says nothing about the others. For a tag it looks at all consumers together,
// as Pact Broker does.
func (p *picking) withFallback(q kernel.SelectedPactQuery, s ConsumerVersionSelector, list func(kernel.SelectedPactQuery) ([]kernel.SelectedPact, error), name, fallback string) ([]hit, error) {
	q.Name = name
	instead := q
	instead.Name = fallback
	var out, others []hit
	enough := fallback == ""
	err := p.tx.Together(func() (err error) {
		out, err = p.hits(s)(list(q))
		enough = enough || s.Tag != "" && len(out) > 0
		return err
	}, func() (err error) {
		if !enough {
			others, err = p.hits(s)(list(instead))
		}
		return err
	})
	if err != nil || enough {
		return out, err
	}
	found := map[int64]bool{}
	for _, h := range out {
		found[h.pact.Consumer.ID] = true
	}
	for _, h := range others {
		if !found[h.pact.Consumer.ID] {
			h.selector.FallbackUsed = true
			out = append(out, h)
		}
	}
	return out, err
}

// hits returns a function that turns what a selector found into hits.
func (p *picking) hits(s ConsumerVersionSelector) func([]kernel.SelectedPact, error) ([]hit, error) {
	return func(found []kernel.SelectedPact, err error) ([]hit, error) {
		if err != nil {
			return nil, err
		}
		out := make([]hit, len(found))
		for i, f := range found {
			r := ResolvedConsumerSelector{
				ConsumerVersionSelector: s, Consumer: f.Consumer, Version: f.ConsumerVersion, Place: f.Place,
			}
			switch {
			case s.MainBranch:
				r.MainBranchName = f.Name
			case s.EveryBranch:
				r.Branch = f.Name
			}
			out[i] = hit{pact: f.PactPublication, selector: r}
		}
		return out, nil
	}
}

// selectByDefault picks, consumer by consumer, the main branch if it has a
// version, else the latest version tagged like it, else the latest; and
// everything that is live.
func (p *picking) selectByDefault() ([]hit, error) {
	var groups map[int64]defaultGroup // known first where look-ups go in order
	var found [len(defaultSelectors)][]hit
	var live []hit
	looks := []func() error{func() error {
		consumers, err := p.tx.ListConsumersOf(p.provider.ID)
		groups = groupByDefault(consumers)
		return err
	}}
	for i := range defaultSelectors {
		looks = append(looks, func() (err error) {
			q := kernel.SelectedPactQuery{ProviderID: p.provider.ID}
			if groups != nil {
				if q.Consumers = membersOf(groups, defaultGroup(i)); len(q.Consumers) == 0 {
					return nil
				}
			}
			found[i], err = p.listByDefault(defaultGroup(i), q)
			return err
		})
	}
	err := p.tx.Together(append(looks, func() (err error) {
		live, err = p.resolveLive(kernel.SelectedPactQuery{ProviderID: p.provider.ID}, ConsumerVersionSelector{DeployedOrReleased: true})
		return err
	})...)
	if err != nil {
		return nil, err
	}
	var out []hit
	for i, hits := range found {
		for _, h := range hits {
			if group, known := groups[h.pact.Consumer.ID]; known && group == defaultGroup(i) {
				h.selector.byDefault = true
				out = append(out, h)
			}
		}
	}
	return append(out, live...), nil
}

// defaultGroup says how the default pact of a consumer is found.
type defaultGroup int

const (
	byMainBranch defaultGroup = iota
	byMainTag
	byLatest
)

var defaultSelectors = [...]ConsumerVersionSelector{byMainBranch: {MainBranch: true}, byMainTag: {Latest: true}, byLatest: {Latest: true}}

func (p *picking) listByDefault(group defaultGroup, q kernel.SelectedPactQuery) ([]hit, error) {
	s := defaultSelectors[group]
	switch group {
	case byMainBranch:
		q.MainBranch = true
		return p.hits(s)(p.tx.ListBranchPacts(q))
	case byMainTag:
		q.MainBranch = true
		found, err := p.tx.ListTagPacts(q)
		hits, err := p.hits(s)(found, err)
		for i := range hits {
			hits[i].selector.Tag = found[i].Name
		}
		return hits, err
	default:
		return p.hits(s)(p.tx.ListLatestPacts(q))
	}
}

func groupByDefault(consumers []kernel.Consumer) map[int64]defaultGroup {
	groups := make(map[int64]defaultGroup, len(consumers))
	for _, c := range consumers {
		switch {
		case c.HasMainVersion:
			groups[c.ID] = byMainBranch
		case c.HasMainTag:
			groups[c.ID] = byMainTag
		default:
			groups[c.ID] = byLatest
		}
	}
	return groups
}

func membersOf(groups map[int64]defaultGroup, group defaultGroup) (ids []int64) {
	for id, of := range groups {
		if of == group {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
