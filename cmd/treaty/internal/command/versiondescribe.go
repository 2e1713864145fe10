package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
)

type describeVersionOptions struct {
	connection  connection
	pacticipant string
	version     string
	latest      string
	output      string
}

func newDescribeVersion(e Env) *cobra.Command {
	return newCommand(e, "describe-version", "Show a version: the named one, or the latest",
		"treaty describe-version --pacticipant storefront --latest production", &describeVersionOptions{})
}

func (o *describeVersionOptions) bind(f *pflag.FlagSet) {
	o.connection.bind(f)
	f.StringVarP(&o.pacticipant, "pacticipant", "a", "", "name of the application")
	f.StringVarP(&o.version, "version", "e", "", "its version")
	f.StringVarP(&o.latest, "latest", "l", "", "its latest version (the default), or the latest with the TAG that follows")
	f.Lookup("latest").NoOptDefVal = latestOfAll
	bindOutput(f, &o.output, outputTable, outputText, outputJSON, outputID)
}

func (o *describeVersionOptions) run(ctx context.Context, e Env) error {
	if err := insist(needed{"pacticipant", o.pacticipant}); err != nil {
		return err
	}
	broker, err := o.connection.client(e)
	if err != nil {
		return err
	}
	v, err := o.find(ctx, broker)
	if err != nil {
		return fmt.Errorf("find the version of %s: %w", shorten(o.pacticipant), err)
	}
	switch o.output {
	case outputJSON:
		return writeJSON(e.Stdout, v.Raw)
	case outputID:
		_, err := fmt.Fprintln(e.Stdout, v.Number)
		return err
	default:
		return fields(e.Stdout,
			[2]string{"Application", o.pacticipant},
			[2]string{"Version", v.Number},
			[2]string{"Branches", strings.Join(v.Branches(), ", ")},
			[2]string{"Tags", strings.Join(v.Tags(), ", ")},
			[2]string{"Deployed to", places(v, "pb:deployed-environments")},
			[2]string{"Released to", places(v, "pb:released-environments")},
			[2]string{"Build", v.BuildURL},
		)
	}
}

func (o *describeVersionOptions) find(ctx context.Context, broker *client.Client) (client.Version, error) {
	if o.version != "" {
		return broker.FindVersion(ctx, o.pacticipant, o.version)
	}
	tag := o.latest
	if tag == latestOfAll {
		tag = ""
	}
	return broker.FindLatestVersion(ctx, o.pacticipant, tag)
}

// places lists the environments that a version's links name.
func places(v client.Version, rel string) string {
	var names []string
	for _, link := range v.Links[rel] {
		names = append(names, link.Name)
	}
	return strings.Join(names, ", ")
}
