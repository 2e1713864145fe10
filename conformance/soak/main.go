// Command soak plays what takes longer than a test may: everything that draws
// at random, at full length, and the fuzz targets. It ends with one summary.
//
//	go run ./conformance/soak [-seed N] [-share 50] [-fuzz 60s] [-only REGEXP]
//
// With -share 50 it plays a fiftieth, as CI does for every commit. The seed is
// printed, and the same seed draws the same numbers again. A test belongs here
// by drawing its numbers from internal/chance, or by its size in sized, and a
// fuzz target by being one.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"time"
)

type options struct {
	seed  uint64
	share int
	fuzz  time.Duration
	only  string
}

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 0, "seed of everything that is drawn; the clock's if 0")
	flag.IntVar(&o.share, "share", 1, "play one part of so many")
	flag.DurationVar(&o.fuzz, "fuzz", time.Minute, "time for each fuzz target")
	flag.StringVar(&o.only, "only", "", "play what this regular expression matches in its name")
	flag.Parse()
	if err := untilInterrupted(o); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func untilInterrupted(o options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, o, ".", os.Stdout)
}

func run(ctx context.Context, o options, root string, out io.Writer) error {
	if o.share < 1 {
		return fmt.Errorf("-share %d: it is 1 for the whole, or more", o.share)
	}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return err
	}
	if o.seed == 0 {
		o.seed = uint64(time.Now().UnixNano())
	}
	code, err := search(root)
	if err != nil {
		return err
	}
	tasks, err := plan(o, code)
	if err != nil {
		return err
	}
	tasks = slices.DeleteFunc(tasks, func(t task) bool { return !only.MatchString(t.name) })
	if len(tasks) == 0 {
		return fmt.Errorf("-only %q matches no task", o.only)
	}
	fmt.Fprintf(out, "soak: %d tasks with seed %d, one part of %d\n", len(tasks), o.seed, o.share)
	results := play(ctx, root, tasks, out)
	if err := summarise(o, results, out); err != nil {
		return err
	}
	return ctx.Err() // who stopped it did not see it all
}

// summarise prints a line for each task, and fails if one did.
func summarise(o options, results []result, out io.Writer) error {
	failed := 0
	fmt.Fprintf(out, "\nsummary, seed %d:\n", o.seed)
	for _, r := range results {
		fmt.Fprintf(out, "  %-6s %5d s  %s%s\n", r.verdict, int(r.took.Seconds()), r.task.name, prefixed(": ", r.detail))
		if r.verdict == failedVerdict {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d failed; -seed %d plays them again", failed, len(results), o.seed)
	}
	return nil
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
