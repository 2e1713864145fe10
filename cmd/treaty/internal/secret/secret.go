// Package secret has the commands about the secrets that webhooks name. They work on the
// database of a broker, beside it, with its keys.
package secret

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/cmd/treaty/internal/setting"
)

// New makes the command secret with those below it.
func New(e command.Env) *cobra.Command {
	return command.Group("secret", "Keep, list, change and delete the values that webhooks send as ${user.NAME}, in the database of a broker",
		command.New(e, "create", "Keep a secret; its value comes from standard input or a file",
			"treaty secret create --name CI_TOKEN --host ci.example.org --secrets-key-file keys < token.txt", &saveOptions{}),
		command.New(e, "list", "List secrets, without the values", "", &listOptions{}),
		command.New(e, "update", "Change a secret; with --value-file or --value-stdin, its value",
			"treaty secret update --name CI_TOKEN --value-file token.txt --secrets-key-file keys", &saveOptions{update: true}),
		command.New(e, "delete", "Delete a secret; webhooks that name it fail from then on", "treaty secret delete --name CI_TOKEN", &deleteOptions{}),
		command.New(e, "rotate", "Encrypt all secrets anew with the newest key", "treaty secret rotate --secrets-key-file keys", &rotateOptions{}))
}

// saveOptions serve create and update.
type saveOptions struct {
	update                                               bool
	database, keys, name, rename, description, valueFile string
	hosts                                                []string
	anyHost, stdin                                       bool
	described                                            *pflag.Flag
}

func (o *saveOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	setting.BindSecretsKey(f, &o.keys)
	f.StringVar(&o.name, "name", "", "name of the secret, as webhooks have it between ${user. and }")
	f.StringVar(&o.description, "description", "", "what it is for")
	o.described = f.Lookup("description")
	f.StringVar(&o.valueFile, "value-file", "", "file with the value; a line break at its end is left out")
	f.StringArrayVar(&o.hosts, "host", nil, "host that it may be sent to, such as ci.example.org or *.example.org; repeatable. Each that webhooks may call if left out")
	if o.update {
		f.StringVar(&o.rename, "rename", "", "what it is called from now on")
		f.BoolVar(&o.stdin, "value-stdin", false, "read a new value from standard input")
		f.BoolVar(&o.anyHost, "any-host", false, "let it be sent to each host that webhooks may call")
	}
}

func (o *saveOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	if o.anyHost && len(o.hosts) > 0 || o.stdin && o.valueFile != "" {
		return command.Next(errors.New("two options say the opposite of each other"), "give --host or --any-host, and --value-file or --value-stdin")
	}
	in, err := o.input(e)
	if err != nil {
		return err
	}
	keys, err := setting.SecretsKey(e, o.keys)
	if err != nil {
		return err
	}
	database, word := setting.Database(e, o.database), "Keeps"
	if o.update {
		word = "Changed"
		uuid, err := uuidOf(ctx, database, o.name)
		if err != nil {
			return explain(err)
		}
		if _, err := broker.UpdateSecret(ctx, database, keys, uuid, in); err != nil {
			return explain(fmt.Errorf("change the secret: %w", err))
		}
	} else if _, err := broker.CreateSecret(ctx, database, keys, in); err != nil {
		return explain(fmt.Errorf("keep the secret: %w", err))
	}
	_, err = fmt.Fprintf(e.Stdout, "%s the secret %s. Webhooks name it as ${user.%s}.\n", word, *in.Name, *in.Name)
	return err
}

// input is what the options say about the secret. A new one has its value from
// standard input unless a file is named.
func (o *saveOptions) input(e command.Env) (broker.SecretInput, error) {
	in := broker.SecretInput{Name: &o.name}
	if o.rename != "" {
		in.Name = &o.rename
	}
	if o.described.Changed {
		in.Description = &o.description
	}
	if len(o.hosts) > 0 || o.anyHost {
		in.Hosts = &o.hosts
	}
	if o.update && !o.stdin && o.valueFile == "" {
		return in, nil
	}
	text, err := o.value(e)
	if err != nil {
		return in, err
	}
	value := broker.Secret(strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"))
	in.Value = &value
	return in, nil
}

// mostOfValue bounds what is read of a value, in bytes; the broker allows less.
const mostOfValue = 1 << 20

func (o *saveOptions) value(e command.Env) ([]byte, error) {
	if o.valueFile == "" {
		fmt.Fprintln(e.Stderr, "Reading the value from standard input.")
		return io.ReadAll(io.LimitReader(e.Stdin, mostOfValue))
	}
	text, err := os.ReadFile(e.Path(o.valueFile))
	if err != nil {
		return nil, command.Next(fmt.Errorf("read the value: %w", err), "check --value-file")
	}
	return text, nil
}

// uuidOf finds a secret by its name.
func uuidOf(ctx context.Context, database, name string) (string, error) {
	all, err := broker.ListSecrets(ctx, database)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(all, func(s broker.SecretInfo) bool { return s.Name == name })
	if at < 0 {
		return "", command.Next(fmt.Errorf("there is no secret %s", output.Shorten(name)), "treaty secret list shows those that there are")
	}
	return all[at].UUID, nil
}

type listOptions struct{ database, output string }

func (o *listOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

// doc is a secret in JSON.
type doc struct {
	UUID        string    `json:"uuid"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Hosts       []string  `json:"hosts"`
	Key         string    `json:"key"`
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
}

func (o *listOptions) Run(ctx context.Context, e command.Env) error {
	all, err := broker.ListSecrets(ctx, setting.Database(e, o.database))
	if err != nil {
		return explain(fmt.Errorf("list the secrets: %w", err))
	}
	if o.output == output.JSON {
		docs := make([]doc, 0, len(all))
		for _, s := range all {
			docs = append(docs, doc{s.UUID, s.Name, s.Description, append([]string{}, s.Hosts...), s.Key, s.CreatedAt, s.UpdatedAt})
		}
		return output.WriteJSON(e.Stdout, docs)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(e.Stdout, "No secret yet. Keep one: treaty secret create --name NAME --value-file FILE")
		return err
	}
	rows := make([][]string, 0, len(all))
	for _, s := range all {
		hosts := "each host"
		if len(s.Hosts) > 0 {
			hosts = strings.Join(s.Hosts, ", ")
		}
		rows = append(rows, []string{s.Name, hosts, s.UpdatedAt.UTC().Format("2006-01-02 15:04 UTC"), s.Key, s.Description})
	}
	return output.WriteTable(e.Stdout, []string{"NAME", "MAY GO TO", "CHANGED", "KEY", "WHAT FOR"}, rows)
}

type deleteOptions struct{ database, name string }

func (o *deleteOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	f.StringVar(&o.name, "name", "", "name of the secret, as treaty secret list shows it")
}

func (o *deleteOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	database := setting.Database(e, o.database)
	uuid, err := uuidOf(ctx, database, o.name)
	if err == nil {
		err = broker.DeleteSecret(ctx, database, uuid)
	}
	if err != nil {
		return explain(fmt.Errorf("delete the secret: %w", err))
	}
	_, err = fmt.Fprintf(e.Stdout, "Deleted the secret %s. Webhooks that name it fail from now on.\n", o.name)
	return err
}

type rotateOptions struct{ database, keys string }

func (o *rotateOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	setting.BindSecretsKey(f, &o.keys)
}

func (o *rotateOptions) Run(ctx context.Context, e command.Env) error {
	keys, err := setting.SecretsKey(e, o.keys)
	if err != nil {
		return err
	}
	done, err := broker.RotateSecrets(ctx, setting.Database(e, o.database), keys)
	fmt.Fprintf(e.Stdout, "Encrypted with the newest key: %d.\n", done)
	if err != nil {
		return explain(fmt.Errorf("rotate the secrets: %w", err))
	}
	_, err = fmt.Fprintln(e.Stdout, "Once every broker has the newest key as its first, the older ones can go.")
	return err
}

// explain says what to do about the usual reasons.
func explain(err error) error {
	if errors.Is(err, broker.ErrNoDatabase) {
		return command.Next(err, "name the database that the broker uses with --database; treaty serve makes a new one at its first start")
	}
	return err
}
