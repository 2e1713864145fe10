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

// TestAPatternThatRunsAwayIsNotAskedAgain: a list of many values takes as long
// as one of them.
func TestAPatternThatRunsAwayIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	long := `"` + strings.Repeat("a", 60) + `!"`
	start := time.Now()
	request, _ := compareBodies("application/json", `["a"]`, "["+strings.Repeat(long+",", 50)+long+"]",
		bodyRules("$", contract.TypeRule{}, "$[*]", contract.RegexRule{Pattern: `(?!b)(a+)+`}))
	require.Len(t, request, 51)
	require.Contains(t, request[50], "gave no answer within 1s; simplify it")
	require.Less(t, time.Since(start), 20*time.Second)
}

// TestRegularExpressionsOfOtherLanguages holds that rules use package pattern,
// whose own tests say what it reads.
func TestRegularExpressionsOfOtherLanguages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ pattern, value, want string }{
		{`(ab)++c`, "ababc", ""},
		{`(ab)++c`, "abab+c", "Expected 'abab+c' to match '(ab)++c'"},
		{`[a-z&&[^b]]+`, "acd", ""},
		{`[a-z&&[^b]]+`, "abc", "Expected 'abc' to match"},
		{`\X`, "a", `the escape \X (a character with its accents) is not known here`},
		{`\h+`, "ff", "means one thing in Ruby and another in Java"},
	} {
		rules := ruleFor(contract.CategoryPath, "", contract.RegexRule{Pattern: strings.ReplaceAll(tt.pattern, `\\`, `\`)})
		r := matching.Request(contract.Request{Path: "/", Rules: rules}, contract.Request{Path: tt.value})
		if tt.want == "" {
			require.Empty(t, r.Mismatches, tt.pattern)
			continue
		}
		require.NotEmpty(t, r.Mismatches, tt.pattern)
		require.Contains(t, r.Mismatches[0].Why, strings.ReplaceAll(tt.want, `\\`, `\`))
	}
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
