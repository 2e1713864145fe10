package root

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// environmentFlags describe an environment.
type environmentFlags struct {
	name        string
	displayName string
	production  bool
	test        bool
	contact     string
	email       string
}

func (o *environmentFlags) Bind(f *pflag.FlagSet) {
	f.StringVar(&o.name, "name", "", "name of the environment, without spaces")
	f.StringVar(&o.displayName, "display-name", "", "name for people; made from the name if left out")
	f.BoolVar(&o.production, "production", false, "it is a production environment")
	f.BoolVar(&o.test, "no-production", false, "it is not a production environment")
	f.StringVar(&o.contact, "contact-name", "", "who looks after it")
	f.StringVar(&o.email, "contact-email-address", "", "their e-mail address")
}

// apply writes the flags that are given over what the environment has.
func (o *environmentFlags) apply(to *client.Environment) {
	if o.name != "" {
		to.Name = o.name
	}
	if o.displayName != "" {
		to.DisplayName = o.displayName
	}
	if o.production || o.test {
		to.Production = o.production && !o.test
	}
	if o.contact == "" && o.email == "" {
		return
	}
	contact := client.Contact{Name: o.contact, Details: map[string]any{}}
	if contact.Name == "" {
		contact.Name = o.email
	}
	if o.email != "" {
		contact.Details["emailAddress"] = o.email
	}
	to.Contacts = []client.Contact{contact}
}

type createEnvironmentOptions struct {
	connection connection.Flags
	flags      environmentFlags
	output     string
}

func newCreateEnvironment(e command.Env) *cobra.Command {
	return command.New(e, "create-environment", "Create an environment, a place where versions run",
		"treaty create-environment --name production --production", &createEnvironmentOptions{})
}

func (o *createEnvironmentOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	o.flags.Bind(f)
	output.Bind(f, &o.output, output.Text, output.JSON, output.ID)
}

func (o *createEnvironmentOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.flags.name}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	var environment client.Environment
	o.flags.apply(&environment)
	created, err := broker.CreateEnvironment(ctx, environment)
	if err != nil {
		return fmt.Errorf("create the environment %q: %w", output.Shorten(o.flags.name), err)
	}
	return writeEnvironment(e, o.output, created, "Created the environment %s (%s).")
}

// writeEnvironment prints an environment after a change; the sentence takes
// its name and UUID.
func writeEnvironment(e command.Env, form string, env client.Environment, sentence string) error {
	switch form {
	case output.JSON:
		return output.WriteJSON(e.Stdout, env.Raw)
	case output.ID:
		_, err := fmt.Fprintln(e.Stdout, env.UUID)
		return err
	default:
		_, err := fmt.Fprintf(e.Stdout, sentence+"\n", env.Name, env.UUID)
		return err
	}
}
