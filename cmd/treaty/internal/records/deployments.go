package records

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// bindInstance adds --application-instance and its old name --target.
func bindInstance(f *pflag.FlagSet, instance *string) {
	f.StringVar(instance, "application-instance", "", "which of several instances in the environment, if there are several")
	f.StringVar(instance, "target", "", "the same as --application-instance")
	_ = f.MarkHidden("target")
}

// at words an instance.
func at(instance string) string {
	if instance == "" {
		return ""
	}
	return " (instance " + instance + ")"
}

type recordDeploymentOptions struct {
	connection connection.Flags
	placement  placement
	instance   string
	output     string
}

// NewRecordDeployment makes the command record-deployment.
func NewRecordDeployment(e command.Env) *cobra.Command {
	return command.New(e, "record-deployment", "Record that a version now runs in an environment",
		"treaty record-deployment --pacticipant storefront --version 1.4.2 --environment production", &recordDeploymentOptions{})
}

func (o *recordDeploymentOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	o.placement.Bind(f)
	bindInstance(f, &o.instance)
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *recordDeploymentOptions) Run(ctx context.Context, e command.Env) error {
	if err := o.placement.check(); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	deployed, err := broker.RecordDeployment(ctx, o.placement.deployment(o.instance))
	if err != nil {
		return missing.Place(ctx, broker, o.placement.deployment(""), fmt.Errorf("record the deployment: %w", err))
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, deployed.Raw)
	}
	_, err = fmt.Fprintf(e.Stdout, "Recorded: version %s of %s is deployed to %s%s.\n",
		o.placement.version, o.placement.pacticipant, o.placement.environment, at(o.instance))
	return err
}

// errNothing is the cause of a failure to find what should have been ended, or
// described.
var errNothing error = nothing{}

type nothing struct{}

func (nothing) Error() string { return "nothing found" }

// Is tells that the broker has no such thing.
func (nothing) Is(target error) bool { return target == client.ErrNotFound }

type recordUndeploymentOptions struct {
	connection connection.Flags
	placement  placement
	instance   string
	output     string
}

// NewRecordUndeployment makes the command record-undeployment.
func NewRecordUndeployment(e command.Env) *cobra.Command {
	return command.New(e, "record-undeployment", "Record that an application no longer runs in an environment",
		"treaty record-undeployment --pacticipant storefront --environment test", &recordUndeploymentOptions{})
}

func (o *recordUndeploymentOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.placement.pacticipant, "pacticipant", "a", "", "name of the application")
	f.StringVar(&o.placement.environment, "environment", "", "name of the environment")
	bindInstance(f, &o.instance)
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *recordUndeploymentOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"pacticipant", o.placement.pacticipant}, command.Needed{"environment", o.placement.environment}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	all, err := broker.ListDeployed(ctx, o.placement.pacticipant, o.placement.environment)
	if err != nil {
		err = missing.Environment(ctx, broker, o.placement.environment, err)
		return fmt.Errorf("find what is deployed: %w", err)
	}
	there := slices.Clone(all)
	there = slices.DeleteFunc(there, func(d client.DeployedVersion) bool { return d.At() != o.instance })
	if len(there) == 0 {
		return missing.Application(ctx, broker, o.placement.pacticipant, o.nothing(all))
	}
	var answers []json.RawMessage
	for _, deployed := range there {
		answer, err := broker.EndDeployment(ctx, deployed)
		if err != nil {
			return fmt.Errorf("end the deployment of version %s: %w", deployed.Embedded.Version.Number, err)
		}
		answers = append(answers, answer)
		if o.output == output.Text {
			fmt.Fprintf(e.Stdout, "Recorded: version %s of %s is no longer deployed to %s%s.\n",
				deployed.Embedded.Version.Number, o.placement.pacticipant, o.placement.environment, at(o.instance))
		}
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, answers)
	}
	return nil
}

// nothing explains that there is no deployment to end, with the instances
// that the person may have meant.
func (o *recordUndeploymentOptions) nothing(all []client.DeployedVersion) error {
	err := fmt.Errorf("%s is not deployed to %s%s: %w",
		output.Shorten(o.placement.pacticipant), output.Shorten(o.placement.environment), at(output.Shorten(o.instance)), errNothing)
	var known []string
	for _, d := range all {
		if d.At() == "" {
			return command.Next(err, "it is deployed there without an instance: leave --application-instance out")
		}
		known = append(known, d.At())
	}
	if len(known) == 0 {
		return command.Next(err, "check the name of the application and of the environment")
	}
	return command.Next(err, "add --application-instance with one of: %s", strings.Join(known, ", "))
}
