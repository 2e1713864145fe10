package picking

import (
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// selectPacts resolves the selectors of the query, or the default ones.
func (p *picking) selectPacts() ([]hit, error) {
	if len(p.query.Selectors) == 0 {
		return p.selectByDefault()
	}
	var out []hit
	for i, s := range p.query.Selectors {
		hits, err := p.resolve(s)
		if err != nil {
			return nil, fmt.Errorf("selector %d: %w", i, err)
		}
		out = append(out, hits...)
	}
	return out, nil
}

// resolve finds what one selector picks.
func (p *picking) resolve(s ConsumerVersionSelector) ([]hit, error) {
	q := kernel.SelectedPactQuery{ProviderID: p.provider.ID, Environment: s.Environment}
	if s.Consumer != "" {
		consumer, err := p.tx.FindPacticipant(s.Consumer)
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
	var out []hit
	for _, part := range []struct {
		wanted bool
		list   func(kernel.SelectedPactQuery) ([]kernel.SelectedPact, error)
		as     ConsumerVersionSelector
	}{
		{s.Deployed || s.DeployedOrReleased || alone, p.tx.ListDeployedPacts, ConsumerVersionSelector{Deployed: true}},
		{s.Released || s.DeployedOrReleased || alone, p.tx.ListReleasedPacts, ConsumerVersionSelector{Released: true}},
	} {
		if !part.wanted {
			continue
		}
		as := part.as
		if alone {
			as = ConsumerVersionSelector{}
		}
		as.Environment, as.Consumer = s.Environment, s.Consumer
		hits, err := p.hits(as)(part.list(q))
		if err != nil {
			return nil, err
		}
		out = append(out, hits...)
	}
	if alone {
		out = oncePerVersion(out)
	}
	return out, nil
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
	out, err := p.hits(s)(list(q))
	if err != nil || fallback == "" || s.Tag != "" && len(out) > 0 {
		return out, err
	}
	found := map[int64]bool{}
	for _, h := range out {
		found[h.pact.Consumer.ID] = true
	}
	q.Name = fallback
	others, err := p.hits(s)(list(q))
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
	consumers, err := p.tx.ListConsumersOf(p.provider.ID)
	if err != nil || len(consumers) == 0 {
		return nil, err
	}
	groups, err := p.groupByDefault(consumers)
	if err != nil {
		return nil, err
	}
	var out []hit
	add := func(s ConsumerVersionSelector, found []kernel.SelectedPact, err error) error {
		hits, err := p.hits(s)(found, err)
		for _, h := range hits {
			h.selector.byDefault = true
			out = append(out, h)
		}
		return err
	}
	if len(groups.main) > 0 {
		found, err := p.tx.ListBranchPacts(kernel.SelectedPactQuery{ProviderID: p.provider.ID, Consumers: groups.main, MainBranch: true})
		if err := add(ConsumerVersionSelector{MainBranch: true}, found, err); err != nil {
			return nil, err
		}
	}
	for tag, ids := range groups.tagged {
		found, err := p.tx.ListTagPacts(kernel.SelectedPactQuery{ProviderID: p.provider.ID, Consumers: ids, Name: tag})
		if err := add(ConsumerVersionSelector{Tag: tag, Latest: true}, found, err); err != nil {
			return nil, err
		}
	}
	if len(groups.latest) > 0 {
		found, err := p.tx.ListLatestPacts(kernel.SelectedPactQuery{ProviderID: p.provider.ID, Consumers: groups.latest})
		if err := add(ConsumerVersionSelector{Latest: true}, found, err); err != nil {
			return nil, err
		}
	}
	live, err := p.resolveLive(kernel.SelectedPactQuery{ProviderID: p.provider.ID}, ConsumerVersionSelector{DeployedOrReleased: true})
	return append(out, live...), err
}

// defaultGroups are consumers by how their default pact is found.
type defaultGroups struct {
	main, latest []int64
	tagged       map[string][]int64
}

func (p *picking) groupByDefault(consumers []kernel.Pacticipant) (defaultGroups, error) {
	groups := defaultGroups{tagged: map[string][]int64{}}
	for _, c := range consumers {
		onBranch, tagged, err := p.hasMain(c)
		switch {
		case err != nil:
			return groups, err
		case onBranch:
			groups.main = append(groups.main, c.ID)
		case tagged:
			groups.tagged[c.MainBranch] = append(groups.tagged[c.MainBranch], c.ID)
		default:
			groups.latest = append(groups.latest, c.ID)
		}
	}
	return groups, nil
}

// hasMain reports whether a version is on the consumer's main branch, or has a
// tag of that name.
func (p *picking) hasMain(c kernel.Pacticipant) (onBranch, tagged bool, err error) {
	if c.MainBranch == "" {
		return false, false, nil
	}
	branch, err := p.tx.FindScope(c.ID, kernel.ScopeBranch, c.MainBranch)
	if err != nil || branch.HeadVersionID != 0 {
		return err == nil, false, err
	}
	tag, err := p.tx.FindScope(c.ID, kernel.ScopeTag, c.MainBranch)
	return false, tag.ID != 0, err
}
