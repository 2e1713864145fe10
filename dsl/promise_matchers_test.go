package dsl_test

import (
	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
)

type texts = []string

// plain is what a struct without tags becomes.
type plain struct {
	Name  string
	Count int `json:"count"`
}

// pactGo has what each exported name of pact-go's package matchers promises.
var pactGo = map[string]promise{
	"Like":         value(contract.V2, matchers.Like("lamp"), texts{`"desk"`, `""`}, texts{`5`, `null`, `["lamp"]`}),
	"Term":         value(contract.V2, matchers.Term("ab", "[a-z]+"), texts{`"xyz"`}, texts{`"X"`, `"x1"`, `""`}),
	"Regex":        value(contract.V2, matchers.Regex("ab", "[a-z]+"), texts{`"xyz"`}, texts{`"X"`, `"x1"`, `""`}),
	"HexValue":     value(contract.V2, matchers.HexValue(), texts{`"0aF"`}, texts{`"xyz"`, `""`}),
	"Identifier":   value(contract.V2, matchers.Identifier(), texts{`7`}, texts{`"7"`, `null`}),
	"IPAddress":    value(contract.V2, matchers.IPAddress(), texts{`"10.0.0.1"`}, texts{`"::1"`, `"ten"`}),
	"IPv4Address":  value(contract.V2, matchers.IPv4Address(), texts{`"10.0.0.1"`}, texts{`"::1"`, `"ten"`}),
	"IPv6Address":  value(contract.V2, matchers.IPv6Address(), texts{`"::1"`, `"fe80::1:2"`, `"::ffff:10.0.0.1"`}, texts{`"10.0.0.1"`, `"fe80"`, `":::"`}),
	"Timestamp":    value(contract.V2, matchers.Timestamp(), texts{`"2020-12-31T23:59:59Z"`}, texts{`"31.12.2020"`, `"today"`}),
	"Date":         value(contract.V2, matchers.Date(), texts{`"2020-12-31"`}, texts{`"31.12.2020"`, `"today"`}),
	"Time":         value(contract.V2, matchers.Time(), texts{`"T23:59:59"`}, texts{`"noon"`, `"23"`}),
	"UUID":         value(contract.V2, matchers.UUID(), texts{`"00000000-0000-0000-0000-000000000000"`}, texts{`"0"`, `""`}),
	"EachLike":     value(contract.V2, matchers.EachLike("x", 2), texts{`["a","b"]`, `["a","b","c"]`}, texts{`["a"]`, `[]`, `["a",1]`, `"a"`}),
	"ArrayMinLike": value(contract.V2, matchers.ArrayMinLike(matchers.Regex("x", "[a-z]"), 2), texts{`["a","b","c"]`}, texts{`["a"]`, `["a","B"]`}),
	"MatchV2": value(contract.V2, matchers.MatchV2(struct {
		ID string `json:"id" pact:"example=a1,regex=[a-z]\\d"`
	}{}), texts{`{"id":"b2"}`}, texts{`{"id":"b"}`, `{"id":1}`, `{}`}),
	"S":             value(contract.V2, matchers.S("lamp"), texts{`"lamp"`}, texts{`"desk"`, `null`}),
	"String":        value(contract.V2, matchers.String("lamp"), texts{`"lamp"`}, texts{`"desk"`, `null`}),
	"Map":           value(contract.V2, matchers.Map{"a": matchers.Like(1)}, texts{`{"a":2}`, `{"a":2,"b":3}`}, texts{`{"a":"x"}`, `{}`, `[]`}),
	"MapMatcher":    value(contract.V2, matchers.MapMatcher{"a": matchers.S("x")}, texts{`{"a":"x"}`}, texts{`{"a":"y"}`, `{}`}),
	"StructMatcher": value(contract.V2, matchers.StructMatcher{"a": []any{matchers.Like(1), "x"}}, texts{`{"a":[2,"x"]}`}, texts{`{"a":[2,"y"]}`, `{"a":["x","x"]}`, `{"a":[2]}`}),

	"Decimal":  value(contract.V3, matchers.Decimal(12.5), texts{`1.0`}, texts{`1`, `"1.0"`}),
	"Integer":  value(contract.V3, matchers.Integer(5), texts{`7`}, texts{`1.5`, `"7"`}),
	"Null":     value(contract.V3, matchers.Null{}, texts{`null`}, texts{`""`, `0`}),
	"Equality": value(contract.V3, matchers.Equality("x"), texts{`"x"`}, texts{`"y"`}),
	"Includes": value(contract.V3, matchers.Includes("lamp"), texts{`"a lamp"`}, texts{`"a desk"`}),
	"EachKeyLike": value(contract.V3, matchers.EachKeyLike("k", map[string]any{"k": map[string]any{"id": matchers.Integer(1), "n": "x"}}),
		texts{`{"other":{"id":2,"n":"x"}}`, `{}`}, texts{`{"other":{"id":2,"n":"y"}}`, `{"other":{"id":"2","n":"x"}}`, `{"other":{"id":2,"n":5}}`, `{"other":{"id":2}}`, `{"other":2}`, `[]`}),
	"ArrayContaining": value(contract.V3, matchers.ArrayContaining([]any{"a", map[string]any{"id": matchers.Integer(1)}}),
		texts{`["z",{"id":7},"a"]`}, texts{`["a"]`, `[{"id":7}]`, `["a",{"id":"x"}]`, `[]`}),
	"ArrayMinMaxLike":   value(contract.V3, matchers.ArrayMinMaxLike("x", 2, 3), texts{`["a","b"]`, `["a","b","c"]`}, texts{`["a"]`, `["a","b","c","d"]`, `["a",1]`}),
	"ArrayMaxLike":      value(contract.V3, matchers.ArrayMaxLike("x", 2), texts{`["a"]`, `["a","b"]`}, texts{`[]`, `["a","b","c"]`, `[1]`}),
	"DateGenerated":     value(contract.V3, matchers.DateGenerated("2020-01-02", "yyyy-MM-dd"), texts{`"2021-12-31"`}, texts{`"2021-02-30"`, `"today"`}),
	"TimeGenerated":     value(contract.V3, matchers.TimeGenerated("10:11:12", "HH:mm:ss"), texts{`"23:59:59"`}, texts{`"24:61:00"`, `"noon"`}),
	"DateTimeGenerated": value(contract.V3, matchers.DateTimeGenerated("2020-01-02 10:11", "yyyy-MM-dd HH:mm"), texts{`"2021-12-31 23:59"`}, texts{`"2021-12-31"`}),
	"FromProviderState": value(contract.V3, matchers.FromProviderState("${id}", "7"), texts{`"8"`}, texts{`8`, `null`}),

	"QueryMatcher":    nothing("a type of parameters: FormBody and Query have cases"),
	"HeadersMatcher":  nothing("a type of parameters: Headers has a case"),
	"MetadataMatcher": nothing("another name of MapMatcher"),
	"Matcher":         nothing("the interface of all of them"),
}

// further has what the matchers of package dsl promise.
var further = map[string]promise{
	"NotEmpty": value(contract.V4, dsl.NotEmpty("x"), texts{`"y"`}, texts{`""`, `null`, `[]`}),
	"Semver":   value(contract.V4, dsl.Semver("1.0.0"), texts{`"1.2.3-beta"`}, texts{`"1.2"`, `"v1.0.0"`}),
	"Number":   value(contract.V3, dsl.Number(5), texts{`5`, `5.5`}, texts{`"5"`}),
	"Boolean":  value(contract.V3, dsl.Boolean(true), texts{`false`}, texts{`0`, `null`}),
	"Date":     value(contract.V3, dsl.Date("2020-01-02", "yyyy-MM-dd"), texts{`"2021-12-31"`}, texts{`"2021-02-30"`, `"today"`}),
	"Time":     value(contract.V3, dsl.Time("10:11:12", "HH:mm:ss"), texts{`"23:59:59"`}, texts{`"noon"`}),
	"DateTime": value(contract.V3, dsl.DateTime("2020-01-02T10:11:12Z", "yyyy-MM-dd'T'HH:mm:ssXXX"), texts{`"2021-12-31T23:59:59+01:00"`}, texts{`"2021-12-31"`}),
	"EachKey":  value(contract.V4, dsl.EachKey(map[string]any{"a1": 1}, matchers.Regex("a1", `[a-z]\d`)), texts{`{"b2":"x"}`, `{"a1":1}`}, texts{`{"b":1}`, `[]`}),
	"EachValue": value(contract.V4, dsl.EachValue(map[string]any{"k": 1}, matchers.Integer(1)),
		texts{`{"a":5}`, `{}`}, texts{`{"a":"x"}`, `{"k":1,"a":1.5}`}),
	"EachKeyValue": value(contract.V4, dsl.EachKeyValue(map[string]any{"a1": 1}, matchers.Regex("a1", `[a-z]\d`), matchers.Integer(1)),
		texts{`{"b2":5}`}, texts{`{"b2":"x"}`, `{"b":5}`}),
	"ProviderState": value(contract.V3, dsl.ProviderState("${id}", 7), texts{`8`}, texts{`"8"`, `null`}),
	"MockServerURL": value(contract.V3, dsl.MockServerURL("http://localhost/orders/1", `.*(/orders/\d+)$`), texts{`"https://shop/orders/2"`}, texts{`"https://shop/2"`}),
	"Expression":    value(contract.V3, dsl.Expression(`matching(regex, '\d+', '100'), matching(include, '1')`), texts{`"210"`}, texts{`"x"`, `"200"`}),

	"Optional": forms(dsl.Optional(matchers.Like("x")), map[string]string{"": `{"v":"y"}`, "$.v is absent": `{}`}, map[string]string{"": `{}`, "$.v is absent": `{}`}),
	"Nullable": forms(dsl.Nullable(matchers.Like("x")), map[string]string{"": `{"v":"y"}`, "$.v is null": `{"v":null}`}, map[string]string{"": `{"v":"y"}`, "$.v is null": `{"v":"y"}`}),
	"OneOf": forms(dsl.OneOf(matchers.Like("x"), dsl.Form{State: "a number", Value: matchers.Integer(1)}),
		map[string]string{"": `{"v":"y"}`, "a number": `{"v":2}`}, map[string]string{"": `{"v":"y"}`, "a number": `{"v":"y"}`}),
	"Form": forms(dsl.OneOf(dsl.Form{State: "text", Value: "x"}, dsl.Form{State: "null"}),
		map[string]string{"": `{"v":"x"}`, "null": `{"v":null}`}, map[string]string{"": `{"v":"x"}`, "null": `{}`}),

	"Matcher": nothing("pact-go's interface"),
}
