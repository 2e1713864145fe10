package dsl_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/internal/pactio"
)

const crashEnv = "TREATY_TEST_CRASH"

// TestNothingProvenIsLostHoweverTheProcessEnds runs itself as a suite of
// another process, which says each interaction that was proven and then ends in
// the middle of its work. The file is large enough to be appended to.
func TestNothingProvenIsLostHoweverTheProcessEnds(t *testing.T) {
	if how := os.Getenv(crashEnv); how != "" {
		crash(t, how)
		return
	}
	t.Parallel()
	for _, how := range []string{"exit 40", "exit 170", "panic 171", "fatal 172", "subtest 173", "nil 174", "done 175"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			proven := suite(t, dir, how, -1)
			end, _ := strconv.Atoi(strings.Fields(how)[1])
			require.Len(t, proven, end)
			if ends := strings.Fields(how)[0]; ends != "exit" && ends != "panic" {
				entries, err := os.ReadDir(dir)
				require.NoError(t, err)
				require.Len(t, entries, 1, "nothing is left beside the file")
				require.Len(t, readPact(t, filepath.Join(dir, "storefront-catalog.json")).Interactions, end)
			}
			requireProven(t, dir, proven)
		})
	}
	t.Run("kill", func(t *testing.T) {
		t.Parallel()
		for n := range 12 {
			dir := t.TempDir()
			proven := suite(t, dir, "done 400", 30+17*n)
			require.GreaterOrEqual(t, len(proven), 30+17*n)
			requireProven(t, dir, proven)
		}
	})
}

// suite runs the suite until it ends, or kills it when it has proven so many
// interactions, and returns what it has proven.
func suite(t *testing.T, dir, how string, killAfter int) (proven []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNothingProvenIsLostHoweverTheProcessEnds$")
	cmd.Env = append(os.Environ(), crashEnv+"="+how, crashEnv+"_DIR="+dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "proven "); ok {
			proven = append(proven, name)
		}
		if len(proven) == killAfter {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait()
	return proven
}

// crash is the suite.
func crash(t *testing.T, how string) {
	how, number, _ := strings.Cut(how, " ")
	end, err := strconv.Atoi(number)
	require.NoError(t, err)
	for i := range end {
		test := dsl.TestingT(t)
		if how == "nil" {
			test = nil
		}
		name := fmt.Sprint("product ", 999-i)
		if how == "more" {
			name = "one more"
		}
		if how == "subtest" {
			t.Run(name, func(t *testing.T) { require.NoError(t, product(t, os.Getenv(crashEnv+"_DIR"), name)) })
		} else {
			require.NoError(t, product(test, os.Getenv(crashEnv+"_DIR"), name))
		}
		fmt.Println("proven", name)
	}
	switch how {
	case "exit":
		os.Exit(3)
	case "panic":
		panic("as a test may")
	case "fatal":
		t.FailNow()
	}
}

func product(t dsl.TestingT, dir, name string) error {
	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", PactDir: dir})
	if err != nil {
		return err
	}
	return pact.AddInteraction().UponReceiving(name).WithRequest("GET", "/").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"about": strings.Repeat("lamp ", 200)}) }).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			_, _, err := fetch(server, "GET", "/", "")
			return err
		})
}

// requireProven reads the file as our tools do, and lets a next run add to it.
func requireProven(t *testing.T, dir string, proven []string) {
	t.Helper()
	path := filepath.Join(dir, "storefront-catalog.json")
	text, err := pactio.ReadFile(path)
	require.NoError(t, err)
	read, err := contract.Decode(text)
	require.NoError(t, err)
	require.Subset(t, described(read), proven)

	require.Equal(t, []string{"one more"}, suite(t, dir, "more 1", -1))
	after := described(readPact(t, path))
	require.Subset(t, after, append(described(read), "one more"))
	require.Len(t, after, len(read.Interactions)+1)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		require.NotContains(t, entry.Name(), ".journal")
	}
}

func described(pact *contract.Pact) (names []string) {
	for _, i := range pact.Interactions {
		names = append(names, i.Base().Description)
	}
	return names
}

func TestTheFileIsSortedWhenItsTestHasEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := suite(t, dir, "done 180", -1)
	pact := readPact(t, filepath.Join(dir, "storefront-catalog.json"))
	require.Len(t, names, 180)
	require.IsIncreasing(t, described(pact))
}
