package guide_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain keeps the pact files of the samples out of the source tree.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "guide-pacts")
	if err != nil {
		panic(err)
	}
	if err := os.Setenv("PACT_OUTPUT_DIR", dir); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// TestEachSampleOfTheGuidesRuns finds every Go sample of the pages in the
// files of this folder, whose tests run.
func TestEachSampleOfTheGuidesRuns(t *testing.T) {
	t.Parallel()
	var source strings.Builder
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source.Write(text)
	}
	for _, page := range []string{"consumer.md", "messages.md", "coming-from-pact-go.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "guide", page))
		require.NoError(t, err)
		samples := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(text), -1)
		require.NotEmpty(t, samples, page)
		for _, sample := range samples {
			require.Contains(t, source.String(), strings.TrimSpace(sample[1]), "a sample in %s does not run", page)
		}
	}
}
