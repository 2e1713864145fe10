package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// progress is a line for what has just been played.
func progress(o outcome) string {
	verdict := "ok"
	if len(o.problems) > 0 {
		verdict = "FAILED"
	}
	return fmt.Sprintf("%s, round %d: %s, %d s", o.fault, o.round, verdict, int(o.took.Seconds()))
}

// report prints the table and what was wrong, and is an error if anything was.
func report(o options, all []outcome, out io.Writer) error {
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "fault\tround\tacknowledged\tlost\twebhooks\tlost\tdoubled\tgood reads\t503\tbroken\twrong\tslowest\tgap\twebhooks after\tverdict\t")
	failed := 0
	for _, r := range all {
		verdict := "ok"
		if len(r.problems) > 0 {
			verdict = "FAILED"
			failed++
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t\n", r.fault, r.round, r.acknowledged, r.lost, r.hooks, r.lostHooks,
			r.doubled, r.reads, r.refused, r.broken, r.wrong, seconds(r.slowest), seconds(r.gap), seconds(r.takeover), verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range all {
		if len(r.problems) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s, round %d (logs in %s):\n", r.fault, r.round, filepath.Join(o.logs, fmt.Sprintf("%s-%d", r.fault, r.round)))
		for _, problem := range r.problems {
			fmt.Fprintf(out, "  %s\n", strings.ReplaceAll(problem, "\n", "\n    "))
		}
	}
	fmt.Fprintf(out, "\nfaults of the database: %d of %d right, seed %d\n", len(all)-failed, len(all), o.seed)
	if failed > 0 {
		return fmt.Errorf("%d of %d failed; -seed %d draws the same again", failed, len(all), o.seed)
	}
	return nil
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
