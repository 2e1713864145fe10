package integration_test

import (
	"encoding/json"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/integration"
)

// TestWhatAPactWouldNotHoldIsRefused has what can be said in a test and would
// be lost on the way into the file.
func TestWhatAPactWouldNotHoldIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"pact:matcher:type":"type","min":1,"value":[]}`:                                                                                         "$: a matcher with a least or a greatest number",
		`{"pact:matcher:type":"type","max":3,"value":"x"}`:                                                                                        "$: a matcher with a least or a greatest number",
		`{"m":{"pact:matcher:type":"values","value":5}}`:                                                                                          "$.m: a matcher for the values of an object needs an object",
		`{"pact:matcher:type":"eachKey","rules":[{"pact:matcher:type":"type"}],"value":null}`:                                                     "$: eachKey needs an object",
		`{"pact:matcher:type":"eachValue","rules":[{"pact:matcher:type":"type"}],"value":"x"}`:                                                    "$: eachValue needs an object or a list",
		`{"pact:matcher:type":"eachValue","rules":[],"value":{}}`:                                                                                 `$: eachValue needs "rules"`,
		`{"pact:matcher:type":"eachValue","rules":[{"pact:matcher:type":"type","value":{"a":{"pact:matcher:type":"integer"}}}],"value":{}}`:       "$: a rule of eachValue is about each value itself",
		`{"pact:matcher:type":"eachValue","rules":[{"pact:matcher:type":"type","pact:generator:type":"Uuid"}],"value":{}}`:                        "$: a rule of eachValue is about each value itself",
		`{"pact:matcher:type":"eachValue","rules":[{"pact:matcher:type":"arrayContains","variants":[1]}],"value":{}}`:                             "$: a rule of eachValue is about each value itself",
		`{"pact:matcher:type":"eachValue","rules":[{"pact:matcher:type":"type"}],"value":{"k":{"id":{"pact:matcher:type":"integer","value":1}}}}`: "$: the matchers inside the example are not asked for",
		`{"pact:matcher:type":"eachKey","rules":[{"pact:matcher:type":"type"}],"value":{"k":{"pact:matcher:type":"integer","value":1}}}`:          "$: the matchers inside the example are asked for under the example's keys only",
		`{"pact:matcher:type":"statusCode","status":"success","value":200}`:                                                                       "$: statusCode is for the status",
		`{"pact:matcher:type":"eachKey(matching(regex, '\\\\d', '1'))"}`:                                                                          "$: the expression",
		`{"pact:matcher:type":"atLeast(2)"}`:                                                                                                      "$: the expression",
		`{"a":{"pact:specification":"3.0.0","value":1}}`:                                                                                          `$.a['pact:specification']: a name that begins with "pact:"`,
	} {
		_, err := integration.Compile(json.RawMessage(text))
		require.ErrorContains(t, err, want, text)
	}
}

func TestVersionsAreAskedForRulesInsideOthersToo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value any
		v     contract.SpecVersion
		want  string
	}{
		{map[string]any{"l": matchers.ArrayContaining([]any{map[string]any{"v": json.RawMessage(`{"pact:matcher:type":"semver","value":"1.0.0"}`)}})}, contract.V3,
			`$.l: the matcher "semver" needs a pact of version 4.0 or later, this one is 3.0.0`},
		{map[string]any{"a": matchers.Like(matchers.Regex("1", "1"))}, contract.V2,
			`$.a: 2 matchers for one value need a pact of version 3.0.0 or later, this one is 2.0.0`},
	} {
		compiled, err := integration.Compile(tt.value)
		require.NoError(t, err)
		require.EqualError(t, compiled.Check(tt.v), tt.want)
	}
	compiled, err := integration.Compile(matchers.Like(matchers.EachLike(matchers.Like(1), 2)))
	require.NoError(t, err)
	require.NoError(t, compiled.Check(contract.V2), "a bounded type says what type says")
	require.Equal(t, list(contract.TypeRule{Min: ptr(2)}), compiled.Rules["$"])
}

func TestXMLThatAPactWouldNotHoldIsRefused(t *testing.T) {
	t.Parallel()
	element := func(name string, rest string) string { return `{"name":"` + name + `"` + rest + `}` }
	text := func(value string) string { return `{"content":` + value + `}` }
	const number = `{"pact:matcher:type":"integer","value":1}`
	for name, tt := range map[string]struct{ children, want string }{
		"text of two elements":       {element("q", `,"children":[`+text(number)+`]`) + "," + element("q", `,"children":[`+text(`"x"`)+`]`), "$.r.q['#text']: it stands several times with different matchers"},
		"attributes of two elements": {element("q", `,"attributes":{"a":`+number+`}`) + "," + element("q", `,"attributes":{"a":"x"}`), "$.r.q['@a']: it stands several times"},
		"one of two repeated":        {element("q", `,"pact:matcher:type":"type","min":2`) + "," + element("q", ``), "$.r.q: it stands several times"},
		"one of two texts":           {text(number) + "," + text(`" kg"`), "$.r['#text']: an element with several texts"},
	} {
		_, err := integration.CompileXML(json.RawMessage(`{"root":{"name":"r","children":[` + tt.children + `]}}`))
		require.ErrorContains(t, err, tt.want, name)
	}
	_, err := integration.CompileXML(json.RawMessage(`{"root":{"name":"r","pact:matcher:type":"type","min":2}}`))
	require.ErrorContains(t, err, "$.r: the root element of an XML document stands once")
	compiled, err := integration.CompileXML(json.RawMessage(`{"root":{"name":"r","children":[` +
		element("q", `,"pact:matcher:type":"type","max":3,"examples":2,"children":[`+text(number)+`]`) + `]}}`))
	require.NoError(t, err)
	require.Equal(t, map[string]contract.RuleList{
		"$.r.q": list(contract.TypeRule{}), "$.r.q[*]": list(contract.TypeRule{Max: ptr(3)}), "$.r.q['#text']": list(contract.IntegerRule{}),
	}, compiled.Rules)
}
