package matching_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func TestWhatGraphQLClientsAddCountsForTheirDocumentsOnly(t *testing.T) {
	t.Parallel()
	const expected, actual = `{"query":"{a}"}`, `{"query":"{a}","variables":{},"operationName":null,"extensions":{"x":1}}`
	document := contract.RegexRule{Pattern: `[\s,]*\{a\}[\s,]*`}
	request, _ := compareBodies("application/json", expected, actual, bodyRules("$.query", document))
	require.Empty(t, request)
	for name, rules := range map[string]contract.RuleSet{
		"a pattern of somebody else": bodyRules("$.query", contract.RegexRule{Pattern: `\{a\}`}),
		"a pattern that cascades":    bodyRules("$", document),
		"no pattern":                 nil,
	} {
		request, _ = compareBodies("application/json", expected, actual, rules)
		require.Len(t, request, 1, name)
	}
	request, _ = compareBodies("application/json", `{"query":"{a} # all"}`, `{"query":"# a\n{a}#\"b\n"}`, bodyRules("$.query", document))
	require.Empty(t, request, "comments do not count")
	texts := contract.RegexRule{Pattern: `[\s,]*\{a\(b:"#1"\)\}`}
	request, _ = compareBodies("application/json", `{"query":"{a(b:\"#1\")}"}`, `{"query":"{a(b:\"#2\")}"}`, bodyRules("$.query", texts))
	require.Len(t, request, 1, "what looks like a comment inside of a text does")
	request, _ = compareBodies("application/json", `{"query":"{a}","extensions":{"x":2}}`, actual, bodyRules("$.query", document))
	require.Equal(t, []string{"$.extensions.x: Expected 1 (Integer) to be equal to 2 (Integer)"}, request, "extensions that are expected count")
}
