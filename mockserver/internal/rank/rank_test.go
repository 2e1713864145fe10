package rank_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver/internal/rank"
)

// request decodes the request of an interaction.
func request(t *testing.T, text string) contract.Request {
	t.Helper()
	p, err := contract.Decode([]byte(`{"consumer":{"name":"c"},"provider":{"name":"p"},"metadata":{"pactSpecification":{"version":"3.0.0"}},
		"interactions":[{"description":"d","request":` + text + `,"response":{"status":200}}]}`))
	require.NoError(t, err)
	return p.Interactions[0].(*contract.HTTP).Request
}

const (
	regex = `{"matchers":[{"match":"regex","regex":".*"}]}`
	kind  = `{"matchers":[{"match":"type"}]}`
)

func TestWhatSaysMoreComesFirst(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, first, second string }{
		{"1: an exact path", `{"path":"/a"}`, `{"path":"/a","query":{"q":["1"]},"headers":{"X":"1"},"matchingRules":{"path":` + regex + `}}`},
		{"2: more of the query", `{"path":"/a","query":{"q":["1"]}}`, `{"path":"/a","headers":{"X":"1"}}`},
		{"2: an exact query", `{"path":"/a","query":{"q":["1"]}}`, `{"path":"/a","query":{"q":["1"]},"matchingRules":{"query":{"q":` + regex + `}},"headers":{"X":"1"}}`},
		{"2: a rule for one value is a rule", `{"path":"/a","query":{"q":["1"]}}`, `{"path":"/a","query":{"q":["1"]},"matchingRules":{"query":{"q[0]":` + regex + `}}}`},
		{"3: more headers", `{"path":"/a","headers":{"X":"1","Y":"1"}}`, `{"path":"/a","headers":{"X":"1"},"body":{"a":1}}`},
		{"3: an exact header", `{"path":"/a","headers":{"X":"1"}}`, `{"path":"/a","headers":{"X":"1"},"body":{"a":1},"matchingRules":{"header":{"x":` + regex + `}}}`},
		{"4: a body", `{"path":"/a","body":{"a":1},"matchingRules":{"body":{"$":` + kind + `}}}`, `{"path":"/a"}`},
		{"4: an exact body", `{"path":"/a","body":{"a":1}}`, `{"path":"/a","body":{"a":1,"b":2},"matchingRules":{"body":{"$":` + kind + `}}}`},
		{"4: no body at all", `{"path":"/a","body":""}`, `{"path":"/a"}`},
	} {
		first, second := rank.Of(request(t, tt.first)), rank.Of(request(t, tt.second))
		require.Negative(t, first.Compare(second), tt.name)
		require.Positive(t, second.Compare(first), tt.name)
		same := first
		require.Zero(t, first.Compare(same), tt.name)
	}
}

func TestTheBestKeepTheirOrder(t *testing.T) {
	t.Parallel()
	plain, rich := request(t, `{"path":"/a"}`), request(t, `{"path":"/a","headers":{"X":"1"}}`)
	requests := []contract.Request{plain, rich, plain, rich}
	got := rank.Best([]int{0, 3, 2, 1}, func(i int) rank.Rank { return rank.Of(requests[i]) })
	require.Equal(t, []int{3, 1}, got)
	require.Empty(t, rank.Best(nil, func(i int) rank.Rank { return rank.Of(requests[i]) }))
}
