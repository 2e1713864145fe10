package pact_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
	"github.com/treatyhq/treaty/internal/tornpact"
)

func TestPublishSaysWhatHappened(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Pact("Foo", "Bar", "x")
	text := s.Must("publish Foo-Bar.json --consumer-app-version 1 --branch main --tag a --build-url http://ci/1")
	require.Contains(t, text, "Foo version 1")
	require.Contains(t, text, "Bar")
	described := s.Must("describe-version -a Foo -e 1")
	require.Contains(t, described, "Branches     main")
	require.Contains(t, described, "Tags         a")
	require.Contains(t, described, "Build        http://ci/1")
}

func TestPublishTakesAPactOfATestProcessThatDiedWhole(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	require.NoError(t, tornpact.Write(filepath.Join(s.Dir, "Foo-Bar.json"), []byte(commandtest.PactText("Foo", "Bar", "x"))))
	s.Must("publish . --consumer-app-version 1")
	require.Equal(t, 0, commandtest.RunIn(t, command.Env{Dir: s.Dir}, "pact", "lint", "Foo-Bar.json").Status)
}

func TestPublishTakesFoldersAndPatterns(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Pact("Foo", "Bar", "x")
	s.File("more/Foo-Baz.json", commandtest.PactText("Foo", "Baz", "x"))
	s.File("more/Qux-Bar.json", commandtest.PactText("Qux", "Bar", "x"))
	s.File("more/readme.txt", "no pact")
	answer := s.Must("publish *.json more --consumer-app-version 1 --output json")
	require.True(t, strings.HasPrefix(answer, "["), "one answer for each consumer")
	latest := s.Must("list-latest-pact-versions")
	for _, row := range []string{"Foo      | 1         | Bar", "Foo      | 1         | Baz", "Qux      | 1         | Bar"} {
		require.Contains(t, latest, row)
	}
}

func TestFilesOfOnePairBecomeOnePact(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.File("a/pact.json", commandtest.PactText("Foo", "Bar", "one"))
	s.File("b/pact.json", commandtest.PactText("Foo", "Bar", "two"))
	s.Must("publish a b --consumer-app-version 1 --branch main")
	s.Must("create-or-update-pacticipant --name Foo --main-branch main")
	s.Must("get-pacts --provider Bar --branch main --download --download-dir out")
	content, err := os.ReadFile(filepath.Join(s.Dir, "out", "Foo-Bar.json"))
	require.NoError(t, err)
	require.Contains(t, string(content), "one")
	require.Contains(t, string(content), "two")
}

func TestAVersionMustNotChangeItsPact(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Pact("Foo", "Bar", "x")
	s.Must("publish Foo-Bar.json -a 1")
	s.Must("publish Foo-Bar.json -a 1")
	s.Pact("Foo", "Bar", "changed")
	got := s.Run("publish Foo-Bar.json -a 1")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "published already, with other content")
	require.Contains(t, got.Stderr, "next: publish changed pacts under a new version")
	s.Must("publish Foo-Bar.json -a 2")
}

func TestWhatCannotBePublishedIsExplained(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.File("broken.json", "{\"consumer\":\n{\"name\":\"Foo\"},,}")
	s.File("empty.json", "")
	s.File("list.json", "[]")
	s.File("other.json", `{"name":"package"}`)
	s.File("twice.json", `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[{}],"interactions":[]}`)
	s.File("spelled.json", `{"Consumer":{"name":"Foo"},"provider":{"Name":"Bar"},"interactions":[]}`)
	s.File("blank.json", commandtest.PactText(" ", "Bar", "x"))
	s.File("long.json", commandtest.PactText(strings.Repeat("x", 10_000), "Bar", "x"))
	require.NoError(t, os.MkdirAll(filepath.Join(s.Dir, "nothing"), 0o755))
	for _, tt := range []struct{ name, line, says string }{
		{"malformed JSON", "broken.json -a 1", "line 2: invalid character ','"},
		{"an empty file", "empty.json -a 1", "is not a pact file"},
		{"a list", "list.json -a 1", "is not a pact file"},
		{"another document", "other.json -a 1", "it names no consumer"},
		{"a member twice", "twice.json -a 1", `twice.json cannot be published: pact: has the member "interactions" twice`},
		{"names spelled otherwise", "spelled.json -a 1", "it names no consumer"},
		{"a blank name", "blank.json -a 1", "it names no consumer"},
		{"an empty folder", "nothing -a 1", "there is no pact file at nothing"},
		{"a missing file", "missing.json -a 1", "there is no pact file at missing.json"},
		{"no file named", "-a 1", "no pact file is named"},
		{"no version known", "long.json", "the version of the consumer is not known"},
		{"no branch to tag with", "long.json -a 1 --tag-with-git-branch", "no branch is known here"},
		{"another consumer", "long.json -a 1 --consumer Foo", "none of the 1 pacts"},
		{"a very long name", "long.json -a 1", "publish the pacts of xxx"},
		{"a very long file name", strings.Repeat("f", 10_000) + " -a 1", "file name too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.Run("publish " + tt.line)
			require.Equal(t, 1, got.Status)
			require.Contains(t, got.Stderr, tt.says)
			require.NotContains(t, got.Stderr, "reference")
			require.Less(t, len(got.Stderr), 3000)
		})
	}
}

func TestAPactThatIsTooLargeIsRefusedAndNothingIsLost(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Pact("Foo", "Bar", "x")
	s.Must("publish Foo-Bar.json -a 1")
	s.File("large.json", commandtest.PactText("Foo", "Bar", strings.Repeat("x", 50<<20)))
	got := s.Run("publish large.json -a 2")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "next: make the pact smaller, or raise the broker's limit")
	require.Contains(t, s.Must("list-latest-pact-versions"), "Foo      | 1         | Bar")
}

func TestTheLimitOfAPactCanBeRaised(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t, func(o *broker.Options) { o.MaxBodySize = 100 << 20 })
	// In base64 it is 10.7 MB, just above what a broker takes by default.
	s.File("large.json", commandtest.PactText("Foo", "Bar", strings.Repeat("x", 8<<20)))
	s.Must("publish large.json -a 2")
}

// What is not given is taken from git, or before that from the build server.
func TestVersionAndBranchAreTakenFromGit(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Pact("Foo", "Bar", "x")
	commit := repository(t, s.Dir, "feature/x")
	s.Must("publish Foo-Bar.json")
	described := s.Must("describe-version -a Foo -e " + commit)
	require.Contains(t, described, "Branches     feature/x")

	s.Environ = append(s.Environ, "GITHUB_SHA=abc123", "GITHUB_REF=refs/heads/main",
		"GITHUB_SERVER_URL=https://github.example", "GITHUB_REPOSITORY=me/foo", "GITHUB_RUN_ID=7")
	s.Must("publish Foo-Bar.json")
	described = s.Must("describe-version -a Foo -e abc123")
	require.Contains(t, described, "Branches     main")
	require.Contains(t, described, "Build        https://github.example/me/foo/actions/runs/7")

	s.Must("publish Foo-Bar.json -a 3 -r=false")
	require.NotContains(t, s.Must("describe-version -a Foo -e 3"), "Branches")
}

// repository makes a git repository with one commit and returns it.
func repository(t *testing.T, dir, branch string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git on this machine")
	}
	git := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.org", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.org", "GIT_CONFIG_GLOBAL=/dev/null")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet", "--initial-branch", branch)
	git("commit", "--quiet", "--allow-empty", "--message", "first")
	return git("rev-parse", "HEAD")
}

func TestValidationRefusesBeforeAnythingIsPublished(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Pact("Foo", "Bar", "x")
	s.Must("publish Foo-Bar.json -a 1 --validate")
	s.File("bad.json", strings.Replace(commandtest.PactText("Foo", "Bar", "y"), `"status":200`, `"status":200,"body":{"n":"x"},"matchingRules":{"$.body.n":{"match":"regex","regex":"^[0-9]+$"}}`, 1))
	got := s.Run("publish bad.json -a 2 --validate")
	require.Equal(t, 2, got.Status, got.Stderr)
	require.Contains(t, got.Stderr, "nothing is published")
	require.Equal(t, 1, s.Run("describe-version -a Foo -e 2").Status)
}
