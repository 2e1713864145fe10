package generate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// states is a context of provider mode with values.
func states(values map[string]any) generate.Context {
	return generate.Context{Mode: generate.Provider, StateValues: values}
}

// state is a generator that takes the value name.
func state(name string) contract.Generator {
	return contract.Generator{Type: "ProviderState", Attrs: map[string]any{"expression": name}}
}

func TestEveryPartOfARequestIsGenerated(t *testing.T) {
	t.Parallel()
	r := contract.Request{
		Method:  "GET",
		Path:    "/old",
		Query:   contract.Values{"q": {"a", "b"}, "r": {"a", "b"}},
		Headers: contract.Values{"X-A": {"old", "other"}},
		Generators: contract.GeneratorSet{
			contract.CategoryMethod: {"": state("method")},
			contract.CategoryPath:   {"": state("/users/${id}")},
			contract.CategoryQuery:  {"q": state("id"), "r[1]": state("id"), "new": state("id"), "gone[3]": state("id")},
			contract.CategoryHeader: {"x-a": state("id"), "X-New": state("id"), "X-None": state("missing")},
		},
	}
	got, err := generate.Request(r, states(map[string]any{"id": json.Number("7"), "method": "patch"}))
	require.ErrorIs(t, err, generate.ErrNoValue)
	require.Equal(t, "PATCH", got.Method)
	require.Equal(t, "/users/7", got.Path)
	require.Equal(t, contract.Values{"q": {"7", "7"}, "r": {"a", "7"}, "new": {"7"}}, got.Query)
	require.Equal(t, contract.Values{"X-A": {"7", "other"}, "X-New": {"7"}}, got.Headers)
	require.Equal(t, contract.Values{"X-A": {"old", "other"}}, r.Headers, "the argument is not changed")
	require.Equal(t, []string{"a", "b"}, r.Query["q"], "the argument is not changed")
}

func TestAStatusIsANumber(t *testing.T) {
	t.Parallel()
	r := contract.Response{Status: 200, Generators: contract.GeneratorSet{contract.CategoryStatus: {"": state("status")}}}
	got, err := generate.Response(r, states(map[string]any{"status": json.Number("404")}))
	require.NoError(t, err)
	require.Equal(t, 404, got.Status)
	got, err = generate.Response(r, states(map[string]any{"status": "gone"}))
	require.Error(t, err)
	require.Equal(t, 200, got.Status)
}

func TestMetadataAndContentsOfAMessageAreGenerated(t *testing.T) {
	t.Parallel()
	m := contract.Message{
		Contents: contract.NewBody([]byte(`{"a":1}`), "application/json"),
		Metadata: map[string]any{"id": "old", "keep": json.Number("1")},
		Generators: contract.GeneratorSet{
			contract.CategoryBody:     {"$.a": state("id")},
			contract.CategoryMetadata: {"id": state("id"), "$.new": state("id")},
		},
	}
	got, err := generate.Message(m, states(map[string]any{"id": json.Number("7")}))
	require.NoError(t, err)
	require.JSONEq(t, `{"a":7}`, string(got.Contents.Content))
	require.Equal(t, map[string]any{"id": json.Number("7"), "keep": json.Number("1"), "new": json.Number("7")}, got.Metadata)
	require.Equal(t, "old", m.Metadata["id"], "the argument is not changed")
}

// body generates the value "new" at path in a body.
func body(t *testing.T, content, contentType, path string) string {
	t.Helper()
	got, err := generate.Request(contract.Request{
		Body:       contract.NewBody([]byte(content), contentType),
		Generators: contract.GeneratorSet{contract.CategoryBody: {path: state("v")}},
	}, states(map[string]any{"v": "n<w"}))
	require.NoError(t, err)
	return string(got.Body.Content)
}

func TestAPathInAJSONBodySelectsWhatItSays(t *testing.T) {
	t.Parallel()
	const example = `{"z":[{"b":1,"a":2.50},{"b":3}],"o":{"x":{"b":4}},"1":"<é>"}`
	for path, want := range map[string]string{
		"$.z[*].b":  `{"z":[{"b":"n<w","a":2.50},{"b":"n<w"}],"o":{"x":{"b":4}},"1":"<é>"}`,
		"$.z[1].b":  `{"z":[{"b":1,"a":2.50},{"b":"n<w"}],"o":{"x":{"b":4}},"1":"<é>"}`,
		"$.o.*.b":   `{"z":[{"b":1,"a":2.50},{"b":3}],"o":{"x":{"b":"n<w"}},"1":"<é>"}`,
		"$.z.*.b":   example,
		"$.o[*].b":  example,
		"$.none":    example,
		"$['1']":    `{"z":[{"b":1,"a":2.50},{"b":3}],"o":{"x":{"b":4}},"1":"n<w"}`,
		"$":         `"n<w"`,
		"$.z[0].b.": "",
	} {
		if want == "" {
			continue
		}
		require.Equal(t, want, body(t, example, "application/json", path), path)
	}
}

func TestAPathThatCannotBeReadIsReported(t *testing.T) {
	t.Parallel()
	got, err := generate.Request(contract.Request{
		Body:       contract.NewBody([]byte(`{"a":1}`), "application/json"),
		Generators: contract.GeneratorSet{contract.CategoryBody: {"$.a[": state("v"), "$.a": state("v")}},
	}, states(map[string]any{"v": "new"}))
	var failed *generate.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "$.a[", failed.Key)
	require.JSONEq(t, `{"a":"new"}`, string(got.Body.Content), "the others are applied")
}

func TestAPathInAnXMLBodySelectsElementsTextsAndAttributes(t *testing.T) {
	t.Parallel()
	const example = `<?xml version="1.0"?>
<n:a xmlns:n="urn:n" id='1' n:x="2"><!-- c --><b> t </b><b/><c e="=" id = "3"></c></n:a>`
	for path, want := range map[string]string{
		"$.a.b":             `<n:a xmlns:n="urn:n" id='1' n:x="2"><!-- c --><b>n&lt;w</b><b>n&lt;w</b><c e="=" id = "3"></c></n:a>`,
		"$.a.b['#text']":    `<n:a xmlns:n="urn:n" id='1' n:x="2"><!-- c --><b>n&lt;w</b><b>n&lt;w</b><c e="=" id = "3"></c></n:a>`,
		"$['n:a']['@id']":   `<n:a xmlns:n="urn:n" id='n&lt;w' n:x="2"><!-- c --><b> t </b><b/><c e="=" id = "3"></c></n:a>`,
		"$['urn:n:a']['c']": `<n:a xmlns:n="urn:n" id='1' n:x="2"><!-- c --><b> t </b><b/><c e="=" id = "3">n&lt;w</c></n:a>`,
		"$.a.c['@id']":      `<n:a xmlns:n="urn:n" id='1' n:x="2"><!-- c --><b> t </b><b/><c e="=" id = "n&lt;w"></c></n:a>`,
		"$.a['@n:x']":       `<n:a xmlns:n="urn:n" id='1' n:x="n&lt;w"><!-- c --><b> t </b><b/><c e="=" id = "3"></c></n:a>`,
		"$.a.none":          `<n:a xmlns:n="urn:n" id='1' n:x="2"><!-- c --><b> t </b><b/><c e="=" id = "3"></c></n:a>`,
	} {
		require.Equal(t, "<?xml version=\"1.0\"?>\n"+want, body(t, example, "application/xml", path), path)
	}
	require.Equal(t, "<a><b>", body(t, "<a><b>", "text/xml", "$.a.b"), "what is not XML stays")
}

func TestAPathInAFormSelectsAField(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	require.Equal(t, "a=n%3Cw&b=2&a=n%3Cw", body(t, "a=1&b=2&a=3", form, "$.a"))
	require.Equal(t, "a=1&b=2&a=n%3Cw", body(t, "a=1&b=2&a=3", form, "$.a[1]"))
	require.Equal(t, "a=1", body(t, "a=1", form, "$.none"))
}

func TestOtherBodiesStay(t *testing.T) {
	t.Parallel()
	require.Equal(t, "hello", body(t, "hello", "text/plain", "$"))
	require.Equal(t, "{", body(t, "{", "application/json", "$"))
}

func TestANumberStaysANumberAndATextAText(t *testing.T) {
	t.Parallel()
	for example, want := range map[string]string{
		`1`: `^\d+$`, `"1"`: `^"\d+"$`, `null`: `^\d+$`, `true`: `^\d+$`, `[1]`: `^\d+$`,
	} {
		got, err := generate.Response(contract.Response{
			Body:       contract.NewBody([]byte(example), "application/json"),
			Generators: contract.GeneratorSet{contract.CategoryBody: {"$": {Type: "RandomInt"}}},
		}, generate.Context{})
		require.NoError(t, err)
		require.Regexp(t, want, string(got.Body.Content), example)
	}
}

func TestGeneratorsInsideRulesAreApplied(t *testing.T) {
	t.Parallel()
	v := state("v")
	rules := map[string]contract.RuleList{
		"$.list": {Rules: []contract.Rule{contract.ArrayContainsRule{Variants: []contract.Variant{
			{Index: 1, Generators: map[string]contract.Generator{"$.id": v}},
			{Index: 9, Generators: map[string]contract.Generator{"$.id": v}},
		}}}},
		"$.each": {Rules: []contract.Rule{contract.EachValueRule{Generator: &v}}},
		"$.keys": {Rules: []contract.Rule{contract.EachKeyRule{Generator: &v}}},
	}
	got, err := generate.Response(contract.Response{
		Body:  contract.NewBody([]byte(`{"list":[{"id":1},{"id":2}],"each":{"a":1,"b":2},"keys":{"a":1,"b":2}}`), "application/json"),
		Rules: contract.RuleSet{contract.CategoryBody: rules},
	}, states(map[string]any{"v": "new"}))
	require.NoError(t, err)
	//nolint:testifylint // the order of keys stays
	require.Equal(t, `{"list":[{"id":1},{"id":"new"}],"each":{"a":"new","b":"new"},"keys":{"new":1,"b":2}}`, string(got.Body.Content))
}

func TestHostileBodiesAreLeftAloneInTime(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<a>", 200_000)
	require.Equal(t, deep, body(t, deep, "application/xml", "$.a.a"))
	closed := strings.Repeat("<a>", 5_000) + strings.Repeat("</a>", 5_000)
	require.Equal(t, closed, body(t, closed, "application/xml", "$.a.a"), "deeper than a thousand elements")
	lists := strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)
	require.Equal(t, lists, body(t, lists, "application/json", "$.a"))
	require.Contains(t, body(t, lists, "application/json", "$"+strings.Repeat("[*]", 8_999)), `"n<w"`)
	var declarations strings.Builder
	for range 20_000 {
		declarations.WriteString(`<p:a xmlns:p="urn:x"/>`)
	}
	many := "<r>" + declarations.String() + "</r>"
	require.Contains(t, body(t, many, "application/xml", "$.r['urn:x:a']"), "n&lt;w")
}
