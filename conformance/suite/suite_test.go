package suite_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/cucumber/godog"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/conformance/outcome"
)

// gapsFile lists scenarios that do not pass, each with the reason.
const gapsFile = "known-gaps.txt"

func TestCompatibilitySuite(t *testing.T) {
	root := suiteDir(t)
	gaps, err := outcome.ReadGaps(gapsFile)
	require.NoError(t, err)
	features, err := filepath.Glob(filepath.Join(root, "features", "*", "*.feature"))
	require.NoError(t, err)
	require.Len(t, features, 20, "feature files")
	sort.Strings(features)
	record, err := outcome.Open("suite", root)
	require.NoError(t, err)
	for _, feature := range features {
		name, err := filepath.Rel(filepath.Join(root, "features"), feature)
		require.NoError(t, err)
		name = strings.TrimSuffix(name, ".feature")
		t.Run(name, func(t *testing.T) {
			for _, s := range runFeature(t, root, feature) {
				t.Run(s.name, func(t *testing.T) {
					verdict := gaps.Judge(name+": "+s.name, s.err == nil)
					record.Add(name, verdict)
					switch verdict {
					case outcome.Passed:
					case outcome.Gap:
						t.Skipf("known gap: %s", gaps[name+": "+s.name])
					case outcome.Stale:
						t.Fatalf("the scenario passes: take it off %s", gapsFile)
					case outcome.Failed:
						t.Fatal(s.err)
					}
				})
			}
		})
	}
	require.NoError(t, record.Close())
}

func suiteDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(os.Getenv("TREATY_CONFORMANCE_DIR"), "pact-compatibility-suite")
	if _, err := os.Stat(dir); os.Getenv("TREATY_CONFORMANCE_DIR") != "" && err == nil {
		return dir
	}
	const need = "set TREATY_CONFORMANCE_DIR to a folder that holds pact-compatibility-suite"
	if os.Getenv("TREATY_CONFORMANCE_REQUIRED") != "" {
		t.Fatal(need)
	}
	t.Skip(need)
	return ""
}

// scenario is what came of one scenario.
type scenario struct {
	name string
	err  error // nil when every step passed
}

// runFeature plays all scenarios of a feature file.
func runFeature(t *testing.T, root, feature string) []scenario {
	t.Helper()
	var played []scenario
	var out bytes.Buffer
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			w := &world{root: root, dir: t.TempDir(), version: versionOf(feature)}
			w.register(sc)
			sc.After(func(ctx context.Context, s *godog.Scenario, err error) (context.Context, error) {
				w.close()
				played = append(played, scenario{s.Name, err})
				return ctx, nil
			})
		},
		Options: &godog.Options{Format: "progress", Output: &out, Paths: []string{feature}, Strict: true, NoColors: true},
	}
	suite.Run()
	require.NotEmpty(t, played, "no scenario was played:\n%s", out.String())
	return played
}
