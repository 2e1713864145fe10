package matching_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func TestJSONWithoutRulesMustBeEqual(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, expected, actual string
		request, response      []string
	}{
		{name: "order of members", expected: `{"a":1,"b":2}`, actual: `{"b":2,"a":1}`},
		{name: "white space", expected: `{"a":[1,2]}`, actual: " { \"a\" :\n[ 1 ,2 ] } "},
		{name: "escapes", expected: `{"a":"é\u0041/"}`, actual: `{"\u0061":"\u00e9A\/"}`},
		{name: "surrogate pairs", expected: `"😀"`, actual: `"\ud83d\ude00"`},
		{name: "the last of repeated members counts", expected: `{"a":1}`, actual: `{"a":2,"b":3,"a":1,"b":4}`,
			request: []string{"$: Expected a Map with keys [a] but received one with keys [a, b]"}},
		{name: "integer and decimal differ", expected: `100`, actual: `100.0`,
			request:  []string{"$: Expected 100.0 (Decimal) to be equal to 100 (Integer)"},
			response: []string{"$: Expected 100.0 (Decimal) to be equal to 100 (Integer)"}},
		{name: "decimals by value", expected: `1e2`, actual: `100.00`},
		{name: "a huge exponent", expected: `1e999999999999`, actual: `10e999999999998`},
		{name: "an exponent beyond all bounds", expected: `1e99999999999999999999`, actual: `1e99999999999999999999`},
		{name: "huge integers exactly", expected: `100000000000000000000000000001`, actual: `100000000000000000000000000002`,
			request:  []string{"$: Expected 100000000000000000000000000002 (Decimal) to be equal to 100000000000000000000000000001 (Decimal)"},
			response: []string{"$: Expected 100000000000000000000000000002 (Decimal) to be equal to 100000000000000000000000000001 (Decimal)"}},
		{name: "unexpected member", expected: `{"a":1}`, actual: `{"a":1,"b":2}`,
			request: []string{"$: Expected a Map with keys [a] but received one with keys [a, b]"}},
		{name: "missing member", expected: `{"a":1,"b":2}`, actual: `{"a":1}`,
			request:  []string{"$: Expected a Map with keys [a, b] but received one with keys [a]"},
			response: []string{"$: Actual map is missing the following keys: b"}},
		{name: "empty object", expected: `{}`, actual: `{"a":1}`,
			request: []string{`$: Expected an empty Map but received {"a":1}`}},
		{name: "kinds", expected: `{"a":["b"]}`, actual: `{"a":"b"}`,
			request:  []string{`$.a: Type mismatch: Expected 'b' (String) to be the same type as ["b"] (Array)`},
			response: []string{`$.a: Type mismatch: Expected 'b' (String) to be the same type as ["b"] (Array)`}},
		{name: "lists of other length", expected: `[1,2]`, actual: `[1]`,
			request:  []string{"$: Expected a List with 2 elements but received 1 elements", "$[1]: Expected 2 but was missing"},
			response: []string{"$: Expected a List with 2 elements but received 1 elements", "$[1]: Expected 2 but was missing"}},
		{name: "empty list", expected: `[]`, actual: `[1, "a"]`,
			request:  []string{`$: Expected an empty List but received [1, "a"]`},
			response: []string{`$: Expected an empty List but received [1, "a"]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.request, whys(matchRequest(tt.expected, tt.actual, nil)))
			require.Equal(t, tt.response, whys(matchResponse(tt.expected, tt.actual, nil)))
		})
	}
}

func TestOneExampleStandsForAllElements(t *testing.T) {
	t.Parallel()
	eachLike := bodyRules("$.items", contract.TypeRule{Min: number(1)}, "$.items[*].id", contract.IntegerRule{})
	require.Empty(t, whys(matchRequest(`{"items":[{"id":1}]}`, `{"items":[{"id":2},{"id":3}]}`, eachLike)))
	require.Equal(t, []string{
		"$.items[1].id: Expected 'x' (String) to be an integer",
	}, whys(matchRequest(`{"items":[{"id":1}]}`, `{"items":[{"id":2},{"id":"x"}]}`, eachLike)))
	require.Equal(t, []string{
		"$.items: Expected [] (size 0) to have minimum size of 1",
	}, whys(matchRequest(`{"items":[{"id":1}]}`, `{"items":[]}`, eachLike)))
	require.Equal(t, []string{
		"$.items: Expected a List with 1 elements but received 2 elements",
	}, whys(matchRequest(`{"items":[{"id":1}]}`, `{"items":[{"id":2},{"id":3}]}`, bodyRules("$.items[*].id", contract.IntegerRule{}))),
		"a rule for the elements does not free the length")
}

func TestTypeCascadesUntilEquality(t *testing.T) {
	t.Parallel()
	rules := bodyRules("$", contract.TypeRule{}, "$.a.b", contract.EqualityRule{})
	require.Empty(t, whys(matchResponse(`{"a":{"b":1,"c":"x"}}`, `{"a":{"b":1,"c":"y"}}`, rules)))
	require.Equal(t, []string{"$.a.b: Expected 2 (Integer) to be equal to 1 (Integer)"},
		whys(matchResponse(`{"a":{"b":1,"c":"x"}}`, `{"a":{"b":2,"c":"y"}}`, rules)))
}

func TestBoundsDoNotCascade(t *testing.T) {
	t.Parallel()
	rules := bodyRules("$.a", contract.TypeRule{Min: number(2), Max: number(3)})
	require.Empty(t, whys(matchResponse(`{"a":[[1]]}`, `{"a":[[1],[2]]}`, rules)))
	require.Equal(t, []string{"$.a: Expected [[1], [2], [3], [4]] (size 4) to have maximum size of 3"},
		whys(matchResponse(`{"a":[[1]]}`, `{"a":[[1],[2],[3],[4]]}`, rules)))
}

func TestEqualWeightsPreferTheLeftmostName(t *testing.T) {
	t.Parallel()
	rules := bodyRules("$.a.*", contract.IntegerRule{}, "$.*.b", contract.NullRule{})
	require.Empty(t, whys(matchResponse(`{"a":{"b":1}}`, `{"a":{"b":2}}`, rules)))
	rules = bodyRules("$.*.b", contract.IntegerRule{}, "$.a.*", contract.NullRule{})
	require.Empty(t, whys(matchResponse(`{"a":{"b":1}}`, `{"a":{"b":null}}`, rules)))
}

func TestARuleOnAnObject(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"$: Expected a Map with keys [a] but received one with keys [a, b]"},
		whys(matchRequest(`{"a":1}`, `{"a":2,"b":1}`, bodyRules("$", contract.TypeRule{}))),
		"a type rule does not accept unexpected members in a request")
	require.Equal(t, []string{`$: Unable to match {"a":2} using integer`},
		whys(matchResponse(`{"a":1}`, `{"a":2}`, bodyRules("$", contract.IntegerRule{}))))
	require.Equal(t, []string{"$: Expected {} (Object) to not be empty", "$: Actual map is missing the following keys: a"},
		whys(matchResponse(`{"a":1}`, `{}`, bodyRules("$", contract.NotEmptyRule{}))))
}

func TestValuesEachKeyEachValue(t *testing.T) {
	t.Parallel()
	letters := contract.RegexRule{Pattern: "[a-z]+"}
	values := bodyRules("$", contract.ValuesRule{}, "$.*", contract.TypeRule{})
	eachValue := bodyRules("$", contract.EachValueRule{Rules: []contract.Rule{letters}})
	eachKey := bodyRules("$", contract.EachKeyRule{Rules: []contract.Rule{letters}})

	require.Empty(t, whys(matchRequest(`{"one":"a"}`, `{"two":"b","three":"c"}`, values)))
	require.Equal(t, []string{"$.two: Expected 5 (Integer) to be the same type as 'a' (String)"},
		whys(matchRequest(`{"one":"a"}`, `{"two":5}`, values)))
	require.Equal(t, []string{"$.two: Expected '5' to match '[a-z]+'"},
		whys(matchRequest(`{"one":"a"}`, `{"one":"x","two":"5"}`, eachValue)))
	require.Empty(t, whys(matchRequest(`{"one":"a"}`, `{"one":5,"two":[]}`, eachKey)), "values are free")
	require.Equal(t, []string{"$[100]: Expected '100' to match '[a-z]+'"},
		whys(matchRequest(`{"one":"a"}`, `{"100":"x"}`, eachKey)))
	require.Equal(t, []string{"$[1]: Expected '5' to match '[a-z]+'"},
		whys(matchRequest(`["a"]`, `["x","5"]`, eachValue)))
	require.Empty(t, whys(matchResponse(`{}`, `{"one":"x"}`, eachValue)), "without an example the rules alone decide")
	require.Equal(t, []string{`$: Expected an empty Map but received {"one":"x"}`}, whys(matchRequest(`{}`, `{"one":"x"}`, values)))
	both := bodyRules("$", contract.EachKeyRule{Rules: []contract.Rule{letters}}, "$.one", contract.IntegerRule{})
	require.Equal(t, []string{"$.one: Expected 'x' (String) to be an integer"},
		whys(matchRequest(`{"one":1}`, `{"one":"x","two":2}`, both)), "rules for values apply beside eachKey")
}

func TestArrayContains(t *testing.T) {
	t.Parallel()
	rules := bodyRules("$", contract.ArrayContainsRule{Variants: []contract.Variant{
		{Index: 0, Rules: map[string]contract.RuleList{"$.id": {Rules: []contract.Rule{contract.IntegerRule{}}}}},
		{Index: 1},
	}})
	const expected = `[{"id":1,"kind":"a"},{"kind":"b"}]`
	require.Empty(t, whys(matchResponse(expected, `[{"kind":"x"},{"kind":"b"},{"id":7,"kind":"a"}]`, rules)))
	require.Equal(t, []string{`$: Variant at index 1 ({"kind":"b"}) was not found in the actual list`},
		whys(matchResponse(expected, `[{"id":7,"kind":"a"}]`, rules)))
	none := bodyRules("$", contract.ArrayContainsRule{})
	require.Empty(t, whys(matchResponse(`[1,2]`, `[3,2,1]`, none)))
	require.Equal(t, []string{`$: 2 was not found in the actual list`}, whys(matchResponse(`[1,2]`, `[3,1]`, none)))
}

func TestBrokenJSONIsAMismatchThatSaysWhere(t *testing.T) {
	t.Parallel()
	for body, where := range map[string]string{
		`{"a":1,}`:                "a member name in quotes is expected at line 1 column 8",
		"{\n \"a\" 1}":            "':' is expected after a member name at line 2 column 6",
		`[1,2`:                    "',' or ']' is expected after an element at line 1 column 5",
		`[01]`:                    "a number that is not spelled as JSON asks at line 1 column 2",
		`"\x"`:                    "a broken escape in a string at line 1 column 2",
		"\"a\nb\"":                "a control character in a string at line 1 column 3",
		`{} x`:                    "text after the end of the value at line 1 column 4",
		`[tru]`:                   "unknown word where a value is expected at line 1 column 2",
		` `:                       "the text ends where a value is expected at line 1 column 2",
		`[1.]`:                    "digits are expected after the decimal point at line 1 column 4",
		`[1e]`:                    "digits are expected in the exponent at line 1 column 4",
		strings.Repeat("[", 5000): "nested deeper than 1000 levels at line 1 column 1002",
	} {
		r := matchResponse(`{"a":1}`, body, nil)
		require.Equal(t, []string{"$: Expected a JSON body but could not read it: " + where}, whys(r))
	}
}

func TestMismatchesAndTheirTextAreBounded(t *testing.T) {
	t.Parallel()
	actual := "[" + strings.Repeat(`"`+strings.Repeat("x", 5000)+`",`, 3000) + "1]"
	r := matchResponse(`[1]`, actual, bodyRules("$", contract.TypeRule{}))
	require.Len(t, r.Mismatches, 1000)
	require.Equal(t, 2000, r.Omitted)
	for _, m := range r.Mismatches {
		require.Less(t, len(m.Actual)+len(m.Why), 5000)
	}
}

func TestObjectsOfManyMembersInAnyOrder(t *testing.T) {
	t.Parallel()
	var forward []string
	for i := range 100_000 {
		forward = append(forward, fmt.Sprintf(`"k%d":%d`, i, i))
	}
	backward := slices.Clone(forward)
	slices.Reverse(backward)
	require.Empty(t, whys(matchRequest("{"+strings.Join(forward, ",")+"}", "{"+strings.Join(backward, ",")+"}", nil)))
}
