package pact_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// TestPatternsMeanWhatTheyMeanToTheOfficialClients publishes by a pattern and
// looks which pacts were taken: each file is of a consumer named after it.
func TestPatternsMeanWhatTheyMeanToTheOfficialClients(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	for _, file := range []string{
		"p/x.json", "p/y.txt.json", "p/a/y.json", "p/a/b/z.json", "p/.hidden/h.json", "p/.dot.json", "q/x1.json", "q/x2.json", "q/w[1].json",
	} {
		s.File(file, commandtest.PactText("of "+file, "Bar", "x"))
	}
	require.NoError(t, os.Symlink(s.Dir, filepath.Join(s.Dir, "p", "a", "circle")))
	for i, tt := range []struct{ pattern, files string }{
		{"p/**/*.json", "p/x.json p/y.txt.json p/a/y.json p/a/b/z.json"},
		{"**/z.json", "p/a/b/z.json"},
		{"p/**/b/*.json", "p/a/b/z.json"},
		{"p/*/*.json", "p/a/y.json"},
		{"q/x?.json", "q/x1.json q/x2.json"},
		{"q/x[2-9].json", "q/x2.json"},
		{"q/x[^1].json", "q/x2.json"},
		{"q/x[!1].json", "q/x2.json"},
		{"{p,q}/x{,1}.json", "p/x.json q/x1.json"},
		{"p/{a/{y,b/z},x}.json", "p/x.json p/a/y.json p/a/b/z.json"},
		{"q/w[1].json", "q/w[1].json"},
		{`q/w\[1\].*`, "q/w[1].json"},
		{"p/.*.json", "p/.dot.json"},
		{"p/a*", "p/a/y.json"},
		{"q/*1.json q/x1.json ./q/x1.json", "q/x1.json"},
		{filepath.Join(s.Dir, "q", "x*.json"), "q/x1.json q/x2.json"},
	} {
		t.Run(tt.pattern, func(t *testing.T) {
			text := s.Must(fmt.Sprintf("publish %s -a v%d", tt.pattern, i))
			for _, file := range strings.Fields(tt.files) {
				require.Contains(t, text, "Pact successfully published for of "+file+" version", file)
			}
			require.Equal(t, len(strings.Fields(tt.files)), strings.Count(text, "successfully published"))
		})
	}
}

func TestWhatAPatternOrAFolderLeavesOutIsTold(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.File("p/x.json", commandtest.PactText("Foo", "Bar", "x"))
	s.File("p/package.json", `{"name":"package"}`)
	s.File("p/deep/y.json", commandtest.PactText("Foo", "Baz", "x"))
	s.File("p/deep/package.json", `{"name":"package"}`)
	s.File("p/list.json", `[{"a":1}]`)
	s.File("p/compose.json", `{"provider":"aws"}`)
	s.File("p/folder.json/readme.txt", "no pact")
	s.File("typed/x.json", `{"consumer":"Foo","provider":{"name":"Bar"},"interactions":[]}`)
	s.File("half/x.json", `{"consumer":{"name":"Foo"},"interactions":[]}`)
	s.File("other/package.json", `{"name":"package"}`)
	s.File("empty/deep/y.json", commandtest.PactText("Foo", "Baz", "x"))
	got := s.Run("publish p -a 1")
	require.Equal(t, 0, got.Status, got.Stderr)
	require.Contains(t, got.Stderr, "package.json is left out: it is not a pact")
	require.Contains(t, got.Stderr, "list.json is left out: it is not a pact")
	require.Contains(t, got.Stderr, "compose.json is left out: it is not a pact")
	require.NotContains(t, got.Stderr, "folder.json")
	require.Contains(t, got.Stderr, "pact files in folders below p are not taken (1)")
	require.NotContains(t, s.Must("list-latest-pact-versions"), "Baz")
	for _, tt := range []struct{ line, says string }{
		{"half", "it names no consumer or no provider"},
		{"typed", "it names no consumer or no provider"},
		{"p/list.json", "it names no consumer or no provider"},
		{"other", "there is no pact among the 1 files"},
		{"empty", "but 1 in folders below it"},
		{"'x/**/*.json'", "nothing in " + s.Dir},
		{"p/[a", "cannot be read"},
		{"p/package.json", "it names no consumer"},
	} {
		got := s.Run("publish -a 1 " + strings.Trim(tt.line, "'"))
		require.Equal(t, 1, got.Status, tt.line)
		require.Contains(t, got.Stderr, tt.says)
		require.Contains(t, got.Stderr, "next: ")
	}
}

func TestTheFolderIsToldBeforeTheVersion(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	got := s.Run("publish nowhere")
	require.Contains(t, got.Stderr, "there is no pact file at nowhere")
	s.File("x.json", commandtest.PactText("Foo", "Bar", "x"))
	require.Contains(t, s.Run("publish x.json").Stderr, "no git repository")
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed, so there can be no repository without a commit")
	}
	made := exec.Command("git", "init", "--quiet", s.Dir)
	require.NoError(t, made.Run())
	require.Contains(t, s.Run("publish x.json").Stderr, "has no commit yet")
}

func TestARefusalSaysItsReasonOnce(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.File("x.json", commandtest.PactText("Foo", "Bar", "x"))
	s.Must("publish x.json -a 1")
	s.File("x.json", commandtest.PactText("Foo", "Bar", "y"))
	got := s.Run("publish x.json -a 1")
	require.Equal(t, 1, got.Status)
	require.Equal(t, 1, strings.Count(got.Stderr, "published already"))
	require.NotContains(t, got.Stderr, "contracts The")
	require.Contains(t, got.Stderr, "next: publish changed pacts under a new version")
}

func TestFilesOfOnePairThatContradictEachOtherAreNamed(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.File("a.json", commandtest.PactText("Foo", "Bar", "x"))
	s.File("b.json", strings.Replace(commandtest.PactText("Foo", "Bar", "x"), `"path":"/`, `"path":"/other`, 1))
	got := s.Run("publish a.json b.json -a 1")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "a.json")
	require.Contains(t, got.Stderr, "b.json")
	require.Contains(t, got.Stderr, "request.path")
}

// What is advised is pasted into a shell, whatever a file is called.
func TestAdviceAboutFilesIsPastedAsItIs(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh here to paste into")
	}
	const odd = "it's `odd` $HOME"
	s := commandtest.Open(t)
	s.File(odd+"/broken.json", "{")
	s.File(odd+"/below/pact.json", commandtest.PactText("Foo", "Bar", "x"))
	s.File("messages "+odd+".json", `{"messages":[{"description":"an event","contents":{"a":1}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`)
	run := func(words ...string) string {
		return commandtest.RunIn(t, command.Env{Dir: s.Dir, Environ: s.Environ}, words...).Stderr
	}
	for _, tt := range []struct{ said, before, want string }{
		{run("pact", "show", odd+"/broken.json"), "treaty pact lint ", odd + "/broken.json"},
		{run("pact", "convert", "--to", "2", "messages "+odd+".json"), "treaty pact convert --to 3.0.0 ", "messages " + odd + ".json"},
		{run("publish", odd, "-a", "1"), "below " + odd + " are not taken (1): ", odd + "/**/*.json"},
	} {
		_, advice, found := strings.Cut(tt.said, tt.before)
		require.True(t, found, tt.said)
		advice, _, _ = strings.Cut(advice, "\n")
		advice = strings.TrimSuffix(advice, " would take them too")
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+advice).Output()
		require.NoError(t, err, advice)
		require.Equal(t, tt.want, string(out))
	}
}
