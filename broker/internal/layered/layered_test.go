package layered_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/layered"
)

func graph(nodes int, edges ...[2]int) layered.Graph {
	g := layered.Graph{Nodes: make([]layered.Size, nodes)}
	for i := range g.Nodes {
		g.Nodes[i] = layered.Size{Width: 100 + 10*(i%5), Height: 40}
	}
	for _, e := range edges {
		g.Edges = append(g.Edges, layered.Edge{From: e[0], To: e[1]})
	}
	return g
}

func random(r *rand.Rand, nodes, edges int) layered.Graph {
	g := graph(nodes)
	for range edges {
		g.Edges = append(g.Edges, layered.Edge{From: r.IntN(nodes), To: r.IntN(nodes)})
	}
	return g
}

// sound checks what holds for every drawing: nothing lies on anything else, all of
// it is inside, and each path leads from the side of one node to that of the other.
func sound(t *testing.T, g layered.Graph, d layered.Drawing) {
	t.Helper()
	require.Len(t, d.Nodes, len(g.Nodes))
	require.Len(t, d.Paths, len(g.Edges))
	for i, a := range d.Nodes {
		require.GreaterOrEqual(t, min(a.X, a.Y), 0)
		require.LessOrEqual(t, a.X+g.Nodes[i].Width, d.Width)
		require.LessOrEqual(t, a.Y+g.Nodes[i].Height, d.Height)
		for j, b := range d.Nodes[:i] {
			apart := a.X+g.Nodes[i].Width <= b.X || b.X+g.Nodes[j].Width <= a.X || a.Y+g.Nodes[i].Height <= b.Y || b.Y+g.Nodes[j].Height <= a.Y
			require.True(t, apart, "node %d at %v lies on node %d at %v", i, a, j, b)
		}
	}
	for i, e := range g.Edges {
		path := d.Paths[i]
		if e.From == e.To {
			require.Empty(t, path)
			continue
		}
		require.Zero(t, len(path)%2)
		for end, node := range map[int]int{0: e.From, len(path) - 1: e.To} {
			at, p := d.Nodes[node], path[end]
			require.True(t, p.X == at.X || p.X == at.X+g.Nodes[node].Width, "the path of %v ends at the side of node %d", e, node)
			require.InDelta(t, at.Y+g.Nodes[node].Height/2, p.Y, float64(g.Nodes[node].Height)/2)
		}
		for _, p := range path {
			require.True(t, p.X >= 0 && p.X <= d.Width && p.Y >= 0 && p.Y <= d.Height, "%v leaves the drawing", p)
		}
	}
}

func lay(t *testing.T, g layered.Graph) layered.Drawing {
	t.Helper()
	d, err := layered.Lay(t.Context(), g)
	require.NoError(t, err)
	sound(t, g, d)
	return d
}

func TestWhatDependsStandsLeftOfWhatItDependsOn(t *testing.T) {
	t.Parallel()
	d := lay(t, graph(5, [2]int{0, 1}, [2]int{1, 2}, [2]int{0, 2}, [2]int{3, 2}))
	require.Less(t, d.Nodes[0].X, d.Nodes[1].X)
	require.Less(t, d.Nodes[1].X, d.Nodes[2].X)
	require.Equal(t, d.Nodes[1].X, d.Nodes[3].X, "it stands beside what it depends on, not at the far end")
	require.Len(t, d.Paths[2], 6, "an edge passes the column between in a straight line")
}

func TestTwoThatDependOnEachOtherAreDrawn(t *testing.T) {
	t.Parallel()
	d := lay(t, graph(3, [2]int{0, 1}, [2]int{1, 0}, [2]int{2, 2}))
	there, back := d.Paths[0], d.Paths[1]
	require.Equal(t, there[0].X, back[len(back)-1].X)
	require.NotEqual(t, there[0].Y, back[len(back)-1].Y, "neither line hides the other")
}

func TestLinesThatNeedNotCrossDoNot(t *testing.T) {
	t.Parallel()
	d := lay(t, graph(6, [2]int{0, 5}, [2]int{1, 4}, [2]int{2, 3}))
	for i := range 3 {
		require.Equal(t, d.Paths[i][0].Y, d.Paths[i][len(d.Paths[i])-1].Y, "the line is straight")
	}
}

func TestEveryGraphIsDrawnTheSameAgain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		g := random(r, 1+r.IntN(60), r.IntN(150))
		first := lay(t, g)
		require.Equal(t, first, lay(t, g))
	}
	require.Empty(t, lay(t, layered.Graph{}).Nodes)
}

func TestALargeGraphIsRefusedAndALongOneStops(t *testing.T) {
	t.Parallel()
	for name, g := range map[string]layered.Graph{"nodes": graph(layered.MostNodes + 1), "edges": random(rand.New(rand.NewPCG(1, 1)), 10, layered.MostEdges+1)} {
		_, err := layered.Lay(t.Context(), g)
		require.ErrorIs(t, err, layered.ErrTooLarge, name)
	}
	// A chain with an edge from each to the last: what costs is not their number.
	chain := graph(layered.MostNodes)
	for i := range layered.MostNodes - 1 {
		chain.Edges = append(chain.Edges, layered.Edge{From: i, To: i + 1}, layered.Edge{From: i, To: layered.MostNodes - 1})
	}
	_, err := layered.Lay(t.Context(), chain)
	require.ErrorIs(t, err, layered.ErrTooLarge)
	ended, end := context.WithCancel(t.Context())
	end()
	_, err = layered.Lay(ended, graph(3, [2]int{0, 1}))
	require.ErrorIs(t, err, context.Canceled)
}

// The largest graphs that are not refused stay far below the time that pages have.
func TestTheLargestGraphsAreLaidOutInTime(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{40, 120}, {100, 300}, {300, 900}, {layered.MostNodes, layered.MostEdges}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			g := random(rand.New(rand.NewPCG(3, 3)), size[0], size[1])
			began := time.Now()
			_, err := layered.Lay(t.Context(), g)
			t.Log(time.Since(began), err)
			require.Less(t, time.Since(began), 5*time.Second)
		})
	}
}
