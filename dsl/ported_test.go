package dsl_test

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	v3 "github.com/treatyhq/treaty/dsl/message/v3"
	v4 "github.com/treatyhq/treaty/dsl/message/v4"
)

// wrapped is somebody's own matcher, around one of pact-go's.
type wrapped struct{ matchers.Matcher }

func (w wrapped) MarshalJSON() ([]byte, error) {
	return matchers.Like("mine").(interface{ MarshalJSON() ([]byte, error) }).MarshalJSON()
}

type own struct{ matchers.Matcher }

func (own) MarshalJSON() ([]byte, error) {
	return []byte(`{"pact:matcher:type":"regex","regex":"\\d","value":"1"}`), nil
}

type broken struct{ matchers.Matcher }

func (broken) MarshalJSON() ([]byte, error) { return nil, errors.New("broken by hand") }

type person struct {
	Name string  `json:"name"`
	Age  int     `json:"age"`
	Pay  float64 `json:"pay"`
}

// TestWhatPortedSuitesDoWorksOrSaysWhy has uses of pact-go's API as public
// suites make them. None may panic; want is what the error says, "" for none.
func TestWhatPortedSuitesDoWorksOrSaysWhy(t *testing.T) {
	t.Parallel()
	like := matchers.Like("x")
	var none matchers.Matcher
	var nothingAtAll *person
	for name, tt := range map[string]struct {
		request  dsl.V4RequestBuilderFunc
		response dsl.V4ResponseBuilderFunc
		want     string
	}{
		"no builders":       {},
		"Like of a struct":  {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(matchers.Like(person{Name: "x"})) }},
		"Like of a pointer": {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(matchers.Like(&person{})) }},
		"a list of structs": {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(matchers.EachLike(person{}, 1)) }},
		"a map of matchers": {response: func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(map[string]interface{}{"a": like, "b": []interface{}{like, 1}})
		}},
		"Map in StructMatcher":        {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(matchers.StructMatcher{"a": matchers.Map{"b": like}}) }},
		"MapMatcher":                  {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(matchers.MapMatcher{"a": like}) }},
		"a pointer to a matcher":      {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"a": &like}) }},
		"a matcher of somebody else":  {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"a": own{}}).Header("X-A", own{}) }},
		"one that is broken":          {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(broken{}) }, want: "broken by hand"},
		"one around nothing":          {response: func(b *dsl.V4ResponseBuilder) { b.Header("X-A", wrapped{}) }, want: `response header "X-A"`},
		"a nil matcher in a body":     {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"a": none}) }},
		"a nil matcher in a header":   {response: func(b *dsl.V4ResponseBuilder) { b.Header("X-A", none) }, want: "the value is nil"},
		"a nil matcher in a query":    {request: func(b *dsl.V4RequestBuilder) { b.Query("q", none) }, want: "the value is nil"},
		"no headers":                  {request: func(b *dsl.V4RequestBuilder) { b.Headers(nil) }},
		"HeadersMatcher":              {request: func(b *dsl.V4RequestBuilder) { b.Headers(matchers.HeadersMatcher{"X-None": {matchers.S("none")}}) }},
		"one header in two spellings": {response: func(b *dsl.V4ResponseBuilder) { b.Headers(matchers.HeadersMatcher{"X-A": {like}, "x-a": {like}}) }, want: `header "x-a"`},
		"a form without parameters":   {response: func(b *dsl.V4ResponseBuilder) { b.FormBody(nil) }},
		"text as JSON":                {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody("{\"a\":1}") }},
		"S as JSON":                   {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(matchers.S("x")) }},
		"bytes":                       {response: func(b *dsl.V4ResponseBuilder) { b.BinaryBody([]byte("PK\x03\x04")) }},
		"no bytes":                    {response: func(b *dsl.V4ResponseBuilder) { b.BinaryBody(nil) }},
		"bytes that are text":         {response: func(b *dsl.V4ResponseBuilder) { b.BinaryBody([]byte("hello")) }},
		"bytes of a declared type": {response: func(b *dsl.V4ResponseBuilder) {
			b.Header("Content-Type", matchers.S("application/x-thing")).BinaryBody([]byte{1, 2})
		}},
		"a file that is missing":     {response: func(b *dsl.V4ResponseBuilder) { b.MultipartBody("text/plain", "/nowhere", "file") }, want: "multipart body"},
		"BodyMatch of a nil pointer": {response: func(b *dsl.V4ResponseBuilder) { b.BodyMatch(nothingAtAll) }},
		"BodyMatch of a list":        {response: func(b *dsl.V4ResponseBuilder) { b.BodyMatch([]person{}) }},
		"a channel":                  {response: func(b *dsl.V4ResponseBuilder) { b.JSONBody(make(chan int)) }, want: "cannot be written as JSON"},
		"a matcher under another type": {response: func(b *dsl.V4ResponseBuilder) {
			b.Header("Content-Type", matchers.S("text/plain")).JSONBody(map[string]any{"a": like})
		}, want: "the header Content-Type is text/plain"},
		"plain JSON under another type": {response: func(b *dsl.V4ResponseBuilder) {
			b.Header("Content-Type", matchers.S("text/plain")).JSONBody(map[string]any{"a": 1})
		}},
		"a JSON type of its own": {response: func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(map[string]any{"a": like}).Header("Content-Type", matchers.S("application/vnd.api+json"))
		}},
		"no status at all":     {response: func(b *dsl.V4ResponseBuilder) { b.StatusOneOf() }, want: "StatusOneOf needs the statuses"},
		"a class that is none": {response: func(b *dsl.V4ResponseBuilder) { b.StatusClass("nice") }, want: `no class of statuses "nice"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			pact, err := dsl.NewV4Pact(c)
			require.NoError(t, err)
			err = pact.AddInteraction().GivenWithParameter(models.ProviderState{Name: "s", Parameters: nil}).UponReceiving("a use").
				WithRequest("GET", "/", tt.request).WillRespondWith(200, tt.response).
				ExecuteTest(nil, func(server dsl.MockServerConfig) error {
					_, _, err := fetch(server, "GET", "/", "", "X-None", "none")
					return err
				})
			if tt.want != "" {
				require.ErrorContains(t, err, tt.want)
				notWritten(t, c)
				return
			}
			require.NoError(t, err)
			require.Len(t, readPact(t, file(c)).Interactions, 1)
		})
	}
}

func TestMessagesOfPortedSuitesWorkOrSayWhy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	three, err := v3.NewAsynchronousPact(v3.Config{Consumer: "c", Provider: "p3", PactDir: dir})
	require.NoError(t, err)
	four, err := v4.NewAsynchronousPact(v4.Config{Consumer: "c", Provider: "p4", PactDir: dir})
	require.NoError(t, err)
	both, err := v4.NewSynchronousPact(v4.Config{Consumer: "c", Provider: "p4", PactDir: dir})
	require.NoError(t, err)
	accept3 := func(v3.MessageContents) error { return nil }
	accept4 := func(v4.AsynchronousMessage) error { return nil }
	acceptSync := func(v4.SynchronousMessage) error { return nil }
	unfit := map[string]any{"v": matchers.Regex("x", `\d`)}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"a struct, V3":                {three.AddAsynchronousMessage().ExpectsToReceive("a").WithJSONContent(matchers.Like(person{})).AsType(&person{}).ConsumedBy(accept3).Verify(nil), ""},
		"no metadata":                 {three.AddAsynchronousMessage().ExpectsToReceive("b").WithMetadata(nil).WithJSONContent(1).ConsumedBy(accept3).Verify(nil), ""},
		"no consumer":                 {three.AddAsynchronousMessage().ExpectsToReceive("c").WithJSONContent(1).ConsumedBy(nil).Verify(nil), "call ConsumedBy"},
		"an unfit example, V3":        {three.AddAsynchronousMessage().ExpectsToReceive("d").WithJSONContent(unfit).ConsumedBy(accept3).Verify(nil), "message body $.v: the example does not fit"},
		"unfit metadata":              {three.AddAsynchronousMessage().ExpectsToReceive("e").WithMetadata(map[string]string{"k": `{"pact:matcher:type":"regex","regex":"\\d","value":"x"}`}).WithJSONContent(1).ConsumedBy(accept3).Verify(nil), "metadata"},
		"a newer matcher, V3":         {three.AddAsynchronousMessage().ExpectsToReceive("f").WithJSONContent(dsl.Semver("1.0.0")).ConsumedBy(accept3).Verify(nil), "needs a pact of version 4.0"},
		"no description":              {four.AddAsynchronousMessage().ExpectsToReceive("").WithJSONContent(1).ConsumedBy(accept4).Verify(nil), "call ExpectsToReceive"},
		"null":                        {four.AddAsynchronousMessage().ExpectsToReceive("g").WithJSONContent(nil).ConsumedBy(accept4).Verify(nil), ""},
		"bytes":                       {four.AddAsynchronousMessage().ExpectsToReceive("h").WithContent("application/octet-stream", []byte{1, 2}).ConsumedBy(accept4).Verify(nil), ""},
		"no bytes":                    {four.AddAsynchronousMessage().ExpectsToReceive("i").WithContent("text/plain", nil).ConsumedBy(accept4).Verify(nil), ""},
		"an unfit example, V4":        {four.AddAsynchronousMessage().ExpectsToReceive("j").WithJSONContent(unfit).ConsumedBy(accept4).Verify(nil), "message body $.v: the example does not fit"},
		"JSON that is none":           {four.AddAsynchronousMessage().ExpectsToReceive("k").WithContent("application/json", []byte("{")).ConsumedBy(accept4).Verify(nil), "not JSON"},
		"matchers under another type": {three.AddAsynchronousMessage().ExpectsToReceive("p").WithMetadata(map[string]string{"contentType": "text/plain"}).WithJSONContent(matchers.Like(person{})).ConsumedBy(accept3).Verify(nil), `the metadata "contentType" is text/plain`},
		"text of a type of its own":   {four.AddAsynchronousMessage().ExpectsToReceive("q").WithMetadata(map[string]string{"content-type": "text/csv"}).WithContent("text/plain", []byte("a,b")).ConsumedBy(accept4).Verify(nil), ""},
		"a question, an answer":       {both.AddSynchronousMessage("l").WithRequest(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithJSONContent(1) }).WithResponse(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithJSONContent(2) }).ExecuteTest(nil, acceptSync), ""},
		"an unfit answer":             {both.AddSynchronousMessage("m").WithRequest(nil).WithResponse(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithJSONContent(unfit) }).ExecuteTest(nil, acceptSync), "response[0] body $.v: the example does not fit"},
		"no answer":                   {both.AddSynchronousMessage("n").WithRequest(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithJSONContent(1) }).WithResponse(nil).ExecuteTest(nil, acceptSync), ""},
		"no function":                 {both.AddSynchronousMessage("o").WithRequest(nil).WithResponse(nil).ExecuteTest(nil, nil), "ExecuteTest needs a function"},
	} {
		if tt.want == "" {
			require.NoError(t, tt.err, name)
		} else {
			require.ErrorContains(t, tt.err, tt.want, name)
		}
	}
}

// TestEqualityOfTextNeedsNoRuleInAnOldPact: the file says it without the rule
// that its version does not have, and the mock provider and verifiers ask for it.
func TestEqualityOfTextNeedsNoRuleInAnOldPact(t *testing.T) {
	t.Parallel()
	play := func(dir, accept, page string) error {
		pact, err := dsl.NewV2Pact(dsl.MockHTTPProviderConfig{Consumer: "shop", Provider: "stock", PactDir: dir})
		require.NoError(t, err)
		return pact.AddInteraction().UponReceiving("a page").
			WithRequestPathMatcher("GET", matchers.Equality("/items"), func(b *dsl.V2RequestBuilder) {
				b.Header("Accept", matchers.Equality("text/plain")).Query("page", matchers.Equality("2"))
			}).
			WillRespondWith(200, func(b *dsl.V2ResponseBuilder) { b.Header("X-Kind", matchers.Equality("list")) }).
			ExecuteTest(nil, func(s dsl.MockServerConfig) error {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://%s:%d/items?page=%s", s.Host, s.Port, page), http.NoBody)
				if err != nil {
					return err
				}
				request.Header.Set("Accept", accept)
				answer, err := http.DefaultClient.Do(request)
				if err == nil {
					err = answer.Body.Close()
				}
				return err
			})
	}
	dir := t.TempDir()
	require.Error(t, play(dir, "text/html", "2"))
	require.Error(t, play(dir, "text/plain", "3"))
	require.NoError(t, play(dir, "text/plain", "2"))
	written := readPact(t, filepath.Join(dir, "shop-stock.json"))
	require.Equal(t, contract.V2, written.Version)
	got := written.Interactions[0].(*contract.HTTP)
	require.Equal(t, contract.Values{"X-Kind": {"list"}}, got.Response.Headers)
	require.Empty(t, got.Request.Rules)
	require.Empty(t, got.Response.Rules)
}
