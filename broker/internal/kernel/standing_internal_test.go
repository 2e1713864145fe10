package kernel

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// noticing is a store that notices what a test says.
type noticing struct {
	Store
	noticed atomic.Int64
	asked   atomic.Int64
}

func (n *noticing) Noticed() int64 {
	n.asked.Add(1)
	return n.noticed.Load()
}

func TestAnAnswerStandsUntilSomethingChanges(t *testing.T) {
	t.Parallel()
	store, a, times := &noticing{}, NewStanding[int](), 0
	find := func() (int, error) { times++; return times, nil }
	look := func() int {
		found, err := a.Look(t.Context(), store, find)
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
	_, err := a.Look(t.Context(), store, func() (int, error) { return 99, errors.New("the disk is on fire") })
	require.EqualError(t, err, "the disk is on fire")
	require.Equal(t, 4, look(), "a failure is not an answer")
}

// TestWhoWaitsForAnAnswerGetsWhatItChanged changes something while another finds the
// answer, and asks then.
func TestWhoWaitsForAnAnswerGetsWhatItChanged(t *testing.T) {
	t.Parallel()
	store, a := &noticing{}, NewStanding[string]()
	begun, goOn := make(chan struct{}), make(chan struct{})
	first := make(chan string)
	go func() {
		found, _ := a.Look(t.Context(), store, func() (string, error) { close(begun); <-goOn; return "before", nil })
		first <- found
	}()
	<-begun
	store.noticed.Add(1)
	const many = 20
	second, looks := make(chan string), atomic.Int64{}
	for range many {
		go func() {
			found, _ := a.Look(t.Context(), store, func() (string, error) {
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
	_, err := a.Look(impatient, store, nil)
	require.ErrorIs(t, err, context.Canceled, "who leaves does not wait")
	close(goOn)
	require.Equal(t, "before", <-first)
	for range many {
		require.Equal(t, "after", <-second)
	}
	require.EqualValues(t, 1, looks.Load(), "those who waited together share one look")
}

func TestWhatWasAskedForLastStands(t *testing.T) {
	t.Parallel()
	var k Kinds[int, string]
	of := func(name int, text string) string { return *k.Of(name, func() *string { return &text }) }
	require.Equal(t, "first", of(0, "first"))
	for name := 1; name < 3*mostKinds; name++ {
		require.Equal(t, "first", of(0, "again"), "it is asked for again and again")
		require.Equal(t, "x", of(name, "x"))
	}
	require.Equal(t, "x", of(3*mostKinds-1, "y"))
	require.Equal(t, "y", of(1, "y"), "it went for others")
	require.Len(t, k.found, mostKinds)
	require.Len(t, k.order, mostKinds)
}
