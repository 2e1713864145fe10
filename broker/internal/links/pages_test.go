package links_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/links"
)

// Pages are bookmarked and sent to others: their addresses stay, with every name
// encoded, below the broker's own address.
func TestEveryPageIsWhereBookmarksHaveIt(t *testing.T) {
	t.Parallel()
	l := links.Below("https://b.example/x")
	asked := url.Values{"consumer": {"C c"}}
	for want, got := range map[string]string{
		"/":                            l.HomePage(),
		"/ui/sample":                   l.SamplePage(),
		"/ui/live":                     l.LivePage(),
		"/ui/applications":             l.ApplicationsPage(),
		"/ui/applications/A%2Fa":       l.ApplicationPage("A/a"),
		"/ui/applications/A%2Fa/usage": l.UsagePage("A/a", url.Values{"q": {""}, "field": nil}),
		"/ui/applications/A%2Fa/usage?field=%24.price": l.UsagePage("A/a", url.Values{"q": {""}, "field": {"$.price"}}),
		"/ui/applications/A%2Fa/versions/1%2B2":        l.VersionPage("A/a", "1+2"),
		"/ui/environments":                             l.EnvironmentsPage(),
		"/ui/environments/p%20r":                       l.EnvironmentPage("p r"),
		"/ui/environments/p%20r/compare":               l.ComparisonPage("p r", ""),
		"/ui/environments/p%20r/compare?with=t+e":      l.ComparisonPage("p r", "t e"),
		"/ui/map":                                     l.MapPage(nil, ""),
		"/ui/map/svg?consumer=C+c":                    l.MapPage(asked, "svg"),
		"/ui/map?application=A%2Fa":                   l.MapAroundPage("A/a"),
		"/ui/gate":                                    l.GatePage("", "", ""),
		"/ui/gate?application=A%2Fa&to=t+e":           l.GatePage("A/a", "", "t e"),
		"/ui/contracts/C%20c/P%2Fp":                   l.ContractPage("C c", "P/p", ""),
		"/ui/contracts/C%20c/P%2Fp/1%2B2":             l.ContractPage("C c", "P/p", "1+2"),
		"/ui/contracts/C%20c/P%2Fp?branch=feat%2Fx":   l.ContractOfBranchPage("C c", "P/p", "feat/x"),
		"/ui/contracts/C%20c/P%2Fp/1/diff":            l.DiffPage("C c", "P/p", "1", ""),
		"/ui/contracts/C%20c/P%2Fp/1/diff?with=1%2B2": l.DiffPage("C c", "P/p", "1", "1+2"),
		"/ui/matrix":                                  l.MatrixPage(nil),
		"/ui/matrix?consumer=C+c&provider=P%2Fp":      l.MatrixOfPairPage("C c", "P/p"),
		"/ui/results/C%20c/P%2Fp/abc/7":               l.ResultPage("C c", "P/p", "abc", "7"),
		"/ui/webhooks":                                l.WebhooksPage(),
		"/ui/webhooks?application=A%2Fa":              l.WebhooksOfPage("A/a"),
		"/ui/webhooks/new":                            l.NewWebhookPage(),
		"/ui/webhooks/u%2F1":                          l.WebhookPage("u/1"),
		"/ui/webhooks/u%2F1/edit":                     l.EditWebhookPage("u/1"),
		"/ui/webhooks/u%2F1/delete":                   l.DeleteWebhookPage("u/1"),
		"/ui/webhooks/u%2F1/test":                     l.TestWebhookPage("u/1"),
		"/ui/webhooks/u%2F1/deliveries/d%2F2":         l.DeliveryPage("u/1", "d/2"),
		"/ui/webhooks/u%2F1/deliveries/d%2F2/again":   l.FireAgainPage("u/1", "d/2"),
		"/ui/people":                                  l.PeoplePage(), "/ui/people/new": l.AddPersonPage(), "/ui/people/u%2F1": l.PersonPage("u/1"), "/ui/people/u%2F1/edit": l.DoPersonPage("u/1", "edit"),
		"/ui/people/u%2F1/tokens": l.NewTokenPage("u/1"), "/ui/people/u%2F1/tokens/t%2F2/renew": l.DoTokenPage("u/1", "t/2", "renew"),
		"/ui/device": l.DevicePage(""), "/ui/device?user_code=BCDF-GHJK": l.DevicePage("BCDF-GHJK"),
		"/ui/me": l.MePage(), "/ui/me/tokens": l.NewTokenPage(""), "/ui/me/tokens/t%2F2/delete": l.DoTokenPage("", "t/2", "delete"),
		"/ui/trust": l.TrustRulesPage(), "/ui/trust/new": l.NewTrustPage(), "/ui/trust/try": l.TryTrustPage(), "/ui/trust/u%2F1": l.TrustPage("u/1"), "/ui/trust/u%2F1/edit": l.DoTrustPage("u/1", "edit"),
		"/ui/roles": l.RolesPage(), "/ui/roles/new": l.NewRolePage(), "/ui/roles/u%2F1": l.RolePage("u/1"), "/ui/roles/u%2F1/delete": l.DoRolePage("u/1", "delete"),
		"/ui/teams": l.TeamsPage(), "/ui/teams/new": l.NewTeamPage(), "/ui/teams/u%2F1": l.TeamPage("u/1"), "/ui/teams/u%2F1/members": l.DoTeamPage("u/1", "members"),
		"/ui/who-can": l.WhoCanPage("", "", ""), "/ui/who-can?application=A%2Fa&right=contract_data%3Amanage": l.WhoCanPage("contract_data:manage", "A/a", ""),
		"/ui/admin":                          l.AdminPage(),
		"/ui/admin/retention":                l.RetentionPage(),
		"/ui/admin/delete":                   l.DeletePage(nil),
		"/ui/admin/delete?consumer=C+c":      l.DeletePage(asked),
		"/ui/gate/answers/17":                l.GateAnswerPage(17),
		"/ui/find":                           l.FindPage(""),
		"/ui/find?q=A+a":                     l.FindPage("A a"),
		"/ui/edit/environments":              l.NewEnvironmentPage(),
		"/ui/edit/environments/u%2F1":        l.EditEnvironmentPage("u/1"),
		"/ui/edit/environments/u%2F1/delete": l.DeleteEnvironmentPage("u/1"),
		"/ui/edit/applications":              l.NewApplicationPage(),
		"/ui/edit/applications/A%2Fa":        l.EditApplicationPage("A/a"),
		"/ui/edit/delete":                    l.DeleteOnePage(nil),
		"/ui/edit/delete?consumer=C+c":       l.DeleteOnePage(asked),
		"/ui/api":                            l.APIPage(),
		"/ui/api/can-i-deploy":               l.RelationPage("can-i-deploy"),
		"/ui/kit":                            l.KitPage(),
		"/ui/assets/1/style.css":             l.Asset("1", "style.css"),
		"/ui/audit":                          l.AuditPage(),
		"/ui/secrets":                        l.SecretsPage(),
		"/ui/secrets/new":                    l.NewSecretPage(),
		"/ui/secrets/u%2F1/edit":             l.EditSecretPage("u/1"),
		"/ui/secrets/u%2F1/delete":           l.DeleteSecretPage("u/1"),
		"/hal-browser/browser.html#https://b.example/x/metrics": l.BrowserOf("/metrics"),
	} {
		require.Equal(t, "https://b.example/x"+want, got)
	}
}
