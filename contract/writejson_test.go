package contract_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// byTheStandardLibrary is what a document has to look like.
func byTheStandardLibrary(doc map[string]any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(doc)
	return out.Bytes(), err
}

type named string

type shouting struct{ Text string }

func (s shouting) MarshalJSON() ([]byte, error) {
	return []byte(` { "said" : ` + s.Text + ` }`), nil
}

func nested(depth int) any {
	var v any = map[string]any{"end": []any{}}
	for range depth {
		v = map[string]any{"in": []any{v}}
	}
	return v
}

// TestWhatIsWrittenIsWhatTheStandardLibraryWrites holds every byte, for each
// kind of value that a caller can put into a pact.
func TestWhatIsWrittenIsWhatTheStandardLibraryWrites(t *testing.T) {
	t.Parallel()
	number, low := 7, -1
	for name, value := range map[string]any{
		"nothing":              nil,
		"an empty object":      map[string]any{},
		"an object of nothing": map[string]any(nil),
		"an empty list":        []any{},
		"a list of nothing":    []any(nil),
		"objects in a row":     []map[string]any{{"b": 1, "a": true}, {}, nil},
		"texts":                []string{"", "a", "<&>", "\x00\x1f\x7f", "\u2028 é 😀", "\xff", `"\/`, "tab\tline\n"},
		"no texts":             []string(nil),
		"values":               contract.Values{"b": {"1", "2"}, "a": nil, "c": {}},
		"plain values":         map[string][]string{"q": {"x"}},
		"names to be escaped":  map[string]any{"\"": 1, "é": 2, "<": 3, "": 4, "\xff": 5, "Z": 6, "a": 7},
		"numbers":              []any{0, -5, 1.5, 1e30, float32(0.1), uint8(3), int64(math.MaxInt64), json.Number("1.000"), json.Number("1E5")},
		"pointers":             []any{&number, &low, (*int)(nil)},
		"a named text":         named("\"x\""),
		"a list of numbers":    []int{1, 2},
		"bytes":                []byte("abc"),
		"a struct":             struct{ B, A any }{B: map[string]any{"x": []any{}}, A: "<"},
		"what writes itself":   shouting{Text: `[1, {"z":0,"a":[ ]} ]`},
		"text as it came":      json.RawMessage("\n {\"z\" :[ 1.0,{ }, [\n]],\"a\":\"\\u00e9 < \u2028\"} \n"),
		"no text as it came":   json.RawMessage(nil),
		"a plain text":         json.RawMessage(`"\/"`),
		"deep":                 nested(30),
		"deeper":               nested(200),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := map[string]any{"value": value, "list": []any{value, map[string]any{"in": value}}}
			want, err := byTheStandardLibrary(doc)
			require.NoError(t, err)
			got, err := contract.WriteJSON(doc)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got)) //nolint:testifylint // every byte counts
		})
	}
}

func TestAValueThatJSONCannotExpressIsNamedAsSuch(t *testing.T) {
	t.Parallel()
	circle := map[string]any{}
	circle["again"] = []any{circle}
	for name, value := range map[string]any{
		"a function":        func() {},
		"no number":         math.NaN(),
		"half a text":       json.RawMessage(`{"a":`),
		"an empty text":     json.RawMessage{},
		"two texts":         json.RawMessage(`1 2`),
		"a number of words": json.Number("seven"),
		"a circle":          circle,
		"bad by itself":     shouting{Text: "}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := map[string]any{"before": "x", "value": value, "z": 1}
			_, err := byTheStandardLibrary(doc)
			require.Error(t, err, "the case is none")
			_, err = contract.WriteJSON(doc)
			var format *contract.FormatError
			require.ErrorAs(t, err, &format)
		})
	}
}

// TestAnInteractionByItselfIsTheOneInTheFile holds that whoever writes a file
// piece by piece writes the same file.
func TestAnInteractionByItselfIsTheOneInTheFile(t *testing.T) {
	t.Parallel()
	for _, v := range []contract.SpecVersion{contract.V1, contract.V2, contract.V3, contract.V4} {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			p := pact(v, func(i *contract.HTTP) {
				i.States = []contract.ProviderState{{Name: "a \"state\""}}
				i.Response.Headers = contract.Values{"X-Two": {"a", "b"}}
				i.Response.Body = contract.NewBody([]byte(`{"z":[{"deep":[]}],"a":1.0}`), "application/json")
				if v >= contract.V2 {
					i.Response.Rules = contract.RuleSet{contract.CategoryBody: {"$.z": {Rules: []contract.Rule{contract.TypeRule{}}}}}
				}
			})
			whole, err := contract.Encode(p, v)
			require.NoError(t, err)
			one, err := contract.EncodeInteraction(p.Interactions[0], v, v)
			require.NoError(t, err)
			require.Contains(t, string(whole), "\"interactions\": [\n    "+string(one)+"\n  ]")
			require.True(t, strings.HasPrefix(string(one), "{\n      "))
		})
	}
	_, err := contract.EncodeInteraction(&contract.HTTP{Common: contract.Common{Description: "new"}, Request: contract.Request{
		Rules: contract.RuleSet{contract.CategoryPath: {"": {Rules: []contract.Rule{contract.SemverRule{}}}}},
	}}, contract.V4, contract.V1)
	var unsupported *contract.UnsupportedError
	require.ErrorAs(t, err, &unsupported)
	require.ErrorContains(t, err, `interaction "new"`)
	_, err = contract.EncodeInteraction(&contract.HTTP{}, contract.V4, contract.VersionUnknown)
	require.ErrorAs(t, err, &unsupported)
}
