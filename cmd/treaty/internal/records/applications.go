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

type savePacticipantOptions struct {
	connection  connection.Flags
	pacticipant client.Pacticipant
	output      string
}

// NewSavePacticipant makes the command create-or-update-pacticipant.
func NewSavePacticipant(e command.Env) *cobra.Command {
	return command.New(e, "create-or-update-pacticipant", "Create an application, or change what is given of it",
		"treaty create-or-update-pacticipant --name storefront --main-branch main", &savePacticipantOptions{})
}

func (o *savePacticipantOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.pacticipant.Name, "name", "", "name of the application")
	f.StringVar(&o.pacticipant.DisplayName, "display-name", "", "name for people")
	f.StringVar(&o.pacticipant.MainBranch, "main-branch", "", "its main branch")
	f.StringVar(&o.pacticipant.RepositoryURL, "repository-url", "", "where its source is")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *savePacticipantOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.pacticipant.Name}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	saved, created, err := broker.SavePacticipant(ctx, o.pacticipant)
	if err != nil {
		return fmt.Errorf("save the application %s: %w", output.Shorten(o.pacticipant.Name), err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, saved.Raw)
	}
	_, err = fmt.Fprintf(e.Stdout, "%s the application %s.\n", createdWord(created), saved.Name)
	return err
}

func createdWord(created bool) string {
	if created {
		return "Created"
	}
	return "Updated"
}

type describePacticipantOptions struct {
	connection connection.Flags
	name       string
	output     string
}

// NewDescribePacticipant makes the command describe-pacticipant.
func NewDescribePacticipant(e command.Env) *cobra.Command {
	return command.New(e, "describe-pacticipant", "Show an application", "", &describePacticipantOptions{})
}

func (o *describePacticipantOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.name, "name", "", "name of the application")
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

func (o *describePacticipantOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	p, err := broker.FindPacticipant(ctx, o.name)
	if err != nil {
		err = missing.Application(ctx, broker, o.name, err)
		return fmt.Errorf("find the application %s: %w", output.Shorten(o.name), err)
	}
	switch o.output {
	case output.JSON:
		return output.WriteJSON(e.Stdout, p.Raw)
	case output.Table:
		return output.WriteTable(e.Stdout, pacticipantHeader(), [][]string{{p.Name, p.DisplayName, p.MainBranch, p.RepositoryURL}})
	default:
		return output.WriteFields(e.Stdout,
			[2]string{"Name", p.Name},
			[2]string{"Display name", p.DisplayName},
			[2]string{"Main branch", p.MainBranch},
			[2]string{"Repository", p.RepositoryURL},
		)
	}
}

func pacticipantHeader() []string {
	return []string{"NAME", "DISPLAY NAME", "MAIN BRANCH", "REPOSITORY"}
}

type listPacticipantsOptions struct {
	connection connection.Flags
	output     string
}

// NewListPacticipants makes the command list-pacticipants.
func NewListPacticipants(e command.Env) *cobra.Command {
	return command.New(e, "list-pacticipants", "List the applications", "", &listPacticipantsOptions{})
}

func (o *listPacticipantsOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

func (o *listPacticipantsOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListPacticipants(ctx)
	if err != nil {
		return fmt.Errorf("list the applications: %w", err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	var rows [][]string
	for _, p := range list.Entries {
		rows = append(rows, []string{p.Name, p.DisplayName, p.MainBranch, p.RepositoryURL})
	}
	return output.WriteTable(e.Stdout, pacticipantHeader(), rows)
}
