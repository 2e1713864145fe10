package root

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/shell"
)

// placement says which version is where.
type placement struct {
	pacticipant string
	version     string
	environment string
}

func (o *placement) Bind(f *pflag.FlagSet) {
	f.StringVarP(&o.pacticipant, "pacticipant", "a", "", "name of the application")
	f.StringVarP(&o.version, "version", "e", "", "its version")
	f.StringVar(&o.environment, "environment", "", "name of the environment")
}

func (o *placement) check() error {
	return command.Insist(command.Needed{"pacticipant", o.pacticipant}, command.Needed{"version", o.version}, command.Needed{"environment", o.environment})
}

func (o *placement) deployment(instance string) client.Deployment {
	return client.Deployment{Pacticipant: o.pacticipant, Version: o.version, Environment: o.environment, Instance: instance}
}

// explain says how to make what a record needs: the one thing that is missing,
// by a command that can be run as it stands.
func (o *placement) explain(err error, base string) error {
	switch {
	case errors.Is(err, client.ErrNoEnvironment):
		return command.Next(err, "create it with: %s", shell.Join([]string{
			"treaty", "create-environment", "--name=" + o.environment, "--broker-base-url", base}))
	case errors.Is(err, client.ErrNoVersion):
		return command.Next(err, "publish its pacts or verification results or, if it has none, record that it exists with: %s", shell.Join([]string{
			"treaty", "create-or-update-version", "--pacticipant=" + o.pacticipant, "--version=" + o.version, "--broker-base-url", base}))
	default:
		return err
	}
}

// bindInstance adds --application-instance and its old name --target.
func bindInstance(f *pflag.FlagSet, instance *string) {
	f.StringVar(instance, "application-instance", "", "which of several instances in the environment, if there are several")
	f.StringVar(instance, "target", "", "the same as --application-instance")
	_ = f.MarkHidden("target")
}

// at words an instance.
func at(instance string) string {
	if instance == "" {
		return ""
	}
	return " (instance " + instance + ")"
}

type recordDeploymentOptions struct {
	connection connection.Flags
	placement  placement
	instance   string
	output     string
}

func newRecordDeployment(e command.Env) *cobra.Command {
	return command.New(e, "record-deployment", "Record that a version now runs in an environment",
		"treaty record-deployment --pacticipant storefront --version 1.4.2 --environment production", &recordDeploymentOptions{})
}

func (o *recordDeploymentOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	o.placement.Bind(f)
	bindInstance(f, &o.instance)
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *recordDeploymentOptions) Run(ctx context.Context, e command.Env) error {
	if err := o.placement.check(); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	deployed, err := broker.RecordDeployment(ctx, o.placement.deployment(o.instance))
	if err != nil {
		return o.placement.explain(fmt.Errorf("record the deployment: %w", err), broker.BaseURL())
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, deployed.Raw)
	}
	_, err = fmt.Fprintf(e.Stdout, "Recorded: version %s of %s is deployed to %s%s.\n",
		o.placement.version, o.placement.pacticipant, o.placement.environment, at(o.instance))
	return err
}
