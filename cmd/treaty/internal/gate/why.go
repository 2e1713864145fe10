package gate

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type whyOptions struct {
	connection connection.Flags
	name       string
	version    string
	output     string
}

// NewWhy makes the command why.
func NewWhy(e command.Env) *cobra.Command {
	var o whyOptions
	cmd := command.New(e, "why [APPLICATION VERSION]", "Say which pacts a provider version would be asked to verify, and why", "treaty why catalog 2.1.0", &o)
	cmd.Args = func(_ *cobra.Command, args []string) error {
		switch named := o.name != "" || o.version != ""; {
		case len(args) == 0 && named:
			return nil
		case len(args) != 2:
			return command.Next(errors.New("an application and a version must be named"), "as in: treaty why catalog 2.1.0")
		case named:
			return command.Next(errors.New("the application and the version are named twice"), "leave the options out, as in: treaty why catalog 2.1.0")
		default:
			o.name, o.version = args[0], args[1]
			return nil
		}
	}
	return cmd
}

func (o *whyOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.VarP(command.Filled(&o.name), "pacticipant", "a", "name of the application, instead of the first word")
	f.VarP(command.Filled(&o.version), "version", "e", "its version, instead of the second word")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *whyOptions) Run(ctx context.Context, e command.Env) error {
	if o.name == "" || o.version == "" {
		return command.Next(errors.New("application and version must not be empty"), "check the variables they come from")
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.Why(ctx, o.name, o.version)
	if err != nil {
		return fmt.Errorf("ask what version %s of %s would verify: %w", output.Shorten(o.version), output.Shorten(o.name), err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	if len(list.Entries) == 0 {
		_, err := fmt.Fprintf(e.Stdout, "Version %s of %s would be asked to verify nothing.\n", o.version, o.name)
		return err
	}
	for i, p := range list.Entries {
		if i > 0 {
			fmt.Fprintln(e.Stdout)
		}
		fmt.Fprintf(e.Stdout, "%s %s%s\n  %s\n  so far: %s\n",
			p.Consumer, output.ShortVersion(p.ConsumerVersion), pactMark(p.Pending, p.WIP), p.Why, p.Outcome)
	}
	return nil
}

func pactMark(pending, wip bool) string {
	switch {
	case wip:
		return "  [work in progress]"
	case pending:
		return "  [pending]"
	default:
		return ""
	}
}
