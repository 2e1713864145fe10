package verifier_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

// What the consumer's author has to say stands where the outcome stands.
func TestCommentsAndReferencesAreShownOnce(t *testing.T) {
	t.Parallel()
	commented := strings.Replace(get("tea", "/tea", `{"stock":1}`), `"request"`, `"type":"Synchronous/HTTP",
		"comments":{"testname":"TestTea","text":["green tea only"],"references":{"Jira":{"SHOP-7":"https://jira/SHOP-7"}}},"request"`, 1)
	for _, tt := range []struct{ name, stock, where string }{
		{"a failure", `{"stock":0}`, "Failed\n"},
		{"a success", `{"stock":1}`, "✓ tea\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := text(t, verify(t, verifier.Options{
				Handler: answering(map[string]string{"/tea": tt.stock}), Pacts: []*contract.Pact{pactV4(t, commented)},
			}))
			_, told, found := strings.Cut(out, tt.where)
			require.True(t, found, out)
			for _, line := range []string{"test name: TestTea\n", "comment: green tea only\n", "reference: Jira SHOP-7: https://jira/SHOP-7\n"} {
				require.Equal(t, 1, strings.Count(out, line), out)
				require.Contains(t, told, line)
			}
		})
	}
}
