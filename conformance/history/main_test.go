package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadsAreComparedWithoutTheirDates(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	from, to := filepath.Join(folder, "from.json"), filepath.Join(folder, "to.json")
	require.NoError(t, os.WriteFile(from, []byte(`{"name":"reads","steps":[
		{"id":"1","path":"/pacticipants/Foo/branches/main","ignore":["/a"],"golden":{"body":"http://127.0.0.1:29090/x"}},
		{"id":"2","path":"/pacts/provider/Bar/for-verification","json":{"includeWipPactsSince":"2020-01-01"}},
		{"id":"3","path":"/matrix","query":{"z":"1","a":"2"}}]}`), 0o600))

	kept, err := prepare(from, to, "4711")

	require.NoError(t, err)
	require.Equal(t, 2, kept)
	text, err := os.ReadFile(to)
	require.NoError(t, err)
	var doc struct {
		Steps []map[string]json.RawMessage
	}
	require.NoError(t, json.Unmarshal(text, &doc))
	require.JSONEq(t, `["/a","/updatedAt","/_embedded/branches/*/updatedAt"]`, string(doc.Steps[0]["ignore"]))
	require.JSONEq(t, `{"body":"http://127.0.0.1:4711/x"}`, string(doc.Steps[0]["golden"]))
	//nolint:testifylint // the order is the point
	require.Equal(t, `{"z":"1","a":"2"}`, string(doc.Steps[1]["query"]), "the order is kept")
	require.NotContains(t, doc.Steps[1], "ignore")
}

func TestARefusedStepOfTheHistoryIsAFailure(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "played.json")
	for text, ok := range map[string]bool{
		`{"steps":[{"id":"1","golden":{"status":201}},{"id":"2","golden":{"status":204}}]}`: true,
		`{"steps":[{"id":"1","golden":{"status":201}},{"id":"2","golden":{"status":409}}]}`: false,
		`{"steps":[]}`: false,
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		require.Equal(t, ok, taken(file) == nil, text)
	}
}
