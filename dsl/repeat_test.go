package dsl_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
)

// logged is a test that hears warnings.
type logged struct {
	spy
	lines []string
}

func (l *logged) Logf(format string, args ...any) {
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func same(t *testing.T, l *logged, c dsl.MockHTTPProviderConfig, bodies ...string) error {
	t.Helper()
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	for n, body := range bodies {
		pact.AddInteraction().Given("open").UponReceiving("a question").WithRequest("GET", fmt.Sprintf("/%d", n)).
			WillRespondWith(200, func(b *dsl.V4ResponseBuilder) { b.JSONBody(body) })
	}
	return pact.ExecuteTest(l, func(server dsl.MockServerConfig) error {
		for n := range bodies {
			if _, _, err := fetch(server, "GET", fmt.Sprintf("/%d", n), ""); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestTwoDescriptionsOfOneInteractionAreToldAndNameTheWayOut(t *testing.T) {
	c := config(t)
	var l logged
	require.NoError(t, same(t, &l, c, "first"))
	err := same(t, &l, c, "second")
	require.ErrorContains(t, err, `this run describes "a question" twice`)
	require.ErrorContains(t, err, "TREATY_ALLOW_REPEATED_INTERACTIONS=1")
	require.Contains(t, read(t, c), `"first"`)
}

func TestAPortedSuiteMayKeepTheLastDescriptionWithAWarning(t *testing.T) {
	t.Setenv("TREATY_ALLOW_REPEATED_INTERACTIONS", "1")
	c := config(t)
	var l logged
	require.NoError(t, same(t, &l, c, "first"))
	require.Empty(t, l.lines)
	require.NoError(t, same(t, &l, c, "second"))
	require.Len(t, l.lines, 1)
	require.Contains(t, l.lines[0], `This test replaces an interaction of the contract: this run describes "a question" twice`)
	require.Contains(t, read(t, c), `"second"`)
	require.NotContains(t, read(t, c), `"first"`)

	require.NoError(t, same(t, &l, c, "third", "fourth"))
	require.Len(t, l.lines, 2)
	require.Contains(t, read(t, c), `"fourth"`)
	require.Len(t, readPact(t, file(c)).Interactions, 1)
	require.Empty(t, l.failures)
}
