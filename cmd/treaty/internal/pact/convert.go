package pact

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/shell"
	"github.com/treatyhq/treaty/internal/wholefile"
)

type convertOptions struct{ to, file string }

func newConvert(e command.Env) *cobra.Command {
	var o convertOptions
	cmd := &cobra.Command{
		Use:   "convert FILE",
		Short: "Write a contract in another version of the Pact Specification",
		Long: "Writes a contract as version 1.0, 1.1, 2, 3 or 4, to standard output unless --out names a\n" +
			"file. What the version cannot express is an error, never dropped in silence; only what\n" +
			"version 4 added around an exchange (key, pending, comments, plugin data) is left out.",
		Args: needFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.Run(cmd.Context(), e, args[0])
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *convertOptions) Bind(f *pflag.FlagSet) {
	f.StringVar(&o.to, "to", "4", "version to write: 1.0, 1.1, 2, 3 or 4, also as V4 or 4.0")
	f.StringVar(&o.file, "out", "", "file to write instead of standard output")
}

func (o *convertOptions) Run(_ context.Context, e command.Env, file string) error {
	version := contract.ParseSpecVersion(o.to)
	if version == contract.VersionUnknown {
		return command.Next(fmt.Errorf("%q is not a version of the Pact Specification", output.Shorten(o.to)), "give --to 1.0, 1.1, 2, 3 or 4")
	}
	pact, err := contractIn(e, file)
	if err != nil {
		return err
	}
	data, err := contract.Encode(pact, version)
	var unsupported *contract.UnsupportedError
	if errors.As(err, &unsupported) && unsupported.Needs != contract.VersionUnknown {
		return command.Next(err, "treaty pact convert --to %s %s", unsupported.Needs, shell.Quote(file))
	}
	if err != nil {
		return err
	}
	if o.file == "" {
		_, err = output.Exactly(e.Stdout).Write(data)
		return err
	}
	if err := wholefile.Write(e.Path(o.file), data, 0o644); err != nil {
		return fmt.Errorf("write the converted contract: %w", err)
	}
	return nil
}
