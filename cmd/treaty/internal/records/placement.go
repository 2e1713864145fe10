// Package records keeps what a broker knows besides pacts: applications,
// versions, branches, tags, environments, what runs there, and webhooks.
package records

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/internal/shell"
)

// placement says which version is where.
type placement struct {
	pacticipant string
	version     string
	environment string
}

func (o *placement) Bind(f *pflag.FlagSet) {
	f.StringVarP(&o.pacticipant, "pacticipant", "a", "", "name of the application")
	f.StringVarP(&o.version, "version", "e", "", "its version")
	f.StringVar(&o.environment, "environment", "", "name of the environment")
}

func (o *placement) check() error {
	return command.Insist(command.Needed{"pacticipant", o.pacticipant}, command.Needed{"version", o.version}, command.Needed{"environment", o.environment})
}

func (o *placement) deployment(instance string) client.Deployment {
	return client.Deployment{Pacticipant: o.pacticipant, Version: o.version, Environment: o.environment, Instance: instance}
}

// explain says how to make what a record needs: the one thing that is missing,
// by a command that can be run as it stands.
func (o *placement) explain(ctx context.Context, broker *client.Client, err error) error {
	base := broker.BaseURL()
	switch {
	case errors.Is(err, client.ErrNoEnvironment):
		return command.Next(err, "create it with: %s", shell.Join([]string{
			"treaty", "create-environment", "--name=" + o.environment, "--broker-base-url", base}))
	case errors.Is(err, client.ErrNoVersion):
		err = fmt.Errorf("%w%s", err, missing.Alike(ctx, broker, o.pacticipant, o.version))
		return command.Next(err, "publish its pacts or verification results or, if it has none, record that it exists with: %s", shell.Join([]string{
			"treaty", "create-or-update-version", "--pacticipant=" + o.pacticipant, "--version=" + o.version, "--broker-base-url", base}))
	default:
		return err
	}
}
