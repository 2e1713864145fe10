package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestOneReplicaIsAlone has one wait for the other, and take its turn once that has
// ended, be it in an error.
func TestOneReplicaIsAlone(t *testing.T) {
	t.Parallel()
	first, second := storetest.Postgres(t, store.Options{}), storetest.Postgres(t, store.Options{})
	entered, leave := make(chan struct{}), make(chan struct{})
	failed := errors.New("it has failed")
	ended := make(chan error, 2)
	go func() {
		ended <- first.Alone(t.Context(), func(context.Context) error {
			close(entered)
			<-leave
			return failed
		})
	}()
	<-entered

	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := second.Alone(short, func(context.Context) error { return errors.New("both are alone") })
	require.ErrorIs(t, err, context.DeadlineExceeded)

	turn := make(chan struct{})
	go func() {
		ended <- second.Alone(t.Context(), func(context.Context) error {
			close(turn)
			return nil
		})
	}()
	close(leave)
	<-turn
	require.ElementsMatch(t, []error{failed, nil}, []error{<-ended, <-ended})
}
