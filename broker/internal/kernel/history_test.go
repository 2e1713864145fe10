package kernel_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// history returns a store in which the steps of a scenario have happened.
func history(t *testing.T, steps string) kernel.Store {
	t.Helper()
	s, err := story.Parse(t.Name(), strings.TrimSpace(steps)+"\nask Foo\n---\nyes 0/0/0")
	require.NoError(t, err)
	db := storetest.SQLite(t, store.Options{})
	player := usecasetest.NewPlayer(t, db)
	player.Prefix = ""
	player.Play(s.Steps)
	return db
}

// view asks something of the store in one snapshot.
func view[T any](t *testing.T, db kernel.Store, ask func(kernel.Tx) (T, error)) (T, error) {
	t.Helper()
	var out T
	err := db.View(t.Context(), func(tx kernel.Tx) (err error) {
		out, err = ask(tx)
		return err
	})
	return out, err
}
