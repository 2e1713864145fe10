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

type deleteEnvironmentOptions struct {
	connection connection.Flags
	uuid       string
	output     string
}

func newDeleteEnvironment(e command.Env) *cobra.Command {
	return command.New(e, "delete-environment", "Delete an environment and what is recorded in it", "", &deleteEnvironmentOptions{})
}

func (o *deleteEnvironmentOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "UUID of the environment, as list-environments shows it")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *deleteEnvironmentOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"uuid", o.uuid}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	environment, err := broker.FindEnvironment(ctx, o.uuid)
	if err != nil {
		return fmt.Errorf("find the environment %s: %w", output.Shorten(o.uuid), err)
	}
	if err := broker.DeleteEnvironment(ctx, o.uuid); err != nil {
		return fmt.Errorf("delete the environment %s: %w", environment.Name, err)
	}
	return writeEnvironment(e, o.output, environment, "Deleted the environment %s (%s).")
}
