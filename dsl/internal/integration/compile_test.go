package integration_test

import (
	"encoding/json"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/integration"
)

func list(rules ...contract.Rule) contract.RuleList { return contract.RuleList{Rules: rules} }

func ptr(n int) *int { return &n }

func TestMatchersBecomeExamplesAndRules(t *testing.T) {
	t.Parallel()
	type rules = map[string]contract.RuleList
	type generators = map[string]contract.Generator
	for _, tt := range []struct {
		name       string
		value      any
		example    string
		rules      rules
		generators generators
	}{
		{name: "plain values have no rules", value: map[string]any{"a": 1, "b": []any{true, nil, "x"}}, example: `{"a":1,"b":[true,null,"x"]}`},
		{name: "a matcher inside another stands on the same path", value: matchers.Like(matchers.Regex("ab", "[a-z]+")),
			example: `"ab"`, rules: rules{"$": list(contract.TypeRule{}, contract.RegexRule{Pattern: "[a-z]+"})}},
		{name: "the elements of a list share their rules", value: map[string]any{"l": matchers.EachLike(matchers.Like(1), 3)},
			example: `{"l":[1,1,1]}`, rules: rules{"$.l": list(contract.TypeRule{Min: ptr(3)}), "$.l[*]": list(contract.TypeRule{})}},
		{name: "a plain list has rules by index", value: []any{"x", matchers.Integer(2)},
			example: `["x",2]`, rules: rules{"$[1]": list(contract.IntegerRule{})}},
		{name: "names are quoted where they must be", value: map[string]any{"a b": map[string]any{"it's": matchers.Like("x")}},
			example: `{"a b":{"it's":"x"}}`, rules: rules{`$['a b']['it\'s']`: list(contract.TypeRule{})}},
		{name: "both bounds", value: matchers.ArrayMinMaxLike("x", 1, 2),
			example: `["x","x"]`, rules: rules{"$": list(contract.TypeRule{Min: ptr(1), Max: ptr(2)})}},
		{name: "a decimal example has a fraction", value: matchers.Decimal(12),
			example: `12.0`, rules: rules{"$": list(contract.DecimalRule{})}},
		{name: "values of an object", value: json.RawMessage(`{"pact:matcher:type":"values","value":{"k":{"pact:matcher:type":"integer","value":1}}}`),
			example: `{"k":1}`, rules: rules{"$": list(contract.ValuesRule{}), "$.*": list(contract.IntegerRule{})}},
		{name: "a generator with its matcher", value: matchers.DateGenerated("2020-01-01", "yyyy-MM-dd"),
			example: `"2020-01-01"`, rules: rules{"$": list(contract.DateRule{Format: "yyyy-MM-dd"})},
			generators: generators{"$": {Type: "Date", Attrs: map[string]any{"format": "yyyy-MM-dd"}}}},
		{name: "a generator alone", value: json.RawMessage(`{"id":{"pact:generator:type":"RandomInt","min":1,"max":9,"value":5}}`),
			example:    `{"id":5}`,
			generators: generators{"$.id": {Type: "RandomInt", Attrs: map[string]any{"min": json.Number("1"), "max": json.Number("9")}}}},
		{name: "variants have paths of their own", value: map[string]any{"l": matchers.ArrayContaining([]any{matchers.Integer(1), map[string]any{"a": matchers.Like("x")}})},
			example: `{"l":[1,{"a":"x"}]}`,
			rules: rules{"$.l": list(contract.ArrayContainsRule{Variants: []contract.Variant{
				{Index: 0, Rules: rules{"$": list(contract.IntegerRule{})}, Generators: generators{}},
				{Index: 1, Rules: rules{"$.a": list(contract.TypeRule{})}, Generators: generators{}},
			}})}},
		{name: "several rules", value: json.RawMessage(`{"pact:matcher:type":[{"pact:matcher:type":"type"},{"pact:matcher:type":"include","value":"a"}],"value":"abc"}`),
			example: `"abc"`, rules: rules{"$": list(contract.TypeRule{}, contract.IncludeRule{Value: "a"})}},
		{name: "an expression", value: json.RawMessage(`{"n":{"pact:matcher:type":"matching(regex, '\\d+', '100'), notEmpty('100')"}}`),
			example: `{"n":"100"}`, rules: rules{"$.n": list(contract.RegexRule{Pattern: `\d+`}, contract.NotEmptyRule{})}},
		{name: "an expression with a value from the provider's state", value: json.RawMessage(`{"pact:matcher:type":"matching(type, fromProviderState('${id}', 7))"}`),
			example: `7`, rules: rules{"$": list(contract.TypeRule{})},
			generators: generators{"$": {Type: "ProviderState", Attrs: map[string]any{"expression": "${id}", "dataType": "INTEGER"}}}},
		{name: "an expression that refers to its neighbour", value: json.RawMessage(`{"all":{"pact:matcher:type":"matching($'one')"},"one":"x"}`),
			example: `{"all":"x","one":"x"}`, rules: rules{"$.all": list(contract.TypeRule{})}},
		{name: "keys and values", value: json.RawMessage(`{"pact:matcher:type":[{"pact:matcher:type":"eachKey","rules":[{"pact:matcher:type":"regex","regex":"[a-z]"}]},{"pact:matcher:type":"eachValue","rules":[{"pact:matcher:type":"integer"}]}],"value":{"a":1}}`),
			example: `{"a":1}`, rules: rules{"$": list(
				contract.EachKeyRule{Rules: []contract.Rule{contract.RegexRule{Pattern: "[a-z]"}}},
				contract.EachValueRule{Rules: []contract.Rule{contract.IntegerRule{}}})}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			compiled, err := integration.Compile(tt.value)
			require.NoError(t, err)
			example, err := integration.EncodeJSON(compiled.Example)
			require.NoError(t, err)
			require.Equal(t, tt.example, string(example))
			if tt.rules == nil {
				tt.rules = rules{}
			}
			if tt.generators == nil {
				tt.generators = generators{}
			}
			require.Equal(t, tt.rules, compiled.Rules)
			require.Equal(t, tt.generators, compiled.Generators)
		})
	}
}

func TestErrorsNameThePath(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"x":{"pact:matcher:type":"matching($'x')"}}`:                                       `$.x: the expression "matching($'x')" refers to itself`,
		`{"a":{"pact:matcher:type":"nonsense"}}`:                                             `$.a: there is no matcher "nonsense"`,
		`{"pact:matcher:type":"regex"}`:                                                      `$: regex needs "regex" as a string, got <nil>`,
		`[{"pact:matcher:type":"type","min":-1}]`:                                            `$[0]: "min" must be a whole number of 0 or more, got -1`,
		`{"pact:matcher:type":5}`:                                                            `$: pact:matcher:type must be a name, an expression or a list, got 5`,
		`{"pact:generator:type":5}`:                                                          `$: pact:generator:type must be the name of a generator, got 5`,
		`{"pact:matcher:type":"eachKey"}`:                                                    `$: eachKey needs "rules", a list of matchers`,
		`{"pact:matcher:type":"arrayContains"}`:                                              `$: arrayContains needs "variants", a list of at least one example`,
		`{"pact:matcher:type":"matching(regex, 'a"}`:                                         `$: matching expression "matching(regex, 'a": the text has no closing quote at position 16`,
		`{"pact:matcher:type":"matching(wild, 'a')"}`:                                        `$: matching expression "matching(wild, 'a')": there is no rule "wild" to be written here at position 9`,
		`{"a":{"pact:matcher:type":"matching($'b')"}}`:                                       `$.a: the expression "matching($'b')" refers to "b", which is not there`,
		`{"pact:matcher:type":"arrayContains","variants":[{"x":{"pact:matcher:type":"y"}}]}`: `$: variant 0: $.x: there is no matcher "y"`,
	} {
		_, err := integration.Compile(json.RawMessage(text))
		require.EqualError(t, err, want)
	}
}

// FuzzCompile checks that no integration JSON makes the compiler panic or hang.
func FuzzCompile(f *testing.F) {
	f.Add(`{"pact:matcher:type":"matching(regex, '\\d+', '1'), eachValue(matching($'x'))","value":[{}]}`)
	f.Add(`{"pact:matcher:type":["type"],"pact:generator:type":"Date"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		compiled, err := integration.Compile(json.RawMessage(text))
		if err == nil {
			_ = compiled.Check(contract.V2)
		}
	})
}
