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
			fired, err := tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{PublicationID: e.Row.Publication.ID, Limit: mostAsked})
			for _, f := range fired {
				e.Asked = append(e.Asked, askedSentence(f))
			}
			return err
		})
	}
	return tx.Together(looks...)
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
