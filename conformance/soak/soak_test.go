package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEverythingRandomIsFound plans for this repository, so that a test that
// is renamed is missed at once and not on the day of a release.
func TestEverythingRandomIsFound(t *testing.T) {
	t.Parallel()
	code, err := search("../..")
	require.NoError(t, err)
	tasks, err := plan(options{seed: 5, share: 50, fuzz: time.Second}, code)
	require.NoError(t, err)
	var names []string
	for _, task := range tasks {
		names = append(names, task.name)
	}
	all := strings.Join(names, "\n")
	for _, want := range []string{
		"killed under load, 4\n", "random histories of the gate, 2000\n", "random tests of ./matching, round 1\n", "FuzzDecode of ./contract for 1s\n",
	} {
		require.Contains(t, all+"\n", want)
	}
	require.NotContains(t, all, "round 2")
	require.GreaterOrEqual(t, strings.Count(all, "Fuzz"), 23)
	require.GreaterOrEqual(t, strings.Count(all, "random tests of"), 6)

	whole, err := plan(options{seed: 5, share: 1, fuzz: time.Second}, code)
	require.NoError(t, err)
	require.Greater(t, len(whole), len(tasks))
	require.NotContains(t, all, "faults of the database")
	last := whole[len(whole)-2]
	require.Equal(t, "faults of the database, 3 rounds", last.name)
	require.Equal(t, []string{"go", "run", "./conformance/failover", "-rounds", "3", "-seed", "5", "bin/treaty"}, last.command)
}

// TestATaskIsJudgedByWhatItProves plays a module of a few tests.
func TestATaskIsJudgedByWhatItProves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module soaked.test\n\ngo 1.26.0\n"), 0o600))
	code := `package soaked
import ("os"; "testing")
func TestLogs(t *testing.T) { t.Logf("%s of %s", os.Getenv("SIZE"), "many") }
func TestFails(t *testing.T) { t.Fatal("found") }
func FuzzFinds(f *testing.F) { f.Add(1); f.Fuzz(func(t *testing.T, n int) { if n == 1 { t.Fatal("found") } }) }
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "soaked_test.go"), []byte(code), 0o600))
	found, err := search(dir)
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"./.": {"FuzzFinds"}}, found.fuzz)
	require.Equal(t, []string{"./."}, found.folders["TestFails"])

	test := func(name string) task {
		return task{name: name, command: testCommand("^"+name+"$", "."), proof: "--- PASS: " + name, environ: []string{"GOWORK=off", "SIZE=3"}}
	}
	tasks := []task{
		test("TestLogs"), test("TestFails"), test("TestIsGone"),
		// What go prints when it fuzzes: doing so would build the standard library once more.
		{name: "fuzz", command: []string{"sh", "-c", "echo 'fuzz: elapsed: 0s, gathering baseline coverage: 0/1 completed'; echo '--- FAIL: FuzzFinds (0.01s)'; exit 1"}, proof: "fuzz: elapsed:", fuzz: time.Second, beside: true},
		{name: "missing", missing: "there is none"},
	}
	var out strings.Builder
	results := play(context.Background(), dir, tasks, &out)
	var verdicts []verdict
	for _, r := range results {
		verdicts = append(verdicts, r.verdict)
	}
	require.Equal(t, []verdict{passedVerdict, failedVerdict, failedVerdict, failedVerdict, skippedVerdict}, verdicts, out.String())
	require.Equal(t, "3 of many", results[0].detail)
	require.Contains(t, results[2].detail, "did not say")
	require.Contains(t, out.String(), "soaked_test.go:4: found", "what failed is shown")

	var summary strings.Builder
	require.ErrorContains(t, summarise(options{seed: 9}, results, &summary), "3 of 5 failed; -seed 9 plays them again")
	require.Contains(t, summary.String(), "there is none")
	require.NoError(t, summarise(options{seed: 9}, results[:1], &summary))
}

func TestWhatIsStoppedHasNotPassed(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out strings.Builder
	require.ErrorIs(t, run(ctx, options{share: 50, fuzz: time.Second}, "../..", &out), context.Canceled)
	require.Contains(t, out.String(), "stopped before it began")
	require.NotContains(t, out.String(), " ok ")
	require.ErrorContains(t, run(t.Context(), options{share: 50, only: "nothing of this name"}, "../..", &out), "matches no task")
	require.ErrorContains(t, run(t.Context(), options{share: 0}, "../..", &out), "-share 0")
}
