package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/near"
)

// Group makes a command that only holds others.
func Group(use, short string, children ...*cobra.Command) *cobra.Command {
	group := &cobra.Command{Use: use, Short: short, RunE: Unknown, Args: cobra.ArbitraryArgs}
	Add(group, "", children)
	return group
}

// Add puts children below parent; section is where its help lists them, "" for
// none.
func Add(parent *cobra.Command, section string, children []*cobra.Command) {
	for _, child := range children {
		child.GroupID = section
		parent.AddCommand(child)
	}
}

// fewCommands is how many commands an error may list.
const fewCommands = 8

// Unknown runs a command that only holds others: it prints their help or, where
// an argument names none of them, says which come near or, if they are few, which
// there are.
func Unknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	err := fmt.Errorf("there is no command %q", output.Shorten(args[0]))
	cmd.SuggestionsMinimumDistance = 2
	if alike := cmd.SuggestionsFor(args[0]); len(alike) > 0 {
		return Next(err, "did you mean %s? All commands: %s --help", strings.Join(alike, " or "), cmd.CommandPath())
	}
	var names []string
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() && child.Name() != "help" {
			names = append(names, child.Name())
		}
	}
	if len(names) > fewCommands {
		return Next(err, "see all commands with %s --help", cmd.CommandPath())
	}
	return Next(err, "its commands are: %s; see %s --help", strings.Join(names, ", "), cmd.CommandPath())
}

// WrongFlag adds to an error of the flag parser the options that come near what
// was typed, and where all are told.
func WrongFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		if alike := near.Names(unknown.GetSpecifiedName(), visibleFlags(cmd)); len(alike) > 0 {
			return Next(err, "did you mean --%s? All options: %s --help", strings.Join(alike, " or --"), cmd.CommandPath())
		}
	}
	return Next(err, "see the options with %s --help", cmd.CommandPath())
}

func visibleFlags(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}
