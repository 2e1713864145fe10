package contract_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func ptr[T any](v T) *T { return &v }

// rules shortens the tables below.
func rules(list ...contract.Rule) []contract.Rule { return list }

func TestDefinitionsGiveRulesExampleAndGenerator(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]contract.Definition{
		"matching(type, 'Name')": {Rules: rules(contract.TypeRule{}), Value: "Name", HasValue: true, Kind: contract.ValueString},
		" matching ( equalTo,'it\\'s' ) ": {
			Rules: rules(contract.EqualityRule{}), Value: `it\'s`, HasValue: true, Kind: contract.ValueString,
		},
		"matching(number,-1.5e3)": {Rules: rules(contract.NumberRule{}), Value: json.Number("-1.5e3"), HasValue: true, Kind: contract.ValueDecimal},
		"matching(integer,100)":   {Rules: rules(contract.IntegerRule{}), Value: json.Number("100"), HasValue: true, Kind: contract.ValueInteger},
		"matching(decimal, 1.0)":  {Rules: rules(contract.DecimalRule{}), Value: json.Number("1.0"), HasValue: true, Kind: contract.ValueDecimal},
		"matching(boolean, true)": {Rules: rules(contract.BooleanRule{}), Value: true, HasValue: true, Kind: contract.ValueBoolean},
		"matching(type, null)":    {Rules: rules(contract.TypeRule{}), HasValue: true},
		`matching(regex, '\w{3}\d+\\\u0041', 'abc1')`: {
			Rules: rules(contract.RegexRule{Pattern: `\w{3}\d+\A`}), Value: "abc1", HasValue: true, Kind: contract.ValueString,
		},
		"matching(include, 'testing')": {
			Rules: rules(contract.IncludeRule{Value: "testing"}), Value: "testing", HasValue: true, Kind: contract.ValueString,
		},
		"matching(semver, '1.0.0-rc.1+b')": {Rules: rules(contract.SemverRule{}), Value: "1.0.0-rc.1+b", HasValue: true, Kind: contract.ValueString},
		"matching(contentType,'application/xml','<a/>')": {
			Rules: rules(contract.ContentTypeRule{Value: "application/xml"}), Value: "<a/>", HasValue: true, Kind: contract.ValueString,
		},
		"matching(date, 'yyyy-MM-dd','2000-01-01')": {
			Rules: rules(contract.DateRule{Format: "yyyy-MM-dd"}), Value: "2000-01-01", HasValue: true, Kind: contract.ValueString,
			Generator: &contract.Generator{Type: "Date", Attrs: map[string]any{"format": "yyyy-MM-dd"}},
		},
		"matching(datetime, 'yyyy', fromProviderState('year', '2000'))": {
			Rules: rules(contract.DateTimeRule{Format: "yyyy", Spelling: "datetime"}), Value: "2000", HasValue: true, Kind: contract.ValueString,
			Generator: &contract.Generator{Type: "ProviderState", Attrs: map[string]any{"expression": "year", "dataType": "STRING"}},
		},
		"matching(integer, fromProviderState('${id}', 7))": {
			Rules: rules(contract.IntegerRule{}), Value: json.Number("7"), HasValue: true, Kind: contract.ValueInteger,
			Generator: &contract.Generator{Type: "ProviderState", Attrs: map[string]any{"expression": "${id}", "dataType": "INTEGER"}},
		},
		"matching($'items')": {Rules: rules(contract.TypeRule{}), References: []string{"items"}},
		"notEmpty('x')":      {Rules: rules(contract.NotEmptyRule{}), Value: "x", HasValue: true, Kind: contract.ValueString},
		"notEmpty('x'), matching(type,'y')": {
			Rules: rules(contract.NotEmptyRule{}, contract.TypeRule{}), Value: "x", HasValue: true, Kind: contract.ValueString,
		},
		"atLeast(2), eachValue(matching(type, 'a'))": {
			Rules: rules(
				contract.TypeRule{Min: ptr(2)},
				contract.EachValueRule{Rules: rules(contract.TypeRule{}), Value: "a"},
			),
		},
		"atMost(3)": {Rules: rules(contract.TypeRule{Max: ptr(3)})},
		`eachKey(matching(regex,'\$(\.\w+)+','$.a'))`: {
			Rules: rules(contract.EachKeyRule{Rules: rules(contract.RegexRule{Pattern: `\$(\.\w+)+`}), Value: "$.a"}),
		},
		"eachValue(matching($'items'))": {
			Rules:      rules(contract.EachValueRule{Rules: rules(contract.TypeRule{})}),
			References: []string{"items"},
		},
		"arrayContains(matching(type,'a'), matching(number,1))": {
			Rules: rules(contract.ArrayContainsRule{Variants: []contract.Variant{
				{Index: 0, Rules: map[string]contract.RuleList{"$": {Rules: rules(contract.TypeRule{})}}},
				{Index: 1, Rules: map[string]contract.RuleList{"$": {Rules: rules(contract.NumberRule{})}}},
			}}),
			Value: []any{"a", json.Number("1")}, HasValue: true,
		},
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			got, err := contract.ParseDefinition(expression)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestADefinitionThatCannotBeReadNamesThePosition(t *testing.T) {
	t.Parallel()
	for expression, position := range map[string]string{
		"":                              "position 0",
		"matching":                      "position 8",
		"matching(type)":                "position 13",
		"matching(type, 'a'":            "position 18",
		"matching(type, 'a') x":         "position 20",
		"matching(type, 'a":             "position 15",
		"matching(boolean, 1)":          "position 18",
		"matching(integer, 1.5)":        "position 18",
		"matching(semver, '1.0')":       "position 17",
		"matching(regex, 'a')":          "position 19",
		"matching(dice, 1)":             "position 9",
		"atLeast(-1)":                   "position 10",
		"atLeast(99999999999999999999)": "position 28",
		"eachValue(matching(type,'a'), matching(type,'b'))": "position 28",
		"matching(boolean, fromProviderState('a', 1))":      "position 41",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			_, err := contract.ParseDefinition(expression)
			var bad *contract.FormatError
			require.ErrorAs(t, err, &bad)
			require.ErrorContains(t, err, position)
		})
	}
}

func TestDeepDefinitionsAreRefused(t *testing.T) {
	t.Parallel()
	_, err := contract.ParseDefinition(strings.Repeat("eachKey(", 100_000))
	require.ErrorContains(t, err, "100 deep")
}

func FuzzParseDefinition(f *testing.F) {
	for _, seed := range []string{
		"matching(type,'x')", "notEmpty('a'), atLeast(1)", `eachKey(matching(regex,'\u{41}\u0041','a'))`,
		"matching(date,'yyyy',fromProviderState('a','b'))", "matching($'a')", "arrayContains(matching(number,1e9))",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := contract.ParseDefinition(s)
		if err == nil && len(d.Rules) == 0 {
			t.Fatalf("%q has no rules", s)
		}
	})
}
