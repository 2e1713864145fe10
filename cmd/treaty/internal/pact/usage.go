package pact

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/visible"
	"github.com/treatyhq/treaty/internal/wording"
)

type usageOptions struct {
	connection connection.Flags
	query      client.UsageQuery
	breaks     bool
	output     string
}

// NewUsage makes the command usage.
func NewUsage(e command.Env) *cobra.Command {
	cmd := command.New(e, "usage", "Show which endpoints and fields of an application its consumers use",
		"treaty usage -a catalog --endpoint 'GET /products/{id}' --field '$.price'", &usageOptions{})
	cmd.Long = "Show which endpoints and fields of an application its consumers use, by the contracts\n" +
		"of their main branches and of the versions that are deployed or released. Whoever\n" +
		"changes or removes something learns whom that concerns.\n\n" +
		"A field is as $.lines[*].price, header.NAME, query.NAME, metadata.NAME or status.\n" +
		"The answer is yes (0) unless --breaks asks for no (1) where somebody uses it."
	return cmd
}

func (o *usageOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.query.Pacticipant, "pacticipant", "a", "", "name of the application")
	f.Var(command.Filled(&o.query.Endpoint), "endpoint", "only this endpoint, such as 'GET /products/{id}'")
	f.Var(command.Filled(&o.query.Field), "field", "only this field, such as '$.price'")
	f.Var(command.Filled(&o.query.Environment), "environment", "only what versions in this environment use")
	f.BoolVar(&o.breaks, "breaks", false, "answer no if somebody uses it")
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

func (o *usageOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"pacticipant", o.query.Pacticipant}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	usage, err := broker.FindUsage(ctx, o.query)
	if err != nil {
		err = missing.Application(ctx, broker, o.query.Pacticipant, err)
		return fmt.Errorf("find what consumers use of %s: %w", output.Shorten(o.query.Pacticipant), err)
	}
	if len(usage.Readers) == 0 && o.query.Environment != "" {
		if _, err := broker.FindEnvironmentByName(ctx, o.query.Environment); err != nil {
			return missing.Environment(ctx, broker, o.query.Environment, err)
		}
	}
	if err := o.print(e, usage); err != nil {
		return err
	}
	if o.breaks && len(usage.Readers)+len(usage.ToldInPart) > 0 {
		return command.ErrSilent
	}
	return nil
}

func (o *usageOptions) print(e command.Env, usage client.Usage) error {
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, usage.Raw)
	}
	var rows [][]string
	for _, r := range usage.Readers {
		rows = append(rows, []string{r.Endpoint, r.Field, r.Use, r.Consumer, r.Version, strings.Join(r.Environments, ", "), r.Rule, strings.Join(r.Interactions, ", ")})
	}
	if len(rows) > 0 {
		if err := output.WriteTable(e.Stdout, []string{"ENDPOINT", "FIELD", "USE", "CONSUMER", "VERSION", "LIVE IN", "RULE", "INTERACTIONS"}, rows); err != nil {
			return err
		}
	}
	if o.output == output.Table {
		return nil
	}
	lines := usageLines(usage)
	if len(rows) > 0 {
		lines = append([]string{""}, lines...)
	}
	_, err := fmt.Fprintln(e.Stdout, strings.Join(lines, "\n"))
	return err
}

// usageLines say whom it concerns, environment by environment.
func usageLines(usage client.Usage) []string {
	users, heads := map[string]bool{}, map[string]bool{}
	for _, r := range usage.Readers {
		users[r.Consumer] = true
		if len(r.Environments) == 0 {
			heads[visible.Text(r.Consumer+" "+r.Version)] = true
		}
	}
	var lines []string
	switch {
	case len(users) > 0:
		lines = append(lines, "Used by "+wording.Count(len(users), "consumer")+".")
	case len(usage.ToldInPart) > 0:
		lines = append(lines, "Nothing that is told uses it, but not everything is told.")
	default:
		lines = append(lines, "No contract that counts uses it. What no contract has may still be asked for.")
	}
	for _, name := range slices.Sorted(maps.Keys(usage.Breaks)) {
		var there []string
		for _, v := range usage.Breaks[name] {
			there = append(there, visible.Text(v.Consumer+" "+v.Version))
		}
		if len(there) == 0 {
			there = []string{"nobody"}
		}
		lines = append(lines, visible.Text(name)+": "+strings.Join(there, ", "))
	}
	if len(heads) > 0 {
		lines = append(lines, "on main branches, live nowhere: "+strings.Join(slices.Sorted(maps.Keys(heads)), ", "))
	}
	for _, told := range []struct {
		consumers []string
		what      string
	}{
		{usage.Uncounted, "Not counted, because no contract of a main branch is known and none that is live: "},
		{usage.ToldInPart, "Not everything is told of the contracts of: "},
	} {
		if len(told.consumers) > 0 {
			lines = append(lines, told.what+visible.Text(strings.Join(told.consumers, ", ")))
		}
	}
	return lines
}
