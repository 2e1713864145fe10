package records

import (
	"context"
	"encoding/json"
	"errors"
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

type saveVersionOptions struct {
	connection  connection.Flags
	pacticipant string
	version     string
	branch      string
	tags        []string
	output      string
}

// NewSaveVersion makes the command create-or-update-version.
func NewSaveVersion(e command.Env) *cobra.Command {
	return command.New(e, "create-or-update-version", "Create a version, or put it on a branch and tag it",
		"treaty create-or-update-version --pacticipant storefront --version 1.4.2 --branch main", &saveVersionOptions{})
}

func (o *saveVersionOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.pacticipant, "pacticipant", "a", "", "name of the application")
	f.StringVarP(&o.version, "version", "e", "", "its version")
	f.StringVar(&o.branch, "branch", "", "branch of the version")
	f.StringArrayVarP(&o.tags, "tag", "t", nil, "tag of the version; repeatable")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *saveVersionOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"pacticipant", o.pacticipant}, command.Needed{"version", o.version}); err != nil {
		return err
	}
	if err := o.save(ctx, e); err != nil {
		return fmt.Errorf("save version %s of %s: %w", output.Shorten(o.version), output.Shorten(o.pacticipant), err)
	}
	if o.output == output.JSON {
		broker, err := o.connection.Client(e)
		if err != nil {
			return err
		}
		saved, err := broker.FindVersion(ctx, o.pacticipant, o.version)
		if err != nil {
			return err
		}
		return output.WriteJSON(e.Stdout, saved.Raw)
	}
	words := ""
	if o.branch != "" {
		words += " on branch " + o.branch
	}
	if len(o.tags) > 0 {
		words += " tagged " + strings.Join(o.tags, ", ")
	}
	_, err := fmt.Fprintf(e.Stdout, "Saved version %s of %s%s.\n", o.version, o.pacticipant, words)
	return err
}

func (o *saveVersionOptions) save(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	if o.branch == "" && len(o.tags) == 0 {
		return broker.SaveVersion(ctx, o.pacticipant, o.version)
	}
	if o.branch != "" {
		if err := broker.AddVersionToBranch(ctx, o.pacticipant, o.version, o.branch); err != nil {
			return err
		}
	}
	for _, tag := range o.tags {
		if err := broker.TagVersion(ctx, o.pacticipant, o.version, tag); err != nil {
			return err
		}
	}
	return nil
}

type describeVersionOptions struct {
	connection  connection.Flags
	pacticipant string
	version     string
	latest      string
	environment string
	deployed    bool
	released    bool
	output      string
}

// NewDescribeVersion makes the command describe-version.
func NewDescribeVersion(e command.Env) *cobra.Command {
	return command.New(e, "describe-version", "Show a version: the named one, or the latest",
		"treaty describe-version --pacticipant storefront --latest production", &describeVersionOptions{})
}

func (o *describeVersionOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.pacticipant, "pacticipant", "a", "", "name of the application")
	f.VarP(command.Filled(&o.version), "version", "e", "its version")
	f.VarP(command.Filled(&o.latest), "latest", "l", "its latest version (the default), or the latest with the TAG that follows")
	f.Lookup("latest").NoOptDefVal = command.LatestOfAll
	f.Var(command.Filled(&o.environment), "environment", "all its versions that are deployed or released to this environment")
	f.BoolVar(&o.deployed, "deployed", false, "with --environment: only those deployed")
	f.BoolVar(&o.released, "released", false, "with --environment: only those released")
	output.Bind(f, &o.output, output.Table, output.Text, output.JSON, output.ID)
}

func (o *describeVersionOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"pacticipant", o.pacticipant}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	if o.environment != "" {
		return o.inEnvironment(ctx, e, broker)
	}
	v, err := o.find(ctx, broker)
	if err != nil {
		return fmt.Errorf("find the version of %s: %w", output.Shorten(o.pacticipant), err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, v.Raw)
	}
	return o.write(e, v)
}

// inEnvironment describes every version that is in an environment.
func (o *describeVersionOptions) inEnvironment(ctx context.Context, e command.Env, broker *client.Client) error {
	numbers, err := broker.ListVersionsIn(ctx, o.pacticipant, o.environment, o.deployed || !o.released, o.released || !o.deployed)
	if err != nil {
		err = missing.Environment(ctx, broker, o.environment, err)
		return fmt.Errorf("find the versions of %s in %s: %w", output.Shorten(o.pacticipant), output.Shorten(o.environment), err)
	}
	documents := []json.RawMessage{}
	for i, number := range numbers {
		v, err := broker.FindVersion(ctx, o.pacticipant, number)
		if err != nil {
			return err
		}
		documents = append(documents, v.Raw)
		if o.output == output.JSON {
			continue
		}
		if i > 0 && o.output != output.ID {
			fmt.Fprintln(e.Stdout)
		}
		if err := o.write(e, v); err != nil {
			return err
		}
	}
	switch {
	case o.output == output.JSON:
		return output.WriteJSON(e.Stdout, documents)
	case len(numbers) == 0:
		err := fmt.Errorf("no version of %s is in %s: %w", output.Shorten(o.pacticipant), output.Shorten(o.environment), errNothing)
		return command.Next(missing.Application(ctx, broker, o.pacticipant, err), "check the names")
	}
	return nil
}

func (o *describeVersionOptions) write(e command.Env, v client.Version) error {
	if o.output == output.ID {
		_, err := fmt.Fprintln(e.Stdout, v.Number)
		return err
	}
	return output.WriteFields(e.Stdout,
		[2]string{"Application", o.pacticipant},
		[2]string{"Version", v.Number},
		[2]string{"Branches", strings.Join(v.Branches(), ", ")},
		[2]string{"Tags", strings.Join(v.Tags(), ", ")},
		[2]string{"Deployed to", places(v, "pb:deployed-environments")},
		[2]string{"Released to", places(v, "pb:released-environments")},
		[2]string{"Build", v.BuildURL},
	)
}

func (o *describeVersionOptions) find(ctx context.Context, broker *client.Client) (client.Version, error) {
	if o.version != "" {
		v, err := broker.FindVersion(ctx, o.pacticipant, o.version)
		return v, missing.Version(ctx, broker, o.pacticipant, o.version, err)
	}
	tag := o.latest
	if tag == command.LatestOfAll {
		tag = ""
	}
	v, err := broker.FindLatestVersion(ctx, o.pacticipant, tag)
	err = missing.Application(ctx, broker, o.pacticipant, err)
	switch {
	case !errors.Is(err, client.ErrNotFound):
		return v, err
	case tag == "":
		return v, command.Next(errors.New("it has no version yet"), "publish its pacts or verification results")
	default:
		return v, command.Next(fmt.Errorf("none is tagged '%s'", output.Shorten(tag)), "check the tag")
	}
}

// places lists the environments that a version's links name, each once, without
// those that it has left.
func places(v client.Version, rel string) string {
	var names []string
	for _, link := range v.Links[rel] {
		if !link.Former() && !slices.Contains(names, link.Name) {
			names = append(names, link.Name)
		}
	}
	return strings.Join(names, ", ")
}
