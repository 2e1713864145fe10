package verify_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// A result that is published for the commit that is checked out comes with its
// branch: without one it would be no version of the main branch, and pages would not
// show it as the newest.
func TestAResultOfTheCommitThatIsCheckedOutHasItsBranch(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git on this machine")
	}
	s := commandtest.Open(t)
	git := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = s.Dir
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.org", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.org", "GIT_CONFIG_GLOBAL=/dev/null")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet", "--initial-branch", "main")
	git("commit", "--quiet", "--allow-empty", "--message", "first")
	commit := git("rev-parse", "HEAD")

	s.File("catalog.json", `{"consumer":{"name":"storefront"},"provider":{"name":"catalog"},"interactions":[{"description":"a product","request":{"method":"GET","path":"/products/10"},"response":{"status":200}}]}`)
	s.Must("publish catalog.json -a 1 -r=false")
	verify := "verify --provider-name catalog --port " + catalogAt(t, "12.5") + " --publish --broker-url " + s.URL + " --provider-version "
	for _, tt := range []struct{ version, flags, branches string }{
		{commit, "", "main"},
		{"1.0.0", "", ""}, // is it this commit? nobody knows
		{commit + "-again", " --provider-branch= ", ""},  // nobody wants one
		{commit + "-other", " --provider-branch x", "x"}, // it is given
	} {
		require.Equal(t, 0, s.Run(verify+tt.version+tt.flags).Status, tt.version)
		described := s.Must("describe-version -a catalog -e " + tt.version)
		if tt.branches == "" {
			require.NotContains(t, described, "Branches", tt.version)
			continue
		}
		require.Regexp(t, `Branches +`+tt.branches+`\n`, described)
	}

	git("checkout", "--quiet", "--detach")
	git("commit", "--quiet", "--allow-empty", "--message", "second")
	detached := git("rev-parse", "HEAD")
	s.Must(verify + detached)
	require.NotContains(t, s.Must("describe-version -a catalog -e "+detached), "Branches")
}
