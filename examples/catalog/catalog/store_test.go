package catalog_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/examples/catalog/catalog"
)

func TestTheStoreSurvivesARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "catalog.json")
	store, err := catalog.OpenStore(file)
	require.NoError(t, err)
	require.NoError(t, store.Put(catalog.Assortment()...))
	reservation, err := store.Reserve(10, 2)
	require.NoError(t, err)

	again, err := catalog.OpenStore(file)
	require.NoError(t, err)
	lamp, err := again.Find(10)
	require.NoError(t, err)
	require.Equal(t, 10, lamp.Stock)
	found, err := again.FindReservation(reservation.ID)
	require.NoError(t, err)
	require.Equal(t, 2, found.Quantity)
	require.NoError(t, again.Cancel(reservation.ID))
	lamp, err = again.Find(10)
	require.NoError(t, err)
	require.Equal(t, 12, lamp.Stock)
}

func TestABrokenFileIsNotOverwritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "catalog.json")
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	_, err := catalog.OpenStore(file)
	require.Error(t, err)
}

func TestStockIsNeverSoldTwice(t *testing.T) {
	t.Parallel()
	store, err := catalog.OpenStore("")
	require.NoError(t, err)
	require.NoError(t, store.Put(catalog.Product{ID: 1, Stock: 50}))
	var sold, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 80 {
		all.Go(func() {
			_, err := store.Reserve(1, 1)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				sold++
			} else {
				refused++
			}
		})
	}
	all.Wait()
	require.Equal(t, 50, sold)
	require.Equal(t, 30, refused)
}

func TestListIsCheapestFirst(t *testing.T) {
	t.Parallel()
	store, err := catalog.OpenStore("")
	require.NoError(t, err)
	require.NoError(t, store.Put(catalog.Assortment()...))
	var names []string
	for _, p := range store.List("lamps", 0) {
		names = append(names, p.Name)
	}
	require.Equal(t, []string{"Desk lamp", "Floor lamp"}, names)
	require.Len(t, store.List("", 4000), 2)
	require.NotNil(t, store.List("chairs", 0))
}
