// Command golden turns the report of the replay of recorded Pact Broker
// answers into its section of docs/conformance.md, and fails when a scenario
// that passed whole before no longer does.
//
//	go run ./conformance/golden [-again ONE.json] [-page=false] REPORT.json
//
// Reports given by -again are of scenarios that were played once more by
// themselves; their results count. With -page=false the document is left as it is.
//
// conformance/golden/passing.txt names the scenarios that pass whole. The list
// only grows: -update adds, and nothing but an edit by hand removes.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/treatyhq/treaty/conformance/page"
)

const (
	passingFile = "conformance/golden/passing.txt"
	pageFile    = "docs/conformance.md"
)

// report is the part of the replay tool's JSON that is used here.
type report struct {
	Areas     map[string]sums
	Scenarios []scenario
}

type sums struct{ Passed, Failed int }

type scenario struct {
	Name   string
	Area   string
	Passed int
	Failed int
}

func main() {
	update := flag.Bool("update", false, "add scenarios that pass whole to "+passingFile)
	onPage := flag.Bool("page", true, "write the section of "+pageFile)
	var again []string
	flag.Func("again", "report of a scenario that was played once more", func(path string) error {
		again = append(again, path)
		return nil
	})
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: golden [-update] [-again ONE.json] [-page=false] REPORT.json")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), again, *onPage, *update); err != nil {
		fmt.Fprintln(os.Stderr, "golden:", err)
		os.Exit(1)
	}
}

func run(path string, again []string, onPage, update bool) error {
	r, err := read(path)
	if err != nil {
		return err
	}
	for _, path := range again {
		once, err := read(path)
		if err != nil {
			return err
		}
		r.replace(once)
	}
	if onPage {
		if err := page.Replace(pageFile, "golden", r.section()); err != nil {
			return err
		}
	}
	expected, err := readPassing()
	if err != nil {
		return err
	}
	whole := r.whole()
	if update {
		return writePassing(union(expected, whole))
	}
	if lost := missing(expected, whole); len(lost) > 0 {
		return fmt.Errorf("scenarios that passed whole before and do not now: %s", strings.Join(lost, ", "))
	}
	if gained := missing(whole, expected); len(gained) > 0 {
		fmt.Printf("golden: newly passing, add with -update: %s\n", strings.Join(gained, ", "))
	}
	return nil
}

func read(path string) (report, error) {
	var r report
	data, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("read %s: %w", path, err)
	}
	return r, nil
}

// replace takes over the scenarios that were played again.
func (r *report) replace(again report) {
	for _, s := range again.Scenarios {
		for i, old := range r.Scenarios {
			if old.Name != s.Name {
				continue
			}
			area := r.Areas[s.Area]
			area.Passed += s.Passed - old.Passed
			area.Failed += s.Failed - old.Failed
			r.Areas[s.Area], r.Scenarios[i] = area, s
			fmt.Printf("golden: %s played again by itself: %d failed, before %d\n", s.Name, s.Failed, old.Failed)
		}
	}
}

// whole lists the names of scenarios without a failed step, sorted.
func (r report) whole() []string {
	var names []string
	for _, s := range r.Scenarios {
		if s.Failed == 0 {
			names = append(names, s.Name)
		}
	}
	sort.Strings(names)
	return names
}

func (r report) section() string {
	var b strings.Builder
	passed, failed := 0, 0
	areas := make([]string, 0, len(r.Areas))
	for name, a := range r.Areas {
		areas = append(areas, name)
		passed += a.Passed
		failed += a.Failed
	}
	sort.Strings(areas)
	fmt.Fprintf(&b, "%d of %d recorded steps are answered as recorded or differ on purpose ([deviations](deviations.md)); %d of %d scenarios pass whole. Made by `make golden-check`.\n\n",
		passed, passed+failed, len(r.whole()), len(r.Scenarios))
	b.WriteString("| area | passed | failed |\n|---|---:|---:|\n")
	for _, name := range areas {
		fmt.Fprintf(&b, "| %s | %d | %d |\n", name, r.Areas[name].Passed, r.Areas[name].Failed)
	}
	if failed > 0 {
		b.WriteString("\nScenarios with failing steps:\n\n| scenario | area | passed | failed |\n|---|---|---:|---:|\n")
		for _, s := range r.Scenarios {
			if s.Failed > 0 {
				fmt.Fprintf(&b, "| %s | %s | %d | %d |\n", s.Name, s.Area, s.Passed, s.Failed)
			}
		}
	}
	return b.String()
}

func readPassing() ([]string, error) {
	data, err := os.ReadFile(passingFile)
	if os.IsNotExist(err) {
		return nil, nil
	}
	return strings.Fields(string(data)), err
}

func writePassing(names []string) error {
	return os.WriteFile(passingFile, []byte(strings.Join(names, "\n")+"\n"), 0o644)
}

func union(a, b []string) []string {
	all := append(append([]string{}, a...), missing(b, a)...)
	sort.Strings(all)
	return all
}

// missing lists what is in want and not in have.
func missing(want, have []string) []string {
	known := make(map[string]bool, len(have))
	for _, h := range have {
		known[h] = true
	}
	var out []string
	for _, w := range want {
		if !known[w] {
			out = append(out, w)
		}
	}
	return out
}
