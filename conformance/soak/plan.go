package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rounds is how often each random test is played, with a seed of its own.
const rounds = 3

// sized are the tests whose length is a variable, and their full length.
var sized = []struct {
	name, test, variable string
	size                 int
}{
	{"killed under load", "TestAKillLosesNothing", "TREATY_KILL_ROUNDS", 200},
	{"random histories of the gate", "TestYesMeansEveryPairIsProven", "TREATY_HISTORIES", 100_000},
	{"every form of the question", "TestNoFormOfTheQuestionIsAnsweredWithAFalseYes", "TREATY_LIVES", 1_000},
	{"files in the shape of pacts", "TestAnyFileReadAndWrittenAgainMeansTheSame", "TREATY_FILES", 150_000},
}

// task is one command and what is said of it.
type task struct {
	name    string
	command []string
	environ []string
	// proof must be in what the command prints: go test is content with a
	// name that no test has.
	proof string
	// fuzz is the time after which a search may say that its time is over.
	fuzz time.Duration
	// beside is true for what takes one core, so that it may run with others.
	beside bool
	// missing is why it cannot be played here.
	missing string
}

// plan lists what to play: first what is long, then everything random, then
// the fuzz targets, and on the whole also the faults of the database and those
// from the field.
func plan(o options, code tests) ([]task, error) {
	var list []task
	long := map[string]bool{}
	for _, s := range sized {
		folders := code.folders[s.test]
		if len(folders) != 1 {
			return nil, fmt.Errorf("%s is a test in %d packages: name the one that is meant in conformance/soak", s.test, len(folders))
		}
		long[s.test] = true
		size := max(1, s.size/o.share)
		list = append(list, task{
			name: fmt.Sprintf("%s, %d", s.name, size), proof: "--- PASS: " + s.test,
			command: testCommand("^"+s.test+"$", folders[0]), environ: []string{seedVariable(o.seed), s.variable + "=" + strconv.Itoa(size)},
		})
	}
	for _, folder := range slices.Sorted(maps.Keys(code.random)) {
		names := slices.DeleteFunc(slices.Clone(code.random[folder]), func(name string) bool { return long[name] })
		for round := range roundsOf(o.share) {
			if len(names) == 0 {
				continue
			}
			list = append(list, task{
				name: fmt.Sprintf("random tests of %s, round %d", folder, round+1), proof: "--- PASS: " + names[0],
				command: testCommand("^("+strings.Join(names, "|")+")$", folder), environ: []string{seedVariable(o.seed + uint64(round))},
			})
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(code.fuzz)) {
		for _, target := range code.fuzz[folder] {
			list = append(list, task{
				name: fmt.Sprintf("%s of %s for %s", target, folder, o.fuzz), proof: "fuzz: elapsed:", fuzz: o.fuzz, beside: true,
				command: []string{"go", "test", "-run", "^$", "-fuzz", "^" + target + "$", "-fuzztime", o.fuzz.String(), "-parallel", "1", folder},
			})
		}
	}
	if o.share == 1 {
		list = append(list, failover(o.seed), faults())
	}
	return list, nil
}

// roundsOf makes of a share the rounds to play, at least one.
func roundsOf(share int) int { return max(1, rounds/share) }

func seedVariable(seed uint64) string { return "TREATY_SEED=" + strconv.FormatUint(seed, 10) }

func testCommand(run, folder string) []string {
	return []string{"go", "test", "-count=1", "-v", "-timeout", "2h", "-run", run, folder}
}

// failover are the faults of the database, which start servers of their own.
func failover(seed uint64) task {
	return task{
		name: fmt.Sprintf("faults of the database, %d rounds", rounds), proof: "faults of the database:",
		command: []string{"go", "run", "./conformance/failover", "-rounds", strconv.Itoa(rounds), "-seed", strconv.FormatUint(seed, 10), "bin/treaty"},
	}
}

// faults are the reproductions that make faults runs, where there are any.
func faults() task {
	t := task{name: "faults from the field", command: []string{"sh", "conformance/faults.sh"}, proof: "faults from the field:"}
	if os.Getenv("TREATY_FAULTS_DIR") == "" {
		t.missing = "TREATY_FAULTS_DIR is not set"
	}
	return t
}
