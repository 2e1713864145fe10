// Command summary copies the figures of docs/conformance.md into the README.
//
//	go run ./conformance/summary
package main

import (
	"fmt"
	"os"
	"regexp"

	"github.com/treatyhq/treaty/conformance/page"
)

// figures are what the README shows: a label and where docs/conformance.md has
// the sentence or the row. The captured texts are put into the words.
var figures = []struct{ label, pattern, words string }{
	{"Pact specification, JSON cases of V1 to V4", `(?s)<!-- spec:begin -->.*?\| all \| (\d+) \| (\d+) \| (\d+)`, "%[2]s of %[1]s pass, %[3]s known gaps"},
	{"Pact compatibility suite, scenarios", `(?s)<!-- suite:begin -->.*?\| all \| (\d+) \| (\d+) \|`, "%[2]s of %[1]s pass"},
	{"Recorded answers of a Pact Broker 2.120.0, steps", `(?s)<!-- golden:begin -->\s+(\d+) of (\d+) recorded steps.*?; (\d+) of (\d+) scenarios`, "%[1]s of %[2]s as recorded or different on purpose; %[3]s of %[4]s scenarios whole"},
	{"Official command line and pact-js driving Treaty, checks", `(?s)<!-- interop:begin -->\s+(\d+) passed, (\d+) failed`, "%[1]s pass, %[2]s fail"},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		os.Exit(1)
	}
}

func run() error {
	data, err := os.ReadFile("docs/conformance.md")
	if err != nil {
		return err
	}
	table := "| suite | result |\n|---|---|\n"
	for _, f := range figures {
		result := "not run yet"
		if found := regexp.MustCompile(f.pattern).FindSubmatch(data); found != nil {
			captured := make([]any, len(found)-1)
			for i, text := range found[1:] {
				captured[i] = string(text)
			}
			result = fmt.Sprintf(f.words, captured...)
		}
		table += fmt.Sprintf("| %s | %s |\n", f.label, result)
	}
	return page.Replace("README.md", "summary", table)
}
