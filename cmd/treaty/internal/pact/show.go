package pact

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/contract/show"
)

func newShow(e command.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Print a contract for people",
		Args:  needFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runShow(cmd.Context(), e, args[0])
		},
	}
}

func runShow(_ context.Context, e command.Env, file string) error {
	pact, err := contractIn(e, file)
	if err != nil {
		return err
	}
	return show.Write(e.Stdout, pact)
}
