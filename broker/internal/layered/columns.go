package layered

import "context"

// columns gives each node a column to the left of what it depends on, and makes
// points where edges pass through others.
func (l *layout) columns(ctx context.Context) error {
	l.breakCycles()
	columns, err := l.longestPaths(ctx)
	if err != nil {
		return err
	}
	l.points = make([]point, len(l.graph.Nodes))
	last := 0
	for i, n := range l.graph.Nodes {
		l.points[i] = point{column: columns[i], height: float64(n.Height)}
		last = max(last, columns[i])
	}
	l.passes = make([][]int, len(l.graph.Edges))
	for i, e := range l.graph.Edges {
		if e.From == e.To {
			continue
		}
		if err := l.pass(i); err != nil {
			return err
		}
	}
	l.inColumn = make([][]int, last+1)
	for i := range l.points {
		c := l.points[i].column
		l.points[i].row = len(l.inColumn[c])
		l.inColumn[c] = append(l.inColumn[c], i)
	}
	return nil
}

// forward are the ends of an edge in the direction in which columns grow.
func (l *layout) forward(i int) (from, to int) {
	e := l.graph.Edges[i]
	if l.reversed[i] {
		return e.To, e.From
	}
	return e.From, e.To
}

// breakCycles turns around each edge that leads back to where a walk came from.
func (l *layout) breakCycles() {
	l.reversed = make([]bool, len(l.graph.Edges))
	leaving, entered := make([][]int, len(l.graph.Nodes)), make([]int, len(l.graph.Nodes))
	for i, e := range l.graph.Edges {
		if e.From != e.To {
			leaving[e.From] = append(leaving[e.From], i)
			entered[e.To]++
		}
	}
	const (
		unseen = iota
		onTheWay
		done
	)
	state, next := make([]int, len(l.graph.Nodes)), make([]int, len(l.graph.Nodes))
	walk := func(from int) {
		way := []int{from}
		state[from] = onTheWay
		for len(way) > 0 {
			at := way[len(way)-1]
			if next[at] == len(leaving[at]) {
				state[at] = done
				way = way[:len(way)-1]
				continue
			}
			edge := leaving[at][next[at]]
			next[at]++
			switch to := l.graph.Edges[edge].To; state[to] {
			case unseen:
				state[to] = onTheWay
				way = append(way, to)
			case onTheWay:
				l.reversed[edge] = true
			}
		}
	}
	for i := range l.graph.Nodes { // what nothing depends on begins
		if entered[i] == 0 {
			walk(i)
		}
	}
	for i := range l.graph.Nodes {
		if state[i] == unseen {
			walk(i)
		}
	}
}

// longestPaths gives each node the first column behind all that depend on it. What
// nothing depends on then moves up to what it depends on itself.
func (l *layout) longestPaths(ctx context.Context) ([]int, error) {
	waiting, leaving := make([]int, len(l.graph.Nodes)), make([][]int, len(l.graph.Nodes))
	for i, e := range l.graph.Edges {
		if e.From != e.To {
			from, to := l.forward(i)
			leaving[from] = append(leaving[from], to)
			waiting[to]++
		}
	}
	columns, first := make([]int, len(l.graph.Nodes)), make([]bool, len(l.graph.Nodes))
	var ready []int
	for i, n := range waiting {
		if n == 0 {
			ready, first[i] = append(ready, i), true
		}
	}
	for len(ready) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		at := ready[0]
		ready = ready[1:]
		for _, to := range leaving[at] {
			columns[to] = max(columns[to], columns[at]+1)
			if waiting[to]--; waiting[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	for i, tos := range leaving {
		if !first[i] || len(tos) == 0 {
			continue
		}
		nearest := columns[tos[0]]
		for _, to := range tos {
			nearest = min(nearest, columns[to])
		}
		columns[i] = nearest - 1
	}
	return columns, nil
}

// pass makes the points of an edge.
func (l *layout) pass(i int) error {
	from, to := l.forward(i)
	passes := []int{from}
	for c := l.points[from].column + 1; c < l.points[to].column; c++ {
		if len(l.points) >= len(l.graph.Nodes)+mostPassed {
			return ErrTooLarge
		}
		passes = append(passes, len(l.points))
		l.points = append(l.points, point{column: c, height: 0})
	}
	passes = append(passes, to)
	for j := 1; j < len(passes); j++ {
		a, b := passes[j-1], passes[j]
		l.points[a].after = append(l.points[a].after, b)
		l.points[b].before = append(l.points[b].before, a)
	}
	l.passes[i] = passes
	return nil
}
