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

type listEnvironmentsOptions struct {
	connection connection.Flags
	output     string
}

func newListEnvironments(e command.Env) *cobra.Command {
	return command.New(e, "list-environments", "List the environments", "", &listEnvironmentsOptions{})
}

func (o *listEnvironmentsOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

func (o *listEnvironmentsOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListEnvironments(ctx)
	if err != nil {
		return fmt.Errorf("list the environments: %w", err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	if len(list.Entries) == 0 {
		_, err := fmt.Fprintln(e.Stdout, "No environment yet. Create one: treaty create-environment --name production --production")
		return err
	}
	var rows [][]string
	for _, env := range list.Entries {
		rows = append(rows, []string{env.UUID, env.Name, env.DisplayName, yesNo(env.Production)})
	}
	return output.WriteTable(e.Stdout, []string{"UUID", "NAME", "DISPLAY NAME", "PRODUCTION"}, rows)
}
