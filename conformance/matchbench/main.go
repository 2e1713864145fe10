// Command matchbench runs the benchmarks of package matching and writes their
// section of docs/performance.md. It fails when a goal is missed.
//
//	go run ./conformance/matchbench
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"

	"github.com/treatyhq/treaty/conformance/page"
)

const (
	runs = 5
	// maxRatio is how many times the decoding of a body matching it may take.
	maxRatio = 2.5
	// maxThousand is how many milliseconds 1,000 interactions may take.
	maxThousand = 60
)

func main() {
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "matchbench:", err)
		os.Exit(1)
	}
}

// figures are the runs of one benchmark.
type figures struct {
	ms     []float64
	bytes  int
	allocs int
}

var line = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(\d+(?:\.\d+)?) ns/op(?:\s+[\d.]+ MB/s)?\s+(\d+) B/op\s+(\d+) allocs/op`)

func measure() error {
	out, err := exec.CommandContext(context.Background(), "go", "test", "./matching", "-run", "^$", "-benchmem",
		"-bench", "EachLike|DecodeSameBody|Interactions", "-benchtime", "20x", "-count", strconv.Itoa(runs)).CombinedOutput()
	if err != nil {
		return fmt.Errorf("run the benchmarks: %w\n%s", err, out)
	}
	found := map[string]*figures{}
	for _, m := range line.FindAllStringSubmatch(string(out), -1) {
		if found[m[1]] == nil {
			found[m[1]] = &figures{}
		}
		found[m[1]].add(m)
	}
	match, decode, hundred, thousand := found["EachLike"], found["DecodeSameBody"], found["Interactions/100"], found["Interactions/1000"]
	if match == nil || decode == nil || hundred == nil || thousand == nil {
		return fmt.Errorf("a benchmark is missing in:\n%s", out)
	}
	ratio := match.median() / decode.median()
	text := fmt.Sprintf("By `go run ./conformance/matchbench`: the median of %d runs of `go test ./matching -bench .`.\n\n", runs) +
		"| | time, ms | allocated, MB | allocations |\n|---|---:|---:|---:|\n" +
		match.row("match a JSON body of 10,000 elements (1.8 MB) by an each-like rule") +
		decode.row("decode the same body with encoding/json") +
		hundred.row("match 100 interactions of 1 KB one by one") +
		thousand.row("match 1,000 of them") +
		fmt.Sprintf("\nMatching takes %.2f times the decoding; the goal is at most %.1f. The goal for 1,000 interactions is %d ms. "+
			"Matching parses both bodies: its allocations are two trees of 32 bytes for each value.\n", ratio, maxRatio, maxThousand)
	fmt.Print(text)
	if err := page.Replace("docs/performance.md", "matching", text); err != nil {
		return err
	}
	if ratio > maxRatio || thousand.median() > maxThousand {
		return fmt.Errorf("a goal is missed: %.2f times the decoding, %.0f ms for 1,000 interactions", ratio, thousand.median())
	}
	return nil
}

func (f *figures) add(m []string) {
	ns, _ := strconv.ParseFloat(m[2], 64)
	f.ms = append(f.ms, ns/1e6)
	f.bytes, _ = strconv.Atoi(m[3])
	f.allocs, _ = strconv.Atoi(m[4])
}

func (f *figures) median() float64 {
	sorted := slices.Sorted(slices.Values(f.ms))
	return sorted[len(sorted)/2]
}

func (f *figures) row(name string) string {
	return fmt.Sprintf("| %s | %.1f | %.1f | %d |\n", name, f.median(), float64(f.bytes)/1e6, f.allocs)
}
