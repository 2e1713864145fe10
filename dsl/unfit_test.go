package dsl_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/matching"
)

type describeV4 struct {
	path     matchers.Matcher
	request  dsl.V4RequestBuilderFunc
	response dsl.V4ResponseBuilderFunc
}

func body(value any) describeV4 {
	return describeV4{response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"v": value}) }}
}

// TestAnExampleThatBreaksItsOwnMatcherIsRefused before the consumer's code
// runs, wherever the matcher stands.
func TestAnExampleThatBreaksItsOwnMatcherIsRefused(t *testing.T) {
	t.Parallel()
	unfit := matchers.Regex("abc", `^\d+$`)
	for name, tt := range map[string]struct {
		describeV4
		place string
	}{
		"path":   {describeV4{path: matchers.Regex("/abc", `/\d+`)}, `request path: `},
		"query":  {describeV4{request: func(b *dsl.V4RequestBuilder) { b.Query("q", unfit) }}, `request query q: `},
		"header": {describeV4{request: func(b *dsl.V4RequestBuilder) { b.Header("X-A", unfit) }}, `request header X-A: `},
		"request body": {describeV4{request: func(b *dsl.V4RequestBuilder) { b.JSONBody(matchers.Map{"v": unfit}) }},
			`request body $.v: `},
		"form": {describeV4{request: func(b *dsl.V4RequestBuilder) { b.FormBody(matchers.QueryMatcher{"f": {unfit}}) }}, `request body $.f: `},
		"status": {describeV4{response: func(b *dsl.V4ResponseBuilder) { b.StatusClass(dsl.StatusServerError) }},
			`response status: `},
		"response header": {describeV4{response: func(b *dsl.V4ResponseBuilder) { b.Header("X-A", unfit) }}, `response header X-A: `},
		"XML text": {describeV4{response: func(b *dsl.V4ResponseBuilder) { b.XMLBody(dsl.XML("r").Text(unfit)) }},
			`response body $.r['#text']: `},
		"XML attribute": {describeV4{response: func(b *dsl.V4ResponseBuilder) { b.XMLBody(dsl.XML("r").Attr("a", unfit)) }},
			`response body $.r['@a']: `},
		"a picture that is none": {describeV4{response: func(b *dsl.V4ResponseBuilder) { b.ContentTypeBody("image/png", []byte("text")) }},
			`response body $: `},
		"JSON that is none": {describeV4{response: func(b *dsl.V4ResponseBuilder) { b.Body("application/json", []byte("{")) }},
			`response body $: `},
		"inside a list":          {body(matchers.EachLike(unfit, 2)), `response body $.v[0]: `},
		"inside a variant":       {body(matchers.ArrayContaining([]any{unfit})), `response body $.v: `},
		"a further form":         {body(dsl.Nullable(dsl.OneOf(matchers.S("x"), unfit))), `"something ($.v in form 2)": response body $.v: `},
		"time":                   {body(dsl.Time("01:37:52", "HH:mm:ss.SSS")), `response body $.v: `},
		"date":                   {body(dsl.Date("01/02/2020", "yyyy-MM-dd")), `response body $.v: `},
		"a day that is not":      {body(dsl.Date("2021-02-29", "yyyy-MM-dd")), `response body $.v: `},
		"date and time":          {body(dsl.DateTime("2020-01-01", "yyyy-MM-dd'T'HH:mm:ss")), `response body $.v: `},
		"a generated date":       {body(matchers.DateGenerated("yesterday", "yyyy-MM-dd")), `response body $.v: `},
		"semver":                 {body(dsl.Semver("v1.0")), `response body $.v: `},
		"empty":                  {body(dsl.NotEmpty("")), `response body $.v: `},
		"fewer than the least":   {body(matchers.ArrayMinMaxLike("x", 3, 2)), `response body $.v: `},
		"a key":                  {body(dsl.EachKey(map[string]any{"k": 1}, digits())), `response body $.v.k: `},
		"a value":                {body(dsl.EachValue(map[string]any{"k": "x"}, digits())), `response body $.v.k: `},
		"a whole number as text": {body(matchers.StructMatcher{"pact:matcher:type": "integer", "value": "x"}), `response body $.v: `},
		"a pattern that cannot be read": {body(matchers.Regex("a", "a(")),
			`response body $.v: `},
		"a link": {body(dsl.MockServerURL("http://localhost/x", `.*(/orders/\d+)$`)), `response body $.v: `},
		"a whole header under a rule for each of its parts": {describeV4{request: func(b *dsl.V4RequestBuilder) {
			b.Header("Accept", matchers.Regex("text/html, text/plain", "text/html, text/plain"))
		}}, `request header Accept: `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			pact, err := dsl.NewV4Pact(c)
			require.NoError(t, err)
			if tt.path == nil {
				tt.path = matchers.S("/")
			}
			requests, responses := []dsl.V4RequestBuilderFunc{}, []dsl.V4ResponseBuilderFunc{}
			if tt.request != nil {
				requests = append(requests, tt.request)
			}
			if tt.response != nil {
				responses = append(responses, tt.response)
			}
			var s spy
			err = pact.AddInteraction().UponReceiving("something").WithRequestPathMatcher("POST", tt.path, requests...).
				WillRespondWith(200, responses...).
				ExecuteTest(&s, func(dsl.MockServerConfig) error {
					t.Error("the consumer's code must not run")
					return nil
				})
			require.ErrorContains(t, err, tt.place)
			require.ErrorContains(t, err, `"something`)
			require.Len(t, s.failures, 1)
			notWritten(t, c)
		})
	}
}

// TestElementsOfOneListShareTheirMatchers: what Pact's libraries write for a
// list of different matchers inside a matcher holds each element to all of
// them. Where the example can be so it is kept, and otherwise refused with what
// to write instead.
func TestElementsOfOneListShareTheirMatchers(t *testing.T) {
	t.Parallel()
	const wayOut = "give the list without one around it"
	as, bs, letters := matchers.Regex("aa", "^a+$"), matchers.Regex("bb", "^b+$"), matchers.Regex("a", "^[a-z]+$")
	for name, tt := range map[string]struct {
		value   any
		refused bool
		rules   map[string]contract.RuleList
	}{
		"elements that differ":      {matchers.Like([]any{as, bs}), true, nil},
		"members that differ":       {matchers.Like([]any{matchers.Map{"id": as}, matchers.Map{"id": bs}}), true, nil},
		"a list that says how many": {matchers.StructMatcher{"pact:matcher:type": "type", "min": 1, "value": []any{as, bs}}, true, nil},
		"elements that agree": {matchers.Like([]any{as, letters}), false, map[string]contract.RuleList{
			"$.v": rules(contract.TypeRule{}), "$.v[*]": rules(contract.RegexRule{Pattern: "^a+$"}, contract.RegexRule{Pattern: "^[a-z]+$"}),
		}},
		"the list alone": {[]any{as, bs}, false, map[string]contract.RuleList{
			"$.v[0]": rules(contract.RegexRule{Pattern: "^a+$"}), "$.v[1]": rules(contract.RegexRule{Pattern: "^b+$"}),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			pact, err := dsl.NewV4Pact(c)
			require.NoError(t, err)
			err = pact.AddInteraction().UponReceiving("a list").WithRequest("GET", "/").WillRespondWith(200, body(tt.value).response).
				ExecuteTest(nil, askFor)
			if tt.refused {
				require.ErrorContains(t, err, wayOut)
				notWritten(t, c)
				return
			}
			require.NoError(t, err)
			written := readPact(t, file(c)).Interactions[0].(*contract.HTTP)
			require.Equal(t, tt.rules, written.Response.Rules[contract.CategoryBody])
			other := written.Response
			other.Body = contract.NewBody([]byte(`{"v":["aa","12"]}`), "application/json")
			require.False(t, matching.Response(written.Response, other).OK(), "a provider that breaks the promise")
		})
	}
	pact, err := dsl.NewV4Pact(config(t))
	require.NoError(t, err)
	err = pact.AddInteraction().UponReceiving("another fault").WithRequest("GET", "/").
		WillRespondWith(200, body(matchers.EachLike(matchers.Regex("1", "a"), 1)).response).ExecuteTest(nil, askFor)
	require.Error(t, err)
	require.NotContains(t, err.Error(), wayOut, "there is one matcher only")
}

func rules(list ...contract.Rule) contract.RuleList { return contract.RuleList{Rules: list} }

func askFor(server dsl.MockServerConfig) error {
	response, err := http.Get(fmt.Sprintf("http://%s:%d/", server.Host, server.Port))
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// TestNoStructuredBodyIsComparedByItsMediaType: readers compare such bodies by
// their content whatever the rule says, so the test would promise less.
func TestNoStructuredBodyIsComparedByItsMediaType(t *testing.T) {
	t.Parallel()
	refuse := func(contentType string, describe dsl.V4ResponseBuilderFunc) {
		pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "shop", Provider: "stock", PactDir: t.TempDir()})
		require.NoError(t, err)
		err = pact.AddInteraction().UponReceiving("a document").WithRequest("GET", "/").WillRespondWith(200, describe).
			ExecuteTest(nil, func(dsl.MockServerConfig) error { return nil })
		require.ErrorContains(t, err, "are compared by their content", contentType)
	}
	for contentType, example := range map[string]string{
		"application/hal+json":                `{"a":1}`,
		"application/xml":                     `<a/>`,
		"text/xml; charset=utf-8":             `<a/>`,
		"application/x-www-form-urlencoded":   `a=1`,
		"multipart/form-data; boundary=apart": "--apart--\r\n",
	} {
		refuse(contentType, func(b *dsl.V4ResponseBuilder) { b.ContentTypeBody(contentType, []byte(example)) })
		refuse(contentType, func(b *dsl.V4ResponseBuilder) {
			b.Header("Content-Type", matchers.S(contentType)).BinaryBody([]byte(example))
		})
	}
}
