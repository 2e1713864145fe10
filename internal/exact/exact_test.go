package exact_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/internal/exact"
)

func TestNumbersKeepTheirText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1e400", "-1E-999", "9007199254740993", "1.0", "0", "123456789012345678901234567890.5"} {
		value, err := exact.Value([]byte(` {"a": [` + text + `]} `))
		require.NoError(t, err, text)
		require.Equal(t, map[string]any{"a": []any{json.Number(text)}}, value)
	}
}

func TestOneValueAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{} {}`, `1 2`, `[] ]`, `"a" x`} {
		_, err := exact.Value([]byte(text))
		require.ErrorIs(t, err, exact.ErrMore, text)
	}
	for _, text := range []string{``, ` `, `{`, `01`, `nul`, `{"a" 1}`} {
		_, err := exact.Value([]byte(text))
		require.Error(t, err, text)
	}
	var object map[string]any
	require.Error(t, exact.Decode([]byte(`[1]`), &object), "as json.Unmarshal, what does not fit is refused")
}

// read is what encoding/json makes of a text.
func read(text []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err = decoder.Decode(&value); err == nil && decoder.More() {
		err = exact.ErrMore
	}
	return value, err
}

func FuzzValue(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,-0.5e+3,"x\u00e9\ud83d\ude00\n",true,false,null,{}],"a" : [ ] , "\u0061":"é"}`, `"01234567890123456789\"0123456\\"`, "\"0123456\x1f789\"",
		`[1,]`, `{"a":1,}`, `{,}`, `[1 2]`, `01`, `-`, `1.`, `1e`, `.5`, `+1`, `tru`, `truee`, `"\x"`, `"\u12g4"`, `"\ud800"`, "\"\xff\"", `"abc`, `"abc\`, `{"a"}`, `{1:2}`,
		"[\x00]", "1\x00", "\x00", strings.Repeat("[", 20_000), strings.Repeat("[", 600) + strings.Repeat("]", 600), "\ufeff1", "\v1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		require.Equal(t, json.Valid(text), exact.Valid(text))
		want, wantErr := read(text)
		value, err := exact.Value(text)
		if !json.Valid(text) {
			require.Error(t, err)
			return
		}
		require.NoError(t, wantErr)
		require.NoError(t, err)
		require.Equal(t, want, value)
	})
}
