// Package token has the commands about tokens. They work on the database of a broker,
// beside it: whoever may open that needs no token, and so the first one is made.
package token

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/cmd/treaty/internal/people"
	"github.com/treatyhq/treaty/cmd/treaty/internal/setting"
)

// New makes the command token with those below it.
func New(e command.Env) *cobra.Command {
	return command.Group("token", "Make, list and delete the tokens of a broker, in its database",
		command.New(e, "create", "Make a token, and an account for it; prints the value alone",
			"treaty token create --role Administrator --name \"Ada's laptop\" --database sqlite:treaty.db", &createOptions{}),
		command.New(e, "list", "List accounts with their tokens, without the values", "", &listOptions{}),
		command.New(e, "delete", "Delete a token; brokers refuse it within two seconds", "treaty token delete --uuid 6bb6b0b6-…", &deleteOptions{}),
		people.NewExchange(e))
}

type createOptions struct {
	database, role, account, name, expires string
	readOnly                               bool
}

func (o *createOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	f.StringVar(&o.role, "role", "", "role of a new account: Administrator, CI/CD, Viewer or one of your own")
	f.StringVar(&o.account, "account", "", "UUID of an account that there is, in place of a role")
	f.StringVar(&o.name, "name", "", "what the token is called, and its account if that is new")
	f.BoolVar(&o.readOnly, "read-only", false, "let the token only read, whatever its account may do")
	f.StringVar(&o.expires, "expires-in", "", "how long it counts, such as 90d or 12h; until it is deleted if left out")
}

func (o *createOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	if (o.role == "") == (o.account == "") {
		return command.Next(errors.New("a token is for a new account with --role, or for one that there is with --account"), "give one of the two, such as --role CI/CD")
	}
	lives, err := o.lives()
	if err != nil {
		return err
	}
	value, err := broker.CreateToken(ctx, setting.Database(e, o.database), broker.NewToken{
		Account: o.account, Role: o.role, Name: o.name, ReadOnly: o.readOnly, Lives: lives,
	})
	if err != nil {
		return explain(fmt.Errorf("make the token: %w", err))
	}
	fmt.Fprintln(e.Stderr, "Keep the value: it is not shown again. Clients take it from PACT_BROKER_TOKEN. The broker asks for tokens where it runs with --identity.")
	_, err = fmt.Fprintln(e.Stdout, value)
	return err
}

// lives reads --expires-in: days, which Go's durations do not have, or what they have.
func (o *createOptions) lives() (time.Duration, error) {
	if o.expires == "" {
		return 0, nil
	}
	lives, err := time.ParseDuration(o.expires)
	if days, isDays := strings.CutSuffix(o.expires, "d"); isDays {
		var n int
		if n, err = strconv.Atoi(days); n > 36500 {
			err = errors.New("more than a hundred years")
		}
		lives = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || lives <= 0 {
		return 0, command.Next(fmt.Errorf("--expires-in %s is no time that a token can count", output.Shorten(o.expires)), "write it as 90d, 12h or 30m")
	}
	return lives, nil
}

type listOptions struct {
	database, output string
}

func (o *listOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	output.Bind(f, &o.output, output.Text, output.Table, output.JSON)
}

func (o *listOptions) Run(ctx context.Context, e command.Env) error {
	tokens, err := broker.ListTokens(ctx, setting.Database(e, o.database))
	if err != nil {
		return explain(fmt.Errorf("list the tokens: %w", err))
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, docs(tokens))
	}
	if len(tokens) == 0 {
		_, err := fmt.Fprintln(e.Stdout, "No token yet. Make one: treaty token create --role Administrator --name NAME")
		return err
	}
	rows := make([][]string, 0, len(tokens))
	for _, t := range tokens {
		rows = append(rows, []string{t.UUID, t.Account, strings.Join(t.Roles, ", "), t.Name, state(t), day(t.ExpiresAt, "never"), day(t.LastUsedAt, "never")})
	}
	return output.WriteTable(e.Stdout, []string{"UUID", "ACCOUNT", "ROLES", "TOKEN", "MAY", "EXPIRES", "LAST USED"}, rows)
}

// state says in a word or two what a token is good for.
func state(t broker.TokenInfo) string {
	switch {
	case !t.HasValue:
		return "nothing: no value made"
	case !t.Active:
		return "nothing: account off"
	case !t.ExpiresAt.IsZero() && time.Now().After(t.ExpiresAt):
		return "nothing: expired"
	case t.ReadOnly:
		return "read"
	}
	return "read, write"
}

func day(moment time.Time, never string) string {
	if moment.IsZero() {
		return never
	}
	return moment.UTC().Format("2006-01-02 15:04 UTC")
}

// doc is a token in JSON.
type doc struct {
	UUID        string     `json:"uuid"`
	Description string     `json:"description"`
	Account     string     `json:"account"`
	AccountUUID string     `json:"accountUuid"`
	Roles       []string   `json:"roles"`
	Write       bool       `json:"write"`
	Usable      bool       `json:"usable"`
	CreatedAt   time.Time  `json:"createdAt"`
	ExpiresAt   *time.Time `json:"expiresAt,omitempty"`
	LastUsedAt  *time.Time `json:"lastUsedAt,omitempty"`
}

func docs(tokens []broker.TokenInfo) []doc {
	out := make([]doc, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, doc{
			UUID: t.UUID, Description: t.Name, Account: t.Account, AccountUUID: t.AccountUUID, Roles: t.Roles, Write: !t.ReadOnly,
			Usable: !strings.HasPrefix(state(t), "nothing"), CreatedAt: t.CreatedAt, ExpiresAt: orNil(t.ExpiresAt), LastUsedAt: orNil(t.LastUsedAt),
		})
	}
	return out
}

func orNil(moment time.Time) *time.Time {
	if moment.IsZero() {
		return nil
	}
	return &moment
}

type deleteOptions struct {
	database, uuid string
}

func (o *deleteOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	f.StringVar(&o.uuid, "uuid", "", "UUID of the token, as treaty token list shows it")
}

func (o *deleteOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"uuid", o.uuid}); err != nil {
		return err
	}
	if err := broker.DeleteToken(ctx, setting.Database(e, o.database), o.uuid); err != nil {
		return explain(fmt.Errorf("delete the token: %w", err))
	}
	_, err := fmt.Fprintln(e.Stdout, "Deleted the token. Running brokers refuse it within two seconds.")
	return err
}

// explain says what to do about the usual reasons.
func explain(err error) error {
	if errors.Is(err, broker.ErrNoDatabase) {
		return command.Next(err, "name the database that the broker uses with --database; treaty serve makes a new one at its first start")
	}
	return err
}
