package pact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/missing"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/wholefile"
)

type getPactsOptions struct {
	connection connection.Flags
	query      client.PactQuery
	download   bool
	folder     string
	output     string
}

// NewGetPacts makes the command get-pacts.
func NewGetPacts(e command.Env) *cobra.Command {
	return command.New(e, "get-pacts", "List or download the pacts of a provider by branch",
		"treaty get-pacts --provider catalog --branch main --latest --download", &getPactsOptions{})
}

func (o *getPactsOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.query.Provider, "provider", "", "name of the provider")
	f.Var(command.Filled(&o.query.Consumer), "consumer", "only the pacts of this consumer")
	f.StringVar(&o.query.Branch, "branch", "", "branch of the consumer; its main branch if left out")
	f.BoolVar(&o.query.Latest, "latest", false, "only the latest of the branch")
	f.BoolVar(&o.download, "download", false, "write the pacts to files")
	f.StringVar(&o.folder, "download-dir", "pacts", "folder for the files; made if it is missing")
	output.Bind(f, &o.output, output.Table, output.Text, output.JSON)
}

func (o *getPactsOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"provider", o.query.Provider}); err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	list, err := broker.ListPacts(ctx, o.query)
	if err != nil {
		err = missing.Application(ctx, broker, o.query.Provider, err)
		return fmt.Errorf("list the pacts of %s: %w", output.Shorten(o.query.Provider), err)
	}
	if o.download {
		return o.save(ctx, e, broker, list.Entries)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, list.Raw)
	}
	var rows [][]string
	for _, link := range list.Entries {
		rows = append(rows, []string{link.Name, link.Title, link.Href})
	}
	return output.WriteTable(e.Stdout, []string{"NAME", "PACT", "ADDRESS"}, rows)
}

// save writes each pact to consumer-provider.json, with the version in the
// name where there are several.
func (o *getPactsOptions) save(ctx context.Context, e command.Env, broker *client.Client, links []client.Link) error {
	if len(links) == 0 {
		return command.Next(errors.New("there is no such pact"), "check --provider, --consumer and --branch")
	}
	folder := e.Path(o.folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return command.Next(err, "choose another --download-dir")
	}
	for _, link := range links {
		pact, err := broker.FetchPact(ctx, link.Href)
		if err != nil {
			return err
		}
		file := filepath.Join(folder, pactFileName(pact, len(links) > 1))
		if err := wholefile.Write(file, pact.Content, 0o644); err != nil {
			return command.Next(err, "choose another --download-dir")
		}
		fmt.Fprintf(e.Stdout, "Wrote %s\n", file)
	}
	return nil
}

func pactFileName(pact client.Pact, withVersion bool) string {
	var parties struct {
		Consumer struct{ Name string } `json:"consumer"`
		Provider struct{ Name string } `json:"provider"`
	}
	_ = json.Unmarshal(pact.Content, &parties) // without names the file is still written
	name := parties.Consumer.Name + "-" + parties.Provider.Name
	if version, found := pact.Links.Find("pb:consumer-version"); found && withVersion {
		name += "-" + version.Name
	}
	return safeFileName(name) + ".json"
}

// safeFileName replaces what could leave the folder or upset a file system.
func safeFileName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, name)
	safe = strings.TrimLeft(safe, ".")
	if runes := []rune(safe); len(runes) > 120 {
		safe = string(runes[:120])
	}
	return safe
}
