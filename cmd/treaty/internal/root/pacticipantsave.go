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

type savePacticipantOptions struct {
	connection  connection.Flags
	pacticipant client.Pacticipant
	output      string
}

func newSavePacticipant(e command.Env) *cobra.Command {
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
