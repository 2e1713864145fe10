package differential_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// brokerFixtures are the pacts that the compatibility suite plays a broker
// from; the interactions of the suite's scenarios are tables, not files.
const brokerFixtures = "pact-compatibility-suite/fixtures/pact-broker_*.json"

// compared are the pact files of the suites that both verifiers play.
var compared = []string{
	brokerFixtures,
	"broker-clients/*.json", // TestPactsOfBrokerClients
}

// notPacts are the other JSON files of the suites, and why nobody can verify
// them. Files that are not JSON are bodies of scenarios.
var notPacts = []struct{ files, reason string }{
	{"pact-specification/*/testcases/response/*/*.json", "an expected and an actual response; TestCasesOfTheSpecification makes a pact of each"},
	{"pact-specification/*/testcases/message/*/*.json", "an expected and an actual message; TestCasesOfTheSpecification makes a pact of each"},
	{"pact-specification/*/testcases/request/*/*.json", "an expected and an actual request; TestRequestsAreSentAlike makes a pact of the expected ones"},
	{"pact-compatibility-suite/fixtures/*-matcher-*.json", "matching rules of a scenario, without an interaction"},
	{"pact-compatibility-suite/fixtures/*-generator*.json", "generators of a scenario, without an interaction"},
	{"pact-compatibility-suite/fixtures/basic*.json", "a body of a scenario"},
	{"pact-compatibility-suite/fixtures/siren*.json", "a body of a scenario"},
	{"pact-compatibility-suite/fixtures/3-level.json", "a body of a scenario"},
}

// otherSuites are the folders of suites that are not for verifiers.
var otherSuites = map[string]string{
	"bidirectional": "pacts to be compared with an OpenAPI document, without a provider",
	"migration":     "a broker's database and what that broker answered",
	"plugins":       "contracts of other protocols, which the official verifier needs plugins for",
}

// TestEveryPactFileOfTheSuitesIsCompared fails for a pact file that nobody
// plays, and when the lists above say something that is no longer so.
func TestEveryPactFileOfTheSuitesIsCompared(t *testing.T) {
	t.Parallel()
	left := map[string]bool{}
	for _, files := range compared {
		left[files] = true
	}
	for _, n := range notPacts {
		left[n.files] = true
		require.NotEmpty(t, n.reason, n.files)
	}
	root := conformanceDir(t, "")
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		name, err := filepath.Rel(root, file)
		require.NoError(t, err)
		name = filepath.ToSlash(name)
		if entry.IsDir() && otherSuites[name] != "" {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(file) != ".json" {
			return nil
		}
		files := listed(t, name)
		delete(left, files)
		require.Equal(t, slices.Contains(compared, files), isPact(t, file), "%s, listed as %s: is it a pact file?", name, files)
		return nil
	})
	require.NoError(t, err)
	require.Empty(t, left, "no file is left of these")
}

// listed is the pattern that the file falls under.
func listed(t *testing.T, name string) string {
	t.Helper()
	patterns := slices.Clone(compared)
	for _, n := range notPacts {
		patterns = append(patterns, n.files)
	}
	for _, files := range patterns {
		matches, err := path.Match(files, name)
		require.NoError(t, err)
		if matches {
			return files
		}
	}
	t.Errorf("%s is neither compared nor listed as no pact file", name)
	return ""
}

func isPact(t *testing.T, file string) bool {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &members), file)
	return members["interactions"] != nil || members["messages"] != nil
}

// TestPactsOfTheCompatibilitySuite serves what the suite's pact files expect,
// generated and as written, and with another status.
func TestPactsOfTheCompatibilitySuite(t *testing.T) {
	files, err := filepath.Glob(conformanceDir(t, brokerFixtures))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	pactBinary(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) { compare(t, name, suiteCorpus(t, file)) })
		t.Run(name+" sent", func(t *testing.T) { sentAlike(t, name, file) })
	}
}

func suiteCorpus(t *testing.T, file string) corpus {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var raw struct{ Interactions []object }
	require.NoError(t, json.Unmarshal(data, &raw))
	pact, err := contract.Decode(data)
	require.NoError(t, err)
	c := corpus{version: "4.0"}
	for n, i := range pact.Interactions {
		written := i.(*contract.HTTP).Response
		// The mock server's address is an address that the examples do not have.
		generated, err := generate.Response(written, generate.Context{Mode: generate.Consumer, MockServerURL: "http://127.0.0.1:1"})
		require.NoError(t, err)
		for _, variant := range []struct {
			name string
			a    answer
		}{{"generated", served(generated)}, {"as written", served(written)}, {"other status", otherStatus(served(generated))}} {
			c.samples = append(c.samples, sample{
				name: fmt.Sprintf("%d %s, %s", n, i.Base().Description, variant.name), interaction: raw.Interactions[n], answer: variant.a,
			})
		}
	}
	return c
}

func served(r contract.Response) answer {
	return answer{status: r.Status, header: r.Headers, body: r.Body.Content}
}
