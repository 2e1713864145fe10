package usecasetest

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// Aged is a service whose clock the test moves.
func Aged(s *usecase.All, now *time.Time) *usecase.All {
	s.Now = func() time.Time { return *now }
	return s
}

// OnEach runs a test with a service on each database at hand.
func OnEach(t *testing.T, test func(t *testing.T, s *usecase.All)) {
	t.Helper()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, store.Options{})
			settings := kernel.DefaultSettings()
			settings.CheckSimilarNames = false
			test(t, usecase.New(Twice{db}, settings))
			storetest.Sound(t, db)
		})
	}
}

// Together runs do for 0 to n-1 at once and fails the test for each error. Whoever is
// told to try again does, as clients do: on a slow machine others may keep all
// connections for longer than a request waits for one.
func Together(t *testing.T, n int, do func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			for tries := 0; tries < 3; tries++ {
				if errs[i] = do(i); kernel.CodeOf(errs[i]) != kernel.CodeUnavailable || kernel.ReasonOf(errs[i]) != "" {
					return
				}
			}
		})
	}
	close(start)
	wg.Wait()
	for i, err := range errs {
		require.NoError(t, err, "request %d", i)
	}
}

// Databases are the stores that gate tests run on: SQLite always, PostgreSQL
// when a URL is given.
func Databases(t *testing.T) map[string]func(*testing.T) kernel.Store {
	t.Helper()
	out := map[string]func(*testing.T) kernel.Store{}
	for name, open := range storetest.Databases() {
		out[name] = func(t *testing.T) kernel.Store { return open(t, store.Options{Synchronous: "NORMAL"}) }
	}
	return out
}

// OpenSQLite returns a store on an SQLite file of its own.
func OpenSQLite(t *testing.T) kernel.Store {
	t.Helper()
	return storetest.SQLite(t, store.Options{})
}

// NewService is a broker on a SQLite file of its own.
func NewService(t *testing.T) *usecase.All {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "broker.db"), store.Options{Synchronous: "NORMAL"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return usecase.New(Twice{db}, kernel.DefaultSettings())
}
