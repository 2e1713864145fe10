package root

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type testWebhookOptions struct {
	connection connection.Flags
	uuid       string
}

func newTestWebhook(e command.Env) *cobra.Command {
	return command.New(e, "test-webhook", "Have the broker execute a webhook, and show its report", "", &testWebhookOptions{})
}

func (o *testWebhookOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "UUID of the webhook")
}

func (o *testWebhookOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"uuid", o.uuid}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	report, err := broker.TestWebhook(ctx, o.uuid)
	if err != nil {
		return fmt.Errorf("test the webhook %s: %w", output.Shorten(o.uuid), err)
	}
	return output.WriteJSON(e.Stdout, report)
}

type deleteWebhookOptions struct {
	connection connection.Flags
	uuid       string
}

func newDeleteWebhook(e command.Env) *cobra.Command {
	return command.New(e, "delete-webhook", "Delete a webhook", "", &deleteWebhookOptions{})
}

func (o *deleteWebhookOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "UUID of the webhook")
}

func (o *deleteWebhookOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"uuid", o.uuid}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	if err := broker.DeleteWebhook(ctx, o.uuid); err != nil {
		return fmt.Errorf("delete the webhook %s: %w", output.Shorten(o.uuid), err)
	}
	_, err = fmt.Fprintf(e.Stdout, "Deleted the webhook %s.\n", o.uuid)
	return err
}
