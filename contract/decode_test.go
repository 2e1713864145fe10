package contract_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// decode reads a pact that must be readable.
func decode(t testing.TB, text string) *contract.Pact {
	t.Helper()
	p, err := contract.Decode([]byte(text))
	require.NoError(t, err)
	return p
}

// file wraps interactions into a pact file of a version.
func file(version, interactions string) string {
	return `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[` + interactions +
		`],"metadata":{"pactSpecification":{"version":"` + version + `"}}}`
}

// only returns the one HTTP interaction of a file.
func only(t testing.TB, version, interaction string) *contract.HTTP {
	t.Helper()
	p := decode(t, file(version, interaction))
	require.Len(t, p.Interactions, 1)
	i, ok := p.Interactions[0].(*contract.HTTP)
	require.True(t, ok)
	return i
}

func TestTheVersionIsFoundInEverySpelling(t *testing.T) {
	t.Parallel()
	for metadata, want := range map[string]contract.SpecVersion{
		`{"pactSpecification":{"version":"1.0.0"}}`:                            contract.V1,
		`{"pactSpecification":{"version":"1"}}`:                                contract.V1,
		`{"pactSpecification":{"version":"1.1"}}`:                              contract.V1_1,
		`{"pactSpecification":{"version":"2.0"}}`:                              contract.V2,
		`{"pactSpecification":{"version":2}}`:                                  contract.V2,
		`{"pactSpecification":{"version":"3.0.0"}}`:                            contract.V3,
		`{"pactSpecification":{"version":"4.0"}}`:                              contract.V4,
		`{"pact-specification":{"version":"2.0.0"}}`:                           contract.V2,
		`{"pactSpecificationVersion":"2.0.0"}`:                                 contract.V2,
		`{"pactSpecificationVersion":"1","pactSpecification":{"version":"2"}}`: contract.V2,
		`{"pactSpecification":"2.0.0"}`:                                        contract.V2,
		`{"pactSpecification":[]}`:                                             contract.V3,
		`{"pactSpecification":{"version":"9.0"}}`:                              contract.V3,
		`{"pactSpecification":{"version":"latest"}}`:                           contract.V3,
		`{}`: contract.V3,
		`[]`: contract.V3,
	} {
		p := decode(t, `{"interactions":[],"metadata":`+metadata+`}`)
		require.Equal(t, want, p.Version, metadata)
		require.Empty(t, p.Metadata, "the version is not repeated: %s", metadata)
	}
	require.Equal(t, contract.V3, decode(t, `{"interactions":[]}`).Version)
}

func TestWhatIsMissingTakesItsDefault(t *testing.T) {
	t.Parallel()
	p, notes, err := contract.DecodeNotes([]byte(`{"interactions":[{},{"request":{"method":"get"}}]}`))
	require.NoError(t, err)
	require.Equal(t, "consumer", p.Consumer)
	require.Equal(t, "provider", p.Provider)
	first := p.Interactions[0].(*contract.HTTP)
	require.Equal(t, "Interaction 1", first.Description)
	require.Equal(t, "GET", first.Request.Method)
	require.Equal(t, "/", first.Request.Path)
	require.Equal(t, 200, first.Response.Status)
	require.Equal(t, contract.BodyMissing, first.Request.Body.State)
	require.Equal(t, "GET", p.Interactions[1].(*contract.HTTP).Request.Method, "methods are upper case")
	require.Contains(t, notes, contract.Note{Where: "interactions[1].description", What: `is missing; "Interaction 2" is taken`})
	require.Len(t, notes, 5)
}

func TestUnknownMembersAreKept(t *testing.T) {
	t.Parallel()
	p := decode(t, `{"consumer":"web","provider":{"name":7},"createdAt":"now","_links":{"self":{}},
		"metadata":{"pact-ruby":{"version":"1"},"pactSpecification":{"version":"2.0.0","note":1}},
		"interactions":[{"description":"a","_id":"abc","_links":{},"x":[1, 2],"request":{"y":1},"response":{"z":2}}]}`)
	require.Equal(t, "web", p.Consumer)
	require.Equal(t, "7", p.Provider)
	require.JSONEq(t, `"now"`, string(p.Extra["createdAt"]))
	require.Contains(t, p.Extra, "_links")
	require.Equal(t, map[string]any{
		"pact-ruby":         map[string]any{"version": "1"},
		"pactSpecification": map[string]any{"note": json.Number("1")},
	}, p.Metadata)
	i := p.Interactions[0].(*contract.HTTP)
	require.Equal(t, "abc", i.ID)
	require.Equal(t, map[string]json.RawMessage{"x": json.RawMessage("[1,2]")}, i.Extra)
	require.Contains(t, i.Request.Extra, "y")
	require.Contains(t, i.Response.Extra, "z")
	requireRoundTrip(t, p)
}

func TestProviderStatesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	for form, want := range map[string][]contract.ProviderState{
		`"providerState":"a"`:                      {{Name: "a"}},
		`"provider_state":"a"`:                     {{Name: "a"}},
		`"providerState":""`:                       nil,
		`"providerState":null`:                     nil,
		`"providerState":7`:                        {{Name: "7"}},
		`"providerStates":[{"name":"a"},"b",null]`: {{Name: "a"}, {Name: "b"}},
		`"providerStates":[{"name":"a","params":{"n":1.0}},{"params":[]}]`: {
			{Name: "a", Params: map[string]any{"n": json.Number("1.0")}},
			{Name: "unknown provider states"},
		},
		`"providerStates":"a","providerState":"b"`: nil,
		`"providerStates":[]`:                      nil,
	} {
		require.Equal(t, want, only(t, "3.0.0", `{"description":"d",`+form+`}`).States, form)
	}
}

func TestQueriesAreReadAsTextAndAsLists(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]contract.Values{
		`"a=1&b=2&a=3&"`:             {"a": {"1", "3"}, "b": {"2"}},
		`"?a=b%20c+d&e"`:             {"a": {"b c d"}, "e": {""}},
		`"a=100%&b=%zz%41"`:          {"a": {"100%"}, "b": {"%zzA"}},
		`""`:                         nil,
		`{"a":["1",null,2],"b":"x"}`: {"a": {"1", "", "2"}, "b": {"x"}},
		`7`:                          nil,
		`null`:                       nil,
	} {
		got := only(t, "2.0.0", `{"request":{"query":`+query+`}}`)
		require.Equal(t, want, got.Request.Query, query)
	}
}

func TestAHeaderIsSentInTheLinesThatItWasWrittenIn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"Accept", `"text/html,application/xml;q=0.9, */*"`, []string{"text/html,application/xml;q=0.9, */*"}},
		{"accept", `"a/b, c/d"`, []string{"a/b, c/d"}},
		{"If-None-Match", `"\"a,b\", \"c\""`, []string{`"a,b", "c"`}},
		{"Cache-Control", `["no-cache","no-store"]`, []string{"no-cache, no-store"}},
		{"X-Tags", `"a, b"`, []string{"a, b"}},
		{"X-Tags", `["a","b"]`, []string{"a", "b"}},
		{"Set-Cookie", `["a=1; Path=/","b=2"]`, []string{"a=1; Path=/", "b=2"}},
		{"Set-Cookie", `"a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"`, []string{"a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"}},
	} {
		for _, version := range []string{"3.0.0", "4.0"} {
			kind := map[string]string{"3.0.0": "", "4.0": `"type":"Synchronous/HTTP",`}[version]
			got := only(t, version, `{`+kind+`"request":{"headers":{"`+tt.name+`":`+tt.text+`}},"response":{"status":200}}`)
			require.Equal(t, tt.want, contract.HeaderLines(tt.name, got.Request.Headers[tt.name]), tt.text)
		}
	}
}

func TestHeaderTextIsSplitOnlyWhereAHeaderIsAList(t *testing.T) {
	t.Parallel()
	got := only(t, "3.0.0", `{"response":{"headers":{
		"Accept":" a/b, c/d;q=1","Date":"Sat, 01 Jan 2000","X-Number":7,"Vary":["a, b"],"Nothing":null}}}`)
	require.Equal(t, contract.Values{
		"Accept": {"a/b", "c/d;q=1"}, "Date": {"Sat, 01 Jan 2000"}, "X-Number": {"7"}, "Vary": {"a, b"}, "Nothing": {""},
	}, got.Response.Headers)
	require.Equal(t, []string{"a/b", "c/d;q=1"}, got.Response.Headers.Get("ACCEPT"))
	require.Nil(t, got.Response.Headers.Get("None"))
}

func TestBodiesOfV3FollowTheContentType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, headers, body string
		state               contract.BodyState
		content, kind       string
	}{
		{"missing", ``, ``, contract.BodyMissing, "", ""},
		{"null", ``, `null`, contract.BodyNull, "", ""},
		{"empty", `"Content-Type":"text/plain"`, `""`, contract.BodyEmpty, "", "text/plain"},
		{"object", ``, `{ "b": 1.0, "a": [ ] }`, contract.BodyPresent, `{"b":1.0,"a":[]}`, "application/json"},
		{"big number", ``, `12345678901234567890.10`, contract.BodyPresent, `12345678901234567890.10`, "application/json"},
		{"text", ``, `"hello"`, contract.BodyPresent, "hello", "text/plain"},
		{"text that is JSON", `"content-type":"application/json"`, `"{\"a\": 1}"`, contract.BodyPresent, `{"a": 1}`, "application/json"},
		{"JSON string", `"content-type":"application/json"`, `"hello"`, contract.BodyPresent, `"hello"`, "application/json"},
		{"list in text is a string", `"content-type":"application/json"`, `"[1]"`, contract.BodyPresent, `"[1]"`, "application/json"},
		{"XML", ``, `"<?xml version=\"1.0\"?><a/>"`, contract.BodyPresent, `<?xml version="1.0"?><a/>`, "application/xml"},
		{"bytes", `"Content-Type":"image/png"`, `"iVBORw=="`, contract.BodyPresent, "\x89PNG", "image/png"},
		{"bytes that are not base64", `"Content-Type":"image/png"`, `"!"`, contract.BodyPresent, "!", "image/png"},
		{"unreadable type", `"Content-Type":"nonsense"`, `"hello"`, contract.BodyPresent, "hello", "nonsense"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := `"headers":{` + tt.headers + `}`
			if tt.body != "" {
				text += `,"body":` + tt.body
			}
			body := only(t, "3.0.0", `{"response":{`+text+`}}`).Response.Body
			require.Equal(t, tt.state, body.State)
			require.Equal(t, tt.content, string(body.Content))
			require.Equal(t, tt.kind, body.ContentType)
			requireRoundTrip(t, decode(t, file("3.0.0", `{"description":"d","response":{`+text+`}}`)))
			requireRoundTrip(t, decode(t, file("2.0.0", `{"description":"d","response":{`+text+`}}`)))
		})
	}
}

func TestBodiesOfV4AreObjects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body    string
		state         contract.BodyState
		content, kind string
	}{
		{"inline JSON", `{"content":{"a": 1},"contentType":"application/json","encoded":false}`, contract.BodyPresent, `{"a":1}`, "application/json"},
		{"JSON string", `{"content":"a","contentType":"application/json"}`, contract.BodyPresent, `"a"`, "application/json"},
		{"empty JSON", `{"content":"","contentType":"application/json"}`, contract.BodyEmpty, "", "application/json"},
		{"JSON as text", `{"content":"\"\"","contentType":"application/json","encoded":"json"}`, contract.BodyPresent, `""`, "application/json"},
		{"base64", `{"content":"aGk=","contentType":"text/plain","encoded":"BASE64"}`, contract.BodyPresent, "hi", "text/plain"},
		{"base64 as a boolean", `{"content":"aGk=","contentType":"text/plain","encoded":true}`, contract.BodyPresent, "hi", "text/plain"},
		{"base64 that is none", `{"content":"h i!","encoded":"base64"}`, contract.BodyPresent, "h i!", "text/plain"},
		{"unknown encoding", `{"content":"hi","encoded":"rot13"}`, contract.BodyPresent, "hi", "text/plain"},
		{"text", `{"content":"hi"}`, contract.BodyPresent, "hi", "text/plain"},
		{"content type by sniffing", `{"content":"<a/>"}`, contract.BodyPresent, "<a/>", "application/xml"},
		{"null", `{"content":null,"contentType":"text/plain"}`, contract.BodyNull, "", "text/plain"},
		{"null body", `null`, contract.BodyNull, "", ""},
		{"attributes only", `{"contentType":"text/plain"}`, contract.BodyMissing, "", ""},
		{"form of V3", `{"a":1,"b":{}}`, contract.BodyPresent, `{"a":1,"b":{}}`, "application/json"},
		{"text of V3", `"hi"`, contract.BodyPresent, "hi", "text/plain"},
		{"list of V3", `[1, 2]`, contract.BodyPresent, "[1,2]", "application/json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := only(t, "4.0", `{"type":"Synchronous/HTTP","response":{"body":`+tt.body+`}}`).Response.Body
			require.Equal(t, tt.state, body.State)
			require.Equal(t, tt.content, string(body.Content))
			require.Equal(t, tt.kind, body.ContentType)
		})
	}
	hinted := `{"type":"Synchronous/HTTP","description":"d","response":{"body":{"content":"aGk=","encoded":"base64","contentTypeHint":"binary"}}}`
	require.Equal(t, "BINARY", only(t, "4.0", hinted).Response.Body.Hint)
	requireRoundTrip(t, decode(t, file("4.0", hinted)))
}

func TestV4InteractionsKeepWhatSurroundsThem(t *testing.T) {
	t.Parallel()
	p := decode(t, file("4.0", `
		{"type":"Synchronous/HTTP","key":"k1","description":"a","pending":true,"transport":"https",
		 "comments":{"text":["one"],"testname":"T","other":{"n":1},"references":{"Jira":{"A-1":"https://jira/?a=1&b=2"}}},
		 "pluginConfiguration":{"csv":{"n":1}},"interactionMarkup":{"markup":"**","markupType":"COMMON_MARK"},
		 "request":{"method":"post"},"response":{"status":"201"}},
		{"type":"Asynchronous/Messages","description":"b","contents":{"content":{"a":1}},"metadata":{"topic":"t","n":1},
		 "matchingRules":{"content":{"$.a":{"matchers":[{"match":"type"}]}}}},
		{"type":"Synchronous/Messages","description":"c","request":{"contents":{"content":"q"},"x":1},
		 "response":[{"contents":{"content":"r"},"metadata":{"contentType":"text/csv"}},{}]}`))
	a := p.Interactions[0].(*contract.HTTP)
	require.Equal(t, "k1", a.Key)
	require.True(t, a.Pending)
	require.Equal(t, "https", a.Transport)
	require.Equal(t, "T", a.Comments["testname"])
	require.Equal(t, map[string]any{"n": json.Number("1")}, a.PluginConfiguration["csv"])
	require.Equal(t, &contract.Markup{Text: "**", Type: "COMMON_MARK"}, a.Markup)
	require.Equal(t, 201, a.Response.Status)
	b := p.Interactions[1].(*contract.AsyncMessage)
	require.Equal(t, contract.KindAsyncMessage, b.Kind())
	require.Equal(t, json.Number("1"), b.Metadata["n"])
	require.Contains(t, b.Rules[contract.CategoryBody], "$.a", "content is the body")
	c := p.Interactions[2].(*contract.SyncMessage)
	require.Len(t, c.Responses, 2)
	require.Equal(t, "text/csv", c.Responses[0].Contents.ContentType)
	require.Equal(t, contract.BodyMissing, c.Responses[1].Contents.State)
	require.Contains(t, c.Request.Extra, "x")
	requireRoundTrip(t, p)
}

func TestAMessagePactOfV3IsRead(t *testing.T) {
	t.Parallel()
	p := decode(t, `{"messages":[
		{"description":"a","providerStates":[{"name":"s"}],"contents":{"a":1},"metaData":{"Content-Type":"application/json"},
		 "generators":{"content":{"$.a":{"type":"RandomInt"}}}},
		{"contents":"hello","metadata":{"contentType":"text/plain"}},
		{"contents":"aGk=","metadata":{"contentType":"image/png"}}]}`)
	require.Len(t, p.Interactions, 3)
	a := p.Interactions[0].(*contract.AsyncMessage)
	require.Equal(t, "application/json", a.Contents.ContentType)
	require.Equal(t, "RandomInt", a.Generators[contract.CategoryBody]["$.a"].Type)
	require.Equal(t, "Message 2", p.Interactions[1].Base().Description)
	require.Equal(t, "hi", string(p.Interactions[2].(*contract.AsyncMessage).Contents.Content))
	requireRoundTrip(t, p)
}

func TestWhatCannotBeReadNamesThePlace(t *testing.T) {
	t.Parallel()
	for text, where := range map[string]string{
		`{`:                    "line 1",
		`[]`:                   "a list",
		`{"interactions":{}}`:  "interactions",
		`{"interactions":[1]}`: "interactions[0]",
		`{"interactions":[{},{"response":{"status":"x"}}]}`:                                                      "interactions[1].response.status",
		`{"interactions":[{"request":[]}]}`:                                                                      "interactions[0].request",
		file("4.0", `{"description":"a"}`):                                                                       "interactions[0].type",
		file("4.0", `{"type":"Synchronous/Messages","request":{},"response":5}`):                                 "interactions[0].response",
		file("4.0", `{"type":"Synchronous/Messages","response":[]}`):                                             "interactions[0].request",
		file("3.0.0", `{"request":{"matchingRules":{"body":{"$.a":{"matchers":[{"match":"regex"}]}}}}}`):         "interactions[0].request.matchingRules.body.$.a.matchers[0]",
		file("3.0.0", `{"request":{"matchingRules":{"body":{"$.a":{"matchers":[{"match":""}]}}}}}`):              "matchers[0]",
		file("3.0.0", `{"request":{"matchingRules":{"body":{"$.a":{"matchers":[{"match":"min","min":"x"}]}}}}}`): "matchers[0]",
		file("2.0.0", `{"request":{"matchingRules":{"$.wrong":{"match":"type"}}}}`):                              "$.wrong",
		file("2.0.0", `{"request":{"matchingRules":7}}`):                                                         "interactions[0].request.matchingRules",
	} {
		_, err := contract.Decode([]byte(text))
		var bad *contract.FormatError
		require.ErrorAs(t, err, &bad, text)
		require.ErrorContains(t, err, where, text)
	}
}

func TestHostileFilesEndInAnErrorOrAPact(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 1_000_000)
	_, err := contract.Decode([]byte(deep))
	require.Error(t, err)
	nested := strings.Repeat(`{"a":`, 9_000) + "1" + strings.Repeat("}", 9_000)
	p := decode(t, file("3.0.0", `{"response":{"body":`+nested+`}}`))
	require.Len(t, p.Interactions[0].(*contract.HTTP).Response.Body.Content, len(nested))
	_, err = contract.DecodeRules([]byte(`{"$.body":` + strings.Repeat(`{"match":"eachKey","rules":[`, 2000) + strings.Repeat("]}", 2000) + "}"))
	require.ErrorContains(t, err, "50 deep")
	p = decode(t, "\ufeff"+file("3.0.0", "{\"description\":\"a\xffb\"}"))
	require.Equal(t, "a\ufffdb", p.Interactions[0].Base().Description)
	p = decode(t, file("3.0.0", `{"response":{"status":1e999}}`[:0]+`{"response":{"status":200.0}}`))
	require.Equal(t, 200, p.Interactions[0].(*contract.HTTP).Response.Status)
}

func TestTheInputIsNotShared(t *testing.T) {
	t.Parallel()
	data := []byte(file("3.0.0", `{"response":{"body":"hello"}}`))
	p, err := contract.Decode(data)
	require.NoError(t, err)
	clear(data)
	require.Equal(t, "hello", string(p.Interactions[0].(*contract.HTTP).Response.Body.Content))
}

// TestMessagesOfV4AreReadWithLittle: metadata, answers and even the version of
// the file may be missing.
func TestMessagesOfV4AreReadWithLittle(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"no metadata of the messages": `{"interactions":[{"type":"Synchronous/Messages","description":"d","request":{"contents":{"content":"a"}},"response":[{"contents":{"content":"b"}}]}],"metadata":{"pactSpecification":{"version":"4.0"}}}`,
		"null as metadata":            `{"interactions":[{"type":"Synchronous/Messages","description":"d","request":{"contents":{"content":"a"},"metadata":null},"response":[{"contents":{"content":"b"},"metadata":null}]}],"metadata":{"pactSpecification":{"version":"4.0"}}}`,
		"no metadata of the file":     `{"interactions":[{"type":"Synchronous/Messages","description":"d","request":{"contents":{"content":"a"}},"response":[{"contents":{"content":"b"}}]}]}`,
		"an unknown version":          `{"interactions":[{"type":"synchronous/messages","description":"d","request":{"contents":{"content":"a"}},"response":[{"contents":{"content":"b"}}]}],"metadata":{"pactSpecification":{"version":"x"}}}`,
	} {
		p, err := contract.Decode([]byte(file))
		require.NoError(t, err, name)
		require.Equal(t, contract.V4, p.Version, name)
		m, ok := p.Interactions[0].(*contract.SyncMessage)
		require.True(t, ok, name)
		require.Equal(t, "a", string(m.Request.Contents.Content), name)
		require.Len(t, m.Responses, 1, name)
		require.Equal(t, "b", string(m.Responses[0].Contents.Content), name)
	}
	p, notes, err := contract.DecodeNotes([]byte(`{"interactions":[{"type":"Synchronous/Messages","description":"d","request":{"contents":{"content":"a"}}}],"metadata":{"pactSpecification":{"version":"4.0"}}}`))
	require.NoError(t, err)
	require.Empty(t, p.Interactions[0].(*contract.SyncMessage).Responses)
	require.Contains(t, notes, contract.Note{Where: "interactions[0].response", What: "is missing; the request is taken to have no answer"})
}
