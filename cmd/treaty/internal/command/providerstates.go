package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type providerStatesOptions struct {
	connection  connection
	provider    string
	branch      string
	environment string
	asJSON      bool
	output      string
}

func newProviderStates(e Env) *cobra.Command {
	parent := &cobra.Command{Use: "provider-states", Short: "Work with the states that consumers ask of a provider"}
	parent.AddCommand(newCommand(e, "list", "List the provider states that the pacts of a provider need",
		"treaty provider-states list --provider catalog --environment production", &providerStatesOptions{}))
	return parent
}

func (o *providerStatesOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.provider, "provider", "r", "", "name of the provider")
	f.StringVar(&o.branch, "branch", "", "of the pacts of this branch; the consumers' main branches if left out")
	f.StringVar(&o.environment, "environment", "", "of the pacts in this environment")
	f.BoolVar(&o.asJSON, "json", false, "the same as --output json")
	bindOutput(f, &o.output, outputTable, outputText, outputJSON)
}

func (o *providerStatesOptions) Run(ctx context.Context, e Env) error {
	if err := insist(needed{"provider", o.provider}); err != nil {
		return err
	}
	if o.branch != "" && o.environment != "" {
		return next(errors.New("both --branch and --environment are given"), "leave one of them out")
	}
	broker, err := o.connection.client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListProviderStates(ctx, o.provider, o.branch, o.environment)
	if err != nil {
		return fmt.Errorf("list the provider states of %s: %w", shorten(o.provider), err)
	}
	if o.asJSON || o.output == outputJSON {
		return writeJSON(e.Stdout, list.Raw)
	}
	var rows [][]string
	for _, state := range list.Entries {
		rows = append(rows, []string{state.Name, params(state.Params), strings.Join(state.Consumers, ", ")})
	}
	return writeTable(e.Stdout, []string{"STATE", "PARAMETERS", "CONSUMERS"}, rows)
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
