package storetest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func (w *world) webhook(tx kernel.Tx, consumer, provider kernel.WebhookSide, events ...kernel.EventName) kernel.Webhook {
	h, err := tx.CreateWebhook(kernel.Webhook{
		UUID: w.id(), Description: "tell", Consumer: consumer, Provider: provider, Enabled: true, Events: events,
		Request: kernel.WebhookRequest{
			Method: "POST", URL: "https://ci.example.org/hook", Headers: []kernel.WebhookHeader{{Name: "authorization", Value: "secret"}},
			Body: json.RawMessage(`{"a":1}`), Username: "u", Password: "p",
		},
		CreatedAt: w.tick(),
	})
	require.NoError(w, err)
	return h
}

func testWebhookMatching(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		foo, bar := w.party(tx, "Foo"), w.party(tx, "Bar")
		_, _, err := tx.EnsureLabel(foo.ID, "web", w.now)
		require.NoError(t, err)
		published, changed := kernel.EventContractPublished, kernel.EventContractContentChanged
		has, err := tx.HasWebhooks()
		require.NoError(t, err)
		require.False(t, has)
		everybody := w.webhook(tx, kernel.WebhookSide{}, kernel.WebhookSide{}, changed, published)
		require.Equal(t, []kernel.EventName{changed, published}, everybody.Events, "in the order given")
		byName := w.webhook(tx, kernel.WebhookSide{Name: "Foo"}, kernel.WebhookSide{Name: "Bar"}, published)
		byLabel := w.webhook(tx, kernel.WebhookSide{Label: "web"}, kernel.WebhookSide{}, published)
		w.webhook(tx, kernel.WebhookSide{Name: "Bar"}, kernel.WebhookSide{}, published)
		w.webhook(tx, kernel.WebhookSide{}, kernel.WebhookSide{Label: "web"}, published)
		off := w.webhook(tx, kernel.WebhookSide{}, kernel.WebhookSide{}, published)
		off.Enabled, off.Request.Body = false, nil
		require.NoError(t, tx.SaveWebhook(off))
		stored, err := tx.FindWebhook(off.UUID)
		require.NoError(t, err)
		require.Equal(t, off, stored)

		matching, err := tx.MatchingWebhooks(foo.Party(), bar.Party())
		require.NoError(t, err)
		require.Equal(t, []kernel.Webhook{everybody, byName, byLabel}, matching)
		listed, err := tx.ListWebhooks(kernel.WebhookQuery{Consumer: &kernel.WebhookSide{Name: "Foo"}, Provider: &kernel.WebhookSide{Name: "Bar"}})
		require.NoError(t, err)
		require.Equal(t, []kernel.Webhook{byName}, listed)
		_, err = tx.CreateWebhook(kernel.Webhook{UUID: w.id(), Consumer: kernel.WebhookSide{Name: "Nobody"}})
		w.notFound(err)
		require.NoError(t, tx.DeletePacticipant(bar.ID))
		_, err = tx.FindWebhook(byName.UUID)
		w.notFound(err)
	})
}

func testTriggeredWebhooks(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v := w.version(tx, "Foo", "1")
		p := w.pact(tx, v, "Bar", "a")
		f := w.result(tx, p, "10", true)
		h := w.webhook(tx, kernel.WebhookSide{}, kernel.WebhookSide{}, kernel.EventContractPublished)
		branch := "main"
		fire := func(verification int64) kernel.TriggeredWebhook {
			x, err := tx.EnqueueWebhooks(kernel.TriggeredWebhook{
				UUID: w.id(), WebhookID: h.ID, WebhookUUID: h.UUID, Event: kernel.EventContractPublished,
				Context:  kernel.EventContext{ConsumerVersionNumber: "1", ConsumerVersionBranch: &branch, ConsumerVersionTags: []string{"a"}},
				Consumer: p.Consumer, Provider: p.Provider, PublicationID: p.ID, VerificationID: verification,
				Status: kernel.TriggerNotRun, CreatedAt: w.tick(),
			})
			require.NoError(t, err)
			return x[0]
		}
		first, second := fire(0), fire(f.ID)
		sent := kernel.WebhookAttempt{UUID: w.id(), TriggeredID: second.ID, Success: true, Logs: "sent", CreatedAt: w.tick()}
		for range 2 {
			require.NoError(t, tx.RecordWebhookAttempt(sent, kernel.TriggerSuccess))
		}
		second.Status, second.Attempts, second.UpdatedAt = kernel.TriggerSuccess, 1, sent.CreatedAt
		latest, err := tx.ListLatestFirings(p.Consumer.ID, p.Provider.ID)
		require.NoError(t, err)
		require.Len(t, latest, 1)
		require.Equal(t, "POST ci.example.org", latest[0].Name)
		latest[0].Name = ""
		require.Equal(t, second, latest[0])
		of, err := tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{VersionID: v.ID})
		require.NoError(t, err)
		require.Len(t, of, 2)
		of, err = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{PublicationID: p.ID, Limit: 1})
		require.NoError(t, err)
		require.Len(t, of, 1)
		require.Equal(t, second.UUID, of[0].UUID, "the newest")
		of, err = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{PublicationID: p.ID + 1})
		require.NoError(t, err)
		require.Empty(t, of)
		of, err = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{VerificationID: f.ID})
		require.NoError(t, err)
		require.Len(t, of, 1)

		require.NoError(t, tx.DeleteWebhook(h.ID))
		of, err = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{UUID: first.UUID})
		require.NoError(t, err)
		require.Zero(t, of[0].WebhookID)
		require.Equal(t, h.UUID, of[0].WebhookUUID)
		failed := kernel.WebhookAttempt{UUID: w.id(), TriggeredID: second.ID, Logs: "not sent", CreatedAt: w.tick()}
		require.NoError(t, tx.RecordWebhookAttempt(failed, kernel.TriggerRetrying))
		of, err = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{UUID: second.UUID})
		require.NoError(t, err)
		require.Equal(t, 2, of[0].Attempts)
		require.Equal(t, kernel.TriggerSuccess, of[0].Status, "what was delivered stays so")
		attempts, err := tx.ListWebhookAttempts(second.ID)
		require.NoError(t, err)
		require.Len(t, attempts, 2)
		require.NoError(t, tx.DeletePublications([]kernel.PactPublication{p}))
		of, err = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{})
		require.NoError(t, err)
		require.Empty(t, of, "they go with their pact")
	})
}
