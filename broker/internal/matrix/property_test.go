package matrix_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/internal/chance"
)

// histories is how many random histories the property test draws. CI sets
// TREATY_HISTORIES to 100000.
func histories(t *testing.T) int {
	t.Helper()
	text := os.Getenv("TREATY_HISTORIES")
	if text == "" {
		return 5000
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "TREATY_HISTORIES is a number")
	return n
}

// A yes means that every pair which would meet is proven, and a no or unknown
// that one is not. A second implementation, which knows nothing of selectors,
// integrations and rows, enumerates the pairs.
func TestYesMeansEveryPairIsProven(t *testing.T) {
	t.Parallel()
	seed := chance.Seed(t, 20240101)
	counts := map[matrix.Verdict]int{}
	for i := range histories(t) {
		s := story.Random(seed, uint64(i))
		verdict, problem := judge(t, s)
		counts[verdict]++
		if problem != "" {
			s = shrink(t, s)
			_, problem = judge(t, s)
			t.Fatalf("history %d of seed %d: %s\nAs a scenario:\n\n%s", i, seed, problem, s)
		}
	}
	t.Logf("%d yes, %d no, %d unknown", counts[matrix.Deployable], counts[matrix.NotDeployable], counts[matrix.Unknown])
	for _, v := range []matrix.Verdict{matrix.Deployable, matrix.NotDeployable, matrix.Unknown} {
		require.Greater(t, counts[v], histories(t)/50, "the histories must be interesting: too few answers are %s", v)
	}
}

// judge compares the decision with the enumerated pairs. It returns what is
// wrong, or nothing.
func judge(t *testing.T, s story.Story) (matrix.Verdict, string) {
	t.Helper()
	d, err := matrix.Ask(story.NewWorld().Play(s.Steps), s.Query)
	require.NoError(t, err)
	n := enumerate(s)
	unproven, failed := "", false
	for _, p := range n.pairs {
		if p.state != proven {
			unproven = p.String()
		}
		failed = failed || p.state == disproven
	}
	// Such questions are about more or fewer rows than the pairs that would meet.
	others := len(s.Query.Ignore) > 0 || s.Query.LatestBy == matrix.EveryRow || len(s.Query.Show) > 0
	switch {
	case d.Verdict == matrix.Deployable && n.absent != "":
		return d.Verdict, "yes for " + n.absent + ", which does not exist"
	case d.Verdict == matrix.Deployable && unproven != "":
		return d.Verdict, "yes although unproven: " + unproven
	case others || n.absent != "":
		return d.Verdict, ""
	case d.Verdict == matrix.NotDeployable && !failed:
		return d.Verdict, "no although no pair has failed"
	case d.Verdict != matrix.Deployable && unproven == "":
		return d.Verdict, fmt.Sprintf("%s although every pair is proven", d.Verdict)
	}
	return d.Verdict, ""
}

// shrink takes away steps and options as long as the failure stays.
func shrink(t *testing.T, s story.Story) story.Story {
	t.Helper()
	fails := func(s story.Story) bool {
		_, problem := judge(t, s)
		return problem != ""
	}
	for again := true; again; {
		again = false
		for _, smaller := range smallerStories(s) {
			if fails(smaller) {
				s, again = smaller, true
				break
			}
		}
	}
	for _, simplify := range []func(*matrix.Query){
		func(q *matrix.Query) { q.Limit = 0 },
		func(q *matrix.Query) { q.Show = nil },
		func(q *matrix.Query) { q.Ignore = nil },
		func(q *matrix.Query) { q.LatestBy = matrix.ByVersions },
	} {
		smaller := s
		simplify(&smaller.Query)
		if fails(smaller) {
			s = smaller
		}
	}
	return s
}

// smallerStories leave out one step, one selector, or one detail of a step.
func smallerStories(s story.Story) []story.Story {
	var out []story.Story
	for i := range s.Steps {
		smaller := s
		smaller.Steps = append(append([]story.Step{}, s.Steps[:i]...), s.Steps[i+1:]...)
		out = append(out, smaller)
	}
	for i, step := range s.Steps {
		if step.Verb == story.SetMainBranch || step.Branch == "" && step.Tags == nil && step.Instance == "" {
			continue
		}
		smaller := s
		smaller.Steps = append([]story.Step{}, s.Steps...)
		step.Branch, step.Tags, step.Instance = "", nil, ""
		smaller.Steps[i] = step
		out = append(out, smaller)
	}
	if len(s.Query.Selectors) > 1 {
		for i := range s.Query.Selectors {
			smaller := s
			smaller.Query.Selectors = s.Query.Selectors[i : i+1]
			out = append(out, smaller)
		}
	}
	return out
}

// A failure must come out as a story that somebody can read and keep.
func TestStoriesReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for i := range 200 {
		s := story.Random(7, uint64(i))
		again, err := story.Parse("again", s.String())
		require.NoError(t, err, "%s", s)
		require.Equal(t, s.String(), again.String())
		require.Equal(t, s.Query, again.Query)
		require.Equal(t, s.Steps, again.Steps)
	}
}
