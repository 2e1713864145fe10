package contract_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// scenario is the part of a recorded broker scenario that tells which
// content got which identity.
type scenario struct {
	Env    map[string]any             `json:"env"`
	Lets   map[string]json.RawMessage `json:"lets"`
	Golden struct {
		Tokens map[string]string `json:"tokens"`
	} `json:"golden"`
}

func TestDigestIsTheNumberThatPactBrokerGives(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("TREATY_GOLDEN_DIR")
	if dir == "" {
		t.Skip("TREATY_GOLDEN_DIR is not set: it names the folder of recorded broker answers")
	}
	files, err := filepath.Glob(filepath.Join(dir, "answers", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	found := 0
	for _, file := range files {
		found += len(recordedDigests(t, file))
	}
	require.Greater(t, found, 100, "pacts whose digest was recorded")
}

// recordedDigests returns the names of the pacts in a scenario whose digest
// is among the recorded ones. Not every pact's is.
func recordedDigests(t *testing.T, file string) []string {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var s scenario
	require.NoError(t, json.Unmarshal(data, &s))
	var recorded, found []string
	for _, sha := range s.Golden.Tokens {
		recorded = append(recorded, sha)
	}
	for name, pact := range s.Lets {
		sha, err := contract.Digest(pact)
		require.NoError(t, err, "%s in %s", name, file)
		if slices.Contains(recorded, sha) {
			found = append(found, name)
		} else if testing.Verbose() {
			t.Logf("%s in %s: %s is not recorded", name, filepath.Base(file), sha)
		}
	}
	return found
}
