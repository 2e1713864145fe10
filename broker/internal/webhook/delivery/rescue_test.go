package delivery_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
)

// asked is a service that tells which firing is prepared, and knows none.
type asked chan string

func (a asked) PrepareWebhook(_ context.Context, uuid string) (webhook.Run, error) {
	a <- uuid
	return webhook.Run{}, kernel.Errorf(kernel.CodeNotFound, "gone")
}

func (a asked) RecordWebhookAttempt(context.Context, string, webhook.Attempt) error {
	return nil
}

// TestAnAttemptThatWasCutOffIsMadeAgain leaves two attempts as brokers leave
// them that were killed: one too long ago to be running still, one not.
func TestAnAttemptThatWasCutOffIsMadeAgain(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t, store.Options{})
	prepared := make(asked, 10)
	d, err := delivery.New(db, prepared, delivery.Config{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.NoError(t, d.Prepare(t.Context()))
	for uuid, since := range map[string]time.Duration{"cut off": 61 * time.Second, "perhaps running": 35 * time.Second} {
		tx, err := db.DB().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, d.Enqueue(t.Context(), tx, []kernel.TriggeredWebhook{{UUID: uuid}}))
		_, err = tx.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_by = '{dead}', attempted_at = $1
			WHERE args->>'uuid' = $2`, time.Now().Add(-since), uuid)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
	}
	d.Start()
	t.Cleanup(func() { require.NoError(t, d.Stop(context.Background())) })
	select {
	case uuid := <-prepared:
		require.Equal(t, "cut off", uuid)
	case <-time.After(time.Minute):
		t.Fatal("nobody makes the attempt again")
	}
	require.Empty(t, prepared)
}
