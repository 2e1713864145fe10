package broker

import (
	"cmp"
	"context"
	"slices"
)

// FindPact returns one pact with its body.
func (s *Service) FindPact(ctx context.Context, q PactQuery) (Pact, error) {
	var out Pact
	err := s.Store.View(ctx, func(tx Tx) error {
		p, named, err := findPublication(tx, q)
		if err != nil {
			return err
		}
		out, err = onePact(tx, p)
		out.NamedVersions = named
		return err
	})
	return out, err
}

// findPublication returns the publication that q names and, for a content, the
// versions that its metadata names. What does not exist is CodeNotFound without
// a reason.
func findPublication(tx Tx, q PactQuery) (PactPublication, []Version, error) {
	consumer, provider, err := findBoth(tx, q.Consumer, q.Provider)
	if err != nil {
		return PactPublication{}, nil, err
	}
	filter := PublicationFilter{ConsumerID: consumer.ID, ProviderID: provider.ID, Tag: q.Tag, Branch: q.Branch, Untagged: q.Untagged, Limit: 1}
	switch {
	case q.Version != "":
		v, err := tx.FindVersion(consumer.ID, q.Version)
		if err != nil {
			return PactPublication{}, nil, err
		}
		p, err := tx.FindPublication(v.ID, provider.ID)
		return p, nil, err
	case q.SHA != "":
		return publicationOfContent(tx, consumer, provider, q)
	}
	p, err := firstPublication(tx, filter)
	return p, nil, err
}

func firstPublication(tx Tx, filter PublicationFilter) (PactPublication, error) {
	found, err := tx.ListPublications(filter)
	if err == nil && len(found) == 0 {
		err = Errorf(CodeNotFound, "no such pact")
	}
	if err != nil {
		return PactPublication{}, err
	}
	return found[0], nil
}

// publicationOfContent returns the publication of the newest version with the
// content or, if the metadata names such versions, of the newest of those.
func publicationOfContent(tx Tx, consumer, provider Pacticipant, q PactQuery) (PactPublication, []Version, error) {
	content, err := tx.FindContent(consumer.ID, provider.ID, q.SHA)
	if err != nil {
		return PactPublication{}, nil, err
	}
	filter := PublicationFilter{ConsumerID: consumer.ID, ProviderID: provider.ID, ContentID: content.ID}
	named, err := namedPublications(tx, filter, q.Metadata)
	if err != nil {
		return PactPublication{}, nil, err
	}
	if len(named) > 0 {
		versions := make([]Version, len(named))
		for i, p := range named {
			versions[i] = p.ConsumerVersion
		}
		return named[0], versions, nil
	}
	filter.Limit = 1
	p, err := firstPublication(tx, filter)
	if IsNotFound(err) {
		// Results for a content that was replaced go on to stand for it, so that it
		// stays readable under the digest that they name.
		if p, err = tx.LatestRevision(content.ID); IsNotFound(err) {
			err = Errorf(CodeNotFound, "no such pact")
		}
	}
	return p, nil, err
}

// namedPublications returns those of the publications that filter selects whose
// consumer version m names, newest first. A content may have been published by
// any number of versions, so only the named ones are looked up.
func namedPublications(tx Tx, filter PublicationFilter, m PactMetadata) ([]PactPublication, error) {
	var ids []int64
	for _, selector := range m.Selectors {
		ids = append(ids, selector.ConsumerVersionID)
	}
	if m.ConsumerVersionID != 0 {
		ids = append(ids, m.ConsumerVersionID)
	}
	if m.ConsumerVersionNumber != "" {
		v, err := tx.FindVersion(filter.ConsumerID, m.ConsumerVersionNumber)
		switch {
		case err == nil:
			ids = append(ids, v.ID)
		case !IsNotFound(err):
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	filter.VersionIDs = ids
	return tx.ListPublications(filter)
}

// onePact adds to a publication what its resource shows.
func onePact(tx Tx, p PactPublication) (Pact, error) {
	described, err := describePacts(tx, []PactPublication{p})
	if err != nil {
		return Pact{}, err
	}
	described[0].Body, err = tx.Body(p.ContentID)
	return described[0], err
}

// describePacts adds branches, tags, environments and newest results.
func describePacts(tx Tx, found []PactPublication) ([]Pact, error) {
	versions, contents := make([]int64, len(found)), make([]int64, len(found))
	for i, p := range found {
		versions[i], contents[i] = p.ConsumerVersion.ID, p.ContentID
	}
	branches, tags, err := branchesAndTagsOf(tx, versions)
	if err != nil {
		return nil, err
	}
	var newestWith map[int64][]string
	if len(tags) > 0 {
		if newestWith, err = tx.LatestTags(found); err != nil {
			return nil, err
		}
	}
	environments, err := tx.LiveEnvironmentsOf(versions)
	if err != nil {
		return nil, err
	}
	results, err := tx.LatestVerifications(contents)
	if err != nil {
		return nil, err
	}
	out := make([]Pact, len(found))
	for i, p := range found {
		v := p.ConsumerVersion.ID
		out[i] = Pact{PactPublication: p, Branches: branches[v], Environments: environments[v]}
		for _, tag := range tags[v] {
			tag.Latest = slices.Contains(newestWith[p.ID], tag.Name)
			out[i].Tags = append(out[i].Tags, tag)
		}
		if result, ok := results[p.ContentID]; ok {
			out[i].LatestVerification = &result
		}
	}
	return out, nil
}

// FindPreviousDistinctPact returns the pact of the nearest earlier consumer
// version with other content.
func (s *Service) FindPreviousDistinctPact(ctx context.Context, q PactQuery) (Pact, error) {
	var out Pact
	err := s.Store.View(ctx, func(tx Tx) error {
		p, _, err := findPublication(tx, q)
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
func previousDistinct(tx Tx, p PactPublication) (PactPublication, error) {
	before := p.ConsumerVersion
	for limit := 8; ; limit = min(limit*4, 1024) {
		found, err := tx.ListPublications(PublicationFilter{ConsumerID: p.Consumer.ID, ProviderID: p.Provider.ID, Before: &before, Limit: limit})
		if err != nil {
			return p, err
		}
		for _, earlier := range found {
			if earlier.SHA != p.SHA {
				return earlier, nil
			}
		}
		if len(found) < limit {
			return p, Errorf(CodeNotFound, "no earlier pact with other content")
		}
		before = found[len(found)-1].ConsumerVersion
	}
}

// ListPacts returns current publications without bodies, sorted by consumer,
// provider and ascending order.
func (s *Service) ListPacts(ctx context.Context, q PactListQuery) ([]Pact, error) {
	var out []Pact
	err := s.Store.View(ctx, func(tx Tx) error {
		found, err := selectPacts(tx, q)
		if err != nil {
			return err
		}
		out, err = describePacts(tx, found)
		return err
	})
	return out, err
}

func selectPacts(tx Tx, q PactListQuery) ([]PactPublication, error) {
	filter := PublicationFilter{Tag: q.Tag, Branch: q.Branch, MainBranch: q.MainBranch}
	for _, side := range []struct {
		role Role
		name string
		id   *int64
	}{{RoleConsumer, q.Consumer, &filter.ConsumerID}, {RoleProvider, q.Provider, &filter.ProviderID}} {
		if side.name == "" {
			continue
		}
		p, err := findParty(tx, side.role, side.name)
		if err != nil {
			return nil, err
		}
		*side.id = p.ID
	}
	onBranch := q.Branch != "" || q.MainBranch
	filter.HeadOnly, filter.LatestPerPair = q.Heads && onBranch, q.Heads && !onBranch
	found, err := tx.ListPublications(filter)
	slices.SortStableFunc(found, byPair)
	return found, err
}

func byPair(a, b PactPublication) int {
	return cmp.Or(compareFolded(a.Consumer.Name, b.Consumer.Name), compareFolded(a.Provider.Name, b.Provider.Name),
		cmp.Compare(a.ConsumerVersion.Order, b.ConsumerVersion.Order))
}

// DeletePact deletes all revisions of the pact of a version.
func (s *Service) DeletePact(ctx context.Context, consumer, provider, version string) (PactDeletion, error) {
	var out PactDeletion
	err := s.Store.Update(ctx, func(tx Tx) error {
		p, _, err := findPublication(tx, PactQuery{Consumer: consumer, Provider: provider, Version: version})
		if err != nil {
			return err
		}
		out, err = deletePacts(tx, p.Consumer, p.Provider, []PactPublication{p})
		return err
	})
	return out, err
}

// DeletePacts deletes the pacts that the query selects; it must name a pair. It
// returns CodeNotFound for a pair that never had a pact and for a branch without
// any. That a tag has none, or a pair none left, is no error to Pact Broker.
func (s *Service) DeletePacts(ctx context.Context, q PactListQuery) (PactDeletion, error) {
	var out PactDeletion
	if err := s.thinPacts(ctx, q); err != nil {
		return out, err
	}
	err := s.Store.Update(ctx, func(tx Tx) error {
		consumer, provider, err := findPair(tx, q.Consumer, q.Provider)
		if err != nil {
			return err
		}
		if err := findIntegration(tx, consumer, provider); err != nil {
			return err
		}
		found, err := selectPacts(tx, q)
		if err != nil {
			return err
		}
		if len(found) == 0 && (q.Branch != "" || q.MainBranch) {
			return Errorf(CodeNotFound, "there is no pact between %s and %s on that branch", consumer.Name, provider.Name)
		}
		out, err = deletePacts(tx, consumer.Party(), provider.Party(), found)
		return err
	})
	return out, err
}

func deletePacts(tx Tx, consumer, provider Party, ps []PactPublication) (PactDeletion, error) {
	if err := tx.DeletePublications(ps); err != nil {
		return PactDeletion{}, err
	}
	left, err := tx.ListPublications(PublicationFilter{ConsumerID: consumer.ID, ProviderID: provider.ID, Limit: 1})
	return PactDeletion{PactsRemain: len(left) > 0}, err
}
