package matching_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// broken is a rule that nobody can apply: its methods panic.
type broken struct{ contract.Rule }

// TestAPanicIsAMismatchOfItsPart: it is neither a crash nor a match, and the other
// parts are still compared.
func TestAPanicIsAMismatchOfItsPart(t *testing.T) {
	t.Parallel()
	headers := contract.Values{"X": {"1"}, "Content-Type": {"application/json"}}
	request := func(c contract.Category, key string) matching.Result {
		return matching.Request(
			contract.Request{Method: "POST", Path: "/a", Query: contract.Values{"q": {"1"}}, Headers: headers,
				Body: contract.NewBody([]byte(`{"a":1}`), "application/json"), Rules: ruleFor(c, key, broken{})},
			contract.Request{Method: "PUT", Path: "/b", Query: contract.Values{"q": {"2"}}, Headers: contract.Values{"X": {"2"}, "Content-Type": {"application/json"}},
				Body: contract.NewBody([]byte(`{"a":2}`), "application/json")})
	}
	for _, tt := range []struct {
		category contract.Category
		key      string
		kind     matching.Kind
	}{
		{contract.CategoryMethod, "", matching.KindMethod}, {contract.CategoryPath, "", matching.KindPath},
		{contract.CategoryQuery, "q", matching.KindQuery}, {contract.CategoryHeader, "X", matching.KindHeader},
		{contract.CategoryBody, "$.a", matching.KindBody},
	} {
		r := request(tt.category, tt.key)
		kinds := map[matching.Kind]string{}
		for _, m := range r.Mismatches {
			kinds[m.Kind] = m.Why
		}
		require.Len(t, kinds, 5, "every part differs: %v", kinds)
		require.Contains(t, kinds[tt.kind], "could not be compared: internal error")
	}
	status := matching.Response(contract.Response{Status: 200, Rules: ruleFor(contract.CategoryStatus, "", broken{})}, contract.Response{Status: 200})
	require.Contains(t, status.Mismatches[0].Why, "internal error")
	message := matching.Message(
		contract.Message{Metadata: map[string]any{"m": "n"}, Contents: contract.NewBody([]byte("a"), "text/plain"), Rules: ruleFor(contract.CategoryMetadata, "m", broken{})},
		contract.Message{Metadata: map[string]any{"m": "n"}, Contents: contract.NewBody([]byte("b"), "text/plain")})
	require.Len(t, message.Mismatches, 2)
	require.Contains(t, message.Mismatches[0].Why, "internal error")
}
