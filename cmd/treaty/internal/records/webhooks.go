package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// webhookOptions serve create-webhook and create-or-update-webhook.
type webhookOptions struct {
	connection  connection.Flags
	uuid        string
	update      bool
	url         string
	method      string
	headers     []string
	data        string
	user        string
	description string
	team        string
	consumer    client.WebhookParty
	provider    client.WebhookParty
	events      map[string]*bool
	output      string
}

// NewCreateWebhook makes the command create-webhook.
func NewCreateWebhook(e command.Env) *cobra.Command {
	return webhookCommand(e, "create-webhook URL", "Create a webhook: a request of the broker when something happens", &webhookOptions{})
}

// NewSaveWebhook makes the command create-or-update-webhook.
func NewSaveWebhook(e command.Env) *cobra.Command {
	return webhookCommand(e, "create-or-update-webhook URL", "Create a webhook under a UUID of yours, or replace it", &webhookOptions{update: true})
}

func webhookCommand(e command.Env, use, short string, o *webhookOptions) *cobra.Command {
	cmd := command.New(e, use, short,
		"treaty create-webhook https://ci.example/start --request POST --contract-requiring-verification-published --provider catalog", o)
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return command.Next(errors.New("one URL must be given"), "name the address that the webhook calls, after the command")
		}
		o.url = args[0]
		return nil
	}
	return cmd
}

// event is something that a webhook may wait for.
type event struct{ flag, name, help string }

func webhookEvents() []event {
	return []event{
		{"contract-content-changed", "contract_content_changed", "run when a pact is published with other content than the one before it, or than the one before it with the same tag"},
		{"contract-published", "contract_published", "run when a pact is published, whether it has changed or not"},
		{"contract-requiring-verification-published", "contract_requiring_verification_published", "run for each provider version, of its main branch or in an environment, that has no result for a published pact"},
		{"provider-verification-published", "provider_verification_published", "run when a verification result is published, whatever it says"},
		{"provider-verification-failed", "provider_verification_failed", "run when a failed verification result is published"},
		{"provider-verification-succeeded", "provider_verification_succeeded", "run when a successful verification result is published"},
	}
}

func (o *webhookOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	if o.update {
		f.StringVar(&o.uuid, "uuid", "", "UUID of the webhook; treaty generate-uuid makes one")
	}
	f.StringVarP(&o.method, "request", "X", "POST", "method of the request")
	f.StringArrayVarP(&o.headers, "header", "H", nil, "header of the request, as 'Name: value'; repeatable")
	f.StringVarP(&o.data, "data", "d", "", "body of the request, or @FILE to read it from a file")
	f.StringVar(&o.user, "user", "", "user and password for the request, as user:password")
	f.StringVar(&o.description, "description", "", "what the webhook is for")
	f.StringVar(&o.team, "team-uuid", "", "UUID of a team, for brokers that have teams")
	f.Var(command.Filled(&o.consumer.Name), "consumer", "only for pacts of this consumer")
	f.Var(command.Filled(&o.consumer.Label), "consumer-label", "only for consumers with this label")
	f.Var(command.Filled(&o.provider.Name), "provider", "only for pacts with this provider")
	f.Var(command.Filled(&o.provider.Label), "provider-label", "only for providers with this label")
	o.events = map[string]*bool{}
	for _, event := range webhookEvents() {
		o.events[event.name] = f.Bool(event.flag, false, event.help)
	}
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *webhookOptions) Run(ctx context.Context, e command.Env) error {
	webhook, err := o.webhook(e)
	if err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	created := true
	if o.update {
		webhook.UUID = o.uuid
		webhook, created, err = broker.SaveWebhook(ctx, webhook)
	} else {
		webhook, err = broker.CreateWebhook(ctx, webhook)
	}
	if err != nil {
		return fmt.Errorf("save the webhook: %w", o.explain(ctx, broker, err))
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, webhook.Raw)
	}
	_, err = fmt.Fprintf(e.Stdout, "%s the webhook %s.\n", createdWord(created), webhookName(webhook, o.uuid))
	return err
}

// explain says which names look like those of the parties, if there are no such
// applications.
func (o *webhookOptions) explain(ctx context.Context, broker *client.Client, err error) error {
	var refused *client.Error
	if !errors.As(err, &refused) {
		return err
	}
	for field, name := range map[string]string{"consumer.name": o.consumer.Name, "provider.name": o.provider.Name} {
		if refused.Fields[field] == nil || name == "" {
			continue
		}
		if unknown := missing.NoApplication(ctx, broker, name); unknown != nil {
			return unknown
		}
	}
	return err
}

// webhookName finds what to call a webhook: not every broker repeats the UUID.
func webhookName(w client.Webhook, uuid string) string {
	switch {
	case w.UUID != "":
		return w.UUID
	case uuid != "":
		return uuid
	default:
		self := w.Self()
		return self[strings.LastIndex(self, "/")+1:]
	}
}

func (o *webhookOptions) webhook(e command.Env) (client.Webhook, error) {
	if o.update && o.uuid == "" {
		return client.Webhook{}, command.Next(errors.New("--uuid must be given"), "make one with: treaty generate-uuid")
	}
	w := client.Webhook{
		Description: o.description,
		TeamUUID:    o.team,
		Consumer:    party(o.consumer),
		Provider:    party(o.provider),
		Request:     client.WebhookRequest{Method: strings.ToUpper(o.method), URL: o.url},
	}
	for _, event := range webhookEvents() {
		if *o.events[event.name] {
			w.Events = append(w.Events, client.WebhookEvent{Name: event.name})
		}
	}
	if len(w.Events) == 0 {
		return w, command.Next(errors.New("no event is given: the webhook would never run"), "add one or more of: %s", eventFlags())
	}
	headers, err := connection.ReadHeaders(o.headers)
	if err != nil {
		return w, err
	}
	for name := range headers {
		if w.Request.Headers == nil {
			w.Request.Headers = map[string]string{}
		}
		w.Request.Headers[name] = strings.Join(headers[name], ", ")
	}
	w.Request.Username, w.Request.Password, _ = strings.Cut(o.user, ":")
	w.Request.Body, err = webhookBody(e, o.data)
	return w, err
}

func party(p client.WebhookParty) *client.WebhookParty {
	if p == (client.WebhookParty{}) {
		return nil
	}
	return &p
}

func eventFlags() string {
	var flags []string
	for _, event := range webhookEvents() {
		flags = append(flags, "--"+event.flag)
	}
	return strings.Join(flags, " ")
}

// webhookBody sends what is JSON as JSON and the rest as text.
func webhookBody(e command.Env, data string) (any, error) {
	if data == "" {
		return nil, nil
	}
	if file, found := strings.CutPrefix(data, "@"); found {
		content, err := os.ReadFile(e.Path(file))
		if err != nil {
			return nil, command.Next(err, "check the file after @ in --data")
		}
		data = string(content)
	}
	if json.Valid([]byte(data)) {
		return json.RawMessage(data), nil
	}
	return data, nil
}

type testWebhookOptions struct {
	connection connection.Flags
	uuid       string
}

// NewTestWebhook makes the command test-webhook.
func NewTestWebhook(e command.Env) *cobra.Command {
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
		return fmt.Errorf("test the webhook %s: %w", output.Shorten(o.uuid), noWebhook(broker, err))
	}
	return output.WriteJSON(e.Stdout, report)
}

type deleteWebhookOptions struct {
	connection connection.Flags
	uuid       string
}

// NewDeleteWebhook makes the command delete-webhook.
func NewDeleteWebhook(e command.Env) *cobra.Command {
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
		return fmt.Errorf("delete the webhook %s: %w", output.Shorten(o.uuid), noWebhook(broker, err))
	}
	_, err = fmt.Fprintf(e.Stdout, "Deleted the webhook %s.\n", o.uuid)
	return err
}

// noWebhook says where the webhooks are listed if err is that there is none of
// the UUID.
func noWebhook(broker *client.Client, err error) error {
	if !errors.Is(err, client.ErrNotFound) {
		return err
	}
	return command.Next(errors.New("there is no webhook with this UUID"), "the broker lists its webhooks at %s/webhooks", broker.BaseURL())
}
