package matching_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

func TestAPatternThatRunsAwayIsStopped(t *testing.T) {
	t.Parallel()
	rules := ruleFor(contract.CategoryPath, "", contract.RegexRule{Pattern: `(?!b)(a+)+`})
	start := time.Now()
	r := matching.Request(contract.Request{Rules: rules}, contract.Request{Path: strings.Repeat("a", 60) + "!"})
	require.Len(t, r.Mismatches, 1)
	require.Contains(t, r.Mismatches[0].Why, "gave no answer within 1s; simplify it")
	require.Less(t, time.Since(start), 10*time.Second)
}

func TestPatternsAreSharedBetweenGoroutines(t *testing.T) {
	t.Parallel()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range 2000 { // more than the cache holds
				rules := ruleFor(contract.CategoryPath, "", contract.RegexRule{Pattern: fmt.Sprintf(`/%d|(?!x)y`, i)})
				if !matching.Request(contract.Request{Rules: rules}, contract.Request{Path: fmt.Sprintf("/%d", i)}).OK() {
					t.Errorf("/%d does not match its own pattern", i)
				}
			}
		})
	}
	wait.Wait()
}
