// Package people has the commands about who may do what: accounts, roles and teams. They
// ask a broker that runs with --identity, with a token that may.
package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// NewTeam makes the command team with those below it.
func NewTeam(e command.Env) *cobra.Command {
	return command.Group("team", "Make, list, change and delete teams, and who is in them",
		command.New(e, "create", "Make a team", "treaty team create --name checkout --application Cart --application Shop --account 'Checkout CI'", &saveTeamOptions{}),
		command.New(e, "list", "List teams", "", &listOptions{what: "teams", kind: teams}),
		command.New(e, "show", "Show who is in a team and what belongs to it", "treaty team show --name checkout", &oneOptions{what: "team", run: showTeam, forms: true}),
		command.New(e, "update", "Change a team; a list that is given replaces the one that there is", "treaty team update --name checkout --application Cart", &saveTeamOptions{update: true}),
		command.New(e, "join", "Let an account join a team", "treaty team join --name checkout --account 'Checkout CI'", &memberOptions{joins: true}),
		command.New(e, "leave", "Take an account out of a team", "treaty team leave --name checkout --account 'Checkout CI'", &memberOptions{}),
		command.New(e, "delete", "Delete a team; what belonged to it stays", "treaty team delete --name checkout", &oneOptions{what: "team", run: deleteTeam}))
}

// NewAccount makes the command account with those below it.
func NewAccount(e command.Env) *cobra.Command {
	return command.Group("account", "Make, list, change and delete accounts of pipelines and programs",
		command.New(e, "create", "Make an account; treaty token create --account makes a token for it", "treaty account create --name 'Checkout CI' --role 'Team CI/CD'", &saveAccountOptions{}),
		command.New(e, "list", "List accounts with their roles and teams", "", &listOptions{what: "accounts", kind: accounts}),
		command.New(e, "update", "Change an account; roles that are given replace those that it has", "treaty account update --name 'Checkout CI' --inactive", &saveAccountOptions{update: true}),
		command.New(e, "delete", "Delete an account with its tokens", "treaty account delete --name 'Checkout CI'", &oneOptions{what: "account", run: deleteAccount}))
}

// NewRole makes the command role with those below it.
func NewRole(e command.Env) *cobra.Command {
	return command.Group("role", "Make, list and delete roles",
		command.New(e, "create", "Make a role of permissions", "treaty role create --name Hooks --permission webhook:manage:team", &saveRoleOptions{}),
		command.New(e, "list", "List roles with their permissions", "", &listOptions{what: "roles", kind: roles}),
		command.New(e, "delete", "Delete a role that nobody has", "treaty role delete --name Hooks", &oneOptions{what: "role", run: deleteRole}))
}

// accountNamed finds an account by its name or UUID.
func accountNamed(ctx context.Context, broker *client.Client, name string) (client.Account, error) {
	all, err := broker.ListAccounts(ctx)
	if err != nil {
		return client.Account{}, err
	}
	return named("account", name, all, func(a client.Account) (string, string) { return a.Name, a.UUID })
}

func accountsNamed(ctx context.Context, broker *client.Client, names []string) ([]string, error) {
	uuids := []string{}
	for _, name := range names {
		found, err := accountNamed(ctx, broker, name)
		if err != nil {
			return nil, err
		}
		uuids = append(uuids, found.UUID)
	}
	return uuids, nil
}

func roleNamed(ctx context.Context, broker *client.Client, name string) (client.Role, error) {
	all, err := broker.ListRoles(ctx)
	if err != nil {
		return client.Role{}, err
	}
	return named("role", name, all, func(r client.Role) (string, string) { return r.Name, r.UUID })
}

func teamNamed(ctx context.Context, broker *client.Client, name string) (client.Team, error) {
	all, err := broker.ListTeams(ctx)
	if err != nil {
		return client.Team{}, err
	}
	found, err := named("team", name, all, func(t client.Team) (string, string) { return t.Name, t.UUID })
	if err != nil {
		return found, err
	}
	return broker.FindTeam(ctx, found.UUID)
}

// named finds the one of all that has a name or a UUID. Two of one name are told apart
// by their UUIDs alone.
func named[T any](what, name string, all []T, of func(T) (name, uuid string)) (T, error) {
	var found []T
	var names, uuids []string
	for _, one := range all {
		n, uuid := of(one)
		if uuid == name {
			return one, nil
		}
		if n == name {
			found, uuids = append(found, one), append(uuids, uuid)
		}
		names = append(names, n)
	}
	var none T
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return none, command.Next(fmt.Errorf("%d %ss are named %q", len(found), what, name), "say which by its UUID: %s", strings.Join(uuids, ", "))
	case len(names) == 0:
		return none, fmt.Errorf("there is no %s named %q, and no other either", what, name)
	}
	return none, command.Next(fmt.Errorf("there is no %s named %q", what, name), "there are: %s", strings.Join(slices.Compact(names), ", "))
}
