package brokerclients_test

import (
	"bufio"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/verifier"
)

// known is how many interactions the contracts have that this test was written
// for, so that a file that is lost or not read does not look like success.
const known = 143

// TestTheBrokerKeepsTheContractsOfItsClients verifies every interaction, each
// on a broker that holds nothing but what its provider state says.
func TestTheBrokerKeepsTheContractsOfItsClients(t *testing.T) {
	t.Parallel()
	files := contracts(t)
	foreign := pactflowOnly(t)
	world := newWorld(t)
	older, err := os.ReadFile(filepath.Join(filepath.Dir(files[0]), "pact_broker_client-pact_broker.json"))
	require.NoError(t, err)
	order, err := queryOrder(older)
	require.NoError(t, err)
	seen := 0
	for _, file := range files {
		report, err := verifier.Verify(t.Context(), verifier.Options{
			BaseURL:       world.url,
			Files:         []string{file},
			States:        world.handlers(),
			BeforeEach:    world.reset,
			RequestFilter: asSent(order),
			Log:           slog.New(slog.DiscardHandler),
		})
		require.NoError(t, err, file)
		require.Empty(t, report.Problems, file)
		for _, pact := range report.Pacts {
			for _, i := range pact.Interactions {
				seen++
				t.Run(pact.Consumer+" with "+pact.Provider+"/"+i.Title(), func(t *testing.T) {
					if pact.Provider == "PactFlow" && foreign[line(i)] {
						require.NotEqual(t, verifier.Passed, i.Outcome, "it passes: take it off the list of what only PactFlow does")
						t.Skip("only PactFlow does this")
					}
					require.Equal(t, verifier.Passed, i.Outcome, "%s\n%v\nsent: %+v", i.Problem, i.Mismatches, i.Request)
				})
			}
		}
	}
	require.Equal(t, known, seen, "interactions in %v", files)
}

// contracts returns the files of the suite.
func contracts(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("TREATY_CONFORMANCE_DIR")
	files, err := filepath.Glob(filepath.Join(root, "broker-clients", "*.json"))
	require.NoError(t, err)
	if root == "" || len(files) == 0 {
		if os.Getenv("TREATY_CONFORMANCE_REQUIRED") != "" {
			t.Fatal("TREATY_CONFORMANCE_DIR has no folder broker-clients with contracts")
		}
		t.Skip("TREATY_CONFORMANCE_DIR names no folder with broker-clients")
	}
	return files
}

// pactflowOnly reads the list of interactions that the broker is not meant to
// pass.
func pactflowOnly(t *testing.T) map[string]bool {
	t.Helper()
	f, err := os.Open("testdata/pactflow-only.txt")
	require.NoError(t, err)
	defer f.Close()
	listed := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text := strings.TrimSpace(lines.Text()); text != "" && !strings.HasPrefix(text, "#") {
			listed[text] = true
		}
	}
	return listed
}

// line names an interaction as the list does.
func line(i verifier.InteractionReport) string {
	state := "-"
	if len(i.States) > 0 && i.States[0].Name != "" {
		state = i.States[0].Name
	}
	return state + " | " + i.Description
}
