package cleanup

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// keptAnswersFor is how long answers are kept unless told otherwise: long enough
// to look into a release of last year.
const keptAnswersFor = 2 * 365 * 24 * time.Hour

// gateAnswers deletes answers that nobody will ask about any more.
func (c *cleaning) gateAnswers(ctx context.Context) error {
	if c.options.Preview {
		return nil
	}
	age := c.options.GateAnswerAge
	if age <= 0 {
		age = keptAnswersFor
	}
	deleted := 0
	err := c.transaction(ctx, func(tx kernel.Tx) (err error) {
		deleted, err = tx.DeleteGateAnswers(c.now.Add(-age), c.options.Limit)
		return err
	})
	if err == nil {
		c.report.GateAnswers = deleted
	}
	return err
}
