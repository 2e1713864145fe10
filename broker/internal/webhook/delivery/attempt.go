package delivery

import (
	"context"
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
	// RecordWebhookAttempt stores an attempt with its log, and the status that the
	// firing has after it.
	RecordWebhookAttempt(ctx context.Context, triggeredUUID string, success bool, logs string, status kernel.TriggerStatus) error
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
	status := kernel.TriggerSuccess
	if !execution.Success {
		status = kernel.TriggerFailure
		if wait, again = nextDelay(d.config.Schedule, run.Triggered.Attempts+1); again {
			status = kernel.TriggerRetrying
		}
	}
	if err := d.service.RecordWebhookAttempt(ctx, uuid, execution.Success, execution.Logs, status); err != nil {
		return 0, false, fmt.Errorf("record the attempt of webhook %s: %w", uuid, err)
	}
	return wait, again, nil
}

// giveUp ends a firing whose webhook or pact is gone.
func (d *Deliverer) giveUp(ctx context.Context, uuid string, cause error) error {
	j := &journal{now: d.config.Now}
	j.line("ERROR", "not sent: %s", cause)
	if err := d.service.RecordWebhookAttempt(ctx, uuid, false, j.b.String(), kernel.TriggerFailure); err != nil {
		return fmt.Errorf("give up webhook %s: %w", uuid, err)
	}
	return nil
}

// ExecuteWebhook implements webhook.Executor: a test execution.
func (d *Deliverer) ExecuteWebhook(ctx context.Context, run webhook.Run) webhook.Execution {
	return d.execute(ctx, run, links.Below(d.base(ctx)))
}

func (d *Deliverer) execute(ctx context.Context, run webhook.Run, l links.Links) webhook.Execution {
	request := render(run.Webhook.Request, parameters(run, l))
	a := d.sender.send(ctx, request, run.Triggered.UUID)
	secrets := secretsOf(request, a)
	execution := d.sender.execution(a, secrets)
	if a.err != nil {
		d.config.Log.InfoContext(ctx, "a webhook got no answer", slog.String("webhook", run.Webhook.UUID), errlog.Attr(a.err))
	}
	execution.Logs = d.sender.starSecrets(secrets)(d.sender.logs(d.config.Now, run, a, execution))
	return execution
}
