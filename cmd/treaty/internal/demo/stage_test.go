package demo

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// understudy plays treaty and go: it writes down how it was called, and answers
// what the story needs, or not if the file "wrong" names the command.
const understudy = `#!/bin/sh
here=$(dirname "$0")
echo "$(basename "$0") $* [$PACT_BROKER_BASE_URL]" >> "$here/calls"
if [ -f "$here/wrong" ] && [ "$1" = "$(cat "$here/wrong")" ]; then echo "something else"; exit 9; fi
case "$*" in
serve*) echo "Broker and dashboard: http://127.0.0.1:7"; exec sleep 60 ;;
publish*) echo "Created storefront version 1.0.0 with branch main"; echo "for catalog"; echo third; echo fourth ;;
create-environment*) echo "Created the environment $3" ;;
record-deployment*) echo "version $5 of $3 is deployed to $7" ;;
can-i-deploy*catalog*2.0.0*) echo "No, it cannot be deployed."; exit 1 ;;
can-i-deploy*) echo "Yes, it can be deployed."; echo; echo "All is well" ;;
test*) case "$CATALOG_RELEASE" in
  2.0.0) echo "    verifyprovider.go:9: "; echo "        \$.price: Expected a number"; echo "--- FAIL: TestX (0.1s)"; exit 1 ;;
  *) echo "--- PASS: TestX (0.1s)"; echo "ok  	example	0.1s" ;;
  esac ;;
esac
`

// rehearse prepares a stage whose programs are understudies.
func rehearse(t *testing.T) (*stage, *bytes.Buffer) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh here to play the programs")
	}
	dir := t.TempDir()
	for _, name := range []string{"treaty", "go"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(understudy), 0o700))
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, exampleDir), 0o755))
	folder, err := os.MkdirTemp(dir, "folder-")
	require.NoError(t, err)
	var said bytes.Buffer
	s := &stage{
		e:      command.Env{Stdout: &said, Environ: append(os.Environ(), "PACT_BROKER_TOKEN=x", "TREATY_BASE_URL=http://other.example", "CATALOG_RELEASE=9")},
		source: dir, program: filepath.Join(dir, "treaty"), folder: folder, port: 7,
	}
	t.Cleanup(s.clear)
	return s, &said
}

func TestTheStoryIsToldToItsEnd(t *testing.T) {
	s, said := rehearse(t)
	require.NoError(t, s.play(t.Context()), said.String())
	for _, part := range []string{
		"1. The storefront writes down", "7. A change that breaks nobody", "$ treaty publish", "--consumer-app-version 1.0.0",
		"│ Broker and dashboard: http://127.0.0.1:7", "(exit status 1)", "│ $.price: Expected a number", "That is the loop.",
	} {
		require.Contains(t, said.String(), part)
	}
	require.NotContains(t, said.String(), "fourth", "of publish the first lines are shown")
	calls, err := os.ReadFile(filepath.Join(s.source, "calls"))
	require.NoError(t, err)
	require.Contains(t, string(calls), "record-deployment --pacticipant catalog --version 2.1.0 --environment production [http://127.0.0.1:7]")
	require.NotContains(t, string(calls), "other.example")
	s.clear()
	require.NoDirExists(t, s.folder)
	s.clear() // again is fine
}

func TestTheStoryStopsWhereItGoesOtherThanTold(t *testing.T) {
	for _, wrong := range []string{"test", "publish", "create-environment", "can-i-deploy", "record-deployment"} {
		t.Run(wrong, func(t *testing.T) {
			s, said := rehearse(t)
			require.NoError(t, os.WriteFile(filepath.Join(s.source, "wrong"), []byte(wrong), 0o600))
			require.ErrorContains(t, s.play(t.Context()), "ended with status 9, expected 0")
			require.Contains(t, said.String(), "something else", "what it answered is shown")
			require.NotContains(t, said.String(), "That is the loop.")
		})
	}
}

func TestABrokerThatDoesNotStartSaysWhy(t *testing.T) {
	s, said := rehearse(t)
	require.NoError(t, os.WriteFile(s.program, []byte("#!/bin/sh\necho \"port $5 is taken\" >&2\nexit 1\n"), 0o700))
	require.ErrorContains(t, s.startBroker(t.Context()), "port 0 is taken")
	require.Contains(t, said.String(), "port 7 is taken", "it was tried on the wanted port before")
}

func TestWordsThatAreMissingInAnAnswerEndTheStory(t *testing.T) {
	s, _ := rehearse(t)
	err := s.perform(t.Context(), act{name: "treaty", args: []string{"publish", "two words"}, says: []string{"Pluto"}})
	require.ErrorContains(t, err, `"treaty publish 'two words'" did not say "Pluto"`)
}

func TestNoVariableOfTheProcessLeadsTheStoryAstray(t *testing.T) {
	s, _ := rehearse(t)
	s.url = "http://127.0.0.1:7"
	environ := strings.Join(s.environ(), "\n")
	require.Contains(t, environ, "PACT_BROKER_BASE_URL=http://127.0.0.1:7")
	require.Contains(t, environ, "NO_COLOR=1")
	for _, entry := range []string{"PACT_BROKER_TOKEN", "TREATY_BASE_URL", "CATALOG_RELEASE"} {
		require.NotContains(t, environ, entry)
	}
}

func TestOfATestItsVerdictsAreShown(t *testing.T) {
	t.Parallel()
	text := "=== RUN   TestA\n=== RUN   TestA/a_product\n    x.go:1: noise\n--- FAIL: TestA (0.1s)\n    --- FAIL: TestA/a_product (0.1s)\n--- PASS: TestB (0.0s)\nok  \tx\t0.2s\nFAIL\ty\t0.1s"
	require.Equal(t, "--- FAIL: a product\n--- PASS: TestB\nok x 0.2s\nFAIL y 0.1s", testVerdicts(text))
	require.Equal(t, "$.price\nFAIL y 0.1s", failures("    verifyprovider.go:1:\n        $.price\n--- FAIL: TestA\nhidden\nFAIL\ty\t0.1s"))
	require.Equal(t, "Yes\nbecause", verdictAndReason("Yes\n\ntable\n\nbecause"))
	require.Equal(t, "table\n\nreason", withoutAddresses("table\n\nVERIFICATION RESULTS\n1. http://x\n\nreason"))
	require.Equal(t, "no list", withoutAddresses("no list"))
	require.Equal(t, "a\nb", firstLines(2)("a\nb\nc"))
	require.Equal(t, "a", firstLines(2)("a"))
}

func TestTheSourceIsFoundFromTheFoldersInIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inside := filepath.Join(dir, "examples", "catalog", "catalog")
	require.NoError(t, os.MkdirAll(inside, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module github.com/treatyhq/treaty\n\ngo 1.26\n"), 0o600))
	found, err := findSource(command.Env{Dir: inside}, "")
	require.NoError(t, err)
	require.Equal(t, dir, found)
	_, err = findSource(command.Env{Dir: inside}, ".")
	require.ErrorContains(t, err, "the source of Treaty is not in "+inside)
	require.Contains(t, command.StepOf(err), "git clone")
}
