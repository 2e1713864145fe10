package gojson_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl/internal/gojson"
)

// documents are texts of every kind of value and of what is none.
var documents = []string{
	`null`, ` true`, "false\n", `0`, `-0`, `1.50`, `1E+5`, `""`, `"a"`, `"\"\\\/\b\f\n\r\t\u00e9"`, `"\ud83d\ude00\ud800"`, "\"\xff\"", `"é"`, `"a\\"`,
	`{}`, `[ ]`, "{ }", `[[],[ [] ],{}]`, `{"a":1,"b":[true,null,"x"],"c":{"d":-1.0}}`, " {\n\"a\" :\t1 ,\r\n\"a\": 2 }  ",
	`{"\u0061":1,"a":2}`, `{"":{"":[""]}}`, `[1,"2",3]`, `{"a":"}","b":"[\"]"}`,
	``, ` `, `{`, `[1,]`, `{"a"}`, `{"a":}`, `01`, `+1`, `nul`, `"a`, "\"\n\"", `1 2`, `{} {}`, `{}]`, `[1] x`, `'a'`,
}

func requireSameMeaning(t *testing.T, text []byte) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var want any
	ok := decoder.Decode(&want) == nil && !decoder.More()
	got, err := gojson.Parse(text)
	require.Equal(t, ok, err == nil, "%q: %v", text, err)
	if ok {
		require.Equal(t, want, got, "%q", text)
	}
}

func TestATextMeansWhatTheStandardLibraryReads(t *testing.T) {
	t.Parallel()
	for _, text := range documents {
		requireSameMeaning(t, []byte(text))
	}
	for _, depth := range []int{9_999, 10_000, 10_001, 200_000} {
		requireSameMeaning(t, []byte(strings.Repeat("[", depth)+strings.Repeat("]", depth)))
		requireSameMeaning(t, []byte(strings.Repeat("[", depth)))
	}
}

func FuzzATextMeansWhatTheStandardLibraryReads(f *testing.F) {
	for _, text := range documents {
		f.Add([]byte(text))
	}
	f.Fuzz(requireSameMeaning)
}
