package records

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
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

// NewCreateEnvironment makes the command create-environment.
func NewCreateEnvironment(e command.Env) *cobra.Command {
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

type updateEnvironmentOptions struct {
	connection connection.Flags
	uuid       string
	flags      environmentFlags
	output     string
}

// NewUpdateEnvironment makes the command update-environment.
func NewUpdateEnvironment(e command.Env) *cobra.Command {
	return command.New(e, "update-environment", "Change an environment; what is not given stays",
		"treaty update-environment --uuid 3f0c… --display-name 'Production, Europe'", &updateEnvironmentOptions{})
}

func (o *updateEnvironmentOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "UUID of the environment, as list-environments shows it")
	o.flags.Bind(f)
	output.Bind(f, &o.output, output.Text, output.JSON, output.ID)
}

func (o *updateEnvironmentOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"uuid", o.uuid}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	environment, err := broker.FindEnvironment(ctx, o.uuid)
	if err != nil {
		err = missing.EnvironmentUUID(ctx, broker, o.uuid, err)
		return fmt.Errorf("find the environment %s: %w", output.Shorten(o.uuid), err)
	}
	o.flags.apply(&environment)
	updated, err := broker.UpdateEnvironment(ctx, environment)
	if err != nil {
		return fmt.Errorf("change the environment %s: %w", environment.Name, err)
	}
	return writeEnvironment(e, o.output, updated, "Updated the environment %s (%s).")
}

// oneEnvironment are the options of a command about one environment.
type oneEnvironment struct {
	connection connection.Flags
	uuid       string
	output     string
}

func (o *oneEnvironment) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "UUID of the environment, as list-environments shows it")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

// find returns the environment, and the broker that has it.
func (o *oneEnvironment) find(ctx context.Context, e command.Env) (*client.Client, client.Environment, error) {
	var found client.Environment
	if err := command.Insist(command.Needed{"uuid", o.uuid}); err != nil {
		return nil, found, err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return nil, found, err
	}
	found, err = broker.FindEnvironment(ctx, o.uuid)
	if err != nil {
		err = fmt.Errorf("find the environment %s: %w", output.Shorten(o.uuid), missing.EnvironmentUUID(ctx, broker, o.uuid, err))
	}
	return broker, found, err
}

type describeEnvironmentOptions struct{ oneEnvironment }

// NewDescribeEnvironment makes the command describe-environment.
func NewDescribeEnvironment(e command.Env) *cobra.Command {
	return command.New(e, "describe-environment", "Show an environment", "", &describeEnvironmentOptions{})
}

func (o *describeEnvironmentOptions) Run(ctx context.Context, e command.Env) error {
	_, environment, err := o.find(ctx, e)
	if err != nil {
		return err
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, environment.Raw)
	}
	return output.WriteFields(e.Stdout,
		[2]string{"Name", environment.Name},
		[2]string{"Display name", environment.DisplayName},
		[2]string{"UUID", environment.UUID},
		[2]string{"Production", yesNo(environment.Production)},
		[2]string{"Contact", contactLine(environment.Contacts)},
	)
}

func contactLine(contacts []client.Contact) string {
	line := ""
	for i, c := range contacts {
		if i > 0 {
			line += ", "
		}
		line += c.Name
		if email, ok := c.Details["emailAddress"].(string); ok && email != c.Name {
			line += " <" + email + ">"
		}
	}
	return line
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

type deleteEnvironmentOptions struct{ oneEnvironment }

// NewDeleteEnvironment makes the command delete-environment.
func NewDeleteEnvironment(e command.Env) *cobra.Command {
	return command.New(e, "delete-environment", "Delete an environment and what is recorded in it", "", &deleteEnvironmentOptions{})
}

func (o *deleteEnvironmentOptions) Run(ctx context.Context, e command.Env) error {
	broker, environment, err := o.find(ctx, e)
	if err != nil {
		return err
	}
	if err := broker.DeleteEnvironment(ctx, o.uuid); err != nil {
		return fmt.Errorf("delete the environment %s: %w", environment.Name, err)
	}
	return writeEnvironment(e, o.output, environment, "Deleted the environment %s (%s).")
}

type listEnvironmentsOptions struct {
	connection connection.Flags
	output     string
}

// NewListEnvironments makes the command list-environments.
func NewListEnvironments(e command.Env) *cobra.Command {
	return command.New(e, "list-environments", "List the environments", "", &listEnvironmentsOptions{})
}

func (o *listEnvironmentsOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

func (o *listEnvironmentsOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListEnvironments(ctx)
	if err != nil {
		return fmt.Errorf("list the environments: %w", err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	if len(list.Entries) == 0 {
		_, err := fmt.Fprintln(e.Stdout, "No environment yet. Create one: treaty create-environment --name production --production")
		return err
	}
	var rows [][]string
	for _, env := range list.Entries {
		rows = append(rows, []string{env.UUID, env.Name, env.DisplayName, yesNo(env.Production)})
	}
	return output.WriteTable(e.Stdout, []string{"UUID", "NAME", "DISPLAY NAME", "PRODUCTION"}, rows)
}
