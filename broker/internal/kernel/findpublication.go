package kernel

import (
	"cmp"
	"slices"
)

// FindPublication returns the publication that q names and, for a content, the
// versions that its metadata names. What does not exist is CodeNotFound without
// a reason.
func FindPublication(tx Tx, q PactQuery) (PactPublication, []Version, error) {
	if q.SHA != "" {
		return publicationOfContent(tx, q)
	}
	p, err := tx.FindNamedPublication(q)
	if IsNotFound(err) && q.Version == "" {
		if _, _, err := findBoth(tx, q.Consumer, q.Provider); err != nil {
			return p, nil, err
		}
		err = Errorf(CodeNotFound, "no such pact")
	}
	return p, nil, err
}

// FirstPublication returns the first of those that filter selects, CodeNotFound
// if there is none.
func FirstPublication(tx Tx, filter PublicationFilter) (PactPublication, error) {
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
func publicationOfContent(tx Tx, q PactQuery) (PactPublication, []Version, error) {
	content, err := tx.FindNamedContent(q.Consumer, q.Provider, q.SHA)
	if err != nil {
		return PactPublication{}, nil, err
	}
	filter := PublicationFilter{ConsumerID: content.ConsumerID, ProviderID: content.ProviderID, ContentID: content.ID}
	named, err := NamedPublications(tx, filter, q.Metadata)
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
	p, err := FirstPublication(tx, filter)
	if IsNotFound(err) {
		// Results for a content that was replaced go on to stand for it, so that it
		// stays readable under the digest that they name.
		if p, err = tx.LatestRevision(content.ID); IsNotFound(err) {
			err = Errorf(CodeNotFound, "no such pact")
		}
	}
	return p, nil, err
}

// NamedPublications returns those of the publications that filter selects whose
// consumer version m names, newest first. A content may have been published by
// any number of versions, so only the named ones are looked up.
func NamedPublications(tx Tx, filter PublicationFilter, m PactMetadata) ([]PactPublication, error) {
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

// ByPair orders by consumer, provider and ascending order of the versions.
func ByPair(a, b PactPublication) int {
	return cmp.Or(CompareFolded(a.Consumer.Name, b.Consumer.Name), CompareFolded(a.Provider.Name, b.Provider.Name),
		cmp.Compare(a.ConsumerVersion.Order, b.ConsumerVersion.Order))
}

// PactsOf returns the current publications by version, by provider's name.
func PactsOf(tx Tx, versionIDs []int64) (map[int64][]PactPublication, error) {
	out := make(map[int64][]PactPublication)
	if len(versionIDs) == 0 {
		return out, nil
	}
	found, err := tx.ListPublications(PublicationFilter{VersionIDs: versionIDs})
	slices.SortStableFunc(found, ByPair)
	for _, p := range found {
		out[p.ConsumerVersion.ID] = append(out[p.ConsumerVersion.ID], p)
	}
	return out, err
}
