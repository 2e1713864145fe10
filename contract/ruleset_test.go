package contract_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// everyRule is each rule in the spellings of files, with what it is read as.
var everyRule = map[string]contract.Rule{
	`{"match":"equality"}`:                              contract.EqualityRule{},
	`{"match":"regex","regex":"a+"}`:                    contract.RegexRule{Pattern: "a+"},
	`{"match":"type"}`:                                  contract.TypeRule{},
	`{"match":"type","min":"1"}`:                        contract.TypeRule{Min: ptr(1)},
	`{"match":"type","max":2.0}`:                        contract.TypeRule{Max: ptr(2)},
	`{"match":"type","min":1,"max":2}`:                  contract.TypeRule{Min: ptr(1), Max: ptr(2)},
	`{"match":"min-type","min":1}`:                      contract.TypeRule{Min: ptr(1)},
	`{"match":"min","min":1}`:                           contract.MinRule{Min: 1},
	`{"match":"max","max":1}`:                           contract.MaxRule{Max: 1},
	`{"match":"include","value":"x"}`:                   contract.IncludeRule{Value: "x"},
	`{"match":"include","value":7}`:                     contract.IncludeRule{Value: "7"},
	`{"match":"number"}`:                                contract.NumberRule{},
	`{"match":"integer"}`:                               contract.IntegerRule{},
	`{"match":"decimal"}`:                               contract.DecimalRule{},
	`{"match":"real"}`:                                  contract.DecimalRule{},
	`{"match":"boolean"}`:                               contract.BooleanRule{},
	`{"match":"null"}`:                                  contract.NullRule{},
	`{"match":"timestamp","timestamp":"yyyy"}`:          contract.DateTimeRule{Format: "yyyy", Spelling: "timestamp"},
	`{"match":"datetime","format":"yyyy"}`:              contract.DateTimeRule{Format: "yyyy", Spelling: "datetime"},
	`{"match":"datetime","datetime":"yyyy"}`:            contract.DateTimeRule{Format: "yyyy", Spelling: "datetime"},
	`{"match":"timestamp"}`:                             contract.DateTimeRule{Spelling: "timestamp"},
	`{"match":"date","date":"yyyy"}`:                    contract.DateRule{Format: "yyyy"},
	`{"match":"time","format":"HH"}`:                    contract.TimeRule{Format: "HH"},
	`{"match":"contentType","value":"image/png"}`:       contract.ContentTypeRule{Value: "image/png"},
	`{"match":"content-type","value":"image/png"}`:      contract.ContentTypeRule{Value: "image/png"},
	`{"match":"values"}`:                                contract.ValuesRule{},
	`{"match":"statusCode"}`:                            contract.StatusCodeRule{Class: "success"},
	`{"match":"statusCode","status":"clientError"}`:     contract.StatusCodeRule{Class: "clientError"},
	`{"match":"status-code","status":[200,"404"]}`:      contract.StatusCodeRule{Codes: []int{200, 404}},
	`{"match":"notEmpty","value":"x"}`:                  contract.NotEmptyRule{},
	`{"match":"not-empty"}`:                             contract.NotEmptyRule{},
	`{"match":"semver"}`:                                contract.SemverRule{},
	`{"match":"eachKey","rules":[{"match":"type"}]}`:    contract.EachKeyRule{Rules: rules(contract.TypeRule{})},
	`{"match":"each-value","rules":[],"value":[1.0]}`:   contract.EachValueRule{Value: []any{json.Number("1.0")}},
	`{"match":"eachValue","generator":{"type":"Uuid"}}`: contract.EachValueRule{Generator: &contract.Generator{Type: "Uuid"}},
	`{"match":"arrayContains","variants":[{"index":0},{"index":1,"rules":{"$.a":{"matchers":[{"match":"type"}]}},"generators":{"$.a":{"type":"Uuid"}}}]}`: contract.ArrayContainsRule{
		Variants: []contract.Variant{
			{Rules: map[string]contract.RuleList{"$": {Rules: rules(contract.EqualityRule{})}}},
			{
				Index:      1,
				Rules:      map[string]contract.RuleList{"$.a": {Rules: rules(contract.TypeRule{})}},
				Generators: map[string]contract.Generator{"$.a": {Type: "Uuid"}},
			},
		},
	},
	`{"match":"jwt","key":{"a":1}}`: contract.UnknownRule{Match: "jwt", Attrs: map[string]json.RawMessage{"key": json.RawMessage(`{"a":1}`)}},
}

func TestEveryRuleSurvivesReadingAndWriting(t *testing.T) {
	t.Parallel()
	for text, want := range everyRule {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			set, err := contract.DecodeRules([]byte(`{"body":{"$.a":{"combine":"or","matchers":[` + text + `]}}}`))
			require.NoError(t, err)
			require.Equal(t, contract.RuleSet{contract.CategoryBody: {"$.a": {Combine: contract.Or, Rules: rules(want)}}}, set)
			again, err := json.Marshal(contract.RulesTree(set))
			require.NoError(t, err)
			set2, err := contract.DecodeRules(again)
			require.NoError(t, err)
			require.Equal(t, set, set2, "%s", again)
			require.GreaterOrEqual(t, contract.RuleVersion(want), contract.V2)
			var members map[string]any
			require.NoError(t, json.Unmarshal([]byte(text), &members))
			_, err = contract.DecodeRule(members)
			require.NoError(t, err)
		})
	}
}

func TestFlatRulesNameTheirCategoryInThePath(t *testing.T) {
	t.Parallel()
	set, err := contract.DecodeRules([]byte(`{
		"$.path":{"match":"regex","regex":"a"}, "$.body":{"match":"type"}, "$.body.a[*]":{"min":1},
		"$['body']['x y'].z":{"match":"type"}, "$.headers.Accept":{"regex":"b"}, "$.header['X-A'][0]":{"match":"type"},
		"$.query.q[0]":{"match":"type"}, "$.query.q[*]":{"match":"integer"}, "$.body.d":{"date":"yyyy"}, "$.body.t":{"timestamp":"HH"}}`))
	require.NoError(t, err)
	one := func(list ...contract.Rule) contract.RuleList { return contract.RuleList{Rules: list} }
	require.Equal(t, contract.RuleSet{
		contract.CategoryPath: {"": one(contract.RegexRule{Pattern: "a"})},
		contract.CategoryBody: {
			"$": one(contract.TypeRule{}), "$.a[*]": one(contract.TypeRule{Min: ptr(1)}), "$['x y'].z": one(contract.TypeRule{}),
			"$.d": one(contract.DateRule{Format: "yyyy"}), "$.t": one(contract.DateTimeRule{Format: "HH", Spelling: "timestamp"}),
		},
		contract.CategoryHeader: {"Accept": one(contract.RegexRule{Pattern: "b"}), "X-A": one(contract.TypeRule{})},
		contract.CategoryQuery:  {"q": one(contract.TypeRule{}, contract.IntegerRule{})},
	}, set)
}

func TestCategoriesAreReadInEveryShape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]contract.RuleSet{
		`{"Path":{"matchers":[{"match":"type"}]}}`:              {contract.CategoryPath: {"": {Rules: rules(contract.TypeRule{})}}},
		`{"path":{"":{"matchers":[{"match":"type"}]}}}`:         {contract.CategoryPath: {"": {Rules: rules(contract.TypeRule{})}}},
		`{"status":{"$":{"match":"statusCode"}}}`:               {contract.CategoryStatus: {"": {Rules: rules(contract.StatusCodeRule{Class: "success"})}}},
		`{"headers":{"a[]":{"matchers":[{"match":"type"}]}}}`:   {contract.CategoryHeader: {"a[]": {Rules: rules(contract.TypeRule{})}}},
		`{"contents":{"$":{"matchers":[{"match":"type"}]}}}`:    {contract.CategoryBody: {"$": {Rules: rules(contract.TypeRule{})}}},
		`{"metadata":{"k":{"matchers":[{"match":"type"}]}}}`:    {contract.CategoryMetadata: {"k": {Rules: rules(contract.TypeRule{})}}},
		`{"body":{"$.a":{"match":"type"}}}`:                     {contract.CategoryBody: {"$.a": {Rules: rules(contract.TypeRule{})}}},
		`{"body":{},"path":null,"query":{"a":{"matchers":[]}}}`: nil,
		`{}`:   nil,
		`null`: nil,
	} {
		set, err := contract.DecodeRules([]byte(text))
		require.NoError(t, err, text)
		require.Equal(t, want, set, text)
	}
}

func TestGeneratorsThatCannotBeReadAreLeftOut(t *testing.T) {
	t.Parallel()
	set, err := contract.DecodeGenerators([]byte(`{"body":{"$.a":{"type":"RandomInt","min":1},"$.b":7,"$.c":{}},
		"path":{"type":"Uuid"},"Status":{"":{"type":"RandomInt"}},"content":{"$.d":{"type":"Uuid"}},"future":{"x":{"type":"Uuid"}}}`))
	require.NoError(t, err)
	require.Equal(t, contract.GeneratorSet{
		contract.CategoryBody: {
			"$.a": {Type: "RandomInt", Attrs: map[string]any{"min": json.Number("1")}}, "$.d": {Type: "Uuid"},
		},
		contract.CategoryPath:   {"": {Type: "Uuid"}},
		contract.CategoryStatus: {"": {Type: "RandomInt"}},
		"future":                {"x": {Type: "Uuid"}},
	}, set)
}

func TestLegacyRulesBesideThePartsAreUsed(t *testing.T) {
	t.Parallel()
	i := only(t, "2.0.0", `{"request":{},"response":{"matchingRules":{"$.body":{"match":"type"}}},
		"requestMatchingRules":{"$.body.a":{"match":"type"}},"responseMatchingRules":{"$.body.b":{"match":"type"}}}`)
	require.Contains(t, i.Request.Rules[contract.CategoryBody], "$.a")
	require.Contains(t, i.Response.Rules[contract.CategoryBody], "$")
	require.NotContains(t, i.Response.Rules[contract.CategoryBody], "$.b")
}
