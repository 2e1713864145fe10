package contract_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/chance"
)

// TestAnyFileReadAndWrittenAgainMeansTheSame makes up files that have the shape
// of pacts and odd values in it. Fuzzing changes bytes and seldom gets that far.
// TREATY_FILES says how many, TREATY_SEED which.
func TestAnyFileReadAndWrittenAgainMeansTheSame(t *testing.T) {
	t.Parallel()
	files, err := strconv.Atoi(os.Getenv("TREATY_FILES"))
	if err != nil {
		files = 3000
	}
	m := maker{chance.New(t, 1)}
	read := 0
	for range files {
		file, err := json.Marshal(m.file())
		require.NoError(t, err)
		p, err := contract.Decode(file)
		if err != nil {
			var bad *contract.FormatError
			require.ErrorAs(t, err, &bad, "%s", file)
			continue
		}
		var unsupported *contract.UnsupportedError
		for _, version := range []contract.SpecVersion{contract.V2, contract.V3, contract.V4} {
			other, err := contract.Encode(p, version)
			if errors.As(err, &unsupported) {
				continue
			}
			require.NoError(t, err, "%s", file)
			_, err = contract.Decode(other)
			require.NoError(t, err, "%s as %s", file, other)
		}
		if _, err := contract.Encode(p, p.Version); errors.As(err, &unsupported) {
			continue
		}
		read++
		if !t.Run("", func(t *testing.T) { requireRoundTrip(t, p) }) {
			t.Fatalf("%s", file)
		}
	}
	require.Greater(t, read, files/3, "most files are fine")
}

// maker makes up values.
type maker struct{ *rand.Rand }

type doc = map[string]any

func (m maker) one(list ...any) any { return list[m.IntN(len(list))] }

func (m maker) chance(percent int) bool { return m.IntN(100) < percent }

// odd is any value, mostly one that does not belong where it stands.
func (m maker) odd() any {
	return m.one(nil, "", "a", "null", "\"a\"", "{}", "[1]", "ä\u0000", "a, b", "a=b&c", "%x%80", "1 ", "TRUE", 0, 1, -1, 1.5, 1e20,
		true, false, []any{}, doc{}, []any{"a", "b"}, []any{nil}, []any{1, "x", []any{}}, doc{"a": 1}, doc{"": []any{}}, doc{"content": nil})
}

// or is value, and now and then something odd.
func (m maker) or(value any) any {
	if m.chance(12) {
		return m.odd()
	}
	return value
}

// fill sets some of the members.
func (m maker) fill(percent int, members map[string]func() any) doc {
	out := doc{}
	for name, make := range members {
		if m.chance(percent) {
			out[name] = m.or(make())
		}
	}
	if m.chance(10) {
		out[m.one("x-own", "id", "name", "meta").(string)] = m.odd()
	}
	return out
}

func (m maker) list(make func() any) func() any {
	return func() any {
		var out []any
		for range m.IntN(3) {
			out = append(out, m.or(make()))
		}
		return out
	}
}

func (m maker) text(list ...any) func() any {
	return func() any { return m.one(append(list, "", "a", "b/c")...) }
}

func (m maker) file() any {
	version := m.one("1.0.0", "1.1.0", "2.0.0", "3.0.0", "4.0", "4.0.0")
	out := m.fill(90, map[string]func() any{
		"consumer": func() any { return doc{"name": m.or("c")} },
		"provider": func() any { return doc{"name": m.or("p")} },
		"metadata": func() any {
			return doc{m.one("pactSpecification", "pact-specification").(string): doc{"version": m.or(version)}, "own": m.odd()}
		},
	})
	if m.chance(85) {
		out["interactions"] = m.list(m.interaction)()
	} else {
		out["messages"] = m.list(m.message)()
	}
	return out
}

func (m maker) interaction() any {
	return m.fill(55, map[string]func() any{
		"type":           m.text("Synchronous/HTTP", "Synchronous/HTTP", "SYNCHRONOUS/http", "Asynchronous/Messages", "Synchronous/Messages"),
		"description":    m.text("d"),
		"key":            m.text("k"),
		"pending":        func() any { return m.one(true, false) },
		"providerState":  m.text("s"),
		"provider_state": m.text("s"),
		"providerStates": m.list(m.state),
		"comments": func() any {
			return m.fill(60, map[string]func() any{"text": m.list(m.text("t")), "testname": m.text("n"),
				"references": func() any { return doc{"a": m.one(doc{"b": m.odd()}, m.odd())} }})
		},
		"request":       m.request,
		"response":      func() any { return m.one(m.response(), m.response(), []any{m.contents()}) },
		"contents":      m.body,
		"metadata":      m.values,
		"matchingRules": m.rules,
		"generators":    m.generators,
		"pluginConfiguration": func() any {
			return doc{"p": m.odd()}
		},
		"interactionMarkup": func() any { return doc{"markup": m.odd(), "markupType": m.odd()} },
		"references":        func() any { return doc{"a": doc{"b": m.odd()}} },
		"transport":         m.text("http"),
	})
}

func (m maker) message() any {
	return m.fill(60, map[string]func() any{
		"description": m.text("d"), "providerState": m.text("s"), "providerStates": m.list(m.state),
		"contents": m.odd, "metaData": m.values, "metadata": m.values, "matchingRules": m.rules, "generators": m.generators,
	})
}

func (m maker) state() any {
	return m.fill(80, map[string]func() any{"name": m.text("s"), "params": func() any { return doc{"a": m.odd()} }})
}

func (m maker) request() any {
	return m.fill(60, map[string]func() any{
		"method": m.text("get", "POST"), "path": m.text("/", "/a%20b", "/ä"),
		"query":   func() any { return m.one("a=1&b=2&a=3", "a=%25&b", "?x=+", "&&=", m.values()) },
		"headers": m.values, "body": m.body, "matchingRules": m.rules, "generators": m.generators, "contents": m.body, "metadata": m.values,
	})
}

func (m maker) response() any {
	return m.fill(60, map[string]func() any{
		"status": func() any { return m.one(200, 404, 0, "200", 200.0) }, "headers": m.values, "body": m.body,
		"matchingRules": m.rules, "generators": m.generators,
	})
}

func (m maker) contents() any {
	return m.fill(60, map[string]func() any{"contents": m.body, "metadata": m.values, "matchingRules": m.rules, "generators": m.generators})
}

// values are headers, a query or metadata.
func (m maker) values() any {
	out := doc{}
	for range m.IntN(3) {
		name := m.one("a", "Accept", "Content-Type", "content-type", "contentType", "Set-Cookie", "Date", "", "ä").(string)
		out[name] = m.or(m.one("x", "x, y", " x ", "application/json", "text/plain;charset=utf-8", "image/png", "application/xml", []any{"x"}, []any{"x, y", "z"}, []any{"application/json"}))
	}
	return out
}

func (m maker) body() any {
	switch m.IntN(4) {
	case 0:
		return m.odd()
	case 1:
		return doc{"a": []any{1, 2.50, "x", nil, doc{}}}
	default:
		return m.fill(75, map[string]func() any{
			"content": func() any {
				return m.one("text", "", "eyJhIjoxfQ==", "{\"a\":1}", "\"\"", "null", doc{"b": 1}, []any{}, 5, nil, "<a/>", "\u0000")
			},
			"contentType":     m.text("application/json", "text/plain", "image/png", "application/xml", "a/b;c=\"d;e\"", "application/x-www-form-urlencoded"),
			"encoded":         func() any { return m.one(false, true, "base64", "JSON", "BASE64", "") },
			"contentTypeHint": m.text("BINARY", "text", "DEFAULT"),
		})
	}
}

func (m maker) path() string {
	return m.one("$", "$.a", "$.a[0]", "$['a b']", "$.*", "a", "", "header.a", "$.body", "$.body.a", "$.headers.a", "$.query.a[0]", "$.path", "A").(string)
}

// rules are in the form of V2, paths at once, or of V3, by category.
func (m maker) rules() any {
	out := doc{}
	if m.chance(40) {
		for range m.IntN(3) {
			out[m.path()] = m.or(m.rule())
		}
		return out
	}
	for range m.IntN(3) {
		category := m.one("body", "header", "headers", "query", "path", "method", "status", "metadata", "contents", "own").(string)
		if m.chance(30) {
			out[category] = m.ruleList()
			continue
		}
		paths := doc{}
		for range m.IntN(3) {
			paths[m.path()] = m.or(m.ruleList())
		}
		out[category] = paths
	}
	return out
}

func (m maker) ruleList() any {
	return m.fill(90, map[string]func() any{"matchers": m.list(m.rule), "combine": m.text("AND", "OR", "and")})
}

func (m maker) rule() any {
	return m.fill(35, map[string]func() any{
		"match": m.text("type", "regex", "equality", "include", "integer", "decimal", "number", "boolean", "null", "date", "time", "timestamp", "datetime",
			"values", "contentType", "statusCode", "notEmpty", "semver", "eachKey", "eachValue", "arrayContains", "min", "max", "own"),
		"regex": m.text("\\d+", "("), "min": func() any { return m.one(0, 1, 2.0, "1") }, "max": func() any { return m.one(0, 3, "x") },
		"value":     m.odd,
		"format":    m.text("yyyy-MM-dd", "q"),
		"timestamp": m.text("yyyy"), "date": m.text("yyyy-MM"), "time": m.text("HH"), "datetime": m.text("HH"),
		"status": func() any { return m.one("success", "nonError", []any{200, 201}, []any{"x"}, 5) },
		"rules":  m.list(func() any { return doc{"match": m.or("type")} }),
		"variants": m.list(func() any {
			return doc{"index": m.or(0), "rules": doc{"$.a": m.or(m.ruleList())}, "generators": m.odd()}
		}),
	})
}

func (m maker) generators() any {
	out := doc{}
	for range m.IntN(3) {
		category := m.one("body", "header", "query", "path", "method", "status", "metadata").(string)
		if m.chance(30) {
			out[category] = m.generator()
			continue
		}
		out[category] = doc{m.path(): m.or(m.generator())}
	}
	return out
}

func (m maker) generator() any {
	return m.fill(40, map[string]func() any{
		"type": m.text("RandomInt", "RandomDecimal", "RandomHexadecimal", "RandomString", "RandomBoolean", "Regex", "Uuid", "Date", "Time", "DateTime",
			"ProviderState", "MockServerURL", "Own"),
		"min": func() any { return m.one(0, 5, "1") }, "max": func() any { return m.one(1, 9, 1.5) }, "digits": func() any { return m.one(1, "x") },
		"size": func() any { return m.one(1, 3) }, "regex": m.text("a+"), "format": m.text("yyyy"), "expression": m.text("+1 day", "${a}", "/a/${id}"),
		"dataType": m.text("STRING", "integer"), "example": m.odd, "baseFormat": m.odd,
	})
}
