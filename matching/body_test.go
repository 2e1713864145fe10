package matching_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// bodyOf is a response of one body.
func bodyOf(contentType, body string, rules contract.RuleSet) contract.Response {
	return contract.Response{Status: 200, Body: contract.NewBody([]byte(body), contentType), Rules: rules}
}

// compareBodies matches a request, which is strict, and a response.
func compareBodies(contentType, expected, actual string, rules contract.RuleSet) (request, response []string) {
	return whys(matching.Request(
			contract.Request{Body: contract.NewBody([]byte(expected), contentType), Rules: rules},
			contract.Request{Body: contract.NewBody([]byte(actual), contentType)})),
		whys(matching.Response(bodyOf(contentType, expected, rules), bodyOf(contentType, actual, nil)))
}

func TestBodiesThatAreNotThere(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	states := map[string]contract.Body{
		"missing": {}, "null": {State: contract.BodyNull}, "empty": {State: contract.BodyEmpty},
		"present": contract.NewBody([]byte(`{"a":1}`), asJSON), "the word null": contract.NewBody([]byte("null"), asJSON),
	}
	accepted := map[string][]string{
		"missing": {"missing", "null", "empty", "present", "the word null"},
		"null":    {"missing", "null", "empty", "the word null"},
		"empty":   {"missing", "null", "empty"},
		"present": {"present"},
	}
	for expected, list := range accepted {
		for actual, body := range states {
			r := matching.Response(contract.Response{Body: states[expected]}, contract.Response{Body: body})
			require.Equal(t, contains(list, actual), r.OK(), "%s expected, %s received", expected, actual)
		}
	}
}

func contains(list []string, s string) bool {
	return strings.Contains("|"+strings.Join(list, "|")+"|", "|"+s+"|")
}

func TestContentTypesAreComparedFirst(t *testing.T) {
	t.Parallel()
	r := matching.Response(bodyOf("application/json", `{}`, nil), bodyOf("application/xml", `<a/>`, nil))
	require.Equal(t, []string{": Expected a body of 'application/json' but the actual content type was 'application/xml'"}, whys(r))
	require.Equal(t, matching.KindBodyType, r.Mismatches[0].Kind)
	require.True(t, matching.Response(bodyOf("application/json", `{}`, nil), bodyOf("application/vnd.x+json", `{}`, nil)).OK())
	require.True(t, matching.Response(bodyOf("", `{}`, nil), bodyOf("", ` {}`, nil)).OK(), "both are sniffed")

	rule := ruleFor(contract.CategoryHeader, "Content-Type", contract.RegexRule{Pattern: "text/.*"})
	expected := bodyOf("text/plain", "a", rule)
	expected.Headers = contract.Values{"Content-Type": {"text/plain"}}
	actual := bodyOf("text/csv", "a", nil)
	actual.Headers = contract.Values{"Content-Type": {"text/csv"}}
	require.Empty(t, whys(matching.Response(expected, actual)), "a header rule accepts the type")

	m := func(contentType, body string) contract.Message {
		return contract.Message{Contents: contract.NewBody([]byte(body), contentType)}
	}
	require.Equal(t, []string{": Expected message with content type application/json but was text/plain"},
		whys(matching.Message(m("application/json", "{}"), m("text/plain", "{}"))))
}

func TestTextAndBinaryBodies(t *testing.T) {
	t.Parallel()
	request, _ := compareBodies("text/plain", "Hello World!", "Hello Mars!", nil)
	require.Equal(t, []string{"$: Expected body 'Hello World!' to match 'Hello Mars!' using equality but did not match"}, request)
	request, _ = compareBodies("text/plain", "Hello", "Hello 5", bodyRules("$", contract.RegexRule{Pattern: `Hello \d`}))
	require.Empty(t, request)
	request, _ = compareBodies("application/octet-stream", "\x00\x01", "\x00\x02", nil)
	require.Equal(t, []string{"$: Actual body [application/octet-stream, 2 bytes, starting with 0002] is not equal to the expected body [application/octet-stream, 2 bytes, starting with 0001]"}, request)

	png := "\x89PNG\r\n\x1a\n"
	isPNG := bodyRules("$", contract.ContentTypeRule{Value: "image/png"})
	request, _ = compareBodies("application/octet-stream", png, png+"more", isPNG)
	require.Empty(t, request)
	request, _ = compareBodies("application/octet-stream", png, "%PDF-1.4", isPNG)
	require.Equal(t, []string{"$: Expected binary contents to have content type 'image/png' but detected contents was 'application/pdf'"}, request)
	r := matching.Response(bodyOf("image/png", png, bodyRules("$", contract.NotEmptyRule{})),
		contract.Response{Status: 200, Body: contract.Body{State: contract.BodyEmpty, ContentType: "image/png"}})
	require.Equal(t, []string{"$: Expected [] (0 bytes) to not be empty"}, whys(r))
}

func TestContentTypeIsReadFromTheBytes(t *testing.T) {
	t.Parallel()
	for want, data := range map[string]string{
		"application/json": `{"a":1}`, "application/hal+json": `[1]`, "text/xml": `<?xml version="1.0"?><a/>`,
		"image/svg+xml": `<svg xmlns="x"/>`, "text/csv": "a,b\n", "application/pdf": "%PDF-1.7", "application/gzip": "\x1f\x8b\x08",
		"application/zip": "PK\x03\x04", "application/java-archive": "PK\x03\x04", "application/zstd": "\x28\xb5\x2f\xfd", "image/tiff": "II*\x00",
	} {
		rules := bodyRules("$", contract.ContentTypeRule{Value: want})
		request, _ := compareBodies("application/octet-stream", data, data, rules)
		require.Empty(t, request, want)
		request, _ = compareBodies("application/octet-stream", data, "\x89PNG\r\n\x1a\n", rules)
		require.Len(t, request, 1, want)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	request, response := compareBodies(form, "a=1&c=3&x=4", "c=33&a=1&d=2", nil)
	require.Equal(t, []string{
		"$.c: Expected form post parameter 'c' with value '3' but was '33'",
		"$.x: Expected form post parameter 'x' but was missing",
		"$.d: Unexpected form post parameter 'd' received",
	}, request)
	require.Equal(t, request, response, "forms are strict in both directions")
	request, _ = compareBodies(form, "a=1&a=2&b=x", "a=10&a=7&b=x", bodyRules("$.a", contract.IntegerRule{}))
	require.Empty(t, request)
}

func TestEachValueOfAFormParameterMayHaveItsOwnRule(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	rules := bodyRules("$.a[1]", contract.IntegerRule{})
	for actual, want := range map[string][]string{
		"a=x&a=7": nil,
		"a=y&a=7": {"$.a: Expected form post parameter 'a' with value 'x' but was 'y'"},
		"a=x&a=y": {"$.a: Expected 'y' to match an integer number"},
		"a=x":     {"$.a: Expected form post parameter 'a' with 2 value(s) but received 1 value(s)"},
	} {
		request, response := compareBodies(form, "a=x&a=2", actual, rules)
		require.Equal(t, want, request, actual)
		require.Equal(t, want, response, actual)
	}
}

const (
	parted  = "multipart/form-data; boundary=XX"
	picture = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n%BODY%\r\n"
	textual = "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n%BODY%\r\n"
)

func parts(list ...string) string { return strings.Join(list, "") + "--XX--\r\n" }

func with(part, body string) string { return strings.Replace(part, "%BODY%", body, 1) }

func TestMultipart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, expected, actual string
		rules                  contract.RuleSet
		want                   []string
	}{
		{name: "equal in other order", expected: parts(with(picture, `{"a":1}`), with(textual, "x")), actual: parts(with(textual, "x"), with(picture, `{"a": 1}`))},
		{name: "further parts are ignored", expected: parts(with(textual, "x")), actual: parts(with(textual, "x"), with(picture, "{}"))},
		{name: "missing", expected: parts(with(textual, "x")), actual: parts(with(picture, "{}")), want: []string{"$.note: Expected a MIME part 'note' but was missing"}},
		{name: "a field's text", expected: parts(with(textual, "x")), actual: parts(with(textual, "y")), want: []string{"$.note: MIME part 'note': Expected 'y' to be equal to 'x'"}},
		{name: "a rule for a field", expected: parts(with(textual, "1")), actual: parts(with(textual, "22")), rules: bodyRules("$.note", contract.IntegerRule{})},
		{name: "rules below a part begin there", expected: parts(with(picture, `{"a":1}`)), actual: parts(with(picture, `{"a":"x"}`)),
			rules: bodyRules("$.file.a", contract.IntegerRule{}), want: []string{"$.file.a: MIME part 'file': Expected 'x' (String) to be an integer"}},
		{name: "kinds", expected: parts(with(textual, "x")), actual: parts(strings.Replace(with(textual, "x"), "note\"", "note\"; filename=\"b\"", 1)),
			want: []string{"$.note: Expected a MIME field 'note' but was file"}},
		{name: "types of file parts", expected: parts(with(picture, `{}`)), actual: parts(strings.Replace(with(picture, `<a/>`), "application/json", "text/xml", 1)),
			want: []string{"$.file: MIME part 'file': Expected a body of 'application/json' but the actual content type was 'text/xml'"}},
		{name: "transfer encoding", expected: parts(with(picture, `{"a":1}`)),
			actual: parts(with(strings.Replace(picture, "\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1), base64.StdEncoding.EncodeToString([]byte(`{"a":1}`))))},
		{name: "part headers", expected: parts(strings.Replace(with(textual, "x"), "\r\n\r\n", "\r\nX-Id: 1\r\n\r\n", 1)), actual: parts(with(textual, "x")),
			want: []string{"$.note['x-id']: MIME part 'note': Expected a header 'X-Id' but was missing"}},
		{name: "broken", expected: parts(with(textual, "x")), actual: "no parts",
			want: []string{"$: Expected a multipart body but could not read it: multipart: NextPart: EOF"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			request, _ := compareBodies(parted, tt.expected, tt.actual, tt.rules)
			require.Equal(t, tt.want, request)
		})
	}
	r := matching.Response(bodyOf(parted, parts(with(textual, "x")), nil),
		bodyOf("multipart/form-data; boundary=other", strings.ReplaceAll(parts(with(textual, "x")), "XX", "other"), nil))
	require.Empty(t, whys(r), "every body has a boundary of its own")
}

// form is a multipart body of two fields, the second a file.
func form(boundary, note string) string {
	return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n" + note +
		"\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.json\"\r\nContent-Type: application/json\r\n\r\n{\"a\": 1}\r\n--" + boundary + "--\r\n"
}

// TestEachSideChoosesItsBoundary: what counts is what stands in the parts, and
// that the receiver can find them.
func TestEachSideChoosesItsBoundary(t *testing.T) {
	t.Parallel()
	const plain = "multipart/form-data"
	for _, tt := range []struct {
		name, expectedType, expectedHeader, actualHeader, expected, actual, want string
	}{
		{"another boundary", "", plain + "; boundary=AA", plain + "; boundary=q9", form("AA", "1"), form("q9", "1"), ""},
		{"another boundary, other contents", "", plain + "; boundary=AA", plain + "; boundary=q9", form("AA", "1"), form("q9", "2"), "Expected '2' to be equal to '1'"},
		{"quoted, with white space", "", plain + ";boundary=\"A A\"", "multipart/form-data; charset=utf-8; Boundary=q9", form("A A", "1"), form("q9", "1"), ""},
		{"the header has the boundary of the contract", plain, plain + "; boundary=AA", plain + "; boundary=q9", form("AA", "1"), form("q9", "1"), ""},
		{"the first line has it", plain, "", plain + "; boundary=q9", form("AA", "1"), form("q9", "1"), ""},
		{"the header has another one than the body", "", plain + "; boundary=old", plain + "; boundary=q9", form("AA", "1"), form("q9", "1"), ""},
		{"a received body without boundary", "", plain + "; boundary=AA", plain, form("AA", "1"), form("q9", "1"), "the content type has no boundary"},
		{"a received body with another boundary than it says", "", plain + "; boundary=AA", plain + "; boundary=zz", form("AA", "1"), form("q9", "1"), "Expected a multipart body but could not read it"},
		{"another type", "", "multipart/mixed; boundary=AA", plain + "; boundary=AA", form("AA", "1"), form("AA", "1"), "Expected header 'Content-Type'"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expected := contract.Request{Body: contract.NewBody([]byte(tt.expected), tt.expectedType)}
			if tt.expectedHeader != "" {
				expected.Headers = contract.Values{"Content-Type": {tt.expectedHeader}}
			}
			actual := contract.Request{Headers: contract.Values{"Content-Type": {tt.actualHeader}}, Body: contract.NewBody([]byte(tt.actual), tt.actualHeader)}
			r := matching.Request(expected, actual)
			if tt.want == "" {
				require.Empty(t, whys(r))
				return
			}
			require.NotEmpty(t, r.Mismatches)
			require.Contains(t, r.Mismatches[0].Why, tt.want)
		})
	}
}

func TestMultipartInsideOfMultipart(t *testing.T) {
	t.Parallel()
	nested := func(outer, inner, value string) string {
		return "--" + outer + "\r\nContent-Type: multipart/mixed; boundary=" + inner + "\r\n\r\n" +
			"--" + inner + "\r\nContent-Type: text/plain\r\n\r\n" + value + "\r\n--" + inner + "--\r\n\r\n--" + outer + "--\r\n"
	}
	compare := func(value string) matching.Result {
		return matching.Response(bodyOf("multipart/mixed; boundary=a", nested("a", "b", "x"), nil), bodyOf("multipart/mixed; boundary=c", nested("c", "d", value), nil))
	}
	require.Empty(t, whys(compare("x")))
	require.Equal(t, []string{"$[0][0]: MIME part '0': MIME part '0': Expected body 'x' to match 'y' using equality but did not match"}, whys(compare("y")))
	deep := "x"
	for i := range 12 {
		deep = strings.Replace(nested(fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i), deep), "text/plain", fmt.Sprintf("multipart/mixed; boundary=a%d", i-1), 1)
	}
	r := matching.Response(bodyOf("multipart/mixed; boundary=a11", deep, nil), bodyOf("multipart/mixed; boundary=a11", deep, nil))
	require.Len(t, r.Mismatches, 1)
	require.Contains(t, r.Mismatches[0].Why, "nest deeper than 10 levels")
}

func TestTheHeaderOfASchemaRegistryDoesNotCount(t *testing.T) {
	t.Parallel()
	const registry = "application/vnd.schemaregistry.v1+json"
	request, _ := compareBodies(registry, `{"a":1}`, "\x00\x00\x00\x00\x02"+`{"a":1}`, nil)
	require.Empty(t, request)
	request, _ = compareBodies("application/json", `{"a":1}`, "\x00\x00\x00\x00\x02"+`{"a":1}`, nil)
	require.Len(t, request, 1)
}
