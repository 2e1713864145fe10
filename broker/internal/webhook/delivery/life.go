package delivery

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
)

const (
	// firstWait and longestWait bound how soon the queue is started again that
	// could not be started.
	firstWait   = time.Second
	longestWait = 10 * time.Second
	// claimEvery is how often it is looked for periodic work that is due.
	claimEvery = 3 * time.Second
	// leaveLimit is how long the database may take to hear of the end.
	leaveLimit = 2 * time.Second
	// cutLimit is how long what is cut off may take to end.
	cutLimit = 5 * time.Second
)

// The troubles that the log is told of.
const (
	awayTrouble = "webhooks and periodic work wait: the job queue cannot use the database"
	awayEnded   = "the job queue uses the database again"

	attemptTrouble = "a webhook could not be prepared or recorded, so that its attempt is made again later"
	attemptEnded   = "webhooks are prepared and recorded again"
)

// life is what runs between Start and Stop.
type life struct {
	// stopWorking ends the search for work; stopWatching ends the beat, which
	// goes on as long as anything is under way.
	stopWorking, stopWatching context.CancelFunc
	// begun is closed when the queue runs or never will; client is set then.
	begun, ended chan struct{}
	client       *river.Client[*sql.Tx]
	periodic     sync.WaitGroup
}

// Start begins to deliver in the background, until Stop. While the database
// cannot be used it is tried again, for ever.
func (d *Deliverer) Start() {
	d.begun.Do(func() {
		working, stopWorking := context.WithCancel(context.Background())
		watching, stopWatching := context.WithCancel(context.Background())
		d.life = &life{stopWorking: stopWorking, stopWatching: stopWatching, begun: make(chan struct{}), ended: make(chan struct{})}
		go d.live(working, watching)
	})
}

func (d *Deliverer) live(working, watching context.Context) {
	l := d.life
	defer close(l.ended)
	l.client = d.begin(working)
	if l.client != nil {
		l.periodic.Go(func() { d.claims(working) })
	}
	close(l.begun)
	if l.client != nil {
		d.watch(watching, l.client)
	}
}

// begin starts the queue, however long the database is away. It returns nil if it
// is not to be started any more.
func (d *Deliverer) begin(ctx context.Context) *river.Client[*sql.Tx] {
	for wait := firstWait; ; wait = longer(wait) {
		client, err := d.open(ctx)
		switch {
		case err == nil:
			d.states.ended(awayTrouble, awayEnded)
			return client
		case ctx.Err() != nil:
			return nil
		}
		d.states.failed(awayTrouble, err)
		d.states.drop()
		if kernel.ReasonOf(err) == kernel.ReasonOutdated || !sleep(ctx, wait) {
			return nil
		}
	}
}

// open makes all that the queue needs before its first job.
func (d *Deliverer) open(ctx context.Context) (*river.Client[*sql.Tx], error) {
	if err := d.beat(ctx, &neighbours{}); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{d.Prepare, d.db.Resume, d.plan} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	client, err := river.NewClient(d.driver(), d.riverConfig())
	if err != nil {
		return nil, err
	}
	return client, client.Start(context.WithoutCancel(ctx))
}

// watch says that this replica lives and looks after the others, until ctx ends.
func (d *Deliverer) watch(ctx context.Context, client *river.Client[*sql.Tx]) {
	var n neighbours
	for sleep(ctx, beatEvery) {
		asked := time.Now()
		err := d.beat(ctx, &n)
		switch {
		case err == nil:
			d.states.ended(awayTrouble, awayEnded)
			d.states.release(asked)
			d.recall(ctx)
		case ctx.Err() != nil:
		case kernel.ReasonOf(err) == kernel.ReasonOutdated:
			d.config.Log.ErrorContext(ctx, "this broker sends no more webhooks", errlog.Attr(err))
			d.life.stopWorking()
			_ = client.Stop(ctx) // until Stop cuts off what does not end
			return
		default:
			d.states.failed(awayTrouble, err)
			d.states.drop()
		}
	}
	d.states.release(time.Now())
}

// claims does periodic work that is due, until ctx ends and what was begun has.
func (d *Deliverer) claims(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	failures := make([]int, len(d.config.Periodic))
	for len(d.config.Periodic) > 0 {
		for i, p := range d.config.Periodic {
			// Where the database is away, the beat tells it.
			mine, err := d.db.ClaimPeriodic(ctx, p.Name, d.replica, time.Now())
			if err == nil && mine {
				running.Go(func() { d.run(ctx, p, &failures[i]) })
			}
		}
		if !sleep(ctx, claimEvery) {
			return
		}
	}
}

// Stop waits for running attempts for half of the time that ctx leaves, then cuts them
// off; they are made again later. Stopping twice is fine, and so is what was never started.
func (d *Deliverer) Stop(ctx context.Context) error {
	d.begun.Do(func() {})
	var err error
	d.stopped.Do(func() {
		if d.life != nil {
			err = d.stop(ctx)
		}
	})
	return err
}

func (d *Deliverer) stop(ctx context.Context) error {
	l := d.life
	l.stopWorking()
	defer l.stopWatching()
	if !wait(ctx, l.begun) {
		return ctx.Err()
	}
	if l.client == nil {
		return nil
	}
	soft, hard, cancel := shares(ctx)
	defer cancel()
	err := l.client.Stop(soft)
	if errors.Is(err, context.DeadlineExceeded) {
		err = l.client.StopAndCancel(hard)
	}
	periodic := make(chan struct{})
	go func() {
		defer close(periodic)
		l.periodic.Wait()
	}()
	if !wait(hard, periodic) {
		return errors.Join(err, hard.Err())
	}
	l.stopWatching()
	<-l.ended
	leaving, cancel := context.WithTimeout(hard, leaveLimit)
	defer cancel()
	if left := d.db.Leave(leaving, d.replica); left != nil {
		// The others find out.
		d.config.Log.DebugContext(ctx, "the others do not know of the end of this broker", errlog.Attr(left))
	}
	return err
}

// shares divides the time there is for the end: in the first half attempts may end, and
// in all of it those that did not are cut off, and the others hear of the end. Who gave
// no time at all leaves some for that.
func shares(ctx context.Context) (soft, hard context.Context, cancel context.CancelFunc) {
	end, bounded := ctx.Deadline()
	left := time.Until(end)
	if !bounded || left <= 0 {
		hard, cancel = context.WithTimeout(context.WithoutCancel(ctx), cutLimit)
		return ctx, hard, cancel
	}
	soft, softCancel := context.WithTimeout(ctx, left/2)
	hard, hardCancel := context.WithDeadline(context.WithoutCancel(ctx), end)
	return soft, hard, func() { softCancel(); hardCancel() }
}

// panics tells the log of what should not be.
type panics struct{ log *slog.Logger }

// HandleError implements river.ErrorHandler.
func (panics) HandleError(context.Context, *rivertype.JobRow, error) *river.ErrorHandlerResult {
	return nil
}

// HandlePanic implements river.ErrorHandler.
func (p panics) HandlePanic(ctx context.Context, _ *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	p.log.ErrorContext(ctx, "an attempt to deliver a webhook panicked", "panic", value, "trace", trace)
	return nil
}

// longer returns the wait after one that was not long enough.
func longer(wait time.Duration) time.Duration { return min(wait*3/2, longestWait) }

// after calls do when the time is up, unless ctx ends before.
func after(ctx context.Context, limit time.Duration, do func()) {
	if sleep(ctx, limit) {
		do()
	}
}

// sleep waits, and returns false as soon as ctx ends.
func sleep(ctx context.Context, wait time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return ctx.Err() == nil
	}
}

// wait returns false if ctx ends first.
func wait(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}
