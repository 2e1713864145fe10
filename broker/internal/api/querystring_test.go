package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

type object = map[string]any
type list = []any

func TestQueriesNestAsRackNestsThem(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, raw string
		want      object
	}{
		{"plain values", "a=1&b=x+y%20z", object{"a": "1", "b": "x y z"}},
		{"the last of a repeated value counts", "a=1&a=2", object{"a": "2"}},
		{"a list", "a[]=1&a[]=2", object{"a": list{"1", "2"}}},
		{"a repeated key begins the next element", "q[][p]=A&q[][v]=1&q[][p]=B",
			object{"q": list{object{"p": "A", "v": "1"}, object{"p": "B"}}}},
		{"percent-encoded brackets", "q%5B%5D%5Bp%5D=A", object{"q": list{object{"p": "A"}}}},
		{"without the second brackets", "q[]p=A&q[]v=1&q[]p=B",
			object{"q": list{object{"p": "A", "v": "1"}, object{"p": "B"}}}},
		{"objects", "a[b][c]=1&a[b][d]=2", object{"a": object{"b": object{"c": "1", "d": "2"}}}},
		{"lists inside of elements", "q[][t][]=1&q[][t][]=2", object{"q": list{object{"t": list{"1"}}, object{"t": list{"2"}}}}},
		{"no value", "a&b=", object{"a": "", "b": ""}},
		{"no name", "=1&&[]=2", object{}},
		{"wrong encoding stays", "a=%zz", object{"a": "%zz"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := api.ParseQuery(tt.raw)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestContradictingQueriesAreRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"a=1&a[]=2", "a[]=1&a[b]=2", "a[b]=1&a[]=2", "a=1&a[b]=2",
		"a" + strings.Repeat("[b]", 100) + "=1",
		strings.Repeat("a=1&", 5000),
	} {
		_, err := api.ParseQuery(raw)
		require.Error(t, err, raw[:min(len(raw), 40)])
	}
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"q[][p]=A&q[][v]=1", "a[b][c]=1", "]][[=1", "a[]b[]c=%", "q[]=1&q[][x]=2"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, raw string) {
		// Whatever comes in: no panic, no endless loop.
		_, _ = api.ParseQuery(raw)
	})
}
