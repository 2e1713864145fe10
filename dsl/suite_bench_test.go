package dsl_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/dsl/message/v3"
	"github.com/treatyhq/treaty/dsl/message/v4"
)

const suiteEnv = "TREATY_BENCH_SUITE"

// BenchmarkSuite measures whole suites, past the size that anybody has: the
// time of an interaction may not depend on how many there are.
func BenchmarkSuite(b *testing.B) {
	for _, n := range []int{500, 4000, 10000, 40000} {
		measure(b, "one pact object", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) {
			pact, err := dsl.NewV4Pact(c)
			require.NoError(b, err)
			for i := range n {
				require.NoError(b, prove(b, pact, i))
			}
		})
		measure(b, "a pact object for each test", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) { proveEach(b, b, c, 0, n) })
	}
	const n = 10000
	measure(b, "a test that is not known", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) { proveEach(b, nil, c, 0, n) })
	measure(b, "four tests at a time", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) {
		var running sync.WaitGroup
		for part := range 4 {
			running.Go(func() { proveEach(b, b, c, part*n/4, (part+1)*n/4) })
		}
		running.Wait()
	})
	measure(b, "100 pacts of 100 interactions", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) {
		for i := range 100 {
			c.Provider = fmt.Sprint("catalog ", i)
			proveEach(b, b, c, 0, 100)
		}
	})
	measure(b, "10 processes at a time, 1,000 interactions each", n, proveInProcesses)
	measureMessages(b, n)
	again := b.TempDir()
	measureIn(b, again, "the first run", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) { proveEach(b, b, c, 0, n) })
	measureIn(b, again, "the same again", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) { proveEach(b, b, c, 0, n) })
	rename(b, filepath.Join(again, "storefront-catalog.json"))
	measureIn(b, again, "beside 10,000 of another package", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) { proveEach(b, b, c, n, 2*n) })
}

// measure runs a suite of n interactions in a new folder each time.
func measure(b *testing.B, form string, n int, suite func(*testing.B, dsl.MockHTTPProviderConfig)) {
	measureIn(b, "", form, n, suite)
}

func measureIn(b *testing.B, dir, form string, n int, suite func(*testing.B, dsl.MockHTTPProviderConfig)) {
	b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(form, " ", "_"), n), func(b *testing.B) {
		before, beforeCPU := written(), processor()
		for b.Loop() {
			c := benchConfig(b)
			if dir != "" {
				c.PactDir = dir
			}
			suite(b, c)
		}
		b.ReportMetric(float64(written()-before)/float64(b.N)/1e6, "MB-written/op")
		b.ReportMetric((processor()-beforeCPU)/float64(b.N), "cpu-s/op")
	})
}

// written is how many bytes this process has written so far, where the system
// counts them.
func written() (n int) {
	text, _ := os.ReadFile("/proc/self/io")
	for line := range strings.Lines(string(text)) {
		_, _ = fmt.Sscanf(line, "wchar: %d", &n)
	}
	return n
}

// processor is how many seconds this process and those that it waited for have
// computed so far, where the system says so.
func processor() float64 {
	text, _ := os.ReadFile("/proc/self/stat")
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 15 {
		return 0
	}
	ticks := 0
	for _, field := range fields[11:15] {
		n, _ := strconv.Atoi(field)
		ticks += n
	}
	return float64(ticks) / 100
}

func prove(t dsl.TestingT, pact *dsl.V4HTTPMockProvider, i int) error {
	describe(pact, i)
	return pact.ExecuteTest(t, func(server dsl.MockServerConfig) error { return ask(server, i) })
}

// proveEach proves the interactions from one number to another.
func proveEach(b *testing.B, t dsl.TestingT, c dsl.MockHTTPProviderConfig, from, to int) {
	for i := from; i < to; i++ {
		pact, err := dsl.NewV4Pact(c)
		if err == nil {
			err = prove(t, pact, i)
		}
		if err != nil {
			b.Error(err)
			return
		}
	}
}

// proveInProcesses runs the benchmark's own binary as ten packages' tests.
func proveInProcesses(b *testing.B, c dsl.MockHTTPProviderConfig) {
	var running []*exec.Cmd
	for i := range 10 {
		cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestSuiteOfAProcess$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", suiteEnv, i), suiteEnv+"_DIR="+c.PactDir)
		require.NoError(b, cmd.Start())
		running = append(running, cmd)
	}
	for _, cmd := range running {
		require.NoError(b, cmd.Wait())
	}
	pact := readPact(b, file(c))
	require.Equal(b, 10*1000, len(pact.Interactions)) //nolint:testifylint // the interactions would fill the screen
}

// TestSuiteOfAProcess is one of the processes above.
func TestSuiteOfAProcess(t *testing.T) {
	number, err := strconv.Atoi(os.Getenv(suiteEnv))
	if err != nil {
		t.Skip("only the benchmark runs it")
	}
	c := dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", PactDir: os.Getenv(suiteEnv + "_DIR")}
	for i := number * 1000; i < (number+1)*1000; i++ {
		pact, err := dsl.NewV4Pact(c)
		require.NoError(t, err)
		require.NoError(t, prove(t, pact, i))
	}
}

func measureMessages(b *testing.B, n int) {
	product := func(i int) map[string]any { return map[string]any{"id": i, "name": "lamp"} }
	measure(b, "messages, V3", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) {
		pact, err := v3.NewAsynchronousPact(v3.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(b, err)
		for i := range n {
			require.NoError(b, pact.AddAsynchronousMessage().ExpectsToReceive(fmt.Sprint("product ", i)).WithJSONContent(product(i)).
				ConsumedBy(func(v3.MessageContents) error { return nil }).Verify(b))
		}
	})
	measure(b, "messages, V4", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) {
		pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(b, err)
		for i := range n {
			require.NoError(b, pact.AddAsynchronousMessage().ExpectsToReceive(fmt.Sprint("product ", i)).WithJSONContent(product(i)).
				ConsumedBy(func(v4.AsynchronousMessage) error { return nil }).Verify(b))
		}
	})
	measure(b, "synchronous messages", n, func(b *testing.B, c dsl.MockHTTPProviderConfig) {
		pact, err := v4.NewSynchronousPact(v4.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(b, err)
		for i := range n {
			require.NoError(b, pact.AddSynchronousMessage(fmt.Sprint("product ", i)).
				WithRequest(func(m *v4.SynchronousMessageWithRequestBuilder) { m.WithJSONContent(product(i)) }).
				WithResponse(func(m *v4.SynchronousMessageWithResponseBuilder) { m.WithJSONContent(product(i)) }).
				ExecuteTest(b, func(v4.SynchronousMessage) error { return nil }))
		}
	})
}

// rename gives the file to another package.
func rename(b *testing.B, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return // these were not measured
	}
	renamed := strings.Replace(string(text), `"owner": "`, `"owner": "other/`, 1)
	require.NoError(b, os.WriteFile(path, []byte(renamed), 0o600))
}
