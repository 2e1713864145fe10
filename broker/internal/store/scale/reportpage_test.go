package scale_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// A report goes between its marks and leaves the page around them alone.
func TestReportGoesBetweenItsMarks(t *testing.T) {
	page := t.TempDir() + "/page.md"
	require.NoError(t, os.WriteFile(page, []byte("# Page\n\n<!-- scale:begin -->\nold\n<!-- scale:end -->\n\nend\n"), 0o644))
	t.Setenv("TREATY_SCALE_REPORT", page)
	t.Setenv("TREATY_SCALE_FOLDER", t.TempDir())
	ask := func(results int, where string, p50 float64) measured {
		return measured{"PostgreSQL", false, results, where, "ask", 1, figures{0.5, p50, 2, 900}}
	}
	first := &report{}
	first.add(ask(10_000_000, "", 1))
	first.add(ask(20_000_000, "", 1.7))
	first.loaded(loaded{Database: "PostgreSQL", Results: 10_000_000, Made: 10_000_000, Disk: []disk{{"verification", 3e9, 1e9}}})
	first.loaded(loaded{Database: "PostgreSQL", Results: 20_000_000, Made: 20_000_000, Disk: []disk{{"verification", 6e9, 2e9}}})
	first.keep(t)

	r := readReport(t)
	r.add(ask(20_000_000, "", 1.5))
	r.add(ask(20_000_000, "", 1.9))
	r.add(ask(20_000_000, fromAfar, 7))
	r.add(ask(20_000_000, beforeClean, 2))
	r.add(ask(20_000_000, whileClean, 3))
	r.cleaned(cleaned{Database: "PostgreSQL", Results: 20_000_000, Seconds: 10, Gone: 5000, Versions: 40})
	r.write(t)
	read, err := os.ReadFile(page)
	require.NoError(t, err)
	text := string(read)
	require.Contains(t, text, "# Page\n\n<!-- scale:begin -->\n\nWritten by")
	require.Contains(t, text, `x-axis ["10 M", "20 M"]`)
	require.Contains(t, text, `line "ask" [1.00, 1.50]`)
	require.Contains(t, text, "| ask | 1 | 0.50 / 1.00 / 2.0 | 0.50 / 1.50 / 2.0 | 5.5 |\n", "the better of two figures, and the line through them")
	require.Contains(t, text, "100 million results of this shape take 40 GB on PostgreSQL")
	require.Contains(t, text, "| PostgreSQL, 20 M | ask | 7.0 | 1.50 |")
	require.Contains(t, text, "| PostgreSQL, 20 M | ask | 2.00 / 2.0 | 3.00 / 2.0 |")
	require.Contains(t, text, "| PostgreSQL, 20 M | 10 | 40 | 5000 | 0 | 0 | 500 |")
	require.Contains(t, text, "| verification | 300 | 100 |")
	require.Contains(t, text, "<!-- scale:end -->\n\nend\n")
	require.NotContains(t, text, "old")
}
