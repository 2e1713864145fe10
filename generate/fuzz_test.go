package generate_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// FuzzDateFormat writes an instant in any format.
func FuzzDateFormat(f *testing.F) {
	for _, seed := range []string{"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "''", "'", "EEEE G", "hhh", "ZZZZ VV z O", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, format string) {
		first, err := generate.FormatDate(saturday, format)
		if err != nil {
			require.Empty(t, first)
		}
	})
}

// FuzzGenerators plays any generator on any body.
func FuzzGenerators(f *testing.F) {
	for _, seed := range []struct{ content, contentType, path, generator string }{
		{`{"a":[1,{"b":2}]}`, "application/json", "$.a[*].b", `{"type":"RandomInt","min":-9223372036854775808,"max":9223372036854775807}`},
		{`<a b="1">x<c/></a>`, "application/xml", "$.a.c", `{"type":"Regex","regex":"(a|b)+[^c]{2}"}`},
		{`a=1&a=2`, "application/x-www-form-urlencoded", "$.a[1]", `{"type":"DateTime","expression":"next monday @ 3 o'clock pm"}`},
		{`"x"`, "application/json", "$", `{"type":"ProviderState","expression":"${a}-${b.c}","dataType":"INTEGER"}`},
		{`"http://x/a"`, "application/json", "$", `{"type":"MockServerURL","regex":".*(/a)"}`},
	} {
		f.Add([]byte(seed.content), seed.contentType, seed.path, []byte(seed.generator))
	}
	f.Fuzz(func(t *testing.T, content []byte, contentType, path string, generator []byte) {
		var attrs map[string]any
		if json.Unmarshal(generator, &attrs) != nil {
			return
		}
		kind, _ := attrs["type"].(string)
		m := contract.Message{
			Contents:   contract.NewBody(content, contentType),
			Generators: contract.GeneratorSet{contract.CategoryBody: {path: {Type: kind, Attrs: attrs}}},
		}
		for _, mode := range []generate.Mode{generate.Consumer, generate.Provider} {
			got, _ := generate.Message(m, generate.Context{
				Mode: mode, MockServerURL: "http://localhost", StateValues: map[string]any{"a": "1", "b": map[string]any{"c": 2.5}},
			})
			if kind, err := contract.ParseContentType(contentType); err == nil && kind.IsJSON() && json.Valid(content) && len(content) > 0 {
				require.True(t, json.Valid(got.Contents.Content), "%s", got.Contents.Content)
			}
		}
	})
}
