package delivery

import (
	"context"
	"database/sql"
	"errors"
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

// Periodic is a job that runs every so often, or by a schedule, on one of all
// replicas.
type Periodic struct {
	Name string
	// Every is the time between two runs. Schedule, if not nil, replaces it.
	Every    time.Duration
	Schedule Schedule
	Run      func(ctx context.Context) error
}

// Schedule tells when a job runs next after a time. Two runs are a minute
// apart at least.
type Schedule interface {
	// Next returns the first time to run that is later than after.
	Next(after time.Time) time.Time
}

// schedule returns when p runs, and how long a run stands for: within that
// time no second one is begun, by whichever replica.
func (p Periodic) schedule() (Schedule, time.Duration) {
	if p.Schedule != nil {
		return p.Schedule, time.Minute
	}
	return river.PeriodicInterval(p.Every), p.Every
}

const (
	// attemptTimeout ends an attempt: the request may take 2*timeout, preparing
	// and recording take milliseconds, and seconds only on a database in
	// trouble.
	attemptTimeout = 2*timeout + 5*time.Second
	// rescueAfter is when an attempt that is still under way must have been cut
	// off by the end of its broker. A living broker ends it at attemptTimeout,
	// and needs a moment to say so; the rest allows for clocks of two machines
	// that differ by a few seconds. Too short would do no harm but send a
	// webhook twice.
	rescueAfter = attemptTimeout + 5*time.Second
	// periodicTimeout ends periodic work. It works in small transactions, so
	// that what it did stays done.
	periodicTimeout = time.Hour
)

// Deliverer is the queue of webhooks on a broker's database. Make it with New;
// Enqueue, ExecuteWebhook and the rest are safe for concurrent use.
type Deliverer struct {
	config  Config
	service Service
	sender  *sender
	client  *river.Client[*sql.Tx]
	// own is the database if no other broker works on it, else nil.
	own     *sql.DB
	stopped sync.Once
}

// New prepares the queue's tables on db and returns a deliverer that is not
// started yet.
func New(ctx context.Context, db *sql.DB, postgres bool, service Service, config Config) (*Deliverer, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.Workers == 0 {
		config.Workers = 4
	}
	d := &Deliverer{config: config, service: service, sender: newSender(config.Sender)}
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(db)
	if postgres {
		driver = riverdatabasesql.New(db)
	} else {
		d.own = db
	}
	if err := migrate(ctx, driver, config.Log); err != nil {
		return nil, err
	}
	client, err := river.NewClient(driver, d.riverConfig())
	if err != nil {
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	d.client = client
	return d, nil
}

func migrate(ctx context.Context, driver riverdriver.Driver[*sql.Tx], log *slog.Logger) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet(log)})
	if err != nil {
		return fmt.Errorf("set up the job queue's tables: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("bring the job queue's tables up to date: %w", err)
	}
	return nil
}

func (d *Deliverer) riverConfig() *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &attemptWorker{deliverer: d})
	river.AddWorker(workers, &periodicWorker{jobs: d.config.Periodic})
	config := &river.Config{
		Logger:               quiet(d.config.Log),
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: d.config.Workers}},
		Workers:              workers,
		JobTimeout:           attemptTimeout,
		RescueStuckJobsAfter: rescueAfter,
		// Firings and attempts are kept in our own tables.
		CompletedJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
		CancelledJobRetentionPeriod: 24 * time.Hour,
	}
	for _, p := range d.config.Periodic {
		args := periodicArgs{Name: p.Name}
		schedule, period := p.schedule()
		config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(schedule,
			func() (river.JobArgs, *river.InsertOpts) {
				return args, &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: period}}
			}, nil))
	}
	return config
}

// quiet leaves out what the queue says about its normal work.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(levelled{log.Handler()}) }

type levelled struct{ slog.Handler }

func (l levelled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}

func (l levelled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelled{l.Handler.WithAttrs(attrs)}
}
func (l levelled) WithGroup(name string) slog.Handler { return levelled{l.Handler.WithGroup(name)} }

// Enqueue adds the jobs that deliver firings to the transaction that stores them.
func (d *Deliverer) Enqueue(ctx context.Context, tx *sql.Tx, firings []kernel.TriggeredWebhook) error {
	jobs, base := make([]river.InsertManyParams, len(firings)), d.base(ctx)
	for i, t := range firings {
		jobs[i] = river.InsertManyParams{Args: attemptArgs{UUID: t.UUID, Base: base}, InsertOpts: &river.InsertOpts{MaxAttempts: 25}}
	}
	if _, err := d.client.InsertManyFastTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("enqueue %d webhooks: %w", len(firings), err)
	}
	return nil
}

// base is the broker's URL as the request knows it, or the configured one.
func (d *Deliverer) base(ctx context.Context) string {
	if l, ok := links.FromContext(ctx); ok {
		return l.Base()
	}
	return d.config.BaseURL
}

// Start begins to deliver in the background, until Stop.
func (d *Deliverer) Start(ctx context.Context) error {
	if err := d.resume(ctx); err != nil {
		return err
	}
	if err := d.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	return nil
}

// resume frees the attempts in which the broker died. An SQLite file has one
// broker, so they cannot be running elsewhere; on PostgreSQL the queue frees
// them once they have taken longer than any attempt may.
func (d *Deliverer) resume(ctx context.Context) error {
	if d.own == nil {
		return nil
	}
	if _, err := d.own.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`); err != nil {
		return fmt.Errorf("resume interrupted webhooks: %w", err)
	}
	return nil
}

// Stop waits for running attempts until ctx ends, then cuts them off; they are
// made again later. Stopping twice is fine.
func (d *Deliverer) Stop(ctx context.Context) error {
	var err error
	d.stopped.Do(func() {
		if err = d.client.Stop(ctx); errors.Is(err, context.DeadlineExceeded) {
			hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			err = d.client.StopAndCancel(hard)
		}
	})
	return err
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
// after its wait. Only what kept us from trying or recording is an error.
func (w *attemptWorker) Work(ctx context.Context, job *river.Job[attemptArgs]) error {
	wait, again, err := w.deliverer.attempt(ctx, job.Args.UUID, job.Args.Base)
	if err != nil {
		return err
	}
	if again {
		return river.JobSnooze(wait)
	}
	return nil
}

type periodicArgs struct {
	Name string `json:"name" river:"unique"`
}

// Kind names the job in the queue's tables.
func (periodicArgs) Kind() string { return "periodic" }

type periodicWorker struct {
	river.WorkerDefaults[periodicArgs]
	jobs []Periodic
}

// Timeout implements river.Worker. Until it has passed, the queue does not take
// a long run for one that was cut off.
func (w *periodicWorker) Timeout(*river.Job[periodicArgs]) time.Duration { return periodicTimeout }

// Work runs the periodic job of that name.
func (w *periodicWorker) Work(ctx context.Context, job *river.Job[periodicArgs]) error {
	for _, p := range w.jobs {
		if p.Name == job.Args.Name {
			return p.Run(ctx)
		}
	}
	return nil // from a release that had another job
}
