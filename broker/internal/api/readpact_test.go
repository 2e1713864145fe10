package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// TestAPactIsNotTakenApartToSeeItsNames holds that reading a body does not cost
// something for each of its interactions.
func TestAPactIsNotTakenApartToSeeItsNames(t *testing.T) { //nolint:paralleltest // it counts allocations
	one := `{"description":"a","request":{"method":"GET","path":"/"},"response":{"status":200}}`
	pact := func(n int) []byte {
		return []byte(`{"consumer":{"name":"C"},"interactions":[` + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + `],"provider":{"name":"P"}}`)
	}
	allocations := func(n int) float64 {
		text := pact(n)
		return testing.AllocsPerRun(5, func() { _, _ = api.ParsePact(text) })
	}
	require.LessOrEqual(t, allocations(2000), allocations(1)+20)
	value, err := api.ParsePact(pact(2))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"consumer": map[string]any{"name": "C"}, "provider": map[string]any{"name": "P"}}, value)
}

func TestAPactIsRefusedLikeAnyOtherBody(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "null", "[]", "[1]", `"a"`, "1", "{", `{"a":}`, `{"a":1}x`, `{"a":1} {}`, "{\"a\":\"\xff\"}", `{"interactions":[{]}`,
		`{"consumer":1e400,"provider":{"name":1E-400}}`, `{"consumer":{"name":"C"},"provider":{"id":1e400}}`,
		strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60),
	} {
		_, want := api.ParseJSON([]byte(text))
		_, got := api.ParsePact([]byte(text))
		if want == nil {
			require.NoError(t, got, text)
			continue
		}
		require.EqualError(t, got, want.Error(), text)
	}
}
