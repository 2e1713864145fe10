package pactfile_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/pactfile"
)

// TestAnInteractionIsTheSameWrittenAndRead holds that a process which wrote an
// interaction knows it under the same name as one that read it: otherwise the
// two would not replace each other's.
func TestAnInteractionIsTheSameWrittenAndRead(t *testing.T) {
	t.Parallel()
	states := func(s ...contract.ProviderState) []contract.ProviderState { return s }
	for name, c := range map[string]contract.Common{
		"plain":                      {Description: "a product"},
		"a state":                    {Description: "a product", States: states(contract.ProviderState{Name: "it exists"})},
		"several states":             {Description: "a product", States: states(contract.ProviderState{Name: "b"}, contract.ProviderState{Name: "a"})},
		"a state without a name":     {Description: "a product", States: states(contract.ProviderState{})},
		"no states":                  {Description: "a product", States: states()},
		"a state to be escaped":      {Description: "a <\"product\">\n\u2028 é", States: states(contract.ProviderState{Name: "<&>\u2028\\ \x00"})},
		"bytes that are not text":    {Description: "a \xff"},
		"a state that is not text":   {Description: "a", States: states(contract.ProviderState{Name: "b \xff"})},
		"parameters":                 {Description: "a", States: states(contract.ProviderState{Name: "b", Params: map[string]any{"z": 1, "a": json.Number("1.0"), "big": int64(9007199254740993)}})},
		"parameters of Go's own":     {Description: "a", States: states(contract.ProviderState{Name: "b", Params: map[string]any{"at": []int{1}, "in": struct{ A float32 }{0.1}}})},
		"a key":                      {Description: "a", Key: "k<1>"},
		"a key that is not text":     {Description: "a", Key: "\xff"},
		"members that nobody knows":  {Description: "a", Extra: map[string]json.RawMessage{"note": json.RawMessage(`"x"`), "type": json.RawMessage(`"Asynchronous/Messages"`), "key": json.RawMessage(`"extra"`)}},
		"an empty description":       {},
		"what separates names":       {Description: "a\x00null\x00Synchronous/HTTP"},
		"a description with a brace": {Description: "a\n    }"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, v := range []contract.SpecVersion{contract.V2, contract.V3, contract.V4} {
				for _, i := range []contract.Interaction{&contract.HTTP{Common: c}, &contract.AsyncMessage{Common: c}, &contract.SyncMessage{Common: c}} {
					p := &contract.Pact{Consumer: "web", Provider: "api", Version: v, Interactions: []contract.Interaction{i}, Metadata: pactfile.Metadata()}
					text, err := contract.Encode(p, v)
					if err != nil {
						continue // this version has no such kind
					}
					written, err := pactfile.EntryWritten(p, v)
					require.NoError(t, err)
					read, err := pactfile.EntryRead(text)
					require.NoError(t, err)
					require.Equal(t, read, written, "%s of version %s", i.Kind(), v)
				}
			}
		})
	}
}

func TestAPactOfAnOldVersionHoldsOneKind(t *testing.T) {
	p := &contract.Pact{Consumer: "web", Provider: "api", Version: contract.V3, Interactions: []contract.Interaction{
		&contract.HTTP{Common: contract.Common{Description: "a request"}}, &contract.AsyncMessage{Common: contract.Common{Description: "a message"}},
	}}
	_, err := pactfile.WriteAs(t.TempDir(), p, "shop/web", true)
	require.ErrorContains(t, err, "write both as V4")
}

// TestAFileOfBothKindsLosesNeither: another tool's file of an old version may
// hold what there is no place for.
func TestAFileOfBothKindsLosesNeither(t *testing.T) {
	write := func(interactions string) (path string, err error) {
		dir := t.TempDir()
		path = filepath.Join(dir, "web-api.json")
		require.NoError(t, os.WriteFile(path, []byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":`+interactions+
			`,"messages":[{"description":"a message"}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`), 0o600))
		_, err = pactfile.WriteAs(dir, &contract.Pact{Consumer: "web", Provider: "api", Version: contract.V3, Interactions: []contract.Interaction{
			&contract.AsyncMessage{Common: contract.Common{Description: "another message"}},
		}}, "shop/web", true)
		return path, err
	}
	path, err := write(`[{"description":"a request","request":{},"response":{}}]`)
	require.ErrorContains(t, err, "HTTP interactions beside messages")
	require.Contains(t, string(read(t, path)), "a request")
	path, err = write("[ ]")
	require.NoError(t, err)
	require.Contains(t, string(read(t, path)), "another message")
}

// TestAnotherFrameIsWrittenAnew changes what stands around the interactions
// within one run.
func TestAnotherFrameIsWrittenAnew(t *testing.T) {
	dir := t.TempDir()
	process := pactfile.NewProcess("shop/web", true)
	write := func(description string, extra map[string]json.RawMessage) string {
		path, err := process.Write(dir, &contract.Pact{
			Consumer: "web", Provider: "api", Version: contract.V4, Extra: extra, Metadata: pactfile.Metadata(),
			Interactions: []contract.Interaction{&contract.HTTP{Common: contract.Common{Description: description}, Request: contract.Request{Method: "GET", Path: "/"}}},
		})
		require.NoError(t, err)
		return path
	}
	write("one", nil)
	write("two", map[string]json.RawMessage{"note": json.RawMessage(`"first"`)})
	path := write("three", map[string]json.RawMessage{"note": json.RawMessage(`"second"`)})
	var doc struct {
		Note         string
		Interactions []struct{ Description string }
	}
	require.NoError(t, json.Unmarshal(read(t, path), &doc))
	require.Equal(t, "second", doc.Note)
	require.Len(t, doc.Interactions, 3)
}
