package contract_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func digest(t *testing.T, text string) string {
	t.Helper()
	sum, err := contract.Digest([]byte(text))
	require.NoError(t, err)
	require.Len(t, sum, 40)
	return sum
}

func TestOrderAndNamesDoNotChangeTheDigest(t *testing.T) {
	t.Parallel()
	base := digest(t, `{"consumer":{"name":"a"},"interactions":[{"description":"1","request":{"a":1}},{"description":"2"}]}`)
	require.Equal(t, base, digest(t, ` {"interactions":[{"description":"2"},{"request":{"a":1},"description":"1"}],"x":1}`))
	require.NotEqual(t, base, digest(t, `{"interactions":[{"description":"1","request":{"a":2}},{"description":"2"}]}`))
	require.NotEqual(t, base, digest(t, `{"interactions":[{"description":"1","request":{"a":1}},{"description":"2"}],"messages":[]}`))
	v2 := `{"interactions":[],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`
	require.NotEqual(t, digest(t, `{"interactions":[]}`), digest(t, v2))
	require.Equal(t, digest(t, v2), digest(t, `{"interactions":[],"metadata":{"pactSpecificationVersion":"2.0.0"}}`))
	require.Equal(t, digest(t, `{"interactions":[{"a":2,"b":1}]}`), digest(t, `{"interactions":[{"a":3,"a":2,"b":1}]}`), "the last of two members counts")
	require.NotEqual(t, digest(t, `{"interactions":[{"comments":{"references":{"Jira":{"A-1":"one"}}}}]}`),
		digest(t, `{"interactions":[{"comments":{"references":{"Jira":{"A-1":"two"}}}}]}`), "all of an interaction counts, also what is said about it")
	require.Equal(t, digest(t, `{"interactions":[],"comments":{"references":{"Jira":{"A-1":"one"}}}}`), digest(t, `{"interactions":[]}`))
	require.NotEqual(t, digest(t, `{"interactions":[{"a":[1,2]}]}`), digest(t, `{"interactions":[{"a":[2,1]}]}`), "inner lists keep their order")
}

// The numbers were computed with the sha1sum tool over the text in the comment.
func TestTheDigestIsOverKnownText(t *testing.T) {
	t.Parallel()
	// {"interactions":[{"b":"\u0001/é\n","n":[100.0,0.0000001,1e+16,12345678901234567890,-0.0]}]}
	require.Equal(t, "de732e54338bab02566045b796bc86b5b38d2c28",
		digest(t, `{"interactions":[{"n":[1e2,1e-7,1e16,12345678901234567890,-0.0],"b":"\u0001\/\u00e9\n"}]}`))
	// {"b":1,"a":2}
	require.Equal(t, "28a29a145787d0a9496f0901057dff556ca547fa", digest(t, `{"b": 1, "a": 3, "a": 2}`))
}

func TestInteractionsGetAnIDInFront(t *testing.T) {
	t.Parallel()
	got, err := contract.WithInteractionIDs([]byte(`{"x": 1, "interactions": [{"b": 1, "a": 2}, {"a":1,"_id":"mine"}, 7], "messages": {}}`))
	require.NoError(t, err)
	id, err := contract.InteractionDigest([]byte(`{"a":2,"b":1,"_id":"ignored"}`))
	require.NoError(t, err)
	require.Equal(t, `{"x":1,"interactions":[{"_id":"`+id+`","b":1,"a":2},{"_id":"mine","a":1},7],"messages":{}}`, string(got))
	_, err = contract.WithInteractionIDs([]byte(`{`))
	require.Error(t, err)
	_, err = contract.InteractionDigest([]byte(`[]`))
	require.Error(t, err)
	_, err = contract.Digest([]byte(`nonsense`))
	require.Error(t, err)
}

func TestWhatIsStoredIsFoundInOnePass(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"consumer":{"name":"a"},"provider":{"name":"\u0062"},"interactions":[{"b":1,"a":2},{"_id":"x"},7],"messages":[],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`,
		`{"interactions":[{"request":{"body":{"a":1,"a":2}}}]}`, `{"interactions":{},"consumer":"a"}`, `{}`, `[1, 2]`,
	} {
		stored, err := contract.ForStorage([]byte(text))
		require.NoError(t, err)
		body, err := contract.WithInteractionIDs([]byte(text))
		require.NoError(t, err)
		require.Equal(t, string(body), string(stored.Body))
		require.Equal(t, digest(t, text), stored.Digest)
		if stored.Consumer != "" {
			require.Equal(t, []any{"a", "b", 3, 0}, []any{stored.Consumer, stored.Provider, stored.Interactions, stored.Messages})
		}
	}
	_, err := contract.ForStorage([]byte(`{`))
	require.Error(t, err)
}

func TestDeepContentIsDigestedInTime(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"b":1,"a":[`, 4_500) + strings.Repeat("1,", 500_000) + "1" + strings.Repeat("]}", 4_500)
	require.NotEmpty(t, digest(t, `{"interactions":[`+deep+`]}`))
}
