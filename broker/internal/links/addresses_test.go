package links_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/links"
)

// Clients keep addresses, and some build them by hand. Each one stays as Pact
// Broker spells it, with every name encoded.
func TestEveryAddressIsSpelledAsClientsKnowIt(t *testing.T) {
	t.Parallel()
	l := links.Below("https://b.example/x/")
	pair := l.Pair("P/p", "C c")
	const pacts = "/pacts/provider/P%2Fp/consumer/C%20c"
	for want, got := range map[string]string{
		"/doc/{rel}?context=pact%20x":     l.Doc("pact x"),
		"/doc/webhooks-{rel}":             l.WebhookDoc(),
		"/doc/pb%3Aself":                  l.DocPage("pb:self"),
		"/problem/a%20b":                  l.Problem("a b"),
		"/problems/a%20b":                 l.Problems("a b"),
		"/diagnostic/status/heartbeat":    l.Heartbeat(),
		"/diagnostic/status/dependencies": l.Dependencies(),
		"/metrics":                        l.Metrics(),
		"/environments":                   l.Environments(),
		"/environments/u%2F1":             l.Environment("u/1"),
		"/environments/u%2F1/deployed-versions/currently-deployed":                      l.CurrentlyDeployed("u/1"),
		"/environments/u%2F1/released-versions/currently-supported":                     l.CurrentlySupported("u/1"),
		"/deployed-versions/u%2F1":                                                      l.DeployedVersion("u/1"),
		"/released-versions/u%2F1":                                                      l.ReleasedVersion("u/1"),
		"/integrations":                                                                 l.Integrations(),
		"/integrations/provider/P%2Fp/consumer/C%20c":                                   l.Integration("P/p", "C c"),
		"/dashboard/provider/P%2Fp/consumer/C%20c":                                      l.Dashboard("P/p", "C c"),
		"/matrix/provider/P%2Fp/consumer/C%20c":                                         l.Matrix("P/p", "C c"),
		"/matrix?q%5B%5D%5Bpacticipant%5D=C+c&q%5B%5D%5Bversion%5D=1%2B2&latestby=cvpv": l.MatrixForVersion("C c", "1+2"),
		"/pacticipants":                                                      l.Pacticipants(),
		"/labels":                                                            l.Labels(),
		"/pacticipants/label/a%2Fb":                                          l.PacticipantsWithLabel("a/b"),
		"/pacticipants/A%20a":                                                l.Pacticipant("A a"),
		"/pacticipants/A%20a/labels/a%2Fb":                                   l.Label("A a", "a/b"),
		"/pacticipants/A%20a/versions":                                       l.Versions("A a"),
		"/pacticipants/A%20a/versions/1%2B2":                                 l.Version("A a", "1+2"),
		"/pacticipants/A%20a/versions/1%2B2/tags/feat%2Fx":                   l.Tag("A a", "1+2", "feat/x"),
		"/pacticipants/A%20a/versions/1%2B2/why":                             l.Why("A a", "1+2"),
		"/pacticipants/A%20a/branches":                                       l.Branches("A a"),
		"/pacticipants/A%20a/branches/feat%2Fx":                              l.Branch("A a", "feat/x"),
		"/pacticipants/A%20a/branches/feat%2Fx/latest-version":               l.BranchLatestVersion("A a", "feat/x"),
		"/pacticipants/A%20a/branches/feat%2Fx/versions/1%2B2":               l.BranchVersion("A a", "feat/x", "1+2"),
		"/pacticipants/A%20a/versions/1%2B2/deployed-versions/environment/u": l.RecordDeployment("A a", "1+2", "u"),
		"/pacticipants/A%20a/versions/1%2B2/released-versions/environment/u": l.RecordRelease("A a", "1+2", "u"),
		"/gate/answers":                                                      l.GateAnswers(),
		"/gate/answers/17":                                                   l.GateAnswer(17),
		"/pacts/latest":                                                      l.LatestPacts(),
		"/verification-results/consumer/C%20c/version/1%2B2/latest":          l.LatestResultsOfConsumer("C c", "1+2"),
		"/webhooks":                                                           l.Webhooks(),
		"/webhooks/u%2F1":                                                     l.Webhook("u/1"),
		"/webhooks/u%2F1/execute":                                             l.WebhookExecution("u/1"),
		"/webhooks/consumer/C%20c":                                            l.ConsumerWebhooks("C c"),
		"/webhooks/provider/P%2Fp":                                            l.ProviderWebhooks("P/p"),
		"/triggered-webhooks/u%2F1/logs":                                      l.TriggeredWebhookLogs("u/1"),
		"/webhooks/provider/P%2Fp/consumer/C%20c":                             pair.Webhooks(),
		pacts + "/version/1%2B2":                                              pair.Pact("1+2"),
		pacts + "/version/1%2B2/previous-distinct":                            pair.PreviousDistinct("1+2"),
		pacts + "/version/1%2B2/diff/previous-distinct":                       pair.DiffPreviousDistinct("1+2"),
		pacts + "/version/1%2B2/verification-results/latest":                  pair.LatestResultOfVersion("1+2"),
		pacts + "/version/1%2B2/triggered-webhooks":                           pair.TriggeredWebhooks("1+2"),
		pacts + "/pact-version/abc/diff/pact-version/{pactVersion}":           pair.DiffContent("abc"),
		pacts + "/pact-version/abc":                                           pair.Content("abc"),
		pacts + "/pact-version/abc/metadata/bWQ":                              pair.ContentWithMetadata("abc", "bWQ"),
		pacts + "/pact-version/abc/verification-results/latest":               pair.LatestResult("abc"),
		pacts + "/pact-version/abc/verification-results/7":                    pair.Result("abc", 7),
		pacts + "/pact-version/abc/metadata/bWQ/verification-results/7":       pair.ResultWithMetadata("abc", "bWQ", 7),
		pacts + "/pact-version/abc/verification-results/7/triggered-webhooks": pair.ResultTriggeredWebhooks("abc", 7),
		pacts + "/webhooks/status":                                            pair.WebhooksStatus(),
		pacts + "/latest":                                                     pair.Latest(),
		pacts + "/latest-untagged":                                            pair.LatestUntagged(),
		pacts + "/latest/feat%2Fx":                                            pair.LatestTagged("feat/x"),
		pacts + "/latest/{tag}":                                               pair.LatestTaggedTemplate(),
		pacts + "/versions":                                                   pair.Versions(),
	} {
		require.Equal(t, "https://b.example/x"+want, got, "an address that clients know")
	}
}

// Names of applications, environments and versions may hold anything, also what
// would end a path.
func TestTheAddressesOfPagesLieBelowUI(t *testing.T) {
	t.Parallel()
	l := links.Below("")
	require.Equal(t, "/", l.HomePage(), "the dashboard begins where the API does")
	for want, got := range map[string]string{
		"applications":                             l.ApplicationsPage(),
		"applications/a%2Fb%3F":                    l.ApplicationPage("a/b?"),
		"environments":                             l.EnvironmentsPage(),
		"environments/a%2Fb%23":                    l.EnvironmentPage("a/b#"),
		"contracts/C/P":                            l.ContractPage("C", "P", ""),
		"contracts/C/P/1%2F2":                      l.ContractPage("C", "P", "1/2"),
		"contracts/C/P?branch=feat%2Fx%26y":        l.ContractOfBranchPage("C", "P", "feat/x&y"),
		"results/C/P/abc/7":                        l.ResultPage("C", "P", "abc", "7"),
		"assets/set/style.css":                     l.Asset("set", "style.css"),
		"kit":                                      l.KitPage(),
		"applications/a%2Fb/versions/1%2F2":        l.VersionPage("a/b", "1/2"),
		"gate":                                     l.GatePage("", "", ""),
		"gate?application=a+b":                     l.GatePage("a b", "", ""),
		"gate?application=a%26b&to=prod&version=1": l.GatePage("a&b", "1", "prod"),
	} {
		require.Equal(t, "/ui/"+want, got, "a page lies below /ui, and what is not asked is not in its address")
	}
}

func TestLinksTravelWithTheRequestThatTheyAreFor(t *testing.T) {
	t.Parallel()
	_, ok := links.FromContext(t.Context())
	require.False(t, ok, "without a request there are no links as it sees them")
	l, ok := links.FromContext(links.NewContext(t.Context(), links.Below("http://seen.example"), links.Below("")))
	require.True(t, ok)
	require.Equal(t, "http://seen.example", l.Base(), "the links are those of the request")
}

// A Host header that is none leads to relative links, also where base URLs are
// configured that a request is compared with.
func TestAmongSeveralBasesNoneFitsAHostThatIsNone(t *testing.T) {
	t.Parallel()
	r := request(t)
	r.Host = "a b"
	require.Equal(t, "https://first.example", links.ForRequest(r, []string{"https://first.example/", "https://second.example"}).Base(),
		"the first configured base stands in for a host that can be none")
	require.Empty(t, links.ForPages(r, nil).Base(), "a host that can be none is not a machine of ours")
}

func request(t *testing.T) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://broker:9292/", nil)
}
