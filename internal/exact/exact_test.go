package exact_test

import (
	"encoding/json"
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
