package cleanup

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// slowStore takes some time for each update.
type slowStore struct {
	kernel.Store
	takes time.Duration
	err   error
}

func (s slowStore) Update(_ context.Context, fn func(kernel.Tx) error) error {
	time.Sleep(s.takes)
	return errors.Join(fn(nil), s.err)
}

// batches runs updates and returns their sizes and the rests before them.
func batches(t *testing.T, p *pace, s kernel.Store, n int) (sizes []int, rests []time.Duration) {
	t.Helper()
	p.rest = func(_ context.Context, d time.Duration) error {
		rests = append(rests, d)
		return nil
	}
	for range n {
		require.NoError(t, p.update(t.Context(), s, func(_ kernel.Tx, batch int) error {
			sizes = append(sizes, batch)
			return nil
		}))
	}
	return sizes, rests
}

func TestAQuickDatabaseGetsLargerBatchesAndASlowOneSmaller(t *testing.T) {
	t.Parallel()
	sizes, _ := batches(t, newPace(Options{}), slowStore{}, 5)
	require.Equal(t, []int{25, 50, 100, 200, 200}, sizes, "as much as is looked at together")
	p := newPace(Options{})
	p.batch = 32
	var asked []int
	for range 6 {
		asked = append(asked, p.batch)
		p.adapt(p.batch, time.Duration(p.batch)*12*time.Millisecond)
	}
	require.Equal(t, []int{32, 16, 10, 10, 10, 10}, asked, "others wait no longer than for a few")
}

func TestTheWayToTheDatabaseDoesNotMakeBatchesSmaller(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fixed, each time.Duration
		want        []int
	}{
		"all of the time is the way's": {fixed: 150 * time.Millisecond, want: []int{25, 12, 24, 48, 96, 192, 200}},
		"the rows take their part":     {fixed: 150 * time.Millisecond, each: 2 * time.Millisecond, want: []int{25, 12, 24, 48, 48}},
		"a way for too long":           {fixed: time.Second, want: []int{25, 12, 10, 10}},
		"heavy rows on a short way":    {each: 60 * time.Millisecond, want: []int{25, 12, 10, 10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPace(Options{})
			var asked []int
			for range tt.want {
				asked = append(asked, p.batch)
				p.adapt(p.batch, tt.fixed+time.Duration(p.batch)*tt.each)
			}
			require.Equal(t, tt.want, asked)
		})
	}
}

func TestACleanUpRestsAsItsShareSays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		share       float64
		least, most time.Duration
	}{
		"a half by default":   {0, 20 * time.Millisecond, 800 * time.Millisecond},
		"a fifth":             {0.2, 80 * time.Millisecond, 3200 * time.Millisecond},
		"all of the time":     {1, 0, 0},
		"more than there is":  {7, 20 * time.Millisecond, 800 * time.Millisecond},
		"never for too long":  {0.0001, longestRest, longestRest},
		"less than none is 0": {-1, 20 * time.Millisecond, 800 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, rests := batches(t, newPace(Options{Share: tt.share}), slowStore{takes: 20 * time.Millisecond}, 2)
			require.Zero(t, rests[0], "there is nothing to rest from")
			require.GreaterOrEqual(t, rests[1], tt.least)
			require.LessOrEqual(t, rests[1], tt.most)
		})
	}
}

func TestACleanUpThatHasHadItsTimeEnds(t *testing.T) {
	t.Parallel()
	require.False(t, newPace(Options{}).over(), "six hours by default")
	require.False(t, newPace(Options{Longest: time.Minute}).over())
	require.True(t, newPace(Options{Longest: time.Nanosecond}).over())
}

func TestARestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	p := newPace(Options{})
	p.owed = time.Hour
	require.ErrorIs(t, p.update(ended, slowStore{}, func(kernel.Tx, int) error { return errors.New("it ran") }), context.Canceled)
	require.NoError(t, sleep(t.Context(), time.Microsecond))
}
