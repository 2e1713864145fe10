// Package admin has the commands about who administers a broker. They work on its
// database, beside it: whoever may open that needs nobody's leave, and so the first
// person comes in.
package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/cmd/treaty/internal/setting"
)

// New makes the command admin with those below it.
func New(e command.Env) *cobra.Command {
	return command.Group("admin", "Say who administers a broker, in its database",
		change(e, "grant", "Make a person an administrator, also before their first login", &changeOptions{grants: true}),
		change(e, "revoke", "Take that role away from a person", &changeOptions{}),
		command.New(e, "list", "List who administers the broker", "", &listOptions{}))
}

// change makes a command about the person with an address.
func change(e command.Env, name, short string, o *changeOptions) *cobra.Command {
	cmd := command.New(e, name+" EMAIL", short, "treaty admin "+name+" ada@example.org --database sqlite:treaty.db", o)
	run := cmd.RunE
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return command.Next(errors.New("this is about one person"), "give their e-mail address, as in: %s ada@example.org", cmd.CommandPath())
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.email = args[0]
		return run(cmd, args)
	}
	return cmd
}

type changeOptions struct {
	grants          bool
	database, email string
}

func (o *changeOptions) Bind(f *pflag.FlagSet) { setting.BindDatabase(f, &o.database) }

func (o *changeOptions) Run(ctx context.Context, e command.Env) error {
	do, did := broker.RevokeAdministrator, "%s is no administrator any more. Running brokers know it within two seconds.\n"
	if o.grants {
		do, did = broker.GrantAdministrator, "%s is an administrator from the next request on, or from the first login with this address.\n"
	}
	if err := do(ctx, setting.Database(e, o.database), o.email); err != nil {
		return explain(fmt.Errorf("change who administers the broker: %w", err))
	}
	_, err := fmt.Fprintf(e.Stdout, did, o.email)
	return err
}

type listOptions struct{ database, output string }

func (o *listOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

// doc is an administrator in JSON.
type doc struct {
	UUID      string     `json:"uuid"`
	Name      string     `json:"name"`
	Email     string     `json:"email,omitempty"`
	Active    bool       `json:"active"`
	ByLogin   bool       `json:"byLogin"`
	LastLogin *time.Time `json:"lastLogin,omitempty"`
}

func (o *listOptions) Run(ctx context.Context, e command.Env) error {
	all, err := broker.ListAdministrators(ctx, setting.Database(e, o.database))
	if err != nil {
		return explain(fmt.Errorf("list who administers the broker: %w", err))
	}
	docs, rows := make([]doc, 0, len(all)), make([][]string, 0, len(all))
	for _, a := range all {
		one := doc{UUID: a.UUID, Name: a.Name, Email: a.Email, Active: a.Active, ByLogin: a.ByLogin}
		row := []string{a.UUID, a.Name, a.Email, "by hand", "yes", "never"}
		if a.ByLogin {
			row[3] = "by a group"
		}
		if !a.Active {
			row[4] = "no"
		}
		if !a.LastLoginAt.IsZero() {
			one.LastLogin, row[5] = &a.LastLoginAt, a.LastLoginAt.UTC().Format("2006-01-02 15:04 UTC")
		}
		docs, rows = append(docs, one), append(rows, row)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, docs)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(e.Stdout, "Nobody yet. Let somebody in: treaty admin grant EMAIL, or treaty token create --role Administrator --name NAME")
		return err
	}
	return output.WriteTable(e.Stdout, []string{"UUID", "NAME", "E-MAIL", "GIVEN", "ACTIVE", "LAST LOGIN"}, rows)
}

// explain says what to do about the usual reasons.
func explain(err error) error {
	if errors.Is(err, broker.ErrNoDatabase) {
		return command.Next(err, "name the database that the broker uses with --database; treaty serve makes a new one at its first start")
	}
	return err
}
