// Command suitebench runs the benchmark of whole consumer suites and writes its
// section of docs/performance.md. It fails when a goal is missed.
//
//	go run ./conformance/suitebench
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/conformance/page"
)

const (
	// goal is how many seconds of processor time 10,000 interactions may take.
	goal = 5
	// maxGrowth is how many times as long an interaction of 40,000 may take as
	// one of 500.
	maxGrowth = 1.5
)

func main() {
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "suitebench:", err)
		os.Exit(1)
	}
}

var line = regexp.MustCompile(`(?m)^BenchmarkSuite/(\S+)/(\d+)(?:-\d+)?\s+\d+\s+(\d+) ns/op\s+([\d.]+) MB-written/op\s+([\d.]+) cpu-s/op`)

func measure() error {
	out, err := exec.CommandContext(context.Background(), "go", "test", "./dsl", "-run", "^$", "-bench", "Suite", "-benchtime", "1x", "-timeout", "30m").CombinedOutput()
	if err != nil {
		return fmt.Errorf("run the benchmark: %w\n%s", err, out)
	}
	var text strings.Builder
	text.WriteString("By `go run ./conformance/suitebench`: suites with one interaction in each test, all in one pact unless it says otherwise, and the tests of one known test unless it says otherwise. Processor time counts client, mock provider and writing together.\n\n" +
		"| suite | interactions | time, s | processor, s | processor, ms per interaction | written, MB |\n|---|---:|---:|---:|---:|---:|\n")
	each := map[string]float64{}
	for _, m := range line.FindAllStringSubmatch(string(out), -1) {
		n, _ := strconv.Atoi(m[2])
		ns, _ := strconv.ParseFloat(m[3], 64)
		megabytes, _ := strconv.ParseFloat(m[4], 64)
		cpu, _ := strconv.ParseFloat(m[5], 64)
		each[m[1]+"/"+m[2]] = cpu / float64(n)
		fmt.Fprintf(&text, "| %s | %d | %.1f | %.1f | %.2f | %.0f |\n", strings.ReplaceAll(m[1], "_", " "), n, ns/1e9, cpu, cpu/float64(n)*1e3, megabytes)
	}
	few, usual, many := each["one_pact_object/500"], each["one_pact_object/10000"], each["one_pact_object/40000"]
	if few == 0 || usual == 0 || many == 0 {
		return fmt.Errorf("a benchmark is missing in:\n%s", out)
	}
	fmt.Fprintf(&text, "\nThe goal for 10,000 is %d s. An interaction among 40,000 takes %.2f times the processor time of one among 500; the goal is at most %.1f.\n", goal, many/few, maxGrowth)
	fmt.Print(text.String())
	if err := page.Replace("docs/performance.md", "suites", text.String()); err != nil {
		return err
	}
	if usual*10000 > goal || many > maxGrowth*few {
		return fmt.Errorf("a goal is missed: %.1f s for 10,000 interactions, %.2f times the time at 40,000", usual*10000, many/few)
	}
	return nil
}
