package matrix

import (
	"sort"
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

// newer compares two versions of one pacticipant.
func newer(a, b Version) int {
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
	out := append([]Row{}, rows...)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if x, y := a.LastAction(), b.LastAction(); !x.Equal(y) {
			return x.After(y)
		}
		if a.Publication.ID != b.Publication.ID {
			return a.Publication.ID > b.Publication.ID
		}
		return a.key().result > b.key().result
	})
	return out
}

// sortForOutput sorts by consumer name (as bytes: capitals come first), then newest consumer version and
// revision, then provider name, then newest provider version and result.
func sortForOutput(rows []Row) {
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		for _, c := range []int{
			strings.Compare(a.Publication.Consumer.Name, b.Publication.Consumer.Name),
			newer(a.Publication.ConsumerVersion, b.Publication.ConsumerVersion),
			b.Publication.Revision - a.Publication.Revision,
			strings.Compare(a.Publication.Provider.Name, b.Publication.Provider.Name),
			newerProvider(a, b),
		} {
			if c != 0 {
				return c < 0
			}
		}
		return a.key().result > b.key().result
	})
}

func newerProvider(a, b Row) int {
	switch {
	case a.ProviderVersion == nil && b.ProviderVersion == nil:
		return 0
	case a.ProviderVersion == nil || b.ProviderVersion == nil:
		return sign(b.ProviderVersion == nil)
	default:
		return newer(*a.ProviderVersion, *b.ProviderVersion)
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
