package publish

import (
	"fmt"
	"maps"
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

// comparableLines lists a pact's lines, sorted where order means nothing.
func comparableLines(body []byte) ([]diffLine, error) {
	plain, err := withoutIDs(body)
	if err != nil {
		return nil, fmt.Errorf("read a stored pact: %w", err)
	}
	var tree map[string]any
	if err := exact.Decode(plain, &tree); err != nil {
		return nil, fmt.Errorf("read a stored pact: %w", err)
	}
	for _, key := range []string{"interactions", "messages"} {
		if items, ok := tree[key].([]any); ok {
			tree[key] = inOrder(items)
		}
	}
	var out lineList
	if err := out.add("", tree, 0, ""); err != nil {
		return nil, err
	}
	return out, nil
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
type lineList []diffLine

// add appends the lines of a value, with what stands before and after it.
func (l *lineList) add(before string, value any, depth int, after string) error {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			break
		}
		l.line(depth, before+"{")
		names := slices.Sorted(maps.Keys(v))
		for i, name := range names {
			quoted, err := encodePlain(name)
			if err != nil {
				return err
			}
			if err := l.add(string(quoted)+": ", v[name], depth+1, comma(i, len(names))); err != nil {
				return err
			}
		}
		l.line(depth, "}"+after)
		return nil
	case []any:
		if len(v) == 0 {
			break
		}
		l.line(depth, before+"[")
		for i, item := range v {
			if err := l.add("", item, depth+1, comma(i, len(v))); err != nil {
				return err
			}
		}
		l.line(depth, "]"+after)
		return nil
	}
	text, err := encodePlain(value)
	if err != nil {
		return err
	}
	l.line(depth, before+string(text)+after)
	return nil
}

func (l *lineList) line(depth int, text string) { *l = append(*l, diffLine{depth, text}) }

// comma separates all items but the last.
func comma(i, count int) string {
	if i == count-1 {
		return ""
	}
	return ","
}
