package records

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/ci"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type tagVersionOptions struct {
	connection  connection.Flags
	pacticipant string
	version     string
	tags        []string
	create      bool
	branch      bool
	output      string
}

// NewTagVersion makes the command create-version-tag.
func NewTagVersion(e command.Env) *cobra.Command {
	return command.New(e, "create-version-tag", "Tag a version",
		"treaty create-version-tag --pacticipant storefront --version 1.4.2 --tag production", &tagVersionOptions{})
}

func (o *tagVersionOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.pacticipant, "pacticipant", "a", "", "name of the application")
	f.StringVarP(&o.version, "version", "e", "", "its version")
	f.StringArrayVarP(&o.tags, "tag", "t", nil, "the tag; repeatable")
	f.BoolVar(&o.create, "auto-create-version", false, "create the version if the broker does not know it")
	f.BoolVarP(&o.branch, "tag-with-git-branch", "g", false, "tag with the name of the current branch")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *tagVersionOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"pacticipant", o.pacticipant}, command.Needed{"version", o.version}); err != nil {
		return err
	}
	if o.branch {
		if branch := ci.Branch(ctx, e); branch != "" {
			o.tags = append(o.tags, branch)
		}
	}
	if len(o.tags) == 0 {
		return command.Next(errors.New("no tag is given"), "add --tag NAME, or --tag-with-git-branch inside a repository")
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	if err := o.exists(ctx, broker); err != nil {
		return err
	}
	for _, tag := range o.tags {
		if err := broker.TagVersion(ctx, o.pacticipant, o.version, tag); err != nil {
			return err
		}
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, map[string]any{"pacticipant": o.pacticipant, "version": o.version, "tags": o.tags})
	}
	_, err = fmt.Fprintf(e.Stdout, "Tagged version %s of %s as %s.\n", o.version, o.pacticipant, strings.Join(o.tags, ", "))
	return err
}

// exists guards against tagging a version that a typing error made up.
func (o *tagVersionOptions) exists(ctx context.Context, broker *client.Client) error {
	if o.create {
		return nil
	}
	_, err := broker.FindVersion(ctx, o.pacticipant, o.version)
	if errors.Is(err, client.ErrNotFound) {
		alike := missing.Alike(ctx, broker, o.pacticipant, o.version)
		return command.Next(fmt.Errorf("the broker knows no version %s of %s%s", output.Shorten(o.version), output.Shorten(o.pacticipant), alike),
			"check the number, or add --auto-create-version")
	}
	return err
}

type untagVersionOptions struct {
	connection  connection.Flags
	pacticipant string
	version     string
	tags        []string
}

// NewUntagVersion makes the command delete-version-tag.
func NewUntagVersion(e command.Env) *cobra.Command {
	return command.New(e, "delete-version-tag", "Remove a tag from a version", "", &untagVersionOptions{})
}

func (o *untagVersionOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.pacticipant, "pacticipant", "a", "", "name of the application")
	f.StringVarP(&o.version, "version", "e", "", "its version")
	f.StringArrayVarP(&o.tags, "tag", "t", nil, "the tag; repeatable")
}

func (o *untagVersionOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"pacticipant", o.pacticipant}, command.Needed{"version", o.version}, command.Needed{"tag", strings.Join(o.tags, "")}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	for _, tag := range o.tags {
		err := broker.UntagVersion(ctx, o.pacticipant, o.version, tag)
		if err != nil && !errors.Is(err, client.ErrNotFound) { // gone already is as wanted
			return fmt.Errorf("remove the tag %s: %w", output.Shorten(tag), err)
		}
	}
	_, err = fmt.Fprintf(e.Stdout, "Version %s of %s is not tagged %s.\n", o.version, o.pacticipant, strings.Join(o.tags, ", "))
	return err
}
