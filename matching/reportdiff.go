package matching

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/internal/exact"
)

const (
	// maxDiffLines bounds the diff; its cost is the product of both sides.
	maxDiffLines = 2000
	// diffContext is how many equal lines stand around a difference.
	diffContext = 3
)

// diff writes the two bodies as one text: lines of the expected body begin
// with "-", of the actual body with "+".
func (p *printer) diff(expected, actual []byte) {
	a, b := diffLines(expected), diffLines(actual)
	if a == nil || b == nil {
		return
	}
	p.line("")
	p.line("  body, " + p.red("- expected") + " " + p.green("+ got"))
	edits := editScript(a, b)
	keep := nearChanges(edits)
	for i, e := range edits {
		switch {
		case !keep[i]:
			if i > 0 && keep[i-1] {
				p.line("      …")
			}
		case e.op == '-':
			p.line("    " + p.red("- "+e.line))
		case e.op == '+':
			p.line("    " + p.green("+ "+e.line))
		default:
			p.line("      " + e.line)
		}
	}
}

// diffLines returns a body as lines, JSON with sorted members; nil if it is
// too long or no text.
func diffLines(body []byte) []string {
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return nil
	}
	lines := strings.Split(strings.TrimRight(string(prettyJSON(body)), "\n"), "\n")
	if len(lines) > maxDiffLines {
		return nil
	}
	for i, line := range lines {
		lines[i] = cut(line)
	}
	return lines
}

func prettyJSON(body []byte) []byte {
	v, err := exact.Value(body)
	if err != nil {
		return body
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if e.Encode(v) != nil {
		return body
	}
	return out.Bytes()
}

// edit is one line of a diff: ' ' both have it, '-' and '+' one has.
type edit struct {
	op   byte
	line string
}

// editScript turns a into b by a longest common subsequence.
func editScript(a, b []string) []edit {
	// common[i][j] is the length of the longest common subsequence of a[i:] and b[j:].
	common := make([][]int16, len(a)+1)
	for i := range common {
		common[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var edits []edit
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			edits = append(edits, edit{' ', a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			edits = append(edits, edit{'-', a[i]})
			i++
		default:
			edits = append(edits, edit{'+', b[j]})
			j++
		}
	}
	return edits
}

// nearChanges marks the lines that are shown.
func nearChanges(edits []edit) []bool {
	keep := make([]bool, len(edits))
	for i, e := range edits {
		if e.op == ' ' {
			continue
		}
		for k := max(0, i-diffContext); k <= min(len(edits)-1, i+diffContext); k++ {
			keep[k] = true
		}
	}
	return keep
}
