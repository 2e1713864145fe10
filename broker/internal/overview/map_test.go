package overview_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestTheMapSaysOfEachPairWhereItFails(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		p := history(t, s.Store, steps(t, `
			environment production
			environment test
			pact    Shop 1 -> Stock
			verify  Stock 1 : Shop 1 ok
			deploy  Shop 1 production
			deploy  Stock 1 production
			pact    Shop 2 -> Stock  content changed
			verify  Stock 2 : Shop 2 failed
			deploy  Shop 2 test
			deploy  Stock 1 test
			pact    Mail 1 -> Stock
			verify  Stock 2 : Mail 1 ok
			deploy  Mail 1 production
			pact    Shop 1 -> Old
			pact    Shop 2 -> Post
			version Lone 1
		`))
		_, _, err := s.Registry.PutLabel(t.Context(), p.Name("Shop"), "team-shop")
		require.NoError(t, err)
		m, err := s.Overview.LookAtMap(t.Context())
		require.NoError(t, err)
		told := map[string]string{}
		for _, e := range m.Edges {
			words := []string{}
			for _, place := range e.Places {
				outcome := map[matrix.Outcome]string{matrix.Failed: "failed", matrix.Unverified: "unproven", matrix.Passed: "verified"}[place.Outcome]
				words = append(words, strings.TrimSpace(p.Unnamed(place.Environment)+" "+outcome))
			}
			told[p.Unnamed(e.Consumer+" "+e.Provider)] = strings.Join(words, ", ")
		}
		require.Equal(t, map[string]string{
			"Shop Stock": "failed, production verified, test unproven", // the newest Stock fails the newest Shop
			"Mail Stock": "verified, production unproven",              // what runs there was never verified
			"Shop Old":   "",                                           // the newest Shop has no pact with it
			"Shop Post":  "unproven",                                   // of which nobody knows a version
		}, told)
		require.Equal(t, "Shop Stock", p.Unnamed(m.Edges[0].Consumer+" "+m.Edges[0].Provider), "what fails comes first")
		require.Equal(t, []string{"team-shop"}, m.Applications[p.Name("Shop")])
		require.Contains(t, m.Applications, p.Name("Lone"))

		again, err := s.Overview.LookAtMap(t.Context())
		require.NoError(t, err)
		require.Same(t, &m.Edges[0], &again.Edges[0], "nothing has changed")
		_, _, err = s.Registry.PutLabel(t.Context(), p.Name("Mail"), "post")
		require.NoError(t, err)
		again, err = s.Overview.LookAtMap(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"post"}, again.Applications[p.Name("Mail")])
	})
}

// mapOf has an edge for each pair of words; one that ends in "!" fails.
func mapOf(pairs ...string) overview.Map {
	m := overview.Map{Applications: map[string][]string{}}
	for _, pair := range pairs {
		consumer, provider, _ := strings.Cut(strings.TrimSuffix(pair, "!"), " ")
		m.Applications[consumer], m.Applications[provider] = nil, nil
		outcome := matrix.Passed
		if strings.HasSuffix(pair, "!") {
			outcome = matrix.Failed
		}
		m.Edges = append(m.Edges, overview.MapEdge{Consumer: consumer, Provider: provider, Places: []overview.MapPlace{{Outcome: outcome}}})
	}
	return m
}

func namesOf(m overview.Map) string {
	return strings.Join(slices.Sorted(maps.Keys(m.Applications)), " ")
}

func pairsOf(m overview.Map) (out []string) {
	for _, e := range m.Edges {
		out = append(out, e.Consumer+" "+e.Provider)
	}
	return out
}

func TestTheMapAroundAnApplicationGoesBothWays(t *testing.T) {
	t.Parallel()
	whole := mapOf("a b", "b c", "c d!", "x c", "e e", "a c")
	for steps, want := range map[int]string{0: "c", 1: "a b c d x", 2: "a b c d x"} {
		m, err := whole.Around("c", steps)
		require.NoError(t, err)
		require.Equal(t, want, namesOf(m), "%d steps", steps)
	}
	m, err := whole.Around("d", 2)
	require.NoError(t, err)
	require.Equal(t, "a b c d x", namesOf(m))
	require.Contains(t, pairsOf(m), "a b", "what is between two that are near is there")
	m, err = whole.Around("d", 1)
	require.NoError(t, err)
	require.Equal(t, []string{"c d"}, pairsOf(m))
	_, err = whole.Around("cc", 1)
	require.Equal(t, kernel.CodeNotFound, kernel.CodeOf(err))
	require.Equal(t, "c d", namesOf(whole.Failing()))
}

func TestTheNearestAreDrawnAndOfThemWhatFails(t *testing.T) {
	t.Parallel()
	var pairs []string
	for i := range 60 {
		pairs = append(pairs, fmt.Sprintf("consumer-%02d hub", i))
	}
	pairs[57] += "!"
	pairs = append(pairs, "far consumer-00", "elsewhere far-away")
	m, left := mapOf(pairs...).Nearest("hub", 40)
	require.Len(t, m.Applications, 40)
	require.Equal(t, 24, left)
	require.Contains(t, m.Applications, "hub")
	require.Contains(t, m.Applications, "consumer-57", "what fails is not left out")
	require.NotContains(t, m.Applications, "far")
	require.Len(t, m.Edges, 39)
	all, left := mapOf("a b").Nearest("a", 40)
	require.Equal(t, "a b", namesOf(all))
	require.Zero(t, left)
}

func TestApplicationsAreGroupedByTeamOrLabel(t *testing.T) {
	t.Parallel()
	for want, labels := range map[string][]string{"": nil, "a": {"a", "b"}, "team-x": {"a", "team-x", "team-y"}, "Team Z": {"Team Z"}} {
		require.Equal(t, want, overview.GroupOf(labels))
	}
	m := mapOf("a b", "a c!", "b c", "c c")
	m.Applications["a"], m.Applications["b"] = []string{"shop"}, []string{"shop"}
	sizes, edges := m.Groups()
	require.Equal(t, map[string]int{"shop": 2, "": 1}, sizes)
	require.Equal(t, []overview.GroupEdge{
		{Consumer: "shop", Provider: "", Pairs: 2, Failing: 1, Proven: 1}, {Consumer: "", Provider: "", Pairs: 1, Proven: 1}, {Consumer: "shop", Provider: "shop", Pairs: 1, Proven: 1},
	}, edges)
	require.Equal(t, []string{"a b", "a c", "b c"}, pairsOf(m.Labelled("shop")))
	require.Equal(t, "a b c", namesOf(m.Labelled("shop")), "with the partners of the group")
}
