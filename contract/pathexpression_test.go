package contract_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func path(t testing.TB, s string) contract.Path {
	t.Helper()
	p, err := contract.ParsePath(s)
	require.NoError(t, err)
	return p
}

func TestPathsPrintInTheirCanonicalForm(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                      "",
		"$":                     "$",
		"$.a.b":                 "$.a.b",
		"$['a'].b":              "$.a.b",
		`$["a"]`:                "$.a",
		"a.b":                   "$.a.b",
		"100":                   "$['100']",
		"$.a[*].b[10].*":        "$.a[*].b[10].*",
		"$[007]":                "$[7]",
		"$.a-b.é.@id.#text":     "$['a-b']['é']['@id']['#text']",
		"$['it\\'s']['a\\\\b']": `$['it\'s']['a\\b']`,
		"$['']":                 "$['']",
		"$['a.b[*]']":           "$['a.b[*]']",
		"$.urn:x":               "$['urn:x']",
		"X-Header":              "$['X-Header']",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			p := path(t, given)
			require.Equal(t, want, p.String())
			require.Equal(t, p, path(t, p.String()), "printing and parsing gives the same tokens")
		})
	}
}

func TestAPathThatCannotBeReadIsAFormatError(t *testing.T) {
	t.Parallel()
	for _, s := range []string{".a", "[0]", "$a", "$.", "$..a", "$[", "$[a]", "$['a", "$['a'", "$[-1]", "$[0", "$.a b", "$[99999999999999999999]", "!", "$.a[*", "\xff"} {
		_, err := contract.ParsePath(s)
		var bad *contract.FormatError
		require.ErrorAs(t, err, &bad, s)
	}
}

func TestWeightIsTheProductOfTheSpecification(t *testing.T) {
	t.Parallel()
	at := path(t, "$.a[0].b")
	product := func(expression string) int {
		w := path(t, expression).Weight(at)
		return w.Tokens << w.Literals
	}
	for expression, want := range map[string]int{
		"$": 2, "$.a": 8, "$.a[*].b": 32, "$.a[0].b": 64, "$.*[*].*": 8, "$.a[*].*": 16,
		"$.b": 0, "$.a[1]": 0, "$.a[0].b.c": 0, "$[*]": 0, "$.a.*.b": 32, "": 0,
	} {
		require.Equal(t, want, product(expression), expression)
	}
}

func TestANumericKeyIsSelectedByAnIndexToo(t *testing.T) {
	t.Parallel()
	at := contract.Path{{Kind: contract.TokenRoot}}.Field("100")
	require.True(t, path(t, "$[100]").Weight(at).Applies())
	require.True(t, path(t, "$[*]").Weight(at).Applies())
	require.True(t, path(t, "$['100']").Weight(at).Applies())
	require.False(t, path(t, "$[10]").Weight(at).Applies())
	require.False(t, path(t, "$['100']").Weight(contract.Path{{Kind: contract.TokenRoot}}.Elem(100)).Applies())
}

func TestWeightsCompareWithoutOverflow(t *testing.T) {
	t.Parallel()
	deep := "$" + strings.Repeat(".a", 5000)
	at := path(t, deep)
	exact := at.Weight(at)
	star := path(t, deep[:len(deep)-1]+"*").Weight(at)
	parent := path(t, deep[:len(deep)-2]).Weight(at)
	require.Positive(t, exact.Compare(star))
	require.Positive(t, star.Compare(parent))
	require.Negative(t, parent.Compare(exact))
	require.Zero(t, exact.Compare(path(t, deep).Weight(at)))
	require.Positive(t, parent.Compare(contract.Weight{}))
	require.Negative(t, contract.Weight{}.Compare(parent))
	var none contract.Weight
	require.Zero(t, none.Compare(contract.Weight{}))
	require.Zero(t, contract.Weight{Literals: 3, Tokens: 1}.Compare(contract.Weight{Literals: 1, Tokens: 4}))
}

func TestEquallyHeavyPathsHaveAnOrder(t *testing.T) {
	t.Parallel()
	require.Negative(t, path(t, "$.a.*").Compare(path(t, "$.*.b")), "the leftmost literal wins")
	require.Negative(t, path(t, "$.a[*]").Compare(path(t, "$.a.*")), "[*] says more than .*")
	require.Negative(t, path(t, "$.*[*].*").Compare(path(t, "$.*")), "the longer one says more")
	require.Positive(t, path(t, "$.b").Compare(path(t, "$.a")))
	require.Zero(t, path(t, "$.a").Compare(path(t, "$['a']")))
}

func TestGrowingAPathLeavesItsParentAlone(t *testing.T) {
	t.Parallel()
	p := path(t, "$.a")
	one, two := p.Field("b"), p.Elem(3)
	require.Equal(t, "$.a.b", one.String())
	require.Equal(t, "$.a[3]", two.String())
	require.Equal(t, "$.a", p.String())
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"", "$", "$.a[0]['b'].*[*]", "a.b", `$['\'\\']`, "$[", "$.é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := contract.ParsePath(s)
		if err != nil {
			return
		}
		again, err := contract.ParsePath(p.String())
		require.NoError(t, err)
		require.Equal(t, p, again)
		require.Zero(t, p.Compare(again))
	})
}
