package kit

import (
	"fmt"
	"strings"
)

// Drawing is a graph of things that lead to each other, drawn to the scale of a
// text. What it shows stands in a table beside it too.
type Drawing struct {
	// Label says what is drawn.
	Label         string
	Width, Height int
	Nodes         []DrawnNode
	Lines         []DrawnLine
}

// DrawnNode is a thing, as a box that leads to it.
type DrawnNode struct {
	X, Y, Width, Height int
	// Text is what the box has room for, Whole all of it.
	Text, Whole string
	// Under is a smaller line below.
	Under string
	URL   string
	// Kind is "focus" for what the drawing is about, "outside" for what is beside it,
	// "" for all others.
	Kind string
}

// Middle is where its texts stand from left to right.
func (n DrawnNode) Middle() int { return n.X + n.Width/2 }

// TextY and UnderY are the lines on which its texts stand.
func (n DrawnNode) TextY() int {
	if n.Under == "" {
		return n.Y + n.Height/2 + 5
	}
	return n.Y + n.Height/2 - 2
}

// UnderY is the line of the smaller text.
func (n DrawnNode) UnderY() int { return n.Y + n.Height/2 + 14 }

// DrawnLine leads from one box to another.
type DrawnLine struct {
	Verdict Verdict
	// Says is the line in words.
	Says string
	// Points are pairs: from the first of each to its second the line is straight,
	// and to the next pair it is a curve that is level at both ends.
	Points []Point
}

// Point is a place in a drawing; y grows downwards.
type Point struct{ X, Y int }

// Path is the line as SVG writes it, Head its end.
func (l DrawnLine) Path() string {
	var out strings.Builder
	for i, p := range l.Points {
		switch {
		case i == 0:
			fmt.Fprintf(&out, "M%d %d", p.X, p.Y)
		case i%2 == 1 && p != l.Points[i-1]:
			fmt.Fprintf(&out, "L%d %d", p.X, p.Y)
		case i%2 == 0:
			middle := (l.Points[i-1].X + p.X) / 2
			fmt.Fprintf(&out, "C%d %d %d %d %d %d", middle, l.Points[i-1].Y, middle, p.Y, p.X, p.Y)
		}
	}
	return out.String()
}

// Head is the arrow at the end of the line.
func (l DrawnLine) Head() string {
	if len(l.Points) < 3 {
		return ""
	}
	end, back := l.Points[len(l.Points)-1], -8
	if l.Points[len(l.Points)-3].X > end.X {
		back = 8
	}
	return fmt.Sprintf("M%d %dl%d -4v8z", end.X, end.Y, back)
}

// HasSign reports whether the line says in a sign how it stands: those that are not
// good do.
func (l DrawnLine) HasSign() bool {
	return len(l.Points) > 2 && (l.Verdict.Class == ClassNo || l.Verdict.Class == ClassUnknown)
}

// Sign is where the sign stands: halfway along the last curve.
func (l DrawnLine) Sign() Point {
	a, b := l.Points[len(l.Points)-3], l.Points[len(l.Points)-2]
	return Point{(a.X + b.X) / 2, (a.Y + b.Y) / 2}
}

// Colour is the colour of the line where no style sheet gives it another.
func (l DrawnLine) Colour() string {
	return map[Class]string{ClassNo: "#a3201b", ClassUnknown: "#7a5200", ClassYes: "#0b6b37", ClassNone: "#5a6461"}[l.Verdict.Class]
}

// Dashes tell lines apart without their colour.
func (l DrawnLine) Dashes() string {
	return map[Class]string{ClassUnknown: "7 4", ClassNone: "2 4"}[l.Verdict.Class]
}

// Stroke is how wide the line is.
func (l DrawnLine) Stroke() string {
	if l.Verdict.Class == ClassNo {
		return "3"
	}
	return "1.5"
}

// Legend are the lines that the drawing has, one of each kind, the worst first.
func (d Drawing) Legend() []DrawnLine {
	var out []DrawnLine
	for _, class := range []Class{ClassNo, ClassUnknown, ClassNone, ClassYes} {
		for _, l := range d.Lines {
			if l.Verdict.Class == class {
				out = append(out, DrawnLine{Verdict: l.Verdict, Points: []Point{{2, 10}, {2, 10}, {44, 10}, {44, 10}}})
				break
			}
		}
	}
	return out
}
