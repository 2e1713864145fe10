package pact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type providerStatesOptions struct {
	connection  connection.Flags
	provider    string
	branch      string
	environment string
	asJSON      bool
	output      string
}

// NewProviderStates makes the command provider-states.
func NewProviderStates(e command.Env) *cobra.Command {
	return command.Group("provider-states", "Work with the states that consumers ask of a provider",
		command.New(e, "list", "List the provider states that the pacts of a provider need",
			"treaty provider-states list --provider catalog --environment production", &providerStatesOptions{}))
}

func (o *providerStatesOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.provider, "provider", "r", "", "name of the provider")
	f.Var(command.Filled(&o.branch), "branch", "of the pacts of this branch; the consumers' main branches if left out")
	f.Var(command.Filled(&o.environment), "environment", "of the pacts in this environment")
	f.BoolVar(&o.asJSON, "json", false, "the same as --output json")
	output.Bind(f, &o.output, output.Table, output.Text, output.JSON)
}

func (o *providerStatesOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"provider", o.provider}); err != nil {
		return err
	}
	if o.branch != "" && o.environment != "" {
		return command.Next(errors.New("both --branch and --environment are given"), "leave one of them out")
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListProviderStates(ctx, o.provider, o.branch, o.environment)
	if err != nil {
		err = missing.Application(ctx, broker, o.provider, err)
		return fmt.Errorf("list the provider states of %s: %w", output.Shorten(o.provider), err)
	}
	if len(list.Entries) == 0 && o.environment != "" {
		// The broker lists nothing for an environment that it does not know.
		if _, err := broker.FindEnvironmentByName(ctx, o.environment); err != nil {
			return missing.Environment(ctx, broker, o.environment, err)
		}
	}
	if o.asJSON || o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	var rows [][]string
	for _, state := range list.Entries {
		rows = append(rows, []string{state.Name, params(state.Params), strings.Join(state.Consumers, ", ")})
	}
	return output.WriteTable(e.Stdout, []string{"STATE", "PARAMETERS", "CONSUMERS"}, rows)
}

func params(values map[string]any) string {
	if len(values) == 0 {
		return ""
	}
	text, err := json.Marshal(values)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
