// Package records keeps what a broker knows besides pacts: applications,
// versions, branches, tags, environments, what runs there, and webhooks.
package records

import (
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
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
