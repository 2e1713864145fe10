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

type describePacticipantOptions struct {
	connection connection.Flags
	name       string
	output     string
}

func newDescribePacticipant(e command.Env) *cobra.Command {
	return command.New(e, "describe-pacticipant", "Show an application", "", &describePacticipantOptions{})
}

func (o *describePacticipantOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.name, "name", "", "name of the application")
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

func (o *describePacticipantOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	p, err := broker.FindPacticipant(ctx, o.name)
	if err != nil {
		return fmt.Errorf("find the application %s: %w", output.Shorten(o.name), err)
	}
	switch o.output {
	case output.JSON:
		return output.WriteJSON(e.Stdout, p.Raw)
	case output.Table:
		return output.WriteTable(e.Stdout, pacticipantHeader(), [][]string{{p.Name, p.DisplayName, p.MainBranch, p.RepositoryURL}})
	default:
		return output.WriteFields(e.Stdout,
			[2]string{"Name", p.Name},
			[2]string{"Display name", p.DisplayName},
			[2]string{"Main branch", p.MainBranch},
			[2]string{"Repository", p.RepositoryURL},
		)
	}
}

func pacticipantHeader() []string {
	return []string{"NAME", "DISPLAY NAME", "MAIN BRANCH", "REPOSITORY"}
}
