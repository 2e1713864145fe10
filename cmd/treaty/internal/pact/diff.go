package pact

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/contract/compare"
	"github.com/treatyhq/treaty/internal/wording"
)

type diffOptions struct {
	output   string
	breaking bool
}

func newDiff(e command.Env) *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff BEFORE AFTER",
		Short: "Compare two contracts by meaning",
		Long: "Lists what changed for the provider: interactions added and removed, requirements\n" +
			"tightened, relaxed and changed, and examples that changed without changing what is\n" +
			"accepted. Order and formatting do not count. The answer is yes (0) unless --breaking\n" +
			"asks for no (1) where a provider of the old contract may fail the new one.",
		Args: needFiles(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.Run(cmd.Context(), e, args[0], args[1])
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *diffOptions) Bind(f *pflag.FlagSet) {
	output.Bind(f, &o.output, output.Text, output.JSON)
	f.BoolVar(&o.breaking, "breaking", false, "answer no if a change may break the provider")
}

func (o *diffOptions) Run(_ context.Context, e command.Env, before, after string) error {
	old, err := contractIn(e, before)
	if err != nil {
		return err
	}
	fresh, err := contractIn(e, after)
	if err != nil {
		return err
	}
	changes := compare.Pacts(old, fresh)
	if err := o.print(e, changes); err != nil {
		return err
	}
	if o.breaking && slices.ContainsFunc(changes, compare.Change.Breaking) {
		return command.ErrSilent
	}
	return nil
}

func (o *diffOptions) print(e command.Env, changes []compare.Change) error {
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, append([]compare.Change{}, changes...))
	}
	if len(changes) == 0 {
		_, err := fmt.Fprintln(e.Stdout, "Both contracts mean the same.")
		return err
	}
	where := ""
	for _, change := range changes {
		if change.Where != where {
			where = change.Where
			if _, err := fmt.Fprintln(e.Stdout, where); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(e.Stdout, changeLines(change)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(e.Stdout, "\n%s\n", verdict(changes))
	return err
}

// verdict counts the changes and says what they mean for a provider.
func verdict(changes []compare.Change) string {
	count := wording.Count(len(changes), "change")
	breaking := 0
	for _, c := range changes {
		if c.Breaking() {
			breaking++
		}
	}
	if breaking == 0 {
		return count + "; a provider that keeps the old contract keeps the new one"
	}
	return fmt.Sprintf("%s; a provider that keeps the old contract may break the new one (%d)", count, breaking)
}

// changeLines is a change below the line that names its interaction.
func changeLines(c compare.Change) string {
	var b strings.Builder
	place := strings.TrimSpace(c.Part + " " + c.Path)
	if place == "" {
		place = "the interaction"
	}
	fmt.Fprintf(&b, "  %-12s  %s\n", c.Kind, place)
	if c.Before != "" {
		fmt.Fprintf(&b, "                was: %s\n", c.Before)
	}
	if c.After != "" {
		fmt.Fprintf(&b, "                now: %s\n", c.After)
	}
	return b.String()
}
