package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const printed = `ok  	github.com/treatyhq/treaty/broker	9.9s	coverage: 92.7% of statements
ok  	github.com/treatyhq/treaty/broker/a	(cached)	coverage: 84.9% of statements
	github.com/treatyhq/treaty/broker/b		coverage: 0.0% of statements
ok  	github.com/treatyhq/treaty/broker/c	1.2s	coverage: [no statements]
?   	github.com/treatyhq/treaty/broker/d	[no test files]
ok  	github.com/treatyhq/treaty/broker/e	0.1s	coverage: 85.0% of statements [no tests to run]
`

func TestTheLinesOfGoTestAreRead(t *testing.T) {
	t.Parallel()
	measured, err := parse(printed)
	require.NoError(t, err)
	const module = "github.com/treatyhq/treaty/broker"
	require.Equal(t, map[string]float64{module: 92.7, module + "/a": 84.9, module + "/b": 0, module + "/c": -1, module + "/d": -1, module + "/e": 0}, measured)
	_, err = parse(printed + "FAIL	github.com/treatyhq/treaty/broker/f	0.1s\n")
	require.ErrorContains(t, err, "tests failed", "a run that failed measures nothing")
}

func TestAPackageBelowTheBoundIsNamed(t *testing.T) {
	t.Parallel()
	const module = "github.com/treatyhq/treaty/"
	packages := []string{module + "broker", module + "broker/new", module + "broker/gone"}
	measured := map[string]float64{module + "broker": bound, module + "broker/new": bound - 0.1}
	for name := range exempt {
		packages = append(packages, module+name)
		measured[module+name] = 0
	}
	require.Equal(t, []string{
		"broker/new is covered by its own tests to 84.9 %, and 85 % is the least", "broker/gone was not measured",
	}, judge(packages, measured), "what is below the bound or missing is named, what is exempt is not")

	measured = map[string]float64{module + "broker": -1}
	require.Len(t, judge(packages[:1], measured), len(exempt), "an exemption for a package that is gone is named")
	for name := range exempt {
		problems := judge([]string{module + name}, map[string]float64{module + name: bound})
		require.Contains(t, problems[0], "need not be exempt any more", "an exemption that is not needed is named")
	}
}
