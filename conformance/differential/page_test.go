package differential_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/treatyhq/treaty/conformance/page"
)

// tally counts what came of each corpus, for the conformance page.
type tally struct {
	mu      sync.Mutex
	corpora map[string]*counts
}

type counts struct{ all, alike, explained int }

var seen = tally{corpora: map[string]*counts{}}

func (t *tally) add(corpus string, alike, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.corpora[corpus]
	if c == nil {
		c = &counts{}
		t.corpora[corpus] = c
	}
	c.all++
	switch {
	case alike:
		c.alike++
	case known:
		c.explained++
	}
}

// TestMain writes the figures to the page that TREATY_CONFORMANCE_PAGE names,
// after a run without a failure.
func TestMain(m *testing.M) {
	status := m.Run()
	if path := os.Getenv("TREATY_CONFORMANCE_PAGE"); path != "" && status == 0 && len(seen.corpora) > 0 {
		if err := page.Replace(path, "verifier", seen.section()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	os.Exit(status)
}

func (t *tally) section() string {
	var b strings.Builder
	b.WriteString("Both verifiers get the same pact and the same provider; the verdict on each interaction, or the request sent, is compared. " +
		"By `make interop`; `make differential` compares the same with the verifier inside pact-go's native library.\n\n")
	b.WriteString("| Corpus | Compared | Alike | Explained |\n|---|--:|--:|--:|\n")
	var all counts
	for _, name := range slices.Sorted(maps.Keys(t.corpora)) {
		c := t.corpora[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", name, c.all, c.alike, c.explained)
		all.all, all.alike, all.explained = all.all+c.all, all.alike+c.alike, all.explained+c.explained
	}
	fmt.Fprintf(&b, "| all | %d | %d | %d |\n\nWhere they differ:\n\n", all.all, all.alike, all.explained)
	for _, name := range slices.SortedFunc(maps.Keys(explained), cmp.Compare) {
		fmt.Fprintf(&b, "- `%s`: %s.\n", name, explained[name])
	}
	return b.String()
}
