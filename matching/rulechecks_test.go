package matching_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

func number(n int) *int { return &n }

// bodyRules is a rule set for the body: one rule at each path.
func bodyRules(pairs ...any) contract.RuleSet {
	set := contract.RuleSet{}
	for i := 0; i < len(pairs); i += 2 {
		set.Add(contract.CategoryBody, pairs[i].(string), contract.RuleList{Rules: []contract.Rule{pairs[i+1].(contract.Rule)}})
	}
	return set
}

// whys lists path and reason of each mismatch.
func whys(r matching.Result) []string {
	var list []string
	for _, m := range r.Mismatches {
		list = append(list, m.Path+": "+m.Why)
	}
	return list
}

func matchResponse(expected, actual string, rules contract.RuleSet) matching.Result {
	return matching.Response(jsonResponse([]byte(expected), rules), jsonResponse([]byte(actual), nil))
}

func matchRequest(expected, actual string, rules contract.RuleSet) matching.Result {
	request := func(body string, rules contract.RuleSet) contract.Request {
		return contract.Request{Method: "POST", Path: "/", Body: contract.NewBody([]byte(body), "application/json"), Rules: rules}
	}
	return matching.Request(request(expected, rules), request(actual, nil))
}

// TestEachRuleAcceptsAndRejects is the table of doc.go for JSON scalars.
func TestEachRuleAcceptsAndRejects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		rule            contract.Rule
		example         string
		accepts, reject []string
	}{
		{"equality", contract.EqualityRule{}, `1.0`, []string{`1.0`, `1.00`, `10e-1`}, []string{`1`, `"1.0"`, `2.0`, `null`}},
		{"regex", contract.RegexRule{Pattern: `\d{2}`}, `"12"`, []string{`"34"`, `56`}, []string{`"123"`, `"x12"`, `null`, `true`}},
		{"regex with a prefix only", contract.RegexRule{Pattern: `^x`}, `"x"`, []string{`"x"`}, []string{`"xyz"`}},
		{"regex with alternatives", contract.RegexRule{Pattern: `a|bc`}, `"a"`, []string{`"bc"`}, []string{`"ac"`, `"abc"`}},
		{"regex with look-ahead", contract.RegexRule{Pattern: `(?!0)\d+`}, `"1"`, []string{`"10"`}, []string{`"01"`}},
		{"regex with back-reference", contract.RegexRule{Pattern: `(\w)\1`}, `"aa"`, []string{`"bb"`}, []string{`"ab"`}},
		{"regex with possessive quantifier", contract.RegexRule{Pattern: `[a-z]++\d`}, `"a1"`, []string{`"abc2"`}, []string{`"abc"`}},
		{"type of a string", contract.TypeRule{}, `"a"`, []string{`"b"`, `""`}, []string{`1`, `null`, `true`, `{}`, `[]`}},
		{"type of a number", contract.TypeRule{}, `1`, []string{`2`, `2.5`, `1e3`}, []string{`"1"`, `null`}},
		{"type of null", contract.TypeRule{}, `null`, []string{`null`}, []string{`1`}},
		{"include", contract.IncludeRule{Value: "cat"}, `"cat"`, []string{`"concatenate"`}, []string{`"Cat"`, `1`}},
		{"number", contract.NumberRule{}, `1`, []string{`1`, `1.5`, `-1e9`}, []string{`"1"`, `true`, `null`, `[1]`}},
		{"integer", contract.IntegerRule{}, `1`, []string{`0`, `-5`, `18446744073709551615`}, []string{`1.0`, `1e3`, `"1"`, `18446744073709551616`}},
		{"decimal", contract.DecimalRule{}, `1.5`, []string{`1.0`, `1e3`}, []string{`1`, `"1.5"`, `null`}},
		{"boolean", contract.BooleanRule{}, `true`, []string{`false`, `"true"`}, []string{`"yes"`, `0`, `null`}},
		{"null", contract.NullRule{}, `"x"`, []string{`null`}, []string{`""`, `0`}},
		{"date", contract.DateRule{Format: "yyyy-MM-dd"}, `"2024-02-29"`, []string{`"2000-01-31"`}, []string{`"2023-02-29"`, `"2024-13-01"`, `20240101`}},
		{"date by default", contract.DateRule{}, `"2024-02-29"`, []string{`"2000-01-31"`}, []string{`"31.01.2000"`}},
		{"time by default", contract.TimeRule{}, `"10:00:00"`, []string{`"23:59:60"`}, []string{`"24:00:00"`, `"10:00"`}},
		{"timestamp by default", contract.DateTimeRule{}, `"2024-02-29T10:00:00Z"`, []string{`"2024-02-29T10:00:00+02:00"`}, []string{`"2024-02-29 10:00:00Z"`}},
		{"contentType", contract.ContentTypeRule{Value: "image/png"}, `""`, []string{`"iVBORw0KGgo="`}, []string{`"hello world"`}},
		{"notEmpty", contract.NotEmptyRule{}, `"a"`, []string{`"b"`, `0`, `false`, `" "`}, []string{`""`, `null`, `[]`, `{}`}},
		{"semver", contract.SemverRule{}, `"1.0.0"`, []string{`"1.2.3-rc.1+build"`}, []string{`"1.0"`, `"v1.0.0"`, `"1.0abc"`, `"01.0.0"`}},
		{"values on a scalar", contract.ValuesRule{}, `"a"`, []string{`"a"`}, []string{`"b"`}},
		{"rules that say nothing about a scalar", contract.EachKeyRule{}, `"a"`, []string{`1`, `"b"`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rules := bodyRules("$.v", tt.rule)
			for _, v := range tt.accepts {
				require.Empty(t, whys(matchResponse(`{"v":`+tt.example+`}`, `{"v":`+v+`}`, rules)), "accepts %s", v)
			}
			for _, v := range tt.reject {
				r := matchResponse(`{"v":`+tt.example+`}`, `{"v":`+v+`}`, rules)
				require.False(t, r.OK(), "rejects %s", v)
				require.Equal(t, "$.v", r.Mismatches[0].Path)
				require.Equal(t, tt.rule, r.Mismatches[0].Rule)
			}
		})
	}
}

func TestTextIsReadAsTheRuleAsks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		rule            contract.Rule
		accepts, reject []string
	}{
		{"number", contract.NumberRule{}, []string{"1", "-1.5", "1e9"}, []string{"", "x", "0x10", "1_0"}},
		{"integer", contract.IntegerRule{}, []string{"1", "-1", "+1", "99999999999999999999"}, []string{"1.0", "", "-", "1e3"}},
		{"decimal", contract.DecimalRule{}, []string{"1.5", "1"}, []string{"x"}},
		{"boolean", contract.BooleanRule{}, []string{"true", "false"}, []string{"TRUE", "1"}},
		{"type", contract.TypeRule{}, []string{"", "anything"}, nil},
		{"null", contract.NullRule{}, nil, []string{"", "null"}},
		{"notEmpty", contract.NotEmptyRule{}, []string{"0"}, []string{""}},
		{"eachKey", contract.EachKeyRule{}, nil, []string{"a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := contract.RuleSet{contract.CategoryPath: {"": {Rules: []contract.Rule{tt.rule}}}}
			match := func(path string) bool {
				return matching.Request(contract.Request{Path: "1", Rules: set}, contract.Request{Path: path}).OK()
			}
			for _, v := range tt.accepts {
				require.True(t, match(v), "accepts %q", v)
			}
			for _, v := range tt.reject {
				require.False(t, match(v), "rejects %q", v)
			}
		})
	}
}

func TestCombineOrAcceptsWhatOneRuleAccepts(t *testing.T) {
	t.Parallel()
	list := []contract.Rule{contract.NullRule{}, contract.RegexRule{Pattern: `\d+`}}
	or := contract.RuleSet{contract.CategoryBody: {"$.v": {Combine: contract.Or, Rules: list}}}
	and := contract.RuleSet{contract.CategoryBody: {"$.v": {Rules: list}}}
	require.Empty(t, whys(matchResponse(`{"v":"1"}`, `{"v":null}`, or)))
	require.Empty(t, whys(matchResponse(`{"v":"1"}`, `{"v":"22"}`, or)))
	require.Len(t, matchResponse(`{"v":"1"}`, `{"v":"x"}`, or).Mismatches, 2)
	require.Equal(t, []string{"$.v: Expected '22' (String) to be a null value"}, whys(matchResponse(`{"v":"1"}`, `{"v":"22"}`, and)))
}

func TestRulesThatCannotBeAppliedAreMismatches(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		rules contract.RuleSet
		why   string
	}{
		{"unknown rule", bodyRules("$.v", contract.UnknownRule{Match: "plugin-rule"}), "'plugin-rule' is not known"},
		{"broken pattern", bodyRules("$.v", contract.RegexRule{Pattern: "("}), "cannot be read"},
		{"broken path", bodyRules("$.v[", contract.TypeRule{}), "cannot be applied"},
		{"broken pattern inside eachValue", bodyRules("$", contract.EachValueRule{Rules: []contract.Rule{contract.RegexRule{Pattern: "("}}}), "cannot be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := matchResponse(`{"v":"a"}`, `{"v":"a"}`, tt.rules)
			require.NotEmpty(t, r.Mismatches)
			require.Contains(t, r.Mismatches[0].Why, tt.why)
		})
	}
}
