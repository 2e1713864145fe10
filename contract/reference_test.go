package contract_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func TestReferencesAreReadFromComments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, comments string
		want           []string
	}{
		{"none", `{"text":["a"]}`, nil},
		{"sorted by group and name", `{"references":{"b":{"y":"2","x":"1"},"a":{"z":"3"}}}`, []string{"a z: 3", "b x: 1", "b y: 2"}},
		{"values that are not text", `{"references":{"a":{"n":2.50,"t":true,"o":{"k":["v"]},"z":null}}}`, []string{"a n: 2.50", `a o: {"k":["v"]}`, "a t: true", "a z: null"}},
		{"an address as it is", `{"references":{"Wiki":{"page":"https://wiki/?a=1&b=<2>"}}}`, []string{"Wiki page: https://wiki/?a=1&b=<2>"}},
		{"a member of a value", `{"references":{"a":{"l":["x&y"]}}}`, []string{`a l: ["x&y"]`}},
		{"a group without names", `{"references":{"a":"just this","b":7}}`, []string{"a: just this", "b: 7"}},
		{"without any name", `{"references":{"":{"":"what"}}}`, []string{"what"}},
		{"an empty group", `{"references":{"a":{}}}`, nil},
		{"no groups", `{"references":["a"]}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := decode(t, file("4.0", `{"type":"Synchronous/HTTP","description":"d","comments":`+tt.comments+`,"request":{},"response":{}}`))
			var got []string
			for _, r := range p.Interactions[0].Base().References() {
				got = append(got, r.String())
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestAReferenceIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	p := decode(t, file("4.0", `{"type":"Asynchronous/Messages","description":"d","contents":{"content":"x"},
		"comments":{"references":{"AsyncAPI":{"operationId":"onOrder","n":2.50,"deep":{"a":[1,null]}},"odd":"text"}}}`))
	requireRoundTrip(t, p)
	written, err := contract.Encode(p, contract.V4)
	require.NoError(t, err)
	require.Contains(t, string(written), "2.50", "a number keeps its spelling")
	require.Equal(t, p.Interactions[0].Base().References(), decode(t, string(written)).Interactions[0].Base().References())
}
