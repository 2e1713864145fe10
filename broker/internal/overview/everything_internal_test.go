package overview

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// noticing is a store that notices what a test says.
type noticing struct {
	kernel.Store
	noticed atomic.Int64
	asked   atomic.Int64
}

func (n *noticing) Noticed() int64 {
	n.asked.Add(1)
	return n.noticed.Load()
}

func TestAnAnswerStandsUntilSomethingChanges(t *testing.T) {
	t.Parallel()
	store, a, times := &noticing{}, newStanding[int](), 0
	find := func(*matrix.Memory) (int, error) { times++; return times, nil }
	look := func() int {
		found, err := a.look(t.Context(), store, find)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, 1, look())
	require.Equal(t, 1, look(), "nothing has changed")
	store.noticed.Add(1)
	require.Equal(t, 2, look(), "something has")
	a.at = time.Now().Add(-goodFor)
	require.Equal(t, 3, look(), "it is old: something may have changed that nobody noticed")
	store.noticed.Add(1)
	_, err := a.look(t.Context(), store, func(*matrix.Memory) (int, error) { return 99, errors.New("the disk is on fire") })
	require.EqualError(t, err, "the disk is on fire")
	require.Equal(t, 4, look(), "a failure is not an answer")
}

// TestWhoWaitsForAnAnswerGetsWhatItChanged changes something while another finds the
// answer, and asks then.
func TestWhoWaitsForAnAnswerGetsWhatItChanged(t *testing.T) {
	t.Parallel()
	store, a := &noticing{}, newStanding[string]()
	begun, goOn := make(chan struct{}), make(chan struct{})
	first := make(chan string)
	go func() {
		found, _ := a.look(t.Context(), store, func(*matrix.Memory) (string, error) { close(begun); <-goOn; return "before", nil })
		first <- found
	}()
	<-begun
	store.noticed.Add(1)
	const many = 20
	second, looks := make(chan string), atomic.Int64{}
	for range many {
		go func() {
			found, _ := a.look(t.Context(), store, func(*matrix.Memory) (string, error) {
				looks.Add(1)
				store.noticed.Add(1) // something changes all the time
				return "after", nil
			})
			second <- found
		}()
	}
	require.Eventually(t, func() bool { return store.asked.Load() >= 2+many }, time.Minute, time.Millisecond)
	impatient, leave := context.WithCancel(t.Context())
	leave()
	_, err := a.look(impatient, store, nil)
	require.ErrorIs(t, err, context.Canceled, "who leaves does not wait")
	close(goOn)
	require.Equal(t, "before", <-first)
	for range many {
		require.Equal(t, "after", <-second)
	}
	require.EqualValues(t, 1, looks.Load(), "those who waited together share one look")
}

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
