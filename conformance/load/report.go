package main

import (
	"fmt"
	"runtime"
	"strings"
)

// What four clients on SQLite are to reach.
const (
	goalPublish = 1500 // per second
	goalResult  = 2000 // per second
	goalP99     = 20   // milliseconds
	goalMemory  = 100  // MB
)

// report is the section of the page.
func report(o options, all []result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "By `make bench-load`: each figure over %s, the clients on the same machine (%d cores) as the broker, which runs as configured by default. "+
		"A publication is a new version on a branch with a pact of %d interactions that nobody has seen; a fetch is the latest pact of a pair; "+
		"a result is by a new version of the provider. Each client has its own consumer and provider, as builds of different applications do, but in the lines of one pair, where all publish for the same two: new versions of one application wait for each other.\n\n", o.length, runtime.NumCPU(), interactions)
	b.WriteString("| database | clients | request | per second | p50, ms | p99, ms | CPU of the broker, ms per request |\n|---|---:|---|---:|---:|---:|---:|\n")
	for _, r := range all {
		for _, f := range r.figures {
			fmt.Fprintf(&b, "| %s | %s | %s | %.0f | %.1f | %.1f | %.2f |\n", r.title, f.who(), f.what, f.perSecond, f.p50, f.p99, f.cpu)
		}
	}
	b.WriteString("\n")
	for _, r := range all {
		fmt.Fprintf(&b, "Memory of the broker on %s (resident): %.0f MB before; at its highest", r.title, r.idle)
		for i, p := range r.peaks {
			fmt.Fprintf(&b, "%s %.0f MB with %s", []string{"", ","}[min(i, 1)], p.memory, p.who())
		}
		b.WriteString(".\n\n")
	}
	for _, r := range all {
		if r.name == "sqlite" {
			fmt.Fprintf(&b, "SQLite runs with `synchronous=FULL`, the default: what is acknowledged is on the disk, where flushing 4 KB takes %.2f ms. "+
				"Requests that come in together share a flush.\n\n", r.flush)
			b.WriteString(goals(r))
		}
	}
	return b.String()
}

// who says who made the requests.
func (l load) who() string {
	if l.shared {
		return fmt.Sprintf("%d, one pair", l.clients)
	}
	return fmt.Sprint(l.clients)
}

// goals compares with what is to be reached.
func goals(r result) string {
	var out strings.Builder
	worst, memory := 0.0, 0.0
	for _, p := range r.peaks {
		if p.clients == 4 && !p.shared {
			memory = p.memory
		}
	}
	for _, f := range r.figures {
		if f.clients != 4 || f.shared {
			continue
		}
		worst = max(worst, f.p99)
		switch f.what {
		case "publish":
			fmt.Fprintf(&out, "publications %s of %d/s; ", share(f.perSecond, goalPublish), goalPublish)
		case "publish a result":
			fmt.Fprintf(&out, "results %s of %d/s; ", share(f.perSecond, goalResult), goalResult)
		}
	}
	if out.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("Goals for four clients on SQLite, and what was reached: %sthe slowest p99 is %.1f ms, at most %d; memory %.0f MB, at most %d.\n",
		out.String(), worst, goalP99, memory, goalMemory)
}

func share(reached, goal float64) string { return fmt.Sprintf("%.0f %%", 100*reached/goal) }
