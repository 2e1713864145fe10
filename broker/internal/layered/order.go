package layered

import (
	"context"
	"slices"
)

// sweeps is how often columns are put in order, each time from both sides.
const sweeps = 12

// order puts the points of each column where few edges cross: in the order of the
// medians of their neighbours in the column before and, from the other side, in
// the one behind. The best order that was met counts.
func (l *layout) order(ctx context.Context) error {
	best, fewest := l.rows(), l.crossings()
	for range sweeps {
		for c := 1; c < len(l.inColumn); c++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			l.sortColumn(c, func(p *point) []int { return p.before })
		}
		for c := len(l.inColumn) - 2; c >= 0; c-- {
			if err := ctx.Err(); err != nil {
				return err
			}
			l.sortColumn(c, func(p *point) []int { return p.after })
		}
		now := l.crossings()
		if now < fewest {
			best, fewest = l.rows(), now
		}
		if fewest == 0 {
			break
		}
	}
	l.inColumn = best
	l.count()
	return nil
}

func (l *layout) rows() [][]int {
	out := make([][]int, len(l.inColumn))
	for c, points := range l.inColumn {
		out[c] = slices.Clone(points)
	}
	return out
}

// count gives the points of each column their rows.
func (l *layout) count() {
	for _, points := range l.inColumn {
		for row, p := range points {
			l.points[p].row = row
		}
	}
}

// sortColumn orders a column by the rows of neighbours. A point without any keeps
// its row.
func (l *layout) sortColumn(c int, neighbours func(*point) []int) {
	points := l.inColumn[c]
	at := make(map[int]float64, len(points))
	for row, p := range points {
		at[p] = float64(row)
		var rows []int
		for _, n := range neighbours(&l.points[p]) {
			rows = append(rows, l.points[n].row)
		}
		if len(rows) > 0 {
			slices.Sort(rows)
			at[p] = float64(rows[(len(rows)-1)/2]+rows[len(rows)/2]) / 2
		}
	}
	slices.SortStableFunc(points, func(a, b int) int {
		switch {
		case at[a] < at[b]:
			return -1
		case at[a] > at[b]:
			return 1
		}
		return 0
	})
	for row, p := range points {
		l.points[p].row = row
	}
}

// crossings counts the pairs of edges that cross between neighbouring columns.
func (l *layout) crossings() int {
	total := 0
	for c := 0; c+1 < len(l.inColumn); c++ {
		var ends []int
		for _, p := range l.inColumn[c] {
			from := len(ends)
			for _, n := range l.points[p].after {
				ends = append(ends, l.points[n].row)
			}
			slices.Sort(ends[from:])
		}
		total += inversions(ends, len(l.inColumn[c+1]))
	}
	return total
}

// inversions counts the pairs that are out of order, by a tree of counts.
func inversions(values []int, most int) int {
	tree, total := make([]int, most+1), 0
	for i, v := range values {
		notGreater := 0
		for at := v + 1; at > 0; at -= at & -at {
			notGreater += tree[at]
		}
		total += i - notGreater
		for at := v + 1; at <= most; at += at & -at {
			tree[at]++
		}
	}
	return total
}
