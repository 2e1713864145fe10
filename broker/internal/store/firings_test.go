package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestFiringsAreStoredTogether: a build that publishes hundreds of pacts fires as
// many webhooks, and more.
func TestFiringsAreStoredTogether(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var queued [][]kernel.TriggeredWebhook
			s := open(t, store.Options{Enqueue: func(_ context.Context, _ *sql.Tx, firings []kernel.TriggeredWebhook) error {
				queued = append(queued, firings)
				return nil
			}})
			pact := fired(t, s, "shop", 0)
			for _, many := range []int{1, 300} {
				queued = nil
				var firings []kernel.TriggeredWebhook
				statements := 0
				require.NoError(t, store.Recording(s, func(string, []any) { statements++ }).Update(t.Context(), func(tx kernel.Tx) error {
					published, err := tx.FindPublicationByID(pact)
					require.NoError(t, err)
					for i := range many {
						firings = append(firings, kernel.TriggeredWebhook{
							UUID: fmt.Sprintf("%d of %d", i, many), WebhookUUID: "hook", Event: kernel.EventContractPublished,
							Context:  kernel.EventContext{ConsumerVersionNumber: `"1"`, ConsumerVersionTags: []string{"ünd", `\u0041`}},
							Consumer: published.Consumer, Provider: published.Provider, PublicationID: pact,
							Status: kernel.TriggerNotRun, CreatedAt: time.UnixMicro(1_700_000_000_123_456).UTC(),
						})
					}
					statements = 0
					stored, err := tx.EnqueueWebhooks(firings...)
					require.Equal(t, 1, statements)
					for i := range stored {
						require.NotZero(t, stored[i].ID)
						require.True(t, i == 0 || stored[i].ID > stored[i-1].ID, "in their order")
						firings[i].ID = stored[i].ID
						firings[i].UpdatedAt = firings[i].CreatedAt
					}
					return err
				}))
				require.Len(t, queued, 1, "their jobs as well")
				require.Len(t, queued[0], many)
				require.NoError(t, s.View(t.Context(), func(tx kernel.Tx) error {
					for _, i := range []int{0, many - 1} {
						found, err := tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{UUID: firings[i].UUID})
						require.NoError(t, err)
						require.Equal(t, []kernel.TriggeredWebhook{firings[i]}, found)
					}
					return nil
				}))
			}
			storetest.Sound(t, s)
		})
	}
}

// TestAttemptsAreCountedThoughTheyAreRecordedAtOnce: a replica that was cut off
// from the database may have its webhook sent by another too.
func TestAttemptsAreCountedThoughTheyAreRecordedAtOnce(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const many = 24
			s := open(t, store.Options{})
			fired(t, s, "shop", 1)
			find := func(tx kernel.Tx) kernel.TriggeredWebhook {
				found, err := tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{UUID: "shop-1"})
				require.NoError(t, err)
				return found[0]
			}
			var all sync.WaitGroup
			failures := make(chan error, 2*many)
			for i := range many {
				for range 2 { // each is told twice
					all.Go(func() {
						failures <- s.Update(t.Context(), func(tx kernel.Tx) error {
							return tx.RecordWebhookAttempt(kernel.WebhookAttempt{
								UUID: fmt.Sprint(i), TriggeredID: find(tx).ID, Logs: "not delivered", CreatedAt: time.Now(),
							}, kernel.TriggerRetrying)
						})
					})
				}
			}
			all.Wait()
			close(failures)
			for err := range failures {
				require.NoError(t, err)
			}
			require.NoError(t, s.View(t.Context(), func(tx kernel.Tx) error {
				w := find(tx)
				require.Equal(t, many, w.Attempts)
				attempts, err := tx.ListWebhookAttempts(w.ID)
				require.Len(t, attempts, many)
				return err
			}))
		})
	}
}
