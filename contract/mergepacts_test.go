package contract_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// exchange makes an HTTP interaction of a description and a path.
func exchange(description, path string, states ...string) *contract.HTTP {
	i := &contract.HTTP{
		Common:   contract.Common{Description: description},
		Request:  contract.Request{Method: "GET", Path: path},
		Response: contract.Response{Status: 200},
	}
	for _, name := range states {
		i.States = append(i.States, contract.ProviderState{Name: name})
	}
	return i
}

func between(v contract.SpecVersion, list ...contract.Interaction) *contract.Pact {
	return &contract.Pact{Consumer: "web", Provider: "api", Version: v, Interactions: list}
}

func descriptions(p *contract.Pact) []string {
	var list []string
	for _, i := range p.Interactions {
		text := i.Base().Description
		if h, ok := i.(*contract.HTTP); ok {
			text += " " + h.Request.Path
		}
		list = append(list, text)
	}
	return list
}

func TestMergingReplacesTheSameExpectationAndAppendsOthers(t *testing.T) {
	t.Parallel()
	existing := between(contract.V3, exchange("b", "/b"), exchange("a", "/a", "s"), exchange("a", "/none"))
	changed := exchange("a", "/a", "s")
	changed.Response.Headers = contract.Values{"X": {"new"}}
	added := between(contract.V3, changed, exchange("c", "/c"))
	got, err := contract.Merge(existing, added)
	require.NoError(t, err)
	require.Equal(t, []string{"b /b", "a /a", "a /none", "c /c"}, descriptions(got), "file order stays")
	require.Same(t, changed, got.Interactions[1], "the new one is taken")
	require.Len(t, existing.Interactions, 3, "the arguments are not changed")
	require.Len(t, added.Interactions, 2)
}

func TestMergingV4SortsByDescriptionAndKnowsKeys(t *testing.T) {
	t.Parallel()
	keyed := func(key, description, path string) *contract.HTTP {
		i := exchange(description, path)
		i.Key = key
		return i
	}
	existing := between(contract.V4, keyed("1", "z", "/1"), keyed("2", "b", "/2"), exchange("plain", "/3"))
	added := between(contract.V4, keyed("1", "a", "/new"), keyed("3", "b", "/4"), keyed("4", "plain", "/5"))
	got, err := contract.Merge(existing, added)
	require.NoError(t, err)
	require.Equal(t, []string{"a /new", "b /2", "b /4", "plain /5"}, descriptions(got))
}

func TestAConflictNamesBothSides(t *testing.T) {
	t.Parallel()
	existing := between(contract.V3, exchange("a", "/old", "s"))
	other := exchange("a", "/new", "s")
	other.Request.Method = "POST"
	other.Request.Query = contract.Values{"q": {"1"}}
	other.Response.Status = 201
	_, err := contract.Merge(existing, between(contract.V3, other))
	var conflict *contract.ConflictError
	require.ErrorAs(t, err, &conflict)
	what := `interaction "a" given "s"`
	require.Equal(t, []contract.Conflict{
		{What: what, Part: "method", Existing: "GET", Added: "POST"},
		{What: what, Part: "path", Existing: "/old", Added: "/new"},
		{What: what, Part: "query", Existing: "", Added: "q=1"},
		{What: what, Part: "status", Existing: "200", Added: "201"},
	}, conflict.Conflicts)
	require.ErrorContains(t, err, `"/old"`)
	_, err = contract.Merge(existing, between(contract.V4, other))
	require.NoError(t, err, "in V4 the new one replaces the old one")
}

func TestPactsOfDifferentPartiesDoNotMerge(t *testing.T) {
	t.Parallel()
	other := between(contract.V3)
	other.Consumer, other.Provider = "app", "shop"
	_, err := contract.Merge(between(contract.V3), other)
	var conflict *contract.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, []contract.Conflict{
		{What: "consumer", Existing: "web", Added: "app"}, {What: "provider", Existing: "api", Added: "shop"},
	}, conflict.Conflicts)
}

func TestInteractionsOfOneSideStayApart(t *testing.T) {
	t.Parallel()
	got, err := contract.Merge(between(contract.V4), between(contract.V4, exchange("a", "/1"), exchange("a", "/2")))
	require.NoError(t, err)
	require.Equal(t, []string{"a /1", "a /2"}, descriptions(got))
	got, err = contract.Merge(got, between(contract.V4, exchange("a", "/3"), exchange("a", "/4"), exchange("a", "/5")))
	require.NoError(t, err)
	require.Equal(t, []string{"a /3", "a /4", "a /5"}, descriptions(got))
}

func TestMergingJoinsMetadata(t *testing.T) {
	t.Parallel()
	plugin := func(version string, configuration map[string]any) map[string]any {
		return map[string]any{"name": "csv", "version": version, "configuration": configuration}
	}
	existing, added := between(contract.V3), between(contract.V4)
	existing.Metadata = map[string]any{
		"old": "1", "both": "old",
		"plugins": []any{plugin("1", map[string]any{"a": 1, "b": 1}), plugin("0", nil)},
	}
	added.Metadata = map[string]any{"both": "new", "plugins": []any{plugin("1", map[string]any{"b": 2})}}
	got, err := contract.Merge(existing, added)
	require.NoError(t, err)
	require.Equal(t, contract.V4, got.Version, "the newer version wins")
	require.Equal(t, map[string]any{
		"old": "1", "both": "new",
		"plugins": []any{plugin("1", map[string]any{"a": 1, "b": 2}), plugin("0", nil)},
	}, got.Metadata)
}

func TestMergingLargePactsTakesLinearTime(t *testing.T) {
	t.Parallel()
	var list []contract.Interaction
	for n := range 20_000 {
		list = append(list, exchange(fmt.Sprint("interaction ", n), "/"))
	}
	start := time.Now()
	got, err := contract.Merge(between(contract.V3, list...), between(contract.V3, list...))
	require.NoError(t, err)
	require.Len(t, got.Interactions, 20_000)
	require.Less(t, time.Since(start), 5*time.Second)
}
