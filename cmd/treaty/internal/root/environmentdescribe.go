package root

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type describeEnvironmentOptions struct {
	connection connection.Flags
	uuid       string
	output     string
}

func newDescribeEnvironment(e command.Env) *cobra.Command {
	return command.New(e, "describe-environment", "Show an environment", "", &describeEnvironmentOptions{})
}

func (o *describeEnvironmentOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "UUID of the environment, as list-environments shows it")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *describeEnvironmentOptions) Run(ctx context.Context, e command.Env) error {
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
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, environment.Raw)
	}
	return output.WriteFields(e.Stdout,
		[2]string{"Name", environment.Name},
		[2]string{"Display name", environment.DisplayName},
		[2]string{"UUID", environment.UUID},
		[2]string{"Production", yesNo(environment.Production)},
		[2]string{"Contact", contactLine(environment.Contacts)},
	)
}

func contactLine(contacts []client.Contact) string {
	line := ""
	for i, c := range contacts {
		if i > 0 {
			line += ", "
		}
		line += c.Name
		if email, ok := c.Details["emailAddress"].(string); ok && email != c.Name {
			line += " <" + email + ">"
		}
	}
	return line
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
