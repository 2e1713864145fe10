package gate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type historyOptions struct {
	connection  connection.Flags
	pacticipant string
	version     string
	limit       int
	output      string
}

func newHistory(e command.Env) *cobra.Command {
	return command.New(e, "history", "List kept answers, newest first",
		"treaty gate history --pacticipant catalog --limit 20", &historyOptions{})
}

func (o *historyOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.VarP(command.Filled(&o.pacticipant), "pacticipant", "a", "only answers about this application")
	f.VarP(command.Filled(&o.version), "version", "e", "only answers about this version of it")
	f.IntVar(&o.limit, "limit", 20, "how many to list, up to 500")
	output.Bind(f, &o.output, output.Table, output.Text, output.JSON)
}

func (o *historyOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListGateAnswers(ctx, o.pacticipant, o.version, o.limit)
	if err != nil {
		return fmt.Errorf("list the kept answers: %w", err)
	}
	if len(list.Entries) == 0 && o.pacticipant != "" {
		if unknown := missing.NoApplication(ctx, broker, o.pacticipant); unknown != nil {
			return unknown
		}
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	var rows [][]string
	for _, a := range list.Entries {
		rows = append(rows, []string{
			strconv.FormatInt(a.Number, 10), a.LastAt, strconv.Itoa(a.Times), question(a), string(a.Decision().Headline()), askedBy(a),
		})
	}
	return output.WriteTable(e.Stdout, []string{"NUMBER", "LAST GIVEN", "TIMES", "QUESTION", "ANSWER", "ASKED BY"}, rows)
}

// askedBy says who asked, "-" if that is not known.
func askedBy(a client.GateAnswer) string {
	who := strings.TrimSpace(a.AskedBy.Principal + " " + a.AskedBy.BuildURL)
	if who == "" {
		return "-"
	}
	return who
}

// question words what was asked, and what was left out of the answer.
func question(a client.GateAnswer) string {
	words := strings.Join(selected(a.Question.Selectors), " with ")
	switch target := a.Question.Target; {
	case target.Environment != "":
		words += " to " + target.Environment
	case target.Tag != "":
		words += " to tag " + target.Tag
	case target.MainBranch:
		words += " with main branches"
	}
	if ignored := selected(a.Question.Ignore); len(ignored) > 0 {
		words += " ignoring " + strings.Join(ignored, ", ")
	}
	return words
}

func selected(list []client.GateSelector) []string {
	var out []string
	for _, s := range list {
		out = append(out, strings.TrimSpace(s.Pacticipant+" "+selectedVersion(s)))
	}
	return out
}

func selectedVersion(s client.GateSelector) string {
	switch {
	case s.Version != "":
		return output.ShortVersion(s.Version)
	case s.Branch != "":
		return "of branch " + s.Branch
	case s.MainBranch:
		return "of the main branch"
	case s.Tag != "":
		return "tagged " + s.Tag
	default:
		return ""
	}
}

type showOptions struct {
	connection connection.Flags
	number     int64
	output     string
}

func newShow(e command.Env) *cobra.Command {
	var o showOptions
	cmd := command.New(e, "show NUMBER", "Show one kept answer again", "treaty gate show 17", &o)
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return command.Next(errors.New("the number of an answer must be given"), "find it with: treaty gate history")
		}
		n, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil || n < 1 {
			return command.Next(fmt.Errorf("%q is not the number of an answer", output.Shorten(args[0])), "find it with: treaty gate history")
		}
		o.number = n
		return nil
	}
	return cmd
}

func (o *showOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	output.Bind(f, &o.output, output.Table, output.Text, output.JSON)
}

func (o *showOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	a, err := broker.FindGateAnswer(ctx, o.number)
	if err != nil {
		return command.Next(fmt.Errorf("find answer %d: %w", o.number, err), "find it with: treaty gate history")
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, a.Raw)
	}
	fmt.Fprintf(e.Stdout, "%s\ngiven %d times from %s to %s\nasked by %s\n\n", question(a), a.Times, a.FirstAt, a.LastAt, askedBy(a))
	fmt.Fprintln(e.Stdout, verdictLine(e.Color, a.Decision().Headline()))
	fmt.Fprintln(e.Stdout)
	var rows [][]string
	for _, r := range a.Rows {
		outcome := r.Outcome
		if r.Ignored {
			outcome += " [ignored]"
		}
		rows = append(rows, []string{r.Consumer, output.ShortVersion(r.ConsumerVersion), r.Provider, output.ShortVersion(r.ProviderVersion), outcome})
	}
	if len(rows) > 0 {
		if err := output.WriteTable(e.Stdout, []string{"CONSUMER", "C.VERSION", "PROVIDER", "P.VERSION", "OUTCOME"}, rows); err != nil {
			return err
		}
		fmt.Fprintln(e.Stdout)
	}
	if err := output.WriteNotices(e.Stdout, e.Color, a.Notices); err != nil {
		return err
	}
	return writeExplanations(e.Stdout, a.Decision(), o.connection.Address(e))
}
