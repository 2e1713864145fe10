package gate

import (
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// mostAsked bounds how many explanations, and how many requests of each, are
// told what has been asked.
const mostAsked = 5

// firingsRead is how many firings are looked through for those: others tell of results.
const firingsRead = 50

// addAsked says of pacts without a result which webhooks asked for one: whether
// to wait for a build or to start it.
func addAsked(tx kernel.Tx, explanations []matrix.Explanation) error {
	var looks []func() error
	for i := range explanations {
		e := &explanations[i]
		if e.Row == nil || e.Cause != matrix.CauseNeverVerified || len(looks) == mostAsked {
			continue
		}
		looks = append(looks, func() error {
			// Firings for an earlier revision asked about another content.
			fired, err := tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{PublicationID: e.Row.Publication.ID, Limit: firingsRead})
			for _, f := range fired {
				if asksForResult(f.Event) && len(e.Asked) < mostAsked {
					e.Asked = append(e.Asked, askedSentence(f))
				}
			}
			return err
		})
	}
	return tx.Together(looks...)
}

// asksForResult reports whether who is told of the event may verify the contract. What
// tells of a result does not ask for one.
func asksForResult(event kernel.EventName) bool {
	switch event {
	case kernel.EventVerificationPublished, kernel.EventVerificationSucceeded, kernel.EventVerificationFailed:
		return false
	case kernel.EventContractPublished, kernel.EventContractContentChanged, kernel.EventContractRequiresVerification:
	}
	return true
}

func askedSentence(f kernel.TriggeredWebhook) string {
	name := f.Name
	if name == "" {
		name = "a webhook that has been deleted since"
	}
	outcome := "has not been sent yet"
	switch f.Status {
	case kernel.TriggerRetrying:
		outcome = "is being sent again after a failure"
	case kernel.TriggerSuccess:
		outcome = "was accepted"
	case kernel.TriggerFailure:
		outcome = "failed"
	case kernel.TriggerNotRun:
	}
	return fmt.Sprintf("%s: the request to %s (%s) %s.", f.CreatedAt.UTC().Format(time.RFC3339), name, f.Event, outcome)
}
