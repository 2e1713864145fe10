package chance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/chance"
)

func TestNumbersAreTheSameUnlessAnotherSeedIsAskedFor(t *testing.T) {
	draw := func(fixed uint64) uint64 { return chance.New(t, fixed).Uint64() }
	t.Setenv(chance.Variable, "")
	first := draw(1)
	require.Equal(t, first, draw(1))
	require.NotEqual(t, first, draw(2))

	t.Setenv(chance.Variable, "77")
	require.Equal(t, uint64(77), chance.Seed(t, 1))
	other := draw(1)
	require.NotEqual(t, first, other)
	require.Equal(t, other, draw(1))
	require.NotEqual(t, other, draw(2), "two tests draw apart")
}
