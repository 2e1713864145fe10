package ci_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/ci"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

func TestBuildServersTellBranchCommitAndBuild(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                  string
		environ               []string
		branch, commit, build string
	}{
		{"GitHub", []string{
			"GITHUB_REF=refs/heads/feat/x", "GITHUB_SHA=abc", "GITHUB_SERVER_URL=https://git.example", "GITHUB_REPOSITORY=a/b", "GITHUB_RUN_ID=7",
		}, "feat/x", "abc", "https://git.example/a/b/actions/runs/7"},
		{"GitHub, a pull request", []string{"GITHUB_HEAD_REF=fix", "GITHUB_REF=refs/pull/3/merge", "GITHUB_SHA=abc"}, "fix", "abc", ""},
		{"GitLab", []string{"CI_COMMIT_REF_NAME=main", "CI_COMMIT_SHA=def", "CI_JOB_URL=https://ci.example/1"}, "main", "def", "https://ci.example/1"},
		{"Azure", []string{
			"BUILD_SOURCEBRANCHNAME=main", "BUILD_SOURCEVERSION=123", "SYSTEM_COLLECTIONURI=https://dev.example/o/", "SYSTEM_TEAMPROJECTID=p", "BUILD_BUILDID=9",
		}, "main", "123", "https://dev.example/o/p/_build/results?buildId=9"},
		{"one of its own", []string{"OUR_BRANCH=main", "GIT_COMMIT=c"}, "main", "c", ""},
		{"a half of an address", []string{"BUILD_URL=https://j.example/2", "GITHUB_RUN_ID=7", "GIT_BRANCH=m"}, "m", "", "https://j.example/2"},
		{"blank is as not set", []string{"GITHUB_REF= ", "CIRCLE_BRANCH=main"}, "main", "", ""},
	} {
		e := command.Env{Dir: t.TempDir(), Environ: tt.environ}
		require.Equal(t, tt.branch, ci.Branch(t.Context(), e), tt.name)
		require.Equal(t, tt.commit, ci.Version(t.Context(), e), tt.name)
		require.Equal(t, tt.build, ci.BuildURL(e), tt.name)
	}
}

func TestGitTellsWhatNoVariableDoes(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git here")
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.org"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	e := command.Env{Dir: dir, Environ: []string{"A_BRANCH=x", "B_BRANCH=y"}} // two that could be meant: neither is
	require.Empty(t, ci.Branch(t.Context(), e))
	require.Empty(t, ci.Version(t.Context(), e))
	git("init", "--quiet", "--initial-branch", "topic")
	git("commit", "--quiet", "--allow-empty", "--message", "x")
	require.Equal(t, "topic", ci.Branch(t.Context(), e))
	commit := ci.Version(t.Context(), e)
	require.Regexp(t, "^[0-9a-f]{40}$", commit)
	git("checkout", "--quiet", "--detach")
	require.Empty(t, ci.Branch(t.Context(), e), "a checkout without a branch")
	require.Equal(t, commit, ci.Version(t.Context(), e))
	require.NoError(t, os.RemoveAll(dir+"/.git"))
}
