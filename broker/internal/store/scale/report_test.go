package scale_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// measured is one line of the report.
type measured struct {
	database  string
	results   int
	operation string
	clients   int
	figures
}

// report collects the figures and writes them where a page keeps them.
type report struct {
	lines []measured
	loads []string
}

func (r *report) add(m measured) {
	r.lines = append(r.lines, m)
	fmt.Println(m.row())
}

const header = "| database | results | operation | clients | fastest ms | p50 ms | p99 ms | per second |\n|---|---|---|---|---|---|---|---|"

func (m measured) row() string {
	return fmt.Sprintf("| %s | %d | %s | %d | %.2f | %.2f | %.2f | %.0f |",
		m.database, m.results, m.operation, m.clients, m.fastest, m.p50, m.p99, m.rate)
}

const (
	reportBegins = "<!-- scale:begin -->\n"
	reportEnds   = "<!-- scale:end -->"
)

// write puts the figures between the marks of the page that TREATY_SCALE_REPORT
// names, if it names one.
func (r *report) write(t *testing.T) {
	t.Helper()
	page := os.Getenv("TREATY_SCALE_REPORT")
	if page == "" {
		return
	}
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), reportBegins)
	require.True(t, found, "%s has no mark %s", page, reportBegins)
	_, after, found := strings.Cut(rest, reportEnds)
	require.True(t, found, "%s has no mark %s", page, reportEnds)
	require.NoError(t, os.WriteFile(page, []byte(before+reportBegins+r.text()+reportEnds+after), 0o644))
}

func (r *report) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Written by `make bench-scale` on %d CPUs, %s. Each figure is of a few seconds over HTTP, warm,\n", runtime.NumCPU(), runtime.Version())
	b.WriteString("with the clients on the same machine. The statements behind the questions, with their plans, stand in\n[query-plans.md](query-plans.md).\n\n")
	for _, load := range r.loads {
		fmt.Fprintf(&b, "- %s\n", load)
	}
	fmt.Fprintf(&b, "\n%s\n%s\n", r.plot(), header)
	for _, m := range r.lines {
		b.WriteString(m.row() + "\n")
	}
	return b.String()
}

// plot draws cost against history: the median of each question with one client
// on SQLite.
func (r *report) plot() string {
	var sizes, names []string
	medians := map[string][]string{}
	for _, m := range r.lines {
		if m.database != "SQLite" || m.clients != 1 {
			continue
		}
		if size := fmt.Sprintf("%q", short(m.results)); len(sizes) == 0 || sizes[len(sizes)-1] != size {
			sizes = append(sizes, size)
		}
		if medians[m.operation] == nil {
			names = append(names, m.operation)
		}
		medians[m.operation] = append(medians[m.operation], fmt.Sprintf("%.2f", m.p50))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "```mermaid\nxychart-beta\n  title \"p50 in ms, one client, by results stored\"\n  x-axis [%s]\n  y-axis \"ms\"\n", strings.Join(sizes, ", "))
	for _, name := range names {
		fmt.Fprintf(&b, "  line \"%s\" [%s]\n", name, strings.Join(medians[name], ", "))
	}
	return b.String() + "```\n"
}

func short(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n >= 1000:
		return fmt.Sprintf("%d k", n/1000)
	default:
		return fmt.Sprint(n)
	}
}

// A report goes between its marks and leaves the page around them alone.
func TestReportGoesBetweenItsMarks(t *testing.T) {
	page := t.TempDir() + "/page.md"
	require.NoError(t, os.WriteFile(page, []byte("# Page\n\n<!-- scale:begin -->\nold\n<!-- scale:end -->\n\nend\n"), 0o644))
	t.Setenv("TREATY_SCALE_REPORT", page)
	r := report{loads: []string{"loaded"}, lines: []measured{
		{"SQLite", 10_000, "ask", 1, figures{0.5, 1, 2, 900}}, {"SQLite", 1_000_000, "ask", 1, figures{0.5, 1.5, 2, 800}},
	}}
	r.write(t)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(text), "# Page\n\n<!-- scale:begin -->\nWritten by")
	require.Contains(t, string(text), `x-axis ["10 k", "1 M"]`)
	require.Contains(t, string(text), `line "ask" [1.00, 1.50]`)
	require.Contains(t, string(text), "| SQLite | 1000000 | ask | 1 | 0.50 | 1.50 | 2.00 | 800 |\n<!-- scale:end -->\n\nend\n")
	require.NotContains(t, string(text), "old")
}
