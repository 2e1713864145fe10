package broker_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// unfollowed leaves redirects to who asks.
var unfollowed = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// readQuestion is a request and how many ways to the database it may take.
type readQuestion struct {
	method, path, body, accept string
	most                       int
}

func exchange(t *testing.T, method, address, body, accept string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	if accept == "" {
		accept = "application/hal+json"
	}
	request.Header.Set("Accept", accept)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := unfollowed.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text)
}

// hub makes an application with n providers and n consumers, all verified and
// deployed.
func hub(t *testing.T, base string, n int) {
	t.Helper()
	must := func(method, path, body string) string {
		status, text := exchange(t, method, base+path, body, "")
		require.Less(t, status, 300, "%s %s: %s", method, path, text)
		return text
	}
	must("POST", "/environments", `{"name":"production","displayName":"Production","production":true}`)
	must("POST", "/environments", `{"name":"test","displayName":"Test","production":false}`)
	var environments struct {
		Embedded struct {
			Environments []struct{ UUID, Name string }
		} `json:"_embedded"`
	}
	require.NoError(t, json.Unmarshal([]byte(must("GET", "/environments", "")), &environments))
	production := environments.Embedded.Environments[0].UUID
	must("POST", "/webhooks", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://hooks.invalid/x"},"enabled":true}`)
	for i := range n {
		must("POST", "/webhooks", fmt.Sprintf(`{"description":"hook %d","events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://hooks.invalid/%d"},"enabled":false}`, i, i))
	}
	publish := func(consumer, version string, tags string, providers ...string) {
		body := map[string]any{"pacticipantName": consumer, "pacticipantVersionNumber": version, "branch": "main", "tags": strings.Fields(tags)}
		var contracts []any
		for _, p := range providers {
			content := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[{"description":"of %s","providerStates":[{"name":"s"}],"request":{"method":"GET","path":"/%s"},"response":{"status":200}}]}`, consumer, p, version, p)
			contracts = append(contracts, map[string]any{"consumerName": consumer, "providerName": p, "specification": "pact", "contentType": "application/json", "content": []byte(content)})
		}
		body["contracts"] = contracts
		text, err := json.Marshal(body)
		require.NoError(t, err)
		must("POST", "/contracts/publish", string(text))
	}
	verify := func(consumer, provider, version string) {
		var pact struct {
			Links map[string]json.RawMessage `json:"_links"`
		}
		require.NoError(t, json.Unmarshal([]byte(must("GET", "/pacts/provider/"+provider+"/consumer/"+consumer+"/latest", "")), &pact))
		var l struct{ Href string }
		require.NoError(t, json.Unmarshal(pact.Links["pb:publish-verification-results"], &l))
		must("POST", strings.TrimPrefix(l.Href, base), fmt.Sprintf(`{"success":true,"providerApplicationVersion":%q}`, version))
	}
	branch := func(name, version string) {
		must("PUT", "/pacticipants/"+name+"/branches/main/versions/"+version, "{}")
	}
	deploy := func(name, version string) {
		must("POST", "/pacticipants/"+name+"/versions/"+version+"/deployed-versions/environment/"+production, "{}")
	}
	var providers []string
	for i := range n {
		providers = append(providers, fmt.Sprintf("provider-%02d", i))
	}
	publish("hub", "0", "", providers...)
	publish("hub", "1", "dev prod", providers...)
	for i, p := range providers {
		if i == 0 && n > 1 {
			branch(p, "1") // one that has not verified anything
		} else {
			verify("hub", p, "1")
			branch(p, "1")
		}
		deploy(p, "1")
		consumer := fmt.Sprintf("consumer-%02d", i)
		publish(consumer, "1", "dev", "hub")
		publish(consumer, "2", "dev", "hub")
		verify(consumer, "hub", "1")
		deploy(consumer, "2")
	}
	branch("hub", "1")
	deploy("hub", "1")
}

// trips counts how often a broker waits for its database to answer a request that
// it has answered before, so that its statements are known. What else goes on in a
// broker may come between: the least of some tries counts. A page is looked at after a
// change, as otherwise what was found a moment ago stands.
func trips(t *testing.T, proxy *storetest.Proxy, base string, q readQuestion) int {
	t.Helper()
	least := 1 << 30
	for try, end := 0, time.Now().Add(15*time.Second); (try < 40 || time.Now().Before(end)) && least > q.most; try++ {
		if q.accept == "text/html" { // what was found is kept while nothing changes
			status, text := exchange(t, http.MethodPut, fmt.Sprintf("%s/pacticipants/hub/labels/look-%d", base, try%2), "{}", "")
			require.Less(t, status, 300, text)
			status, text = exchange(t, http.MethodDelete, fmt.Sprintf("%s/pacticipants/hub/labels/look-%d", base, try%2), "", "")
			require.Less(t, status, 300, text)
		}
		proxy.ResetTrips()
		status, text := exchange(t, q.method, base+q.path, q.body, q.accept)
		require.Less(t, status, 400, "%s: %s", q.name(), text)
		least = min(least, proxy.Trips())
	}
	return least
}

// TestReadingTakesFewTrips counts ways to the database: they do not grow with the
// rows that are read.
func TestReadingTakesFewTrips(t *testing.T) {
	for _, integrations := range []int{1, 10, 50} {
		t.Run(fmt.Sprint(integrations), func(t *testing.T) {
			proxy := storetest.NewProxy(t, storetest.PostgresSchema(t))
			b := brokertest.Start(t, brokertest.Database(proxy.URL()))
			hub(t, b.URL(), integrations)
			for _, q := range append(questions(), append(webhookPages(t, b.URL()), resultPage(t, b.URL(), integrations))...) {
				if taken := trips(t, proxy, b.URL(), q); taken > q.most {
					t.Errorf("%s takes %d trips, not %d", q.name(), taken, q.most)
				}
			}
		})
	}
}

// TestAPageOfTheMatrixAsksOnceForAllItsRows counts statements: what shares a way costs
// the database all the same.
func TestAPageOfTheMatrixAsksOnceForAllItsRows(t *testing.T) {
	proxy := storetest.NewProxy(t, storetest.PostgresSchema(t))
	b := brokertest.Start(t, brokertest.Database(proxy.URL()))
	hub(t, b.URL(), 30)
	var statements atomic.Int64
	proxy.Watch(func(m storetest.Message) storetest.Fate {
		if m.Runs != "" && !m.Says("rollback") {
			statements.Add(1)
		}
		return storetest.Pass
	})
	const most = 20
	least := int64(1 << 30)
	for try := 0; try < 40 && least > most; try++ { // what else a broker does comes between
		statements.Store(0)
		status, text := exchange(t, http.MethodGet, b.URL()+"/ui/matrix?consumer=hub", "", "text/html")
		require.Equal(t, http.StatusOK, status, text)
		least = min(least, statements.Load())
	}
	require.LessOrEqual(t, least, int64(most))
}

// resultPage is the page of a result, to which the page of its contract leads.
func resultPage(t *testing.T, base string, integrations int) readQuestion {
	t.Helper()
	_, page := exchange(t, http.MethodGet, fmt.Sprintf("%s/ui/contracts/hub/provider-%02d", base, integrations-1), "", "text/html")
	found := regexp.MustCompile(`"(/ui/results/[^"]+)"`).FindStringSubmatch(page)
	require.NotNil(t, found, page)
	return readQuestion{method: http.MethodGet, path: found[1], accept: "text/html", most: 12}
}

// webhookPages are those of a webhook that has fired and of one of its deliveries.
func webhookPages(t *testing.T, base string) []readQuestion {
	t.Helper()
	_, list := exchange(t, http.MethodGet, base+"/ui/webhooks", "", "text/html")
	for _, found := range regexp.MustCompile(`"(/ui/webhooks/[^"/]{16,})"`).FindAllStringSubmatch(list, -1) {
		_, page := exchange(t, http.MethodGet, base+found[1], "", "text/html")
		if delivery := regexp.MustCompile(`"(/ui/webhooks/[^"]+/deliveries/[^"/]+)"`).FindStringSubmatch(page); delivery != nil {
			var out []readQuestion
			for _, path := range []string{found[1], found[1] + "?consumer=hub&provider=provider-00", found[1] + "/edit", delivery[1]} {
				out = append(out, readQuestion{method: http.MethodGet, path: path, accept: "text/html", most: 12})
			}
			return out
		}
	}
	require.FailNow(t, "no webhook has fired", list)
	return nil
}

func (q readQuestion) name() string { return strings.TrimSpace(q.method + " " + q.path + " " + q.body) }

// questions are requests that read, with how often they may ask the database. The
// first figures are those that deployments are planned with; the others hold each
// page and resource to a number that has nothing to do with its rows.
func questions() []readQuestion {
	const pair = "/pacts/provider/provider-00/consumer/hub"
	var out []readQuestion
	add := func(most int, accept string, paths ...string) {
		for _, path := range paths {
			out = append(out, readQuestion{method: http.MethodGet, path: path, accept: accept, most: most})
		}
	}
	add(1, "", pair+"/version/1", pair+"/latest", pair+"/latest/dev", pair+"/latest-untagged", pair+"/branch/main/latest")
	add(4, "",
		"/can-i-deploy?pacticipant=hub&version=1&environment=production",
		"/can-i-deploy?pacticipant=hub&version=1&to=dev",
		"/matrix?q[][pacticipant]=hub&q[][version]=1&environment=production&latestby=cvp",
		"/matrix?q[][pacticipant]=hub&q[][branch]=main&q[][latest]=true&environment=production&latestby=cvp",
		"/matrix?q[][pacticipant]=hub&q[][version]=1&q[][pacticipant]=provider-00&q[][version]=1&latestby=cvpv",
		"/pacticipants/hub/branches/main/latest-version/can-i-deploy/to-environment/production",
		"/pacticipants/hub/latest-version/prod/can-i-deploy/to/dev",
		"/pacts/provider/hub/for-verification")
	for _, body := range []string{
		`{"providerVersionBranch":"main","includePendingStatus":true}`,
		`{"consumerVersionSelectors":[{"mainBranch":true},{"matchingBranch":true},{"deployedOrReleased":true}],
			"providerVersionBranch":"main","includePendingStatus":true,"includeWipPactsSince":"2020-01-01"}`,
		`{"consumerVersionSelectors":[{"tag":"dev","latest":true},{"tag":"prod","latest":true,"fallbackTag":"dev"},
			{"branch":"feat","fallbackBranch":"main"},{"consumer":"consumer-00","latest":true}],
			"providerVersionTags":["dev","prod"],"includePendingStatus":true,"includeWipPactsSince":"2020-01-01"}`,
	} {
		out = append(out, readQuestion{method: http.MethodPost, path: "/pacts/provider/hub/for-verification", body: body, most: 4})
	}
	add(12, "text/html", "/", "/ui/applications", "/ui/applications/hub", "/ui/environments", "/ui/environments/production",
		"/ui/environments/production?history-before=9000000000000000-0-1", "/ui/environments/production/compare?with=test", "/ui/environments/test/compare",
		"/ui/gate", "/ui/contracts/hub/provider-00", "/ui/applications/hub/versions/1", "/ui/applications/provider-00/versions/1")
	add(9, "text/html", "/ui/matrix", "/ui/matrix?consumer=hub", "/ui/matrix?provider=hub&consumer-branch=main", "/ui/matrix?consumer=hub&provider=provider-00&provider-environment=production&result=failed",
		"/matrix?q[][pacticipant]=hub&latestby=cvpv")
	add(12, "text/html", "/ui/find", "/ui/find?q=prod", "/ui/find?q=hub+1")
	add(12, "text/html", "/ui/edit/environments", "/ui/edit/applications", "/ui/edit/applications/hub", "/ui/edit/delete?application=hub&version=1", "/ui/edit/delete?application=hub&version=1&provider=provider-00")
	add(4, "text/html", "/ui/applications/hub/usage", "/ui/applications/hub/usage?q=consumer&environment=production")
	add(9, "text/html", "/ui/contracts/hub/provider-00/1/diff", "/ui/contracts/hub/provider-00/1/diff?with=2")
	add(8, "text/html", "/ui/webhooks", "/ui/webhooks?application=hub&event=contract_published&state=failing", "/ui/webhooks/new", "/ui/secrets", "/ui/secrets/new", "/secrets", "/ui/admin", "/ui/admin/retention", "/ui/admin/delete?application=hub", "/ui/admin/delete?consumer=hub&provider=provider-00", "/ui/admin/delete?application=hub&branch=main")
	add(12, "text/html", "/?mine=hub&mine=provider-00", "/ui/applications?q=hub&label=none", "/ui/applications/hub?branch=main", "/ui/gate?application=hub&to=production")
	add(6, "text/html", "/ui/map", "/ui/map?application=hub", "/ui/map/svg")
	add(14, "", "/matrix/provider/provider-00/consumer/hub")
	add(10, "", "/matrix?q[][pacticipant]=hub&latestby=cvpv")
	add(8, "", "/dashboard", "/dashboard?page=1&size=20", "/dashboard/provider/provider-00/consumer/hub",
		"/pacticipants/hub/versions/1/why", "/verification-results/consumer/hub/version/1/latest")
	add(5, "", "/pacticipants", "/pacticipants?page=1&size=20", "/pacticipants/hub", "/pacticipants/hub/versions",
		"/pacticipants/hub/versions/1", "/pacticipants/hub/latest-version", "/pacticipants/hub/branches", "/pacticipants/hub/branches/main/versions",
		"/pacticipants/hub/tags/dev/versions", "/pacts/latest", "/pacts/provider/hub", "/pacts/provider/hub/latest/dev",
		"/pacts/provider/hub/branch/latest", "/pacts/provider/hub/provider-states", "/pacticipants/hub/usage", pair+"/versions", pair+"/version/1/previous-distinct",
		pair+"/version/1/triggered-webhooks", pair+"/webhooks", pair+"/webhooks/status", "/webhooks", "/environments", "/integrations",
		"/integrations?page=1&size=20", "/metrics", "/gate/answers", "/labels")
	add(3, "text/csv", "/relationships", "/groups/hub")
	return out
}
