package layered

import "context"

// heights puts each point as near to the middle of its neighbours as its column
// has room, so that lines are straight. The order in the column stays.
func (l *layout) heights(ctx context.Context) error {
	for _, points := range l.inColumn {
		y := 0.0
		for i, p := range points {
			if i > 0 {
				y += l.between(points[i-1], p)
			}
			l.points[p].middle = y
		}
		for _, p := range points { // columns begin around one line
			l.points[p].middle -= y / 2
		}
	}
	for sweep := range sweeps {
		for i := range l.inColumn {
			if err := ctx.Err(); err != nil {
				return err
			}
			c := i
			if sweep%2 == 1 {
				c = len(l.inColumn) - 1 - i
			}
			l.settle(c, sweep%2 == 0)
		}
	}
	return nil
}

// between is how far apart the middles of neighbours in a column are at least.
func (l *layout) between(above, below int) float64 {
	gap := float64(rowGap)
	if l.isPassed(above) || l.isPassed(below) {
		gap = lineGap
	}
	return l.points[above].height/2 + gap + l.points[below].height/2
}

// settle gives the points of a column the heights that are nearest to those that
// they want, in the sense of least squares, and in their order: neighbours that
// want to pass each other move as one block (pool adjacent violators).
func (l *layout) settle(c int, fromBefore bool) {
	type block struct {
		wanted, weight float64
		size           int
	}
	points := l.inColumn[c]
	var blocks []block
	offsets := make([]float64, len(points))
	for i, p := range points {
		if i > 0 {
			offsets[i] = offsets[i-1] + l.between(points[i-1], p)
		}
		wanted, weight := l.wanted(p, fromBefore)
		blocks = append(blocks, block{wanted - offsets[i], weight, 1})
		for n := len(blocks); n > 1 && blocks[n-2].wanted > blocks[n-1].wanted; n = len(blocks) {
			a, b := blocks[n-2], blocks[n-1]
			weight := a.weight + b.weight
			blocks = append(blocks[:n-2], block{(a.wanted*a.weight + b.wanted*b.weight) / weight, weight, a.size + b.size})
		}
	}
	i := 0
	for _, b := range blocks {
		for range b.size {
			l.points[points[i]].middle = b.wanted + offsets[i]
			i++
		}
	}
}

// wanted is where a point would stand if it were alone, and how much that counts:
// a line that passes is to be straight.
func (l *layout) wanted(p int, fromBefore bool) (height, weight float64) {
	neighbours := l.points[p].after
	if fromBefore {
		neighbours = l.points[p].before
	}
	if len(neighbours) == 0 {
		return l.points[p].middle, 0.1
	}
	for _, n := range neighbours {
		height += l.points[n].middle
	}
	weight = 1
	if l.isPassed(p) {
		weight = 2
	}
	return height / float64(len(neighbours)), weight
}
