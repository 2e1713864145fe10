package compare_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/compare"
)

// TestTwoSpellingsOfARuleAreNoChange has pairs that mean the same, and beside
// them the nearest pair that does not.
func TestTwoSpellingsOfARuleAreNoChange(t *testing.T) {
	t.Parallel()
	text, number, list := `{"a":"2026-01-02"}`, `{"a":1}`, `{"a":[1]}`
	rules := func(matchers string) string { return `"$.a":{"matchers":[` + matchers + `]}` }
	for _, tt := range []struct {
		name, body, one, other string
		same                   bool
	}{
		{"datetime and timestamp", text, rules(`{"match":"datetime","format":"yyyy"}`), rules(`{"match":"timestamp","timestamp":"yyyy"}`), true},
		{"of other formats", text, rules(`{"match":"datetime","format":"yyyy"}`), rules(`{"match":"timestamp","timestamp":"yy"}`), false},
		{"the default format of a date", text, rules(`{"match":"date"}`), rules(`{"match":"date","date":"yyyy-MM-dd"}`), true},
		{"of a time", text, rules(`{"match":"time"}`), rules(`{"match":"time","format":"HH:mm:ss"}`), true},
		{"of both", text, rules(`{"match":"timestamp"}`), rules(`{"match":"datetime","format":"yyyy-MM-dd'T'HH:mm:ssXXX"}`), true},
		{"a date and a time", text, rules(`{"match":"date"}`), rules(`{"match":"time"}`), false},
		{"decimal and real", number, rules(`{"match":"decimal"}`), rules(`{"match":"real"}`), true},
		{"decimal and number", number, rules(`{"match":"decimal"}`), rules(`{"match":"number"}`), false},
		{"min as a rule and as an attribute", list, rules(`{"match":"min","min":2}`), rules(`{"match":"type","min":2}`), true},
		{"min without its rule's name", list, rules(`{"min":2}`), rules(`{"match":"min-type","min":2}`), true},
		{"min and max in two rules", list, rules(`{"match":"min","min":1},{"match":"max","max":2}`), rules(`{"match":"type","min":1,"max":2}`), true},
		{"another bound", list, rules(`{"match":"min","min":2}`), rules(`{"match":"type","min":3}`), false},
		{"a minimum of nothing", list, rules(`{"match":"type","min":0}`), rules(`{"match":"type"}`), true},
		{"bounds of a scalar", number, rules(`{"match":"type","min":1}`), rules(`{"match":"type"}`), true},
		{"the same rule twice", number, rules(`{"match":"type"},{"match":"type"}`), rules(`{"match":"type"}`), true},
		{"the order of rules", text, rules(`{"match":"type"},{"match":"include","value":"2"}`), rules(`{"match":"include","value":"2"},{"match":"type"}`), true},
		{"equality and no rule", number, rules(`{"match":"equality"}`), ``, true},
		{"equality of a list and no rule", list, rules(`{"match":"equality"}`), ``, false},
		{"type and no rule", number, rules(`{"match":"type"}`), ``, false},
		{"another spelling of the path", number, rules(`{"match":"type"}`), `"$['a']":{"matchers":[{"match":"type"}]}`, true},
		{"the example of eachValue", list, rules(`{"match":"eachValue","rules":[{"match":"min","min":1}],"value":"[1]"}`), rules(`{"match":"each-value","rules":[{"match":"type","min":1}]}`), true},
		{"the rules of eachValue", list, rules(`{"match":"eachValue","rules":[{"match":"integer"}]}`), rules(`{"match":"eachValue","rules":[{"match":"type"}]}`), false},
		{"variants", list, rules(`{"match":"arrayContains","variants":[{"index":0,"rules":{"$":{"matchers":[{"match":"timestamp"}]}}}]}`), rules(`{"match":"arrayContains","variants":[{"index":0,"rules":{"$":{"matchers":[{"match":"datetime"}]}}}]}`), true},
		{"AND of one rule and OR of it", number, `"$.a":{"combine":"OR","matchers":[{"match":"type"}]}`, rules(`{"match":"type"}`), true},
		{"AND and OR", text, `"$.a":{"combine":"OR","matchers":[{"match":"date"},{"match":"time"}]}`, rules(`{"match":"date"},{"match":"time"}`), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			one, other := pact(t, http(`{}`, json(tt.body, tt.one))), pact(t, http(`{}`, json(tt.body, tt.other)))
			require.Equal(t, tt.same, len(compare.Pacts(one, other)) == 0, "%v", compare.Pacts(one, other))
			require.Equal(t, tt.same, len(compare.Pacts(other, one)) == 0, "%v", compare.Pacts(other, one))
		})
	}
}

func TestHeadersAndTypesAreComparedByMeaning(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, one, other string
		want             []string
	}{
		{"parameters of a type", `{"headers":{"Content-Type":["text/plain;charset=utf-8"]}}`, `{"headers":{"Content-Type":["text/plain; charset=\"UTF-8\""]}}`, []string{}},
		{"the boundary", `{"headers":{"Content-Type":["multipart/form-data; boundary=a"]}}`, `{"headers":{"Content-Type":["multipart/form-data; boundary=b"]}}`, []string{}},
		{"another charset", `{"headers":{"Content-Type":["text/plain;charset=utf-8"]}}`, `{"headers":{"Content-Type":["text/plain;charset=latin1"]}}`, []string{"changed response header content-type"}},
		{
			"equality, where further parameters are accepted without", `{"headers":{"Content-Type":["text/plain"]}}`,
			`{"headers":{"Content-Type":["text/plain"]},"matchingRules":{"header":{"Content-Type":{"matchers":[{"match":"equality"}]}}}}`, []string{"changed response header content-type"},
		},
		{
			"equality of another header", `{"headers":{"X":["a"]}}`, `{"headers":{"X":["a"]},"matchingRules":{"header":{"x":{"matchers":[{"match":"equality"}]}}}}`, []string{},
		},
		{
			"a rule in XML", `{"body":{"content":"<a>1</a>","contentType":"text/xml"}}`,
			`{"body":{"content":"<a>1</a>","contentType":"text/xml"},"matchingRules":{"body":{"$.a['#text']":{"matchers":[{"match":"integer"}]}}}}`, []string{"relaxed response body $.a['#text']"},
		},
	} {
		one, other := pact(t, http(`{}`, tt.one)), pact(t, http(`{}`, tt.other))
		require.Equal(t, tt.want, lines(compare.Pacts(one, other)), tt.name)
		require.Len(t, compare.Pacts(other, one), len(tt.want), tt.name)
	}
}

func TestRulesOfMetadataAreFoundByNameAndByPath(t *testing.T) {
	t.Parallel()
	message := func(metadata, rules string) *contract.Pact {
		return pact(t, `{"type":"Asynchronous/Messages","description":"m","metadata":{`+metadata+`},"matchingRules":{"metadata":{`+rules+`}}}`)
	}
	const isType = `{"matchers":[{"match":"type"}]}`
	require.Empty(t, compare.Pacts(message(`"k":"v"`, `"k":`+isType), message(`"k":"v"`, `"$.k":`+isType)))
	require.Equal(t, []string{"tightened message metadata k"}, lines(compare.Pacts(message(`"k":"v"`, `"$.k":`+isType), message(`"k":"v"`, ``))))
	require.Empty(t, compare.Pacts(message(`"contentType":"a/b"`, ``), message(`"content-type":"a/b"`, ``)))
}

// TestAFileOfAnOlderVersionMeansTheSame: one contract as V2 and as V4.
func TestAFileOfAnOlderVersionMeansTheSame(t *testing.T) {
	t.Parallel()
	two, err := contract.Decode([]byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[{"description":"d","request":{"method":"get","path":"/a","query":"q=1"},
		"response":{"status":200,"headers":{"X":"1"},"body":{"a":[1],"b":"x"},"matchingRules":{"$.body.a":{"min":1},"$.body.b":{"regex":"x|y"},"$.headers.X":{"match":"type"}}}}],
		"metadata":{"pactSpecification":{"version":"2.0.0"}}}`))
	require.NoError(t, err)
	data, err := contract.Encode(two, contract.V4)
	require.NoError(t, err)
	four, err := contract.Decode(data)
	require.NoError(t, err)
	require.Empty(t, compare.Pacts(two, four))
	require.Empty(t, compare.Pacts(four, two))
}

func TestPathsAreComparedAsAServerReadsThem(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, one, other string
		same             bool
	}{
		{"the letters of an escape", "/a%2fb", "/a%2Fb", true},
		{"a letter and its escape", "/caf\u00e9", "/caf%C3%A9", true},
		{"a slash and an escaped one", "/a/b", "/a%2Fb", false},
		{"the letters of the path", "/a", "/A", false},
	} {
		one, other := pact(t, http(`{"path":"`+tt.one+`"}`, `{}`)), pact(t, http(`{"path":"`+tt.other+`"}`, `{}`))
		require.Equal(t, tt.same, len(compare.Pacts(one, other)) == 0, "%s: %v", tt.name, compare.Pacts(one, other))
	}
}
