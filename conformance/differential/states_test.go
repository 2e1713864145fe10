package differential_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/verifier"
)

// statesPact has provider states in every form, values from them, and
// messages of both kinds.
var statesPact = []object{
	{
		"type": "Synchronous/HTTP", "description": "two states",
		"providerStates": []object{{"name": "one", "params": object{"id": 7, "name": "a b", "list": []int{1}}}, {"name": "two"}},
		"request": object{
			"method": "POST", "path": "/p/1", "query": object{"q": []string{"x"}}, "headers": object{"X-Id": []string{"1"}},
			"body": object{"content": object{"id": 1, "name": "n"}, "contentType": "application/json", "encoded": false},
			"generators": object{
				"path":   object{"type": "ProviderState", "expression": "/p/${id}"},
				"query":  object{"q": object{"type": "ProviderState", "expression": "${name}"}},
				"header": object{"X-Id": object{"type": "ProviderState", "expression": "id"}},
				"body":   object{"$.id": object{"type": "ProviderState", "expression": "${value}", "dataType": "INTEGER"}},
			},
		},
		"response": object{"status": 200},
	},
	{"type": "Synchronous/HTTP", "description": "no state", "request": object{"method": "GET", "path": "/"}, "response": object{"status": 200}},
	{
		"type": "Asynchronous/Messages", "description": "an event", "providerStates": []object{{"name": "three"}},
		"contents": object{"content": object{"id": 1}, "contentType": "application/json", "encoded": false},
		"metadata": object{"topic": "t"},
	},
	{
		"type": "Synchronous/Messages", "description": "a question",
		"request":  object{"contents": object{"content": object{"q": 1}, "contentType": "application/json", "encoded": false}, "metadata": object{"m": "n"}},
		"response": []object{{"contents": object{"content": object{"id": 1}, "contentType": "application/json", "encoded": false}}},
	},
}

// TestStatesAndMessagesAreSentAlike compares every request of a run: state
// changes before and after, requests with values from states, and requests
// for messages.
func TestStatesAndMessagesAreSentAlike(t *testing.T) {
	pactBinary(t)
	file := writeInteractions(t, "4.0", statesPact)
	for _, tt := range []struct {
		name   string
		flags  []string
		change verifier.StateChange
	}{
		{name: "setup only"},
		{name: "with teardown", flags: []string{"--state-change-teardown"}, change: verifier.StateChange{Teardown: true}},
		{name: "as query", flags: []string{"--state-change-as-query", "--state-change-teardown"}, change: verifier.StateChange{AsQuery: true, Teardown: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log requestLog
			url := log.serve(t, `{"value":42}`)
			official(t, file, url, append(tt.flags, "--state-change-url", url+"/_states")...)
			theirs := log.take()
			tt.change.URL = url + "/_states"
			_, err := verifier.Verify(t.Context(), verifier.Options{BaseURL: url, Files: []string{file}, StateChange: &tt.change})
			require.NoError(t, err)
			mine := log.take()
			require.Len(t, mine, len(theirs))
			for n := range theirs {
				seen.add("states and messages, "+tt.name, theirs[n] == mine[n], false)
				require.Equal(t, theirs[n], mine[n], "request %d", n)
			}
		})
	}
}
