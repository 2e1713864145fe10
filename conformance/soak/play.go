package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"
)

type verdict string

const (
	passedVerdict  verdict = "ok"
	failedVerdict  verdict = "FAILED"
	skippedVerdict verdict = "skip"
)

type result struct {
	task    task
	verdict verdict
	detail  string
	took    time.Duration
}

// play runs the tasks in their order: one after the other, and those that take
// one core on all cores. It prints the output of what failed at once.
func play(ctx context.Context, root string, tasks []task, out io.Writer) []result {
	results := make([]result, len(tasks))
	var printing sync.Mutex
	one := func(i int) {
		r, text := tasks[i].play(ctx, root)
		results[i] = r
		printing.Lock()
		defer printing.Unlock()
		if r.verdict == failedVerdict {
			fmt.Fprintln(out, text)
		}
		fmt.Fprintf(out, "%s: %s, %d s\n", r.task.name, r.verdict, int(r.took.Seconds()))
	}
	var together sync.WaitGroup
	cores := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, t := range tasks {
		if !t.beside {
			together.Wait()
			one(i)
			continue
		}
		cores <- struct{}{}
		together.Go(func() { one(i); <-cores })
	}
	together.Wait()
	return results
}

// play runs one task, and returns with its result what it printed.
func (t task) play(ctx context.Context, root string) (result, string) {
	if t.missing != "" {
		return result{task: t, verdict: skippedVerdict, detail: t.missing}, ""
	}
	if ctx.Err() != nil {
		return result{task: t, verdict: skippedVerdict, detail: "stopped before it began"}, ""
	}
	began := time.Now()
	cmd := exec.CommandContext(ctx, t.command[0], t.command[1:]...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), t.environ...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // go test ends what it started
	cmd.WaitDelay = time.Minute
	said, err := cmd.CombinedOutput()
	text := string(said)
	r := result{task: t, verdict: passedVerdict, took: time.Since(began), detail: detail(text)}
	switch {
	case err != nil && t.fuzz > 0 && strings.Contains(text, "context deadline exceeded") && !strings.Contains(text, "Failing input"):
		r.detail = "ended by its time" // Go's fuzzer now and then reports its own end as a failure
	case err != nil:
		r.verdict, r.detail = failedVerdict, err.Error()
	case !strings.Contains(text, t.proof):
		r.verdict, r.detail = failedVerdict, "it ran, but did not say "+t.proof
	}
	return r, strings.Join(t.environ, " ") + " " + strings.Join(t.command, " ") + "\n" + text
}

var (
	logged   = regexp.MustCompile(`(?m)^\s+\w+_test\.go:\d+: (.+)$`)
	searched = regexp.MustCompile(`(?m)^fuzz: elapsed: .*execs: (\d+).*$`)
	counted  = regexp.MustCompile(`(?m)^faults (?:from the field|of the database): (.+)$`)
)

// detail is the last thing that a task said of itself.
func detail(text string) string {
	for _, form := range []*regexp.Regexp{counted, searched, logged} {
		if all := form.FindAllStringSubmatch(text, -1); len(all) > 0 {
			if form == searched {
				return all[len(all)-1][1] + " tries"
			}
			return all[len(all)-1][1]
		}
	}
	return ""
}
