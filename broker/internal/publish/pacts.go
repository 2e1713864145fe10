package publish

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// PactDeletion says what is left after a deletion.
type PactDeletion struct {
	// PactsRemain is true while the pair still has a pact.
	PactsRemain bool
}

// FindPact returns one pact with its body.
func (s *Service) FindPact(ctx context.Context, q kernel.PactQuery) (kernel.Pact, error) {
	var out kernel.Pact
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		if q.SHA != "" { // with metadata, of which there are many
			out, err = findPact(tx, q)
			return err
		}
		out, err = kernel.Kept(tx, pactKey{q.Consumer, q.Provider, q.Version, q.Tag, q.Branch, q.Latest, q.Untagged},
			func() (kernel.Pact, error) { return findPact(tx, q) }, func(p kernel.Pact) int { return len(p.Body) })
		return err
	})
	return out, err
}

// pactKey is a query for one pact by names.
type pactKey struct {
	consumer, provider, version, tag, branch string
	latest, untagged                         bool
}

func findPact(tx kernel.Tx, q kernel.PactQuery) (kernel.Pact, error) {
	if err := tx.ForeseePact(q); err != nil {
		return kernel.Pact{}, err
	}
	p, named, err := kernel.FindPublication(tx, q)
	if err != nil {
		return kernel.Pact{}, err
	}
	out, err := onePact(tx, p)
	out.NamedVersions = named
	return out, err
}

// onePact adds to a publication what its resource shows.
func onePact(tx kernel.Tx, p kernel.PactPublication) (kernel.Pact, error) {
	var described []kernel.Pact
	var body []byte
	err := tx.Together(func() (err error) {
		described, err = kernel.DescribePacts(tx, []kernel.PactPublication{p})
		return err
	}, func() (err error) {
		body, err = tx.Body(p.ContentID)
		return err
	})
	if err != nil {
		return kernel.Pact{}, err
	}
	described[0].Body = body
	return described[0], nil
}

// FindPreviousDistinctPact returns the pact of the nearest earlier consumer
// version with other content.
func (s *Service) FindPreviousDistinctPact(ctx context.Context, q kernel.PactQuery) (kernel.Pact, error) {
	var out kernel.Pact
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, _, err := kernel.FindPublication(tx, q)
		if err != nil {
			return err
		}
		previous, err := previousDistinct(tx, p)
		if err != nil {
			return err
		}
		out, err = onePact(tx, previous)
		return err
	})
	return out, err
}

// previousDistinct walks back in steps: the content usually changes soon.
func previousDistinct(tx kernel.Tx, p kernel.PactPublication) (kernel.PactPublication, error) {
	before := p.ConsumerVersion
	for limit := 8; ; limit = min(limit*4, 1024) {
		found, err := tx.ListPublications(kernel.PublicationFilter{ConsumerID: p.Consumer.ID, ProviderID: p.Provider.ID, Before: &before, Limit: limit})
		if err != nil {
			return p, err
		}
		for _, earlier := range found {
			if earlier.SHA != p.SHA {
				return earlier, nil
			}
		}
		if len(found) < limit {
			return p, kernel.Errorf(kernel.CodeNotFound, "no earlier pact with other content")
		}
		before = found[len(found)-1].ConsumerVersion
	}
}

// ListPacts returns current publications without bodies, sorted by consumer,
// provider and ascending order.
func (s *Service) ListPacts(ctx context.Context, q kernel.PactListQuery) ([]kernel.Pact, error) {
	out, err := s.ListPactsOfEach(ctx, q)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// ListPactsOfEach is ListPacts for several queries at one moment.
func (s *Service) ListPactsOfEach(ctx context.Context, queries ...kernel.PactListQuery) ([][]kernel.Pact, error) {
	out := make([][]kernel.Pact, len(queries))
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		looks := make([]func() error, len(queries))
		for i, q := range queries {
			looks[i] = func() error {
				found, err := selectPacts(tx, q)
				if err == nil {
					out[i], err = kernel.DescribePacts(tx, found)
				}
				return err
			}
		}
		return tx.Together(looks...)
	})
	return out, err
}

// selectPacts returns what the query selects, of versions if any are named.
func selectPacts(tx kernel.Tx, q kernel.PactListQuery, versionIDs ...int64) ([]kernel.PactPublication, error) {
	filter := kernel.PublicationFilter{Tag: q.Tag, Branch: q.Branch, MainBranch: q.MainBranch, VersionIDs: versionIDs}
	find := func(role kernel.Role, name string, id *int64) func() error {
		return func() error {
			if name == "" {
				return nil
			}
			p, err := kernel.FindParty(tx, role, name)
			*id = p.ID
			return err
		}
	}
	if err := tx.Together(find(kernel.RoleConsumer, q.Consumer, &filter.ConsumerID), find(kernel.RoleProvider, q.Provider, &filter.ProviderID)); err != nil {
		return nil, err
	}
	onBranch := q.Branch != "" || q.MainBranch
	filter.HeadOnly, filter.LatestPerPair = q.Heads && onBranch, q.Heads && !onBranch
	found, err := tx.ListPublications(filter)
	slices.SortStableFunc(found, kernel.ByPair)
	return found, err
}

// DeletePact deletes all revisions of the pact of a version.
func (s *Service) DeletePact(ctx context.Context, consumer, provider, version string) (PactDeletion, error) {
	var out PactDeletion
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		find := func() (kernel.PactPublication, error) {
			p, _, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: consumer, Provider: provider, Version: version})
			return p, err
		}
		p, err := find()
		if err != nil {
			return err
		}
		if err := tx.Lock(kernel.ToChange, p.ConsumerVersion.Row()); err != nil {
			return err
		}
		if p, err = find(); err != nil {
			return err
		}
		out, err = deletePacts(tx, p.Consumer, p.Provider, []kernel.PactPublication{p})
		return err
	})
	return out, err
}

// DeletePacts deletes the pacts that the query selects; it must name a pair. It
// returns CodeNotFound for a pair that never had a pact and for a branch without
// any. That a tag has none, or a pair none left, is not an error to Pact Broker.
func (s *Service) DeletePacts(ctx context.Context, q kernel.PactListQuery) (PactDeletion, error) {
	var out PactDeletion
	if err := s.thinPacts(ctx, q); err != nil {
		return out, err
	}
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		consumer, provider, err := kernel.FindPair(tx, q.Consumer, q.Provider)
		if err != nil {
			return err
		}
		if err := kernel.FindIntegration(tx, consumer, provider); err != nil {
			return err
		}
		found, err := selectPacts(tx, q)
		if err != nil {
			return err
		}
		if found, err = selectedStill(tx, q, found); err != nil {
			return err
		}
		if len(found) == 0 && (q.Branch != "" || q.MainBranch) {
			return kernel.Errorf(kernel.CodeNotFound, "there is no pact between %s and %s on that branch", consumer.Name, provider.Name)
		}
		out, err = deletePacts(tx, consumer.Party(), provider.Party(), found)
		return err
	})
	return out, err
}

func deletePacts(tx kernel.Tx, consumer, provider kernel.Party, ps []kernel.PactPublication) (PactDeletion, error) {
	if err := tx.DeletePublications(ps); err != nil {
		return PactDeletion{}, err
	}
	left, err := tx.ListPublications(kernel.PublicationFilter{ConsumerID: consumer.ID, ProviderID: provider.ID, Limit: 1})
	return PactDeletion{PactsRemain: len(left) > 0}, err
}
