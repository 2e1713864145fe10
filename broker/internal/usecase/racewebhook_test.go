package usecase_test

import (
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

func (w *world) replaceHook(description, password string) error {
	_, _, err := w.Webhook.ReplaceWebhook(w.Context(), kernel.Webhook{
		UUID: w.hook, Description: description, Enabled: true, Events: []kernel.EventName{kernel.EventContractPublished},
		Request: kernel.WebhookRequest{Method: "POST", URL: "https://example.org/hook", Username: "u", Password: password},
	})
	return err
}

func hooked(w *world) {
	w.hook = "6f8f2c54-77b3-4a7d-8a70-0c4b53e2f6aa"
	w.do(w.replaceHook("made", "old"))
}

func fired(w *world) {
	hooked(w)
	w.do(w.pact("Shop", "1", "Stock", "x"))
}

// seen is hooked, and somebody has looked at the webhook.
func seen(w *world) {
	hooked(w)
	found, err := w.Webhook.FindWebhook(w.Context(), w.hook)
	w.do(err)
	w.seen = found.UpdatedAt
}

func (w *world) editHook(description string) error {
	_, err := w.Webhook.EditWebhook(w.Context(), kernel.Webhook{
		UUID: w.hook, Description: description, Enabled: true, Events: []kernel.EventName{kernel.EventContractPublished},
		Request: kernel.WebhookRequest{Method: "POST", URL: "https://example.org/hook", Username: "u"},
	}, w.seen)
	return err
}

func (w *world) attempt(success bool, status kernel.TriggerStatus) error {
	return w.Webhook.RecordWebhookAttempt(w.Context(), w.text(`SELECT uuid FROM triggered_webhook`), webhook.Attempt{
		UUID: uuid.NewString(), Success: success, Logs: "log", Status: status,
	})
}

// fireAgain fires the first firing again.
func (w *world) fireAgain() error {
	_, err := w.Webhook.FireAgain(w.Context(), w.text(`SELECT uuid FROM triggered_webhook ORDER BY id LIMIT 1`), "")
	return err
}

const hookLock = `SELECT 1 FROM webhook FOR UPDATE`

func racesOfWebhooks() []race {
	return []race{{
		name: "a webhook is edited by who keeps its secret", hold: hookLock, given: hooked,
		first: func(w *world) error { return w.replaceHook("first", "new") }, second: func(w *world) error { return w.replaceHook("second", "*****") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "new", w.text(`SELECT password FROM webhook`))
		},
	}, {
		name: "a webhook is edited while it is deleted", hold: hookLock, given: hooked,
		first: func(w *world) error { return w.Webhook.DeleteWebhook(w.Context(), w.hook) }, second: func(w *world) error { return w.replaceHook("second", "new") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.Equal(w, "second", w.text(`SELECT description FROM webhook`)) },
	}, {
		name: "a webhook is deleted while it fires", hold: hookLock, given: hooked,
		first: func(w *world) error { return w.Webhook.DeleteWebhook(w.Context(), w.hook) }, second: func(w *world) error { return w.pact("Shop", "1", "Stock", "x") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.True(w, w.hasPact("Shop", "Stock", "1"))
		},
	}, {
		name: "two attempts of one firing end", hold: `SELECT 1 FROM triggered_webhook FOR NO KEY UPDATE`, given: fired,
		first:  func(w *world) error { return w.attempt(true, kernel.TriggerSuccess) },
		second: func(w *world) error { return w.attempt(false, kernel.TriggerRetrying) },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`triggered_webhook WHERE attempts = 2 AND status = 'success'`), "what has arrived has arrived")
			require.Equal(w, 2, w.count(`webhook_attempt`))
		},
	}, {
		name: "a webhook is changed by two who saw the same", hold: hookLock, given: seen,
		first: func(w *world) error { return w.editHook("first") }, second: func(w *world) error { return w.editHook("second") },
		then: func(w *world, first, second error) {
			refused := 0
			for _, err := range []error{first, second} {
				if err != nil {
					require.Equal(w, kernel.CodeConflict, kernel.CodeOf(err), err)
					refused++
				}
			}
			require.Equal(w, 1, refused, "nobody overwrites what they have not seen")
			require.Equal(w, 1, w.count(`webhook WHERE description IN ('first', 'second') AND password = 'old'`))
		},
	}, {
		name: "a webhook is deleted while it is fired again", hold: hookLock,
		given:  func(w *world) { fired(w); w.do(w.attempt(false, kernel.TriggerFailure)) },
		first:  func(w *world) error { return w.Webhook.DeleteWebhook(w.Context(), w.hook) },
		second: func(w *world) error { return w.fireAgain() },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeConflict)
			require.Equal(w, 0, w.count(`webhook`))
			require.Equal(w, 0, w.count(`triggered_webhook WHERE webhook_id IS NOT NULL`))
		},
	}, {
		name: "an application is deleted for which a webhook is made", hold: appLock, given: func(w *world) { w.do(w.version("1")) },
		first: func(w *world) error { return w.Registry.DeletePacticipant(w.Context(), "Shop") },
		second: func(w *world) error {
			_, err := w.Webhook.CreateWebhook(w.Context(), kernel.Webhook{
				Consumer: kernel.WebhookSide{Name: "Shop"}, Enabled: true, Request: kernel.WebhookRequest{Method: "POST", URL: "https://example.org/hook"}})
			return err
		},
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeInvalid, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`webhook`))
		},
	}, {
		name: "one question is answered twice for the first time", hold: `LOCK TABLE gate_answer IN SHARE MODE`,
		first: keep, second: keep,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "1 2", w.text(`SELECT count(*) || ' ' || sum(times) FROM gate_answer`), "it is counted and not kept twice")
		},
	}}
}

// keep keeps an answer, as each replica does that was asked: within one, the same
// answers come together before they are kept.
func keep(w *world) error {
	return w.db.Update(w.Context(), func(tx kernel.Tx) error {
		at := time.Unix(2_000_000, 0)
		_, err := tx.SaveGateAnswer(kernel.GateAnswer{QuestionKey: "may Shop 1 go", AnswerKey: "yes", Times: 1, FirstAt: at, LastAt: at})
		return err
	})
}
