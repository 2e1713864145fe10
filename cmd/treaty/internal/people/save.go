package people

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// said prints what was done, or the UUID alone.
func said(e command.Env, form, uuid, sentence string) error {
	if form == output.ID {
		sentence = uuid
	}
	_, err := fmt.Fprintln(e.Stdout, sentence)
	return err
}

// saveTeamOptions serve create and update.
type saveTeamOptions struct {
	update                                       bool
	connection                                   connection.Flags
	name, rename, output                         string
	applications, environments, accounts, admins []string
	noApplications, noEnvironments, noAdmins     bool
}

func (o *saveTeamOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.name, "name", "", "name of the team")
	f.StringArrayVar(&o.applications, "application", nil, "application that belongs to it; repeatable")
	f.StringArrayVar(&o.environments, "environment", nil, "name of an environment that belongs to it; repeatable. Others may not record there by their teams then")
	f.StringArrayVar(&o.admins, "administrator", nil, "account, by name or UUID, that may change the team; repeatable")
	if o.update {
		f.StringVar(&o.rename, "rename", "", "what it is called from now on")
		f.BoolVar(&o.noApplications, "no-applications", false, "leave no application to it")
		f.BoolVar(&o.noEnvironments, "no-environments", false, "leave no environment to it")
		f.BoolVar(&o.noAdmins, "no-administrators", false, "leave it to nobody to change but who may change all teams")
	} else {
		f.StringArrayVar(&o.accounts, "account", nil, "account, by name or UUID, that is in it; repeatable")
	}
	output.Bind(f, &o.output, output.Text, output.ID)
}

func (o *saveTeamOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	if o.noApplications && len(o.applications) > 0 || o.noEnvironments && len(o.environments) > 0 || o.noAdmins && len(o.admins) > 0 {
		return command.Next(errors.New("two options say the opposite of each other"), "give what belongs to the team, or that nothing does")
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	in, err := o.change(ctx, broker)
	if err != nil {
		return fmt.Errorf("save the team %q: %w", output.Shorten(o.name), err)
	}
	members, err := accountsNamed(ctx, broker, o.accounts)
	if err != nil {
		return fmt.Errorf("save the team %q: %w", output.Shorten(o.name), err)
	}
	if o.update {
		found, err := teamNamed(ctx, broker, o.name)
		if err != nil {
			return fmt.Errorf("find the team: %w", err)
		}
		changed, err := broker.UpdateTeam(ctx, found.UUID, in)
		if err != nil {
			return fmt.Errorf("change the team %q: %w", output.Shorten(o.name), err)
		}
		return said(e, o.output, changed.UUID, fmt.Sprintf("Changed the team %s.", changed.Name))
	}
	in.Name = &o.name
	made, err := broker.CreateTeam(ctx, in)
	if err != nil {
		return fmt.Errorf("make the team %q: %w", output.Shorten(o.name), err)
	}
	if len(members) > 0 {
		if err := broker.AddTeamMembers(ctx, made.UUID, members...); err != nil {
			return fmt.Errorf("the team %q was made, but not who is in it: %w", output.Shorten(o.name), err)
		}
	}
	return said(e, o.output, made.UUID, fmt.Sprintf("Made the team %s (%s).", made.Name, made.UUID))
}

// change is what the options say about the team.
func (o *saveTeamOptions) change(ctx context.Context, broker *client.Client) (in client.TeamChange, err error) {
	if o.rename != "" {
		in.Name = &o.rename
	}
	if len(o.applications) > 0 || o.noApplications {
		applications := append([]string{}, o.applications...)
		in.Applications = &applications
	}
	if len(o.environments) > 0 || o.noEnvironments {
		uuids := []string{}
		for _, name := range o.environments {
			found, err := broker.FindEnvironmentByName(ctx, name)
			if err != nil {
				return in, err
			}
			uuids = append(uuids, found.UUID)
		}
		in.Environments = &uuids
	}
	if len(o.admins) > 0 || o.noAdmins {
		uuids, err := accountsNamed(ctx, broker, o.admins)
		if err != nil {
			return in, err
		}
		in.Administrators = &uuids
	}
	return in, nil
}

// memberOptions serve join and leave.
type memberOptions struct {
	joins         bool
	connection    connection.Flags
	name, account string
}

func (o *memberOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.name, "name", "", "name of the team, or its UUID")
	f.StringVar(&o.account, "account", "", "name of the account, or its UUID")
}

func (o *memberOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}, command.Needed{"account", o.account}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	team, err := teamNamed(ctx, broker, o.name)
	if err != nil {
		return fmt.Errorf("find the team: %w", err)
	}
	account, err := accountNamed(ctx, broker, o.account)
	if err != nil {
		return fmt.Errorf("find the account: %w", err)
	}
	change, sentence := broker.RemoveTeamMember, "%s is no longer in the team %s."
	if o.joins {
		change, sentence = func(ctx context.Context, uuid, account string) error {
			return broker.AddTeamMembers(ctx, uuid, account)
		}, "%s is in the team %s."
	}
	if err := change(ctx, team.UUID, account.UUID); err != nil {
		return fmt.Errorf("change who is in the team %s: %w", team.Name, err)
	}
	_, err = fmt.Fprintf(e.Stdout, sentence+"\n", account.Name, team.Name)
	return err
}

// saveAccountOptions serve create and update.
type saveAccountOptions struct {
	update               bool
	connection           connection.Flags
	name, rename, output string
	roles                []string
	active, inactive     bool
}

func (o *saveAccountOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	if o.update {
		f.StringVar(&o.name, "name", "", "name of the account, or its UUID")
		f.StringVar(&o.rename, "rename", "", "what it is called from now on")
		f.BoolVar(&o.active, "active", false, "switch it on")
		f.BoolVar(&o.inactive, "inactive", false, "switch it off: its tokens are refused within two seconds")
	} else {
		f.StringVar(&o.name, "name", "", "name of the account")
	}
	f.StringArrayVar(&o.roles, "role", nil, "role that it has, by name or UUID; repeatable. CI/CD if a new account has none")
	output.Bind(f, &o.output, output.Text, output.ID)
}

func (o *saveAccountOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	if o.active && o.inactive {
		return command.Next(errors.New("--active and --inactive are both given"), "give one of the two")
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	var in client.AccountChange
	if len(o.roles) > 0 {
		uuids := []string{}
		for _, name := range o.roles {
			role, err := roleNamed(ctx, broker, name)
			if err != nil {
				return fmt.Errorf("find the role: %w", err)
			}
			uuids = append(uuids, role.UUID)
		}
		in.Roles = &uuids
	}
	if !o.update {
		in.Name = &o.name
		made, err := broker.CreateAccount(ctx, in)
		if err != nil {
			return fmt.Errorf("make the account %q: %w", output.Shorten(o.name), err)
		}
		return said(e, o.output, made.UUID, fmt.Sprintf("Made the account %s (%s). It has no token with a value yet.", made.Name, made.UUID))
	}
	if o.rename != "" {
		in.Name = &o.rename
	}
	if o.active || o.inactive {
		in.Active = &o.active
	}
	account, err := accountNamed(ctx, broker, o.name)
	if err != nil {
		return fmt.Errorf("find the account: %w", err)
	}
	changed, err := broker.UpdateAccount(ctx, account.UUID, in)
	if err != nil {
		return fmt.Errorf("change the account %s: %w", account.Name, err)
	}
	return said(e, o.output, changed.UUID, fmt.Sprintf("Changed the account %s.", changed.Name))
}

type saveRoleOptions struct {
	connection                connection.Flags
	name, description, output string
	permissions               []string
}

func (o *saveRoleOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.name, "name", "", "name of the role")
	f.StringVar(&o.description, "description", "", "what it is for")
	f.StringArrayVar(&o.permissions, "permission", nil, "what it may do, such as contract_data:manage:team; repeatable")
	output.Bind(f, &o.output, output.Text, output.ID)
}

func (o *saveRoleOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	in := client.Role{Name: o.name, Description: o.description}
	for _, p := range o.permissions {
		in.Permissions = append(in.Permissions, client.Permission{Scope: p})
	}
	made, err := broker.CreateRole(ctx, in)
	if err != nil {
		return fmt.Errorf("make the role %q: %w", output.Shorten(o.name), err)
	}
	return said(e, o.output, made.UUID, fmt.Sprintf("Made the role %s (%s).", made.Name, made.UUID))
}
