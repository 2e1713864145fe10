package output

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/internal/visible"
)

// mostPadded is how wide a cell may make its column: one very long name is not
// a reason to let every row run over the edge of the screen.
const mostPadded = 60

// WriteTable prints rows under a header, columns aligned:
//
//	CONSUMER | PROVIDER
//	---------|---------
//	Foo      | Bar
//
// A cell of more than mostPadded characters makes its own row longer and no other.
func WriteTable(w io.Writer, header []string, rows [][]string) error {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			// A cell is one line: a line end in a name is not a new row.
			cell = visible.Text(cell)
			row[i] = cell
			if n := utf8.RuneCountInString(cell); n <= mostPadded {
				widths[i] = max(widths[i], n)
			}
		}
	}
	var out strings.Builder
	writeRow(&out, header, widths)
	for i, width := range widths {
		if i > 0 {
			out.WriteString("|-")
		}
		out.WriteString(strings.Repeat("-", width))
		if i < len(widths)-1 {
			out.WriteString("-")
		}
	}
	out.WriteString("\n")
	for _, row := range rows {
		writeRow(&out, row, widths)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func writeRow(out *strings.Builder, row []string, widths []int) {
	var line strings.Builder
	for i, cell := range row {
		if i > 0 {
			line.WriteString(" | ")
		}
		fmt.Fprintf(&line, "%-*s", widths[i], cell)
	}
	out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}
