package spec_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/conformance/outcome"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// versions are the folders of the specification's cases.
var versions = []struct {
	folder  string
	version contract.SpecVersion
	cases   int
}{
	{"v1", contract.V1, 76},
	{"v1.1", contract.V1_1, 97},
	{"v2", contract.V2, 178},
	{"v3", contract.V3, 226},
	{"v4", contract.V4, 226},
}

// specCase is one file of the specification.
type specCase struct {
	Match            bool
	Comment          string
	Expected, Actual json.RawMessage
}

// gapsFile lists the cases that do not pass, each with the reason why the
// case contradicts the specification or another case.
const gapsFile = "known-gaps.txt"

func TestSpecificationCases(t *testing.T) {
	root := suiteDir(t)
	gaps, err := outcome.ReadGaps(gapsFile)
	require.NoError(t, err)
	record, err := outcome.Open("spec", root)
	require.NoError(t, err)
	for _, v := range versions {
		t.Run(v.folder, func(t *testing.T) {
			files := caseFiles(t, filepath.Join(root, v.folder))
			require.Len(t, files, v.cases, "cases of %s", v.folder)
			for _, file := range files {
				name := v.folder + "/" + file
				t.Run(strings.TrimSuffix(file, ".json"), func(t *testing.T) {
					want, result := runCase(t, filepath.Join(root, v.folder, "testcases", file), v.version)
					verdict := gaps.Judge(name, result.OK() == want)
					record.Add(v.folder, verdict)
					switch verdict {
					case outcome.Passed:
					case outcome.Gap:
						t.Skipf("known gap: %s", gaps[name])
					case outcome.Stale:
						t.Fatalf("the case passes: take it off %s", gapsFile)
					case outcome.Failed:
						t.Fatalf("wanted match %v, got %+v", want, result.Mismatches)
					}
				})
			}
		})
	}
	require.NoError(t, record.Close())
}

// suiteDir is the folder of the specification's cases. Without it the test is
// skipped, or fails where the suites are required.
func suiteDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(os.Getenv("TREATY_CONFORMANCE_DIR"), "pact-specification")
	if _, err := os.Stat(dir); os.Getenv("TREATY_CONFORMANCE_DIR") != "" && err == nil {
		return dir
	}
	const need = "set TREATY_CONFORMANCE_DIR to a folder that holds pact-specification (its v1 to v4 branches as folders)"
	if os.Getenv("TREATY_CONFORMANCE_REQUIRED") != "" {
		t.Fatal(need)
	}
	t.Skip(need)
	return ""
}

func caseFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "testcases", "*", "*", "*.json"))
	require.NoError(t, err)
	for i, f := range files {
		files[i], err = filepath.Rel(filepath.Join(dir, "testcases"), f)
		require.NoError(t, err)
	}
	sort.Strings(files)
	return files
}

// runCase reports whether the parts should match, and what comparing them gave.
func runCase(t *testing.T, file string, v contract.SpecVersion) (want bool, r matching.Result) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	data = bytes.TrimPrefix(data, []byte("\uFEFF")) // some V1 files begin with a byte order mark
	var c specCase
	require.NoError(t, json.Unmarshal(data, &c))
	return c.Match, compare(t, filepath.Dir(file), c, v)
}

func compare(t *testing.T, dir string, c specCase, v contract.SpecVersion) matching.Result {
	t.Helper()
	switch filepath.Base(filepath.Dir(dir)) {
	case "request":
		expected, err := contract.DecodeRequest(c.Expected, v)
		require.NoError(t, err)
		actual, err := contract.DecodeRequest(c.Actual, v)
		require.NoError(t, err)
		return matching.Request(expected, actual)
	case "response":
		expected, err := contract.DecodeResponse(c.Expected, v)
		require.NoError(t, err)
		actual, err := contract.DecodeResponse(c.Actual, v)
		require.NoError(t, err)
		return matching.Response(expected, actual)
	default:
		expected, err := contract.DecodeMessage(c.Expected, v)
		require.NoError(t, err)
		actual, err := contract.DecodeMessage(c.Actual, v)
		require.NoError(t, err)
		return matching.Message(expected, actual)
	}
}
