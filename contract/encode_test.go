package contract_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// pact makes a pact of a version with one HTTP interaction that change edits.
func pact(v contract.SpecVersion, change func(i *contract.HTTP)) *contract.Pact {
	i := &contract.HTTP{
		Common:   contract.Common{Description: "a"},
		Request:  contract.Request{Method: "GET", Path: "/"},
		Response: contract.Response{Status: 200},
	}
	change(i)
	return &contract.Pact{Consumer: "web", Provider: "api", Version: v, Interactions: []contract.Interaction{i}}
}

// written returns the first interaction of p as version v writes it.
func written(t *testing.T, p *contract.Pact, v contract.SpecVersion) map[string]any {
	t.Helper()
	data, err := contract.Encode(p, v)
	require.NoError(t, err)
	var doc struct {
		Interactions []map[string]any
	}
	require.NoError(t, json.Unmarshal(data, &doc))
	return doc.Interactions[0]
}

func TestAFileIsIndentedAndSorted(t *testing.T) {
	t.Parallel()
	p := pact(contract.V3, func(i *contract.HTTP) {
		i.Response.Body = contract.NewBody([]byte(`{"z":"<&>","a":1.0}`), "application/json")
	})
	data, err := contract.Encode(p, contract.V3)
	require.NoError(t, err)
	//nolint:testifylint // order and spacing are the point
	require.Equal(t, `{
  "consumer": {
    "name": "web"
  },
  "interactions": [
    {
      "description": "a",
      "request": {
        "method": "GET",
        "path": "/"
      },
      "response": {
        "body": {
          "z": "<&>",
          "a": 1.0
        },
        "status": 200
      }
    }
  ],
  "metadata": {
    "pactSpecification": {
      "version": "3.0.0"
    }
  },
  "provider": {
    "name": "api"
  }
}
`, string(data))
}

func TestEachVersionWritesItsOwnForms(t *testing.T) {
	t.Parallel()
	p := pact(contract.V2, func(i *contract.HTTP) {
		i.States = []contract.ProviderState{{Name: "s"}}
		i.Request.Query = contract.Values{"b": {"x y", ""}, "a": {"é&-_"}}
		i.Request.Headers = contract.Values{"Accept": {"a/b", "c/d"}, "X": {"1"}}
		i.Response.Body = contract.NewBody([]byte(`"text"`), "application/json")
		i.Request.Rules = contract.RuleSet{}
		i.Request.Rules.Add(contract.CategoryPath, "", contract.RuleList{Rules: rules(contract.RegexRule{Pattern: `/\d`})})
		i.Request.Rules.Add(contract.CategoryHeader, "X-A", contract.RuleList{Rules: rules(contract.RegexRule{Pattern: "x"})})
		i.Request.Rules.Add(contract.CategoryQuery, "a", contract.RuleList{Rules: rules(contract.TypeRule{})})
		i.Request.Rules.Add(contract.CategoryBody, "$.a[*]", contract.RuleList{Rules: rules(contract.TypeRule{Min: ptr(1)})})
	})
	v2 := written(t, p, contract.V2)
	require.Equal(t, "s", v2["providerState"])
	request := v2["request"].(map[string]any)
	require.Equal(t, "a=%C3%A9%26-%5F&b=x+y&b=", request["query"])
	require.Equal(t, map[string]any{"Accept": "a/b, c/d", "X": "1"}, request["headers"])
	require.Equal(t, map[string]any{
		"$.path":           map[string]any{"match": "regex", "regex": `/\d`},
		"$.headers['X-A']": map[string]any{"match": "regex", "regex": "x"},
		"$.query.a":        map[string]any{"match": "type"},
		"$.body.a[*]":      map[string]any{"match": "type", "min": 1.0},
	}, request["matchingRules"])

	v3 := written(t, p, contract.V3)
	require.Equal(t, []any{map[string]any{"name": "s"}}, v3["providerStates"])
	request = v3["request"].(map[string]any)
	require.Equal(t, map[string]any{"a": []any{"é&-_"}, "b": []any{"x y", ""}}, request["query"])
	list := func(rule map[string]any) map[string]any {
		return map[string]any{"combine": "AND", "matchers": []any{rule}}
	}
	require.Equal(t, map[string]any{
		"path":   list(map[string]any{"match": "regex", "regex": `/\d`}),
		"header": map[string]any{"X-A": list(map[string]any{"match": "regex", "regex": "x"})},
		"query":  map[string]any{"a": list(map[string]any{"match": "type"})},
		"body":   map[string]any{"$.a[*]": list(map[string]any{"match": "type", "min": 1.0})},
	}, request["matchingRules"])

	v4 := written(t, p, contract.V4)
	require.Equal(t, "Synchronous/HTTP", v4["type"])
	require.Equal(t, false, v4["pending"])
	require.Equal(t, map[string]any{"Accept": []any{"a/b", "c/d"}, "X": []any{"1"}}, v4["request"].(map[string]any)["headers"])
	require.Equal(t, map[string]any{"content": "text", "contentType": "application/json", "encoded": false},
		v4["response"].(map[string]any)["body"])
}

func TestUpgradingKeepsTheMeaning(t *testing.T) {
	t.Parallel()
	p := decode(t, file("2.0.0", `{"description":"a","providerState":"s","request":{"method":"POST","path":"/x","query":"a=1",
		"headers":{"Content-Type":"application/json"},"body":{"a":1},"matchingRules":{"$.body.a":{"match":"type"}}},
		"response":{"status":201,"body":"hello"}}`))
	for _, v := range []contract.SpecVersion{contract.V3, contract.V4} {
		data, err := contract.Encode(p, v)
		require.NoError(t, err)
		again := decode(t, string(data))
		require.Equal(t, v, again.Version)
		require.Equal(t, p.Interactions, again.Interactions, "%s", data)
		back, err := contract.Encode(again, contract.V2)
		require.NoError(t, err)
		require.Equal(t, p.Interactions, decode(t, string(back)).Interactions, "%s", back)
	}
}

func TestBytesSurviveWhereAVersionCanHoldThem(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"\x00\x01", "text", `{"a":`, `""`, `"{\"a\":1}"`, `"\"x\""`, `"hello"`, "[1]", "\xff"} {
		for _, kind := range []string{"application/json", "image/png", "text/plain", "application/xml"} {
			p := pact(contract.V4, func(i *contract.HTTP) {
				i.Response.Headers = contract.Values{"Content-Type": {kind}}
				i.Response.Body = contract.NewBody([]byte(content), kind)
			})
			for _, v := range []contract.SpecVersion{contract.V3, contract.V4} {
				data, err := contract.Encode(p, v)
				if err != nil {
					var unsupported *contract.UnsupportedError
					require.ErrorAs(t, err, &unsupported)
					require.Equal(t, contract.V3, v)
					require.Equal(t, contract.V4, unsupported.Needs)
					continue
				}
				got := decode(t, string(data)).Interactions[0].(*contract.HTTP).Response.Body
				require.Equal(t, content, string(got.Content), "%s in version %s:\n%s", kind, v, data)
			}
		}
	}
}

func TestWhatAVersionCannotExpressIsRefused(t *testing.T) {
	t.Parallel()
	message := &contract.AsyncMessage{Common: contract.Common{Description: "m"}}
	sync := &contract.SyncMessage{Common: contract.Common{Description: "s"}}
	of := func(list ...contract.Interaction) *contract.Pact {
		return &contract.Pact{Version: contract.V4, Interactions: list}
	}
	body := func(list contract.RuleList) *contract.Pact {
		return pact(contract.V4, func(i *contract.HTTP) {
			i.Request.Rules = contract.RuleSet{contract.CategoryBody: {"$.a": list}}
		})
	}
	for _, tt := range []struct {
		name      string
		pact      *contract.Pact
		to, needs contract.SpecVersion
	}{
		{"message below V3", of(message), contract.V2, contract.V3},
		{"synchronous message below V4", of(sync), contract.V3, contract.V4},
		{"HTTP and messages in one file", of(message, pact(contract.V4, func(*contract.HTTP) {}).Interactions[0]), contract.V3, contract.V4},
		{"several states", pact(contract.V4, func(i *contract.HTTP) {
			i.States = []contract.ProviderState{{Name: "a"}, {Name: "b"}}
		}), contract.V2, contract.V3},
		{"state parameters", pact(contract.V4, func(i *contract.HTTP) {
			i.States = []contract.ProviderState{{Name: "a", Params: map[string]any{"n": 1}}}
		}), contract.V2, contract.V3},
		{"generators", pact(contract.V4, func(i *contract.HTTP) {
			i.Request.Generators = contract.GeneratorSet{contract.CategoryPath: {"": {Type: "Uuid"}}}
		}), contract.V2, contract.V3},
		{"several rules", body(contract.RuleList{Rules: rules(contract.TypeRule{}, contract.RegexRule{Pattern: "a"})}), contract.V2, contract.V3},
		{"a rule of V3", body(contract.RuleList{Rules: rules(contract.IntegerRule{})}), contract.V2, contract.V3},
		{"a rule of V4", body(contract.RuleList{Rules: rules(contract.SemverRule{})}), contract.V2, contract.V4},
		{"any rule in V1", body(contract.RuleList{Rules: rules(contract.TypeRule{})}), contract.V1, contract.V2},
		{"several cookies", pact(contract.V4, func(i *contract.HTTP) {
			i.Response.Headers = contract.Values{"set-cookie": {"a=1", "b=2"}}
		}), contract.V2, contract.V3},
		{"text that is not UTF-8", pact(contract.V4, func(i *contract.HTTP) {
			i.Response.Body = contract.NewBody([]byte("\xff"), "text/plain")
		}), contract.V3, contract.V4},
		{"JSON that is none", pact(contract.V4, func(i *contract.HTTP) {
			i.Response.Body = contract.NewBody([]byte("{"), "application/json")
		}), contract.V3, contract.V4},
		{"an unknown version", of(), contract.VersionUnknown, contract.V4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := contract.Encode(tt.pact, tt.to)
			var unsupported *contract.UnsupportedError
			require.ErrorAs(t, err, &unsupported)
			require.Equal(t, tt.to, unsupported.Version)
			require.Equal(t, tt.needs, unsupported.Needs)
			require.NotEmpty(t, unsupported.Where)
		})
	}
}

func TestWhatSurroundsAnExchangeIsDroppedBelowV4(t *testing.T) {
	t.Parallel()
	p := pact(contract.V4, func(i *contract.HTTP) {
		i.Key, i.Pending, i.Transport = "k", true, "https"
		i.Comments = map[string]any{"testname": "T"}
	})
	require.Equal(t, map[string]any{
		"description": "a",
		"request":     map[string]any{"method": "GET", "path": "/"},
		"response":    map[string]any{"status": 200.0},
	}, written(t, p, contract.V3))
}

func TestAMessageOfV3DeclaresATypeThatCannotBeGuessed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ content, kind, want string }{
		{"a,b", "text/csv", "text/csv"},
		{`{"a":1}`, "application/json", ""},
		{"hello", "text/plain", ""},
		{`"hello"`, "application/json", ""},
		{`<a/>`, "application/json;charset=utf-8", "refused"},
		{"null", "application/json", ""},
	} {
		p := &contract.Pact{Version: contract.V4, Interactions: []contract.Interaction{&contract.AsyncMessage{
			Common:  contract.Common{Description: "m"},
			Message: contract.Message{Contents: contract.NewBody([]byte(tt.content), tt.kind)},
		}}}
		data, err := contract.Encode(p, contract.V3)
		if tt.want == "refused" {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		got := decode(t, string(data)).Interactions[0].(*contract.AsyncMessage)
		if tt.content != "null" { // which is read as a null body
			require.Equal(t, tt.kind, got.Contents.ContentType)
			require.Equal(t, tt.content, string(got.Contents.Content))
		}
		declared, _ := got.Metadata["contentType"].(string)
		require.Equal(t, tt.want, declared, tt.content)
	}
}

func TestAValueThatJSONCannotHoldIsAFormatError(t *testing.T) {
	t.Parallel()
	p := pact(contract.V4, func(i *contract.HTTP) { i.Comments = map[string]any{"f": func() {}} })
	_, err := contract.Encode(p, contract.V4)
	var bad *contract.FormatError
	require.ErrorAs(t, err, &bad)
}
