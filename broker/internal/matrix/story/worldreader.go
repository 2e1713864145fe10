package story

import (
	"cmp"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

var _ matrix.Reader = (*World)(nil)

// FindPacticipants implements matrix.Reader.
func (w *World) FindPacticipants(names []string) (map[string]matrix.Pacticipant, error) {
	out := map[string]matrix.Pacticipant{}
	for _, name := range names {
		if a := w.apps[name]; a != nil {
			out[name] = *a
		}
	}
	return out, nil
}

// Together implements matrix.Reader.
func (w *World) Together(looks ...func() error) error { return matrix.InOrder(looks...) }

// ListSelectedVersions implements matrix.Reader.
func (w *World) ListSelectedVersions(pacticipants []int64, by matrix.Criterion) ([]matrix.Version, error) {
	var out []matrix.Version
	for _, app := range pacticipants {
		for _, id := range w.selected(app, by) {
			for _, v := range w.versions {
				if v.ID == id {
					v.Candidate = by.Kind == matrix.ByEnvironment && !w.firm(v, by.Name)
					out = append(out, v)
				}
			}
		}
	}
	return out, nil
}

func (w *World) selected(app int64, by matrix.Criterion) []int64 {
	main := w.byID[app].MainBranch
	switch by.Kind {
	case matrix.ByNumber:
		return w.versionsOf(app, by.Name)
	case matrix.ByTag:
		return w.tags[branchKey{app, by.Name}]
	case matrix.ByTagHead:
		return greatest(w.tags[branchKey{app, by.Name}])
	case matrix.ByBranch:
		return w.branches[branchKey{app, by.Name}]
	case matrix.ByBranchHead:
		return last(w.branches[branchKey{app, by.Name}])
	case matrix.ByMainBranch:
		return w.branches[branchKey{app, main}]
	case matrix.ByMainBranchHead:
		return last(w.branches[branchKey{app, main}])
	case matrix.ByEnvironment:
		return w.live(app, by.Name)
	default:
		return greatest(w.versionsOf(app, ""))
	}
}

// versionsOf returns the versions of an application, or the one of a number.
func (w *World) versionsOf(app int64, number string) []int64 {
	var ids []int64
	for _, v := range w.versions {
		if v.PacticipantID == app && (number == "" || v.Number == number) {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

func last(ids []int64) []int64 {
	if len(ids) == 0 {
		return nil
	}
	return ids[len(ids)-1:]
}

func greatest(ids []int64) []int64 {
	var top int64
	for _, id := range ids {
		top = max(top, id)
	}
	if top == 0 {
		return nil
	}
	return []int64{top}
}

// ListProvidersOf implements matrix.Reader.
func (w *World) ListProvidersOf(consumerVersions, consumers []int64) ([]matrix.Integration, error) {
	var out []matrix.Integration
	seen := map[[2]int64]bool{}
	for _, i := range w.sortedCurrent() {
		p := w.publications[i]
		if !has(consumerVersions, p.ConsumerVersion.ID) && !has(consumers, p.Consumer.ID) {
			continue
		}
		if key := [2]int64{p.Consumer.ID, p.Provider.ID}; !seen[key] {
			seen[key] = true
			out = append(out, w.integration(p.Consumer.ID, p.Provider.ID))
		}
	}
	slices.SortStableFunc(out, func(a, b matrix.Integration) int { return cmp.Compare(a.Provider.Name, b.Provider.Name) })
	return out, nil
}

// integration returns the pair with the pacticipants as they are now.
func (w *World) integration(consumer, provider int64) matrix.Integration {
	return matrix.Integration{Consumer: *w.byID[consumer], Provider: *w.byID[provider]}
}

// ListConsumersOf implements matrix.Reader.
func (w *World) ListConsumersOf(providers []int64) ([]matrix.Integration, error) {
	var out []matrix.Integration
	for _, in := range w.integrations {
		if has(providers, in.Provider.ID) {
			out = append(out, w.integration(in.Consumer.ID, in.Provider.ID))
		}
	}
	return out, nil
}

// ListDropped implements matrix.Reader.
func (w *World) ListDropped(consumerVersions []int64) ([]matrix.Dropped, error) {
	var out []matrix.Dropped
	for _, v := range w.versions {
		if !has(consumerVersions, v.ID) {
			continue
		}
		var now, before []int64
		for _, i := range w.sortedCurrent() {
			p := w.publications[i]
			switch {
			case p.ConsumerVersion.ID == v.ID:
				now = append(now, p.Provider.ID)
			case p.Consumer.ID == v.PacticipantID && p.ConsumerVersion.ID < v.ID:
				before = appendNew(before, p.Provider.ID)
			}
		}
		for _, provider := range before {
			if !has(now, provider) {
				out = append(out, matrix.Dropped{ConsumerVersion: v.ID, Provider: *w.byID[provider], All: len(now) == 0})
			}
		}
	}
	return out, nil
}

// sortedCurrent are the current publications, oldest first.
func (w *World) sortedCurrent() []int {
	var out []int
	for i, p := range w.publications {
		if w.current[pactKey{p.ConsumerVersion.ID, p.Provider.ID}] == i {
			out = append(out, i)
		}
	}
	return out
}

// ListPublications implements matrix.Reader.
func (w *World) ListPublications(q matrix.PublicationQuery) ([]matrix.Publication, error) {
	byProvider := len(q.Pairs)+len(q.ConsumerVersions)+len(q.Consumers)+len(q.Contents) == 0 && len(q.Providers) > 0
	var out []matrix.Publication
	for i, p := range w.publications {
		if !q.EveryRevision && w.current[pactKey{p.ConsumerVersion.ID, p.Provider.ID}] != i {
			continue
		}
		wanted := byProvider || has(q.ConsumerVersions, p.ConsumerVersion.ID) || has(q.Consumers, p.Consumer.ID) || has(q.Contents, p.ContentID)
		if hasVersionPair(q.Pairs, p) || wanted && (q.Providers == nil || has(q.Providers, p.Provider.ID)) {
			out = append(out, p)
		}
	}
	return out, nil
}

// ListResults implements matrix.Reader.
func (w *World) ListResults(q matrix.ResultQuery) ([]matrix.Result, error) {
	newest := map[matrix.Pair]int64{}
	for _, r := range w.results {
		newest[matrix.Pair{Content: r.ContentID, ProviderVersion: r.ProviderVersion.ID}] = r.ID
	}
	var out []matrix.Result
	for _, r := range w.results {
		pair := matrix.Pair{Content: r.ContentID, ProviderVersion: r.ProviderVersion.ID}
		if !q.EveryResult && newest[pair] != r.ID {
			continue
		}
		if hasPair(q.Pairs, pair) || has(q.Contents, r.ContentID) || has(q.ProviderVersions, r.ProviderVersion.ID) {
			out = append(out, r)
		}
	}
	return out, nil
}

func has(ids []int64, id int64) bool {
	for _, other := range ids {
		if other == id {
			return true
		}
	}
	return false
}

func hasPair(pairs []matrix.Pair, pair matrix.Pair) bool {
	for _, other := range pairs {
		if other == pair {
			return true
		}
	}
	return false
}

func hasVersionPair(pairs []matrix.VersionPair, p matrix.Publication) bool {
	for _, pair := range pairs {
		if pair.ConsumerVersion == p.ConsumerVersion.ID && pair.Provider == p.Provider.ID {
			return true
		}
	}
	return false
}
