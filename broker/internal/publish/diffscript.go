package publish

import (
	"context"
	"slices"
	"sort"
)

// edit is a line of a comparison: kept (' ') or taken away ('-'), then at is
// its place in the old lines, or added ('+') from that place in the new ones.
type edit struct {
	mark byte
	at   int
}

const (
	// diffTable bounds the cells of a table of common lengths; it has 4 bytes
	// for each.
	diffTable = 4 << 20
	// diffWork bounds the steps of a whole comparison: less than a second. After
	// that, what is left is shown as replaced, which is true if not brief.
	diffWork = 64 << 20
)

// compare finds edits from a to b, which are lines by their numbers. Equal lines at
// both ends are kept. In between, lines that are there once on each side hold the two
// together, and what lies between those has a longest common part if it is small enough
// to look for one. It returns the error of ctx if that ends.
func compare(ctx context.Context, a, b []int32) ([]edit, error) {
	s := script{ctx: ctx, a: a, b: b, left: diffWork, edits: make([]edit, 0, max(len(a), len(b)))}
	s.part(0, len(a), 0, len(b))
	return s.edits, ctx.Err()
}

// script is a comparison under way.
type script struct {
	ctx   context.Context //nolint:containedctx // it lives as long as one call
	a, b  []int32
	edits []edit
	left  int // steps
}

// spend reports whether there are as many steps left, and takes them.
func (s *script) spend(steps int) bool {
	if steps > s.left || s.ctx.Err() != nil {
		return false
	}
	s.left -= steps
	return true
}

func (s *script) add(mark byte, from, to int) {
	for i := from; i < to; i++ {
		s.edits = append(s.edits, edit{mark, i})
	}
}

// part compares a[a0:a1] with b[b0:b1].
func (s *script) part(a0, a1, b0, b1 int) {
	start := a0
	for a0 < a1 && b0 < b1 && s.a[a0] == s.b[b0] {
		a0, b0 = a0+1, b0+1
	}
	s.add(' ', start, a0)
	end := a1
	for a0 < a1 && b0 < b1 && s.a[a1-1] == s.b[b1-1] {
		a1, b1 = a1-1, b1-1
	}
	s.middle(a0, a1, b0, b1)
	s.add(' ', a1, end)
}

func (s *script) middle(a0, a1, b0, b1 int) {
	n, m := a1-a0, b1-b0
	if n > 0 && m > 0 {
		if n*m <= diffTable && s.spend(n*m) {
			s.byTable(a0, a1, b0, b1)
			return
		}
		if s.spend(16 * (n + m)) {
			if held := s.holds(a0, a1, b0, b1); len(held) > 0 {
				for _, h := range held {
					s.part(a0, h.a, b0, h.b)
					s.add(' ', h.a, h.a+1)
					a0, b0 = h.a+1, h.b+1
				}
				s.part(a0, a1, b0, b1)
				return
			}
		}
	}
	s.add('-', a0, a1)
	s.add('+', b0, b1)
}

// hold is a line that is there once on each side.
type hold struct{ a, b int }

// holds returns as many of them as stand in the same order on both sides.
func (s *script) holds(a0, a1, b0, b1 int) []hold {
	type seen struct{ inA, inB, a, b int }
	lines := make(map[int32]*seen, a1-a0)
	for i := a0; i < a1; i++ {
		if l := lines[s.a[i]]; l != nil {
			l.inA++
		} else {
			lines[s.a[i]] = &seen{inA: 1, a: i}
		}
	}
	for i := b0; i < b1; i++ {
		if l := lines[s.b[i]]; l != nil {
			l.inB++
			l.b = i
		}
	}
	var once []hold
	for _, l := range lines {
		if l.inA == 1 && l.inB == 1 {
			once = append(once, hold{l.a, l.b})
		}
	}
	slices.SortFunc(once, func(x, y hold) int { return x.a - y.a })
	return rising(once)
}

// rising returns a longest part of the holds that rises on both sides.
func rising(all []hold) []hold {
	var ends []int // ends[n] is the hold that ends a part of n+1 lowest
	before := make([]int, len(all))
	for i, h := range all {
		n := sort.Search(len(ends), func(n int) bool { return all[ends[n]].b >= h.b })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	out := make([]hold, len(ends))
	for n, i := len(ends)-1, -1; n >= 0; n-- {
		if i < 0 {
			i = ends[n]
		}
		out[n] = all[i]
		i = before[i]
	}
	return out
}

// byTable finds a longest common part.
func (s *script) byTable(a0, a1, b0, b1 int) {
	a, b := s.a[a0:a1], s.b[b0:b1]
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			s.add(' ', a0+i, a0+i+1)
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[(i+1)*width+j] >= common[i*width+j+1]):
			s.add('-', a0+i, a0+i+1)
			i++
		default:
			s.add('+', b0+j, b0+j+1)
			j++
		}
	}
}
