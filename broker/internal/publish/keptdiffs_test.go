package publish

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsKeptOfComparisonsIsBounded(t *testing.T) {
	t.Parallel()
	var kept keptDiffs
	of := func(n int) bothTexts { return bothTextsOf([]byte(strconv.Itoa(n)), nil) }
	text := strings.Repeat("x", diffKept/2)
	for n := range 20 {
		kept.keep(of(n), whatDiffers{Text: text + strconv.Itoa(n)})
		kept.keep(of(n), whatDiffers{Text: "made by somebody else meanwhile"})
		if n > 0 {
			_, has := kept.find(of(0))
			require.True(t, has, "what is looked at again and again stays")
		}
	}
	require.LessOrEqual(t, kept.weight, diffsKept)
	require.GreaterOrEqual(t, len(kept.kept), 5)
	found, has := kept.find(of(19))
	require.True(t, has)
	require.Equal(t, text+"19", found.Text)
	_, has = kept.find(of(10))
	require.False(t, has)
	_, has = kept.find(bothTextsOf(nil, []byte("19")))
	require.False(t, has, "the other way round it is another comparison")
	kept.keep(of(21), whatDiffers{Text: strings.Repeat("x", diffKept)})
	_, has = kept.find(of(21))
	require.False(t, has)
}
