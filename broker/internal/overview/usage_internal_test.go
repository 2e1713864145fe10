package overview

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// bodies is a store that counts which documents it is asked for.
type bodies struct {
	kernel.Tx
	asked map[int64]int
}

func (b bodies) Together(looks ...func() error) error {
	for _, look := range looks {
		if err := look(); err != nil {
			return err
		}
	}
	return nil
}

func (b bodies) Body(id int64) ([]byte, error) {
	b.asked[id]++
	var fields []string
	for i := range 9_997 {
		fields = append(fields, fmt.Sprintf(`"f%d":1`, i))
	}
	return []byte(`{"interactions":[{"description":"d","request":{"method":"GET","path":"/"},"response":{"status":200,"body":{` + strings.Join(fields, ",") + `}}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`), nil
}

// What contents use is found once as long as there is room, whose answer needs more
// than that finds most of it again, and what nobody asks for goes first.
func TestWhatContentsUseIsFoundOnce(t *testing.T) {
	t.Parallel()
	u, store := newUsages(), bodies{asked: map[int64]int{}}
	look := func(ids ...int64) {
		t.Helper()
		var contracts []CountedContract
		for _, id := range append(ids, ids...) {
			contracts = append(contracts, CountedContract{contentID: id})
		}
		found, err := u.find(store, contracts)
		require.NoError(t, err)
		require.Len(t, found, len(ids))
		for _, id := range ids {
			require.Len(t, found[id].uses, 9_999)
			require.True(t, found[id].whole)
		}
		require.LessOrEqual(t, u.count, usesKept)
	}
	some := []int64{1, 2, 3, 4, 5}
	look(some...)
	look(some...)
	require.Equal(t, map[int64]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, store.asked)

	clear(store.asked)
	many := []int64{11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22} // there is room for ten
	look(many...)
	look(many...)
	require.Len(t, store.asked, 12)
	again := 0
	for _, times := range store.asked {
		again += times - 1
	}
	require.Equal(t, 2, again, "ten of twelve are there still")

	clear(store.asked)
	look(some...)
	require.Len(t, store.asked, 5, "they had to go")
	look(some...)
	require.Equal(t, map[int64]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, store.asked)
}
