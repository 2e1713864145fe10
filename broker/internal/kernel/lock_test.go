package kernel_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// lockable is a transaction in which somebody else was there before the lock.
type lockable struct {
	kernel.Tx
	lock func(how kernel.Hold, rows []kernel.Row) error
}

func (l lockable) Lock(how kernel.Hold, rows ...kernel.Row) error { return l.lock(how, rows) }

func TestWhoLocksReadsAgain(t *testing.T) {
	t.Parallel()
	stored := kernel.Pacticipant{ID: 7, Name: "Shop", MainBranch: "old"}
	find := func() (kernel.Pacticipant, error) { return stored, nil }
	tx := lockable{lock: func(how kernel.Hold, rows []kernel.Row) error {
		require.Equal(t, kernel.ToDelete, how)
		require.Equal(t, []kernel.Row{{Kind: kernel.RowPacticipant, ID: 7}}, rows)
		stored.MainBranch = "new" // by who held it until now
		return nil
	}}
	found, err := kernel.Locked(tx, kernel.ToDelete, find)
	require.NoError(t, err)
	require.Equal(t, "new", found.MainBranch)
}

func TestWhoCannotLockChangesNothing(t *testing.T) {
	t.Parallel()
	gone := errors.New("it is gone")
	looks := 0
	find := func() (kernel.Pacticipant, error) { looks++; return kernel.Pacticipant{ID: 7}, nil }
	_, err := kernel.Locked(lockable{lock: func(kernel.Hold, []kernel.Row) error { return gone }}, kernel.ToChange, find)
	require.ErrorIs(t, err, gone)
	require.Equal(t, 1, looks)
	_, err = kernel.Locked(lockable{}, kernel.ToChange, func() (kernel.Pacticipant, error) { return kernel.Pacticipant{}, gone })
	require.ErrorIs(t, err, gone, "there is nothing to lock")
}
