package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type describePacticipantOptions struct {
	connection connection
	name       string
	output     string
}

func newDescribePacticipant(e Env) *cobra.Command {
	return newCommand(e, "describe-pacticipant", "Show an application", "", &describePacticipantOptions{})
}

func (o *describePacticipantOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.name, "name", "", "name of the application")
	bindOutput(f, &o.output, outputText, outputTable, outputJSON)
}

func (o *describePacticipantOptions) Run(ctx context.Context, e Env) error {
	if err := insist(needed{"name", o.name}); err != nil {
		return err
	}
	broker, err := o.connection.client(e)
	if err != nil {
		return err
	}
	p, err := broker.FindPacticipant(ctx, o.name)
	if err != nil {
		return fmt.Errorf("find the application %s: %w", shorten(o.name), err)
	}
	switch o.output {
	case outputJSON:
		return writeJSON(e.Stdout, p.Raw)
	case outputTable:
		return writeTable(e.Stdout, pacticipantHeader(), [][]string{{p.Name, p.DisplayName, p.MainBranch, p.RepositoryURL}})
	default:
		return fields(e.Stdout,
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
