package dsl_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
)

func TestAContractThatWouldChangeByItselfIsReported(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	var s spy
	err = pact.AddInteraction().UponReceiving("a product").WithRequest("GET", "/products/1").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"seen": time.Now().Format(time.RFC3339)}) }).
		ExecuteTest(&s, nil)
	require.ErrorContains(t, err, `"a product": response body $.seen is "`)
	require.Len(t, s.failures, 1)
	require.NoFileExists(t, file(c))
}
