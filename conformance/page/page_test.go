package page_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/conformance/page"
)

func TestReplaceTouchesItsSectionOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(path, []byte("head\n<!-- a:begin -->\nold\n<!-- a:end -->\n<!-- b:begin -->\nkept\n<!-- b:end -->\n"), 0o644))

	require.NoError(t, page.Replace(path, "a", "new"))

	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "head\n<!-- a:begin -->\n\nnew\n\n<!-- a:end -->\n<!-- b:begin -->\nkept\n<!-- b:end -->\n", string(got))
}

func TestReplaceRefusesAMissingSection(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(path, []byte("nothing here\n"), 0o644))

	require.ErrorContains(t, page.Replace(path, "a", "new"), `no section "a"`)
}
