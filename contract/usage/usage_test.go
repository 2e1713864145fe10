package usage_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/usage"
)

// lines are the uses of a contract, as text.
func lines(t *testing.T, document string) []string {
	t.Helper()
	p, err := contract.Decode([]byte(document))
	require.NoError(t, err)
	uses, _ := usage.Of(p)
	var out []string
	for _, u := range uses {
		out = append(out, fmt.Sprintf("%s | %s | %s | %s | %s", u.Endpoint(), u.Part, u.Name, u.How, strings.Join(u.Interactions, ", ")))
	}
	return out
}

func TestARequestAndWhatIsNeededOfItsAnswer(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"POST /orders | request |  |  | a new order",
		"POST /orders | request body | $.lines[*].sku | \"a\" | a new order",
		"POST /orders | response status | 201 |  | a new order",
		"GET /orders/{} | request |  |  | an order, none",
		"GET /orders/{} | request query | page | 1 | an order",
		"GET /orders/{} | request header | accept | application/json | an order",
		"GET /orders/{} | response status | 200 |  | an order",
		"GET /orders/{} | response status | 404 |  | none",
		"GET /orders/{} | response header | content-type | application/json | an order",
		"GET /orders/{} | response body | $.lines[*].price | a whole number, such as 3999 | an order",
		"GET /orders/{} | response body | $.tags | [] | an order",
	}, lines(t, `{"consumer":{"name":"c"},"provider":{"name":"p"},"metadata":{"pactSpecification":{"version":"3.0.0"}},"interactions":[
		{"description":"an order","request":{"method":"GET","path":"/orders/7","query":{"page":["1"]},"headers":{"Accept":"application/json"}},
		 "response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"lines":[{"price":3999},{"price":1}],"tags":[]},
		  "matchingRules":{"body":{"$.lines[*].price":{"matchers":[{"match":"integer"}]}}}}},
		{"description":"none","request":{"method":"GET","path":"/orders/0"},"response":{"status":404}},
		{"description":"a new order","request":{"method":"POST","path":"/orders","body":{"lines":[{"sku":"a"}]}},"response":{"status":201}}]}`))
}

func TestMessagesAndBodiesThatAreNoJSON(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"GET /page | request |  |  | a page",
		"GET /page | response status | 200 | a status of the class success | a page",
		"GET /page | response body |  | text/html | a page",
		"message | request body | $.ask | \"\" | talk",
		"message | response body | $.answer | true | talk",
		"message | message | $.id | 1 | told",
		"message | message metadata | topic | \"orders\" | told",
	}, lines(t, `{"consumer":{"name":"c"},"provider":{"name":"p"},"metadata":{"pactSpecification":{"version":"4.0"}},"interactions":[
		{"type":"Synchronous/HTTP","description":"a page","request":{"method":"GET","path":"/page"},
		 "response":{"status":200,"body":{"contentType":"text/html","content":"<p>"},"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"success"}]}}}},
		{"type":"Asynchronous/Messages","description":"told","contents":{"contentType":"application/json","content":{"id":1}},"metadata":{"topic":"orders"}},
		{"type":"Synchronous/Messages","description":"talk","request":{"contents":{"contentType":"application/json","content":{"ask":""}}},
		 "response":[{"contents":{"contentType":"application/json","content":{"answer":true}}}]}]}`))
}

func TestASegmentThatNamesOneThingIsAnyOfThem(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/": "/", "/orders/10/lines/2": "/orders/{}/lines/{}", "/products/24f1a2b0-9c1e-4a39-8a5f-0d6a1c2b3d4e": "/products/{}",
		"/commits/0a1b2c3d4e5f60718293a4b5c6d7e8f901234567": "/commits/{}", "/days/2026-11-27": "/days/2026-11-27", "/x/deadbeef": "/x/{}",
		"/face/decade/v2/bead": "/face/decade/v2/bead", "/a1": "/a1",
	} {
		p := &contract.Pact{Interactions: []contract.Interaction{&contract.HTTP{Request: contract.Request{Method: "GET", Path: path}}}}
		uses, _ := usage.Of(p)
		require.Equal(t, want, uses[0].Path, path)
	}
}

func TestAPlaceIsFoundAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	price := usage.Place{Method: "GET", Path: "/orders/{}/lines", Part: usage.ResponseBody, Name: "$.lines[*].price"}
	for _, endpoint := range []string{"GET /orders/{}/lines", "get /orders/{id}/lines", "GET /orders/7/lines", " GET  /{any}/{id}/lines"} {
		require.True(t, price.Is(endpoint), endpoint)
	}
	for _, endpoint := range []string{"", "GET", "POST /orders/{}/lines", "GET /orders/{}", "GET /orders/new/lines", "message", "/orders/{}/lines"} {
		require.False(t, price.Is(endpoint), endpoint)
	}
	require.True(t, usage.Place{Part: usage.Message}.Is("message"))
	require.False(t, usage.Place{Part: usage.Message}.Is("GET /"))

	for _, field := range []string{"$.lines[*].price", "$.lines[0].price", "$['lines'][*].price"} {
		require.True(t, price.Has(field), field)
	}
	for _, field := range []string{"", "$", "price", "$.price", "$.lines"} {
		require.False(t, price.Has(field), field)
	}
	require.True(t, usage.Place{Part: usage.ResponseHeader, Name: "content-type"}.Has("header.Content-Type"))
	require.True(t, usage.Place{Part: usage.RequestQuery, Name: "page"}.Has("query.page"))
	require.False(t, usage.Place{Part: usage.RequestQuery, Name: "page"}.Has("query.Page"))
	require.True(t, usage.Place{Part: usage.ResponseBody}.Has("$"), "a body that is no JSON")
	require.True(t, usage.Place{Part: usage.Metadata, Name: "topic"}.Has("metadata.topic"))
	require.True(t, usage.Place{Part: usage.ResponseStatus, Name: "200"}.Has("status"))
}

// A document that says more than anybody reads is told in part, in bounded time.
func TestAHugeContractIsToldInPart(t *testing.T) {
	t.Parallel()
	var body, rules strings.Builder
	for i := range 25_000 {
		fmt.Fprintf(&body, `,"f%d":1`, i)
		fmt.Fprintf(&rules, `,"$.f%d":{"matchers":[{"match":"integer"}]}`, i)
	}
	p, err := contract.Decode([]byte(`{"consumer":{"name":"c"},"provider":{"name":"p"},"metadata":{"pactSpecification":{"version":"3.0.0"}},"interactions":[
		{"description":"all","request":{"method":"GET","path":"/"},"response":{"status":200,"body":{"a":1` + body.String() + `},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"integer"}]}` + rules.String() + `}}}}]}`))
	require.NoError(t, err)
	uses, whole := usage.Of(p)
	require.False(t, whole)
	require.Len(t, uses, 20_000)
	require.Equal(t, "integer", uses[2].Rule)
	require.Empty(t, uses[len(uses)-1].Rule, "nothing is told that was not looked for")
}

// A field is found in XML and in forms as well; what is not looked into is not told as
// having nothing.
func TestBodiesThatAreNoJSON(t *testing.T) {
	t.Parallel()
	of := func(contentType, body string) ([]string, bool) {
		p := &contract.Pact{Interactions: []contract.Interaction{&contract.HTTP{
			Request: contract.Request{Method: "GET", Path: "/"}, Response: contract.Response{Status: 200, Body: contract.Body{State: contract.BodyPresent, ContentType: contentType, Content: []byte(body)}},
		}}}
		uses, whole := usage.Of(p)
		var out []string
		for _, u := range uses {
			if u.Part == usage.ResponseBody {
				out = append(out, u.Name+" | "+u.How)
			}
		}
		return out, whole
	}
	for _, tt := range []struct {
		name, contentType, body string
		want                    []string
		whole                   bool
	}{
		{"XML", "application/xml", `<?xml version="1.0"?><lines n="2"><line><price cur="EUR">10</price></line><line><price>11</price></line><none/></lines>`,
			[]string{`$.lines.line.price | "10"`, `$.lines.line.price['@cur'] | "EUR"`, `$.lines.none | ""`, `$.lines['@n'] | "2"`}, true},
		{"XML that ends too early", "text/xml", `<a><b>1</b>`, []string{` | text/xml`, `$.a.b | "1"`}, false},
		{"form", "application/x-www-form-urlencoded", "price=10&size=1&size=2", []string{`$.price | "10"`, `$.size[*] | "1"`}, true},
		{"form that is none", "application/x-www-form-urlencoded", "a=%zz", []string{" | application/x-www-form-urlencoded"}, false},
		{"CSV", "text/csv", "price\n10\n", []string{" | text/csv"}, false},
		{"protobuf", "application/protobuf", "\x08\x01", []string{" | application/protobuf"}, false},
		{"JSON that is none", "application/json", "{", []string{" | application/json"}, false},
		{"text of no length", "text/plain", "", []string{" | text/plain"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, whole := of(tt.contentType, tt.body)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.whole, whole)
		})
	}
}
