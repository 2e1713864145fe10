package links

import (
	"net/url"
	"strconv"
)

// The addresses of the dashboard's pages. They live below /ui, so that they
// never meet an address of the API.

// HomePage is the dashboard's start.
func (l Links) HomePage() string { return l.base + "/" }

// SamplePage adds sample data, by POST.
func (l Links) SamplePage() string { return l.Path("ui", "sample") }

// LivePage tells open pages of changes.
func (l Links) LivePage() string { return l.Path("ui", "live") }

// ApplicationsPage lists the applications.
func (l Links) ApplicationsPage() string { return l.Path("ui", "applications") }

// FindPage finds what has a page by its name; "" asks for a name.
func (l Links) FindPage(words string) string {
	if words == "" {
		return l.Path("ui", "find")
	}
	return l.Path("ui", "find") + "?" + url.Values{"q": {words}}.Encode()
}

// ApplicationPage shows one application.
func (l Links) ApplicationPage(name string) string { return l.Path("ui", "applications", name) }

// UsagePage tells what consumers use of an application. Empty values of the query
// are left out.
func (l Links) UsagePage(name string, query url.Values) string {
	asked := url.Values{}
	for key := range query {
		if value := query.Get(key); value != "" {
			asked.Set(key, value)
		}
	}
	page := l.Path("ui", "applications", name, "usage")
	if len(asked) == 0 {
		return page
	}
	return page + "?" + asked.Encode()
}

// EnvironmentsPage lists the environments.
func (l Links) EnvironmentsPage() string { return l.Path("ui", "environments") }

// EnvironmentPage shows the environment with the name.
func (l Links) EnvironmentPage(name string) string { return l.Path("ui", "environments", name) }

// ComparisonPage shows what runs in one environment beside what runs in another; an
// empty one is chosen by the page.
func (l Links) ComparisonPage(from, to string) string {
	page := l.Path("ui", "environments", from, "compare")
	if to == "" {
		return page
	}
	return page + "?" + url.Values{"with": {to}}.Encode()
}

// MapPage draws who depends on whom; the query says which part of it. As is "" for
// the page, or the kind of a file with the drawing.
func (l Links) MapPage(query url.Values, as string) string {
	page := l.Path("ui", "map")
	if as != "" {
		page = l.Path("ui", "map", as)
	}
	if len(query) == 0 {
		return page
	}
	return page + "?" + query.Encode()
}

// MapAroundPage draws what is near an application.
func (l Links) MapAroundPage(application string) string {
	return l.MapPage(url.Values{"application": {application}}, "")
}

// GatePage asks can-i-deploy. Empty arguments are left open.
func (l Links) GatePage(application, version, environment string) string {
	query := url.Values{}
	for key, value := range map[string]string{"application": application, "version": version, "to": environment} {
		if value != "" {
			query.Set(key, value)
		}
	}
	if len(query) == 0 {
		return l.Path("ui", "gate")
	}
	return l.Path("ui", "gate") + "?" + query.Encode()
}

// GateAnswerPage shows an answer of the gate that is kept.
func (l Links) GateAnswerPage(number int64) string {
	return l.Path("ui", "gate", "answers", strconv.FormatInt(number, 10))
}

// ContractPage shows the contract that a consumer version has with a provider;
// an empty version means the latest.
func (l Links) ContractPage(consumer, provider, version string) string {
	if version == "" {
		return l.Path("ui", "contracts", consumer, provider)
	}
	return l.Path("ui", "contracts", consumer, provider, version)
}

// ContractOfBranchPage shows the newest contract of a branch of the consumer.
func (l Links) ContractOfBranchPage(consumer, provider, branch string) string {
	return l.ContractPage(consumer, provider, "") + "?" + url.Values{"branch": {branch}}.Encode()
}

// DiffPage compares the contract of a consumer version with that of another, or
// with the one before it that was different if other is "".
func (l Links) DiffPage(consumer, provider, version, other string) string {
	page := l.Path("ui", "contracts", consumer, provider, version, "diff")
	if other == "" {
		return page
	}
	return page + "?" + url.Values{"with": {other}}.Encode()
}

// MatrixPage shows rows of the matrix; the query says which, in the words of the
// page.
func (l Links) MatrixPage(query url.Values) string {
	if len(query) == 0 {
		return l.Path("ui", "matrix")
	}
	return l.Path("ui", "matrix") + "?" + query.Encode()
}

// MatrixOfPairPage shows the rows of one pair.
func (l Links) MatrixOfPairPage(consumer, provider string) string {
	return l.MatrixPage(url.Values{"consumer": {consumer}, "provider": {provider}})
}

// MatrixOfMainPage shows the rows of one pair that are of the main branches of both.
func (l Links) MatrixOfMainPage(consumer, provider string) string {
	return l.MatrixPage(url.Values{"consumer": {consumer}, "provider": {provider}, "consumer-main": {"true"}, "provider-main": {"true"}})
}

// ResultPage shows one verification result.
func (l Links) ResultPage(consumer, provider, sha string, number string) string {
	return l.Path("ui", "results", consumer, provider, sha, number)
}

// VersionPage shows one version of an application.
func (l Links) VersionPage(application, number string) string {
	return l.Path("ui", "applications", application, "versions", number)
}

// WebhooksPage lists the webhooks.
func (l Links) WebhooksPage() string { return l.Path("ui", "webhooks") }

// WebhooksOfPage lists the webhooks that concern an application.
func (l Links) WebhooksOfPage(application string) string {
	return l.WebhooksPage() + "?" + url.Values{"application": {application}}.Encode()
}

// NewWebhookPage asks for a new webhook.
func (l Links) NewWebhookPage() string { return l.Path("ui", "webhooks", "new") }

// WebhookPage shows one webhook. What is done to it is below.
func (l Links) WebhookPage(uuid string) string { return l.Path("ui", "webhooks", uuid) }

// EditWebhookPage changes a webhook.
func (l Links) EditWebhookPage(uuid string) string { return l.Path("ui", "webhooks", uuid, "edit") }

// DeleteWebhookPage asks before a webhook is deleted.
func (l Links) DeleteWebhookPage(uuid string) string {
	return l.Path("ui", "webhooks", uuid, "delete")
}

// TestWebhookPage tries a webhook out.
func (l Links) TestWebhookPage(uuid string) string { return l.Path("ui", "webhooks", uuid, "test") }

// AuditPage lists who did what.
func (l Links) AuditPage() string { return l.Path("ui", "audit") }

// SecretsPage lists the secrets that webhooks may name.
func (l Links) SecretsPage() string { return l.Path("ui", "secrets") }

// NewSecretPage asks for a new secret.
func (l Links) NewSecretPage() string { return l.Path("ui", "secrets", "new") }

// EditSecretPage changes a secret.
func (l Links) EditSecretPage(uuid string) string { return l.Path("ui", "secrets", uuid, "edit") }

// DeleteSecretPage asks before a secret is deleted.
func (l Links) DeleteSecretPage(uuid string) string { return l.Path("ui", "secrets", uuid, "delete") }

// DeliveryPage shows one delivery of a webhook, which may be gone.
func (l Links) DeliveryPage(webhook, delivery string) string {
	return l.Path("ui", "webhooks", webhook, "deliveries", delivery)
}

// FireAgainPage fires a webhook again for what a delivery was about.
func (l Links) FireAgainPage(webhook, delivery string) string {
	return l.Path("ui", "webhooks", webhook, "deliveries", delivery, "again")
}

// PeoplePage lists people and accounts.
func (l Links) PeoplePage() string { return l.Path("ui", "people") }

// AddPersonPage asks for a new account.
func (l Links) AddPersonPage() string { return l.Path("ui", "people", "new") }

// PersonPage shows one account. What is done to it is below.
func (l Links) PersonPage(uuid string) string { return l.Path("ui", "people", uuid) }

// DoPersonPage does something to an account: "edit", "active" or "delete".
func (l Links) DoPersonPage(uuid, what string) string { return l.Path("ui", "people", uuid, what) }

// NewTokenPage asks for a new token of an account; of one's own, for "".
func (l Links) NewTokenPage(account string) string {
	if account == "" {
		return l.Path("ui", "me", "tokens")
	}
	return l.Path("ui", "people", account, "tokens")
}

// DoTokenPage does something to a token of an account, or to one's own: "renew" or
// "delete".
func (l Links) DoTokenPage(account, token, what string) string {
	if account == "" {
		return l.Path("ui", "me", "tokens", token, what)
	}
	return l.Path("ui", "people", account, "tokens", token, what)
}

// MePage shows whoever looks at it who they are, and their tokens.
func (l Links) MePage() string { return l.Path("ui", "me") }

// TrustRulesPage lists the rules by which tokens of other issuers count.
func (l Links) TrustRulesPage() string { return l.Path("ui", "trust") }

// NewTrustPage asks for a new rule.
func (l Links) NewTrustPage() string { return l.Path("ui", "trust", "new") }

// TryTrustPage asks for a token to try on all rules.
func (l Links) TryTrustPage() string { return l.Path("ui", "trust", "try") }

// TrustPage shows one rule. What is done to it is below.
func (l Links) TrustPage(uuid string) string { return l.Path("ui", "trust", uuid) }

// DoTrustPage does something to a rule: "edit" or "delete".
func (l Links) DoTrustPage(uuid, what string) string { return l.Path("ui", "trust", uuid, what) }

// RolesPage lists the roles.
func (l Links) RolesPage() string { return l.Path("ui", "roles") }

// NewRolePage asks for a new role.
func (l Links) NewRolePage() string { return l.Path("ui", "roles", "new") }

// RolePage shows one role. What is done to it is below.
func (l Links) RolePage(uuid string) string { return l.Path("ui", "roles", uuid) }

// DoRolePage does something to a role: "edit" or "delete".
func (l Links) DoRolePage(uuid, what string) string { return l.Path("ui", "roles", uuid, what) }

// TeamsPage lists the teams.
func (l Links) TeamsPage() string { return l.Path("ui", "teams") }

// NewTeamPage asks for a new team.
func (l Links) NewTeamPage() string { return l.Path("ui", "teams", "new") }

// TeamPage shows one team. What is done to it is below.
func (l Links) TeamPage(uuid string) string { return l.Path("ui", "teams", uuid) }

// DoTeamPage does something to a team: "edit", "members" or "delete".
func (l Links) DoTeamPage(uuid, what string) string { return l.Path("ui", "teams", uuid, what) }

// WhoCanPage asks who has a right. Empty arguments are left open.
func (l Links) WhoCanPage(right, application, environment string) string {
	query := url.Values{}
	for key, value := range map[string]string{"right": right, "application": application, "environment": environment} {
		if value != "" {
			query.Set(key, value)
		}
	}
	if len(query) == 0 {
		return l.Path("ui", "who-can")
	}
	return l.Path("ui", "who-can") + "?" + query.Encode()
}

// AdminPage shows how the broker does.
func (l Links) AdminPage() string { return l.Path("ui", "admin") }

// RetentionPage shows what the clean-up would take, and runs it.
func (l Links) RetentionPage() string { return l.Path("ui", "admin", "retention") }

// DeletePage asks before an application, a pair or a branch is deleted; the query
// says which.
func (l Links) DeletePage(query url.Values) string {
	if len(query) == 0 {
		return l.Path("ui", "admin", "delete")
	}
	return l.Path("ui", "admin", "delete") + "?" + query.Encode()
}

// NewEnvironmentPage asks for a new environment.
func (l Links) NewEnvironmentPage() string { return l.Path("ui", "edit", "environments") }

// EditEnvironmentPage changes an environment.
func (l Links) EditEnvironmentPage(uuid string) string {
	return l.Path("ui", "edit", "environments", uuid)
}

// DeleteEnvironmentPage asks before an environment is deleted.
func (l Links) DeleteEnvironmentPage(uuid string) string {
	return l.Path("ui", "edit", "environments", uuid, "delete")
}

// NewApplicationPage asks for a new application.
func (l Links) NewApplicationPage() string { return l.Path("ui", "edit", "applications") }

// EditApplicationPage changes an application.
func (l Links) EditApplicationPage(name string) string {
	return l.Path("ui", "edit", "applications", name)
}

// DeleteOnePage asks before a version, its tag or its contract is deleted; the query
// says which.
func (l Links) DeleteOnePage(query url.Values) string {
	if len(query) == 0 {
		return l.Path("ui", "edit", "delete")
	}
	return l.Path("ui", "edit", "delete") + "?" + query.Encode()
}

// APIPage looks through the API, and RelationPage is about one of its relations. They
// are shown at the addresses that clients know, [Links.BrowserOf] and below /doc.
func (l Links) APIPage() string { return l.Path("ui", "api") }

// RelationPage is about a relation of the API.
func (l Links) RelationPage(rel string) string { return l.Path("ui", "api", rel) }

// KitPage shows the parts that pages are built from.
func (l Links) KitPage() string { return l.Path("ui", "kit") }

// Asset is a file that pages load, of a set that changes with any of them.
func (l Links) Asset(set, name string) string { return l.Path("ui", "assets", set, name) }

// BrowserOf opens an address of the API, as Below("") builds it, in the API
// browser.
func (l Links) BrowserOf(address string) string {
	return l.base + "/hal-browser/browser.html#" + l.base + address
}
