package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/ci"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// NewRollout makes the command rollout with those below it.
func NewRollout(e command.Env) *cobra.Command {
	return command.Group("rollout", "Bring a version to an environment beside the one that is there: both are live until it is promoted or aborted",
		command.New(e, "start", "Ask whether a version may come and record that it does, in one step; exits 1 if the gate does not say yes",
			"treaty rollout start -a storefront -e 1.4.2 --environment production --strategy canary --share 10", &startOptions{}),
		newShare(e),
		command.New(e, "promote", "Record that the version before no longer answers, once the proof holds still",
			"treaty rollout promote -a storefront --environment production", &endOptions{state: client.RolloutPromoted}),
		command.New(e, "abort", "Record that the new version no longer runs; nobody is asked",
			"treaty rollout abort -a storefront --environment production --reason 'errors 5xx'", &endOptions{state: client.RolloutAborted}),
		command.New(e, "finish", "Record that a version alone runs now: promotes it if it was rolled out, and aborts the rollout of another",
			"treaty rollout finish -a storefront -e 1.4.2 --environment production", &finishOptions{}),
		command.New(e, "status", "Show what runs in an environment, and the rollouts that are under way", "treaty rollout status -a storefront --environment production", &statusOptions{}))
}

type startOptions struct {
	place
	version, strategy, reason, output string
	share                             float64
	recordOnly, rollback, noRollback  bool
	refused                           int
	unknown                           int
}

func (o *startOptions) Bind(f *pflag.FlagSet) {
	o.place.Bind(f)
	f.StringVarP(&o.version, "version", "e", "", "its version; the commit that the build server or git tells, unless given")
	f.StringVar(&o.strategy, "strategy", client.StrategyRolling, "rolling, blue-green, canary or a word of yours: it is for people")
	f.Float64Var(&o.share, "share", 0, "how far it is, in per cent")
	f.StringVar(&o.reason, "reason", "", "why, for people")
	f.BoolVar(&o.recordOnly, "record-only", false, "record it whatever the gate says")
	f.BoolVar(&o.rollback, "rollback", false, "say that it brings back what was there before")
	f.BoolVar(&o.noRollback, "no-rollback", false, "say that it does not, although an older version comes back")
	f.IntVar(&o.refused, "refused-exit-code", command.ExitNo, "exit status when the gate does not say yes")
	f.IntVar(&o.unknown, "unknown-exit-code", command.ExitNo, "exit status when a result is missing, to tell it from a no")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

// start is what to start.
func (o *startOptions) start(ctx context.Context, e command.Env) (client.RolloutStart, error) {
	if err := o.check(); err != nil {
		return client.RolloutStart{}, err
	}
	if o.version == "" {
		o.version = ci.Version(ctx, e)
	}
	if err := command.Insist(command.Needed{"version", o.version}); err != nil {
		return client.RolloutStart{}, err
	}
	in := client.RolloutStart{
		Deployment: client.Deployment{Pacticipant: o.application, Version: o.version, Environment: o.environment, Instance: o.instance},
		Strategy:   o.strategy, Share: o.share, Reason: o.reason, RecordOnly: o.recordOnly, By: o.actor(ctx, e),
	}
	if o.rollback || o.noRollback {
		in.Rollback = &o.rollback
	}
	return in, nil
}

func (o *startOptions) Run(ctx context.Context, e command.Env) error {
	in, err := o.start(ctx, e)
	if err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	r, err := broker.StartRollout(ctx, in)
	if d, refused := o.refusal(e, err); refused {
		if err := o.show(e, d); err != nil {
			return err
		}
		return command.WithStatus(o.statusOf(d), command.ErrSilent)
	}
	if isKind(err, "already-deployed") {
		_, err := fmt.Fprintf(e.Stdout, "Version %s of %s is current in %s%s already: nothing to roll out.\n", o.version, o.application, o.environment, inInstance(o.instance))
		return err
	}
	if err != nil {
		return o.inTheWay(ctx, e, broker, in, fmt.Errorf("start the rollout: %w", err))
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, r.Raw)
	}
	return o.started(e, r)
}

// statusOf is the exit status of a refusal.
func (o *startOptions) statusOf(d client.Decision) int {
	if d.Headline() == client.HeadlineUnknown && o.unknown != command.ExitNo {
		return o.unknown
	}
	return o.refused
}

// inTheWay says what to do about a rollout of another version.
func (o *startOptions) inTheWay(ctx context.Context, e command.Env, broker *client.Client, in client.RolloutStart, err error) error {
	if isKind(err, "rollout-running") {
		return command.Next(err, "%s\n  or: %s", o.words(e, "rollout", "abort"), o.words(e, "rollout", "promote"))
	}
	return missing.Place(ctx, broker, in.Deployment, err)
}

func (o *startOptions) started(e command.Env, r client.Rollout) error {
	beside := "nothing else is there"
	if before := r.Embedded.Previous.Number; before != "" {
		beside = "beside version " + before
	}
	_, err := fmt.Fprintf(e.Stdout, "Started: version %s of %s comes to %s%s, %s. Both are live until it is promoted or aborted.\n",
		r.Embedded.Version.Number, o.application, o.environment, inInstance(o.instance), beside)
	if err == nil && r.AgainstGate {
		_, err = fmt.Fprintln(e.Stdout, "WARN: the gate did not say yes.")
	}
	return err
}

// endOptions serve promote and abort.
type endOptions struct {
	place
	state                 client.RolloutState
	uuid, version         string
	reason, output        string
	recordOnly, cancelled bool
	refused               int
}

func (o *endOptions) Bind(f *pflag.FlagSet) {
	o.place.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "the rollout itself, instead of its place")
	f.StringVarP(&o.version, "version", "e", "", "the version that is rolled out: without an instance, all rollouts of it")
	f.StringVar(&o.reason, "reason", "", "why, for people")
	if o.state == client.RolloutPromoted {
		f.BoolVar(&o.recordOnly, "record-only", false, "record it whatever the gate says")
		f.IntVar(&o.refused, "refused-exit-code", command.ExitNo, "exit status when the proof does not hold any more")
	} else {
		f.BoolVar(&o.cancelled, "cancelled", false, "it says nothing against the version, and is not counted as a failure")
	}
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *endOptions) Run(ctx context.Context, e command.Env) error {
	if o.uuid == "" {
		if err := o.check(); err != nil {
			return err
		}
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	if o.uuid != "" {
		return o.end(ctx, e, broker, o.uuid)
	}
	found, err := o.which(ctx, broker)
	for _, r := range found {
		if err == nil {
			err = o.end(ctx, e, broker, r.UUID)
		}
	}
	return err
}

// which returns the rollouts that are meant: that of the place or, without an instance,
// all of a version.
func (o *endOptions) which(ctx context.Context, broker *client.Client) ([]client.Rollout, error) {
	if o.version == "" || o.instance != "" {
		r, err := o.running(ctx, broker)
		if err == nil && o.version != "" && r.Embedded.Version.Number != o.version {
			err = fmt.Errorf("version %s is being rolled out there, and not %s", r.Embedded.Version.Number, o.version)
		}
		return []client.Rollout{r}, err
	}
	list, err := broker.ListRollouts(ctx, o.environment, o.application, client.RolloutRunning)
	found := slices.DeleteFunc(list.Entries, func(r client.Rollout) bool { return r.Embedded.Version.Number != o.version })
	if err == nil && len(found) == 0 {
		err = errNoRollout(fmt.Sprintf("no rollout of version %s of %s is running in %s", o.version, o.application, o.environment))
	}
	return found, err
}

func (o *endOptions) end(ctx context.Context, e command.Env, broker *client.Client, uuid string) error {
	r, err := broker.ChangeRollout(ctx, uuid, client.RolloutChange{
		State: o.state, Reason: o.reason, RecordOnly: o.recordOnly, Cancelled: o.cancelled, By: o.actor(ctx, e)})
	if d, refused := o.refusal(e, err); refused {
		if err := o.show(e, d); err != nil {
			return err
		}
		return command.WithStatus(o.refused, command.ErrSilent)
	}
	if err != nil {
		return err
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, r.Raw)
	}
	_, err = fmt.Fprintf(e.Stdout, "%s: the rollout of version %s.\n", strings.ToUpper(string(o.state[:1]))+string(o.state[1:]), r.Embedded.Version.Number)
	return err
}

func newShare(e command.Env) *cobra.Command {
	var o shareOptions
	cmd := &cobra.Command{
		Use: "share PERCENT", Short: "Say how far a rollout is; both versions stay live at any share",
		Example: "  treaty rollout share 25 -a storefront --environment production", Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return command.Next(errors.New("the share must be given, once"), "give per cent, such as: treaty rollout share 25")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), e, args[0]) },
	}
	o.Bind(cmd.Flags())
	return cmd
}

type shareOptions struct {
	place
	uuid, output string
}

func (o *shareOptions) Bind(f *pflag.FlagSet) {
	o.place.Bind(f)
	f.StringVar(&o.uuid, "uuid", "", "the rollout itself, instead of its place")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *shareOptions) run(ctx context.Context, e command.Env, text string) error {
	share, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil {
		return command.Next(fmt.Errorf("%q is not a number", output.Shorten(text)), "give per cent, such as: treaty rollout share 25")
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	uuid := o.uuid
	if uuid == "" {
		if err := o.check(); err != nil {
			return err
		}
		found, err := o.running(ctx, broker)
		if err != nil {
			return err
		}
		uuid = found.UUID
	}
	r, err := broker.ChangeRollout(ctx, uuid, client.RolloutChange{Share: &share, By: o.actor(ctx, e)})
	if err != nil {
		return err
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, r.Raw)
	}
	_, err = fmt.Fprintf(e.Stdout, "Version %s is at %s %%.\n", r.Embedded.Version.Number, strconv.FormatFloat(r.Share, 'f', -1, 64))
	return err
}

// finishOptions are for pipelines that do not know how it went.
type finishOptions struct {
	place
	version, reason string
}

func (o *finishOptions) Bind(f *pflag.FlagSet) {
	o.place.Bind(f)
	f.StringVarP(&o.version, "version", "e", "", "the version that alone runs now; the commit that the build server or git tells, unless given")
	f.StringVar(&o.reason, "reason", "", "why, for people")
}

// Run says that a version alone runs: whichever state the place is in, once said it
// changes nothing any more.
func (o *finishOptions) Run(ctx context.Context, e command.Env) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.version == "" {
		o.version = ci.Version(ctx, e)
	}
	if err := command.Insist(command.Needed{"version", o.version}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	current, err := o.current(ctx, broker)
	if err != nil {
		return err
	}
	r, err := o.running(ctx, broker)
	var none errNoRollout
	switch {
	case errors.As(err, &none) && current == o.version:
		_, err := fmt.Fprintf(e.Stdout, "Version %s of %s alone runs in %s: nothing to record.\n", o.version, o.application, o.environment)
		return err
	case errors.As(err, &none):
		return command.Next(fmt.Errorf("version %s of %s is neither current in %s nor being rolled out there", o.version, o.application, o.environment),
			"record what runs with: %s", o.words(e, "record-deployment", "--version="+o.version))
	case err != nil:
		return err
	}
	end := endOptions{place: o.place, uuid: r.UUID, reason: o.reason, refused: command.ExitNo, output: output.Text}
	switch o.version {
	case r.Embedded.Version.Number:
		end.state = client.RolloutPromoted
	case current:
		end.state = client.RolloutAborted
	default:
		return fmt.Errorf("version %s of %s is neither current in %s nor being rolled out there: version %s is", o.version, o.application, o.environment, r.Embedded.Version.Number)
	}
	return end.Run(ctx, e)
}

// current returns the version that is current in the place, "" for none.
func (o *finishOptions) current(ctx context.Context, broker *client.Client) (string, error) {
	live, err := broker.ListDeployed(ctx, o.application, o.environment)
	for _, d := range live {
		if d.At() == o.instance && !d.Candidate {
			return d.Embedded.Version.Number, err
		}
	}
	return "", err
}

type statusOptions struct {
	place
	output string
}

func (o *statusOptions) Bind(f *pflag.FlagSet) {
	o.place.Bind(f)
	output.Bind(f, &o.output, output.Table, output.JSON)
}

func (o *statusOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"environment", o.environment}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListRollouts(ctx, o.environment, o.application, "")
	if err != nil {
		return err
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	rows := make([][]string, 0, len(list.Entries))
	for _, r := range list.Entries {
		is := string(r.State)
		if r.Outcome != "" {
			is += ", " + r.Outcome
		}
		rows = append(rows, []string{r.Embedded.Pacticipant.Name, r.Embedded.Version.Number, orDash(r.Embedded.Previous.Number), orDash(r.Instance), r.Strategy,
			strconv.FormatFloat(r.Share, 'f', -1, 64) + " %", is, r.StartedAt, orDash(r.StartedBy), orDash(r.Reason)})
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintf(e.Stdout, "No rollouts to %s.\n", o.environment)
		return err
	}
	return output.WriteTable(e.Stdout, []string{"APPLICATION", "VERSION", "BEFORE", "INSTANCE", "STRATEGY", "SHARE", "IS", "STARTED", "BY", "REASON"}, rows)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
