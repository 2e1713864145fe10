package differential_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// order is the provider's true answer, which every breakage changes in one way.
const order = `{"id":7,"paid":true,"total":12.50,"note":null,"customer":{"name":"Ada","email":"ada@example.org"},
	"items":[{"sku":"tea","qty":2},{"sku":"milk","qty":1}],"tags":["new","gift"],"placed":"2026-01-02","version":"1.2.3","empty":[]}`

// orderRules are loose where a consumer would be.
const orderRules = `{
	"header":{"X-Request-Id":{"combine":"AND","matchers":[{"match":"regex","regex":"[0-9a-f]+"}]}},
	"body":{
		"$.id":{"matchers":[{"match":"integer"}]},
		"$.paid":{"matchers":[{"match":"boolean"}]},
		"$.total":{"matchers":[{"match":"decimal"}]},
		"$.note":{"matchers":[{"match":"null"}]},
		"$.customer.name":{"matchers":[{"match":"type"}]},
		"$.customer.email":{"matchers":[{"match":"include","value":"@"}]},
		"$.items":{"matchers":[{"match":"type","min":1,"max":3}]},
		"$.items[*].sku":{"matchers":[{"match":"regex","regex":"[a-z]+"}]},
		"$.items[*].qty":{"matchers":[{"match":"number"}]},
		"$.placed":{"matchers":[{"match":"date","format":"yyyy-MM-dd"}]},
		"$.version":{"matchers":[{"match":"semver"}]},
		"$.tags":{"matchers":[{"match":"arrayContains","variants":[{"index":1,"rules":{}}]}]}
	}}`

// breakage changes one thing of the provider's answer.
type breakage struct {
	name   string
	status int               // 0 means 200
	header map[string]string // replaced; an empty value removes
	body   string            // whole, "" means unchanged
	edit   func(o object)    // of the true body
	// expected response, when the case is not about order.
	expected string
}

func change(path string, value any) func(object) {
	return func(o object) { o[path] = value }
}

func drop(path string) func(object) {
	return func(o object) { delete(o, path) }
}

func inCustomer(f func(object)) func(object) {
	return func(o object) { f(o["customer"].(object)) }
}

func items(list ...any) func(object) { return change("items", list) }

func item(sku, qty any) object { return object{"sku": sku, "qty": qty} }

var breakages = []breakage{
	{name: "nothing is broken"},
	{name: "status 201", status: 201},
	{name: "status 404", status: 404},
	{name: "status 500", status: 500},
	{name: "header lost", header: map[string]string{"X-Request-Id": ""}},
	{name: "header breaks its pattern", header: map[string]string{"X-Request-Id": "XYZ"}},
	{name: "header of another value", header: map[string]string{"Cache-Control": "no-store"}},
	{name: "header list in another order", header: map[string]string{"Cache-Control": "max-age=60, private"}},
	{name: "header in another case", header: map[string]string{"Cache-Control": "PRIVATE, max-age=60"}},
	{name: "header added", header: map[string]string{"X-New": "1"}},
	{name: "content type text", header: map[string]string{"Content-Type": "text/plain"}},
	{name: "content type of another charset", header: map[string]string{"Content-Type": "application/json; charset=latin1"}},
	{name: "content type of a vendor", header: map[string]string{"Content-Type": "application/vnd.shop+json"}},
	{name: "content type lost", header: map[string]string{"Content-Type": ""}},
	{name: "member lost", edit: drop("customer")},
	{name: "member lost that may be null", edit: drop("note")},
	{name: "member added", edit: change("discount", 1)},
	{name: "member renamed", edit: func(o object) { o["Id"] = o["id"]; delete(o, "id") }},
	{name: "nested member lost", edit: inCustomer(drop("email"))},
	{name: "nested member added", edit: inCustomer(change("phone", "1"))},
	{name: "number became text", edit: change("id", "7")},
	{name: "integer became decimal", edit: change("id", 7.5)},
	{name: "integer became null", edit: change("id", nil)},
	{name: "decimal became integer", edit: change("total", 12)},
	{name: "decimal became text", edit: change("total", "12.50")},
	{name: "boolean became number", edit: change("paid", 1)},
	{name: "boolean became its word", edit: change("paid", "true")},
	{name: "boolean the other way", edit: change("paid", false)},
	{name: "null became text", edit: change("note", "hello")},
	{name: "text of the same type", edit: inCustomer(change("name", "Grace"))},
	{name: "text became number", edit: inCustomer(change("name", 1))},
	{name: "text became empty", edit: inCustomer(change("name", ""))},
	{name: "text without what it must include", edit: inCustomer(change("email", "nobody"))},
	{name: "object became list", edit: change("customer", []any{})},
	{name: "object became text", edit: change("customer", "Ada")},
	{name: "list became object", edit: change("items", object{})},
	{name: "list became null", edit: change("items", nil)},
	{name: "list is empty", edit: items()},
	{name: "list is too long", edit: items(item("a", 1), item("b", 1), item("c", 1), item("d", 1))},
	{name: "list has one element", edit: items(item("a", 1))},
	{name: "element breaks its pattern", edit: items(item("tea", 1), item("TEA", 1))},
	{name: "element of another type", edit: items(item("tea", 1), item("milk", "1"))},
	{name: "element without a member", edit: items(item("tea", 1), object{"sku": "milk"})},
	{name: "element with a further member", edit: items(item("tea", 1), object{"sku": "milk", "qty": 1, "gift": true})},
	{name: "element is not an object", edit: items("tea")},
	{name: "variant lost", edit: change("tags", []any{"new"})},
	{name: "variant elsewhere", edit: change("tags", []any{"gift", "old", "x"})},
	{name: "list in another order", edit: change("tags", []any{"gift", "new"})},
	{name: "date in another form", edit: change("placed", "02.01.2026")},
	{name: "date that does not exist", edit: change("placed", "2026-02-30")},
	{name: "date with a time", edit: change("placed", "2026-01-02T10:00:00")},
	{name: "version of two parts", edit: change("version", "1.2")},
	{name: "version with a v", edit: change("version", "v1.2.3")},
	{name: "empty list has an element", edit: change("empty", []any{1})},
	{name: "empty list lost", edit: drop("empty")},
	{name: "body is a list", body: "[]"},
	{name: "body is null", body: "null"},
	{name: "body is text", body: `"order"`},
	{name: "body is not JSON", body: "{"},
	{name: "body is HTML", body: "<html></html>", header: map[string]string{"Content-Type": "text/html"}},
	{name: "body is empty", body: "\x00"},
	{name: "body with white space", body: "  " + order + "\n"},

	{name: "status of a class, inside", status: 404, expected: `{"status":400,"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"clientError"}]}}}`},
	{name: "status of a class, outside", status: 500, expected: `{"status":400,"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"clientError"}]}}}`},
	{name: "no body expected", expected: `{"status":200}`},
	{name: "empty body expected", expected: `{"status":200,"body":{"content":""}}`},
	{name: "empty body expected and given", body: "\x00", expected: `{"status":200,"body":{"content":""}}`},
	{name: "null body expected, none given", body: "\x00", expected: `{"status":200,"body":null}`},
	{name: "null body expected, JSON null given", body: "null", expected: `{"status":200,"body":null}`},
	{name: "null body expected, content given", expected: `{"status":200,"body":null}`},
	{name: "header list written as one value", expected: `{"status":200,"headers":{"Cache-Control":["private, max-age=60"]}}`},
	{name: "plain text, kept", body: "hello", header: map[string]string{"Content-Type": "text/plain"}, expected: `{"status":200,"headers":{"Content-Type":["text/plain"]},"body":{"content":"hello","contentType":"text/plain","encoded":false}}`},
	{name: "plain text, broken", body: "hullo", header: map[string]string{"Content-Type": "text/plain"}, expected: `{"status":200,"headers":{"Content-Type":["text/plain"]},"body":{"content":"hello","contentType":"text/plain","encoded":false}}`},
	{name: "plain text by pattern", body: "h123", header: map[string]string{"Content-Type": "text/plain"}, expected: `{"status":200,"headers":{"Content-Type":["text/plain"]},"body":{"content":"h1","contentType":"text/plain","encoded":false},"matchingRules":{"body":{"$":{"matchers":[{"match":"regex","regex":"h\\d+"}]}}}}`},
	{name: "plain text by pattern, too long", body: "h123!", header: map[string]string{"Content-Type": "text/plain"}, expected: `{"status":200,"headers":{"Content-Type":["text/plain"]},"body":{"content":"h1","contentType":"text/plain","encoded":false},"matchingRules":{"body":{"$":{"matchers":[{"match":"regex","regex":"h\\d+"}]}}}}`},
	{name: "XML, kept", body: "<a b='1'><c>x</c></a>", header: map[string]string{"Content-Type": "application/xml"}, expected: `{"status":200,"headers":{"Content-Type":["application/xml"]},"body":{"content":"<a b='1'><c>x</c></a>","contentType":"application/xml","encoded":false}}`},
	{name: "XML, attribute", body: "<a b='2'><c>x</c></a>", header: map[string]string{"Content-Type": "application/xml"}, expected: `{"status":200,"headers":{"Content-Type":["application/xml"]},"body":{"content":"<a b='1'><c>x</c></a>","contentType":"application/xml","encoded":false}}`},
	{name: "XML, text", body: "<a b='1'><c>y</c></a>", header: map[string]string{"Content-Type": "application/xml"}, expected: `{"status":200,"headers":{"Content-Type":["application/xml"]},"body":{"content":"<a b='1'><c>x</c></a>","contentType":"application/xml","encoded":false}}`},
	{name: "XML, element lost", body: "<a b='1'/>", header: map[string]string{"Content-Type": "application/xml"}, expected: `{"status":200,"headers":{"Content-Type":["application/xml"]},"body":{"content":"<a b='1'><c>x</c></a>","contentType":"application/xml","encoded":false}}`},
	{name: "bytes, kept", body: "\x01\x02", header: map[string]string{"Content-Type": "application/octet-stream"}, expected: `{"status":200,"headers":{"Content-Type":["application/octet-stream"]},"body":{"content":"AQI=","contentType":"application/octet-stream","encoded":"base64"}}`},
	{name: "bytes, broken", body: "\x01\x03", header: map[string]string{"Content-Type": "application/octet-stream"}, expected: `{"status":200,"headers":{"Content-Type":["application/octet-stream"]},"body":{"content":"AQI=","contentType":"application/octet-stream","encoded":"base64"}}`},
	{name: "form, kept", body: "a=1&b=2", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, expected: `{"status":200,"body":{"content":"a=1&b=2","contentType":"application/x-www-form-urlencoded","encoded":false}}`},
	{name: "form, parameter changed", body: "a=1&b=3", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, expected: `{"status":200,"body":{"content":"a=1&b=2","contentType":"application/x-www-form-urlencoded","encoded":false}}`},
	{name: "each key, kept", body: `{"a1":1,"b2":2}`, expected: `{"status":200,"body":{"content":{"x1":1},"contentType":"application/json","encoded":false},"matchingRules":{"body":{"$":{"matchers":[{"match":"eachKey","rules":[{"match":"regex","regex":"[a-z]\\d"}]}]}}}}`},
	{name: "each key, broken", body: `{"a1":1,"B":2}`, expected: `{"status":200,"body":{"content":{"x1":1},"contentType":"application/json","encoded":false},"matchingRules":{"body":{"$":{"matchers":[{"match":"eachKey","rules":[{"match":"regex","regex":"[a-z]\\d"}]}]}}}}`},
	{name: "each value, kept", body: `{"a":1,"b":2}`, expected: `{"status":200,"body":{"content":{"x":1},"contentType":"application/json","encoded":false},"matchingRules":{"body":{"$":{"matchers":[{"match":"eachValue","rules":[{"match":"integer"}]}]}}}}`},
	{name: "each value, broken", body: `{"a":1,"b":"2"}`, expected: `{"status":200,"body":{"content":{"x":1},"contentType":"application/json","encoded":false},"matchingRules":{"body":{"$":{"matchers":[{"match":"eachValue","rules":[{"match":"integer"}]}]}}}}`},
	{name: "not empty, kept", body: `{"a":"x"}`, expected: `{"status":200,"body":{"content":{"a":"y"},"contentType":"application/json","encoded":false},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"notEmpty"}]}}}}`},
	{name: "not empty, empty", body: `{"a":""}`, expected: `{"status":200,"body":{"content":{"a":"y"},"contentType":"application/json","encoded":false},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"notEmpty"}]}}}}`},
	{name: "either rule", body: `{"a":5}`, expected: `{"status":200,"body":{"content":{"a":"y"},"contentType":"application/json","encoded":false},"matchingRules":{"body":{"$.a":{"combine":"OR","matchers":[{"match":"integer"},{"match":"null"}]}}}}`},
	{name: "neither rule", body: `{"a":"5"}`, expected: `{"status":200,"body":{"content":{"a":"y"},"contentType":"application/json","encoded":false},"matchingRules":{"body":{"$.a":{"combine":"OR","matchers":[{"match":"integer"},{"match":"null"}]}}}}`},
}

// TestDeliberateBreakages breaks one provider in every way we could think of.
func TestDeliberateBreakages(t *testing.T) {
	pactBinary(t)
	c := corpus{version: "4.0"}
	for _, b := range breakages {
		c.samples = append(c.samples, sample{name: b.name, interaction: httpInteraction(b.response(t), "4.0"), answer: b.answer(t)})
	}
	require.GreaterOrEqual(t, len(c.samples), 40)
	compare(t, "breakages", c)
}

func (b breakage) response(t *testing.T) object {
	t.Helper()
	text := b.expected
	if text == "" {
		text = `{"status":200,"headers":{"Content-Type":["application/json"],"X-Request-Id":["af01"],"Cache-Control":["private","max-age=60"]},
			"body":{"content":` + order + `,"contentType":"application/json","encoded":false},"matchingRules":` + orderRules + `}`
	}
	var response object
	require.NoError(t, json.Unmarshal([]byte(text), &response))
	return response
}

func (b breakage) answer(t *testing.T) answer {
	t.Helper()
	a := answer{status: b.status, header: map[string][]string{
		"Content-Type": {"application/json"}, "X-Request-Id": {"c0ffee"}, "Cache-Control": {"private, max-age=60"},
	}, body: []byte(order)}
	if a.status == 0 {
		a.status = 200
	}
	for name, value := range b.header {
		a.header[name] = []string{value}
		if value == "" {
			delete(a.header, name)
		}
	}
	switch {
	case b.body == "\x00":
		a.body = nil
	case b.body != "":
		a.body = []byte(b.body)
	case b.edit != nil:
		a.body = edited(t, b.edit)
	}
	return a
}

// edited is the true body after the edit; numbers keep their spelling.
func edited(t *testing.T, edit func(object)) []byte {
	t.Helper()
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(order), &members))
	loose := object{}
	for name, raw := range members {
		loose[name] = raw
	}
	var customer object
	require.NoError(t, json.Unmarshal(members["customer"], &customer))
	loose["customer"] = customer
	edit(loose)
	data, err := json.Marshal(loose)
	require.NoError(t, err)
	return data
}
