package matching_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// everyRule is a rule set that leads a walk through all of the code.
func everyRule() contract.RuleSet {
	return contract.RuleSet{contract.CategoryBody: {
		"$":          {Rules: []contract.Rule{contract.TypeRule{Min: number(1)}}},
		"$.a":        {Combine: contract.Or, Rules: []contract.Rule{contract.IntegerRule{}, contract.RegexRule{Pattern: `(\w)\1`}, contract.DateRule{}}},
		"$[*]":       {Rules: []contract.Rule{contract.EachValueRule{Rules: []contract.Rule{contract.SemverRule{}}}}},
		"$.*.b":      {Rules: []contract.Rule{contract.ArrayContainsRule{Variants: []contract.Variant{{Index: 0}}}}},
		"$.c":        {Rules: []contract.Rule{contract.ValuesRule{}, contract.EachKeyRule{Rules: []contract.Rule{contract.IncludeRule{Value: "k"}}}}},
		"$['#text']": {Rules: []contract.Rule{contract.NotEmptyRule{}, contract.ContentTypeRule{Value: "image/png"}}},
	}}
}

// matchesItself asks what holds for any body: nothing panics, comparing twice
// says the same, and without rules a body that can be read matches itself.
func matchesItself(t *testing.T, contentType string, expected, actual []byte) {
	t.Helper()
	response := func(body []byte, rules contract.RuleSet) contract.Response {
		return contract.Response{Body: contract.NewBody(body, contentType), Rules: rules}
	}
	once := matching.Response(response(expected, everyRule()), response(actual, nil))
	again := matching.Response(response(expected, everyRule()), response(actual, nil))
	require.Equal(t, once, again)
	sent := response(expected, nil)
	if sent.Body.CheckCharset() != nil {
		return // nobody can send it
	}
	sent.Body.Content = sent.Body.Wire()
	if kind, err := contract.ParseContentType(contentType); err == nil && kind.IsMultipart() {
		if boundary := kind.Params["boundary"]; boundary != "" && !bytes.Contains(expected, []byte("--"+boundary)) {
			return // whoever sends it says another boundary than it has
		}
		sent.Body.ContentType = kind.WithBoundary(contract.ContentType{}, expected).String()
	}
	own := matching.Response(response(expected, nil), sent)
	for _, m := range own.Mismatches {
		require.Regexp(t, "correct the contract$", m.Why, "a body that can be read matches itself")
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,{"b":null}],"c":"\u00e9"}`, `[[[]]]`, `{"a":1,"a":2}`, `1e400`, `"\ud800"`, "\xff", `[{"b":[1]},{"b":[]}]`} {
		f.Add([]byte(s), []byte(s))
	}
	f.Fuzz(func(t *testing.T, expected, actual []byte) {
		matchesItself(t, "application/json", expected, actual)
		r := matching.Response(contract.Response{Body: contract.NewBody(expected, "application/json")},
			contract.Response{Body: contract.NewBody(expected, "application/json")})
		if len(expected) > 0 && len(expected) < 900 {
			require.Equal(t, json.Valid(expected), r.OK(), "the parser agrees with encoding/json")
		}
	})
}

func FuzzXML(f *testing.F) {
	for _, s := range []string{`<a xmlns:p="u" p:x="1"><b>t</b><b/><!-- --></a>`, `<?xml version="1.0" encoding="latin1"?><a/>`, `<a>&lt;&#65;</a>`, `<a`,
		"<a>\n  <b>1</b>\n  text <b>2</b> more\n</a>\n", "\uFEFF<?xml version='1.0'?>\r\n<!DOCTYPE a>\r\n<a>\r\n<![CDATA[ <b> ]]> <b/> ]]&gt;</a>\r\n",
		`<?p?><a> <?p q?><!----><p:b xmlns:p="u" xmlns="v"> <c p:d="1" d="2"/> </p:b> </a><!-- -->`, strings.Repeat("<a> ", 30) + strings.Repeat("</a> ", 30),
	} {
		f.Add([]byte(s), []byte(s))
	}
	f.Fuzz(func(t *testing.T, expected, actual []byte) { matchesItself(t, "application/xml", expected, actual) })
}

func FuzzMultipart(f *testing.F) {
	f.Add([]byte(parts(with(picture, `{"a":1}`), with(textual, "x"))), []byte(parts(with(textual, "y"))))
	f.Add([]byte("--XX\r\n\r\n--XX--"), []byte("--XX--"))
	f.Fuzz(func(t *testing.T, expected, actual []byte) { matchesItself(t, parted, expected, actual) })
}

func FuzzForm(f *testing.F) {
	f.Add([]byte("a=1&b=%20&a"), []byte("%zz&&="))
	f.Fuzz(func(t *testing.T, expected, actual []byte) {
		matchesItself(t, "application/x-www-form-urlencoded", expected, actual)
	})
}

func FuzzHeader(f *testing.F) {
	f.Add("Content-Type", "a/b; charset=utf-8", "A/b;charset=\"UTF-8\"")
	f.Add("Vary", "a, b,,", "a,b")
	f.Add("X", "", " ")
	f.Fuzz(func(t *testing.T, name, expected, actual string) {
		response := func(v string) contract.Response {
			return contract.Response{Headers: contract.Values{name: {v}}}
		}
		once, again := matching.Response(response(expected), response(actual)), matching.Response(response(expected), response(actual))
		require.Equal(t, once, again)
		require.Empty(t, matching.Response(response(expected), response(expected)).Mismatches)
	})
}

func FuzzDateFormat(f *testing.F) {
	f.Add("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2024-02-29T10:00:00.123+02:00")
	f.Add("EEE, d MMM yy GGGG O VV zzzz", "Thu, 29 Feb 24 Anno Domini GMT+2 Europe/Berlin Central European Time")
	f.Add("''''", "''")
	f.Fuzz(func(t *testing.T, format, text string) {
		once, again := matchesFormat(format, text), matchesFormat(format, text)
		require.Equal(t, once, again)
	})
}

func FuzzRegex(f *testing.F) {
	f.Add(`(?=a)\w+`, "abc")
	f.Add(`(a+)+$`, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")
	f.Add(`[a-z]++\d*+`, "abc1")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 || len(text) > 200 {
			t.Skip("a longer pattern says nothing more")
		}
		rules := ruleFor(contract.CategoryPath, "", contract.RegexRule{Pattern: pattern})
		matching.Request(contract.Request{Rules: rules}, contract.Request{Path: text})
	})
}

// FuzzBody has bodies of any content type and charset on both sides.
func FuzzBody(f *testing.F) {
	for _, s := range [][3]string{
		{"text/plain; charset=ISO-8859-1", "caf\u00e9", "caf\xe9"}, {"text/plain; charset=utf-16", "a", "\xff\xfea\x00"}, {"application/xml; charset=\"Shift_JIS\"", "<a>\x82\xa0</a>", "<a/>"},
		{"application/json; charset=utf-16le", "{}", "{\x00}\x00"}, {"multipart/mixed", "--a\r\n\r\nx\r\n--a--", "--b\r\n\r\nx\r\n--b--"}, {"text/plain; charset=iso-2022-jp", "\x1b$B$\"\x1b(B", "a"},
		{"multipart/form-data; boundary=\"a b\"", "--a b\r\nContent-Disposition: form-data; name=n\r\n\r\n1\r\n--a b--", "--a b--"}, {"image/png", "\x89PNG", ""}, {"/;=;", "x", "y"}, {"application/vnd.schemaregistry.v1+json", "\x00\x00\x00\x00\x01{}", "{}"},
	} {
		f.Add(s[0], []byte(s[1]), []byte(s[2]))
	}
	f.Fuzz(func(t *testing.T, contentType string, expected, actual []byte) {
		matchesItself(t, contentType, expected, actual)
	})
}
