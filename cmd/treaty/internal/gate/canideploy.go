package gate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/ci"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/wording"
)

// deployOptions serve can-i-deploy and can-i-merge.
type deployOptions struct {
	connection  connection.Flags
	selection   selection
	environment string
	tag         string
	limit       int
	retries     int
	interval    int
	dryRun      bool
	at          string
	noReply     int
	unknown     int
	output      string
	merge       bool // can-i-merge: the target is the others' main branches
}

// NewCanIDeploy makes the command can-i-deploy.
func NewCanIDeploy(e command.Env) *cobra.Command {
	var o deployOptions
	cmd := &cobra.Command{
		Use:   "can-i-deploy",
		Short: "Ask whether a version may be deployed",
		Long: "Ask whether a version may be deployed: whether everything it would meet in the\n" +
			"target has been verified with it. Exits 0 for yes and 1 for no or not known yet.",
		Example: "  treaty can-i-deploy --pacticipant storefront --version 1.4.2 --to-environment production\n" +
			"  treaty can-i-deploy -a storefront --branch main --to-environment test --retry-while-unknown 12",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

// NewCanIMerge makes the command can-i-merge.
func NewCanIMerge(e command.Env) *cobra.Command {
	o := deployOptions{merge: true}
	cmd := &cobra.Command{
		Use:     "can-i-merge",
		Short:   "Ask whether a version works with the main branches of the others",
		Example: "  treaty can-i-merge --pacticipant storefront --version 1.4.2",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *deployOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	o.selection.Bind(f)
	if !o.merge {
		f.Var(command.Filled(&o.environment), "to-environment", "the environment it would go to")
		f.Var(command.Filled(&o.tag), "to", "the tag of the versions it would meet, for those who tag instead of recording deployments")
	}
	f.IntVar(&o.limit, "limit", 0, "how many rows to show; the decision looks at all")
	f.IntVar(&o.retries, "retry-while-unknown", 0, "how often to ask again while results are missing")
	f.IntVar(&o.interval, "retry-interval", 10, "seconds between two questions")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the answer and exit 0, whatever it is ("+o.variable("DRY_RUN")+")")
	f.IntVar(&o.noReply, "error-exit-code", command.ExitNo, "exit status when the broker could not be asked, to tell it from a no")
	f.IntVar(&o.unknown, "unknown-exit-code", command.ExitNo, "exit status when a result is missing, to tell it from a no")
	f.Var(command.Filled(&o.at), "at", "answer as of this moment in the past, as 2026-01-31T12:00:00Z, from what is recorded today")
	output.Bind(f, &o.output, output.Table, output.Text, output.JSON, output.JUnit, output.GitHub, output.GitLab)
}

// variable returns the full name of a variable of this command.
func (o *deployOptions) variable(name string) string {
	if o.merge {
		return "PACT_BROKER_CAN_I_MERGE_" + name
	}
	return "PACT_BROKER_CAN_I_DEPLOY_" + name
}

func (o *deployOptions) Run(ctx context.Context, e command.Env) error {
	decision, err := o.ask(ctx, e)
	dry := o.dryRun || e.IsTrue(o.variable("DRY_RUN"))
	if err != nil {
		return o.couldNotAsk(e, dry, err)
	}
	if err := o.print(e, decision, dry); err != nil {
		return err
	}
	if decision.Verdict() == client.Deployable || dry {
		return nil
	}
	if decision.Headline() == client.HeadlineUnknown && o.unknown != command.ExitNo {
		return command.WithStatus(o.unknown, command.ErrSilent)
	}
	return command.WithStatus(o.noStatus(e), command.ErrSilent)
}

// noStatus is the exit status for no: a variable of the Ruby client can
// choose another than 1.
func (o *deployOptions) noStatus(e command.Env) int {
	n, err := strconv.Atoi(e.Getenv("PACT_BROKER_CAN_I_DEPLOY_EXIT_CODE_BETA"))
	if err != nil || o.merge {
		return command.ExitNo
	}
	return n
}

func (o *deployOptions) couldNotAsk(e command.Env, dry bool, err error) error {
	if !dry {
		return command.WithStatus(o.noReply, err)
	}
	fmt.Fprintf(e.Stderr, "%scould not ask: %v\n", dryPrefix, err)
	return nil
}

// ask puts the question, and again while results are missing.
func (o *deployOptions) ask(ctx context.Context, e command.Env) (client.Decision, error) {
	query, err := o.query(e)
	if err != nil {
		return client.Decision{}, err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return client.Decision{}, err
	}
	poll := client.Poll{
		Attempts: o.retries + 1,
		Interval: time.Duration(o.interval) * time.Second,
		OnWait: func(d client.Decision, left int) {
			fmt.Fprintf(e.Stderr, "%s; asking again in %d s (%d left)\n", wording.CountOf(d.Summary.Unknown, "verification result is missing", "verification results are missing"), o.interval, left)
		},
	}
	if o.dryRun || e.IsTrue(o.variable("DRY_RUN")) {
		poll.Attempts = 1
	}
	decision, err := broker.PollCanIDeploy(ctx, query, poll)
	if errors.Is(err, client.ErrInvalid) && strings.Contains(err.Error(), "not found") {
		return decision, command.Next(err, "see which applications there are with: treaty list-pacticipants")
	}
	if errors.Is(err, client.ErrInvalid) && strings.Contains(err.Error(), "does not exist") {
		return decision, command.Next(err, "see which environments there are with: treaty list-environments")
	}
	if err == nil {
		offerVersions(ctx, broker, decision.Explanations)
	}
	return decision, err
}

// offerVersions offers versions that begin like one that is not there: who has written a
// commit short is to ask again, not to make a version of that name.
func offerVersions(ctx context.Context, broker *client.Client, explanations []client.Explanation) {
	for i := range explanations {
		e := &explanations[i]
		if e.Cause != "not-published" || e.ConsumerVersion == "" {
			continue
		}
		if meant := missing.Shortened(ctx, broker, e.Consumer, e.ConsumerVersion); meant != "" {
			e.Text += meant
			e.NextStep, e.Commands, e.Command = "Ask again with the number as it was published.", nil, nil
		}
	}
}

func (o *deployOptions) query(e command.Env) (client.CanIDeployQuery, error) {
	if err := o.selection.check(); err != nil {
		return client.CanIDeployQuery{}, err
	}
	if o.environment != "" && o.tag != "" {
		return client.CanIDeployQuery{}, command.Next(errors.New("both --to-environment and --to are given"), "leave one of them out")
	}
	if o.retries < 0 || o.interval < 0 {
		return client.CanIDeployQuery{}, errors.New("--retry-while-unknown and --retry-interval cannot be negative")
	}
	query := client.CanIDeployQuery{
		Selectors:   o.selection.selectors,
		Ignore:      o.selection.ignore,
		Environment: o.environment,
		Tag:         o.tag,
		MainBranch:  o.merge,
		Limit:       o.limit,
		At:          o.at,
		BuildURL:    ci.BuildURL(e),
	}
	for name := range strings.SplitSeq(e.Getenv(o.variable("IGNORE")), ",") {
		if name = strings.TrimSpace(name); name != "" {
			query.Ignore = append(query.Ignore, client.Selector{Pacticipant: name})
		}
	}
	return query, nil
}
