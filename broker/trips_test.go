package broker_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// counter stands between a broker and its database, and counts ways there and
// back: how often the broker speaks after the database has.
type counter struct {
	listener net.Listener
	server   string
	trips    atomic.Int64
	last     atomic.Int64 // when something was said last
}

func newCounter(t *testing.T, database string) (*counter, string) {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	c := &counter{server: u.Host}
	var configure net.ListenConfig
	c.listener, err = configure.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.listener.Close() })
	go c.serve()
	u.Host = c.listener.Addr().String()
	return c, u.String()
}

func (c *counter) serve() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		var mu sync.Mutex
		asking := false
		go c.pipe(client, server, func() {
			mu.Lock()
			defer mu.Unlock()
			if !asking {
				asking = true
				c.trips.Add(1)
			}
		})
		go c.pipe(server, client, func() {
			mu.Lock()
			defer mu.Unlock()
			asking = false
		})
	}
}

func (c *counter) pipe(from, to net.Conn, said func()) {
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			said()
			c.last.Store(time.Now().UnixNano())
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// quiet waits until nothing is said any more, and returns the trips so far.
func (c *counter) quiet() int64 {
	for time.Since(time.Unix(0, c.last.Load())) < 15*time.Millisecond {
		time.Sleep(2 * time.Millisecond)
	}
	return c.trips.Load()
}

var unfollowed = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

type tripRow struct {
	name, method, path, body, accept string
	most                             int64
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

func TestReadingTakesFewTrips(t *testing.T) {
	database := postgresSchema(t)
	_ = bytes.MinRead
	for _, n := range []int{1, 10, 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			database := database
			if n != 1 {
				database = postgresSchema(t)
			}
			c, through := newCounter(t, database)
			b := brokertest.Start(t, brokertest.Database(through), func(o *broker.Options) {})
			hub(t, b.URL(), n)
			for _, row := range rows() {
				var status int
				var text string
				for range 2 {
					status, text = exchange(t, row.method, b.URL()+row.path, row.body, row.accept)
				}
				least := int64(1 << 40)
				for range 5 {
					before := c.quiet()
					exchange(t, row.method, b.URL()+row.path, row.body, row.accept)
					least = min(least, c.quiet()-before)
				}
				t.Logf("%5d %5d  %d  %6d  %s", least, row.most, status, len(text), row.name)
			}
		})
	}
}

func rows() []tripRow {
	var out []tripRow
	get := func(most int64, path string) {
		out = append(out, tripRow{name: path, method: "GET", path: path, most: most})
	}
	page := func(most int64, path string) {
		out = append(out, tripRow{name: path + " (page)", method: "GET", path: path, accept: "text/html", most: most})
	}
	const pair = "/pacts/provider/provider-00/consumer/hub"
	get(2, pair+"/version/1")
	get(2, pair+"/latest")
	get(2, pair+"/latest/dev")
	get(2, pair+"/branch/main/latest")
	get(2, pair+"/latest-untagged")
	get(4, "/can-i-deploy?pacticipant=hub&version=1&environment=production")
	get(4, "/matrix?q[][pacticipant]=hub&q[][version]=1&environment=production&latestby=cvp")
	get(4, "/matrix?q[][pacticipant]=hub&q[][branch]=main&q[][latest]=true&environment=production&latestby=cvp")
	get(4, "/can-i-deploy?pacticipant=hub&version=1&to=dev")
	get(4, "/pacticipants/hub/branches/main/latest-version/can-i-deploy/to-environment/production")
	get(4, "/pacticipants/hub/latest-version/prod/can-i-deploy/to/dev")
	get(4, "/matrix?q[][pacticipant]=hub&q[][version]=1&q[][pacticipant]=provider-00&q[][version]=1&latestby=cvpv")
	get(4, "/matrix?q[][pacticipant]=hub&latestby=cvpv")
	get(4, "/matrix/provider/provider-00/consumer/hub")
	get(4, "/pacts/provider/hub/for-verification")
	verification := func(name, body string) {
		out = append(out, tripRow{name: "for-verification " + name, method: "POST", path: "/pacts/provider/hub/for-verification", body: body, most: 4})
	}
	verification("default", `{"providerVersionBranch":"main","includePendingStatus":true}`)
	verification("common", `{"consumerVersionSelectors":[{"mainBranch":true},{"matchingBranch":true},{"deployedOrReleased":true}],"providerVersionBranch":"main","includePendingStatus":true,"includeWipPactsSince":"2020-01-01"}`)
	verification("tags", `{"consumerVersionSelectors":[{"tag":"dev","latest":true},{"tag":"prod","latest":true,"fallbackTag":"dev"},{"branch":"feat","fallbackBranch":"main"},{"consumer":"consumer-00","latest":true}],"providerVersionTags":["dev","prod"],"includePendingStatus":true,"includeWipPactsSince":"2020-01-01"}`)
	page(12, "/")
	page(12, "/ui/applications")
	page(12, "/ui/applications/hub")
	page(12, "/ui/environments")
	page(12, "/ui/environments/production")
	page(12, "/ui/gate")
	page(12, "/ui/gate?application=hub&to=production")
	page(12, "/ui/contracts/hub/provider-00")
	for _, path := range []string{"/", "/pacticipants", "/pacticipants?page=1&size=20", "/pacticipants/hub", "/pacticipants/hub/versions", "/pacticipants/hub/versions/1", "/pacticipants/hub/latest-version",
		"/pacticipants/hub/latest-version/dev", "/pacticipants/hub/branches/main/latest-version",
		"/pacticipants/hub/branches", "/pacticipants/hub/branches/main", "/pacticipants/hub/branches/main/versions", "/pacticipants/hub/branches/main/versions/1", "/pacticipants/hub/tags/dev/versions", "/pacticipants/hub/versions/1/tags/dev",
		"/pacts/latest", "/pacts/provider/hub", "/pacts/provider/hub/latest", "/pacts/provider/hub/latest/dev", "/pacts/provider/hub/branch/latest", "/pacts/provider/hub/tag/dev", "/pacts/provider/hub/branch",
		"/pacts/provider/hub/provider-states", pair + "/versions", pair + "/tag/dev", pair + "/branch/main", pair + "/version/1/previous-distinct", pair + "/version/1/diff/previous-distinct", pair + "/latest/verification-results/latest",
		pair + "/version/1/triggered-webhooks", pair + "/webhooks", pair + "/webhooks/status", "/webhooks", "/webhooks/provider/hub", "/environments",
		"/integrations", "/integrations?page=1&size=20", "/dashboard", "/dashboard?page=1&size=20", "/dashboard/provider/provider-00/consumer/hub", "/metrics", "/gate/answers", "/pacticipants/hub/versions/1/why?provider=provider-00",
		"/verification-results/consumer/hub/version/1/latest", "/labels", "/pacticipants/label/x",
		"/diagnostic/status/dependencies"} {
		get(6, path)
	}
	out = append(out, tripRow{name: "/relationships", method: "GET", path: "/relationships", accept: "text/csv"},
		tripRow{name: "/groups/hub", method: "GET", path: "/groups/hub", accept: "text/csv"})

	return out
}
