package publish

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/internal/exact"
)

// diffLine is a line of a pact as it is compared. The indentation is counted
// and not written out: deep documents would be mostly blanks.
type diffLine struct {
	depth int
	text  string
}

// diffBook has the lines of both pacts, each once. Most lines of a pact stand in it
// many times, and in the other one too: a line that is there already costs nothing, and
// two are the same line if their numbers are.
type diffBook struct {
	lines []diffLine
	// numbers are those of the lines, by depth and text.
	numbers []map[string]int32
	// text is where a line is put together.
	text []byte
}

// valuesIn counts the lines that a document would have, without reading it
// into memory.
func valuesIn(body []byte) int {
	count, quoted := 1, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',':
			count++
		case c == '{' || c == '[':
			count += 2
		}
	}
	return count
}

// errNotObject is for what is stored and cannot be: a pact is an object.
var errNotObject = errors.New("it is not an object")

// comparableLines lists the numbers of a pact's lines, sorted where order means
// nothing and without the ids that storing added.
func (d *diffBook) comparableLines(body []byte) ([]int32, error) {
	value, err := exact.Value(body)
	if err != nil {
		return nil, fmt.Errorf("read a stored pact: %w", err)
	}
	tree, isObject := value.(map[string]any)
	if !isObject {
		return nil, fmt.Errorf("read a stored pact: %w", errNotObject)
	}
	for _, key := range []string{"interactions", "messages"} {
		items, isList := tree[key].([]any)
		if !isList {
			continue
		}
		for _, item := range items {
			if members, isObject := item.(map[string]any); isObject {
				delete(members, "_id")
			}
		}
		tree[key] = inOrder(items)
	}
	list := lineList{book: d, numbers: make([]int32, 0, valuesIn(body))}
	err = list.add(nil, tree, 0, "")
	return list.numbers, err
}

// inOrder sorts interactions by what names them.
func inOrder(items []any) []any {
	type named struct {
		by   string
		item any
	}
	all := make([]named, len(items))
	for i, item := range items {
		all[i] = named{sortText(item), item}
	}
	slices.SortStableFunc(all, func(x, y named) int { return strings.Compare(x.by, y.by) })
	out := make([]any, len(items))
	for i, n := range all {
		out[i] = n.item
	}
	return out
}

func sortText(item any) string {
	members, _ := item.(map[string]any)
	head, err := encodePlain([]any{members["description"], members["providerState"], members["provider_state"], members["providerStates"]})
	if err != nil {
		return ""
	}
	return string(head)
}

// lineList collects lines as an indenting encoder would write them.
type lineList struct {
	book    *diffBook
	numbers []int32
}

// add appends the lines of a value, with the name of a member before it, if it is one,
// and what stands after it.
func (l *lineList) add(name *string, value any, depth int, after string) error {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			break
		}
		if err := l.line(name, depth, bracket("{"), ""); err != nil {
			return err
		}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for i := range names {
			if err := l.add(&names[i], v[names[i]], depth+1, comma(i, len(names))); err != nil {
				return err
			}
		}
		return l.line(nil, depth, bracket("}"), after)
	case []any:
		if len(v) == 0 {
			break
		}
		if err := l.line(name, depth, bracket("["), ""); err != nil {
			return err
		}
		for i, item := range v {
			if err := l.add(nil, item, depth+1, comma(i, len(v))); err != nil {
				return err
			}
		}
		return l.line(nil, depth, bracket("]"), after)
	}
	return l.line(name, depth, value, after)
}

// bracket stands where a value would.
type bracket string

func (l *lineList) line(name *string, depth int, value any, after string) (err error) {
	text := l.book.text[:0]
	if name != nil {
		if text, err = appendPlain(text, *name); err != nil {
			return err
		}
		text = append(text, ": "...)
	}
	if text, err = appendPlain(text, value); err != nil {
		return err
	}
	text = append(text, after...)
	l.book.text = text
	l.numbers = append(l.numbers, l.book.number(depth, text))
	return nil
}

// number is that of a line.
func (d *diffBook) number(depth int, text []byte) int32 {
	for len(d.numbers) <= depth {
		d.numbers = append(d.numbers, map[string]int32{})
	}
	known := d.numbers[depth]
	if n, has := known[string(text)]; has {
		return n
	}
	n, line := int32(len(d.lines)), diffLine{depth, string(text)} //nolint:gosec // there are diffLines of them at most
	known[line.text], d.lines = n, append(d.lines, line)
	return n
}

// appendPlain appends a value as encodePlain writes it.
func appendPlain(to []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case bracket:
		return append(to, v...), nil
	case json.Number:
		return append(to, v...), nil
	case string:
		if isPlain(v) {
			return append(append(append(to, '"'), v...), '"'), nil
		}
	}
	text, err := encodePlain(value)
	return append(to, text...), err
}

// isPlain reports whether a text needs nothing but quotation marks to be JSON.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// comma separates all items but the last.
func comma(i, count int) string {
	if i == count-1 {
		return ""
	}
	return ","
}
