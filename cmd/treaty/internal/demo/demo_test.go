package demo_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

func TestTheDemoNeedsTheSource(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"demo --ci", "demo --ci --source elsewhere"} {
		got := commandtest.RunIn(t, command.Env{Dir: t.TempDir()}, strings.Fields(line)...)
		require.Equal(t, 1, got.Status)
		require.Contains(t, got.Stderr, "the source of Treaty is not in")
		require.Contains(t, got.Stderr, "git clone")
	}
}
