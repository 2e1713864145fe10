package client

import (
	"context"
	"time"
)

// Poll says how to ask again while verification results are missing.
type Poll struct {
	// Attempts is how often to ask in all; once when 0.
	Attempts int
	// Interval is the pause between two questions; none when 0.
	Interval time.Duration
	// OnWait, if set, is called before each pause with the answer so far and
	// how many attempts are left.
	OnWait func(soFar Decision, left int)
}

// PollCanIDeploy is [Client.CanIDeploy], asked again while results are missing.
// It returns the last answer; that results are still missing then is not an
// error. When ctx ends in a pause it returns the answer so far with the error of
// ctx.
func (c *Client) PollCanIDeploy(ctx context.Context, q CanIDeployQuery, p Poll) (Decision, error) {
	for left := max(p.Attempts, 1) - 1; ; left-- {
		d, err := c.CanIDeploy(ctx, q)
		if err != nil || d.Summary.Unknown == 0 || left <= 0 {
			return d, err
		}
		if p.OnWait != nil {
			p.OnWait(d, left)
		}
		if err := c.config.Wait(ctx, p.Interval); err != nil {
			return d, err
		}
	}
}
