package dsl_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
)

func ping(t dsl.TestingT, c dsl.MockHTTPProviderConfig, path, ask string) error {
	pact, err := dsl.NewV4Pact(c)
	if err != nil {
		return err
	}
	return pact.AddInteraction().UponReceiving("a request for "+path).WithRequest("GET", path).WillRespondWith(200).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			_, _, err := fetch(server, "GET", ask, "")
			return err
		})
}

func TestParallelTestsWriteOneFile(t *testing.T) {
	t.Parallel()
	const n = 20
	c := config(t)
	t.Run("tests", func(t *testing.T) {
		for i := range n {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				path := fmt.Sprintf("/things/%d", i)
				require.NoError(t, ping(t, c, path, path))
			})
		}
	})
	require.Len(t, readPact(t, file(c)).Interactions, n)
}

func TestOneProviderForParallelTestsIsSafeAndExplained(t *testing.T) {
	t.Parallel()
	pact, err := dsl.NewV4Pact(config(t))
	require.NoError(t, err)
	done := make(chan error, 8)
	for i := range cap(done) {
		go func() {
			done <- pact.AddInteraction().UponReceiving(fmt.Sprint(i)).WithRequest("GET", fmt.Sprintf("/%d", i)).WillRespondWith(200).
				ExecuteTest(&spy{}, func(server dsl.MockServerConfig) error {
					_, _, err := fetch(server, "GET", fmt.Sprintf("/%d", i), "")
					return err
				})
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			require.Regexp(t, "mock provider of its own|does not hold", err.Error())
		}
	}
}

const failingEnv = "TREATY_TEST_FAIL"

// TestAFailurePointsAtTheTestsOwnLine runs itself as a test that fails.
func TestAFailurePointsAtTheTestsOwnLine(t *testing.T) {
	if os.Getenv(failingEnv) != "" {
		require.Error(t, ping(t, config(t), "/a", "/b")) // the line that fails
		return
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAFailurePointsAtTheTestsOwnLine$")
	cmd.Env = append(os.Environ(), failingEnv+"=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	source, err := os.ReadFile("parallel_test.go")
	require.NoError(t, err)
	own := 0
	for n, line := range strings.Split(string(source), "\n") {
		if strings.Contains(line, "ExecuteTest(t, func(server dsl.MockServerConfig) error {") {
			own = n + 1
			break
		}
	}
	require.Equal(t, 1, strings.Count(string(out), "did not use catalog"), string(out))
	require.Regexp(t, fmt.Sprintf(`parallel_test.go:%d: storefront did not use catalog`, own), string(out))
}
