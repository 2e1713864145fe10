package dsl_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
)

const (
	jsonType  = "application/json"
	xmlType   = "application/xml"
	formType  = "application/x-www-form-urlencoded"
	partsType = "multipart/form-data; boundary=x"
	gif       = "GIF89a\x01\x00\x01\x00\x00\x00\x00;"
	png       = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
)

func typed(contentType string, bodies ...string) []answer {
	var all []answer
	for _, body := range bodies {
		all = append(all, answer{headers: http.Header{"Content-Type": {contentType}}, body: body})
	}
	return all
}

func posted(contentType string, bodies ...string) []sent {
	var all []sent
	for _, body := range bodies {
		all = append(all, sent{method: "POST", target: "/", contentType: contentType, body: body})
	}
	return all
}

func statuses(codes ...int) []answer {
	var all []answer
	for _, code := range codes {
		all = append(all, answer{status: code})
	}
	return all
}

// class promises a class of statuses; example is the one the consumer gets.
func class(name string, example int, kept, broken []int) promise {
	return promise{test: func(t *testing.T) {
		c := config(t)
		pact, err := dsl.NewV4Pact(c)
		require.NoError(t, err)
		require.NoError(t, pact.AddInteraction().WithRequest("GET", "/").
			WillRespondWith(example, func(b *dsl.V4ResponseBuilder) { b.StatusClass(name) }).ExecuteTest(nil, get))
		for _, a := range statuses(kept...) {
			require.True(t, a.keeps(t, c), a.status)
		}
		for _, a := range statuses(broken...) {
			require.False(t, a.keeps(t, c), a.status)
		}
	}}
}

func header(name, value string) answer { return answer{headers: http.Header{name: {value}}} }

func withHeader(name, value string) sent {
	return sent{method: "POST", target: "/", header: [2]string{name, value}}
}

// parts is a multipart body with one file.
func parts(name, contentType, content string) string {
	return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"f\"\r\nContent-Type: " + contentType + "\r\n\r\n" + content + "\r\n--x--\r\n"
}

func upload(t testing.TB, content string) string {
	path := filepath.Join(t.TempDir(), "upload")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func xmlBody() dsl.XMLElement {
	return dsl.XML("r", dsl.XML("q").Attr("n", matchers.Integer(1)).Text(matchers.Like("x")).Each(2), dsl.XML("v").Attr("a", "1").Text("y")).Attr("w", matchers.Regex("a", "[a-z]"))
}

const (
	rightXML = `<r w="b"><q n="2">a</q><q n="3">b</q><q n="4">c</q><v a="1">y</v></r>`
	oneXML   = `<r w="b"><q n="2">a</q><v a="1">y</v></r>`
	attrXML  = `<r w="b"><q n="x">a</q><q n="3">b</q><v a="1">y</v></r>`
	plainXML = `<r w="b"><q n="2">a</q><q n="3">b</q><v a="2">y</v></r>`
	textXML  = `<r w="b"><q n="2">a</q><q n="3">b</q><v a="1">z</v></r>`
	rootXML  = `<r w="1"><q n="2">a</q><q n="3">b</q><v a="1">y</v></r>`
)

func given(describe func(*dsl.V4UnconfiguredInteraction) *dsl.V4UnconfiguredInteraction) promise {
	return promise{test: func(t *testing.T) {
		c := config(t)
		pact, err := dsl.NewV4Pact(c)
		require.NoError(t, err)
		require.NoError(t, describe(pact.AddInteraction()).WithRequest("GET", "/").
			WillRespondWith(200, func(b *dsl.V4ResponseBuilder) { b.JSONBody("x") }).ExecuteTest(nil, get))
		require.True(t, answers{"": jsonAnswer(`"y"`), "it is x": jsonAnswer(`"x"`)}.keep(t, c))
		require.False(t, answers{"": jsonAnswer(`"x"`), "it is x": jsonAnswer(`"y"`)}.keep(t, c), "the provider is not asked for the state")
	}}
}

var complete = dsl.Request{
	Method: "POST", Path: matchers.Regex("/a/1", `/a/\d`), Body: matchers.Map{"v": matchers.Integer(1)},
	Query: matchers.MapMatcher{"q": matchers.S("x")}, Headers: matchers.MapMatcher{"X-A": matchers.Regex("1", `\d`)},
}

// whole is a request like complete, with one thing changed.
func whole(change func(*sent)) sent {
	s := sent{method: "POST", target: "/a/2?q=x", contentType: jsonType, body: `{"v":2}`, header: [2]string{"X-A", "2"}}
	change(&s)
	return s
}

var completeRequest = request(func(p *dsl.V4HTTPMockProvider) *dsl.V4InteractionWithResponse {
	return p.AddInteraction().WithCompleteRequest(complete).WithCompleteResponse(dsl.Response{Status: 200})
}, []sent{whole(func(*sent) {})}, []sent{
	whole(func(s *sent) { s.method = "PUT" }), whole(func(s *sent) { s.target = "/a/x?q=x" }), whole(func(s *sent) { s.target = "/a/2?q=y" }),
	whole(func(s *sent) { s.target = "/a/2" }), whole(func(s *sent) { s.body = `{"v":"x"}` }), whole(func(s *sent) { s.header = [2]string{"X-A", "b"} }),
})

var completeResponse = promise{test: func(t *testing.T) {
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	require.NoError(t, pact.AddInteraction().WithCompleteRequest(dsl.Request{Method: "GET", Path: matchers.S("/")}).WithCompleteResponse(dsl.Response{
		Status: 201, Headers: matchers.MapMatcher{"X-A": matchers.Regex("1", `\d`)}, Body: matchers.Map{"v": matchers.Integer(1)},
	}).ExecuteTest(nil, get))
	right := answer{status: 201, headers: http.Header{"X-A": {"2"}, "Content-Type": {jsonType}}, body: `{"v":2}`}
	require.True(t, right.keeps(t, c))
	for _, change := range []func(*answer){
		func(a *answer) { a.status = 200 },
		func(a *answer) { a.headers = http.Header{"Content-Type": {jsonType}} },
		func(a *answer) { a.headers = http.Header{"X-A": {"b"}, "Content-Type": {jsonType}} },
		func(a *answer) { a.body = `{"v":"x"}` },
	} {
		wrong := right
		change(&wrong)
		require.False(t, wrong.keeps(t, c))
	}
}}

var asked2 = func(describe func(*dsl.V4UnconfiguredInteraction) *dsl.V4InteractionWithRequest) func(*dsl.V4HTTPMockProvider) *dsl.V4InteractionWithResponse {
	return func(p *dsl.V4HTTPMockProvider) *dsl.V4InteractionWithResponse {
		return describe(p.AddInteraction()).WillRespondWith(200)
	}
}

const (
	isStep   = "a step of the description: what it takes has a case of its own"
	isType   = "a type, which says nothing by itself"
	isAside  = "told beside the contract: nobody has to keep it"
	isConfig = "configuration"
)

// builders has what the rest of package dsl promises. V2, V3 and V4 builders
// are made of the same parts.
var builders = map[string]promise{
	"RequestBuilder.Query": request(asking(func(b *dsl.V4RequestBuilder) { b.Query("q", digits(), digits()) }),
		[]sent{{method: "POST", target: "/?q=2&q=3"}}, []sent{{method: "POST", target: "/?q=2"}, {method: "POST", target: "/?q=2&q=x"}, {method: "POST", target: "/"}}),
	"RequestBuilder.Header": request(asking(func(b *dsl.V4RequestBuilder) { b.Header("X-A", digits()) }),
		[]sent{withHeader("X-A", "2")}, []sent{withHeader("X-A", "b"), withHeader("X-B", "2")}),
	"RequestBuilder.Headers": request(asking(func(b *dsl.V4RequestBuilder) { b.Headers(matchers.HeadersMatcher{"X-A": {matchers.S("a")}}) }),
		[]sent{withHeader("X-A", "a")}, []sent{withHeader("X-A", "b"), withHeader("X-B", "a")}),
	"RequestBuilder.JSONBody": request(asking(func(b *dsl.V4RequestBuilder) { b.JSONBody(matchers.Map{"v": matchers.Integer(1)}) }),
		posted(jsonType, `{"v":2}`), append(posted(jsonType, `{"v":"x"}`, `{"v":2,"w":1}`, `{}`, `[]`), posted("text/plain", `{"v":2}`)...)),
	"RequestBuilder.Body": request(asking(func(b *dsl.V4RequestBuilder) { b.Body("text/plain", []byte("hi")) }),
		posted("text/plain", "hi"), posted("text/plain", "ho", "")),
	"RequestBuilder.BinaryBody": request(asking(func(b *dsl.V4RequestBuilder) { b.BinaryBody([]byte(gif)) }),
		posted("application/octet-stream", gif+"more"), posted("application/octet-stream", png, "")),
	"RequestBuilder.ContentTypeBody": request(asking(func(b *dsl.V4RequestBuilder) { b.ContentTypeBody("image/gif", []byte(gif)) }),
		posted("image/gif", gif+"more"), posted("image/gif", png)),
	"RequestBuilder.MultipartBody": {test: func(t *testing.T) {
		path := upload(t, "hello")
		request(asking(func(b *dsl.V4RequestBuilder) { b.MultipartBody("text/plain", path, "note") }),
			posted(partsType, parts("note", "text/plain", "bye")), posted(partsType, parts("other", "text/plain", "bye"), parts("note", "text/plain", gif))).test(t)
	}},
	"RequestBuilder.BodyMatch": request(asking(func(b *dsl.V4RequestBuilder) { b.BodyMatch(&plain{}) }),
		posted(jsonType, `{"Name":"x","count":2}`), posted(jsonType, `{"Name":"x"}`, `{"Name":1,"count":2}`, `{"Name":"x","count":"2"}`)),
	"RequestBuilder.XMLBody": request(asking(func(b *dsl.V4RequestBuilder) { b.XMLBody(xmlBody()) }),
		posted(xmlType, rightXML), posted(xmlType, oneXML, attrXML, plainXML, textXML, rootXML)),
	"RequestBuilder.FormBody": request(asking(func(b *dsl.V4RequestBuilder) {
		b.FormBody(matchers.QueryMatcher{"q": {digits(), word}, "n": {digits()}})
	}),
		posted(formType, "q=2&q=a&n=3"), posted(formType, "q=2&q=2&n=3", "q=2&n=3", "q=2&q=a&n=x", "q=2&q=a")),

	"ResponseBuilder.Header":  response(func(b *dsl.V4ResponseBuilder) { b.Header("X-A", digits()) }, []answer{header("X-A", "2")}, []answer{header("X-A", "b"), {}}),
	"ResponseBuilder.Headers": response(func(b *dsl.V4ResponseBuilder) { b.Headers(matchers.HeadersMatcher{"X-A": {matchers.S("a")}}) }, []answer{header("X-A", "a")}, []answer{header("X-A", "b"), {}}),
	"ResponseBuilder.JSONBody": response(func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"v": matchers.Integer(1), "a.b['c']": "x"}) },
		typed(jsonType, `{"v":2,"a.b['c']":"x"}`, `{"v":2,"a.b['c']":"x","more":1}`), append(typed(jsonType, `{"v":"x","a.b['c']":"x"}`, `{"v":2,"a.b['c']":"y"}`, `{"v":2}`), typed("text/plain", `{"v":2,"a.b['c']":"x"}`)...)),
	"ResponseBuilder.Body": response(func(b *dsl.V4ResponseBuilder) { b.Body("text/plain", []byte("hi")) }, typed("text/plain", "hi"), typed("text/plain", "ho", "")),
	"ResponseBuilder.BinaryBody": response(func(b *dsl.V4ResponseBuilder) { b.BinaryBody([]byte(gif)) },
		typed("application/octet-stream", gif+"more"), typed("application/octet-stream", png, "text")),
	"ResponseBuilder.ContentTypeBody": response(func(b *dsl.V4ResponseBuilder) { b.ContentTypeBody("image/gif", []byte(gif)) }, typed("image/gif", gif+"more"), typed("image/gif", png)),
	"ResponseBuilder.MultipartBody": {test: func(t *testing.T) {
		path := upload(t, "hello")
		response(func(b *dsl.V4ResponseBuilder) { b.MultipartBody("text/plain", path, "note") },
			typed(partsType, parts("note", "text/plain", "bye")), typed(partsType, parts("other", "text/plain", "bye"), parts("note", "text/plain", gif))).test(t)
	}},
	"ResponseBuilder.BodyMatch": response(func(b *dsl.V4ResponseBuilder) { b.BodyMatch(&plain{}) },
		typed(jsonType, `{"Name":"x","count":2}`), typed(jsonType, `{"Name":"x"}`, `{"Name":1,"count":2}`, `{"count":2}`)),
	"ResponseBuilder.XMLBody": response(func(b *dsl.V4ResponseBuilder) { b.XMLBody(xmlBody()) }, typed(xmlType, rightXML), typed(xmlType, oneXML, attrXML, plainXML, textXML, rootXML)),
	"ResponseBuilder.FormBody": response(func(b *dsl.V4ResponseBuilder) { b.FormBody(matchers.QueryMatcher{"q": {digits(), word}}) },
		typed(formType, "q=2&q=a"), typed(formType, "q=2&q=2", "q=2", "q=a&q=2")),
	"ResponseBuilder.StatusOneOf": response(func(b *dsl.V4ResponseBuilder) { b.StatusOneOf(200, 204) }, statuses(200, 204), statuses(201, 500)),
	"ResponseBuilder.StatusClass": response(func(b *dsl.V4ResponseBuilder) { b.StatusClass(dsl.StatusSuccess) }, statuses(200, 299), statuses(302, 404)),
	"StatusInfo":                  nothing("HTTP servers answer with these by themselves, before the response: a verifier cannot wait for one"),
	"StatusSuccess":               class(dsl.StatusSuccess, 200, []int{201, 299}, []int{302, 404, 500}),
	"StatusRedirect":              class(dsl.StatusRedirect, 302, []int{304}, []int{200, 404, 500}),
	"StatusClientError":           class(dsl.StatusClientError, 404, []int{400, 499}, []int{200, 500}),
	"StatusServerError":           class(dsl.StatusServerError, 500, []int{503}, []int{200, 404}),
	"StatusNonError":              class(dsl.StatusNonError, 200, []int{204, 304}, []int{404, 500}),
	"StatusError":                 class(dsl.StatusError, 500, []int{404, 503}, []int{200, 302}),

	"XML":             response(func(b *dsl.V4ResponseBuilder) { b.XMLBody(dsl.XML("r", dsl.XML("a"), dsl.XML("b"))) }, typed(xmlType, "<r><b/><a/></r>"), typed(xmlType, "<r><a/></r>", "<s><a/><b/></s>")),
	"XMLElement.Attr": response(func(b *dsl.V4ResponseBuilder) { b.XMLBody(dsl.XML("r").Attr("a", digits())) }, typed(xmlType, `<r a="2"/>`), typed(xmlType, `<r a="b"/>`, `<r/>`)),
	"XMLElement.Text": response(func(b *dsl.V4ResponseBuilder) { b.XMLBody(dsl.XML("r").Text(digits())) }, typed(xmlType, `<r>2</r>`), typed(xmlType, `<r>b</r>`, `<r/>`)),
	"XMLElement.Each": response(func(b *dsl.V4ResponseBuilder) {
		b.XMLBody(dsl.XML("r", dsl.XML("q", dsl.XML("z").Text(digits())).Each(2)))
	}, typed(xmlType, `<r><q><z>1</z></q><q><z>2</z></q></r>`, `<r><q><z>1</z></q><q><z>2</z></q><q><z>3</z></q></r>`), typed(xmlType, `<r><q><z>1</z></q></r>`, `<r/>`, `<r><q><z>1</z></q><q><z>x</z></q></r>`, `<r><q/><q/></r>`)),
	"XMLElement.MarshalJSON": nothing("how XMLBody reads it"),
	"GraphQL.MarshalJSON":    nothing("how JSONBody reads it; GraphQL.Body has a case"),
	"GraphQL.Body": request(asking(func(b *dsl.V4RequestBuilder) {
		b.JSONBody(dsl.GraphQL{Query: "{ shop { name } }", Variables: map[string]any{"id": matchers.Integer(1)}}.Body())
	}), posted(jsonType, `{"query":"{shop{name}}","variables":{"id":2}}`), posted(jsonType, `{"query":"{shop{owner}}","variables":{"id":2}}`, `{"query":"{shop{name}}","variables":{"id":"x"}}`)),

	"UnconfiguredInteraction.Given": given(func(i *dsl.V4UnconfiguredInteraction) *dsl.V4UnconfiguredInteraction { return i.Given("it is x") }),
	"UnconfiguredInteraction.GivenWithParameter": given(func(i *dsl.V4UnconfiguredInteraction) *dsl.V4UnconfiguredInteraction {
		return i.GivenWithParameter(models.ProviderState{Name: "it is x", Parameters: map[string]any{"id": 1}})
	}),
	"UnconfiguredInteraction.WithRequest": request(asked2(func(i *dsl.V4UnconfiguredInteraction) *dsl.V4InteractionWithRequest {
		return i.WithRequest("PUT", "/a")
	}),
		[]sent{{method: "PUT", target: "/a"}}, []sent{{method: "POST", target: "/a"}, {method: "PUT", target: "/b"}, {method: "PUT", target: "/a?q=1"}}),
	"UnconfiguredInteraction.WithRequestPathMatcher": request(asked2(func(i *dsl.V4UnconfiguredInteraction) *dsl.V4InteractionWithRequest {
		return i.WithRequestPathMatcher("GET", matchers.Regex("/a/1", `/a/\d+`))
	}), []sent{{method: "GET", target: "/a/23"}}, []sent{{method: "GET", target: "/a/x"}, {method: "GET", target: "/a/1/b"}}),
	"UnconfiguredInteraction.WithCompleteRequest":         completeRequest,
	"Interaction.WithCompleteRequest":                     completeRequest,
	"InteractionWithCompleteRequest.WithCompleteResponse": completeResponse,
	"Interaction.WithCompleteResponse":                    completeResponse,
	"InteractionWithRequest.WillRespondWith":              response(func(*dsl.V4ResponseBuilder) {}, statuses(200), statuses(201, 500)),
	"UnconfiguredInteraction.UponReceiving":               nothing("the interaction's name"),
	"UnconfiguredInteraction.WithKey":                     nothing("the interaction's name"),
	"UnconfiguredInteraction.AddExternalReference":        nothing(isAside),
	"UnconfiguredInteraction.Comment":                     nothing(isAside),
	"UnconfiguredInteraction.Pending":                     nothing("a provider may break it without failing"),
	"UnconfiguredInteraction.Reference":                   nothing(isAside),
	"UnconfiguredInteraction.TestName":                    nothing(isAside),
	"HTTPMockProvider.AddInteraction":                     nothing(isStep),
	"HTTPMockProvider.ExecuteTest":                        nothing(isStep),
	"InteractionWithResponse.ExecuteTest":                 nothing(isStep),
	"NewV2Pact":                                           nothing(isStep),
	"NewV3Pact":                                           nothing(isStep),
	"NewV4Pact":                                           nothing(isStep),

	"GetTLSConfigForTLSMockServer": nothing(isConfig), "MockHTTPProviderConfig": nothing(isConfig), "MockServerConfig": nothing(isConfig),
	"Method": nothing(isType), "MismatchError.Error": nothing(isType), "Request": nothing(isType), "RequestBuilderFunc": nothing(isType),
	"Response": nothing(isType), "ResponseBuilderFunc": nothing(isType), "TestingT": nothing(isType),

	plugins: {test: func(t *testing.T) {
		c := config(t)
		pact, err := dsl.NewV4Pact(c)
		require.NoError(t, err)
		err = pact.AddInteraction().UsingPlugin(dsl.PluginConfig{Plugin: "protobuf", Version: "1"}).
			WithRequest("GET", "/").WillRespondWith(200).ExecuteTest(nil, get)
		require.ErrorContains(t, err, "protobuf")
		notWritten(t, c)
	}},
}
