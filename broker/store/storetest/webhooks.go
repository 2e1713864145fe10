package storetest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
)

func (w *world) webhook(tx broker.Tx, consumer, provider broker.WebhookSide, events ...broker.EventName) broker.Webhook {
	h, err := tx.CreateWebhook(broker.Webhook{
		UUID: w.id(), Description: "tell", Consumer: consumer, Provider: provider, Enabled: true, Events: events,
		Request: broker.WebhookRequest{
			Method: "POST", URL: "https://ci.example.org/hook", Headers: []broker.WebhookHeader{{Name: "authorization", Value: "secret"}},
			Body: json.RawMessage(`{"a":1}`), Username: "u", Password: "p",
		},
		CreatedAt: w.tick(),
	})
	require.NoError(w, err)
	return h
}

func testWebhookMatching(t *testing.T, w *world) {
	w.update(func(tx broker.Tx) {
		foo, bar := w.party(tx, "Foo"), w.party(tx, "Bar")
		_, _, err := tx.EnsureLabel(foo.ID, "web", w.now)
		require.NoError(t, err)
		published, changed := broker.EventContractPublished, broker.EventContractContentChanged
		has, err := tx.HasWebhooks()
		require.NoError(t, err)
		require.False(t, has)
		everybody := w.webhook(tx, broker.WebhookSide{}, broker.WebhookSide{}, changed, published)
		require.Equal(t, []broker.EventName{changed, published}, everybody.Events, "in the order given")
		byName := w.webhook(tx, broker.WebhookSide{Name: "Foo"}, broker.WebhookSide{Name: "Bar"}, published)
		byLabel := w.webhook(tx, broker.WebhookSide{Label: "web"}, broker.WebhookSide{}, published)
		w.webhook(tx, broker.WebhookSide{Name: "Bar"}, broker.WebhookSide{}, published)
		w.webhook(tx, broker.WebhookSide{}, broker.WebhookSide{Label: "web"}, published)
		off := w.webhook(tx, broker.WebhookSide{}, broker.WebhookSide{}, published)
		off.Enabled, off.Request.Body = false, nil
		require.NoError(t, tx.SaveWebhook(off))
		stored, err := tx.FindWebhook(off.UUID)
		require.NoError(t, err)
		require.Equal(t, off, stored)

		matching, err := tx.MatchingWebhooks(foo.Party(), bar.Party())
		require.NoError(t, err)
		require.Equal(t, []broker.Webhook{everybody, byName, byLabel}, matching)
		listed, err := tx.ListWebhooks(broker.WebhookQuery{Consumer: &broker.WebhookSide{Name: "Foo"}, Provider: &broker.WebhookSide{Name: "Bar"}})
		require.NoError(t, err)
		require.Equal(t, []broker.Webhook{byName}, listed)
		_, err = tx.CreateWebhook(broker.Webhook{UUID: w.id(), Consumer: broker.WebhookSide{Name: "Nobody"}})
		w.notFound(err)
		require.NoError(t, tx.DeletePacticipant(bar.ID))
		_, err = tx.FindWebhook(byName.UUID)
		w.notFound(err)
	})
}

func testTriggeredWebhooks(t *testing.T, w *world) {
	w.update(func(tx broker.Tx) {
		v := w.version(tx, "Foo", "1")
		p := w.pact(tx, v, "Bar", "a")
		f := w.result(tx, p, "10", true)
		h := w.webhook(tx, broker.WebhookSide{}, broker.WebhookSide{}, broker.EventContractPublished)
		branch := "main"
		fire := func(verification int64) broker.TriggeredWebhook {
			x, err := tx.EnqueueWebhooks(broker.TriggeredWebhook{
				UUID: w.id(), WebhookID: h.ID, WebhookUUID: h.UUID, Event: broker.EventContractPublished,
				Context:  broker.EventContext{ConsumerVersionNumber: "1", ConsumerVersionBranch: &branch, ConsumerVersionTags: []string{"a"}},
				Consumer: p.Consumer, Provider: p.Provider, PublicationID: p.ID, VerificationID: verification,
				Status: broker.TriggerNotRun, CreatedAt: w.tick(),
			})
			require.NoError(t, err)
			return x[0]
		}
		first, second := fire(0), fire(f.ID)
		require.NoError(t, tx.AddWebhookAttempt(broker.WebhookAttempt{TriggeredID: second.ID, Success: true, Logs: "sent", CreatedAt: w.now}))
		second.Status, second.Attempts, second.UpdatedAt = broker.TriggerSuccess, 1, w.tick()
		require.NoError(t, tx.SaveTriggeredWebhook(second))
		latest, err := tx.ListLatestFirings(p.Consumer.ID, p.Provider.ID)
		require.NoError(t, err)
		require.Len(t, latest, 1)
		require.Equal(t, "POST ci.example.org", latest[0].Name)
		latest[0].Name = ""
		require.Equal(t, second, latest[0])
		of, err := tx.ListTriggeredWebhooks(broker.TriggeredWebhookFilter{VersionID: v.ID})
		require.NoError(t, err)
		require.Len(t, of, 2)
		of, err = tx.ListTriggeredWebhooks(broker.TriggeredWebhookFilter{PublicationID: p.ID, Limit: 1})
		require.NoError(t, err)
		require.Len(t, of, 1)
		require.Equal(t, second.UUID, of[0].UUID, "the newest")
		of, err = tx.ListTriggeredWebhooks(broker.TriggeredWebhookFilter{PublicationID: p.ID + 1})
		require.NoError(t, err)
		require.Empty(t, of)
		of, err = tx.ListTriggeredWebhooks(broker.TriggeredWebhookFilter{VerificationID: f.ID})
		require.NoError(t, err)
		require.Len(t, of, 1)

		require.NoError(t, tx.DeleteWebhook(h.ID))
		of, err = tx.ListTriggeredWebhooks(broker.TriggeredWebhookFilter{UUID: first.UUID})
		require.NoError(t, err)
		require.Zero(t, of[0].WebhookID)
		require.Equal(t, h.UUID, of[0].WebhookUUID)
		attempts, err := tx.ListWebhookAttempts(second.ID)
		require.NoError(t, err)
		require.Len(t, attempts, 1)
		require.NoError(t, tx.DeletePublications([]broker.PactPublication{p}))
		of, err = tx.ListTriggeredWebhooks(broker.TriggeredWebhookFilter{})
		require.NoError(t, err)
		require.Empty(t, of, "they go with their pact")
	})
}
