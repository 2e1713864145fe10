package delivery

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// attempted is what was recorded of an attempt.
type attempted struct {
	success bool
	logs    string
	status  kernel.TriggerStatus
}

// oneFiring is a service that knows one firing, and keeps what is recorded of it.
type oneFiring struct {
	mu                 sync.Mutex
	run                webhook.Run
	prepared, recorded error
	attempts           []attempted
	done               chan struct{} // closed by an attempt that is the last
}

func (o *oneFiring) PrepareWebhook(context.Context, string) (webhook.Run, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.run, o.prepared
}

func (o *oneFiring) RecordWebhookAttempt(_ context.Context, _ string, a webhook.Attempt) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.recorded != nil {
		return o.recorded
	}
	o.attempts = append(o.attempts, attempted{a.Success, a.Logs, a.Status})
	o.run.Triggered.Attempts++
	o.run.Triggered.Status = a.Status
	if o.done != nil && a.Status != kernel.TriggerRetrying {
		close(o.done)
	}
	return nil
}

// forgetful is a service whose database is away for so many tries.
type forgetful struct {
	*oneFiring
	failures int
	told     []string
}

func (f *forgetful) RecordWebhookAttempt(ctx context.Context, uuid string, a webhook.Attempt) error {
	if f.told = append(f.told, a.UUID); len(f.told) <= f.failures {
		return kernel.Errorf(kernel.CodeUnavailable, "the database cannot be reached")
	}
	return f.oneFiring.RecordWebhookAttempt(ctx, uuid, a)
}

// asked is a service that tells which firing is prepared, and knows none.
type asked chan string

func (a asked) PrepareWebhook(_ context.Context, uuid string) (webhook.Run, error) {
	a <- uuid
	return webhook.Run{}, kernel.Errorf(kernel.CodeNotFound, "gone")
}

func (a asked) RecordWebhookAttempt(context.Context, string, webhook.Attempt) error { return nil }

// receiver answers with one status after another, the last one again and again.
func receiver(t *testing.T, statuses ...int) (url string, got func() int) {
	t.Helper()
	var mu sync.Mutex
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.WriteHeader(statuses[min(calls, len(statuses)-1)])
		calls++
	}))
	t.Cleanup(server.Close)
	return server.URL, func() int {
		mu.Lock()
		defer mu.Unlock()
		return calls
	}
}

func firing(url string) *oneFiring {
	o := &oneFiring{run: run()}
	o.run.Webhook.Request = kernel.WebhookRequest{Method: "POST", URL: url}
	o.run.Triggered.Status = kernel.TriggerNotRun
	return o
}

func TestAFailedAttemptIsMadeAgainByTheSchedule(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, 500)
	service := firing(url)
	d := deliverer(local())
	d.service = service
	// Not to wait at all is a wait like others.
	d.config.Schedule = []time.Duration{0, time.Minute}

	for _, want := range []struct {
		wait   time.Duration
		again  bool
		status kernel.TriggerStatus
	}{
		{0, true, kernel.TriggerRetrying}, {time.Minute, true, kernel.TriggerRetrying}, {0, false, kernel.TriggerFailure},
	} {
		wait, again, err := d.attempt(t.Context(), "x", "http://broker.test")
		require.NoError(t, err)
		require.Equal(t, want.wait, wait)
		require.Equal(t, want.again, again)
		last := service.attempts[len(service.attempts)-1]
		require.False(t, last.success)
		require.Equal(t, want.status, last.status)
	}
	require.Equal(t, 3, got())
}

func TestADeliveredWebhookIsNotSentAgain(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, 204)
	service := firing(url)
	d := deliverer(local())
	d.service = service
	d.config.Schedule = []time.Duration{time.Minute}
	for range 2 { // the second is that of a broker that died before the queue knew
		_, again, err := d.attempt(t.Context(), "x", "http://broker.test")
		require.NoError(t, err)
		require.False(t, again)
	}
	require.Equal(t, 1, got())
	require.Len(t, service.attempts, 1)
	require.True(t, service.attempts[0].success)
	require.Equal(t, kernel.TriggerSuccess, service.attempts[0].status)
}

func TestAWebhookThatIsGoneIsGivenUpAndSaysSo(t *testing.T) {
	t.Parallel()
	service := firing("http://127.0.0.1:1")
	service.prepared = kernel.Errorf(kernel.CodeNotFound, "no such webhook")
	d := deliverer(local())
	d.service = service
	_, again, err := d.attempt(t.Context(), "x", "")
	require.NoError(t, err)
	require.False(t, again)
	require.Len(t, service.attempts, 1)
	require.Equal(t, kernel.TriggerFailure, service.attempts[0].status)
	require.Contains(t, service.attempts[0].logs, "not sent: no such webhook")

	service.recorded = errors.New("disk full")
	_, _, err = d.attempt(t.Context(), "x", "")
	require.ErrorIs(t, err, service.recorded, "the queue asks again later")
}

func TestAnAttemptThatTheDatabaseKnowsNothingOfIsNoAttempt(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, 204)
	service := firing(url)
	d := deliverer(local())
	d.service = service
	service.prepared = kernel.Errorf(kernel.CodeUnavailable, "the database cannot be reached")
	_, _, err := d.attempt(t.Context(), "x", "")
	require.ErrorIs(t, err, service.prepared)
	require.Zero(t, got(), "what is to be sent is not known")

	service.prepared, service.recorded = nil, errors.New("disk full")
	_, _, err = d.attempt(t.Context(), "x", "")
	require.ErrorIs(t, err, service.recorded, "the queue makes it again")
}

// queued is a queue on an SQLite file, with one firing in it.
func queued(t *testing.T, service Service, schedule ...time.Duration) (*Deliverer, *store.Store) {
	t.Helper()
	db := storetest.SQLite(t, store.Options{})
	d, err := New(db, service, Config{Sender: local(), Schedule: schedule, BaseURL: "http://configured.test", Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.NoError(t, d.Prepare(t.Context()))
	require.NoError(t, enqueue(t, d, db, "x"))
	return d, db
}

// enqueue adds the jobs of firings.
func enqueue(t *testing.T, d *Deliverer, db *store.Store, uuids ...string) error {
	t.Helper()
	tx, err := db.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	firings := make([]kernel.TriggeredWebhook, len(uuids))
	for i, uuid := range uuids {
		firings[i].UUID = uuid
	}
	if err := d.Enqueue(t.Context(), tx, firings); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func TestAFiringIsDeliveredThroughTheQueue(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, 500, 204)
	service := firing(url)
	service.done = make(chan struct{})
	d, db := queued(t, service, 0)
	// As a broker leaves it that was killed in the middle of the attempt.
	_, err := db.DB().ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1`)
	require.NoError(t, err)
	d.Start()
	select {
	case <-service.done:
	case <-time.After(time.Minute):
		t.Fatal("nobody delivers it")
	}
	require.NoError(t, d.Stop(t.Context()))
	require.NoError(t, d.Stop(t.Context()), "stopping twice is fine")
	require.Equal(t, 2, got())
	require.Equal(t, []kernel.TriggerStatus{kernel.TriggerRetrying, kernel.TriggerSuccess}, []kernel.TriggerStatus{service.attempts[0].status, service.attempts[1].status})
}

// An attempt that hangs is cut off when the broker may wait no longer.
func TestStoppingCutsOffWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	reached, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		once.Do(func() { close(reached) })
		<-release
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	service := firing(server.URL)
	d, db := queued(t, service)
	d.Start()
	<-reached
	soon, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	require.NoError(t, d.Stop(soon), "half of the time is left for the end, once the attempt is cut off")
	require.Empty(t, service.attempts, "it says nothing of the receiver")
	var state string
	require.NoError(t, db.DB().QueryRowContext(t.Context(), `SELECT state FROM river_job`).Scan(&state))
	require.Equal(t, "available", state, "it is made again")
}

func TestLinksInWebhooksBeginAsTheRequestThatFiredThemWasSent(t *testing.T) {
	t.Parallel()
	d, db := queued(t, firing("http://127.0.0.1:1"))
	tx, err := db.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	asked := links.NewContext(t.Context(), links.Below("http://forwarded.test"), links.Below("http://asked.test/broker"))
	require.NoError(t, d.Enqueue(asked, tx, []kernel.TriggeredWebhook{{UUID: "y"}}))
	require.NoError(t, tx.Commit())
	for uuid, want := range map[string]string{"x": "http://configured.test", "y": "http://asked.test/broker"} {
		var base string
		require.NoError(t, db.DB().QueryRowContext(t.Context(), `SELECT args->>'base' FROM river_job WHERE args->>'uuid' = $1`, uuid).Scan(&base))
		require.Equal(t, want, base)
	}

	var parameter string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { parameter = r.URL.Query().Get("pact") }))
	t.Cleanup(server.Close)
	tried := run()
	tried.Webhook.Request = kernel.WebhookRequest{Method: "POST", URL: server.URL + "?pact=${pactbroker.pactUrl}"}
	require.True(t, d.ExecuteWebhook(asked, tried).Success)
	require.Contains(t, parameter, "http://asked.test/broker/")
}

func TestFiringsAreNotEnqueuedIntoATransactionThatHasEnded(t *testing.T) {
	t.Parallel()
	d, db := queued(t, firing("http://127.0.0.1:1"))
	tx, err := db.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())
	require.ErrorContains(t, d.Enqueue(t.Context(), tx, []kernel.TriggeredWebhook{{UUID: "y"}}), "enqueue 1 webhooks")
}
