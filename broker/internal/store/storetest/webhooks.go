package storetest

import (
	"encoding/json"
	"slices"
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
		every, err := tx.ListWebhooks(kernel.WebhookQuery{})
		require.NoError(t, err)
		for _, h := range every {
			match, err := tx.MatchWebhook(h.ID, foo.Party(), bar.Party())
			require.NoError(t, err)
			chosen := slices.ContainsFunc(matching, func(m kernel.Webhook) bool { return m.ID == h.ID })
			require.Equal(t, chosen, match.All(), "what says why decides: %+v", h)
			require.Equal(t, kernel.WebhookMatch{
				Enabled: h.Enabled, Consumer: h.Consumer.Name != "Bar", Provider: true, ConsumerLabel: true, ProviderLabel: h.Provider.Label != "web",
			}, match, "each condition by itself: %+v", h)
		}
		_, err = tx.MatchWebhook(off.ID+1000, foo.Party(), bar.Party())
		w.notFound(err)
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

func testWebhookStates(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		p := w.pact(tx, w.version(tx, "Foo", "1"), "Bar", "a")
		h, never := w.webhook(tx, kernel.WebhookSide{}, kernel.WebhookSide{}, kernel.EventContractPublished), w.webhook(tx, kernel.WebhookSide{}, kernel.WebhookSide{})
		other := w.webhook(tx, kernel.WebhookSide{}, kernel.WebhookSide{}, kernel.EventContractPublished)
		fire := func(h kernel.Webhook, event kernel.EventName, status kernel.TriggerStatus) kernel.TriggeredWebhook {
			x, err := tx.EnqueueWebhooks(kernel.TriggeredWebhook{
				UUID: w.id(), WebhookID: h.ID, WebhookUUID: h.UUID, Event: event, Consumer: p.Consumer, Provider: p.Provider, PublicationID: p.ID,
				Status: kernel.TriggerNotRun, CreatedAt: w.tick(),
			})
			require.NoError(t, err)
			if status != kernel.TriggerNotRun {
				require.NoError(t, tx.RecordWebhookAttempt(kernel.WebhookAttempt{UUID: w.id(), TriggeredID: x[0].ID, CreatedAt: w.tick()}, status))
			}
			return x[0]
		}
		state := func() kernel.WebhookState {
			t.Helper()
			states, err := tx.WebhookStates()
			require.NoError(t, err)
			require.NotContains(t, states, never.ID)
			return states[h.ID]
		}
		const published, changed = kernel.EventContractPublished, kernel.EventContractContentChanged
		var fired []kernel.TriggeredWebhook
		add := func(event kernel.EventName, status kernel.TriggerStatus) {
			fired = append(fired, fire(h, event, status))
		}

		add(published, kernel.TriggerNotRun)
		require.Equal(t, kernel.TriggerNotRun, state().Last.Status)
		require.Nil(t, state().FailingSince, "it was not tried yet")
		add(published, kernel.TriggerFailure)
		add(changed, kernel.TriggerSuccess)
		fire(other, published, kernel.TriggerFailure)
		require.Equal(t, kernel.TriggerSuccess, state().Last.Status)
		require.Nil(t, state().FailingSince, "what was delivered since counts")
		add(published, kernel.TriggerRetrying)
		add(changed, kernel.TriggerFailure)
		add(changed, kernel.TriggerNotRun)
		require.Equal(t, kernel.TriggerNotRun, state().Last.Status)
		require.Equal(t, fired[3].CreatedAt, state().FailingSince.CreatedAt, "the first since the last that was delivered")
		require.Equal(t, kernel.TriggerRetrying, state().FailingSince.Status)

		listed := func(f kernel.WebhookFiringFilter) []string {
			t.Helper()
			f.WebhookID = h.ID
			found, err := tx.ListFirings(f)
			require.NoError(t, err)
			return uuidsOf(found)
		}
		newest := uuidsOf(fired)
		slices.Reverse(newest)
		require.Equal(t, newest, listed(kernel.WebhookFiringFilter{Limit: 10}))
		require.Equal(t, newest[:2], listed(kernel.WebhookFiringFilter{Limit: 2}))
		require.Equal(t, newest[3:5], listed(kernel.WebhookFiringFilter{Limit: 2, Before: fired[3].ID}), "those before %d", fired[3].ID)
		require.Equal(t, []string{fired[4].UUID, fired[1].UUID}, listed(kernel.WebhookFiringFilter{Limit: 5, Statuses: []kernel.TriggerStatus{kernel.TriggerFailure}}))
		found, err := tx.ListFiringsOfPair(h.ID, p.Consumer.ID, p.Provider.ID, changed, 2)
		require.NoError(t, err)
		require.Equal(t, []string{fired[5].UUID, fired[4].UUID}, uuidsOf(found), "the newest of the event")
		found, err = tx.ListFiringsOfPair(h.ID, p.Provider.ID, p.Consumer.ID, changed, 2)
		require.NoError(t, err)
		require.Empty(t, found, "a pair has a direction")
	})
}

func uuidsOf(firings []kernel.TriggeredWebhook) []string {
	out := make([]string, len(firings))
	for i, f := range firings {
		out[i] = f.UUID
	}
	return out
}
