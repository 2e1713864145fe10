package junit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/internal/junit"
)

func TestSumsAreThoseOfTheCases(t *testing.T) {
	t.Parallel()
	suite := junit.Suite{Name: "s", Time: junit.Seconds(1500 * time.Millisecond)}
	suite.Add(junit.Case{Name: "passed", Class: "c"})
	suite.Add(junit.Case{Name: "failed", Class: "c", Failure: &junit.Detail{Message: "a < b", Text: "at \x00 length"}})
	suite.Add(junit.Case{Name: "broken", Class: "c", Error: &junit.Detail{}})
	suite.Add(junit.Case{Name: "skipped", Class: "c", Skipped: &junit.Detail{Message: "later"}})
	suites := junit.Suites{Name: "all"}
	suites.Add(suite)
	suites.Add(suite)
	var out strings.Builder
	require.NoError(t, junit.Write(&out, suites))
	require.Contains(t, out.String(), `<testsuites name="all" tests="8" failures="2" errors="2" skipped="2">`)
	require.Contains(t, out.String(), `<testsuite name="s" tests="4" failures="1" errors="1" skipped="1" time="1.500">`)
	require.Contains(t, out.String(), `<failure message="a &lt; b">at `+"\uFFFD"+` length</failure>`, "XML has no place for a zero byte")
	require.Contains(t, out.String(), `<testcase name="passed" classname="c"></testcase>`)
}
