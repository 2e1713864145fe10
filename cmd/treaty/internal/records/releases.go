package records

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type recordReleaseOptions struct {
	connection connection.Flags
	placement  placement
	output     string
}

// NewRecordRelease makes the command record-release.
func NewRecordRelease(e command.Env) *cobra.Command {
	return command.New(e, "record-release", "Record that a version is released and supported in an environment",
		"treaty record-release --pacticipant app --version 2.0.0 --environment app-store", &recordReleaseOptions{})
}

func (o *recordReleaseOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	o.placement.Bind(f)
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *recordReleaseOptions) Run(ctx context.Context, e command.Env) error {
	if err := o.placement.check(); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	answer, err := broker.RecordRelease(ctx, o.placement.deployment(""))
	if err != nil {
		return missing.Place(ctx, broker, o.placement.deployment(""), fmt.Errorf("record the release: %w", err))
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, answer)
	}
	_, err = fmt.Fprintf(e.Stdout, "Recorded: version %s of %s is released to %s.\n",
		o.placement.version, o.placement.pacticipant, o.placement.environment)
	return err
}

type recordSupportEndedOptions struct {
	connection connection.Flags
	placement  placement
	output     string
}

// NewRecordSupportEnded makes the command record-support-ended.
func NewRecordSupportEnded(e command.Env) *cobra.Command {
	return command.New(e, "record-support-ended", "Record that a released version is no longer supported",
		"treaty record-support-ended --pacticipant app --version 2.0.0 --environment app-store", &recordSupportEndedOptions{})
}

func (o *recordSupportEndedOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	o.placement.Bind(f)
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *recordSupportEndedOptions) Run(ctx context.Context, e command.Env) error {
	if err := o.placement.check(); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	releases, err := broker.ListSupported(ctx, o.placement.deployment(""))
	if err != nil {
		err = missing.Environment(ctx, broker, o.placement.environment, err)
		return fmt.Errorf("find what is released: %w", err)
	}
	if len(releases) == 0 {
		err := fmt.Errorf("version %s of %s is not released to %s: %w",
			output.Shorten(o.placement.version), output.Shorten(o.placement.pacticipant), output.Shorten(o.placement.environment), errNothing)
		return command.Next(missing.Application(ctx, broker, o.placement.pacticipant, err),
			"check the names; treaty describe-version shows where a version is")
	}
	var answers []json.RawMessage
	for _, release := range releases {
		answer, err := broker.EndSupport(ctx, release)
		if err != nil {
			return fmt.Errorf("end the support: %w", err)
		}
		answers = append(answers, answer)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, answers)
	}
	_, err = fmt.Fprintf(e.Stdout, "Recorded: version %s of %s is no longer supported in %s.\n",
		o.placement.version, o.placement.pacticipant, o.placement.environment)
	return err
}
