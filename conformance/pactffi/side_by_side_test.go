//go:build ignore && pactffi

package pactffi

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/conformance/pactffi/cases"

	"pactffi.test/peer"
)

// TestConsumerTestsSideBySide measures a consumer's test of n interactions
// through both, in one run. It needs quiet, so it runs only when asked for.
func TestConsumerTestsSideBySide(t *testing.T) {
	if os.Getenv("TREATY_BENCH_PEERS") == "" {
		t.Skip("set TREATY_BENCH_PEERS=1 to measure")
	}
	fmt.Printf("\nOne consumer test of n interactions:\n%14s %12s %12s\n", "n", "pact-go", "dsl")
	for _, n := range []int{1, 50, 200, 500} {
		ours := measure(t, func(dir string) error { return cases.Many(t, dir, n) })
		theirs := measure(t, func(dir string) error { return peer.Many(t, dir, n) })
		fmt.Printf("%14d %10.3f s %10.3f s\n", n, theirs.Seconds(), ours.Seconds())
		if n == 500 {
			require.Less(t, ours, 250*time.Millisecond, "500 interactions take too long")
		}
	}
}

// measure takes the best of three, or one run of what takes seconds.
func measure(t *testing.T, run func(dir string) error) time.Duration {
	t.Helper()
	best := time.Duration(1<<63 - 1)
	for range 3 {
		dir := t.TempDir()
		start := time.Now()
		err := run(dir)
		took := time.Since(start)
		if err != nil && strings.Contains(err.Error(), "missing-request") {
			err = nil // see patiently
		}
		require.NoError(t, err)
		best = min(best, took)
		if took > time.Second {
			break
		}
	}
	return best
}
