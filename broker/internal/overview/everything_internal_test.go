package overview

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// What follows from a look is made once for each look, by one of those who ask.
func TestWhatFollowsFromALookStandsAsLongAsIt(t *testing.T) {
	t.Parallel()
	d, times := newDrawn[int](), 0
	draw := func(*matrix.Memory) (int, error) { times++; return times, nil }
	from := func(look int64) int {
		made, err := d.from(t.Context(), Everything{look: look}, draw)
		require.NoError(t, err)
		return made
	}
	require.Equal(t, 1, from(7))
	require.Equal(t, 1, from(7), "it is the same look")
	require.Equal(t, 2, from(8), "somebody has looked again")
	_, err := d.from(t.Context(), Everything{look: 9}, func(*matrix.Memory) (int, error) { return 99, errors.New("no") })
	require.EqualError(t, err, "no")
	require.Equal(t, 3, from(9), "a failure is not an answer")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.turn <- struct{}{}
	_, err = d.from(ctx, Everything{look: 10}, draw)
	require.ErrorIs(t, err, context.Canceled, "whoever asked has left")
}
