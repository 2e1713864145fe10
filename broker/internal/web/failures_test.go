package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func TestFailuresAreFoundInEveryFormOfResults(t *testing.T) {
	t.Parallel()
	one := `{"interactionDescription":"a request","interactionId":"1","success":false,"providerStates":["s"],
		"mismatches":[{"attribute":"body","identifier":"$.a","description":"why","expected":"1","actual":{"b":2}}]}`
	want := []failureBlock{{Title: "a request", Given: "s", Mismatches: kit.Comparison{{Where: "body $.a", Why: "why", Expected: "1", Actual: `{"b":2}`}}}}
	for name, raw := range map[string]string{
		"a list":               `[` + one + `,{"interactionId":"2","success":true}]`,
		"an object with tests": `{"tests":[` + one + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, failures([]byte(raw)))
		})
	}
}

func TestResultsOfUnknownFormHaveNoFailuresToShow(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `null`, `7`, `{"summary":{}}`, `["x"]`, `[{"success":"no"}]`} {
		require.Empty(t, failures([]byte(raw)), raw)
	}
}
