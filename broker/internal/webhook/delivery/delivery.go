package delivery

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
)

// Config is how webhooks are delivered.
type Config struct {
	Sender SenderConfig
	// Schedule holds the waits after failed attempts; empty means one attempt.
	Schedule []time.Duration
	// BaseURL is the broker's own for links in webhooks, used where the request
	// that fired the webhook did not tell one.
	BaseURL string
	// Workers is how many attempts run at a time; 4 when 0.
	Workers int
	// Periodic are jobs that one of all replicas runs now and then.
	Periodic []Periodic
	// Now is the clock of logs; time.Now when nil.
	Now func() time.Time
	// Log gets what concerns the operator; slog.Default when nil.
	Log *slog.Logger
}

const (
	// attemptTimeout ends an attempt: the request may take 2*timeout, preparing
	// milliseconds, and recording as long as the database is away for a moment.
	attemptTimeout = 2*timeout + recordTimeout + 5*time.Second
	// rescueAfter is when an attempt that is still under way must have been cut
	// off by the end of its broker, whoever that was: replicas of this release
	// know of each other's end sooner. A living broker ends it at attemptTimeout,
	// and needs a moment to say so; the rest allows for clocks of two machines
	// that differ by a few seconds.
	rescueAfter = attemptTimeout + 5*time.Second
)

// Database is where the queue is kept, and how replicas on it know of each other.
// *store.Store is one.
type Database interface {
	DB() *sql.DB
	Postgres() bool
	// Alone runs fn while no other replica runs one.
	Alone(ctx context.Context, fn func(context.Context) error) error
	Replicas
	Periodics
}

// Deliverer is the queue of webhooks on a broker's database. Make it with New;
// Enqueue, ExecuteWebhook and the rest are safe for concurrent use.
type Deliverer struct {
	config  Config
	db      Database
	service Service
	sender  *sender
	states  *states
	// replica is the name of this process among the replicas.
	replica string
	// inserts adds jobs; it never works.
	inserts  *river.Client[*sql.Tx]
	life     *life
	begun    sync.Once
	stopped  sync.Once
	troubled trouble
	underWay underWay
}

// New returns a deliverer that has not looked at the database yet. The caller
// calls Prepare or Start before the first Enqueue.
func New(db Database, service Service, config Config) (*Deliverer, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.Workers == 0 {
		config.Workers = 4
	}
	d := &Deliverer{config: config, db: db, service: service, sender: newSender(config.Sender), states: newStates(config.Log), replica: "treaty-" + rand.Text()}
	inserts, err := river.NewClient(d.driver(), &river.Config{Logger: d.states.quiet(config.Log)})
	if err != nil {
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	d.inserts = inserts
	return d, nil
}

// driver speaks to the database for the queue.
func (d *Deliverer) driver() riverdriver.Driver[*sql.Tx] {
	if d.db.Postgres() {
		return polled{riverdatabasesql.New(d.db.DB())}
	}
	return riversqlite.New(d.db.DB())
}

// polled is a driver without notifications: nobody listens on PostgreSQL, since
// that would take a session of its own, which a pooler does not give. To notify
// all the same would have all commits wait for each other.
type polled struct{ riverdriver.Driver[*sql.Tx] }

// SupportsListenNotify implements riverdriver.Driver.
func (polled) SupportsListenNotify() bool { return false }

// Prepare brings the queue's tables up to date, one replica after the other.
func (d *Deliverer) Prepare(ctx context.Context) error {
	migrator, err := rivermigrate.New(d.driver(), &rivermigrate.Config{Logger: d.states.quiet(d.config.Log)})
	if err != nil {
		return fmt.Errorf("set up the job queue's tables: %w", err)
	}
	err = d.db.Alone(ctx, func(ctx context.Context) error {
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("bring the job queue's tables up to date: %w", err)
	}
	return nil
}

func (d *Deliverer) riverConfig() *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &attemptWorker{deliverer: d})
	river.AddWorker(workers, &formerWorker{})
	return &river.Config{
		ID:                   d.replica,
		Logger:               d.states.quiet(d.config.Log),
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: d.config.Workers}},
		Workers:              workers,
		PollOnly:             d.db.Postgres(),
		ErrorHandler:         panics{d.config.Log},
		JobTimeout:           attemptTimeout,
		RescueStuckJobsAfter: rescueAfter,
		// Firings and attempts are kept in our own tables.
		CompletedJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
		CancelledJobRetentionPeriod: 24 * time.Hour,
	}
}

// Enqueue adds the jobs that deliver firings to the transaction that stores them,
// with one statement.
func (d *Deliverer) Enqueue(ctx context.Context, tx *sql.Tx, firings []kernel.TriggeredWebhook) error {
	jobs, base := make([]river.InsertManyParams, len(firings)), d.base(ctx)
	for i, t := range firings {
		jobs[i] = river.InsertManyParams{Args: attemptArgs{UUID: t.UUID, Base: base}, InsertOpts: &river.InsertOpts{MaxAttempts: 25}}
	}
	if _, err := d.inserts.InsertManyFastTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("enqueue %d webhooks: %w", len(firings), err)
	}
	return nil
}

// base is the configured URL of the broker, else the address that the request was
// sent to which fires. What a header of a proxy says leads a build server, and the
// password that it asks with, wherever a publisher likes.
func (d *Deliverer) base(ctx context.Context) string {
	if l, ok := links.OutwardFromContext(ctx); ok && l.Base() != "" {
		return l.Base()
	}
	return d.config.BaseURL
}

// attemptArgs is the job of one firing.
type attemptArgs struct {
	UUID string `json:"uuid"`
	Base string `json:"base"`
}

// Kind names the job in the queue's tables.
func (attemptArgs) Kind() string { return "webhook" }

type attemptWorker struct {
	river.WorkerDefaults[attemptArgs]
	deliverer *Deliverer
}

// Work makes an attempt. A failed delivery is not a failed job: it comes back
// after its wait. So does what kept us from trying or recording, however often:
// the queue gives up a job that fails too many times.
func (w *attemptWorker) Work(ctx context.Context, job *river.Job[attemptArgs]) error {
	d := w.deliverer
	defer d.underWay.begin(job.ID)()
	wait, again, err := d.attempt(ctx, job.Args.UUID, job.Args.Base)
	switch {
	case err != nil && ctx.Err() != nil:
		return err // the broker ends; the queue makes it again
	case err != nil:
		d.states.failed(attemptTrouble, err)
		return river.JobSnooze(d.troubled.wait(time.Now()))
	}
	d.troubled.ended()
	d.states.ended(attemptTrouble, attemptEnded)
	if again {
		return river.JobSnooze(wait)
	}
	return nil
}

// formerArgs is the job of periodic work in a release before this one.
type formerArgs struct {
	Name string `json:"name"`
}

// Kind names the job in the queue's tables.
func (formerArgs) Kind() string { return "periodic" }

// formerWorker ends such jobs: when what is due stands in a table.
type formerWorker struct {
	river.WorkerDefaults[formerArgs]
}

// Work does nothing.
func (*formerWorker) Work(context.Context, *river.Job[formerArgs]) error { return nil }
