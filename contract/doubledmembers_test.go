package contract_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

const empty = `{"consumer":{"name":"C"},"provider":{"name":"P"},"interactions":[]}`

// TestAMemberThatStandsTwiceIsRefused tries every level of a file that means
// something, with every function that reads whole files.
func TestAMemberThatStandsTwiceIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, where string }{
		{"interactions", `{"interactions":[{}],"interactions":[]}`, ""},
		{"messages", `{"messages":[{}],"provider":{"name":"P"},"messages":[]}`, ""},
		{"the consumer", `{"consumer":{"name":"a"},"consumer":{"name":"b"},"interactions":[]}`, ""},
		{"a name", `{"provider":{"name":"a","name":"b"},"interactions":[]}`, "provider"},
		{"the version", `{"interactions":[],"metadata":{"pactSpecification":{"version":"2.0.0","version":"4.0"}}}`, "metadata.pactSpecification"},
		{"the metadata", `{"metadata":{"pactSpecification":{"version":"4.0"}},"interactions":[],"metadata":{}}`, ""},
		{"what nobody knows", `{"interactions":[],"x":[{"y":1,"y":2}]}`, "x[0]"},
		{"an escaped name", `{"interactions":[{}],"inter\u0061ctions":[]}`, ""},
		{"a request", file("3.0.0", `{"request":{"path":"/a"},"request":{}}`), "interactions[0]"},
		{"a response in a later one", file("2.0.0", `{},{"response":{"status":500},"response":{}}`), "interactions[1]"},
		{"a path", file("3.0.0", `{"request":{"path":"/a","path":"/b"}}`), "interactions[0].request"},
		{"a status", file("1.0.0", `{"response":{"status":200,"status":500}}`), "interactions[0].response"},
		{"a body", file("3.0.0", `{"response":{"body":{"a":1},"body":null}}`), "interactions[0].response"},
		{"a header", file("3.0.0", `{"request":{"headers":{"Accept":"a","Accept":"b"}}}`), "interactions[0].request.headers"},
		{"a parameter", file("3.0.0", `{"request":{"query":{"q":["a"],"q":["b"]}}}`), "interactions[0].request.query"},
		{"the rules", file("3.0.0", `{"response":{"matchingRules":{"body":{}},"matchingRules":{}}}`), "interactions[0].response"},
		{"a rule", file("3.0.0", `{"response":{"matchingRules":{"body":{"$.a":{"matchers":[]},"$.a":{}}}}}`), "interactions[0].response.matchingRules.body"},
		{"a rule of V2", file("2.0.0", `{"response":{"matchingRules":{"$.body.a":{"match":"type"},"$.body.a":{"match":"regex"}}}}`), "interactions[0].response.matchingRules"},
		{"a matcher", file("3.0.0", `{"response":{"matchingRules":{"body":{"$":{"matchers":[{"match":"type","min":1,"min":0}]}}}}}`), "interactions[0].response.matchingRules.body.$.matchers[0]"},
		{"a generator", file("3.0.0", `{"request":{"generators":{"path":{"type":"Uuid","type":"RandomInt"}}}}`), "interactions[0].request.generators.path"},
		{"a provider state", file("3.0.0", `{"providerStates":[{"name":"a","name":"b"}]}`), "interactions[0].providerStates[0]"},
		{"parameters of a state", file("3.0.0", `{"providerStates":[{"name":"a","params":{"id":1,"id":2}}]}`), "interactions[0].providerStates[0].params"},
		{"content of V4", file("4.0", `{"type":"Synchronous/HTTP","request":{"body":{"content":1,"content":2}}}`), "interactions[0].request.body"},
		{"contents of a message of V4", file("4.0", `{"type":"Asynchronous/Messages","contents":{"encoded":false,"encoded":true}}`), "interactions[0].contents"},
		{"an answer of V4", file("4.0", `{"type":"Synchronous/Messages","request":{},"response":[{"contents":{"content":1,"content":2}}]}`), "interactions[0].response[0].contents"},
		{"the metadata of a message", `{"messages":[{"metaData":{"a":1,"a":2}}]}`, "messages[0].metaData"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for does, read := range map[string]func([]byte) error{
				"decode": func(text []byte) error { _, err := contract.Decode(text); return err },
				"store":  func(text []byte) error { _, err := contract.ForStorage(text); return err },
				"merge it": func(text []byte) error {
					_, err := contract.MergeFiles([]byte(empty), text, contract.ReplaceAll)
					return err
				},
				"merge to it": func(text []byte) error {
					_, err := contract.MergeFiles(text, []byte(empty), contract.ReplaceAll)
					return err
				},
				"check": contract.CheckUnique,
			} {
				var format *contract.FormatError
				require.ErrorAs(t, read([]byte(tt.text)), &format, does)
				require.Equal(t, tt.where, format.Where, does)
				require.Contains(t, format.What, "twice", does)
			}
		})
	}
}

// TestBodiesAreDataOfWhichTheLastMemberCounts: so every JSON library of the
// official tools reads them.
func TestBodiesAreDataOfWhichTheLastMemberCounts(t *testing.T) {
	t.Parallel()
	twice := `{"a":1,"b":{"c":1,"c":[{"d":1,"d":2}]},"a":2}`
	for name, text := range map[string]string{
		"a request":              file("2.0.0", `{"request":{"body":`+twice+`}}`),
		"a response":             file("3.0.0", `{"response":{"body":`+twice+`}}`),
		"a response of V4":       file("4.0", `{"type":"Synchronous/HTTP","response":{"body":{"content":`+twice+`}}}`),
		"a message":              `{"messages":[{"contents":` + twice + `}]}`,
		"a message of old tools": `{"messages":[{"content":` + twice + `}]}`,
		"a message of V4":        file("4.0", `{"type":"Asynchronous/Messages","contents":{"content":`+twice+`}}`),
		"a question of V4":       file("4.0", `{"type":"Synchronous/Messages","request":{"contents":{"content":`+twice+`}},"response":[]}`),
		"an answer of V4":        file("4.0", `{"type":"Synchronous/Messages","request":{},"response":[{"contents":{"content":`+twice+`}}]}`),
	} {
		_, err := contract.Decode([]byte(text))
		require.NoError(t, err, name)
		stored, err := contract.ForStorage([]byte(text))
		require.NoError(t, err, name)
		require.Equal(t, digest(t, strings.ReplaceAll(text, twice, `{"a":2,"b":{"c":[{"d":2}]}}`)), stored.Digest, name)
	}
}
