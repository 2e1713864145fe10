// Package command is what a command is made of: the process around it, its
// flags, its errors with the next step, and its exit status.
package command

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Options are those of a command without positional arguments.
type Options interface {
	// Bind adds the command's flags.
	Bind(*pflag.FlagSet)
	// Run does what the command is for, with the flags as they were given.
	Run(context.Context, Env) error
}

// New makes the command that o are the options of.
func New(e Env, use, short, example string, o Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := o.Run(cmd.Context(), e)
			if errors.As(err, new(missingFlags)) {
				return Next(err, "see the options with %s --help", cmd.CommandPath())
			}
			return err
		},
	}
	if example != "" {
		cmd.Example = "  " + example
	}
	o.Bind(cmd.Flags())
	return cmd
}

// Needed is a flag that a command cannot do without, and its value.
type Needed [2]string

// Insist refuses blank values, all at once.
func Insist(flags ...Needed) error {
	var missing []string
	for _, n := range flags {
		if strings.TrimSpace(n[1]) == "" {
			missing = append(missing, "--"+n[0])
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return missingFlags(missing)
}

// missingFlags are those that a command cannot do without and was not given.
type missingFlags []string

func (m missingFlags) Error() string {
	return strings.Join(m, " and ") + " must be given and not be empty"
}
