package matrix

import "fmt"

// boardReader reads a board. What a board does not hold is an error, never an
// empty answer: nothing found would read as nothing in the way.
type boardReader struct{ b *Board }

// Together implements Reader.
func (r boardReader) Together(looks ...func() error) error { return InOrder(looks...) }

// FindPacticipants implements Reader.
func (r boardReader) FindPacticipants(names []string) (map[string]Pacticipant, error) {
	out := map[string]Pacticipant{}
	for _, name := range names {
		if p, known := r.b.applications[name]; known {
			out[name] = p
		}
	}
	return out, nil
}

// ListSelectedVersions implements Reader.
func (r boardReader) ListSelectedVersions(pacticipants []int64, by Criterion) ([]Version, error) {
	var out []Version
	for _, id := range pacticipants {
		switch by.Kind {
		case ByNumber:
			if v, known := r.b.byNumber[id][by.Name]; known {
				out = append(out, v)
			}
		case ByEnvironment:
			there, read := r.b.live[by.Name]
			if !read {
				return nil, fmt.Errorf("the environment %q is not on the board", by.Name)
			}
			out = append(out, there[id]...)
		default:
			return nil, fmt.Errorf("versions by criterion %d are not on the board", by.Kind)
		}
	}
	return out, nil
}

// ListProvidersOf implements Reader.
func (r boardReader) ListProvidersOf(consumerVersions, consumers []int64) ([]Integration, error) {
	if len(consumers) > 0 {
		return nil, fmt.Errorf("pacts of all versions are not on the board")
	}
	var out []Integration
	for _, id := range consumerVersions {
		for _, p := range r.b.pacts[id] {
			out = append(out, Integration{Consumer: p.Consumer, Provider: p.Provider})
		}
	}
	return out, nil
}

// ListConsumersOf implements Reader.
func (r boardReader) ListConsumersOf(providers []int64) ([]Integration, error) {
	var out []Integration
	for _, id := range providers {
		out = append(out, r.b.consumersOf[id]...)
	}
	return out, nil
}

// ListDropped implements Reader.
func (r boardReader) ListDropped(consumerVersions []int64) ([]Dropped, error) {
	var out []Dropped
	for _, id := range consumerVersions {
		out = append(out, r.b.dropped[id]...)
	}
	return out, nil
}

// ListPublications implements Reader.
func (r boardReader) ListPublications(q PublicationQuery) ([]Publication, error) {
	if len(q.Consumers)+len(q.Contents) > 0 || q.EveryRevision {
		return nil, fmt.Errorf("the history of pacts is not on the board")
	}
	var out []Publication
	seen := map[int64]bool{}
	add := func(p Publication) {
		if !seen[p.ID] {
			seen[p.ID] = true
			out = append(out, p)
		}
	}
	for _, pair := range q.Pairs {
		for _, p := range r.b.pacts[pair.ConsumerVersion] {
			if p.Provider.ID == pair.Provider {
				add(p)
			}
		}
	}
	for _, id := range q.ConsumerVersions {
		for _, p := range r.b.pacts[id] {
			if q.Providers == nil || containsID(q.Providers, p.Provider.ID) {
				add(p)
			}
		}
	}
	return out, nil
}

// ListResults implements Reader, by pairs. By content it is only asked for
// advice, which a board does not give; by provider version only of an
// application that nobody has a pact with, which has no results.
func (r boardReader) ListResults(q ResultQuery) ([]Result, error) {
	if q.EveryResult {
		return nil, fmt.Errorf("the history of results is not on the board")
	}
	var out []Result
	seen := map[Pair]bool{}
	for _, pair := range q.Pairs {
		if result, known := r.b.results[pair]; known && !seen[pair] {
			seen[pair] = true
			out = append(out, result)
		}
	}
	return out, nil
}

func containsID(ids []int64, id int64) bool {
	for _, other := range ids {
		if other == id {
			return true
		}
	}
	return false
}
