// Package verify is the verifier on the command line, with the options of the
// Pact verifier.
package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/treatyhq/treaty/cmd/treaty/internal/ci"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/verifier"
)

// The exit statuses of verify besides 0 and 1 are those of the Pact verifier.
const (
	exitCannotVerify = 2 // bad options, nothing to verify, no provider there, a report that could not be written
	exitBadHeader    = 3
)

// New makes the command verify.
func New(e command.Env) *cobra.Command {
	var o flags
	cmd := &cobra.Command{
		Use:     "verify",
		Aliases: []string{"verifier"},
		Short:   "Verify that a provider keeps its pacts",
		Long: "Plays every interaction of the pacts against the running provider and compares the\n" +
			"answers. The exit status is 0 if all is well, 1 if something is not as a pact says,\n" +
			"2 if verification could not take place, 3 if a --header is invalid.\n\n" +
			"A pact file:    treaty verify --file pacts/shop-catalog.json --port 8080\n" +
			"From a broker:  treaty verify --broker-url http://localhost:9292 --provider-name catalog \\\n" +
			"                  --provider-version 1.2.0 --provider-branch main --port 8080 --publish",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			o.changed = cmd.Flags().Changed
			return o.Run(cmd.Context(), e)
		},
		Version: e.Build().Version,
	}
	o.Bind(cmd.Flags())
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return command.WithStatus(exitCannotVerify, command.WrongFlag(cmd, err))
	})
	return cmd
}

func (o *flags) Run(ctx context.Context, e command.Env) error {
	if o.unsent != "" {
		return o.publishUnsent(ctx, e)
	}
	o.detectBranch(ctx, e)
	opts, err := o.options(e)
	if err != nil {
		return cannotVerify(err)
	}
	if e.Getenv("GOGC") == "" {
		// A sixth less time for a few megabytes: a run is short and its heap small.
		defer debug.SetGCPercent(debug.SetGCPercent(200))
	}
	progress := newProgress(e.Stderr)
	opts.Progress = progress.show
	report, err := verifier.Verify(ctx, opts)
	progress.clear()
	if err != nil {
		return cannotVerify(err)
	}
	shortenSources(report, e.Dir)
	if err := o.write(e, report); err != nil {
		return command.WithStatus(exitCannotVerify, err)
	}
	return o.verdict(e, report)
}

// detectBranch fills in the branch of results that are published, as publish does for
// a consumer. Only a version that is the commit checked out here is known to be on it:
// another may be an older one that is verified again.
func (o *flags) detectBranch(ctx context.Context, e command.Env) {
	if o.publish && !o.changed("provider-branch") && o.version != "" && o.version == ci.Version(ctx, e) {
		o.branch = ci.Branch(ctx, e)
	}
}

// shortenSources names pact files as they are seen from the working folder.
func shortenSources(r verifier.Report, dir string) {
	for n := range r.Pacts {
		if rel, err := filepath.Rel(dir, r.Pacts[n].Source); err == nil && filepath.IsLocal(rel) {
			r.Pacts[n].Source = rel
		}
	}
}

// verdict turns the report into the command's error.
func (o *flags) verdict(e command.Env, r verifier.Report) error {
	err := r.Err()
	switch {
	case err == nil:
		return nil
	case o.soft && r.LeftToGate():
		fmt.Fprintln(e.Stderr, "treaty: the provider breaks a pact; --soft leaves the decision to can-i-deploy")
		return nil
	case !r.TookPlace():
		return command.WithStatus(exitCannotVerify, command.ErrSilent)
	default:
		return command.ErrSilent
	}
}

// cannotVerify gives an error of options or sources its status and its next
// step.
func cannotVerify(err error) error {
	if _, given := command.StatusOf(err); given {
		return err
	}
	if errors.Is(err, verifier.ErrNoPacts) {
		err = command.Next(err, "use --ignore-no-pacts-error if that is fine")
	}
	return command.WithStatus(exitCannotVerify, command.Next(err, "see the options with treaty verify --help"))
}

// write prints the report and writes the files that were asked for. All are
// tried, so that one bad path does not cost the other reports.
func (o *flags) write(e command.Env, r verifier.Report) error {
	errs := []error{writeVerification(e.Stdout, o.output, r)}
	for _, file := range []struct {
		path, flag string
		form       func(io.Writer, verifier.Report) error
	}{
		{e.Or(o.json, "PACT_VERIFIER_JSON_REPORT"), "json", verifier.WriteJSON},
		{e.Or(o.junit, "PACT_VERIFIER_JUNIT_REPORT"), "junit", verifier.WriteJUnit},
		{e.Or(o.html, "PACT_VERIFIER_HTML_REPORT"), "html", verifier.WriteHTML},
	} {
		if file.path == "" {
			continue
		}
		if err := writeReport(e.Path(file.path), r, file.form); err != nil {
			errs = append(errs, command.Next(fmt.Errorf("the report could not be written: %w", err), "check the path given to --%s", file.flag))
		}
	}
	return errors.Join(errs...)
}

func writeVerification(w io.Writer, form string, r verifier.Report) error {
	switch form {
	case output.JSON:
		return verifier.WriteJSON(output.Exactly(w), r)
	case output.JUnit:
		return verifier.WriteJUnit(output.Exactly(w), r)
	case output.GitHub:
		return errors.Join(verifier.WriteText(w, r), verifier.WriteGitHub(w, r))
	default:
		return verifier.WriteText(w, r)
	}
}

func (o *flags) publishUnsent(ctx context.Context, e command.Env) error {
	broker, err := o.broker(e)
	if err != nil {
		return cannotVerify(err)
	}
	if broker == nil {
		broker = &verifier.BrokerOptions{Auth: o.auth(e), Attempts: o.retries, OnRetry: connection.SayRetry(e)}
	}
	sent, err := verifier.PublishUnsent(ctx, e.Path(o.unsent), *broker)
	fmt.Fprintf(e.Stdout, "%d results published\n", sent)
	return command.Next(err, "what was not taken stays in %s; try again when the broker answers", o.unsent)
}
