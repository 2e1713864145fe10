package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// bound is how much of a package its own tests must reach, in percent.
const bound = 85.0

// measure is the line of go test for a package: with its tests, or without any.
var measure = regexp.MustCompile(`^(?:ok\s+|\s+)(\S+)\s.*coverage: (\d+(?:\.\d+)?)% of statements`)

// without are the lines for a package that has no tests or no statements. One
// that has no test files is measured as 0 unless it has no statements either.
var without = regexp.MustCompile(`^(?:ok|\?)\s+(\S+)\s.*\[no (test files|statements|tests to run)\]`)

// parse reads what go test -cover printed: percents by package, -1 for a package
// that has no statements to reach.
func parse(text string) (map[string]float64, error) {
	measured := map[string]float64{}
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "FAIL") {
			return nil, fmt.Errorf("tests failed, so that nothing is measured: %s", line)
		}
		if m := without.FindStringSubmatch(line); m != nil {
			measured[m[1]] = -1
			if m[2] == "tests to run" {
				measured[m[1]] = 0
			}
			continue
		}
		if m := measure.FindStringSubmatch(line); m != nil {
			percent, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", line, err)
			}
			measured[m[1]] = percent
		}
	}
	return measured, nil
}

// judge names what is wrong with packages as measured: too little is covered, a
// package was not measured, or an exemption is not needed any more.
func judge(packages []string, measured map[string]float64) []string {
	var problems []string
	known := map[string]bool{}
	for _, path := range packages {
		name := strings.TrimPrefix(path, "github.com/treatyhq/treaty/")
		known[name] = true
		percent, ok := measured[path]
		reason, exempted := exempt[name]
		switch {
		case !ok:
			problems = append(problems, name+" was not measured")
		case exempted && (percent >= bound || percent < 0):
			problems = append(problems, fmt.Sprintf("%s is covered to %.1f %%: it need not be exempt any more (%s)", name, percent, reason))
		case !exempted && percent >= 0 && percent < bound:
			problems = append(problems, fmt.Sprintf("%s is covered by its own tests to %.1f %%, and %.0f %% is the least", name, percent, bound))
		}
	}
	for name := range exempt {
		if !known[name] {
			problems = append(problems, name+" is exempt, but is none of the packages")
		}
	}
	return problems
}
