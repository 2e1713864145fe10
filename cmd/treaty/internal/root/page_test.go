package root

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/golden"
)

func TestCommandsPageListsAllCommands(t *testing.T) {
	t.Parallel()
	golden.Equal(t, "../../../../../../docs/commands.md", commandsPage())
}

// commandsPage is docs/commands.md, written from the commands themselves.
func commandsPage() string {
	root := newRoot(command.Env{})
	root.InitDefaultHelpCmd()
	var out strings.Builder
	out.WriteString(commandsIntro)
	writeFlags(&out, connectionFlags(), nil)
	common := connectionFlags()
	for _, group := range root.Groups() {
		fmt.Fprintf(&out, "\n## %s\n", strings.TrimSuffix(group.Title, ":"))
		for _, cmd := range root.Commands() {
			if cmd.GroupID == group.ID {
				writeCommand(&out, cmd, common)
			}
		}
	}
	return out.String()
}

func connectionFlags() *pflag.FlagSet {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(connection.Flags).Bind(flags)
	return flags
}

// writeCommand describes a command, and then the commands below it. Flags
// that are in common are left out.
func writeCommand(out *strings.Builder, cmd *cobra.Command, common *pflag.FlagSet) {
	fmt.Fprintf(out, "\n### %s\n\n%s.\n", cmd.CommandPath(), strings.TrimSuffix(cmd.Short, "."))
	if cmd.Long != "" {
		fmt.Fprintf(out, "\n```text\n%s\n```\n", strings.TrimSpace(cmd.Long))
	}
	if cmd.Runnable() && !cmd.HasSubCommands() {
		fmt.Fprintf(out, "\n    %s\n", cmd.UseLine())
	}
	if cmd.Example != "" {
		fmt.Fprintf(out, "\nFor example:\n\n```sh\n%s\n```\n", unindent(cmd.Example))
	}
	if cmd.Name() == "serve" {
		out.WriteString("\nAll options: [configuration](configuration.md).\n")
	} else {
		writeFlags(out, cmd.Flags(), common)
	}
	for _, child := range cmd.Commands() {
		writeCommand(out, child, common)
	}
}

func writeFlags(out *strings.Builder, flags, without *pflag.FlagSet) {
	var lines []string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || isCommon(f, without) {
			return
		}
		name := "`--" + f.Name + "`"
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "` " + name
		}
		help := f.Usage
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" {
			help += " (default " + f.DefValue + ")"
		}
		if choices, ok := f.Value.(output.Choice); ok {
			help += ": " + strings.Join(choices.Allowed, ", ")
		}
		lines = append(lines, fmt.Sprintf("| %s | %s |", name, strings.ReplaceAll(help, "|", `\|`)))
	})
	if len(lines) > 0 {
		fmt.Fprintf(out, "\n| option | meaning |\n| --- | --- |\n%s\n", strings.Join(lines, "\n"))
	}
}

// isCommon reports whether a flag is one of without, and means the same.
func isCommon(f *pflag.Flag, without *pflag.FlagSet) bool {
	if without == nil {
		return false
	}
	same := without.Lookup(f.Name)
	return same != nil && same.Usage == f.Usage
}

func unindent(example string) string {
	lines := strings.Split(example, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "  ")
	}
	return strings.Join(lines, "\n")
}

const commandsIntro = `# Commands

<!-- Written by make golden from the commands in cmd/treaty/internal. -->

Commands and options have the names they have in the Pact command lines. Who comes from
` + "`pact broker can-i-deploy`" + ` may write ` + "`treaty broker can-i-deploy`" + ` or leave out the word broker.

Exit statuses: 0 is yes or done, 1 is no, not known yet, or could not be done.
` + "`can-i-deploy --unknown-exit-code 3 --error-exit-code 2`" + ` tells the three apart. ` + "`verify`" + ` has those of the
Pact verifier: 2 if verification could not take place, 3 for a bad header. Errors go to
standard error, with the next step.

Every command that asks a broker has these options:
`
