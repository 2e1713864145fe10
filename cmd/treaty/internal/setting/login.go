package setting

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// loginSettings are those of people who log in by OpenID Connect.
func loginSettings() []setting {
	return []setting{
		{sectionLogin, "oidc-issuer", "OIDC_ISSUER", "address of the OpenID Connect provider by which people log in, as it calls itself; needs --identity and --base-url",
			func(o *Config) settingValue { return textValue{&o.Login.Issuer} }, "none: nobody logs in"},
		{sectionLogin, "oidc-client-id", "OIDC_CLIENT_ID", "what the provider knows the broker by; it sends browsers back to /login/callback below --base-url",
			func(o *Config) settingValue { return textValue{&o.Login.ClientID} }, ""},
		{sectionLogin, "oidc-client-secret", "OIDC_CLIENT_SECRET", "the secret of that client; better in the variable or the file than in the flag, which others on the machine can see",
			func(o *Config) settingValue { return secretValue{&o.Login.ClientSecret} }, ""},
		{sectionLogin, "oidc-client-secret-file", "OIDC_CLIENT_SECRET_FILE", "file with that secret",
			func(o *Config) settingValue { return textValue{&o.ClientSecretFile} }, ""},
		{sectionLogin, "oidc-scopes", "OIDC_SCOPES", "scopes that the broker asks for, where the provider does not name those that it knows, or needs others",
			func(o *Config) settingValue { return listValue{to: &o.Login.Scopes} }, "openid, and of email, profile and groups what the provider says it knows"},
		{sectionLogin, "oidc-groups-claim", "OIDC_GROUPS_CLAIM", "claim of the ID token with the groups of a person; dots lead into others, as in realm_access.roles",
			func(o *Config) settingValue { return textValue{&o.Login.GroupsClaim} }, ""},
		{sectionLogin, "oidc-allowed-domains", "OIDC_ALLOWED_DOMAINS", "domains that verified e-mail addresses have to be of; empty lets in all whom the provider lets in",
			func(o *Config) settingValue { return listValue{to: &o.Login.AllowedDomains} }, ""},
		{sectionLogin, "oidc-admin-groups", "OIDC_ADMIN_GROUPS", "groups whose members administer the broker, separated by semicolons or lines",
			func(o *Config) settingValue { return groupsValue{&o.Login.AdminGroups} }, ""},
		{sectionLogin, "oidc-team-groups", "OIDC_TEAM_GROUPS", "teams whose members are those of a group, as group=team, separated by semicolons or lines; a team that is not there is not made",
			func(o *Config) settingValue { return teamGroupsValue{&o.Login.TeamGroups} }, ""},
		{sectionLogin, "oidc-default-role", "OIDC_DEFAULT_ROLE", "role that people get when they log in the first time; none gives none",
			func(o *Config) settingValue { return roleValue{&o.Login.DefaultRole} }, ""},
		{sectionLogin, "oidc-session-length", "OIDC_SESSION_LENGTH", "seconds that somebody stays logged in",
			func(o *Config) settingValue { return secondsValue{&o.Login.SessionLength} }, ""},
	}
}

// groupsValue are names of groups, which may have spaces and commas.
type groupsValue struct{ to *[]string }

func (v groupsValue) Set(s string) error {
	*v.to = splitNames(s)
	return nil
}
func (v groupsValue) String() string { return strings.Join(*v.to, "; ") }
func (v groupsValue) Type() string   { return "groups" }

func splitNames(s string) []string {
	var out []string
	for _, item := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' }) {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// teamGroupsValue are teams by group. Names of groups may have a = themselves.
type teamGroupsValue struct{ to *map[string][]string }

func (v teamGroupsValue) Set(s string) error {
	out := map[string][]string{}
	for _, item := range splitNames(s) {
		at := strings.LastIndex(item, "=")
		if at < 0 {
			return fmt.Errorf("%q is not of the form group=team; separate several by semicolons", output.Shorten(item))
		}
		group, team := strings.TrimSpace(item[:at]), strings.TrimSpace(item[at+1:])
		if group == "" || team == "" {
			return fmt.Errorf("%q lacks the group or the team in group=team", output.Shorten(item))
		}
		out[group] = append(out[group], team)
	}
	*v.to = out
	return nil
}

func (v teamGroupsValue) String() string {
	var out []string
	for _, group := range slices.Sorted(maps.Keys(*v.to)) {
		for _, team := range (*v.to)[group] {
			out = append(out, group+"="+team)
		}
	}
	return strings.Join(out, "; ")
}
func (v teamGroupsValue) Type() string { return "group=team" }

// roleValue is the name of a role; none is none.
type roleValue struct{ to *string }

const noRole = "none"

func (v roleValue) Set(s string) error {
	*v.to = strings.TrimSpace(s)
	if strings.EqualFold(*v.to, noRole) {
		*v.to = ""
	}
	return nil
}

func (v roleValue) String() string {
	if *v.to == "" {
		return noRole
	}
	return *v.to
}
func (v roleValue) Type() string { return "role" }

// readClientSecret returns the secret of the client that is given, or that of a file.
func readClientSecret(e command.Env, secret broker.Secret, file string) (broker.Secret, error) {
	switch {
	case file == "":
		return secret, nil
	case secret != "":
		return "", command.Next(errors.New("the secret for logins is given twice: itself, and as a file"), "give --oidc-client-secret-file alone")
	}
	text, err := os.ReadFile(e.Path(file))
	if err != nil {
		return "", command.Next(fmt.Errorf("read the secret for logins: %w", err), "check --oidc-client-secret-file and who may read the file")
	}
	found := strings.TrimSpace(string(text))
	if found == "" {
		return "", command.Next(errors.New("the file of the secret for logins is empty"), "write the secret of the client into it, as the provider shows it")
	}
	return broker.Secret(found), nil
}
