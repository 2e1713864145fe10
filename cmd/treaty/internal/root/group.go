package root

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

func add(parent *cobra.Command, group string, children []*cobra.Command) {
	for _, child := range children {
		child.GroupID = group
		parent.AddCommand(child)
	}
}

func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	err := fmt.Errorf("there is no command %q", output.Shorten(args[0]))
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return next(err, "did you mean %s? All commands: %s --help", strings.Join(near, " or "), cmd.CommandPath())
	}
	return next(err, "see all commands with %s --help", cmd.CommandPath())
}

func wrongFlag(cmd *cobra.Command, err error) error {
	return next(err, "see the options with %s --help", cmd.CommandPath())
}
