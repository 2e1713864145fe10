package api_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestLargeDocumentsWaitForRoomInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := api.NewRoom(100)
		var order []int64
		enter := func(bytes int64) chan func() {
			in := make(chan func(), 1)
			go func() {
				leave, err := r.Enter(t.Context(), bytes)
				if err == nil {
					order = append(order, bytes)
					in <- leave
				}
			}()
			synctest.Wait()
			return in
		}
		first, second := enter(60), enter(40)
		third, fourth := enter(5000), enter(10) // the largest has the room for itself, and nobody overtakes it
		require.Equal(t, []int64{60, 40}, order)
		leave := <-first
		leave()
		leave() // twice is fine
		synctest.Wait()
		require.Equal(t, []int64{60, 40}, order)
		(<-second)()
		synctest.Wait()
		require.Equal(t, []int64{60, 40, 5000}, order)
		(<-third)()
		synctest.Wait()
		require.Equal(t, []int64{60, 40, 5000, 10}, order)
		(<-fourth)()
	})
}

func TestNobodyWaitsForRoomForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := api.NewRoom(100)
		leave, err := r.Enter(t.Context(), 90)
		require.NoError(t, err)
		_, err = r.Enter(t.Context(), 90) // the clock of the test runs on
		require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(err))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = r.Enter(ctx, 90)
		require.ErrorIs(t, err, context.Canceled)
		behind := make(chan error, 1)
		impatient, give := context.WithCancel(t.Context())
		go func() {
			_, err := r.Enter(impatient, 90)
			behind <- err
		}()
		synctest.Wait()
		small := make(chan error, 1)
		go func() {
			_, err := r.Enter(t.Context(), 5)
			small <- err
		}()
		synctest.Wait()
		give()
		require.ErrorIs(t, <-behind, context.Canceled)
		require.NoError(t, <-small, "it fits once the one before it has left")
		leave()
		_, err = r.Enter(t.Context(), 95)
		require.NoError(t, err, "no room was lost")
	})
}

func TestNotTooMuchWaitsForRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := api.NewRoom(api.RoomQueue)
		_, err := r.Enter(t.Context(), api.RoomQueue)
		require.NoError(t, err)
		ctx, cancel := context.WithCancelCause(t.Context())
		waited := make(chan error, 1)
		go func() {
			_, err := r.Enter(ctx, api.RoomQueue)
			waited <- err
		}()
		synctest.Wait()
		_, err = r.Enter(t.Context(), 1)
		require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(err))
		cancel(errors.New("enough"))
		require.ErrorIs(t, <-waited, context.Canceled)
	})
}
