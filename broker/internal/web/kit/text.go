package kit

import (
	"fmt"
	"strconv"
	"strings"
)

// Part is what can stand in a cell of a table or beside a fact.
type Part interface {
	// Part is the name of the template.
	Part() string
	// Plain is what it says, without its form: what is searched and filtered.
	Plain() string
	// key orders parts of one kind.
	key() string
}

// Cell is what stands in one place, in its order.
type Cell []Part

// Plain is what the cell says.
func (c Cell) Plain() string {
	texts := make([]string, len(c))
	for i, part := range c {
		texts[i] = part.Plain()
	}
	return strings.Join(texts, " ")
}

// Line is what stands on a line of its own in a cell.
type Line struct{ Cell Cell }

// Part implements [Part].
func (Line) Part() string { return "own-line" }

// Plain implements [Part].
func (l Line) Plain() string { return l.Cell.Plain() }

func (l Line) key() string {
	if len(l.Cell) == 0 {
		return last
	}
	return l.Cell[0].key()
}

// Text is a plain text.
type Text struct{ Text string }

// Part implements [Part].
func (Text) Part() string { return "text" }

// Plain implements [Part].
func (t Text) Plain() string { return t.Text }

func (t Text) key() string { return strings.ToLower(t.Text) }

// Sentence is a text in words, in which commits are cut short.
type Sentence struct{ Text string }

// Part implements [Part].
func (Sentence) Part() string { return "sentence" }

// Plain implements [Part].
func (s Sentence) Plain() string { return s.Text }

func (s Sentence) key() string { return strings.ToLower(s.Text) }

// Muted is a text of less weight: what is not there, or says more about what is.
type Muted struct{ Text string }

// Part implements [Part].
func (Muted) Part() string { return "muted" }

// Plain implements [Part].
func (m Muted) Plain() string { return m.Text }

func (Muted) key() string { return last }

// Mono is a text that programs read too: a branch, a path, a digest.
type Mono struct{ Text string }

// Part implements [Part].
func (Mono) Part() string { return "mono" }

// Plain implements [Part].
func (m Mono) Plain() string { return m.Text }

func (m Mono) key() string { return strings.ToLower(m.Text) }

// Number is a count.
type Number struct{ N int }

// Part implements [Part].
func (Number) Part() string { return "number" }

// Plain implements [Part].
func (n Number) Plain() string { return strconv.Itoa(n.N) }

func (n Number) key() string { return fmt.Sprintf("%020d", n.N) }

// last is the key of what is not there: it comes after all the others.
const last = "\U0010FFFF"
