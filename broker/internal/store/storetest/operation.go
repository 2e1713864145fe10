package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func testWhatGoesWithSomething(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v := w.version(tx, "Foo", "1")
		second := w.version(tx, "Foo", "2")
		p := w.pact(tx, v, "Bar", "a")
		w.pact(tx, second, "Bar", "a")
		w.pact(tx, w.version(tx, "Cat", "1"), "Foo", "c")
		w.result(tx, p, "10", true)
		w.result(tx, p, "11", false)
		foo, bar := w.party(tx, "Foo"), w.party(tx, "Bar")
		h := w.webhook(tx, kernel.WebhookSide{Name: "Foo"}, kernel.WebhookSide{Name: "Bar"}, kernel.EventContractPublished)
		w.webhook(tx, kernel.WebhookSide{Name: "Foo"}, kernel.WebhookSide{}, kernel.EventContractPublished)
		_, err := tx.EnqueueWebhooks(kernel.TriggeredWebhook{UUID: w.id(), WebhookID: h.ID, WebhookUUID: h.UUID, Event: kernel.EventContractPublished, Consumer: p.Consumer, Provider: p.Provider, PublicationID: p.ID, Status: kernel.TriggerNotRun, CreatedAt: w.tick()})
		require.NoError(t, err)
		since := w.now
		b, _, err := tx.EnsureBranch(foo.ID, "main", w.tick())
		require.NoError(t, err)
		_, err = tx.AddToBranch(b, v, false, w.tick())
		require.NoError(t, err)
		_, _, err = tx.AddTag(v, "gold", w.tick())
		require.NoError(t, err)

		got, err := tx.WeighPacticipant(foo.ID, 100)
		require.NoError(t, err)
		require.Equal(t, kernel.Weight{Versions: 2, Branches: 1, Tags: 1, Pairs: 2, Contracts: 3, Results: 2, Webhooks: 2, Deliveries: 1}, got)
		got, err = tx.WeighPacticipant(foo.ID, 1)
		require.NoError(t, err)
		require.Equal(t, kernel.Weight{Versions: 1, Branches: 1, Tags: 1, Pairs: 1, Contracts: 1, Results: 1, Webhooks: 1, Deliveries: 1}, got, "no further than it is asked")
		got, err = tx.WeighIntegration(foo.ID, bar.ID, 100)
		require.NoError(t, err)
		require.Equal(t, kernel.Weight{Contracts: 2, Results: 2, Webhooks: 1, Deliveries: 1}, got)
		got, err = tx.WeighBranch(b.ID, 100)
		require.NoError(t, err)
		require.Equal(t, kernel.Weight{Memberships: 1}, got)

		open, oldest, err := tx.OpenDeliveries(10)
		require.NoError(t, err)
		require.Equal(t, 1, open)
		require.Equal(t, since, oldest)
	})
}

func testWhatCameOfWork(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		_, err := tx.FindWorkOutcome("clean")
		w.notFound(err)
		for _, failure := range []string{"it failed", ""} {
			o := kernel.WorkOutcome{Name: "clean", BeganAt: w.tick(), EndedAt: w.tick(), Asked: failure == "", Failure: failure, Report: `{"a": 1}`}
			require.NoError(t, tx.SaveWorkOutcome(o))
			found, err := tx.FindWorkOutcome("clean")
			require.NoError(t, err)
			require.Equal(t, o, found, "the last one counts")
		}
		open, oldest, err := tx.OpenDeliveries(10)
		require.NoError(t, err)
		require.Zero(t, open)
		require.Equal(t, time.Time{}, oldest)
		bytes, _, err := tx.DatabaseSize()
		require.NoError(t, err)
		require.Greater(t, bytes, int64(4096))
		replicas, err := tx.ListReplicas()
		require.NoError(t, err)
		require.Empty(t, replicas)
	})
}
