package outcome_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/conformance/outcome"
)

func TestAListedCaseThatPassesIsStale(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gaps.txt")
	require.NoError(t, os.WriteFile(path, []byte("# why\n\na: b.json = it contradicts c\n"), 0o600))
	gaps, err := outcome.ReadGaps(path)
	require.NoError(t, err)
	require.Equal(t, outcome.Gaps{"a: b.json": "it contradicts c"}, gaps)
	require.Equal(t, outcome.Stale, gaps.Judge("a: b.json", true))
	require.Equal(t, outcome.Gap, gaps.Judge("a: b.json", false))
	require.Equal(t, outcome.Passed, gaps.Judge("x", true))
	require.Equal(t, outcome.Failed, gaps.Judge("x", false))

	require.NoError(t, os.WriteFile(path, []byte("no reason\n"), 0o600))
	_, err = outcome.ReadGaps(path)
	require.ErrorContains(t, err, `needs the form "case = reason"`)
}

func TestARecordComesBackAsWritten(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TREATY_CONFORMANCE_REPORT", filepath.Join(dir, "report"))
	r, err := outcome.Open("spec", dir)
	require.NoError(t, err)
	for _, v := range []outcome.Verdict{outcome.Passed, outcome.Passed, outcome.Gap, outcome.Failed, outcome.Stale} {
		r.Add("v1", v)
	}
	r.Add("v2", outcome.Passed)
	require.NoError(t, r.Close())
	back, err := outcome.Read(filepath.Join(dir, "report", "spec.json"))
	require.NoError(t, err)
	require.Equal(t, []*outcome.Counts{{Group: "v1", Passed: 2, Gap: 1, Failed: 1, Stale: 1}, {Group: "v2", Passed: 1}}, back.Groups)
	require.Equal(t, 5, back.Groups[0].Total())
	require.Len(t, back.Digest, 12)
}
