package overview

import (
	"cmp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// matrixRows are the rows of the matrix, not written out: results belong to
// contents, and every publication of a content has the same. A pair with a
// thousand versions of one content and a thousand results has a million rows.
type matrixRows struct {
	// publications are in the order of their rows.
	publications []matrix.Publication
	contents     map[int64]*contentRows
	// selected says that only these versions of each provider count; then each of
	// them is a row, with a result or without.
	selected bool
}

// contentRows are the rows that each publication of a content has.
type contentRows struct {
	// results are those that count, the newest provider version first.
	results []matrix.Result
	// versions are the provider versions selected, the newest first.
	versions []matrix.Version
	counts   [3]int // by matrix.Outcome
}

func newMatrixRows(publications []matrix.Publication, versions []matrix.Version, selected bool) matrixRows {
	byProvider := map[int64][]matrix.Version{}
	for _, v := range versions {
		byProvider[v.PacticipantID] = append(byProvider[v.PacticipantID], v)
	}
	r := matrixRows{publications: publications, contents: map[int64]*contentRows{}, selected: selected}
	for _, p := range publications {
		if r.contents[p.ContentID] == nil {
			r.contents[p.ContentID] = &contentRows{versions: byProvider[p.Provider.ID]}
		}
	}
	slices.SortStableFunc(r.publications, func(a, b matrix.Publication) int {
		return cmp.Or(strings.Compare(a.Consumer.Name, b.Consumer.Name), matrix.Newer(a.ConsumerVersion, b.ConsumerVersion),
			cmp.Compare(b.Revision, a.Revision), strings.Compare(a.Provider.Name, b.Provider.Name))
	})
	return r
}

// resultsAsked is what has to be looked up: each content with each version that is
// selected, if those are few, or the newest results of the contents.
func (r matrixRows) resultsAsked() matrix.ResultQuery {
	var q matrix.ResultQuery
	pairs := 0
	for id, c := range r.contents {
		q.Contents = append(q.Contents, id)
		pairs += len(c.versions)
	}
	slices.Sort(q.Contents)
	if !r.selected || pairs > matrix.MostRows {
		q.Max = matrix.MostRows
		return q
	}
	for _, id := range q.Contents {
		for _, v := range r.contents[id].versions {
			q.Pairs = append(q.Pairs, matrix.Pair{Content: id, ProviderVersion: v.ID})
		}
	}
	q.Contents = nil
	return q
}

// add puts the results where they belong, and counts.
func (r matrixRows) add(results []matrix.Result) {
	selected := map[int64]bool{}
	for _, c := range r.contents {
		for _, v := range c.versions {
			selected[v.ID] = true
		}
	}
	for _, result := range results {
		if c := r.contents[result.ContentID]; c != nil && (!r.selected || selected[result.ProviderVersion.ID]) {
			c.results = append(c.results, result)
		}
	}
	for _, c := range r.contents {
		slices.SortFunc(c.results, func(a, b matrix.Result) int {
			return cmp.Or(matrix.Newer(a.ProviderVersion, b.ProviderVersion), cmp.Compare(b.ID, a.ID))
		})
		c.count()
	}
}

func (c *contentRows) count() {
	proven := map[int64]bool{}
	for _, r := range c.results {
		c.counts[outcomeOf(r)]++
		proven[r.ProviderVersion.ID] = true
	}
	c.counts[matrix.Unverified] = len(c.versions) - len(proven)
	if len(c.results) == 0 {
		c.counts[matrix.Unverified] = 1 // it stands for all versions
	}
	c.counts[matrix.Unverified] = max(0, c.counts[matrix.Unverified])
}

func outcomeOf(r matrix.Result) matrix.Outcome {
	if r.Success {
		return matrix.Passed
	}
	return matrix.Failed
}

// counts are over all rows.
func (r matrixRows) counts() matrix.Counts { return r.countsOf(r.publications) }

func (r matrixRows) countsOf(publications []matrix.Publication) matrix.Counts {
	var out matrix.Counts
	for _, p := range publications {
		c := r.contents[p.ContentID].counts
		out.Success, out.Failed, out.Unknown = out.Success+c[matrix.Passed], out.Failed+c[matrix.Failed], out.Unknown+c[matrix.Unverified]
	}
	return out
}

// total counts the rows with one of the outcomes; none are all.
func (r matrixRows) total(show []matrix.Outcome) int {
	n := 0
	for _, p := range r.publications {
		n += r.contents[p.ContentID].shown(show)
	}
	return n
}

func (c *contentRows) shown(show []matrix.Outcome) int {
	n := 0
	for outcome, count := range c.counts {
		if isShown(matrix.Outcome(outcome), show) {
			n += count
		}
	}
	return n
}

func isShown(o matrix.Outcome, show []matrix.Outcome) bool {
	return len(show) == 0 || slices.Contains(show, o)
}

// page makes the rows of one page.
func (r matrixRows) page(show []matrix.Outcome, page kernel.Page) []matrix.Row {
	skip := (page.Number - 1) * page.Size
	var out []matrix.Row
	for _, p := range r.publications {
		c := r.contents[p.ContentID]
		if n := c.shown(show); n <= skip {
			skip -= n
			continue
		}
		for _, row := range c.rows(p) {
			if !isShown(row.Outcome(), show) {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			if out = append(out, row); len(out) == page.Size {
				return out
			}
		}
	}
	return out
}

// rows are those of one publication, in their order.
func (c *contentRows) rows(p matrix.Publication) []matrix.Row {
	if len(c.results) == 0 {
		unproven := slices.Clone(c.versions)
		slices.Reverse(unproven) // the oldest first, as in the gate
		return []matrix.Row{{Publication: p, Unproven: unproven}}
	}
	proven := map[int64]bool{}
	out := make([]matrix.Row, 0, len(c.results)+c.counts[matrix.Unverified])
	for i := range c.results {
		result := &c.results[i]
		proven[result.ProviderVersion.ID] = true
		out = append(out, matrix.Row{Publication: p, ProviderVersion: &result.ProviderVersion, Result: result})
	}
	for i := range c.versions {
		if v := &c.versions[i]; !proven[v.ID] {
			out = append(out, matrix.Row{Publication: p, ProviderVersion: v, Unproven: []matrix.Version{*v}})
		}
	}
	slices.SortStableFunc(out, func(a, b matrix.Row) int { return matrix.Newer(*a.ProviderVersion, *b.ProviderVersion) })
	return out
}
