package web

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/layered"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// row is a graph of so many nodes beside each other.
func row(nodes int) layered.Graph {
	return layered.Graph{Nodes: make([]layered.Size, nodes), Edges: []layered.Edge{}}
}

func TestADrawingIsMadeOnce(t *testing.T) {
	t.Parallel()
	d := newDrawings(nil)
	_, err := d.of(t.Context(), row(3))
	require.NoError(t, err)
	one := d.begin(row(3))
	require.Same(t, one, d.begin(row(3)))
	require.NotSame(t, one, d.begin(row(4)))
	linked := row(3)
	linked.Edges = append(linked.Edges, layered.Edge{From: 0, To: 1})
	require.NotSame(t, one, d.begin(linked))
	d.wait()
	_, err = d.of(t.Context(), row(layered.MostNodes+1))
	require.ErrorIs(t, err, layered.ErrTooLarge)
}

// Drawings are made one at a time: who waits for long is told so, and so is who comes
// when too many wait.
func TestWhoWaitsTooLongForADrawingGetsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ending := make(chan struct{})
		d := newDrawings(ending)
		d.turn <- struct{}{} // one is being made
		began := time.Now()
		_, err := d.of(t.Context(), row(1))
		require.ErrorIs(t, err, errNotYet)
		require.Equal(t, waitedForDrawing, time.Since(began))
		for i := 2; i <= drawingsKept; i++ {
			require.NotNil(t, d.begin(row(i)))
		}
		require.Nil(t, d.begin(row(drawingsKept+1)), "nothing can be forgotten")
		<-d.turn
		synctest.Wait()
		_, err = d.of(t.Context(), row(drawingsKept+1))
		require.NoError(t, err)
		require.Len(t, d.kept, drawingsKept)
		left, leave := context.WithCancel(t.Context())
		leave()
		d.turn <- struct{}{}
		_, err = d.of(left, row(drawingsKept+2))
		require.ErrorIs(t, err, context.Canceled, "whoever has left does not wait")
		close(ending)
		d.wait()
	})
}

func TestTextsFitIntoTheirBoxes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"storefront":                        "storefront",
		strings.Repeat("a", lettersInBox):   strings.Repeat("a", lettersInBox),
		strings.Repeat("a", 30):             strings.Repeat("a", lettersInBox-1) + "…",
		strings.Repeat("倉", 30):             strings.Repeat("倉", 12) + "…",
		"\u202ea":                           "[U+202E]a",
		"x\u200b" + strings.Repeat("b", 30): "x[U+200B]" + strings.Repeat("b", 16) + "…",
	} {
		require.Equal(t, want, cutText(text))
	}
}

// Nothing in a name is read as Mermaid, or as HTML, which Mermaid makes of it.
func TestMermaidReadsNamesAsTexts(t *testing.T) {
	t.Parallel()
	g := mapGraph{}
	g.add("a", kit.DrawnNode{Whole: "a\"]\nclick n0 \"javascript:alert(1)\" <img src=x>"})
	g.add("b", kit.DrawnNode{Whole: "שם #quot; `x` end"})
	g.lines = []mapLine{{from: "a", to: "b", verdict: kit.No("failed")}, {from: "b", to: "a", verdict: kit.Unknown("not verified")}, {from: "b", to: "b", verdict: kit.Yes("verified")}}
	require.Equal(t, `flowchart LR
  n0["a#34;#93;#91;U#43;000A#93;click n0 #34;javascript#58;alert#40;1#41;#34; #60;img src#61;x#62;"]
  n1["שם #35;quot#59; #96;x#96; end"]
  n0 ==>|"failed"| n1
  n1 -.->|"not verified"| n0
  n1 -->|"verified"| n1
  linkStyle 0 stroke:#a3201b
  linkStyle 1 stroke:#7a5200
  linkStyle 2 stroke:#0b6b37
`, g.mermaid())
}
