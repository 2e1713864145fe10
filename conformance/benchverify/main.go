// Command benchverify measures `treaty verify` beside the floor, a program
// that sends the same requests and decodes the answers, and beside the
// official `pact verifier` where TREATY_PACT_CLI names it. Each run is a whole
// process against the same provider, which is this one.
//
//	go run ./conformance/benchverify -treaty bin/treaty [-runs 5] [-peer-limit 100] [-page docs/performance.md]
//
// With -page the table goes to that page as well. It fails when Treaty takes more than twice the floor and 30 ms, or more than
// 60 MB.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/treatyhq/treaty/conformance/page"
)

func main() {
	if len(os.Args) == 4 {
		if role, ok := roles[os.Args[1]]; ok {
			if err := role(os.Args[2], os.Args[3]); err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
				os.Exit(1)
			}
			return
		}
	}
	var o options
	flag.StringVar(&o.treaty, "treaty", "bin/treaty", "the binary to measure")
	flag.IntVar(&o.runs, "runs", 5, "runs of each; the fastest counts, as other work on the machine only adds")
	flag.IntVar(&o.peerLimit, "peer-limit", 100, "most interactions to give to the official verifier, which needs time for many")
	flag.StringVar(&o.page, "page", "", "page whose section \"verifier\" is rewritten")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "benchverify:", err)
		os.Exit(1)
	}
}

// roles are what this program does as a child of itself. The provider is one,
// too: a process inherits the peak memory of the one that started it, so that
// one must stay small.
var roles = map[string]func(string, string) error{"floor": floor, "provider": provide}

type options struct {
	treaty    string
	runs      int
	peerLimit int
	page      string
	rows      *strings.Builder // the table in Markdown
}

// measure is what one process took.
type measure struct {
	wall, cpu time.Duration
	rss       int64 // bytes
}

const (
	maxMemory = 60 << 20
	startUp   = 30 * time.Millisecond
)

func run(o options) error {
	dir, err := os.MkdirTemp("", "benchverify")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	o.rows = &strings.Builder{}
	fmt.Printf("%-24s %-8s %10s %10s %8s\n", "pact", "program", "wall", "cpu", "memory")
	var tooSlow []string
	for n, p := range sizes {
		path := filepath.Join(dir, fmt.Sprintf("%d.json", n))
		base, stop, err := startProvider(self, n, path)
		if err != nil {
			return err
		}
		slow, err := o.compare(self, p, path, base)
		stop()
		if err != nil {
			return err
		}
		tooSlow = append(tooSlow, slow...)
	}
	if o.page != "" {
		if err := page.Replace(o.page, "verifier", o.section()); err != nil {
			return err
		}
	}
	if len(tooSlow) > 0 {
		return errors.New("over the limit: " + strings.Join(tooSlow, "; "))
	}
	return nil
}

// compare measures all programs on one pact and tells what is over the limit.
func (o options) compare(self string, p size, path, base string) ([]string, error) {
	_, port, err := net.SplitHostPort(strings.TrimPrefix(base, "http://"))
	if err != nil {
		return nil, err
	}
	target := []string{"--file", path, "--hostname", "127.0.0.1", "--port", port}
	least, err := o.fastest(p, "floor", self, "floor", base, path)
	if err != nil {
		return nil, err
	}
	ours, err := o.fastest(p, "treaty", o.treaty, append([]string{"verify"}, target...)...)
	if err != nil {
		return nil, err
	}
	if peer := os.Getenv("TREATY_PACT_CLI"); peer != "" && p.count <= o.peerLimit {
		if p.count >= 100 {
			o.runs = 1 // it takes seconds, and minutes
		}
		if _, err := o.fastest(p, "pact", peer, append([]string{"verifier"}, target...)...); err != nil {
			return nil, err
		}
	}
	var over []string
	if limit := 2*least.wall + startUp; ours.wall > limit {
		over = append(over, fmt.Sprintf("%s took %s, the limit is %s", p.name, ours.wall, limit))
	}
	if ours.rss > maxMemory {
		over = append(over, fmt.Sprintf("%s used %d MB", p.name, ours.rss>>20))
	}
	return over, nil
}

func (o options) fastest(p size, name, program string, args ...string) (measure, error) {
	var all []measure
	for range o.runs {
		m, err := once(program, args...)
		if err != nil {
			return m, fmt.Errorf("%s on %s: %w", name, p.name, err)
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b measure) int { return int(a.wall - b.wall) })
	m := all[0]
	fmt.Printf("%-24s %-8s %10s %10s %5d MB\n", p.name, name, m.wall.Round(100*time.Microsecond), m.cpu.Round(time.Millisecond), m.rss>>20)
	fmt.Fprintf(o.rows, "| %s | %s | %.1f | %.0f | %d |\n", p.name, name, milliseconds(m.wall), milliseconds(m.cpu), m.rss>>20)
	return m, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// section is what goes to the page.
func (o options) section() string {
	return "By `make bench-peers`: whole processes against the same provider, the fastest of some runs. The floor sends the same requests and decodes the answers. " +
		"Treaty may take twice the floor and 30 ms, and 60 MB.\n\n" +
		"| pact | program | wall, ms | CPU, ms | memory, MB |\n|---|---|--:|--:|--:|\n" + o.rows.String()
}

func once(program string, args ...string) (measure, error) {
	cmd := exec.CommandContext(context.Background(), program, args...)
	cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
	started := time.Now()
	out, err := cmd.CombinedOutput()
	m := measure{wall: time.Since(started)}
	if err != nil {
		return m, fmt.Errorf("%w: %s", err, out)
	}
	m.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.rss = usage.Maxrss << 10
	}
	return m, nil
}

// startProvider starts this program as the provider of a size. It writes the
// pact to path and then says its address.
func startProvider(self string, n int, path string) (base string, stop func(), err error) {
	cmd := exec.CommandContext(context.Background(), self, "provider", fmt.Sprint(n), path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	if _, err := fmt.Fscanln(out, &base); err != nil {
		stop()
		return "", nil, fmt.Errorf("start the provider: %w", err)
	}
	return base, stop, nil
}
