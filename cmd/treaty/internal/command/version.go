package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type versionOptions struct{ output string }

func newVersion(e Env) *cobra.Command {
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
	bindOutput(f, &o.output, outputText, outputJSON)
}

func (o *versionOptions) Run(_ context.Context, e Env) error {
	b := e.Build()
	if o.output == outputJSON {
		return writeJSON(e.Stdout, b)
	}
	_, err := fmt.Fprintf(e.Stdout, "treaty %s (%s, %s)\n", b.Version, b.Revision, b.Go)
	return err
}
