package matching_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// ruleFor is a rule set with one rule.
func ruleFor(c contract.Category, key string, r contract.Rule) contract.RuleSet {
	return contract.RuleSet{c: {key: {Rules: []contract.Rule{r}}}}
}

func TestMethodAndPath(t *testing.T) {
	t.Parallel()
	require.True(t, matching.Request(contract.Request{Method: "GET", Path: "/a"}, contract.Request{Method: "get", Path: "/a"}).OK())
	r := matching.Request(contract.Request{Method: "POST", Path: "/a"}, contract.Request{Method: "GET", Path: "/a/"})
	require.Equal(t, []string{": expected POST but was GET", ": Expected '/a/' to be equal to '/a'"}, whys(r))
	require.Equal(t, []matching.Kind{matching.KindMethod, matching.KindPath}, []matching.Kind{r.Mismatches[0].Kind, r.Mismatches[1].Kind})
	r = matching.Request(
		contract.Request{Path: "/a/1", Rules: ruleFor(contract.CategoryPath, "", contract.RegexRule{Pattern: `\/a\/\d+`})},
		contract.Request{Path: "/a/x"})
	require.Equal(t, []string{`: Expected '/a/x' to match '\/a\/\d+'`}, whys(r))
}

func TestStatus(t *testing.T) {
	t.Parallel()
	status := func(n int, rules contract.RuleSet) contract.Response {
		return contract.Response{Status: n, Rules: rules}
	}
	require.Equal(t, []string{": expected 200 but was 400"}, whys(matching.Response(status(200, nil), status(400, nil))))
	for class, codes := range map[string][2]int{
		"info": {150, 200}, "success": {299, 300}, "redirect": {301, 400}, "clientError": {404, 500},
		"serverError": {503, 404}, "nonError": {302, 400}, "error": {500, 399}, "": {204, 404},
	} {
		rules := ruleFor(contract.CategoryStatus, "", contract.StatusCodeRule{Class: class})
		require.True(t, matching.Response(status(200, rules), status(codes[0], nil)).OK(), class)
		require.False(t, matching.Response(status(200, rules), status(codes[1], nil)).OK(), class)
	}
	list := ruleFor(contract.CategoryStatus, "", contract.StatusCodeRule{Codes: []int{200, 404}})
	require.True(t, matching.Response(status(200, list), status(404, nil)).OK())
	require.Equal(t, []string{": Expected status code 500 to be one of 200 404"}, whys(matching.Response(status(200, list), status(500, nil))))
}

func TestQuery(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name             string
		expected, actual contract.Values
		rule             contract.Rule // for a
		want             []string
	}{
		{name: "names in any order", expected: contract.Values{"a": {"1"}, "b": {"2"}}, actual: contract.Values{"b": {"2"}, "a": {"1"}}},
		{name: "missing and unexpected", expected: contract.Values{"a": {"1"}}, actual: contract.Values{"c": {"2"}},
			want: []string{"a: Expected query parameter 'a' but was missing", "c: Unexpected query parameter 'c' received"}},
		{name: "values in order", expected: contract.Values{"a": {"1", "2"}}, actual: contract.Values{"a": {"2", "1"}},
			want: []string{"a: Expected query parameter 'a' with value '1' but was '2'", "a: Expected query parameter 'a' with value '2' but was '1'"}},
		{name: "number of values", expected: contract.Values{"a": {"1"}}, actual: contract.Values{"a": {"1", "2"}},
			want: []string{"a: Expected query parameter 'a' with 1 value(s) but received 2 value(s)"}},
		{name: "a rule asks for each value", expected: contract.Values{"a": {"1"}}, actual: contract.Values{"a": {"10", "x"}},
			rule: contract.IntegerRule{}, want: []string{"a: Expected 'x' to match an integer number"}},
		{name: "bounds", expected: contract.Values{"a": {"1"}}, actual: contract.Values{"a": {"10", "x"}},
			rule: contract.MaxRule{Max: 1}, want: []string{`a: Expected ["10", "x"] (size 2) to have maximum size of 1`}},
		{name: "each value", expected: contract.Values{"a": {"1"}}, actual: contract.Values{"a": {"10", "x"}},
			rule: contract.EachValueRule{Rules: []contract.Rule{contract.IntegerRule{}}}, want: []string{"a: Expected 'x' to match an integer number"}},
		{name: "array contains", expected: contract.Values{"a": {"1", "b"}}, actual: contract.Values{"a": {"10", "x"}},
			rule: contract.ArrayContainsRule{Variants: []contract.Variant{
				{Index: 0, Rules: map[string]contract.RuleList{"$": {Rules: []contract.Rule{contract.IntegerRule{}}}}}, {Index: 1}}},
			want: []string{`a: Variant at index 1 ("b") was not found in the actual list`}},
		{name: "an empty list", expected: contract.Values{"a": {}}, actual: contract.Values{"a": {"1"}},
			want: []string{"a: Expected an empty parameter list for 'a' but received 1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expected := contract.Request{Path: "/", Query: tt.expected}
			if tt.rule != nil {
				expected.Rules = ruleFor(contract.CategoryQuery, "a", tt.rule)
			}
			require.Equal(t, tt.want, whys(matching.Request(expected, contract.Request{Path: "/", Query: tt.actual})))
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	one := func(name string, values ...string) contract.Values { return contract.Values{name: values} }
	for _, tt := range []struct {
		name             string
		expected, actual contract.Values
		rule             contract.Rule // for x-a
		want             []string
	}{
		{name: "names have no case", expected: one("X-A", "v"), actual: one("x-a", "v")},
		{name: "values have", expected: one("X-A", "v"), actual: one("X-A", "V"), want: []string{"X-A: Expected 'V' to be equal to 'v'"}},
		{name: "unexpected ones are ignored", expected: one("X-A", "v"), actual: contract.Values{"X-A": {"v"}, "X-B": {"w"}}},
		{name: "missing", expected: one("X-A", "v"), want: []string{"X-A: Expected a header 'X-A' but was missing"}},
		{name: "white space around commas", expected: one("X-A", "a,b"), actual: one("X-A", "a ,  b")},
		{name: "one line or several", expected: one("X-A", "a, b"), actual: one("X-A", "a", "b")},
		{name: "a date is one value", expected: one("Last-Modified", "Sun, 12 Mar 2023 01:21:35 GMT"), actual: one("Last-Modified", "Sun, 12 Mar 2023 01:21:35 GMT")},
		{name: "order of a list", expected: one("Vary", "a, b"), actual: one("Vary", "b, a"),
			want: []string{"Vary: Expected 'b' to be equal to 'a' for value at index 0", "Vary: Expected 'a' to be equal to 'b' for value at index 1"}},
		{name: "a missing value", expected: one("Vary", "a, b"), actual: one("Vary", "a"),
			want: []string{"Vary: Expected value 'b' at index 1 but was missing (actual has 1 value(s))"}},
		{name: "more parameters", expected: one("Content-Type", "application/json"), actual: one("Content-Type", "application/json; charset=utf-8")},
		{name: "parameter values have no case", expected: one("Content-Type", "a/b;charset=UTF-8;v=1"), actual: one("Content-Type", "a/b; v=1; charset=utf-8")},
		{name: "a missing parameter", expected: one("content-type", "a/b;charset=UTF-8"), actual: one("Content-Type", "a/b"),
			want: []string{"content-type: Expected header 'content-type' to have value 'a/b;charset=UTF-8' but was 'a/b'"}},
		{name: "a rule asks for each line", expected: one("X-A", "1"), actual: one("X-A", "10", "x"), rule: contract.IntegerRule{},
			want: []string{"X-A: Expected 'x' to match an integer number"}},
		{name: "a single value is not a list", expected: one("X-A", "1"), actual: one("X-A", "1"), rule: contract.EachValueRule{},
			want: []string{"X-A: Unable to match '1' using eachValue"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expected := contract.Response{Headers: tt.expected}
			if tt.rule != nil {
				expected.Rules = ruleFor(contract.CategoryHeader, "x-a", tt.rule)
			}
			require.Equal(t, tt.want, whys(matching.Response(expected, contract.Response{Headers: tt.actual})))
		})
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	message := func(m map[string]any, rules contract.RuleSet) contract.Message {
		return contract.Message{Metadata: m, Rules: rules}
	}
	rules := contract.RuleSet{contract.CategoryMetadata: {
		"origin":       {Rules: []contract.Rule{contract.RegexRule{Pattern: `\w+-\d+`}}},
		"odd key, say": {Rules: []contract.Rule{contract.TypeRule{}}},
	}}
	expected := message(map[string]any{"origin": "AB-1", "contentType": "application/json", "odd key, say": "x", "n": 5}, rules)
	require.Empty(t, whys(matching.Message(expected, message(map[string]any{
		"origin": "CD-22", "Content-Type": "application/json;charset=utf-8", "odd key, say": "y", "n": 5, "more": true}, nil))))
	require.Equal(t, []string{
		"contentType: Expected message metadata 'contentType' but was missing",
		"n: Expected metadata key 'n' to have value '5' but was '6' - Expected 6 (Integer) to be equal to 5 (Integer)",
		"odd key, say: Expected message metadata 'odd key, say' but was missing",
		`origin: Expected metadata key 'origin' to have value 'AB-1' but was 'CD' - Expected 'CD' to match '\w+-\d+'`,
	}, whys(matching.Message(expected, message(map[string]any{"origin": "CD", "n": 6}, nil))))
}

func TestParametersOfHeadersAreComparedByMeaning(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, header, expected, actual string
		want                           bool
	}{
		{"quotes", "Content-Type", `text/plain; charset="utf-8"`, "text/plain;charset=utf-8", true},
		{"case of the type", "Content-Type", "application/json", "Application/JSON", false},
		{"case of names and values", "Content-Type", "text/plain; charset=utf-8", "text/plain; Charset=UTF-8", true},
		{"a semicolon in quotes", "Content-Type", `a/b; x="1;y=2"`, `a/b; y=2; x="1;y=2"`, true},
		{"a semicolon in quotes that differs", "Content-Type", `a/b; x="1;y=2"`, `a/b; x="1"; y=2`, false},
		{"another value", "Content-Type", "text/plain; charset=utf-8", "text/plain; charset=latin1", false},
		{"a missing parameter", "Content-Type", "text/plain; charset=utf-8", "text/plain", false},
		{"further parameters", "Content-Type", "text/plain", "text/plain; charset=utf-8", true},
		{"boundaries", "Content-Type", "multipart/related; boundary=a; type=x", "multipart/related; type=x; boundary=b", true},
		{"no boundaries elsewhere", "Content-Type", "text/plain; boundary=a", "text/plain; boundary=b", false},
		{"qualities", "Accept", "text/html;q=0.5", "text/html; q=0.4", false},
	} {
		expected := contract.Response{Headers: contract.Values{tt.header: {tt.expected}}}
		r := matching.Response(expected, contract.Response{Headers: contract.Values{tt.header: {tt.actual}}})
		require.Equal(t, tt.want, r.OK(), "%s: %v", tt.name, whys(r))
	}
}
