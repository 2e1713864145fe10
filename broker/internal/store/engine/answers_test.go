package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

func TestAnswersAreKeptUntilTheyAreTooManyTogether(t *testing.T) {
	t.Parallel()
	type byName struct{ name string }
	type byNumber struct{ number int }
	var a engine.Answers
	_, known := a.Get(byName{"x"})
	require.False(t, known, "nothing is known from the start")
	a.Put(byName{"x"}, "one", 10)
	a.Put(byNumber{7}, "two", 10)
	got, known := a.Get(byName{"x"})
	require.True(t, known)
	require.Equal(t, "one", got)
	a.Put(byName{"large"}, "three", 1<<20)
	_, known = a.Get(byName{"large"})
	require.False(t, known, "one alone does not take all the room")

	last := 0
	for ; known || last == 0; last++ {
		a.Put(byNumber{1000 + last}, last, 1<<16)
		_, known = a.Get(byName{"x"})
		require.Less(t, last, 100, "the room is bounded")
	}
	got, known = a.Get(byNumber{1000 + last - 1})
	require.True(t, known, "the newest is kept")
	require.Equal(t, last-1, got)
	a.Clear()
	_, known = a.Get(byNumber{1000 + last - 1})
	require.False(t, known)
}
