package broker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// DiffPacts compares two pacts of a pair. With the zero value for other it
// compares with the previous distinct one; PactDiff.Old is nil if there is none.
func (s *Service) DiffPacts(ctx context.Context, q, other PactQuery) (PactDiff, error) {
	var newer, older Pact
	found := true
	err := s.Store.View(ctx, func(tx Tx) error {
		p, _, err := findPublication(tx, q)
		if err != nil {
			return err
		}
		var o PactPublication
		if other.isZero() {
			o, err = previousDistinct(tx, p)
			found = !IsNotFound(err)
		} else {
			o, _, err = findPublication(tx, other)
		}
		if err != nil && found {
			return err
		}
		if found && o.ConsumerVersion.Order > p.ConsumerVersion.Order {
			p, o = o, p
		}
		if newer, err = onePact(tx, p); err != nil || !found {
			return err
		}
		older, err = onePact(tx, o)
		return err
	})
	if err != nil {
		return PactDiff{}, err
	}
	if !found {
		return PactDiff{New: &newer}, nil
	}
	text, err := diffBodies(older.Body, newer.Body)
	if err == nil {
		err = ctx.Err()
	}
	return PactDiff{Old: &older, New: &newer, Text: text}, err
}

func (q PactQuery) isZero() bool {
	return q.Consumer == "" && q.Provider == "" && q.Version == "" && q.SHA == "" && !q.Latest && !q.Untagged && q.Tag == "" && q.Branch == ""
}

// diffBodies lists the lines by which two pacts differ, with interactions in an
// order of their own and without ids.
func diffBodies(older, newer []byte) (string, error) {
	a, err := comparableLines(older)
	if err != nil {
		return "", err
	}
	b, err := comparableLines(newer)
	if err != nil {
		return "", err
	}
	return unified(a, b), nil
}

func comparableLines(body []byte) ([]string, error) {
	plain, err := withoutIDs(body)
	if err != nil {
		return nil, fmt.Errorf("read a stored pact: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber()
	var tree map[string]any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("read a stored pact: %w", err)
	}
	for _, key := range []string{"interactions", "messages"} {
		if items, ok := tree[key].([]any); ok {
			slices.SortStableFunc(items, func(x, y any) int { return strings.Compare(sortText(x), sortText(y)) })
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(tree); err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n"), nil
}

func sortText(item any) string {
	members, _ := item.(map[string]any)
	head, err := encodePlain([]any{members["description"], members["providerState"], members["provider_state"], members["providerStates"]})
	if err != nil {
		return ""
	}
	return string(head)
}

// diffContext is how many equal lines stand around a change.
const diffContext = 3

// edit is a line of a diff: kept (' '), taken away ('-') or added ('+').
type edit struct {
	mark byte
	line string
}

// unified renders the edits from a to b, leaving out what is far from any.
func unified(a, b []string) string {
	edits := script(a, b)
	show := make([]bool, len(edits))
	changed := false
	for i, e := range edits {
		if e.mark == ' ' {
			continue
		}
		changed = true
		for j := max(0, i-diffContext); j < min(len(edits), i+diffContext+1); j++ {
			show[j] = true
		}
	}
	if !changed {
		return ""
	}
	var out strings.Builder
	for i, e := range edits {
		switch {
		case show[i]:
			out.WriteByte(e.mark)
			out.WriteString(e.line)
			out.WriteByte('\n')
		case i == 0 || show[i-1]:
			out.WriteString(" ...\n")
		}
	}
	return out.String()
}

// script finds edits from a to b: what both begin and end with is kept, and of
// the rest a longest common part, unless it is so long that looking for one
// would take too much time; then the whole rest is replaced.
func script(a, b []string) []edit {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var out []edit
	for _, line := range a[:start] {
		out = append(out, edit{' ', line})
	}
	out = append(out, middle(a[start:len(a)-end], b[start:len(b)-end])...)
	for _, line := range a[len(a)-end:] {
		out = append(out, edit{' ', line})
	}
	return out
}

// maxTable limits the cells of the table of common lengths.
const maxTable = 16 << 20

func middle(a, b []string) []edit {
	var out []edit
	if len(a)*len(b) > maxTable {
		for _, line := range a {
			out = append(out, edit{'-', line})
		}
		for _, line := range b {
			out = append(out, edit{'+', line})
		}
		return out
	}
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, edit{' ', a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[(i+1)*width+j] >= common[i*width+j+1]):
			out = append(out, edit{'-', a[i]})
			i++
		default:
			out = append(out, edit{'+', b[j]})
			j++
		}
	}
	return out
}
