package people

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"maps"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// NewTrust makes the command trust with those below it.
func NewTrust(e command.Env) *cobra.Command {
	return command.Group("trust", "Let pipelines in by the tokens of their build servers: make, list, try, change and delete the rules",
		command.New(e, "create", "Make a rule", "treaty trust create --name shop --github acme/shop --match ref=refs/heads/main --account 'Checkout CI'", &saveTrustOptions{}),
		command.New(e, "list", "List rules in the order in which they are tried", "", &listOptions{what: "trust rules", kind: trustRules}),
		command.New(e, "try", "Say which rule a token fits, and of the others why not; the token comes from a file or standard input",
			"treaty trust try --token-file token.txt", &tryOptions{}),
		command.New(e, "update", "Change a rule; claims that are given replace those that it has", "treaty trust update --name shop --inactive", &saveTrustOptions{update: true}),
		command.New(e, "delete", "Delete a rule; those that it let in are refused within two seconds", "treaty trust delete --name shop", &oneOptions{what: "rule", run: deleteTrust}))
}

func trustRules(ctx context.Context, broker *client.Client) (header []string, rows [][]string, all any, err error) {
	found, err := broker.ListTrustRules(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	accounts, err := broker.ListAccounts(ctx)
	names := map[string]string{}
	for _, a := range accounts {
		names[a.UUID] = a.Name
	}
	for _, r := range found {
		var match []string
		for _, claim := range slices.Sorted(maps.Keys(r.Match)) {
			match = append(match, claim+"="+r.Match[claim])
		}
		is := "on"
		if !r.Active {
			is = "off"
		}
		may := "all of the account's"
		switch {
		case r.Permissions != nil:
			may = strings.Join(r.Permissions, ", ")
		case !r.Write:
			may = "only read"
		}
		rows = append(rows, []string{strconv.Itoa(r.Position), r.UUID, r.Name, is, r.Issuer, r.Audience, strings.Join(match, ", "), names[r.Account], may})
	}
	return []string{"", "UUID", "RULE", "IS", "ISSUER", "AUDIENCE", "CLAIMS", "ACCOUNT", "MAY"}, rows, found, err
}

func ruleNamed(ctx context.Context, broker *client.Client, name string) (client.TrustRule, error) {
	all, err := broker.ListTrustRules(ctx)
	if err != nil {
		return client.TrustRule{}, err
	}
	return named("trust rule", name, all, func(r client.TrustRule) (string, string) { return r.Name, r.UUID })
}

func deleteTrust(ctx context.Context, e command.Env, broker *client.Client, o *oneOptions) error {
	r, err := ruleNamed(ctx, broker, o.name)
	if err != nil {
		return fmt.Errorf("find the rule: %w", err)
	}
	return gone(e, "trust rule", r.Name, broker.DeleteTrustRule(ctx, r.UUID))
}

// Where the build servers that are named by flags of their own issue tokens.
const (
	issuerGitHub = "https://token.actions.githubusercontent.com"
	issuerGitLab = "https://gitlab.com"
)

// saveTrustOptions serve create and update.
type saveTrustOptions struct {
	update                                                                      bool
	connection                                                                  connection.Flags
	name, rename, issuer, audience, github, gitlab, kubernetes, account, output string
	match, permissions                                                          []string
	readOnly, active, inactive, allPermissions, readWrite                       bool
	position                                                                    int
}

func (o *saveTrustOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.issuer, "issuer", "", "claim iss of the tokens, such as https://gitlab.example.com")
	f.StringVar(&o.audience, "audience", "", "one of the claim aud; the address of the broker if a new rule names none")
	f.StringVar(&o.github, "github", "", "repository on GitHub, as owner/name: sets the issuer and the claim repository")
	f.StringVar(&o.gitlab, "gitlab", "", "project on GitLab, as group/name: sets the claim project_path, and the issuer "+issuerGitLab+" unless --issuer names your own")
	f.StringVar(&o.kubernetes, "kubernetes", "", "service account, as namespace/name: sets the claim sub; --issuer is the cluster's")
	f.StringArrayVar(&o.match, "match", nil, "what a claim has to be, as claim=value; repeatable. A * stands for any text in names of branches, tags and environments")
	f.StringArrayVar(&o.permissions, "permission", nil, "leave of what the account may do this alone, such as contract_data:read:*; repeatable")
	f.BoolVar(&o.readOnly, "read-only", false, "let the tokens only read")
	f.IntVar(&o.position, "position", 0, "place among all rules, 1 for the one that is tried first")
	if o.update {
		f.StringVar(&o.name, "name", "", "name of the rule, or its UUID")
		f.StringVar(&o.rename, "rename", "", "what it is called from now on")
		f.BoolVar(&o.readWrite, "read-write", false, "let the tokens write as well")
		f.BoolVar(&o.allPermissions, "all-permissions", false, "leave all that the account may do")
		f.BoolVar(&o.active, "active", false, "switch it on")
		f.BoolVar(&o.inactive, "inactive", false, "switch it off: those that it let in are refused within two seconds")
	} else {
		f.StringVar(&o.name, "name", "", "name of the rule")
		f.StringVar(&o.account, "account", "", "account, by name or UUID, that holders of such tokens are")
	}
	output.Bind(f, &o.output, output.Text, output.ID)
}

func (o *saveTrustOptions) Run(ctx context.Context, e command.Env) error {
	needed := []command.Needed{{"name", o.name}}
	if !o.update {
		needed = append(needed, command.Needed{"account", o.account})
	}
	if err := command.Insist(needed...); err != nil {
		return err
	}
	if o.active && o.inactive || o.readOnly && o.readWrite || o.allPermissions && len(o.permissions) > 0 {
		return command.Next(errors.New("two options say the opposite of each other"), "leave one of the two out")
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	in, err := o.change(broker)
	if err != nil {
		return err
	}
	if o.update {
		found, err := ruleNamed(ctx, broker, o.name)
		if err != nil {
			return fmt.Errorf("find the rule: %w", err)
		}
		changed, err := broker.UpdateTrustRule(ctx, found.UUID, in)
		if err != nil {
			return fmt.Errorf("change the trust rule %s: %w", found.Name, err)
		}
		return said(e, o.output, changed.UUID, fmt.Sprintf("Changed the trust rule %s.", changed.Name))
	}
	account, err := accountNamed(ctx, broker, o.account)
	if err != nil {
		return fmt.Errorf("find the account: %w", err)
	}
	in.Name, in.Account = &o.name, &account.UUID
	made, err := broker.CreateTrustRule(ctx, in)
	if err != nil {
		return fmt.Errorf("make the trust rule %q: %w", output.Shorten(o.name), err)
	}
	return said(e, o.output, made.UUID, fmt.Sprintf("Made the trust rule %s (%s). Pipelines put a token for the audience %s into PACT_BROKER_TOKEN.", made.Name, made.UUID, made.Audience))
}

// change is what the options say about the rule.
func (o *saveTrustOptions) change(broker *client.Client) (in client.TrustRuleChange, err error) {
	given := func(text string) *string {
		if text == "" {
			return nil
		}
		return &text
	}
	in.Name, in.Issuer, in.Audience = given(o.rename), given(o.issuer), given(o.audience)
	if !o.update && in.Audience == nil {
		base := broker.BaseURL()
		in.Audience = &base
	}
	if err := o.claims(&in); err != nil {
		return in, err
	}
	if o.readOnly || o.readWrite {
		in.Write = &o.readWrite
	}
	if o.active || o.inactive {
		in.Active = &o.active
	}
	if len(o.permissions) > 0 || o.allPermissions {
		permissions := append([]string{}, o.permissions...)
		in.Permissions = &permissions
	}
	if o.position != 0 {
		in.Position = &o.position
	}
	return in, nil
}

// claims are the issuer and the claims that the options name.
func (o *saveTrustOptions) claims(in *client.TrustRuleChange) error {
	match := map[string]string{}
	for _, one := range o.match {
		claim, value, found := strings.Cut(one, "=")
		if !found || claim == "" {
			return command.Next(fmt.Errorf("--match %q is not a claim with its value", output.Shorten(one)), "write --match claim=value, such as --match ref=refs/heads/main")
		}
		match[claim] = value
	}
	issuers := 0
	for _, server := range []struct{ flag, given, issuer, claim, before string }{
		{"github", o.github, issuerGitHub, "repository", ""}, {"gitlab", o.gitlab, issuerGitLab, "project_path", ""}, {"kubernetes", o.kubernetes, "", "sub", "system:serviceaccount:"},
	} {
		if server.given == "" {
			continue
		}
		if issuers++; issuers > 1 {
			return command.Next(errors.New("a rule is for one issuer"), "give one of --github, --gitlab and --kubernetes, and make a rule for each")
		}
		owner, name, found := strings.Cut(server.given, "/")
		if !found || owner == "" || name == "" {
			return command.Next(fmt.Errorf("--%s %q has no slash in it", server.flag, output.Shorten(server.given)), "write owner/name")
		}
		match[server.claim] = server.given
		if server.before != "" {
			match[server.claim] = server.before + owner + ":" + name
		}
		if in.Issuer == nil && server.issuer != "" {
			in.Issuer = &server.issuer
		}
	}
	if len(match) > 0 {
		in.Match = match
	}
	if !o.update && in.Issuer == nil {
		return command.Next(errors.New("the rule names no issuer"), "give --github owner/name, --gitlab group/name, or --issuer with --match")
	}
	return nil
}

// tryOptions serve try.
type tryOptions struct {
	connection   connection.Flags
	file, output string
}

func (o *tryOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.file, "token-file", "", "file with the token; standard input if left out")
	output.Bind(f, &o.output, output.Text, output.JSON)
}

// longestTokenFile bounds what is read.
const longestTokenFile = 64 << 10

func (o *tryOptions) Run(ctx context.Context, e command.Env) error {
	token, err := readToken(e, o.file)
	if err != nil {
		return err
	}
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	trial, err := broker.TryTrustRules(ctx, token)
	if err != nil {
		return fmt.Errorf("try the token: %w", err)
	}
	if o.output == output.JSON {
		return output.WriteJSON(e.Stdout, trial)
	}
	lets := ""
	var rows [][]string
	for i, r := range trial.Rules {
		said := "fits"
		switch {
		case r.Counts:
			said, lets = "fits, and counts", fmt.Sprintf("The rule %s lets the token in as %s.\n", r.Name, r.Account)
		case r.Lacks != "":
			said = r.Lacks
		}
		rows = append(rows, []string{strconv.Itoa(i + 1), r.Name, said})
	}
	if len(rows) > 0 {
		if err := output.WriteTable(e.Stdout, []string{"", "RULE", "THE TOKEN"}, rows); err != nil {
			return err
		}
	}
	switch {
	case !trial.Verified:
		return command.Next(fmt.Errorf("the token does not count: %s", strings.TrimSuffix(trial.Problem, ".")), "get a new one from the issuer, or make a rule for it")
	case lets == "":
		return command.Next(errors.New("no rule fits the token"), "make one with treaty trust create; the token says %s", claimsOf(trial.Claims))
	}
	_, err = fmt.Fprint(e.Stdout, lets)
	return err
}

// claimsOf lists what a token says that a rule may ask for.
func claimsOf(claims map[string]any) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		switch value := claims[name].(type) {
		case string, bool, float64:
			if name != "exp" && name != "iat" && name != "nbf" && name != "jti" {
				out = append(out, fmt.Sprintf("%s=%v", name, value))
			}
		}
	}
	return strings.Join(out, ", ")
}

// readToken reads a token from a file, or from standard input.
func readToken(e command.Env, file string) (string, error) {
	from := e.Stdin
	if file != "" {
		opened, err := os.Open(e.Path(file))
		if err != nil {
			return "", command.Next(fmt.Errorf("the file with the token cannot be read: %w", err), "correct the path")
		}
		defer opened.Close()
		from = opened
	}
	text, err := io.ReadAll(io.LimitReader(from, longestTokenFile))
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", command.Next(errors.New("there is no token"), "give it on standard input, or name a file by --token-file")
	}
	return token, nil
}
