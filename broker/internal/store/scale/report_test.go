package scale_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// measured is what a request takes with a history.
type measured struct {
	Database string `json:"database"`
	Deep     bool   `json:"deep,omitempty"`
	Results  int    `json:"results"`
	// Where is empty for a warm broker beside its database.
	Where     string  `json:"where,omitempty"`
	Operation string  `json:"operation"`
	Clients   int     `json:"clients"`
	Figures   figures `json:"figures"`
}

// Circumstances of a figure.
const (
	fromAfar    = "5 ms away"
	cold        = "cold"
	beforeClean = "before a clean-up"
	whileClean  = "while a clean-up works"
)

// loaded is what was made up, and what it takes.
type loaded struct {
	Database     string  `json:"database"`
	Deep         bool    `json:"deep,omitempty"`
	Results      int     `json:"results"`
	Applications int     `json:"applications"`
	Versions     int     `json:"versions"`
	Contents     int     `json:"contents"`
	Made         int     `json:"made"`
	Seconds      float64 `json:"seconds"`
	Disk         []disk  `json:"disk"`
}

// report holds the figures and writes them where a page keeps them.
type report struct {
	mu       sync.Mutex
	Lines    []measured `json:"lines"`
	Loads    []loaded   `json:"loads"`
	Cleaning []cleaned  `json:"cleaning"`
}

const figuresFile = "figures.json"

// readReport goes on from the figures of an earlier run, if they were kept.
func readReport(t *testing.T) *report {
	t.Helper()
	r := &report{}
	if keptIn() == "" {
		return r
	}
	text, err := os.ReadFile(filepath.Join(keptIn(), figuresFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, r))
	return r
}

// keep writes the figures down for the next run.
func (r *report) keep(t *testing.T) {
	t.Helper()
	if keptIn() == "" {
		return
	}
	text, err := json.MarshalIndent(r, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(keptIn(), figuresFile), text, 0o644))
}

// add takes a figure in. Of two of the same the better one counts.
func (r *report) add(m measured) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Printf("%s %s %s, %d clients: p50 %.2f, p99 %.2f ms, %.0f/s\n", m.history(), m.Where, m.Operation, m.Clients, m.Figures.P50, m.Figures.P99, m.Figures.Rate)
	for i, known := range r.Lines {
		if known.history() == m.history() && known.Where == m.Where && known.Operation == m.Operation && known.Clients == m.Clients {
			// What stands beside something else is told as it was at that moment.
			m.Figures.Fastest = min(m.Figures.Fastest, known.Figures.Fastest)
			r.Lines[i].Figures.Fastest = m.Figures.Fastest
			if m.Figures.P50 < known.Figures.P50 || m.Where == beforeClean || m.Where == whileClean {
				r.Lines[i] = m
			}
			return
		}
	}
	r.Lines = append(r.Lines, m)
}

func (r *report) loaded(l loaded) {
	r.Loads = slices.DeleteFunc(r.Loads, func(known loaded) bool { return known.history() == l.history() })
	r.Loads = append(r.Loads, l)
}

func (r *report) cleaned(c cleaned) {
	r.Cleaning = slices.DeleteFunc(r.Cleaning, func(known cleaned) bool { return known.Database == c.Database && known.Results == c.Results })
	r.Cleaning = append(r.Cleaning, c)
}

func historyName(database string, deep bool, results int) string {
	if deep {
		return fmt.Sprintf("%s, %s of few applications", database, short(results))
	}
	return fmt.Sprintf("%s, %s", database, short(results))
}

func (m measured) history() string { return historyName(m.Database, m.Deep, m.Results) }
func (l loaded) history() string   { return historyName(l.Database, l.Deep, l.Results) }

func (l loaded) text() string {
	return fmt.Sprintf("%s: %d applications, %d versions, %d contents and %d results in %.0f s, %d MB",
		l.history(), l.Applications, l.Versions, l.Contents, l.Made, l.Seconds, (l.tables()+l.indexes())/1e6)
}

func (l loaded) tables() (sum int64) {
	for _, d := range l.Disk {
		sum += d.Table
	}
	return sum
}

func (l loaded) indexes() (sum int64) {
	for _, d := range l.Disk {
		sum += d.Indexes
	}
	return sum
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
	parts := []string{fmt.Sprintf(`Written by `+"`make bench-scale`"+` on %d CPUs, %s. Each figure is the best of some rounds of a few seconds over HTTP, with the
clients, and PostgreSQL with 1 GB of shared_buffers, on the same machine; p50 and p99 are of the round with the
smallest p50. Others worked on the machine meanwhile: the fastest answer tells what one takes where nobody
does. "At 100 M" is the straight line through the figures of one row, on paper. The statements behind the
questions, with their plans, stand in [query-plans.md](query-plans.md).
`, runtime.NumCPU(), runtime.Version()), r.made(), r.plot()}
	for _, of := range r.kinds() {
		parts = append(parts, r.requests(of))
	}
	parts = append(parts, r.from(fromAfar, "What 5 ms to the database and back add, with one client:"),
		r.from(cold, "The first answers of a broker that has just started, on a database that has just started on a machine that has just emptied its caches:"),
		r.cleanings(), r.tables())
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return "\n" + strings.Join(parts, "\n") + "\n"
}

// made tells what was made up and what it takes on the disk.
func (r *report) made() string {
	if len(r.Loads) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("A year of history is made up and loaded in bulk. *Of few applications* means 60 instead of 1,000, with a tag on every version, and contents that thousands of versions have verified.\n\n")
	b.WriteString("| history | applications | versions | contents | results | loaded in, s | disk, GB | MB for a million results: tables | indexes |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, l := range r.Loads {
		million := float64(l.Made)
		if l.tables() == 0 { // not every SQLite tells
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %.0f | | | |\n", l.history(), l.Applications, l.Versions, l.Contents, l.Made, l.Seconds)
			continue
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %.0f | %.1f | %.0f | %.0f |\n", l.history(), l.Applications, l.Versions, l.Contents, l.Made, l.Seconds,
			float64(l.tables()+l.indexes())/1e9, float64(l.tables())/million, float64(l.indexes())/million)
	}
	for _, of := range r.kinds() {
		var xs, ys []float64
		for _, l := range r.Loads {
			if l.Database == of.database && l.Deep == of.deep && len(l.Disk) > 0 {
				xs, ys = append(xs, float64(l.Made)), append(ys, float64(l.tables()+l.indexes())/1e9)
			}
		}
		if at, ok := straight(xs, ys); ok && at > 0 {
			fmt.Fprintf(&b, "\nOn the straight line, 100 million results of this shape take %.0f GB on %s.\n", at, of.name())
		}
	}
	return b.String()
}

// kind is a database with a shape of history.
type kind struct {
	database string
	deep     bool
}

func (k kind) name() string {
	if k.deep {
		return k.database + ", few applications"
	}
	return k.database
}

// kinds are those that were measured.
func (r *report) kinds() []kind {
	var out []kind
	for _, m := range r.Lines {
		if k := (kind{m.Database, m.Deep}); !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// warm returns the lengths of history, and the figures by request and length, of a
// warm broker beside its database.
func (r *report) warm(of kind, clients int) (sizes []int, names []string, by map[string]map[int]figures) {
	by = map[string]map[int]figures{}
	for _, m := range r.Lines {
		if m.Database != of.database || m.Deep != of.deep || m.Where != "" || m.Clients != clients {
			continue
		}
		if !slices.Contains(sizes, m.Results) {
			sizes = append(sizes, m.Results)
		}
		if by[m.Operation] == nil {
			names, by[m.Operation] = append(names, m.Operation), map[int]figures{}
		}
		by[m.Operation][m.Results] = m.Figures
	}
	slices.Sort(sizes)
	return sizes, names, by
}

func (r *report) requests(of kind) string {
	sizes, _, _ := r.warm(of, 1)
	var b strings.Builder
	fmt.Fprintf(&b, "%s, fastest / p50 / p99 in ms by results stored:\n\n| request | clients |", of.name())
	for _, size := range sizes {
		fmt.Fprintf(&b, " %s |", short(size))
	}
	b.WriteString(" p50 at 100 M |\n|---|---:|" + strings.Repeat("---:|", len(sizes)+1) + "\n")
	for _, clients := range []int{1, 8} {
		_, names, by := r.warm(of, clients)
		for _, name := range names {
			fmt.Fprintf(&b, "| %s | %d |", name, clients)
			var xs, ys []float64
			for _, size := range sizes {
				f, known := by[name][size]
				if !known {
					b.WriteString(" |")
					continue
				}
				xs, ys = append(xs, float64(size)), append(ys, f.P50)
				fmt.Fprintf(&b, " %.2f / %.2f / %.1f |", f.Fastest, f.P50, f.P99)
			}
			if at, ok := straight(xs, ys); ok && at > ys[0] {
				fmt.Fprintf(&b, " %.1f", at)
			} else if ok {
				b.WriteString(" no more")
			}
			b.WriteString(" |\n")
		}
	}
	return b.String()
}

// onPaper is the length of history to which the lines are drawn.
const onPaper = 100e6

// straight returns the value at onPaper of the straight line that comes nearest to
// the points, of which there are two or more.
func straight(xs, ys []float64) (float64, bool) {
	if len(xs) < 2 {
		return 0, false
	}
	var x, y, xx, xy float64
	n := float64(len(xs))
	for i := range xs {
		x, y, xx, xy = x+xs[i]/n, y+ys[i]/n, xx+xs[i]*xs[i]/n, xy+xs[i]*ys[i]/n
	}
	slope := (xy - x*y) / (xx - x*x)
	return y + slope*(onPaper-x), true
}

// from compares the figures under a circumstance with those of a warm broker.
func (r *report) from(where, title string) string {
	var b strings.Builder
	for _, m := range r.Lines {
		if m.Where != where {
			continue
		}
		if b.Len() == 0 {
			fmt.Fprintf(&b, "%s\n\n| history | request | ms | warm, beside it, p50 |\n|---|---|---:|---:|\n", title)
		}
		_, _, by := r.warm(kind{m.Database, m.Deep}, 1)
		fmt.Fprintf(&b, "| %s | %s | %.1f | %.2f |\n", m.history(), m.Operation, m.Figures.P50, by[m.Operation][m.Results].P50)
	}
	return b.String()
}

func (r *report) cleanings() string {
	if len(r.Cleaning) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("A clean-up of the first month of the year, with the default share of the time, beside four clients that publish, send results, fetch and ask, one each:\n\n")
	b.WriteString("| history | time, s | versions | results | branches | contents | results/s |\n|---|---:|---:|---:|---:|---:|---:|\n")
	for _, c := range r.Cleaning {
		fmt.Fprintf(&b, "| %s | %.0f | %d | %d | %d | %d | %.0f |\n", historyName(c.Database, false, c.Results), c.Seconds, c.Versions, c.Gone, c.Branches, c.Contents, float64(c.Gone)/c.Seconds)
	}
	b.WriteString("\n| history | request | before it, p50 / p99 in ms | while it works |\n|---|---|---:|---:|\n")
	for _, m := range r.Lines {
		if m.Where != whileClean {
			continue
		}
		for _, o := range r.Lines {
			if o.Where == beforeClean && o.history() == m.history() && o.Operation == m.Operation {
				fmt.Fprintf(&b, "| %s | %s | %.2f / %.1f | %.2f / %.1f |\n", m.history(), m.Operation, o.Figures.P50, o.Figures.P99, m.Figures.P50, m.Figures.P99)
			}
		}
	}
	return b.String()
}

// tables tells what each table takes in the longest history on PostgreSQL.
func (r *report) tables() string {
	var longest loaded
	for _, l := range r.Loads {
		if l.Database == "PostgreSQL" && !l.Deep && l.Made > longest.Made {
			longest = l
		}
	}
	if longest.Made == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "What takes the disk, MB for a million results, %s:\n\n| table | rows | indexes |\n|---|---:|---:|\n", longest.history())
	for _, d := range longest.Disk {
		if mb := float64(d.Table+d.Indexes) / float64(longest.Made); mb >= 1 {
			fmt.Fprintf(&b, "| %s | %.0f | %.0f |\n", d.Name, float64(d.Table)/float64(longest.Made), float64(d.Indexes)/float64(longest.Made))
		}
	}
	return b.String()
}

// plot draws cost against history: the median of each question with one client
// on PostgreSQL.
func (r *report) plot() string {
	sizes, names, by := r.warm(kind{database: "PostgreSQL"}, 1)
	if len(sizes) < 2 {
		return ""
	}
	var b strings.Builder
	var axis []string
	for _, size := range sizes {
		axis = append(axis, fmt.Sprintf("%q", short(size)))
	}
	fmt.Fprintf(&b, "```mermaid\nxychart-beta\n  title \"p50 in ms, one client, PostgreSQL, by results stored\"\n  x-axis [%s]\n  y-axis \"ms\"\n", strings.Join(axis, ", "))
	for _, name := range names {
		if strings.HasSuffix(name, "page") {
			continue // of another size altogether
		}
		var medians []string
		for _, size := range sizes {
			medians = append(medians, fmt.Sprintf("%.2f", by[name][size].P50))
		}
		fmt.Fprintf(&b, "  line \"%s\" [%s]\n", name, strings.Join(medians, ", "))
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
