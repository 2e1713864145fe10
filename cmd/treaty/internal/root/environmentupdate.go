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

type updateEnvironmentOptions struct {
	connection connection.Flags
	uuid       string
	flags      environmentFlags
	output     string
}

func newUpdateEnvironment(e command.Env) *cobra.Command {
	return command.New(e, "update-environment", "Change an environment; what is not given stays",
		"treaty update-environment --uuid 3f0c… --display-name 'Production, Europe'", &updateEnvironmentOptions{})
}

func (o *updateEnvironmentOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "UUID of the environment, as list-environments shows it")
	o.flags.Bind(f)
	output.Bind(f, &o.output, output.Text, output.JSON, output.ID)
}

func (o *updateEnvironmentOptions) Run(ctx context.Context, e command.Env) error {
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
	o.flags.apply(&environment)
	updated, err := broker.UpdateEnvironment(ctx, environment)
	if err != nil {
		return fmt.Errorf("change the environment %s: %w", environment.Name, err)
	}
	return writeEnvironment(e, o.output, updated, "Updated the environment %s (%s).")
}
