package delivery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/shell"
)

// exitNotRecorded is the status where the command has deployed and the promotion could not
// be recorded.
const exitNotRecorded = 4

// betweenAsks is how long to wait before the gate is asked again.
const betweenAsks = 10 * time.Second

type deployOptions struct {
	startOptions
	wait time.Duration
	undo string
}

// NewDeploy makes the command deploy.
func NewDeploy(e command.Env) *cobra.Command {
	var o deployOptions
	cmd := &cobra.Command{
		Use:   "deploy -- COMMAND…",
		Short: "Ask the gate, run the command that deploys, and record how it went",
		Long: "Ask whether a version may go to an environment and record that it comes, in one\n" +
			"step; run the command that deploys it; promote it if the command succeeds. If it\n" +
			"fails, the command of --undo is run and the rollout aborted; without one, or if that\n" +
			"fails too, both versions stay live, since nobody knows what runs. The command finds\n" +
			"the rollout in TREATY_ROLLOUT.\n\n" +
			"Exits with 0 once promoted, 1 if refused (--refused-exit-code), the status of the\n" +
			"command if that failed, and 4 if it succeeded and that could not be recorded.",
		Example: "  treaty deploy -a storefront --environment production --wait 30m --undo ./undo.sh -- ./deploy.sh",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return command.Next(errors.New("the command that deploys is missing"), "put it behind two hyphens: treaty deploy … -- ./deploy.sh")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.deploy(cmd.Context(), e, args) },
	}
	o.Bind(cmd.Flags())
	cmd.Flags().DurationVar(&o.wait, "wait", 0, "how long to wait while the answer is not known yet, such as 30m")
	cmd.Flags().StringVar(&o.undo, "undo", "", "command that takes back what a failed one has left, for the shell")
	return cmd
}

func (o *deployOptions) deploy(ctx context.Context, e command.Env, args []string) error {
	in, err := o.start(ctx, e)
	if err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	r, err := o.ask(ctx, e, broker, in)
	switch {
	case isKind(err, "already-deployed"):
		fmt.Fprintf(e.Stdout, "Version %s of %s is current in %s%s already: the command is run, and nothing is recorded.\n", o.version, o.application, o.environment, inInstance(o.instance))
		return ended(run(ctx, e, "", args...))
	case err != nil:
		return o.inTheWay(ctx, e, broker, in, err)
	}
	if err := o.started(e, r); err != nil {
		return err
	}
	failed := run(ctx, e, r.UUID, args...)
	ctx = context.WithoutCancel(ctx) // what has happened is recorded, whoever wants this to end
	if failed != nil {
		return o.failed(ctx, e, broker, r, failed)
	}
	if _, err := broker.ChangeRollout(ctx, r.UUID, client.RolloutChange{State: client.RolloutPromoted, By: in.By}); err != nil {
		if d, refused := o.refusal(e, err); refused {
			_ = o.show(e, d)
			err = errors.New("the gate does not say yes any more")
		}
		return command.WithStatus(exitNotRecorded, command.Next(fmt.Errorf("version %s is deployed, and that could not be recorded: %w", o.version, err),
			"once that is mended: %s", o.words(e, "rollout", "promote")))
	}
	_, err = fmt.Fprintf(e.Stdout, "Promoted: version %s of %s is current in %s%s.\n", o.version, o.application, o.environment, inInstance(o.instance))
	return err
}

// ask starts the rollout, and tries again while the answer is not known, as long as
// somebody wants to wait.
func (o *deployOptions) ask(ctx context.Context, e command.Env, broker *client.Client, in client.RolloutStart) (client.Rollout, error) {
	until := time.Now().Add(o.wait)
	for {
		r, err := broker.StartRollout(ctx, in)
		d, refused := o.refusal(e, err)
		if !refused {
			return r, err
		}
		left := time.Until(until)
		if d.Summary.Deployable != nil || left <= 0 {
			if err := o.show(e, d); err != nil {
				return r, err
			}
			fmt.Fprintln(e.Stderr, "The command is not run.")
			return r, command.WithStatus(o.statusOf(d), command.ErrSilent)
		}
		fmt.Fprintf(e.Stderr, "not known yet; asking again in %s, for %s more\n", min(betweenAsks, left).Round(time.Second), left.Round(time.Second))
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(min(betweenAsks, left)):
		}
	}
}

// failed undoes what a command has left, if somebody said how, and aborts the rollout then.
func (o *deployOptions) failed(ctx context.Context, e command.Env, broker *client.Client, r client.Rollout, failed error) error {
	why := "the command that deploys failed: " + failed.Error()
	fmt.Fprintln(e.Stderr, why)
	undone := o.undo != ""
	if undone {
		if err := run(ctx, e, r.UUID, inShell(o.undo)...); err != nil {
			fmt.Fprintf(e.Stderr, "so did the one that undoes it: %v\n", err)
			undone = false
		}
	}
	if undone {
		if _, err := broker.ChangeRollout(ctx, r.UUID, client.RolloutChange{State: client.RolloutAborted, Reason: output.Shorten(why), By: o.actor(ctx, e)}); err != nil {
			fmt.Fprintf(e.Stderr, "it is undone, and that could not be recorded: %v\nrecord it with: %s\n", err, o.words(e, "rollout", "abort"))
		} else {
			fmt.Fprintln(e.Stdout, "Undone, and the rollout aborted.")
		}
		return ended(failed)
	}
	fmt.Fprintf(e.Stderr, "The rollout stays: nobody knows what runs. Look, and then record it with one of\n  %s\n  %s\n",
		o.words(e, "rollout", "abort"), o.words(e, "rollout", "promote"))
	return ended(failed)
}

// ended is how this command ends after another: with its status.
func ended(err error) error {
	if err == nil {
		return nil
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return command.WithStatus(exit.ExitCode(), command.ErrSilent)
	}
	return command.WithStatus(command.ExitNo, err)
}

// run runs a command with the streams of this one. A signal to this one is passed on, and
// ends nothing by itself: how the command takes it decides.
func run(ctx context.Context, e command.Env, rollout string, args ...string) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), args[0], args[1:]...) //nolint:gosec // it is what somebody typed
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = e.Dir, e.Stdin, e.Stdout, e.Stderr
	cmd.Env = e.Environ
	if rollout != "" {
		cmd.Env = append(cmd.Env, "TREATY_ROLLOUT="+rollout)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", shell.Join(args), err)
	}
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-ctx.Done():
			_ = cmd.Process.Signal(os.Interrupt) // where there is none, the command goes on
		case <-over:
		}
	}()
	return cmd.Wait()
}

// inShell are the words by which the shell of the system runs a line.
func inShell(line string) []string {
	if runtime.GOOS == "windows" {
		return []string{"cmd", "/C", line}
	}
	return []string{"sh", "-c", line}
}
