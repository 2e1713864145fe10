// Package cases are consumer tests that run twice: with package dsl as they
// stand here, and with pact-go after its import paths were put in. Nothing
// else is changed between the two.
package cases

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"

	consumer "github.com/treatyhq/treaty/dsl"
	v3 "github.com/treatyhq/treaty/dsl/message/v3"
	v4 "github.com/treatyhq/treaty/dsl/message/v4"
)

type s = matchers.S
type object = matchers.MapMatcher

// builder is what the request and response builders of all versions share.
type builder[B any] interface {
	Header(key string, values ...matchers.Matcher) B
	JSONBody(body interface{}) B
	Body(contentType string, body []byte) B
	BinaryBody(body []byte) B
	BodyMatch(body interface{}) B
	MultipartBody(contentType string, filename string, mimePartName string) B
}

type requestBuilder[B any] interface {
	builder[B]
	Query(key string, values ...matchers.Matcher) B
}

// call is what the consumer under test sends.
type call struct {
	target, body string
	headers      []string
}

// feature is one thing a contract can say, in a request and in a response.
type feature[B any] struct {
	name  string
	since int // first version of the specification
	build func(B)
	send  call
}

type user struct {
	ID    int      `json:"id" pact:"example=27"`
	Name  string   `json:"name" pact:"example=Billy"`
	Code  string   `json:"code" pact:"example=AB,regex=[A-Z]+"`
	Tags  []string `json:"tags" pact:"min=2"`
	Admin bool     `json:"admin"`
}

var asJSON = []string{"Content-Type", "application/json"}

// features of a body or header, for requests and responses.
func features[B builder[B]](file string) []feature[B] {
	body := func(name string, since int, value any, sent string) feature[B] {
		return feature[B]{name, since, func(b B) { b.JSONBody(value) }, call{body: sent, headers: asJSON}}
	}
	return []feature[B]{
		body("plain-json", 2, object{"a": s("x")}, `{"a":"x"}`),
		body("nested-plain", 2, map[string]any{"a": map[string]any{"b": []any{1, "two", true, nil, 2.5}}}, `{"a":{"b":[1,"two",true,null,2.5]}}`),
		body("like", 2, object{"id": matchers.Like(27), "name": matchers.Like("billy")}, `{"id":28,"name":"bob"}`),
		body("like-object", 2, matchers.Like(map[string]any{"id": 27, "tags": []any{"a"}}), `{"id":28,"tags":["b"]}`),
		body("regex", 2, object{"code": matchers.Regex("AB", "[A-Z]+")}, `{"code":"CD"}`),
		body("each-like", 2, object{"items": matchers.EachLike(object{"id": matchers.Like(1)}, 2)}, `{"items":[{"id":1},{"id":2},{"id":3}]}`),
		body("each-like-of-scalars", 2, object{"items": matchers.EachLike("x", 1)}, `{"items":["y"]}`),
		body("nested-each-like", 2, object{"rows": matchers.EachLike(object{"cells": matchers.EachLike(matchers.Like(1), 1)}, 1)}, `{"rows":[{"cells":[5]}]}`),
		body("odd-names", 2, map[string]any{"a b": matchers.Like(1), "c-d": matchers.Like(2), "e.f": matchers.Like(3), "it's": matchers.Like(4)}, `{"a b":1,"c-d":2,"e.f":3,"it's":4}`),
		body("root-list", 2, matchers.EachLike(object{"id": matchers.Like(1)}, 1), `[{"id":7}]`),
		body("dates-by-regex", 2, object{"d": matchers.Date(), "t": matchers.Time(), "ts": matchers.Timestamp(), "u": matchers.UUID()},
			`{"d":"2020-01-01","t":"T10:00:00","ts":"2020-01-01T10:00:00Z","u":"fc763eba-0905-41c5-a27f-3934ab26786c"}`),
		body("integer", 3, object{"n": matchers.Integer(12)}, `{"n":13}`),
		body("decimal", 3, object{"n": matchers.Decimal(12.5)}, `{"n":13.25}`),
		body("null", 3, object{"n": matchers.Null{}}, `{"n":null}`),
		body("equality", 3, object{"l": matchers.Like(map[string]any{"e": matchers.Equality("same")})}, `{"l":{"e":"same"}}`),
		body("include", 3, object{"n": matchers.Includes("foo")}, `{"n":"a foo b"}`),
		body("min-max", 3, object{"n": matchers.ArrayMinMaxLike(27, 1, 3)}, `{"n":[1,2]}`),
		body("max", 3, object{"n": matchers.ArrayMaxLike("x", 2)}, `{"n":["y"]}`),
		body("provider-state", 3, object{"n": matchers.FromProviderState("${name}", "billy")}, `{"n":"bob"}`),
		body("generated-dates", 3, object{
			"d": matchers.DateGenerated("2020-01-01", "yyyy-MM-dd"), "t": matchers.TimeGenerated("08:00:45", "HH:mm:ss"),
			"dt": matchers.DateTimeGenerated("2020-01-01T08:00:45", "yyyy-MM-dd'T'HH:mm:ss"),
		}, `{"d":"2021-01-01","t":"09:00:45","dt":"2021-01-01T08:00:45"}`),
		body("array-containing", 3, object{"n": matchers.ArrayContaining([]interface{}{matchers.Like("a"), matchers.Integer(1), object{"foo": matchers.Like("bar")}})},
			`{"n":[1,"x",{"foo":"y"}]}`),
		{"struct", 2, func(b B) { b.BodyMatch(&user{}) }, call{body: `{"id":1,"name":"x","code":"ZZ","tags":["a","b"],"admin":false}`, headers: asJSON}},
		{"text", 2, func(b B) { b.Body("text/plain", []byte("hello")) }, call{body: "hello", headers: []string{"Content-Type", "text/plain"}}},
		{"xml-text", 2, func(b B) { b.Body("application/xml", []byte("<a><b>1</b></a>")) }, call{body: "<a><b>1</b></a>", headers: []string{"Content-Type", "application/xml"}}},
		{"json-text", 2, func(b B) { b.Body("application/json", []byte(`{"a":1}`)) }, call{body: `{"a":1}`, headers: asJSON}},
		{"vendor-json", 2, func(b B) { b.Body("application/vnd.shop+json", []byte(`{"a":1}`)) }, call{body: `{"a":1}`, headers: []string{"Content-Type", "application/vnd.shop+json"}}},
		{"form", 2, func(b B) { b.Body("application/x-www-form-urlencoded", []byte("a=1&b=two")) }, call{body: "a=1&b=two", headers: []string{"Content-Type", "application/x-www-form-urlencoded"}}},
		{"header-plain", 2, func(b B) { b.Header("X-One", s("1")) }, call{headers: []string{"X-One", "1"}}},
		{"header-regex", 2, func(b B) { b.Header("X-One", matchers.Regex("1", `\d+`)) }, call{headers: []string{"X-One", "22"}}},
		{"header-list", 2, func(b B) { b.Header("Accept", s("text/html, application/json")) }, call{headers: []string{"Accept", "text/html, application/json"}}},
		{"header-and-body", 2, func(b B) {
			b.Header("Content-Type", matchers.Regex("application/json", "application/.*json")).JSONBody(object{"a": matchers.Like(1)})
		}, call{body: `{"a":2}`, headers: []string{"Content-Type", "application/hal+json"}}},
		{"multipart", 3, func(b B) { b.MultipartBody("text/plain", file, "note") }, call{
			headers: []string{"Content-Type", "multipart/form-data; boundary=xyz"},
			body:    "--xyz\r\nContent-Disposition: form-data; name=\"note\"; filename=\"note.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--xyz--\r\n",
		}},
	}
}

// queries are features of requests only.
func queries[B requestBuilder[B]]() []feature[B] {
	return []feature[B]{
		{"query-plain", 2, func(b B) { b.Query("q", s("a b/c")) }, call{target: "/thing?q=a%20b%2Fc"}},
		{"query-repeated", 2, func(b B) { b.Query("q", s("1"), s("2")) }, call{target: "/thing?q=1&q=2"}},
		{"query-regex", 2, func(b B) { b.Query("q", matchers.Regex("bar", "[a-z]+")) }, call{target: "/thing?q=foo"}},
		{"query-like", 2, func(b B) { b.Query("q", matchers.Like("bar")).Query("p", s("1")) }, call{target: "/thing?p=1&q=foo"}},
	}
}

// Case is one consumer test that writes one pact file.
type Case struct {
	Name string
	Run  func(t *testing.T) error
}

// All returns the cases, which write their pacts into dir.
func All(dir string) []Case {
	file := filepath.Join(dir, "note.txt")
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		panic(err)
	}
	var all []Case
	config := func(name string) consumer.MockHTTPProviderConfig {
		return consumer.MockHTTPProviderConfig{Consumer: name, Provider: "provider", PactDir: dir}
	}
	add := func(name string, run func(t *testing.T) error) { all = append(all, Case{name, run}) }

	for _, f := range append(features[*consumer.V2RequestBuilder](file), queries[*consumer.V2RequestBuilder]()...) {
		if f.since > 2 {
			continue
		}
		add("v2-request-"+f.name, func(t *testing.T) error {
			pact, err := consumer.NewV2Pact(config("v2-request-" + f.name))
			if err != nil {
				return err
			}
			return pact.AddInteraction().Given("a state").UponReceiving(f.name).WithRequest("PUT", "/thing", f.build).
				WillRespondWith(200).ExecuteTest(t, f.send.with("PUT"))
		})
	}
	for _, f := range features[*consumer.V2ResponseBuilder](file) {
		if f.since > 2 {
			continue
		}
		add("v2-response-"+f.name, func(t *testing.T) error {
			pact, err := consumer.NewV2Pact(config("v2-response-" + f.name))
			if err != nil {
				return err
			}
			return pact.AddInteraction().UponReceiving(f.name).WithRequestPathMatcher("GET", matchers.Regex("/thing", "/th.*")).
				WillRespondWith(200, f.build).ExecuteTest(t, call{}.with("GET"))
		})
	}
	for _, f := range append(features[*consumer.V3RequestBuilder](file), queries[*consumer.V3RequestBuilder]()...) {
		add("v3-request-"+f.name, func(t *testing.T) error {
			pact, err := consumer.NewV3Pact(config("v3-request-" + f.name))
			if err != nil {
				return err
			}
			return pact.AddInteraction().Given("a state").GivenWithParameter(models.ProviderState{Name: "another", Parameters: map[string]any{"id": "a7", "n": 7}}).
				UponReceiving(f.name).WithRequest("PUT", "/thing", f.build).WillRespondWith(200).ExecuteTest(t, f.send.with("PUT"))
		})
	}
	for _, f := range features[*consumer.V4ResponseBuilder](file) {
		add("v4-response-"+f.name, func(t *testing.T) error {
			pact, err := consumer.NewV4Pact(config("v4-response-" + f.name))
			if err != nil {
				return err
			}
			return pact.AddInteraction().Given("a state").UponReceiving(f.name).WithRequest("GET", "/thing").
				WillRespondWith(201, f.build).ExecuteTest(t, call{}.with("GET"))
		})
	}
	for _, f := range append(features[*consumer.V4RequestBuilder](file), queries[*consumer.V4RequestBuilder]()...) {
		add("v4-request-"+f.name, func(t *testing.T) error {
			pact, err := consumer.NewV4Pact(config("v4-request-" + f.name))
			if err != nil {
				return err
			}
			return pact.AddInteraction().UponReceiving(f.name).WithRequest("PUT", "/thing", f.build).WillRespondWith(204).ExecuteTest(t, f.send.with("PUT"))
		})
	}
	add("v4-complete", func(t *testing.T) error {
		pact, err := consumer.NewV4Pact(config("v4-complete"))
		if err != nil {
			return err
		}
		return pact.AddInteraction().UponReceiving("everything at once").
			WithCompleteRequest(consumer.Request{Method: "POST", Path: matchers.Regex("/things/1", `/things/\d+`),
				Query: object{"q": matchers.Like("x")}, Headers: object{"X-A": s("1")}, Body: object{"a": matchers.Like(1)}}).
			WithCompleteResponse(consumer.Response{Status: 201, Headers: object{"X-B": matchers.Like("2")}, Body: object{"b": matchers.EachLike(1, 1)}}).
			ExecuteTest(t, call{target: "/things/5?q=y", body: `{"a":5}`, headers: append([]string{"X-A", "1"}, asJSON...)}.with("POST"))
	})
	add("v4-references", func(t *testing.T) error {
		pact, err := consumer.NewV4Pact(config("v4-references"))
		if err != nil {
			return err
		}
		return referred(pact.AddInteraction().UponReceiving("a request with references")).WithRequest("GET", "/thing").
			WillRespondWith(200).ExecuteTest(t, call{}.with("GET"))
	})
	return append(all, messages(dir)...)
}

// referring is every builder that takes references.
type referring[B any] interface {
	AddExternalReference(group, name, value string) B
}

// referred adds references of all shapes: groups, names that stand twice,
// text, and text that is the JSON of something else.
func referred[B referring[B]](b B) B {
	for _, r := range [][3]string{
		{"Jira", "TICKET-123", "https://jira.example.com/browse/TICKET-123"},
		{"Jira", "TICKET-9", "replaced"},
		{"Jira", "TICKET-9", "the last one"},
		{"AsyncAPI", "operationId", "7"},
		{"AsyncAPI", "version", "2.5"},
		{"AsyncAPI", "draft", "true"},
		{"AsyncAPI", "none", "null"},
		{"AsyncAPI", "quoted", `"7"`},
		{"AsyncAPI", "object", ` {"b":1,"a":["x"]} `},
		{"AsyncAPI", "two values", "1 2"},
		{"AsyncAPI", "nearly", "{"},
		{"AsyncAPI", "empty", ""},
		{"a/b", "it's", "ü"},
		{"", "", "unnamed"},
	} {
		b = b.AddExternalReference(r[0], r[1], r[2])
	}
	return b
}

func messages(dir string) []Case {
	contents := object{"id": matchers.Integer(7), "name": matchers.Regex("lamp", "[a-z]+")}
	return []Case{
		{"v3-message", func(t *testing.T) error {
			pact, err := v3.NewAsynchronousPact(v3.Config{Consumer: "v3-message", Provider: "provider", PactDir: dir})
			if err != nil {
				return err
			}
			return pact.AddAsynchronousMessage().Given("a state").ExpectsToReceive("an event").
				WithMetadata(map[string]string{"topic": "events"}).WithJSONContent(contents).
				ConsumedBy(func(v3.MessageContents) error { return nil }).Verify(t)
		}},
		{"v4-message", func(t *testing.T) error {
			pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: "v4-message", Provider: "provider", PactDir: dir})
			if err != nil {
				return err
			}
			return pact.AddAsynchronousMessage().Given("a state").ExpectsToReceive("an event").
				WithMetadata(map[string]string{"topic": "events"}).WithJSONContent(contents).
				ConsumedBy(func(v4.AsynchronousMessage) error { return nil }).Verify(t)
		}},
		{"v4-message-text", func(t *testing.T) error {
			pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: "v4-message-text", Provider: "provider", PactDir: dir})
			if err != nil {
				return err
			}
			return pact.AddAsynchronousMessage().ExpectsToReceive("a line").WithContent("text/plain", []byte("hello")).
				ConsumedBy(func(v4.AsynchronousMessage) error { return nil }).Verify(t)
		}},
		{"v4-message-references", func(t *testing.T) error {
			pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: "v4-message-references", Provider: "provider", PactDir: dir})
			if err != nil {
				return err
			}
			return referred(pact.AddAsynchronousMessage()).ExpectsToReceive("a line").WithContent("text/plain", []byte("hello")).
				ConsumedBy(func(v4.AsynchronousMessage) error { return nil }).Verify(t)
		}},
		{"v4-sync-message-references", func(t *testing.T) error {
			pact, err := v4.NewSynchronousPact(v4.Config{Consumer: "v4-sync-message-references", Provider: "provider", PactDir: dir})
			if err != nil {
				return err
			}
			return referred(pact.AddSynchronousMessage("a question")).
				WithRequest(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithJSONContent(object{"id": matchers.Integer(7)}) }).
				WithResponse(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithJSONContent(contents) }).
				ExecuteTest(t, func(v4.SynchronousMessage) error { return nil })
		}},
		{"v4-sync-message", func(t *testing.T) error {
			pact, err := v4.NewSynchronousPact(v4.Config{Consumer: "v4-sync-message", Provider: "provider", PactDir: dir})
			if err != nil {
				return err
			}
			return pact.AddSynchronousMessage("a question").Given("a state").
				WithRequest(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithJSONContent(object{"id": matchers.Integer(7)}) }).
				WithResponse(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithJSONContent(contents) }).
				ExecuteTest(t, func(v4.SynchronousMessage) error { return nil })
		}},
	}
}

// with sends the call to the mock provider.
func (c call) with(method string) func(consumer.MockServerConfig) error {
	return func(server consumer.MockServerConfig) error {
		target := c.target
		if target == "" {
			target = "/thing"
		}
		request, err := http.NewRequestWithContext(context.Background(), method,
			fmt.Sprintf("http://%s:%d%s", server.Host, server.Port, target), strings.NewReader(c.body))
		if err != nil {
			return err
		}
		for i := 0; i+1 < len(c.headers); i += 2 {
			request.Header.Set(c.headers[i], c.headers[i+1])
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
}

// Many is one consumer test of n interactions, the measure of how the cost of
// a test grows.
func Many(t *testing.T, dir string, n int) error {
	pact, err := consumer.NewV4Pact(consumer.MockHTTPProviderConfig{Consumer: fmt.Sprintf("many-%d", n), Provider: "provider", PactDir: dir})
	if err != nil {
		return err
	}
	for i := range n {
		pact.AddInteraction().Given("a state").UponReceiving(fmt.Sprintf("product %d", i)).
			WithRequest("GET", fmt.Sprintf("/products/%d", i)).
			WillRespondWith(200, func(b *consumer.V4ResponseBuilder) {
				b.JSONBody(object{"id": matchers.Integer(i), "tags": matchers.EachLike(matchers.Like("new"), 2)})
			})
	}
	return pact.ExecuteTest(t, func(server consumer.MockServerConfig) error {
		for i := range n {
			send := call{target: fmt.Sprintf("/products/%d", i)}
			if err := send.with("GET")(server); err != nil {
				return err
			}
		}
		return nil
	})
}
