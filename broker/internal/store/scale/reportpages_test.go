package scale_test

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Goals for pages: the median of an answer in ms, of the home page and of all others,
// the size of the home page in bytes, and the share of a core that open pages cost.
const (
	pageGoal      = 50.0
	homeGoal      = 30.0
	homeBytesGoal = 100_000
	openGoal      = 0.02
)

// pagesReport is what was measured of pages.
type pagesReport struct {
	pages []measuredPage
	open  []openShare
	// loads are how many programs wanted a processor when each page was measured.
	loads []float64
}

// noteLoad notes how busy the machine is, where it tells: others only make it slower.
func (r *pagesReport) noteLoad() {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return
	}
	var load float64
	if _, err := fmt.Sscanf(string(text), "%f", &load); err == nil {
		r.loads = append(r.loads, load)
	}
}

// openShare is the share of a core that open pages cost.
type openShare struct {
	database string
	share    float64
}

func (r pagesReport) text() string {
	var out strings.Builder
	fmt.Fprintf(&out, "Written by `make bench-pages` on %d CPUs, %s. Times of an answer in ms, as one client on the same machine sees them over HTTP: the fastest, p50 and p99. ", runtime.NumCPU(), runtime.Version())
	out.WriteString("*Again* is a page that somebody has seen, *first sight* the same page after a result of the newest versions of a pair has come in, which fails every other time. ")
	out.WriteString("*Asks* is how many statements the first sight puts to PostgreSQL, and in how many ways there and back.\n\n")
	out.WriteString("The history is that of `make bench-scale` with 1,000 applications and a million results, and a bad day on top of it: a provider that all 1,000 use and that fails 40 of them and has not verified 20, ")
	out.WriteString("40 more failures elsewhere, five environments, a team for each application, a contract of 1,000 interactions, and 100 webhooks.\n\n")
	if len(r.loads) > 0 {
		fmt.Fprintf(&out, "The load of the machine was %.0f to %.0f meanwhile; the measurement itself is a load of about 1, and what is above the number of CPUs makes all figures larger.\n\n", slices.Min(r.loads), slices.Max(r.loads))
	}
	for _, database := range r.databases() {
		fmt.Fprintf(&out, "%s:\n\n| page | KB | again | first sight | asks |\n|---|---:|---:|---:|---:|\n", database)
		for _, p := range r.pages {
			if p.database != database {
				continue
			}
			asks := ""
			if p.statements >= 0 {
				asks = fmt.Sprintf("%d in %d", p.statements, p.trips)
			}
			fmt.Fprintf(&out, "| %s | %d | %.1f / %.1f / %.1f | %.1f / %.1f / %.1f | %s |\n", p.name, (p.bytes+1023)/1024, p.again.Fastest, p.again.P50, p.again.P99, p.first.Fastest, p.first.P50, p.first.P99, asks)
		}
		out.WriteString("\n")
	}
	out.WriteString(r.missed() + "\n\n")
	fmt.Fprintf(&out, "%d pages that are open while nothing happens, browsers' side included; the goal is %.0f %% of a core:\n\n| database | of a core |\n|---|---:|\n", openPages, 100*openGoal)
	for _, o := range r.open {
		fmt.Fprintf(&out, "| %s | %.2f %% |\n", o.database, 100*o.share)
	}
	return out.String()
}

func (r pagesReport) databases() []string {
	var out []string
	for _, p := range r.pages {
		if !slices.Contains(out, p.database) {
			out = append(out, p.database)
		}
	}
	return out
}

// missed says which pages miss their goals.
func (r pagesReport) missed() string {
	var slow, slowFirst []string
	for _, p := range r.pages {
		goal := pageGoal
		if strings.HasPrefix(p.name, "home") {
			goal = homeGoal
			if p.bytes > homeBytesGoal {
				slow = append(slow, fmt.Sprintf("%s on %s with %d KB", p.name, p.database, p.bytes/1000))
			}
		}
		if p.again.P50 > goal {
			slow = append(slow, fmt.Sprintf("%s on %s with %.0f ms", p.name, p.database, p.again.P50))
		}
		if p.first.P50 > goal {
			slowFirst = append(slowFirst, fmt.Sprintf("%s on %s with %.0f ms", p.name, p.database, p.first.P50))
		}
	}
	said := func(when string, missed []string) string {
		if len(missed) == 0 {
			return when + " no page misses it."
		}
		return when + " these miss it: " + strings.Join(missed, ", ") + "."
	}
	return fmt.Sprintf("The goal is a p50 of %.0f ms for each page, and of %.0f ms and %d KB for home. ", pageGoal, homeGoal, homeBytesGoal/1000) + said("Seen again,", slow) + " " + said("At first sight after a change,", slowFirst)
}

// writePages puts the figures between the marks of a page.
func writePages(t *testing.T, page, figures string) {
	t.Helper()
	if page == "" {
		return
	}
	const begins, ends = "<!-- pages:begin -->\n", "<!-- pages:end -->"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := bytes.Cut(text, []byte(begins))
	_, after, closed := bytes.Cut(rest, []byte(ends))
	require.True(t, found && closed, "%s has no marks for the figures of pages", page)
	require.NoError(t, os.WriteFile(page, slices.Concat(before, []byte(begins), []byte("\n"+figures+"\n"), []byte(ends), after), 0o644))
}
