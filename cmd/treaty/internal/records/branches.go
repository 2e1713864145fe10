package records

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type deleteBranchOptions struct {
	connection  connection.Flags
	pacticipant string
	branch      string
	strict      bool
	lax         bool
}

// NewDeleteBranch makes the command delete-branch.
func NewDeleteBranch(e command.Env) *cobra.Command {
	return command.New(e, "delete-branch", "Delete a branch; its versions and their pacts stay",
		"treaty delete-branch --pacticipant storefront --branch feature/basket", &deleteBranchOptions{})
}

func (o *deleteBranchOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.pacticipant, "pacticipant", "a", "", "name of the application")
	f.StringVar(&o.branch, "branch", "", "the branch")
	f.BoolVar(&o.strict, "error-when-not-found", true, "fail if there is no such branch")
	f.BoolVar(&o.lax, "no-error-when-not-found", false, "succeed if there is no such branch")
}

func (o *deleteBranchOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"pacticipant", o.pacticipant}, command.Needed{"branch", o.branch}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	err = broker.DeleteBranch(ctx, o.pacticipant, o.branch)
	if errors.Is(err, client.ErrNotFound) {
		nothing := fmt.Errorf("there is no branch %s of %s", output.Shorten(o.branch), output.Shorten(o.pacticipant))
		if !o.strict || o.lax {
			_, err := fmt.Fprintf(e.Stdout, "Nothing to delete: %v.\n", nothing)
			return err
		}
		if err = missing.Application(ctx, broker, o.pacticipant, err); errors.Is(err, client.ErrNotFound) {
			err = nothing
		}
		return command.Next(err, "check the names, or add --no-error-when-not-found")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "Deleted the branch %s of %s.\n", o.branch, o.pacticipant)
	return err
}
