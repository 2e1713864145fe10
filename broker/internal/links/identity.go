package links

import "net/url"

// User is whoever asks.
func (l Links) User() string { return l.Template("/user") }

// OwnTokens are the tokens of whoever asks.
func (l Links) OwnTokens() string { return l.Template("/settings/tokens") }

// OwnToken is one of them.
func (l Links) OwnToken(uuid string) string { return l.Path("settings", "tokens", uuid) }

// Accounts is the list of accounts.
func (l Links) Accounts() string { return l.Template("/admin/users") }

// Account is one account.
func (l Links) Account(uuid string) string { return l.Path("admin", "users", uuid) }

// SystemAccount is one account where it was made: clients take its uuid from there.
func (l Links) SystemAccount(uuid string) string { return l.Path("admin", "system-accounts", uuid) }

// TokensOfAccount are the tokens of an account.
func (l Links) TokensOfAccount(uuid string) string {
	return l.Path("admin", "system-accounts", uuid, "tokens")
}

// TokenOfAccount is one of them.
func (l Links) TokenOfAccount(uuid, token string) string {
	return l.Path("admin", "system-accounts", uuid, "tokens", token)
}

// Roles is the list of roles.
func (l Links) Roles() string { return l.Template("/admin/roles") }

// AccessRole is one role.
func (l Links) AccessRole(uuid string) string { return l.Path("admin", "roles", uuid) }

// Audit lists who did what.
func (l Links) Audit() string { return l.Template("/audit") }

// Secrets are all that webhooks may name.
func (l Links) Secrets() string { return l.Template("/secrets") }

// Secret is one secret, without its value.
func (l Links) Secret(uuid string) string { return l.Path("secrets", uuid) }

// WhoCan is who has a right. Empty arguments are left open.
func (l Links) WhoCan(right, application, environment string) string {
	query := url.Values{"right": {right}}
	for key, value := range map[string]string{"application": application, "environment": environment} {
		if value != "" {
			query.Set(key, value)
		}
	}
	return l.Template("/admin/who-can") + "?" + query.Encode()
}

// Permissions are all that there are.
func (l Links) Permissions() string { return l.Template("/admin/permissions") }

// Teams is the list of teams.
func (l Links) Teams() string { return l.Template("/admin/teams") }

// Team is one team.
func (l Links) Team(uuid string) string { return l.Path("admin", "teams", uuid) }

// TeamMembers are who is in a team.
func (l Links) TeamMembers(uuid string) string { return l.Path("admin", "teams", uuid, "users") }

// TeamMember is one of them.
func (l Links) TeamMember(uuid, user string) string {
	return l.Path("admin", "teams", uuid, "users", user)
}

// TrustRules are the rules by which tokens of other issuers count.
func (l Links) TrustRules() string { return l.Template("/admin/trust-rules") }

// TrustRule is one of them.
func (l Links) TrustRule(uuid string) string { return l.Path("admin", "trust-rules", uuid) }
