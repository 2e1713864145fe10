package wording_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/wording"
)

func TestOneIsSingular(t *testing.T) {
	t.Parallel()
	require.Equal(t, "0 pairs", wording.Count(0, "pair"))
	require.Equal(t, "1 pair", wording.Count(1, "pair"))
	require.Equal(t, "2 pairs", wording.Count(2, "pair"))
	require.Equal(t, "1 is missing", wording.CountOf(1, "is missing", "are missing"))
	require.Equal(t, "12 are missing", wording.CountOf(12, "is missing", "are missing"))
}

func TestOfALongListTheFirstAreNamed(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "c", "d"}
	for most, want := range map[int]string{1: "a and 3 others", 2: "a, b and 2 others", 3: "a, b, c and 1 other", 4: "a, b, c and d", 9: "a, b, c and d"} {
		require.Equal(t, want, wording.Some(names, most, "other"))
	}
	require.Equal(t, []string{"a", "b", "c", "d"}, names, "the list stays as it is")
	require.Empty(t, wording.Some(nil, 3, "other"))
}

func TestTheLastOfAListHasAWordBeforeIt(t *testing.T) {
	t.Parallel()
	require.Empty(t, wording.List(nil, "and"))
	require.Equal(t, "a", wording.List([]string{"a"}, "and"))
	require.Equal(t, "a or b", wording.List([]string{"a", "b"}, "or"))
	require.Equal(t, "a, b and c", wording.List([]string{"a", "b", "c"}, "and"))
}
