package pact

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type listLatestOptions struct {
	connection connection.Flags
	output     string
}

// NewListLatest makes the command list-latest-pact-versions.
func NewListLatest(e command.Env) *cobra.Command {
	return command.New(e, "list-latest-pact-versions", "List the latest pact of every consumer and provider", "", &listLatestOptions{})
}

func (o *listLatestOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	output.Bind(f, &o.output, output.Table, output.Text, output.JSON)
}

func (o *listLatestOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListLatestPacts(ctx)
	if err != nil {
		return fmt.Errorf("list the latest pacts: %w", err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	var rows [][]string
	for _, p := range list.Entries {
		rows = append(rows, []string{
			p.Embedded.Consumer.Name, output.ShortVersion(p.Embedded.Consumer.Embedded.Version.Number),
			p.Embedded.Provider.Name, p.CreatedAt,
		})
	}
	return output.WriteTable(e.Stdout, []string{"CONSUMER", "C.VERSION", "PROVIDER", "PUBLISHED"}, rows)
}
