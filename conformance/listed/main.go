// Command listed runs `go test`, counts what ran, and fails when something
// that must run was skipped.
//
//	go run ./conformance/listed [-section NAME] [-require N] [-allow-skips] [-packages FILE] PACKAGES [-- FLAGS]
//
// A test counts when it has no subtests of its own. With -section the list of
// tests is written to that section of docs/conformance.md, with -packages the
// lines that go test prints of packages, with their coverage, to a file.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sort"
	"strings"

	"github.com/treatyhq/treaty/conformance/page"
)

type options struct {
	section    string
	packages   string
	require    int
	allowSkips bool
}

func main() {
	var o options
	flag.StringVar(&o.section, "section", "", "section of docs/conformance.md to write the list to")
	flag.StringVar(&o.packages, "packages", "", "file to write the lines about packages to")
	flag.IntVar(&o.require, "require", 1, "fail if fewer tests passed")
	flag.BoolVar(&o.allowSkips, "allow-skips", false, "accept skipped tests")
	flag.Parse()
	if err := run(o, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "listed:", err)
		os.Exit(1)
	}
}

func run(o options, args []string) error {
	cmd := exec.CommandContext(context.Background(), "go", append([]string{"test", "-json", "-count=1"}, goTestArgs(args)...)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r, err := collect(stdout)
	if err != nil {
		return err
	}
	failed := cmd.Wait()
	r.print(os.Stdout)
	if o.packages != "" {
		if err := os.WriteFile(o.packages, []byte(strings.Join(r.packages, "")), 0o600); err != nil {
			return err
		}
	}
	if o.section != "" {
		if err := page.Replace("docs/conformance.md", o.section, r.table()); err != nil {
			return err
		}
	}
	passed, skipped := r.count("pass"), r.count("skip")
	switch {
	case failed != nil:
		return fmt.Errorf("go test: %w", failed)
	case skipped > 0 && !o.allowSkips:
		return fmt.Errorf("%d tests were skipped that must run", skipped)
	case passed < o.require:
		return fmt.Errorf("%d tests passed, at least %d must", passed, o.require)
	}
	return nil
}

// goTestArgs moves what stands behind "--" before the packages, where go test
// wants its flags.
func goTestArgs(args []string) []string {
	for i, a := range args {
		if a == "--" {
			return append(append([]string{}, args[i+1:]...), args[:i]...)
		}
	}
	return args
}

// event is the part of `go test -json` that counts.
type event struct {
	Action, Package, Test, Output string
}

type results struct {
	outcome map[string]string // test -> pass, fail or skip
	output  map[string][]string
	broken  []string // output of packages that failed outside a test
	// packages is what was printed outside of tests.
	packages []string
}

func collect(in io.Reader) (*results, error) {
	r := &results{outcome: map[string]string{}, output: map[string][]string{}}
	packageOutput := map[string][]string{}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			r.broken = append(r.broken, string(line))
			continue
		}
		name := e.Package + " " + e.Test
		switch {
		case e.Action == "output" && e.Test == "":
			packageOutput[e.Package] = append(packageOutput[e.Package], e.Output)
			r.packages = append(r.packages, e.Output)
		case e.Action == "output":
			r.output[name] = append(r.output[name], e.Output)
		case e.Action == "fail" && e.Test == "":
			r.broken = append(r.broken, packageOutput[e.Package]...)
		case e.Test != "" && (e.Action == "pass" || e.Action == "fail" || e.Action == "skip"):
			r.outcome[name] = e.Action
		}
	}
}

// leaves lists the tests without subtests, sorted.
func (r *results) leaves() []string {
	parents := map[string]bool{}
	for name := range r.outcome {
		for i := strings.LastIndex(name, "/"); i > strings.Index(name, " "); i = strings.LastIndex(name[:i], "/") {
			parents[name[:i]] = true
		}
	}
	var out []string
	for name := range r.outcome {
		if !parents[name] || r.outcome[name] == "skip" {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

func (r *results) count(outcome string) int {
	n := 0
	for _, name := range r.leaves() {
		if r.outcome[name] == outcome {
			n++
		}
	}
	return n
}

// print shows what failed or was skipped with its output, then the counts.
func (r *results) print(w io.Writer) {
	fmt.Fprint(w, strings.Join(r.broken, ""))
	for _, name := range r.leaves() {
		if outcome := r.outcome[name]; outcome != "pass" {
			fmt.Fprintf(w, "%s %s\n%s", outcome, name, strings.Join(r.output[name], ""))
		}
	}
	// What was running when its package ended: a panic and a time-out are told there.
	for _, name := range slices.Sorted(maps.Keys(r.output)) {
		if _, ended := r.outcome[name]; !ended {
			fmt.Fprintf(w, "unfinished %s\n%s", name, strings.Join(r.output[name], ""))
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", r.count("pass"), r.count("fail"), r.count("skip"))
}

func (r *results) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d passed, %d failed, %d skipped.\n\n| test | result |\n|---|---|\n", r.count("pass"), r.count("fail"), r.count("skip"))
	for _, name := range r.leaves() {
		_, test, _ := strings.Cut(name, " ")
		fmt.Fprintf(&b, "| %s | %s |\n", strings.ReplaceAll(strings.TrimPrefix(test, "Test"), "_", " "), r.outcome[name])
	}
	return b.String()
}
