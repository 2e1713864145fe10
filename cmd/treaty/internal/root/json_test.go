package root_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// decode reads the JSON that a command printed.
func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}
