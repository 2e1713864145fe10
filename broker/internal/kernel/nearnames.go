package kernel

import (
	"cmp"
	"slices"
	"strings"
)

// mostNear bounds how many names are offered, mostCompared how many are looked
// at: a misspelt name is no reason to read a large broker.
const (
	mostNear     = 3
	mostCompared = 5000
	// MostHelped bounds for how many names of one question others are offered.
	MostHelped = 5
)

// didYouMean is a sentence that offers the names that look like the one that
// does not exist, with a space before it; "" if none does.
func didYouMean(name string, existing []string) string {
	near := nearest(name, existing)
	for i, n := range near {
		near[i] = "'" + n + "'"
	}
	switch len(near) {
	case 0:
		return ""
	case 1:
		return " Did you mean " + near[0] + "?"
	default:
		return " Did you mean " + strings.Join(near[:len(near)-1], ", ") + " or " + near[len(near)-1] + "?"
	}
}

// nearest returns names within a few edits of name, or of which one begins with
// the other, nearest first.
func nearest(name string, existing []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	wanted := fold(name)
	if wanted == "" || len(wanted) > 200 {
		return nil
	}
	var found []candidate
	for _, other := range existing[:min(len(existing), mostCompared)] {
		folded := fold(other)
		if len(folded) > 200 || other == name {
			continue
		}
		limit := 1 + len([]rune(wanted))/4
		d := edits([]rune(wanted), []rune(folded))
		begins := len(wanted) > 2 && len(folded) > 2 && (strings.HasPrefix(folded, wanted) || strings.HasPrefix(wanted, folded))
		switch {
		case d <= limit:
			found = append(found, candidate{other, d})
		case begins:
			found = append(found, candidate{other, limit + 1})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, c := range found[:min(mostNear, len(found))] {
		out = append(out, c.name)
	}
	return out
}

// fold leaves out what people mix up: case, and the characters between words.
func fold(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// edits counts what has to be inserted, deleted, replaced or swapped with its
// neighbour to make b of a.
func edits(a, b []rune) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[(i+1)%3], rows[(i-1)%3], rows[i%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}

// NearPacticipants is didYouMean for the applications.
func NearPacticipants(tx Tx, name string) (string, error) {
	names, err := tx.ListPacticipantNames()
	return didYouMean(name, names), err
}

// NearEnvironments is didYouMean for the environments.
func NearEnvironments(tx Tx, name string) (string, error) {
	environments, err := tx.ListEnvironments()
	return didYouMean(name, NamesOf(environments)), err
}
