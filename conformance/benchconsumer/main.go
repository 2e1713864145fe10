// Command benchconsumer measures what a consumer's side costs beside its
// peers, in one run, and writes its section of docs/performance.md: a consumer
// test of 1 to 500 interactions through pact-go and through dsl, and the stub
// server beside the official one under wrk. It runs the two scripts
// conformance/bench-stub.sh and conformance/pactffi/run.sh.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"

	"github.com/treatyhq/treaty/conformance/page"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "benchconsumer: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	stub, err := script(ctx, nil, "conformance/bench-stub.sh", "bin/treaty")
	if err != nil {
		return fmt.Errorf("measure the stub server: %w", err)
	}
	tests, err := script(ctx, []string{"TREATY_BENCH_PEERS=1"}, "conformance/pactffi/run.sh", "-run", "SideBySide", "-v")
	if err != nil {
		return fmt.Errorf("measure consumer tests: %w", err)
	}
	return page.Replace("docs/performance.md", "consumer", section(stub, tests))
}

// script runs a script, shows what it prints and returns it.
func script(ctx context.Context, environ []string, name string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "bash", append([]string{name}, args...)...)
	cmd.Env = append(os.Environ(), environ...)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(os.Stdout, &out), os.Stderr
	err := cmd.Run()
	return out.String(), err
}

var (
	testLine = regexp.MustCompile(`(?m)^ +(\d+) +([\d.]+) s +([\d.]+) s$`)
	stubLine = regexp.MustCompile(`(?m)^(treaty|pact) +(\d+) interactions +(\d+) requests/s +(\S+) MB(.*)$`)
)

// section puts the figures into tables.
func section(stub, tests string) string {
	var b strings.Builder
	b.WriteString("By `make bench-peers`.\n\nOne consumer test of n interactions, best of three:\n\n| n | pact-go, s | dsl, s |\n|---:|---:|---:|\n")
	for _, m := range testLine.FindAllStringSubmatch(tests, -1) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m[1], m[2], m[3])
	}
	b.WriteString("\nThe goal for 500 is 0.25 s, in step with n.\n\nAnswers of the stub server under `wrk -t1 -c8`, and the most memory it took:\n\n")
	b.WriteString("| server | interactions | requests/s | memory, MB |\n|---|---:|---:|---:|\n")
	for _, m := range stubLine.FindAllStringSubmatch(stub, -1) {
		fmt.Fprintf(&b, "| `%s stub` | %s | %s%s | %s |\n", m[1], m[2], m[3], m[5], m[4])
	}
	b.WriteString("\nThe goal is 25,000 requests/s at each, below 100 MB.\n")
	return b.String()
}
