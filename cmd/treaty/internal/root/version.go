package root

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type versionOptions struct{ output string }

func newVersion(e command.Env) *cobra.Command {
	var o versionOptions
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this binary",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *versionOptions) Bind(f *pflag.FlagSet) {
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *versionOptions) Run(_ context.Context, e command.Env) error {
	b := e.Build()
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, b)
	}
	_, err := fmt.Fprintf(e.Stdout, "treaty %s (%s, %s)\n", b.Version, b.Revision, b.Go)
	return err
}
