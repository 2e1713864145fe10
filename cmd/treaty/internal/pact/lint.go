package pact

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/contract/lint"
)

type lintOptions struct {
	output string
	strict bool
}

func newLint(e command.Env) *cobra.Command {
	var o lintOptions
	cmd := &cobra.Command{
		Use:   "lint FILE|FOLDER...",
		Short: "Say what is wrong with contract files, and where",
		Long: "Reads contract files, of folders those that end in .json, and lists what is wrong (error),\n" +
			"what will cost somebody time (warning) and what may be as intended (hint): rules without\n" +
			"effect, examples that break their own rules, requests that cannot be sent, dates and random\n" +
			"values that change by themselves, bodies that must be equal to the last character. What the\n" +
			"specification allows is never an error. The answer is no (1) if there is an error.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.Run(cmd.Context(), e, args)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *lintOptions) Bind(f *pflag.FlagSet) {
	output.Bind(f, &o.output, output.Text, output.JSON)
	f.BoolVar(&o.strict, "strict", false, "answer no for warnings too")
}

// linted is the answer for one file.
type linted struct {
	File     string         `json:"file"`
	Findings []lint.Finding `json:"findings"`
}

func (o *lintOptions) Run(_ context.Context, e command.Env, args []string) error {
	files, err := lintedFiles(e, args)
	if err != nil {
		return err
	}
	var answers []linted
	bad := false
	for _, name := range files {
		data, err := contractFile(e, name)
		if err != nil {
			return err
		}
		answer := linted{File: name, Findings: lint.File(data)}
		if answer.Findings == nil {
			answer.Findings = []lint.Finding{}
		}
		for _, f := range answer.Findings {
			bad = bad || f.Level == lint.Wrong || o.strict && f.Level == lint.Risky
		}
		answers = append(answers, answer)
	}
	if err := o.print(e, answers); err != nil {
		return err
	}
	if bad {
		return command.ErrSilent
	}
	return nil
}

// lintedFiles are the files that the arguments name, folders and patterns as
// in publish; standard input and files keep the name that was given.
func lintedFiles(e command.Env, args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(e.Path(arg))
		if arg == "-" || err == nil && !info.IsDir() {
			files = append(files, arg)
			continue
		}
		found, err := pactFiles(e, []string{arg})
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func (o *lintOptions) print(e command.Env, answers []linted) error {
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, answers)
	}
	for _, answer := range answers {
		counts := map[lint.Level]int{}
		for _, f := range answer.Findings {
			counts[f.Level]++
			if _, err := fmt.Fprintf(e.Stdout, "%s: %s: %s [%s]\n    %s\n", answer.File, f.Level, f, f.Check, f.Advice); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(e.Stdout, "%s: %d errors, %d warnings, %d hints\n",
			answer.File, counts[lint.Wrong], counts[lint.Risky], counts[lint.Hint]); err != nil {
			return err
		}
	}
	return nil
}
