package dsl_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/internal/chance"
	"github.com/treatyhq/treaty/matching"
)

// thing is a value with matchers, a value of a provider that keeps them, and
// values that break one of them each.
type thing struct {
	described, kept any
	broken          []any
}

func leaf(described, kept, broken any) thing { return thing{described, kept, []any{broken}} }

var leaves = []thing{
	leaf("plain", "plain", 7),
	leaf(matchers.Like("x"), "y", 5),
	leaf(matchers.Like(1), 2, "2"),
	leaf(matchers.Regex("a1", `[a-z]\d`), "b2", "bb"),
	leaf(matchers.Integer(1), 2, 2.5),
	leaf(matchers.Decimal(1.5), 2.5, 2),
	leaf(matchers.Equality("e"), "e", "f"),
	leaf(matchers.Null{}, nil, 0),
	leaf(matchers.Includes("in"), "a pin", "a needle"),
	leaf(matchers.DateGenerated("2020-01-01", "yyyy-MM-dd"), "2021-12-31", "2021-13-31"),
	leaf(dsl.Boolean(true), false, "no"),
	leaf(dsl.Semver("1.0.0"), "2.1.0", "2.1"),
	leaf(dsl.NotEmpty("x"), "y", ""),
	leaf(dsl.Expression("matching(number, 5)"), 5.5, "5"),
}

// oddNames need care in path expressions.
var oddNames = []string{"a", "a b", "it's", `say "x"`, "a.b", "a[0]", "[*]", "*", "$", "$.a", "@id", "#text", "7", "ünï", `back\slash`, "", "pact", "value", "match", "a-b", "body", "x'] ['y"}

// grow makes a thing of at most the given depth.
func grow(random *rand.Rand, depth int) thing {
	kind := random.IntN(8)
	if depth == 0 {
		kind = 0
	}
	switch kind {
	case 0, 1:
		return leaves[random.IntN(len(leaves))]
	case 2, 3:
		return object(random, depth)
	case 4:
		inner := object(random, depth)
		inner.described = matchers.Like(inner.described)
		return inner
	case 5:
		return repeated(random, depth)
	case 6:
		inner := grow(random, depth-1)
		t := thing{described: matchers.EachKeyLike("k", map[string]any{"k": inner.described}), kept: map[string]any{"other": inner.kept, "k": inner.kept}}
		for _, broken := range inner.broken {
			t.broken = append(t.broken, map[string]any{"other": broken})
		}
		return t
	default:
		inner := grow(random, depth-1)
		t := thing{described: matchers.ArrayContaining([]any{inner.described}), kept: []any{map[string]any{"else": true}, inner.kept}, broken: []any{[]any{}}}
		for _, broken := range inner.broken {
			t.broken = append(t.broken, []any{broken})
		}
		return t
	}
}

func object(random *rand.Rand, depth int) thing {
	described, kept := map[string]any{}, map[string]any{}
	t := thing{described: described, kept: kept}
	members := map[string]thing{}
	for range 1 + random.IntN(3) {
		members[oddNames[random.IntN(len(oddNames))]] = grow(random, depth-1)
	}
	for name, member := range members {
		described[name], kept[name] = member.described, member.kept
	}
	for name, member := range members {
		for _, broken := range member.broken {
			t.broken = append(t.broken, with(kept, name, broken))
		}
		without := with(kept, name, nil)
		delete(without, name)
		t.broken = append(t.broken, without)
	}
	return t
}

func with(object map[string]any, name string, value any) map[string]any {
	changed := map[string]any{}
	for n, v := range object {
		changed[n] = v
	}
	changed[name] = value
	return changed
}

func repeated(random *rand.Rand, depth int) thing {
	inner := grow(random, depth-1)
	least := 1 + random.IntN(2)
	kept, few := []any{}, []any{}
	for n := range least + 1 {
		kept = append(kept, inner.kept)
		if n < least-1 {
			few = append(few, inner.kept)
		}
	}
	t := thing{described: matchers.EachLike(inner.described, least), kept: kept, broken: []any{few}}
	for _, broken := range inner.broken {
		t.broken = append(t.broken, append(append([]any{}, kept...), broken))
	}
	return t
}

// TestMatchersKeepTheirMeaningInsideOfEachOther makes up bodies of matchers
// inside of lists, objects and other matchers under odd names. A provider that
// breaks any one of them is refused.
func TestMatchersKeepTheirMeaningInsideOfEachOther(t *testing.T) {
	t.Parallel()
	random := chance.New(t, 7)
	broken := 0
	for n := range 400 {
		made := object(random, 3)
		c := config(t)
		require.NoError(t, proven(t, c, func(b *dsl.V4ResponseBuilder) { b.JSONBody(made.described) }), "%#v", made.described)
		expected := readPact(t, file(c)).Interactions[0].(*contract.HTTP).Response
		answered := func(body any) []matching.Mismatch {
			text, err := json.Marshal(body)
			require.NoError(t, err)
			actual := contract.Response{Status: 200, Headers: expected.Headers, Body: contract.NewBody(text, jsonType)}
			return matching.Response(expected, actual).Mismatches
		}
		require.Empty(t, answered(made.kept), "body %d: %#v\n%s", n, made.kept, read(t, c))
		for _, b := range made.broken {
			broken++
			require.NotEmpty(t, answered(b), "body %d: %s\n%s", n, fmt.Sprintf("%#v", b), read(t, c))
		}
	}
	require.Greater(t, broken, 2000)
}
