package v4_test

import (
	"errors"
	"os"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	v4 "github.com/treatyhq/treaty/dsl/message/v4"
)

func TestAMessageThatItsHandlerRefusesIsNotWritten(t *testing.T) {
	dir := t.TempDir()
	pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: "storefront", Provider: "catalog", PactDir: dir})
	require.NoError(t, err)
	why := errors.New("the price is negative")
	err = pact.AddAsynchronousMessage().
		ExpectsToReceive("a change of price").
		WithJSONContent(matchers.Map{"price": matchers.Decimal(-1.5)}).
		ConsumedBy(func(v4.AsynchronousMessage) error { return why }).
		Verify(printing{})
	require.ErrorIs(t, err, why)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left, "what the handler refuses is not written")
}
