package compare_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/compare"
)

func pact(t *testing.T, interactions string) *contract.Pact {
	t.Helper()
	p, err := contract.Decode([]byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[` + interactions +
		`],"metadata":{"pactSpecification":{"version":"4.0"}}}`))
	require.NoError(t, err)
	return p
}

// http is an interaction with a request and a response, both as JSON.
func http(request, response string) string {
	return `{"type":"Synchronous/HTTP","description":"d","request":` + request + `,"response":` + response + `}`
}

// json is a part with a JSON body and body rules.
func json(body, rules string) string {
	return `{"body":{"content":` + body + `,"contentType":"application/json"},"matchingRules":{"body":{` + rules + `}}}`
}

func rule(path, rule string) string { return `"` + path + `":{"matchers":[{` + rule + `}]}` }

// lines shortens changes to "kind part path".
func lines(changes []compare.Change) []string {
	list := []string{}
	for _, c := range changes {
		text := string(c.Kind)
		for _, part := range []string{c.Part, c.Path} {
			if part != "" {
				text += " " + part
			}
		}
		list = append(list, text)
	}
	return list
}

func TestAResponseIsTightenedOrRelaxed(t *testing.T) {
	t.Parallel()
	list := func(attrs string) string { return rule("$.a", `"match":"type"`+attrs) }
	for _, tt := range []struct {
		name, before, after string
		want                []string
	}{
		{"nothing", json(`{"a":1, "b":2}`, ``), json(`{"b":2,"a":1}`, ``), []string{}},
		{"a member more", json(`{"a":1}`, ``), json(`{"a":1,"b":2}`, ``), []string{"tightened response body $.b"}},
		{"a member less", json(`{"a":1,"b":2}`, ``), json(`{"a":1}`, ``), []string{"relaxed response body $.b"}},
		{"another exact value", json(`{"a":1}`, ``), json(`{"a":2}`, ``), []string{"changed response body $.a"}},
		{"another example", json(`{"a":1}`, rule("$.a", `"match":"type"`)), json(`{"a":2}`, rule("$.a", `"match":"type"`)), []string{"example only response body $.a"}},
		{"another type of example", json(`{"a":1}`, rule("$.a", `"match":"type"`)), json(`{"a":"1"}`, rule("$.a", `"match":"type"`)), []string{"changed response body $.a"}},
		{"exact to type", json(`{"a":1}`, ``), json(`{"a":1}`, rule("$.a", `"match":"type"`)), []string{"relaxed response body $.a"}},
		{"type to exact", json(`{"a":1}`, rule("$.a", `"match":"type"`)), json(`{"a":1}`, ``), []string{"tightened response body $.a"}},
		{"number to integer", json(`{"a":1}`, rule("$.a", `"match":"number"`)), json(`{"a":1}`, rule("$.a", `"match":"integer"`)), []string{"tightened response body $.a"}},
		{"type to pattern", json(`{"a":"x"}`, rule("$.a", `"match":"type"`)), json(`{"a":"x"}`, rule("$.a", `"match":"regex","regex":"x"`)), []string{"tightened response body $.a"}},
		{"another pattern", json(`{"a":"x"}`, rule("$.a", `"match":"regex","regex":"x|y"`)), json(`{"a":"x"}`, rule("$.a", `"match":"regex","regex":"x"`)), []string{"changed response body $.a"}},
		{"cascading rule", json(`{"a":{"b":1}}`, rule("$", `"match":"type"`)), json(`{"a":{"b":2}}`, rule("$", `"match":"type"`)), []string{"example only response body $.a.b"}},
		{"higher minimum", json(`{"a":[1]}`, list(`,"min":1`)), json(`{"a":[1]}`, list(`,"min":2`)), []string{"tightened response body $.a"}},
		{"higher maximum", json(`{"a":[1]}`, list(`,"max":1`)), json(`{"a":[1]}`, list(`,"max":2`)), []string{"relaxed response body $.a"}},
		{"more example elements", json(`{"a":[1]}`, list(``)), json(`{"a":[1,2]}`, list(``)), []string{"example only response body $.a"}},
		{"more exact elements", json(`{"a":[1]}`, ``), json(`{"a":[1,2]}`, ``), []string{"tightened response body $.a[1]"}},
		{"body required", `{}`, json(`1`, ``), []string{"tightened response body"}},
		{"body free", json(`1`, ``), `{}`, []string{"relaxed response body"}},
		{"status", `{"status":200}`, `{"status":201}`, []string{"changed response status"}},
		{
			"status class", `{"status":200}`,
			`{"status":200,"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"success"}]}}}`, []string{"relaxed response status"},
		},
		{"header required", `{}`, `{"headers":{"X-A":["1"]}}`, []string{"tightened response header x-a"}},
		{"header free", `{"headers":{"X-A":["1"]}}`, `{}`, []string{"relaxed response header x-a"}},
		{"header list in other spaces", `{"headers":{"Vary":["a,b"],"X":["c"]}}`, `{"headers":{"Vary":["a","b"],"X":["c"]}}`, []string{}},
		{"header in other case", `{"headers":{"X-A":["1"]}}`, `{"headers":{"x-a":["1"]}}`, []string{}},
		{
			"another text", `{"body":{"content":"a","contentType":"text/plain"}}`, `{"body":{"content":"b","contentType":"text/plain"}}`,
			[]string{"changed response body"},
		},
		{
			"another content type", `{"body":{"content":"a","contentType":"text/plain"}}`, `{"body":{"content":"a","contentType":"text/csv"}}`,
			[]string{"changed response body type"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before, after := pact(t, http(`{}`, tt.before)), pact(t, http(`{}`, tt.after))
			require.Equal(t, tt.want, lines(compare.Pacts(before, after)))
			require.Empty(t, compare.Pacts(after, after))
		})
	}
}

func TestWhatIsSentReachesTheProviderAsTheExample(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, before, after string
		want                []string
	}{
		{"method", `{"method":"GET"}`, `{"method":"PUT"}`, []string{"changed request method"}},
		{"path", `{"path":"/a"}`, `{"path":"/b"}`, []string{"changed request path"}},
		{
			"path under a rule", `{"path":"/a"}`, `{"path":"/a","matchingRules":{"path":{"matchers":[{"match":"regex","regex":"/."}]}}}`,
			[]string{"example only request path"},
		},
		{"parameter", `{}`, `{"query":{"q":["1"]}}`, []string{"changed request query q"}},
		{"header", `{"headers":{"X":["1"]}}`, `{}`, []string{"changed request header x"}},
		{"member", json(`{"a":1}`, ``), json(`{"a":1,"b":2}`, ``), []string{"changed request body $.b"}},
		{"value", json(`{"a":1}`, rule("$.a", `"match":"type"`)), json(`{"a":2}`, rule("$.a", `"match":"type"`)), []string{"changed request body $.a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before, after := pact(t, http(tt.before, `{}`)), pact(t, http(tt.after, `{}`))
			require.Equal(t, tt.want, lines(compare.Pacts(before, after)))
		})
	}
}

func TestInteractionsAreAddedRemovedAndRenamed(t *testing.T) {
	t.Parallel()
	before := pact(t, `{"type":"Synchronous/HTTP","key":"1","description":"old name","request":{"path":"/a"},"response":{}},
		{"type":"Asynchronous/Messages","description":"gone","providerStates":[{"name":"s"},{"name":"t"}]}`)
	after := pact(t, `{"type":"Synchronous/HTTP","key":"1","description":"new name","pending":true,"request":{"path":"/a"},"response":{}},
		{"type":"Synchronous/Messages","description":"fresh","request":{},"response":[]}`)
	changes := compare.Pacts(before, after)
	require.Equal(t, []string{"changed name", "relaxed pending", "added", "removed"}, lines(changes))
	require.Equal(t, `removed: "gone" given "s" and "t": was a message`, changes[3].String())
	require.True(t, changes[2].Breaking())
	require.False(t, changes[3].Breaking())
	require.Equal(t, "tightened pending", lines(compare.Pacts(after, before))[1])
}

func TestMessagesCompareContentsMetadataAndAnswers(t *testing.T) {
	t.Parallel()
	async := func(rest string) *contract.Pact {
		return pact(t, `{"type":"Asynchronous/Messages","description":"m",`+rest+`}`)
	}
	require.Equal(t, []string{"tightened message metadata k", "changed message contents $.a"}, lines(compare.Pacts(
		async(`"contents":{"content":{"a":1},"contentType":"application/json"}`),
		async(`"contents":{"content":{"a":2},"contentType":"application/json"},"metadata":{"k":"v"}`))))
	sync := func(request, answers string) *contract.Pact {
		return pact(t, `{"type":"Synchronous/Messages","description":"m","request":{"contents":{"content":"`+request+`"}},"response":[`+answers+`]}`)
	}
	require.Equal(t, []string{"changed request contents", "tightened response[1]"}, lines(compare.Pacts(sync("a", `{}`), sync("b", `{},{}`))))
	require.Equal(t, []string{"relaxed response[0]"}, lines(compare.Pacts(sync("a", `{}`), sync("a", ``))))
}

func TestOtherPartiesAreAChange(t *testing.T) {
	t.Parallel()
	other := pact(t, ``)
	other.Provider = "shop"
	require.Equal(t, []compare.Change{{Kind: compare.Changed, Where: "contract", Part: "provider", Before: "api", After: "shop"}},
		compare.Pacts(pact(t, ``), other))
}
