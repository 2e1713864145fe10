package delivery

import (
	"context"
	"sync"
	"time"

	"github.com/treatyhq/treaty/internal/errlog"
)

// forgottenAfter is how long a job must be under way by the queue's table, and not
// by what this replica knows, until it counts as forgotten: between taking a job
// and working on it, and between that and saying so, there are moments.
const forgottenAfter = 10 * time.Second

// underWay are the jobs that this replica works on, or did a moment ago. Where the
// connection was lost on which the queue took some, the table has them with this
// replica, and nobody here ever heard of them. It is safe for concurrent use.
type underWay struct {
	mu   sync.Mutex
	jobs map[int64]time.Time // when its work ended; zero while it goes on
}

// begin notes that a job is worked on until the function that it returns is called.
func (u *underWay) begin(job int64) (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.jobs == nil {
		u.jobs = map[int64]time.Time{}
	}
	u.jobs[job] = time.Time{}
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.jobs[job] = time.Now()
	}
}

// known returns the jobs that are not forgotten.
func (u *underWay) known(now time.Time) []int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := []int64{}
	for job, ended := range u.jobs {
		if !ended.IsZero() && now.Sub(ended) > forgottenAfter {
			delete(u.jobs, job)
			continue
		}
		out = append(out, job)
	}
	return out
}

// recall makes webhooks available again that the table has with this replica and
// that nobody works on.
func (d *Deliverer) recall(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, beatLimit)
	defer cancel()
	webhooks, err := d.db.Recall(limited, d.replica, d.underWay.known(time.Now()), forgottenAfter)
	switch {
	case err != nil:
		// The next beat tells it if the database is away.
		d.config.Log.DebugContext(ctx, "it was not looked for forgotten webhooks", errlog.Attr(err))
	case webhooks > 0:
		d.config.Log.WarnContext(ctx, "the queue had lost webhooks on their way from the database: they are sent now", "webhooks", webhooks)
	}
}
