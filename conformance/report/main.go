// Command report prints the figures of the conformance tests and writes them
// to their sections of docs/conformance.md.
//
//	TREATY_CONFORMANCE_REPORT=bin/conformance go test ./conformance/spec ./conformance/suite -count=1
//	go run ./conformance/report bin/conformance
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/conformance/outcome"
	"github.com/treatyhq/treaty/conformance/page"
)

const pageFile = "docs/conformance.md"

// suites are the records that tests write, with what their groups are called
// and where reasons of gaps stand.
var suites = []struct {
	name, group, gaps string
}{
	{"spec", "Version", "conformance/spec/known-gaps.txt"},
	{"suite", "Feature", "conformance/suite/known-gaps.txt"},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: report FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	for _, s := range suites {
		record, err := outcome.Read(filepath.Join(folder, s.name+".json"))
		if err != nil {
			return fmt.Errorf("read the figures of %s (do its tests run?): %w", s.name, err)
		}
		gaps, err := outcome.ReadGaps(s.gaps)
		if err != nil {
			return err
		}
		fmt.Print(text(record))
		if err := page.Replace(pageFile, s.name, section(record, s.group, gaps)); err != nil {
			return err
		}
	}
	return nil
}

func total(r *outcome.Record) outcome.Counts {
	sum := outcome.Counts{Group: "all"}
	for _, c := range r.Groups {
		sum.Passed += c.Passed
		sum.Gap += c.Gap
		sum.Failed += c.Failed
		sum.Stale += c.Stale
	}
	return sum
}

// text is the summary for the terminal.
func text(r *outcome.Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\n", r.Suite, at(r))
	all := total(r)
	for _, c := range append(r.Groups, &all) {
		fmt.Fprintf(&b, "  %-34s %4d passed %3d known gaps %3d failed of %d\n", c.Group, c.Passed, c.Gap, c.Failed+c.Stale, c.Total())
	}
	return b.String()
}

// at tells which state of the suite was read.
func at(r *outcome.Record) string { return " (files " + r.Digest + ")" }

// section is the summary for the page.
func section(r *outcome.Record, group string, gaps outcome.Gaps) string {
	var b strings.Builder
	fmt.Fprintf(&b, "By `make conformance`%s.\n\n", at(r))
	fmt.Fprintf(&b, "| %s | Cases | Passed | Known gaps | Failed |\n|---|--:|--:|--:|--:|\n", group)
	all := total(r)
	for _, c := range append(r.Groups, &all) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", c.Group, c.Total(), c.Passed, c.Gap, c.Failed+c.Stale)
	}
	var names []string
	for name := range gaps {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if i == 0 {
			b.WriteString("\nKnown gaps:\n\n")
		}
		fmt.Fprintf(&b, "- `%s`: %s\n", name, gaps[name])
	}
	return b.String()
}
