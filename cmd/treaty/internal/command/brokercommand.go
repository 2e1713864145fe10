package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// options are those of a command without positional arguments.
type options interface {
	bind(*pflag.FlagSet)
	run(context.Context, Env) error
}

// newCommand makes the command that o are the options of.
func newCommand(e Env, use, short, example string, o options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context(), e)
		},
	}
	if example != "" {
		cmd.Example = "  " + example
	}
	o.bind(cmd.Flags())
	return cmd
}

// needed is a flag that a command cannot do without.
type needed struct{ flag, value string }

// insist refuses blank values, all at once.
func insist(flags ...needed) error {
	var missing []string
	for _, n := range flags {
		if strings.TrimSpace(n.value) == "" {
			missing = append(missing, "--"+n.flag)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return next(fmt.Errorf("%s must be given and not be empty", strings.Join(missing, " and ")), "see --help")
}

// fields prints a resource for people: a line for each field that has a value.
func fields(w io.Writer, pairs ...[2]string) error {
	width := 0
	for _, p := range pairs {
		if p[1] != "" {
			width = max(width, len(p[0]))
		}
	}
	for _, p := range pairs {
		if p[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-*s  %s\n", width, p[0], p[1]); err != nil {
			return err
		}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// errNothing is the cause of a failure to find what should have been ended.
var errNothing = errors.New("nothing found")
