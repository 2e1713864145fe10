// Package layered lays out graphs of who depends on whom: what depends stands to
// the left of what it depends on, in columns, with few lines that cross.
//
// It is the method of Sugiyama, Tagawa and Toda in its plain form, a file for each
// step: cycles are broken and columns given (columns.go), columns are put in order
// by the medians of their neighbours (order.go), and heights are found that keep
// lines straight (heights.go). Each step goes over the graph a number of times that
// does not depend on it, and looks at the context between: no graph can take longer
// than its caller has time, or more memory than its lines are long.
package layered

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// ErrTooLarge is the error for a graph with more than can be drawn.
var ErrTooLarge = errors.New("the graph is too large to be laid out")

// The bounds. Where lines pass through is what costs most.
const (
	// MostNodes is how many nodes a graph may have.
	MostNodes = 600
	// MostEdges is how many edges it may have.
	MostEdges  = 3000
	mostPassed = 30_000
)

// Graph is what is laid out. An edge leads from one node to another, by their
// places in Nodes; one from a node to itself has no path in the end.
type Graph struct {
	Nodes []Size
	Edges []Edge
}

// Size is how large a node is drawn.
type Size struct{ Width, Height int }

// Edge says that From depends on To.
type Edge struct{ From, To int }

// Point is a place in the drawing; y grows downwards.
type Point struct{ X, Y int }

// Drawing is where everything stands.
type Drawing struct {
	Width, Height int
	// Nodes are the upper left corners.
	Nodes []Point
	// Paths are, for each edge, pairs of points: from the first of each pair to its
	// second leads a straight line, and to the next pair a curve that is level at
	// both ends.
	Paths [][]Point
}

// The distances between what is drawn.
const (
	columnGap = 70
	rowGap    = 16
	lineGap   = 14
	margin    = 12
)

// Lay lays out a graph. It returns ErrTooLarge for one that is too large, and the
// error of the context when that ends before it is done.
func Lay(ctx context.Context, g Graph) (Drawing, error) {
	if len(g.Nodes) > MostNodes || len(g.Edges) > MostEdges {
		return Drawing{}, ErrTooLarge
	}
	l := layout{graph: g}
	for _, step := range []func(context.Context) error{l.columns, l.order, l.heights} {
		if err := step(ctx); err != nil {
			return Drawing{}, err
		}
	}
	return l.draw(), nil
}

// layout is a graph on the way to its drawing.
type layout struct {
	graph Graph
	// points are the nodes and, behind them, the places where edges pass columns.
	points []point
	// inColumn are the points of each column, from above.
	inColumn [][]int
	// passes are, for each edge, its points from column to column, the ends
	// included; reversed says that its end is to the left of its beginning.
	passes   [][]int
	reversed []bool
}

// point is a node, or where an edge passes a column.
type point struct {
	column, row int
	height      float64
	middle      float64
	// before and after are its neighbours in the columns beside it.
	before, after []int
}

// isPassed reports whether a point is where an edge passes a column.
func (l *layout) isPassed(p int) bool { return p >= len(l.graph.Nodes) }

// draw rounds heights and gives columns their widths.
func (l *layout) draw() Drawing {
	out := Drawing{Nodes: make([]Point, len(l.graph.Nodes)), Paths: make([][]Point, len(l.graph.Edges))}
	left, right := l.sides()
	top, bottom := l.extent()
	at := func(y float64) int { return int(y-top) + margin }
	for i, n := range l.graph.Nodes {
		p := l.points[i]
		out.Nodes[i] = Point{left[p.column], at(p.middle - p.height/2)}
		out.Width = max(out.Width, left[p.column]+n.Width+margin)
	}
	out.Height = at(bottom) + margin
	leave, enter := l.ports()
	for i, e := range l.graph.Edges {
		if e.From == e.To {
			continue
		}
		var path []Point
		for j, p := range l.passes[i] {
			column, y := l.points[p].column, at(l.points[p].middle)
			switch j {
			case 0:
				y += leave[i]
			case len(l.passes[i]) - 1:
				y += enter[i]
			}
			switch {
			case j == 0:
				x := left[column] + l.graph.Nodes[p].Width
				path = append(path, Point{x, y}, Point{x, y})
			case j == len(l.passes[i])-1:
				path = append(path, Point{left[column], y}, Point{left[column], y})
			default:
				path = append(path, Point{left[column], y}, Point{right[column], y})
			}
		}
		if l.reversed[i] {
			for a, b := 0, len(path)-1; a < b; a, b = a+1, b-1 {
				path[a], path[b] = path[b], path[a]
			}
		}
		out.Paths[i] = path
	}
	return out
}

// ports are how far from the middle of their boxes edges leave and enter: those of one
// side share it, in the order of where they lead to.
func (l *layout) ports() (leave, enter []int) {
	leave, enter = make([]int, len(l.passes)), make([]int, len(l.passes))
	leaving, entering := make([][]int, len(l.graph.Nodes)), make([][]int, len(l.graph.Nodes))
	for i, passes := range l.passes {
		if len(passes) > 0 {
			from, to := passes[0], passes[len(passes)-1]
			leaving[from], entering[to] = append(leaving[from], i), append(entering[to], i)
		}
	}
	for n := range l.graph.Nodes {
		l.share(n, leaving[n], leave, func(passes []int) int { return passes[1] })
		l.share(n, entering[n], enter, func(passes []int) int { return passes[len(passes)-2] })
	}
	return leave, enter
}

// share gives each of the edges at one side of a box a part of it.
func (l *layout) share(node int, edges, offsets []int, next func(passes []int) int) {
	slices.SortStableFunc(edges, func(a, b int) int {
		return cmp.Compare(l.points[next(l.passes[a])].middle, l.points[next(l.passes[b])].middle)
	})
	room := float64(l.graph.Nodes[node].Height) * 0.7
	for i, edge := range edges {
		offsets[edge] = int(room * (float64(i+1)/float64(len(edges)+1) - 0.5))
	}
}

// sides are where columns begin and end.
func (l *layout) sides() (left, right []int) {
	left, right = make([]int, len(l.inColumn)), make([]int, len(l.inColumn))
	x := margin
	for c, points := range l.inColumn {
		width := 0
		for _, p := range points {
			if !l.isPassed(p) {
				width = max(width, l.graph.Nodes[p].Width)
			}
		}
		left[c], right[c] = x, x+width
		x += width + columnGap
	}
	return left, right
}

// extent is the highest and the lowest place that is taken.
func (l *layout) extent() (top, bottom float64) {
	for i, p := range l.points {
		if i == 0 || p.middle-p.height/2 < top {
			top = p.middle - p.height/2
		}
		bottom = max(bottom, p.middle+p.height/2)
	}
	return top, bottom
}
