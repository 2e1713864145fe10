package pactfile_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/pactfile"
	"github.com/treatyhq/treaty/internal/tornpact"
)

// These tests stand for several processes in one and run one after another:
// what a process knows about its files is shared state.

func pact(interactions ...contract.Interaction) *contract.Pact {
	return &contract.Pact{Consumer: "storefront", Provider: "catalog", Version: contract.V4, Interactions: interactions, Metadata: pactfile.Metadata()}
}

func get(description, path string) *contract.HTTP {
	return &contract.HTTP{
		Common:   contract.Common{Description: description},
		Request:  contract.Request{Method: "GET", Path: path},
		Response: contract.Response{Status: 200},
	}
}

func descriptions(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	p, err := contract.Decode(text)
	require.NoError(t, err)
	names := []string{}
	for _, i := range p.Interactions {
		names = append(names, i.Base().Description)
	}
	return names
}

func TestTheSameInteractionsGiveTheSameBytesInAnyOrder(t *testing.T) {
	var texts []string
	for _, order := range [][]string{{"b", "a", "c"}, {"c", "b", "a"}} {
		dir := t.TempDir()
		process := pactfile.NewProcess("x", true)
		var path string
		for _, name := range order {
			var err error
			path, err = process.Write(dir, pact(get(name, "/"+name)))
			require.NoError(t, err)
		}
		require.Equal(t, []string{"a", "b", "c"}, descriptions(t, path))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	require.Equal(t, texts[0], texts[1])
}

func TestStaleInteractionsGoWhenTheWholePackageRan(t *testing.T) {
	dir := t.TempDir()
	path, err := pactfile.WriteAs(dir, pact(get("old", "/old"), get("kept", "/kept")), "shop/web", true)
	require.NoError(t, err)
	_, err = pactfile.WriteAs(dir, pact(get("other", "/other")), "shop/admin", true)
	require.NoError(t, err)
	require.Equal(t, []string{"kept", "old", "other"}, descriptions(t, path), "another package's interactions stay")

	_, err = pactfile.WriteAs(dir, pact(get("new", "/new")), "shop/web", false)
	require.NoError(t, err)
	require.Equal(t, []string{"kept", "new", "old", "other"}, descriptions(t, path), "a part of a package merges")

	whole := pactfile.NewProcess("shop/web", true)
	_, err = whole.Write(dir, pact(get("kept", "/kept")))
	require.NoError(t, err)
	_, err = whole.Write(dir, pact(get("second", "/second")))
	require.NoError(t, err)
	require.Equal(t, []string{"kept", "other", "second"}, descriptions(t, path))
}

func TestInteractionsOfOtherToolsStay(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "storefront-catalog.json")
	text, err := contract.Encode(&contract.Pact{Consumer: "storefront", Provider: "catalog", Interactions: []contract.Interaction{get("foreign", "/f")}, Metadata: map[string]any{"tool": map[string]any{"version": "1"}}}, contract.V4)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	for range 2 {
		_, err = pactfile.WriteAs(dir, pact(get("ours", "/ours")), "shop/web", true)
		require.NoError(t, err)
		require.Equal(t, []string{"foreign", "ours"}, descriptions(t, path))
	}
	merged, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(merged), `"tool"`)
}

// TestStatesThatDifferInTheLastDigitAreTwoInteractions holds that an interaction
// is not taken for another whose number is the same float64.
func TestStatesThatDifferInTheLastDigitAreTwoInteractions(t *testing.T) {
	dir := t.TempDir()
	var path string
	for _, id := range []string{"9007199254740992", "9007199254740993", "1e400"} {
		one := get("a", "/"+id)
		one.States = []contract.ProviderState{{Name: "an account", Params: map[string]any{"id": json.Number(id)}}}
		var err error
		path, err = pactfile.NewProcess("x", false).Write(dir, pact(one))
		require.NoError(t, err)
	}
	require.Equal(t, []string{"a", "a", "a"}, descriptions(t, path))
}

func TestAChangedExpectationReplacesTheOneOfAnEarlierRun(t *testing.T) {
	dir := t.TempDir()
	for _, target := range []string{"/v1", "/v2"} {
		path, err := pactfile.WriteAs(dir, pact(get("a", target)), "x", false)
		require.NoError(t, err)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(text), target)
		require.Len(t, descriptions(t, path), 1)
	}
}

func TestOneRunMayNotSayTwoThingsAboutOneInteraction(t *testing.T) {
	dir := t.TempDir()
	process := pactfile.NewProcess("x", true)
	path, err := process.Write(dir, pact(get("a", "/1")))
	require.NoError(t, err)
	_, err = process.Write(dir, pact(get("a", "/1")))
	require.NoError(t, err, "the same again is fine: -count=2")
	_, err = process.Write(dir, pact(get("a", "/2")))
	var repeat *pactfile.RepeatError
	require.ErrorAs(t, err, &repeat)
	require.Equal(t, `.request.path is once "/1" and once "/2"`, repeat.Difference)
	_, err = process.Write(dir, pact(get("b", "/1"), get("b", "/2")))
	require.ErrorAs(t, err, &repeat)
	require.Equal(t, []string{"a"}, descriptions(t, path), "the file is as it was")
}

func TestAnExampleThatChangesByItselfIsSuspected(t *testing.T) {
	dir := t.TempDir()
	for n, id := range []string{"0d4e2a4c-5f1e-4c3c-9f8e-6a1b2c3d4e5f", "9d4e2a4c-5f1e-4c3c-9f8e-6a1b2c3d4e5f"} {
		i := get("a", "/")
		i.Response.Headers = contract.Values{"X-Id": {id}}
		suspects, err := pactfile.NewProcess("x", true).Suspects(dir, pact(i))
		require.NoError(t, err)
		require.Len(t, suspects, n)
	}
	suspects, err := pactfile.NewProcess("x", true).Suspects(dir, pact(get("a", "/changed")))
	require.NoError(t, err)
	require.Empty(t, suspects, "a change that a person made")
}

func TestTheFileHasTheNewestVersionOfItsWriters(t *testing.T) {
	for _, versions := range [][]contract.SpecVersion{{contract.V2, contract.V4}, {contract.V4, contract.V2}} {
		dir := t.TempDir()
		process := pactfile.NewProcess("x", true)
		var path string
		for _, v := range versions {
			p := pact(get(v.String(), "/"))
			p.Version = v
			var err error
			path, err = process.Write(dir, p)
			require.NoError(t, err)
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		p, err := contract.Decode(text)
		require.NoError(t, err)
		require.Equal(t, contract.V4, p.Version)
		require.Equal(t, []string{"2.0.0", "4.0"}, descriptions(t, path))
	}
}

func TestAFileThatIsNotAPactIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "storefront-catalog.json")
	for _, text := range []string{"not json", `{"interactions":5}`, `{"consumer":{"name":"someone else"},"interactions":[{"description":"x"}]}`, "",
		`{"consumer":{"name":"storefront"},"provider":{"name":"catalog"},"interactions":[{"description":"x"}],"interactions":[]}`,
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := pactfile.WriteAs(dir, pact(get("a", "/")), "x", true)
		require.ErrorContains(t, err, path)
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(left))
	}
}

func TestNothingIsLeftBesideTheFile(t *testing.T) {
	dir := t.TempDir()
	_, err := pactfile.WriteAs(dir, pact(get("a", "/")), "x", true)
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestAFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	_, err := pactfile.WriteAs(filepath.Join(blocked, "pacts"), pact(get("a", "/")), "x", true)
	require.ErrorContains(t, err, blocked)
}

func TestNamesDoNotLeaveTheFolder(t *testing.T) {
	require.Equal(t, ".._.._etc_passwd-a_b.json", pactfile.Name("../../etc/passwd", `a\b`))
}

func TestOnlyAWholeRunIsOne(t *testing.T) {
	whole := func(set ...string) bool {
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		flags.String("test.run", "", "")
		flags.String("test.skip", "", "")
		flags.String("test.fuzz", "", "")
		flags.Bool("test.short", false, "")
		require.NoError(t, flags.Parse(set))
		return pactfile.WholePackage(flags)
	}
	require.True(t, whole())
	for _, flagSet := range []string{"-test.run=TestA", "-test.skip=TestB", "-test.fuzz=F", "-test.short"} {
		require.False(t, whole(flagSet), flagSet)
	}
	require.False(t, pactfile.WholePackage(flag.NewFlagSet("", flag.ContinueOnError)), "a program that is not a test")
}

const childEnv = "TREATY_TEST_WRITER"

// TestParallelProcessesAndGoroutinesLoseNothing runs this test binary several
// times at once on one file.
func TestParallelProcessesAndGoroutinesLoseNothing(t *testing.T) {
	const processes, goroutines = 4, 8
	if child := os.Getenv(childEnv); child != "" {
		writeFromManyGoroutines(t, os.Getenv(childEnv+"_DIR"), child, goroutines)
		return
	}
	dir := t.TempDir()
	var running []*exec.Cmd
	for n := range processes {
		cmd := exec.Command(os.Args[0], "-test.run=^TestParallelProcessesAndGoroutinesLoseNothing$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", childEnv, n), childEnv+"_DIR="+dir)
		cmd.Stderr = os.Stderr
		require.NoError(t, cmd.Start())
		running = append(running, cmd)
	}
	for _, cmd := range running {
		require.NoError(t, cmd.Wait())
	}
	require.Len(t, descriptions(t, filepath.Join(dir, "storefront-catalog.json")), processes*goroutines)
}

// TestAFileThatLooksTheSameIsReadAgain lets other processes replace a file by
// others of its length, until the system gives one the number and the time of
// the first.
func TestAFileThatLooksTheSameIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	process := pactfile.NewProcess("x", false)
	for i := range 60 {
		_, err := process.Write(dir, pact(get(fmt.Sprint("of x ", i), "/")))
		require.NoError(t, err)
		var path, want string
		for n := range 4 {
			want = fmt.Sprint("/", (i+n)%7)
			path, err = pactfile.WriteAs(dir, pact(get("of y", want)), "y", false)
			require.NoError(t, err)
		}
		_, err = process.Write(dir, pact(get(fmt.Sprint("of x again ", i), "/")))
		require.NoError(t, err)
		require.Equal(t, want, standing(t, path)["of y"])
	}
}

// TestParallelProcessesLoseNothingOfALargeFile lets several processes append to
// one file, whose interactions all have one length, and sort it time and again.
func TestParallelProcessesLoseNothingOfALargeFile(t *testing.T) {
	const processes, each = 5, 60
	if child := os.Getenv(childEnv); child != "" {
		for i := range each {
			written, err := pactfile.Write(os.Getenv(childEnv+"_DIR"), pact(large(fmt.Sprintf("%s/%02d", child, i), "/")))
			require.NoError(t, err)
			if i%7 == 6 {
				require.NoError(t, pactfile.Settle(written.Path, true))
			}
		}
		return
	}
	dir := t.TempDir()
	var running []*exec.Cmd
	for n := range processes {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestParallelProcessesLoseNothingOfALargeFile$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", childEnv, n), childEnv+"_DIR="+dir)
		cmd.Stderr = os.Stderr
		require.NoError(t, cmd.Start())
		running = append(running, cmd)
	}
	for _, cmd := range running {
		require.NoError(t, cmd.Wait())
	}
	require.Len(t, descriptions(t, filepath.Join(dir, "storefront-catalog.json")), processes*each)
}

func writeFromManyGoroutines(t *testing.T, dir, child string, n int) {
	errs := make(chan error, n)
	for i := range n {
		go func() {
			_, err := pactfile.Write(dir, pact(get(fmt.Sprintf("process %s, test %d", child, i), "/")))
			errs <- err
		}()
	}
	for range n {
		require.NoError(t, <-errs)
	}
}

func TestWhatAKilledProcessBeganIsFinishedByTheNext(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "storefront-catalog.json")
	text, err := contract.Encode(pact(get("of the killed process", "/killed")), contract.V4)
	require.NoError(t, err)
	require.NoError(t, tornpact.Write(path, text))
	_, err = pactfile.NewProcess("shop/web", false).Write(dir, pact(get("of the next", "/next")))
	require.NoError(t, err, "the journal of a killed process is carried out before the file is read")
	require.Equal(t, []string{"of the killed process", "of the next"}, descriptions(t, path))
}
