// Command failover plays the faults of a broker's database: a PostgreSQL
// primary with a synchronous standby, three replicas of `treaty serve`, a
// receiver of webhooks, and clients that write and read all the time. It plays
// one fault at a time, looks for everything that was acknowledged, and prints
// one table.
//
//	go run ./conformance/failover [-only REGEXP] [-rounds 3] [-seed N] [-logs FOLDER] bin/treaty
//
// The servers are its own: it starts them on free ports and removes them. It
// needs PostgreSQL's programs (pg_config or the usual folders name them) and
// PgBouncer. As root it runs them as postgres or nobody. The seed decides what
// each client does and which replica dies, not who comes first. The logs of what
// failed stay in the folder for logs.
//
//	faults.go     what goes wrong, and what may come of it
//	scene.go      servers, replicas and load for one fault
//	client.go     what clients ask, and what is wrong with an answer
//	ledger.go     what they saw
//	receiver.go   who takes the webhooks
//	judge.go      whether that may be
//	report.go     the table
//	postgres.go, replica.go, process.go   programs, and how they are ended
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"time"
)

type options struct {
	binary string
	only   string
	rounds int
	seed   uint64
	logs   string
}

func main() {
	var o options
	flag.StringVar(&o.only, "only", "", "play the faults whose name this regular expression matches")
	flag.IntVar(&o.rounds, "rounds", 1, "how often to play each")
	flag.Uint64Var(&o.seed, "seed", 0, "seed of what is drawn; the clock's if 0")
	flag.StringVar(&o.logs, "logs", "bin/failover", "folder for the logs of what failed")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: failover [flags] BINARY")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	o.binary = flag.Arg(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "failover:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	chosen, err := choose(o)
	if err != nil {
		return err
	}
	if o.binary, err = filepath.Abs(o.binary); err != nil {
		return err
	}
	if !isProgram(o.binary) {
		return fmt.Errorf("%s is not a program: make build", o.binary)
	}
	if o.logs, err = filepath.Abs(o.logs); err != nil {
		return err
	}
	if o.seed == 0 {
		o.seed = uint64(time.Now().UnixNano())
	}
	in, err := install(ctx)
	if err != nil {
		return err
	}
	defer in.remove()
	fmt.Fprintf(out, "failover: %d faults, %d rounds, seed %d, %s\n", len(chosen), o.rounds, o.seed, in.bin)
	var all []outcome
	for round := range o.rounds {
		for _, f := range chosen {
			found := playOne(ctx, o, in, f, round)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			all = append(all, found)
			fmt.Fprintln(out, progress(found))
		}
	}
	return report(o, all, out)
}

func choose(o options) ([]fault, error) {
	if o.rounds < 1 {
		return nil, fmt.Errorf("-rounds %d: it is 1 or more", o.rounds)
	}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	chosen := slices.DeleteFunc(faults(), func(f fault) bool { return !only.MatchString(f.name) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("-only %q matches no fault", o.only)
	}
	return chosen, nil
}

// playOne plays a fault once. Its logs are removed if nothing was wrong.
func playOne(ctx context.Context, o options, in *installation, f fault, round int) outcome {
	began := time.Now()
	name := fmt.Sprintf("%s-%d", f.name, round+1)
	s := &scene{
		in: in, fault: f, name: name, binary: o.binary, logs: filepath.Join(o.logs, name),
		seed: o.seed + uint64(round), ledger: &ledger{}, dead: -1,
	}
	s.chance = rand.New(rand.NewPCG(s.seed, uint64(len(f.name)))) // nothing is kept secret by it
	out := outcome{}
	err := errors.Join(os.RemoveAll(s.logs), os.MkdirAll(s.logs, 0o755)) // who looks for the reason may be another
	if err == nil {
		out, err = s.play(ctx)
	}
	if err != nil {
		out.problem("it could not be played: %v", err)
	}
	out.fault, out.round, out.took = f.name, round+1, time.Since(began)
	if len(out.problems) == 0 {
		_ = os.RemoveAll(s.logs) // the next round does it otherwise
	}
	return out
}
