package people

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// listing is a list as a table, and as the broker has it.
type listing func(context.Context, *client.Client) (header []string, rows [][]string, all any, err error)

type listOptions struct {
	what       string
	kind       listing
	connection connection.Flags
	output     string
}

func (o *listOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *listOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	header, rows, all, err := o.kind(ctx, broker)
	if err != nil {
		return fmt.Errorf("list the %s: %w", o.what, err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, all)
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(e.Stdout, "There are none.")
		return err
	}
	return output.WriteTable(e.Stdout, header, rows)
}

func teams(ctx context.Context, broker *client.Client) (header []string, rows [][]string, all any, err error) {
	found, err := broker.ListTeams(ctx)
	for _, t := range found {
		rows = append(rows, []string{t.UUID, t.Name, fmt.Sprint(t.NumberOfMembers)})
	}
	return []string{"UUID", "TEAM", "MEMBERS"}, rows, found, err
}

func accounts(ctx context.Context, broker *client.Client) (header []string, rows [][]string, all any, err error) {
	found, err := broker.ListAccounts(ctx)
	for _, a := range found {
		var roles, in []string
		for _, r := range a.Roles {
			roles = append(roles, r.Name)
		}
		for _, t := range a.Teams {
			in = append(in, t.Name)
		}
		state := "on"
		if !a.Active {
			state = "off"
		}
		rows = append(rows, []string{a.UUID, a.Name, state, orDash(roles), orDash(in)})
	}
	return []string{"UUID", "ACCOUNT", "IS", "ROLES", "TEAMS"}, rows, found, err
}

func roles(ctx context.Context, broker *client.Client) (header []string, rows [][]string, all any, err error) {
	found, err := broker.ListRoles(ctx)
	for _, r := range found {
		var permissions []string
		for _, p := range r.Permissions {
			permissions = append(permissions, p.Scope)
		}
		rows = append(rows, []string{r.UUID, r.Name, orDash(permissions)})
	}
	return []string{"UUID", "ROLE", "PERMISSIONS"}, rows, found, err
}

func orDash(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ", ")
}

// oneOptions serve commands about one thing that is named.
type oneOptions struct {
	what       string
	run        func(context.Context, command.Env, *client.Client, *oneOptions) error
	forms      bool
	connection connection.Flags
	name       string
	output     string
}

func (o *oneOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.name, "name", "", "name of the "+o.what+", or its UUID")
	if o.forms {
		output.Bind(f, &o.output, output.Text, output.JSON)
	}
}

func (o *oneOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	return o.run(ctx, e, broker, o)
}

func showTeam(ctx context.Context, e command.Env, broker *client.Client, o *oneOptions) error {
	t, err := teamNamed(ctx, broker, o.name)
	if err != nil {
		return fmt.Errorf("find the team: %w", err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, t)
	}
	names := func(all []client.NamedUUID) (out []string) {
		for _, one := range all {
			out = append(out, one.Name)
		}
		return out
	}
	return output.WriteFields(e.Stdout, [2]string{"Team", t.Name}, [2]string{"UUID", t.UUID}, [2]string{"Applications", orDash(t.Applications)},
		[2]string{"Environments", orDash(names(t.Environments))}, [2]string{"Members", orDash(names(t.Members))},
		[2]string{"Administrators", orDash(names(t.Administrators))})
}

func deleteTeam(ctx context.Context, e command.Env, broker *client.Client, o *oneOptions) error {
	t, err := teamNamed(ctx, broker, o.name)
	if err != nil {
		return fmt.Errorf("find the team: %w", err)
	}
	return gone(e, "team", t.Name, broker.DeleteTeam(ctx, t.UUID))
}

func deleteAccount(ctx context.Context, e command.Env, broker *client.Client, o *oneOptions) error {
	a, err := accountNamed(ctx, broker, o.name)
	if err != nil {
		return fmt.Errorf("find the account: %w", err)
	}
	return gone(e, "account", a.Name, broker.DeleteAccount(ctx, a.UUID))
}

func deleteRole(ctx context.Context, e command.Env, broker *client.Client, o *oneOptions) error {
	r, err := roleNamed(ctx, broker, o.name)
	if err != nil {
		return fmt.Errorf("find the role: %w", err)
	}
	return gone(e, "role", r.Name, broker.DeleteRole(ctx, r.UUID))
}

func gone(e command.Env, what, name string, err error) error {
	if err != nil {
		return fmt.Errorf("delete the %s %s: %w", what, name, err)
	}
	_, err = fmt.Fprintf(e.Stdout, "Deleted the %s %s.\n", what, name)
	return err
}

type whoCanOptions struct {
	connection                              connection.Flags
	right, application, environment, output string
}

// NewWhoCan makes the command who-can.
func NewWhoCan(e command.Env) *cobra.Command {
	return command.New(e, "who-can", "Say which accounts have a right, and by what",
		"treaty who-can --right contract_data:manage --application Shop", &whoCanOptions{})
}

func (o *whoCanOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.right, "right", "", "the right, such as contract_data:manage or deployment_and_release:record, as a refusal names it")
	f.StringVarP(&o.application, "application", "a", "", "application that it is for")
	f.StringVar(&o.environment, "environment", "", "name of the environment that it is for")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *whoCanOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"right", o.right}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	found, err := broker.WhoCan(ctx, o.right, o.application, o.environment)
	if err != nil {
		return fmt.Errorf("ask who has the right %s: %w", output.Shorten(o.right), err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, found)
	}
	if len(found) == 0 {
		return command.Next(errors.New("no account has it"), "give one a role that does: treaty role list shows what roles may")
	}
	rows := make([][]string, 0, len(found))
	for _, h := range found {
		rows = append(rows, []string{h.UUID, h.Name, h.Because})
	}
	return output.WriteTable(e.Stdout, []string{"UUID", "ACCOUNT", "BY"}, rows)
}
