package delivery

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/internal/errlog"
)

// Service is what an attempt needs of the broker. [webhook.Service] is one.
type Service interface {
	// PrepareWebhook returns what to send for a firing, or CodeNotFound if the
	// firing, its webhook or its publication is gone.
	PrepareWebhook(ctx context.Context, triggeredUUID string) (webhook.Run, error)
	// RecordWebhookAttempt stores what came of an attempt, once however often it
	// is told.
	RecordWebhookAttempt(ctx context.Context, triggeredUUID string, a webhook.Attempt) error
}

// attempt makes one attempt. It returns whether there is to be another, and how
// long to wait for it: not if it was delivered, given up, or deleted meanwhile.
func (d *Deliverer) attempt(ctx context.Context, uuid string, base string) (wait time.Duration, again bool, err error) {
	run, err := d.service.PrepareWebhook(ctx, uuid)
	switch {
	case err != nil && kernel.CodeOf(err) == kernel.CodeNotFound:
		return 0, false, d.giveUp(ctx, uuid, err)
	case err != nil:
		return 0, false, fmt.Errorf("prepare webhook %s: %w", uuid, err)
	case run.Triggered.Status == kernel.TriggerSuccess || run.Triggered.Status == kernel.TriggerFailure:
		// The broker died after recording the last attempt and before the queue
		// knew: it need not be made twice.
		return 0, false, nil
	}
	execution := d.execute(ctx, run, links.Below(base))
	if !execution.Success && ctx.Err() != nil {
		return 0, false, context.Cause(ctx) // cut off, so that it says nothing of the receiver
	}
	status := kernel.TriggerSuccess
	if !execution.Success {
		status = kernel.TriggerFailure
		if wait, again = webhook.NextDelay(d.config.Schedule, run.Triggered.Attempts+1); again {
			status = kernel.TriggerRetrying
		}
	}
	if err := d.record(ctx, uuid, webhook.Attempt{Success: execution.Success, Logs: execution.Logs, Status: status}); err != nil {
		return 0, false, fmt.Errorf("record the attempt of webhook %s: %w", uuid, err)
	}
	return wait, again, nil
}

const (
	// recordTimeout is how long the database may be away after a request was sent.
	recordTimeout = 20 * time.Second
	// lastRecord is what is left of it when the broker ends.
	lastRecord = 2 * time.Second
)

// record stores what came of an attempt. While the database is away for a moment
// it is told again: otherwise the same would be sent again.
func (d *Deliverer) record(ctx context.Context, uuid string, a webhook.Attempt) error {
	a.UUID = rand.Text()
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { after(recording, lastRecord, cancel) })()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := d.service.RecordWebhookAttempt(recording, uuid, a)
		if kernel.CodeOf(err) != kernel.CodeUnavailable || kernel.ReasonOf(err) == kernel.ReasonOutdated {
			return err
		}
		if !sleep(recording, wait) {
			return err
		}
	}
}

// giveUp ends a firing whose webhook or pact is gone.
func (d *Deliverer) giveUp(ctx context.Context, uuid string, cause error) error {
	j := &journal{now: d.config.Now}
	j.line("ERROR", "not sent: %s", cause)
	if err := d.record(ctx, uuid, webhook.Attempt{Logs: j.b.String(), Status: kernel.TriggerFailure}); err != nil {
		return fmt.Errorf("give up webhook %s: %w", uuid, err)
	}
	return nil
}

// ExecuteWebhook implements webhook.Executor: a test execution.
func (d *Deliverer) ExecuteWebhook(ctx context.Context, run webhook.Run) webhook.Execution {
	return d.execute(ctx, run, links.Below(d.base(ctx)))
}

func (d *Deliverer) execute(ctx context.Context, run webhook.Run, l links.Links) webhook.Execution {
	request, a := rendered{}, answer{err: mayBeSent(run)}
	if a.err == nil {
		request = render(run.Webhook.Request, withSecrets(parameters(run, l), run.Secrets.Values()))
		a = d.sender.send(ctx, request, run.Triggered.UUID)
	}
	m := d.sender.masks(secretsOf(request, a), run.Secrets.Values())
	execution := d.sender.execution(a, m)
	if a.err != nil {
		d.config.Log.InfoContext(ctx, "a webhook got no answer", slog.String("webhook", run.Webhook.UUID), errlog.Attr(errors.New(m.hide(errlog.Text(a.err)))))
	}
	execution.Logs = m.hide(d.sender.logs(d.config.Now, run, a, execution))
	return execution
}
