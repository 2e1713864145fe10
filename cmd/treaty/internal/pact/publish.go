package pact

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
	"github.com/treatyhq/treaty/cmd/treaty/internal/ci"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

type publishOptions struct {
	connection   connection.Flags
	version      string
	branch       string
	buildURL     string
	tags         []string
	tagBranch    bool
	merge        bool
	check        bool
	strict       bool
	detect       bool
	output       string
	pactArgs     []string
	consumerName string
}

// NewPublish makes the command publish.
func NewPublish(e command.Env) *cobra.Command {
	var o publishOptions
	cmd := &cobra.Command{
		Use:   "publish FILES|FOLDERS|PATTERNS...",
		Short: "Publish pact files with the version and branch of their consumer",
		Long: "Publish pact files with the version and branch of their consumer.\n\n" +
			"Folders mean their .json files. Patterns may hold *, ?, [a-z], {a,b} and ** for folders\n" +
			"at any depth. Files of one consumer and provider become one pact; what a folder or a\n" +
			"pattern brings along that is not a pact is left out and told.\n\n" +
			"What is not given is taken from the build server's variables or from git: the\n" +
			"version is the commit, the branch the current one.",
		Example: "  treaty publish ./pacts --consumer-app-version 1.4.2 --branch main",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.pactArgs = args
			return o.Run(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *publishOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVarP(&o.version, "consumer-app-version", "a", "", "version of the consumer; the commit if left out")
	f.StringVar(&o.branch, "branch", "", "branch of the version; the current one if left out")
	f.StringArrayVarP(&o.tags, "tag", "t", nil, "tag of the version; repeatable")
	f.BoolVarP(&o.tagBranch, "tag-with-git-branch", "g", false, "tag the version with the name of its branch")
	f.StringVar(&o.buildURL, "build-url", "", "address of the build that made the pacts")
	f.BoolVar(&o.merge, "merge", false, "add to a pact that this version has published already, instead of replacing it")
	f.BoolVar(&o.check, "validate", false, "check the pacts first; publish nothing and exit 2 if pact lint finds errors")
	f.BoolVar(&o.strict, "strict", false, "like --validate, and refuse its warnings too")
	f.BoolVarP(&o.detect, "auto-detect-version-properties", "r", true, "take what is not given from the build server or from git")
	f.Var(command.Filled(&o.consumerName), "consumer", "publish only the pacts of this consumer")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

func (o *publishOptions) Run(ctx context.Context, e command.Env) error {
	if len(o.pactArgs) == 0 {
		return command.Next(errors.New("no pact file is named"), "name the files or their folder, as in: treaty publish ./pacts")
	}
	pacts, err := readPacts(e, o.pactArgs)
	if err != nil {
		return err
	}
	if err := o.detectProperties(ctx, e); err != nil {
		return err
	}
	if err := o.validate(e, pacts); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	publications := o.publications(pacts)
	if len(publications) == 0 {
		return command.Next(fmt.Errorf("none of the %d pacts is of a consumer named %q", len(pacts), output.Shorten(o.consumerName)), "check --consumer")
	}
	var answers []json.RawMessage
	for _, publication := range publications {
		published, err := broker.Publish(ctx, publication)
		if err != nil {
			return o.explain(e, publication, err)
		}
		answers = append(answers, published.Raw)
		if o.output == output.Text {
			if err := output.WriteNotices(e.Stdout, e.Color, published.Notices); err != nil {
				return err
			}
		}
	}
	if o.output == output.JSON {
		return writePublished(e, answers)
	}
	return nil
}

// detectProperties fills in what the flags leave out.
func (o *publishOptions) detectProperties(ctx context.Context, e command.Env) error {
	if o.detect {
		if o.version == "" {
			o.version = ci.Version(ctx, e)
		}
		if o.branch == "" {
			o.branch = ci.Branch(ctx, e)
		}
		if o.buildURL == "" {
			o.buildURL = ci.BuildURL(e)
		}
	}
	if o.version == "" {
		why := "there is no git repository here"
		if ci.Git(ctx, e, "rev-parse", "--is-inside-work-tree") == "true" {
			why = "the git repository here has no commit yet"
		}
		return command.Next(errors.New("the version of the consumer is not known: it is not given, and "+why),
			"add --consumer-app-version, best with the commit in it")
	}
	if !o.tagBranch {
		return nil
	}
	tag := o.branch
	if tag == "" {
		tag = ci.Branch(ctx, e)
	}
	if tag == "" {
		return command.Next(errors.New("--tag-with-git-branch is given, but no branch is known here"), "add --branch, or a --tag")
	}
	if !slices.Contains(o.tags, tag) {
		o.tags = append(o.tags, tag)
	}
	return nil
}

// publications makes one request for each consumer, because version, branch
// and tags belong to the consumer.
func (o *publishOptions) publications(pacts []client.PublishedPact) []client.Publication {
	var all []client.Publication
	for _, pact := range pacts {
		if o.consumerName != "" && o.consumerName != pact.Consumer {
			continue
		}
		if o.merge {
			pact.OnConflict = "merge"
		}
		at := slices.IndexFunc(all, func(p client.Publication) bool { return p.Pacticipant == pact.Consumer })
		if at < 0 {
			at = len(all)
			all = append(all, client.Publication{
				Pacticipant: pact.Consumer, Version: o.version, Branch: o.branch, BuildURL: o.buildURL, Tags: o.tags,
			})
		}
		all[at].Pacts = append(all[at].Pacts, pact)
	}
	return all
}

// explain prints the broker's notices about a refused publication and says
// how to go on.
func (o *publishOptions) explain(e command.Env, p client.Publication, err error) error {
	var refused *client.Error
	if errors.As(err, &refused) {
		reasons, others := splitNotices(refused.Notices)
		if printed := output.WriteNotices(e.Stderr, e.Color, others); printed != nil {
			return printed
		}
		if len(reasons) > 0 { // they say what the fields repeat
			err = &worded{strings.Join(reasons, "\n  "), refused}
		}
	}
	err = fmt.Errorf("publish the pacts of %s: %w", output.Shorten(p.Pacticipant), err)
	if errors.Is(err, client.ErrConflict) {
		return command.Next(err, "publish changed pacts under a new version: a pact that others may have verified must not change (this was %s)", output.Shorten(p.Version))
	}
	return err
}

// worded is an error in other words.
type worded struct {
	text string
	err  error
}

func (w *worded) Error() string { return w.text }
func (w *worded) Unwrap() error { return w.err }

// splitNotices takes the reasons of a refusal out of what else is told.
func splitNotices(notices []client.Notice) (reasons []string, others []client.Notice) {
	for _, n := range notices {
		if n.Type == "error" {
			reasons = append(reasons, n.Text)
			continue
		}
		others = append(others, n)
	}
	return reasons, others
}

// writePublished prints the answer, or the list of answers if the pacts are
// of several consumers.
func writePublished(e command.Env, answers []json.RawMessage) error {
	if len(answers) == 1 {
		return output.WriteJSON(e.Stdout, answers[0])
	}
	return output.WriteJSON(e.Stdout, answers)
}
