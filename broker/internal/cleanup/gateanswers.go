package cleanup

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// keptAnswersFor is how long answers are kept unless told otherwise: long enough
// to look into a release of last year.
const keptAnswersFor = 2 * 365 * 24 * time.Hour

// gateAnswers deletes answers that nobody will ask about any more, a few at a time:
// each pipeline leaves one, so that a day's may be thousands.
func (c *cleaning) gateAnswers(ctx context.Context) error {
	if c.options.Preview {
		return nil
	}
	age := c.options.GateAnswerAge
	if age <= 0 {
		age = keptAnswersFor
	}
	for left := c.options.Limit; left > 0 && !c.pace.over(); {
		some, deleted := 0, 0
		err := c.pace.update(ctx, c.s.Store, func(tx kernel.Tx, batch int) (err error) {
			some = min(left, batch)
			deleted, err = tx.DeleteGateAnswers(c.now.Add(-age), some)
			return err
		})
		if err != nil {
			return err
		}
		c.report.GateAnswers += deleted
		if left -= deleted; deleted < some {
			return nil
		}
	}
	c.report.More = true
	return nil
}
