// Package near offers the names that look like one that does not exist.
package near

import (
	"cmp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/internal/visible"
	"github.com/treatyhq/treaty/internal/wording"
)

// mostOffered bounds how many names are offered, mostCompared how many are looked
// at: a misspelt name is not a reason to read a large broker.
const (
	mostOffered  = 3
	mostCompared = 5000
)

// Sentence is a sentence that offers the names that look like the one that
// does not exist, with a space before it; "" if none does.
func Sentence(name string, existing []string) string {
	near := Names(name, existing)
	if len(near) == 0 {
		return ""
	}
	for i, n := range near {
		near[i] = "'" + n + "'"
	}
	return " Did you mean " + wording.List(near, "or") + "?"
}

// Names returns names within a few edits of name, or of which one begins with
// the other, nearest first.
func Names(name string, existing []string) []string {
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
		d := Edits(wanted, folded)
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
	for _, c := range found[:min(mostOffered, len(found))] {
		out = append(out, c.name)
	}
	return out
}

// fold leaves out what people mix up: case, letters that look like others, what
// cannot be seen, and the characters between words.
func fold(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(visible.Skeleton(name)))
}

// Edits counts the characters that have to be inserted, deleted, replaced or
// swapped with their neighbour to make one text of another.
func Edits(one, other string) int {
	a, b := []rune(one), []rune(other)
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
