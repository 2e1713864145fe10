package api_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// TestAMemberThatStandsTwiceIsRefusedEverywhere sends bodies of which the broker
// would take one half and lose the other.
func TestAMemberThatStandsTwiceIsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "main", "Bar", "thing")
	s.must("POST", "/environments", `{"name":"test","production":false}`)
	environments, _ := s.get("/environments").at("_embedded", "environments").([]any)
	environment := environments[0].(map[string]any)["uuid"].(string)
	sha := s.get(fooBar + "/latest").link("pb:publish-verification-results")[len(s.url):]
	links, _ := s.get("/pacticipants/Foo/versions/1").at("_links", "pb:record-deployment").([]any)
	deploy := links[0].(map[string]any)["href"].(string)[len(s.url):]
	pact := pactBetween("Foo", "Bar", "x")
	twice := strings.TrimSuffix(strings.TrimSpace(pact), "}") + `,"interactions":[]}`
	contracts := func(content, more string) string {
		return `{"pacticipantName":"Foo","pacticipantVersionNumber":"7","contracts":[{"consumerName":"Foo","providerName":"Bar",` +
			`"specification":"pact","contentType":"application/json","content":"` + base64.StdEncoding.EncodeToString([]byte(content)) + `"` + more
	}
	for _, tt := range []struct {
		name         string
		method, path string
		body         string
		says         string
	}{
		{"a pact", "PUT", fooBar + "/version/7", twice, `has the member \"interactions\" twice`},
		{"a consumer of a pact", "PUT", fooBar + "/version/7", `{"consumer":{"name":"Foo"},"interactions":[],"consumer":{"name":"Foo"}}`, `\"consumer\" twice`},
		{"a pact to add", "PATCH", fooBar + "/version/1", twice, `\"interactions\" twice`},
		{"deep in a pact", "PUT", fooBar + "/version/7", `{"interactions":[{"request":{"path":"/a","path":"/b"}}]}`, `interactions[0].request: has the member \"path\" twice`},
		{"a published pact", "POST", "/contracts/publish", contracts(twice, `}]}`), `\"interactions\" twice`},
		{"a list of contracts", "POST", "/contracts/publish", contracts(pact, `}],"contracts":[]}`), `\"contracts\" twice`},
		{"tags", "POST", "/contracts/publish", contracts(pact, `}],"tags":["a"],"tags":[]}`), `\"tags\" twice`},
		{"content", "POST", "/contracts/publish", contracts(pact, `,"content":"e30="}]}`), `contracts[0] has the member \"content\" twice`},
		{"a result", "POST", sha, `{"success":false,"providerApplicationVersion":"1","success":true}`, `\"success\" twice`},
		{"selectors", "POST", "/pacts/provider/Bar/for-verification", `{"consumerVersionSelectors":[{"mainBranch":true,"mainBranch":false}]}`, `consumerVersionSelectors[0] has`},
		{"lists of selectors", "POST", "/pacts/provider/Bar/for-verification", `{"consumerVersionSelectors":[],"consumerVersionSelectors":[]}`, `twice`},
		{"a webhook", "POST", "/webhooks", `{"events":[{"name":"contract_published"}],"events":[],` + aRequest + `}`, `\"events\" twice`},
		{"a webhook's address", "POST", "/webhooks", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://a.example","url":"https://b.example"}}`, `request has the member \"url\" twice`},
		{"a webhook's headers", "POST", "/webhooks", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://a.example","headers":{"X-A":"1","x-a":"2"}}}`, `more than once`},
		{"an application", "POST", "/pacticipants", `{"name":"A","name":"B"}`, `\"name\" twice`},
		{"a change of an application", "PATCH", "/pacticipants/Foo", `{"mainBranch":"a","mainBranch":"b"}`, `\"mainBranch\" twice`},
		{"an environment", "POST", "/environments", `{"name":"prod","production":true,"production":false}`, `\"production\" twice`},
		{"a change of an environment", "PUT", "/environments/" + environment, `{"name":"test","production":true,"production":false}`, `\"production\" twice`},
		{"a version", "PUT", "/pacticipants/Foo/versions/7", `{"tags":[{"name":"a"}],"tags":[]}`, `\"tags\" twice`},
		{"a deployment", "POST", deploy, `{"applicationInstance":"a","applicationInstance":"b"}`, `twice`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.do(call{method: tt.method, path: tt.path, body: tt.body})
			require.Equal(t, 400, got.status, got.text)
			require.Contains(t, got.text, tt.says)
		})
	}
	require.Equal(t, 404, s.get("/pacticipants/Foo/versions/7").status, "nothing of it is kept")
	require.Contains(t, s.get(fooBar+"/version/1").text, "a request for thing")
}

// TestWhatOthersReadMayHaveAMemberTwice passes on what a tool says of its tests,
// what a webhook sends, and bodies of a pact.
func TestWhatOthersReadMayHaveAMemberTwice(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.must("PUT", fooBar+"/version/1", `{"interactions":[{"description":"a","response":{"status":200,"body":{"a":1,"a":2}}}]}`)
	sha := s.get(fooBar + "/latest").link("pb:publish-verification-results")[len(s.url):]
	got := s.must("POST", sha, `{"success":true,"providerApplicationVersion":"1","testResults":[{"a":1,"a":2}]}`)
	require.Equal(t, true, got.at("success"))
	got = s.must("POST", "/webhooks", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://a.example","body":{"a":1,"a":2}}}`)
	require.EqualValues(t, 2, got.at("request", "body", "a"))
}

// TestNamesOfAPactAreSpelledExactly does not take another spelling for the name
// that the document has to have.
func TestNamesOfAPactAreSpelledExactly(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	content := base64.StdEncoding.EncodeToString([]byte(`{"consumer":{"name":"Other","Name":"Foo"},"provider":{"name":"Bar"},"interactions":[]}`))
	got := s.do(call{method: "POST", path: "/contracts/publish", body: `{"pacticipantName":"Foo","pacticipantVersionNumber":"7","contracts":[{"consumerName":"Foo",` +
		`"providerName":"Bar","specification":"pact","contentType":"application/json","content":"` + content + `"}]}`})
	require.Equal(t, 400, got.status, got.text)
	require.Contains(t, got.text, "Other")
	s.must("PUT", fooBar+"/version/1", `{"interactions":[{"description":"a","providerStates":[{"name":"real"}],"ProviderStates":[{"name":"none"}]}],"Interactions":[{"description":"b","providerState":"none"}]}`)
	s.must("PUT", "/pacticipants/Foo/branches/main/versions/1", `{}`)
	states := s.do(call{method: "GET", path: "/pacts/provider/Bar/provider-states"})
	require.Contains(t, states.text, `"real"`)
	require.NotContains(t, states.text, "none")
}
