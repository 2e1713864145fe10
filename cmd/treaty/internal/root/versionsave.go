package root

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
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

func newSaveVersion(e command.Env) *cobra.Command {
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
