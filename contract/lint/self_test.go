package lint_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/lint"
)

// v4 reads one V4 interaction.
func v4(t *testing.T, interaction string) contract.Interaction {
	t.Helper()
	p, err := contract.Decode([]byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[` + interaction +
		`],"metadata":{"pactSpecification":{"version":"4.0"}}}`))
	require.NoError(t, err)
	return p.Interactions[0]
}

// TestExamplesThatBreakTheirOwnRulesAreFoundInEveryPart has for each part of
// each kind of interaction a rule that its example does not fit.
func TestExamplesThatBreakTheirOwnRulesAreFoundInEveryPart(t *testing.T) {
	t.Parallel()
	const whole = `{"combine":"AND","matchers":[{"match":"integer"}]}`
	for _, tt := range []struct {
		name, interaction string
		want              []string
	}{
		{
			"request",
			`{"type":"Synchronous/HTTP","description":"d","request":{"method":"POST","path":"/a","query":{"q":["b"]},"headers":{"X":["c"]},
				"body":{"content":{"d":"e"},"contentType":"application/json"},
				"matchingRules":{"path":` + whole + `,"query":{"q":` + whole + `},"header":{"X":` + whole + `},"body":{"$.d":` + whole + `}}},"response":{"status":200}}`,
			[]string{"error request path ", "error request query q", "error request header X", "error request body $.d"},
		},
		{
			"response",
			`{"type":"Synchronous/HTTP","description":"d","request":{"path":"/a"},"response":{"status":200,"headers":{"X":["c"]},
				"body":{"content":{"d":[1]},"contentType":"application/json"},
				"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"error"}]},"header":{"X":` + whole + `},
				"body":{"$.d":{"matchers":[{"match":"type","min":2}]}}}}}`,
			[]string{"error response status ", "error response header X", "error response body $.d"},
		},
		{
			"message",
			`{"type":"Asynchronous/Messages","description":"d","metadata":{"m":"n"},"contents":{"content":{"d":"e"},"contentType":"application/json"},
				"matchingRules":{"metadata":{"m":` + whole + `},"body":{"$.d":` + whole + `}}}`,
			[]string{"error message metadata m", "error message body $.d"},
		},
		{
			"request and answers of a synchronous message",
			`{"type":"Synchronous/Messages","description":"d",
				"request":{"metadata":{"m":"n"},"contents":{"content":{"d":"e"},"contentType":"application/json"},"matchingRules":{"metadata":{"m":` + whole + `},"body":{"$.d":` + whole + `}}},
				"response":[{"contents":{"content":{"d":1},"contentType":"application/json"},"matchingRules":{"body":{"$.d":` + whole + `}}},
					{"contents":{"content":"e","contentType":"text/plain"},"matchingRules":{"body":{"$":` + whole + `}}}]}`,
			[]string{"error request metadata m", "error request body $.d", "error response[1] body $"},
		},
		{
			"a pattern that cannot be read",
			`{"type":"Asynchronous/Messages","description":"d","contents":{"content":{"d":"e"},"contentType":"application/json"},
				"matchingRules":{"body":{"$.d":{"matchers":[{"match":"regex","regex":"(("}]}}}}`,
			[]string{"error message body $.d", "error message body $.d"},
		},
		{
			"none",
			`{"type":"Asynchronous/Messages","description":"d","contents":{"content":{"d":1},"contentType":"application/json"},"matchingRules":{"body":{"$.d":` + whole + `}}}`,
			[]string{},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			findings := lint.Examples(v4(t, tt.interaction))
			require.Equal(t, tt.want, found(findings, "example-breaks-rule"), "%v", findings)
			for _, f := range findings {
				require.NotEmpty(t, f.Advice)
			}
		})
	}
}
