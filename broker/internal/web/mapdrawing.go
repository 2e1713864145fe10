package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/broker/internal/layered"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/visible"
)

// mapGraph is what is drawn: boxes with names, and lines between them.
type mapGraph struct {
	label string
	nodes []kit.DrawnNode
	// keys name the nodes, in their order.
	keys  []string
	lines []mapLine
}

type mapLine struct {
	from, to string
	verdict  kit.Verdict
	says     string
}

// The size of a box: as wide as its text, within bounds.
const (
	boxHeight    = 46
	letterWidth  = 8
	boxPadding   = 28
	lettersInBox = 26
)

// add adds a box.
func (g *mapGraph) add(key string, n kit.DrawnNode) {
	n.Text, n.Under = cutText(n.Whole), cutText(n.Under)
	n.Width, n.Height = boxPadding+letterWidth*max(letters(n.Text), letters(n.Under), 4), boxHeight
	g.nodes, g.keys = append(g.nodes, n), append(g.keys, key)
}

// letters is how much room a text takes, in letters.
func letters(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x1100 { // letters of the East are twice as wide, and so may others be
			n++
		}
	}
	return n
}

// cutText leaves of a text what a box has room for. What cannot be seen is shown
// before it is cut, so that no half of it is left.
func cutText(text string) string {
	shown := visible.Text(text)
	if letters(shown) <= lettersInBox {
		return shown
	}
	for letters(shown) >= lettersInBox {
		_, size := utf8.DecodeLastRuneInString(shown)
		shown = shown[:len(shown)-size]
	}
	return strings.TrimSpace(shown) + "…"
}

// graph is what has to be laid out.
func (g *mapGraph) graph() layered.Graph {
	out := layered.Graph{}
	at := map[string]int{}
	for i, n := range g.nodes {
		at[g.keys[i]] = i
		out.Nodes = append(out.Nodes, layered.Size{Width: n.Width, Height: n.Height})
	}
	for _, l := range g.lines {
		out.Edges = append(out.Edges, layered.Edge{From: at[l.from], To: at[l.to]})
	}
	return out
}

// drawn puts boxes and lines in their places.
func (g *mapGraph) drawn(d layered.Drawing) kit.Drawing {
	out := kit.Drawing{Label: g.label, Width: d.Width, Height: d.Height, Nodes: slices.Clone(g.nodes)}
	at := map[string]kit.DrawnNode{}
	for i := range out.Nodes {
		n := &out.Nodes[i]
		n.X, n.Y = d.Nodes[i].X, d.Nodes[i].Y
		at[g.keys[i]] = *n
	}
	for i, l := range g.lines {
		line := kit.DrawnLine{Verdict: l.verdict, Says: l.says}
		for _, p := range d.Paths[i] {
			line.Points = append(line.Points, kit.Point(p))
		}
		if len(line.Points) == 0 { // it leads back to where it begins
			const wide, high = 24, 8
			n := at[l.from]
			x, y := n.X+n.Width, n.Y+n.Height/2
			line.Points = []kit.Point{{X: x, Y: y - high}, {X: x + wide, Y: y - high}, {X: x + wide, Y: y + high}, {X: x, Y: y + high}}
			out.Width = max(out.Width, x+wide+high)
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

// mermaid writes the graph in the language of Mermaid.
func (g *mapGraph) mermaid() string {
	var out strings.Builder
	out.WriteString("flowchart LR\n")
	names := map[string]string{}
	for i, n := range g.nodes {
		names[g.keys[i]] = fmt.Sprintf("n%d", i)
		fmt.Fprintf(&out, "  n%d[\"%s\"]\n", i, mermaidText(n.Whole))
	}
	ofClass := map[kit.Class][]string{}
	for i, l := range g.lines {
		arrow := map[kit.Class]string{kit.ClassNo: "==>", kit.ClassYes: "-->"}[l.verdict.Class]
		if arrow == "" {
			arrow = "-.->"
		}
		fmt.Fprintf(&out, "  %s %s|\"%s\"| %s\n", names[l.from], arrow, mermaidText(l.verdict.Word), names[l.to])
		ofClass[l.verdict.Class] = append(ofClass[l.verdict.Class], fmt.Sprint(i))
	}
	for _, class := range slices.Sorted(maps.Keys(ofClass)) {
		fmt.Fprintf(&out, "  linkStyle %s stroke:%s\n", strings.Join(ofClass[class], ","), kit.DrawnLine{Verdict: kit.Verdict{Class: class}}.Colour())
	}
	return out.String()
}

// mermaidText writes a name so that nothing in it is read as Mermaid, or as HTML,
// which Mermaid makes of it.
func mermaidText(text string) string {
	var out strings.Builder
	for _, r := range visible.Text(text) {
		switch {
		case r > 0x7f, r == ' ', r == '-', r == '_', r == '.', '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, "#%d;", r)
		}
	}
	return out.String()
}
