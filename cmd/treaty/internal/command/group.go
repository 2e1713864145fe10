package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// Add puts children below parent; group is where its help lists them, "" for
// no group.
func Add(parent *cobra.Command, group string, children []*cobra.Command) {
	for _, child := range children {
		child.GroupID = group
		parent.AddCommand(child)
	}
}

// Unknown runs a command that only holds others: it prints their help or, where
// an argument names none of them, says which come near.
func Unknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	err := fmt.Errorf("there is no command %q", output.Shorten(args[0]))
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return Next(err, "did you mean %s? All commands: %s --help", strings.Join(near, " or "), cmd.CommandPath())
	}
	return Next(err, "see all commands with %s --help", cmd.CommandPath())
}

// WrongFlag adds to an error of the flag parser where all options are told.
func WrongFlag(cmd *cobra.Command, err error) error {
	return Next(err, "see the options with %s --help", cmd.CommandPath())
}
