package matrix

import (
	"cmp"
	"slices"
	"strings"
)

// rowKey tells rows apart.
type rowKey struct{ publication, providerVersion, result int64 }

func (r Row) key() rowKey {
	k := rowKey{publication: r.Publication.ID}
	if r.ProviderVersion != nil {
		k.providerVersion = r.ProviderVersion.ID
	}
	if r.Result != nil {
		k.result = r.Result.ID
	}
	return k
}

// Newer orders two versions of one pacticipant, the newer first: it is negative where a
// is the newer one.
func Newer(a, b Version) int {
	switch {
	case a.Order != b.Order:
		return sign(a.Order > b.Order)
	case a.ID != b.ID:
		return sign(a.ID > b.ID)
	default:
		return 0
	}
}

func sign(first bool) int {
	if first {
		return -1
	}
	return 1
}

// byActivity sorts rows by what happened to them last, latest first.
func byActivity(rows []Row) []Row {
	return inOrder(rows, func(a, b *Row) int {
		if c := b.LastAction().Compare(a.LastAction()); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(b.Publication.ID, a.Publication.ID), cmp.Compare(b.key().result, a.key().result))
	})
}

// sortForOutput sorts by consumer name (as bytes: capitals come first), then newest consumer version and
// revision, then provider name, then newest provider version and result.
func sortForOutput(rows []Row) {
	copy(rows, inOrder(rows, func(a, b *Row) int {
		if c := strings.Compare(a.Publication.Consumer.Name, b.Publication.Consumer.Name); c != 0 {
			return c
		}
		if c := Newer(a.Publication.ConsumerVersion, b.Publication.ConsumerVersion); c != 0 {
			return c
		}
		return cmp.Or(b.Publication.Revision-a.Publication.Revision, strings.Compare(a.Publication.Provider.Name, b.Publication.Provider.Name),
			newerProvider(a, b), cmp.Compare(b.key().result, a.key().result))
	}))
}

// inOrder returns the rows in an order, and leaves equal ones as they are. A row is
// large: it is moved once.
func inOrder(rows []Row, compare func(a, b *Row) int) []Row {
	places := make([]*Row, len(rows))
	for i := range rows {
		places[i] = &rows[i]
	}
	slices.SortStableFunc(places, compare)
	out := make([]Row, len(rows))
	for i, place := range places {
		out[i] = *place
	}
	return out
}

func newerProvider(a, b *Row) int {
	switch {
	case a.ProviderVersion == nil && b.ProviderVersion == nil:
		return 0
	case a.ProviderVersion == nil || b.ProviderVersion == nil:
		return sign(b.ProviderVersion == nil)
	default:
		return Newer(*a.ProviderVersion, *b.ProviderVersion)
	}
}

// show keeps the rows with one of the outcomes.
func show(rows []Row, outcomes []Outcome) []Row {
	if len(outcomes) == 0 {
		return rows
	}
	var out []Row
	for _, r := range rows {
		for _, o := range outcomes {
			if r.Outcome() == o {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

func firstRows(rows []Row, limit int) []Row {
	if limit > 0 && len(rows) > limit {
		return rows[:limit]
	}
	return rows
}
