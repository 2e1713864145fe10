package walk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

func value(t *testing.T, text string) any {
	t.Helper()
	v, ok := walk.JSON(contract.NewBody([]byte(text), "application/json"))
	require.True(t, ok)
	return v
}

func TestValuesComeParentsFirstWithSortedKeys(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, v := range walk.Values(value(t, `{"b":[1,{"c d":null}],"a":{}}`)) {
		keys = append(keys, v.Key+"="+v.Text())
	}
	require.Equal(t, []string{
		`$={"a":{},"b":[1,{"c d":null}]}`, `$.a={}`, `$.b=[1,{"c d":null}]`, `$.b[0]=1`, `$.b[1]={"c d":null}`, `$.b[1]['c d']=null`,
	}, keys)
}

func TestTheBestRuleIsTheHeaviestAndSomeDoNotCascade(t *testing.T) {
	t.Parallel()
	one := func(r contract.Rule) contract.RuleList { return contract.RuleList{Rules: []contract.Rule{r}} }
	rules := walk.Compile(map[string]contract.RuleList{
		"$.a": one(contract.TypeRule{}), "$.a[*].b": one(contract.IntegerRule{}), "$.v": one(contract.ValuesRule{}), "$.x[": one(contract.NullRule{}),
	})
	for path, want := range map[string]contract.Rule{
		"$.a": contract.TypeRule{}, "$.a[0].c": contract.TypeRule{}, "$.a[0].b": contract.IntegerRule{}, "$.v": contract.ValuesRule{}, "$.v.k": nil, "$": nil,
	} {
		at, err := contract.ParsePath(path)
		require.NoError(t, err)
		list, cascaded, found := rules.Best(at)
		require.Equal(t, want != nil, found, path)
		if found {
			require.Equal(t, one(want), list, path)
			require.Equal(t, path == "$.a[0].c", cascaded, path)
		}
	}
}

func TestBodiesThatAreNotJSONHaveNoValues(t *testing.T) {
	t.Parallel()
	for _, b := range []contract.Body{
		{}, {State: contract.BodyNull, ContentType: "application/json"}, contract.NewBody([]byte("{"), "application/json"),
		contract.NewBody([]byte("{}"), "text/plain"),
	} {
		_, ok := walk.JSON(b)
		require.False(t, ok)
	}
}
