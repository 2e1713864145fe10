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

type listPacticipantsOptions struct {
	connection connection.Flags
	output     string
}

func newListPacticipants(e command.Env) *cobra.Command {
	return command.New(e, "list-pacticipants", "List the applications", "", &listPacticipantsOptions{})
}

func (o *listPacticipantsOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

func (o *listPacticipantsOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListPacticipants(ctx)
	if err != nil {
		return fmt.Errorf("list the applications: %w", err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	var rows [][]string
	for _, p := range list.Entries {
		rows = append(rows, []string{p.Name, p.DisplayName, p.MainBranch, p.RepositoryURL})
	}
	return output.WriteTable(e.Stdout, pacticipantHeader(), rows)
}
