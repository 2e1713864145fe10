package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type listLatestPactsOptions struct {
	connection connection
	output     string
}

func newListLatestPacts(e Env) *cobra.Command {
	return newCommand(e, "list-latest-pact-versions", "List the latest pact of every consumer and provider", "", &listLatestPactsOptions{})
}

func (o *listLatestPactsOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	bindOutput(f, &o.output, outputTable, outputText, outputJSON)
}

func (o *listLatestPactsOptions) Run(ctx context.Context, e Env) error {
	broker, err := o.connection.client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListLatestPacts(ctx)
	if err != nil {
		return fmt.Errorf("list the latest pacts: %w", err)
	}
	if o.output == outputJSON {
		return writeJSON(e.Stdout, list.Raw)
	}
	var rows [][]string
	for _, p := range list.Entries {
		rows = append(rows, []string{
			p.Embedded.Consumer.Name, shortVersion(p.Embedded.Consumer.Embedded.Version.Number),
			p.Embedded.Provider.Name, p.CreatedAt,
		})
	}
	return writeTable(e.Stdout, []string{"CONSUMER", "C.VERSION", "PROVIDER", "PUBLISHED"}, rows)
}
