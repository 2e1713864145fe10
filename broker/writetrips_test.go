package broker_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// distant is a broker whose database is behind a proxy that counts how often the
// broker waits for it.
type distant struct {
	*broker.Broker
	t     *testing.T
	proxy *storetest.Proxy
	count int
	// statements is how many the server has been given to run.
	statements atomic.Int64
}

func startDistant(t *testing.T, byDate, recorded bool) *distant {
	t.Helper()
	proxy := storetest.NewProxy(t, storetest.PostgresSchema(t))
	b := brokertest.Start(t, brokertest.Database(proxy.URL()), func(o *broker.Options) {
		o.MaxConnections, o.Domain.OrderVersionsByDate, o.Audit = 4, byDate, recorded
	})
	d := &distant{Broker: b, t: t, proxy: proxy}
	proxy.Watch(func(m storetest.Message) storetest.Fate {
		if m.Runs != "" && !m.Says("rollback") { // nobody waits for that
			d.statements.Add(1)
		}
		return storetest.Pass
	})
	return d
}

// cost is what the server has to do with something, at the least of some tries: the
// broker's own work comes between at times, and each connection has to prepare its
// statements once. Where that work is the sending of webhooks, which begins before the
// answer is read, tries go on for longer if they are above most.
func (d *distant) cost(before, do func(), most int, sends bool) (trips, statements int) {
	for i := range 60 {
		if i >= 8 && (!sends || trips <= most) {
			break
		}
		if before != nil {
			before()
		}
		d.proxy.ResetTrips()
		d.statements.Store(0)
		do()
		if n := d.proxy.Trips(); i == 0 || n < trips {
			trips = n
		}
		if n := int(d.statements.Load()); i == 0 || n < statements {
			statements = n
		}
	}
	return trips, statements
}

// send makes a request and returns the answer.
func (d *distant) send(method, path, body string) map[string]any {
	d.t.Helper()
	request, err := http.NewRequestWithContext(d.t.Context(), method, d.URL()+path, strings.NewReader(body))
	require.NoError(d.t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/hal+json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(d.t, err)
	text, err := io.ReadAll(response.Body)
	require.NoError(d.t, err)
	require.NoError(d.t, response.Body.Close())
	require.Less(d.t, response.StatusCode, 300, "%s %s: %s", method, path, text)
	var out map[string]any
	if len(text) > 0 {
		require.NoError(d.t, json.Unmarshal(text, &out))
	}
	return out
}

// next is a number that was not used before.
func (d *distant) next() string {
	d.count++
	return fmt.Sprintf("1.0.%d", d.count)
}

// shopPublication is a request to publish pacts of Shop with providers; what tells
// their contents apart.
func shopPublication(number, branch, what string, tags []string, providers int) string {
	var contracts []map[string]string
	for i := range providers {
		provider := fmt.Sprintf("Stock %d", i)
		pact := fmt.Sprintf(`{"consumer":{"name":"Shop"},"provider":{"name":%q},"interactions":[{"description":"a request %s",
			"request":{"method":"GET","path":"/stock"},"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, provider, what)
		contracts = append(contracts, map[string]string{"consumerName": "Shop", "providerName": provider, "specification": "pact",
			"contentType": "application/json", "content": base64.StdEncoding.EncodeToString([]byte(pact))})
	}
	var out bytes.Buffer
	_ = json.NewEncoder(&out).Encode(map[string]any{ // texts always marshal
		"pacticipantName": "Shop", "pacticipantVersionNumber": number, "branch": branch, "tags": tags, "contracts": contracts,
	})
	return out.String()
}

// TestWritingTakesFewWaysToTheServer counts how often a request waits for
// PostgreSQL, where the statements are prepared already, how many they are, and how
// long it takes where the server is not near. Versions that are ordered by number
// take more: each moves others, under the lock of its application.
func TestWritingTakesFewWaysToTheServer(t *testing.T) {
	for _, byDate := range []bool{true, false} {
		t.Run(fmt.Sprintf("by date %t", byDate), func(t *testing.T) { writingTakesFewWays(t, byDate, false) })
	}
	// A record of who did what is one statement more, on the same way as the COMMIT.
	t.Run("recorded", func(t *testing.T) { writingTakesFewWays(t, true, true) })
}

func writingTakesFewWays(t *testing.T, byDate, recorded bool) {
	t.Helper()
	d := startDistant(t, byDate, recorded)
	publish := func(branch, what string, tags []string, providers int) func() {
		return func() {
			content := what
			if what == "" {
				content = d.next()
			}
			d.send(http.MethodPost, "/contracts/publish", shopPublication(d.next(), branch, content, tags, providers))
		}
	}
	publish("main", "", nil, 1)()
	pact := d.send(http.MethodGet, "/pacts/provider/Stock%200/consumer/Shop/latest", "")
	results := strings.TrimPrefix(pact["_links"].(map[string]any)["pb:publish-verification-results"].(map[string]any)["href"].(string), d.URL())
	result := func(number string) {
		d.send(http.MethodPost, results, fmt.Sprintf(`{"success":true,"providerApplicationVersion":%q,"testResults":{"tests":[]}}`, number))
	}
	environment := d.send(http.MethodPost, "/environments", `{"name":"test","displayName":"Test","production":false}`)["uuid"].(string)
	version := "" // of the provider
	onBranch := func() {
		version = d.next()
		d.send(http.MethodPut, "/pacticipants/Stock%200/branches/main/versions/"+version, "{}")
	}
	waiting := false
	waits := func() { // for something else, so that the queue has nothing to do
		if !waiting {
			d.send(http.MethodPost, "/webhooks", `{"events":[{"name":"provider_verification_failed"}],"request":{"method":"POST","url":"https://hooks.invalid/x"}}`)
		}
		waiting = true
	}
	firing := false
	fires := func() { // what was fired before is sent in between
		if !firing {
			d.send(http.MethodPost, "/webhooks", `{"events":[{"name":"contract_content_changed"},{"name":"contract_requiring_verification_published"},
				{"name":"provider_verification_published"}],"request":{"method":"POST","url":"https://hooks.invalid/x"}}`)
		}
		firing = true
		time.Sleep(100 * time.Millisecond)
	}
	for _, tt := range []struct {
		name string
		most int
		// numbered is most where versions are ordered by number.
		numbered int
		// statements is how many there may be, BEGIN and COMMIT among them: each costs
		// the server some 20 µs, whatever it does.
		statements int
		before     func()
		do         func()
		// sends says that it fires webhooks, which take their time beside it.
		sends bool
	}{
		{name: "publish on a branch, new content", most: 2, numbered: 14, statements: 20, do: publish("main", "", nil, 1)},
		{name: "publish on a new branch", most: 2, numbered: 16, statements: 22, do: func() { publish("feature "+d.next(), "", nil, 1)() }},
		{name: "publish what is there already", most: 2, numbered: 14, statements: 20, do: publish("main", "same", nil, 1)},
		{name: "publish with two tags", most: 2, numbered: 9, statements: 25, do: publish("main", "", []string{"dev", "test"}, 1)},
		{name: "publish ten pacts", most: 2, numbered: 45, statements: 103, do: publish("main", "", nil, 10)},
		{name: "publish ten pacts that are there already", most: 2, numbered: 45, statements: 103, do: publish("main", "same", nil, 10)},
		{name: "result by a new version", most: 2, numbered: 8, statements: 14, do: func() { result(d.next()) }},
		{name: "result by a version on a branch", most: 3, numbered: 11, statements: 21, before: onBranch, do: func() { result(version) }},
		{name: "another result by a version", most: 3, numbered: 11, statements: 21, do: func() { result(version) }},
		{name: "record a deployment", most: 3, numbered: 3, statements: 12, before: onBranch, do: func() {
			d.send(http.MethodPost, "/pacticipants/Stock%200/versions/"+version+"/deployed-versions/environment/"+environment, "{}")
		}},
		{name: "put a new version on a branch", most: 2, numbered: 6, statements: 10, do: onBranch},
		{name: "put a tag on a new version", most: 5, numbered: 9, statements: 14, do: func() { d.send(http.MethodPut, "/pacticipants/Shop/versions/"+d.next()+"/tags/dev", "{}") }},
		{name: "fetch the latest pact", most: 1, numbered: 1, statements: 11, do: func() { d.send(http.MethodGet, "/pacts/provider/Stock%200/consumer/Shop/latest", "") }},
		{name: "ask whether a version can be deployed", most: 2, numbered: 2, statements: 14, do: func() {
			d.send(http.MethodGet, "/can-i-deploy?pacticipant=Stock%200&version="+version+"&environment=test", "")
		}},
		{name: "publish ten pacts that a webhook waits for", most: 2, numbered: 49, statements: 118, before: waits, do: publish("main", "", nil, 10)},
		{name: "publish a pact that fires a webhook", most: 4, numbered: 25, statements: 28, before: fires, do: publish("main", "", nil, 1), sends: true},
		{name: "publish what is there already and fires a webhook", most: 4, numbered: 25, statements: 30, before: fires, do: publish("main", "same", nil, 1), sends: true},
		{name: "publish with two tags, which fires a webhook", most: 4, numbered: 15, statements: 33, before: fires, do: publish("main", "", []string{"dev", "test"}, 1), sends: true},
		{name: "publish ten pacts that fire webhooks", most: 4, numbered: 51, statements: 120, before: fires, do: publish("main", "", nil, 10), sends: true},
		{name: "result by a new version that fires a webhook", most: 4, numbered: 13, statements: 19, before: fires, do: func() { result(d.next()) }, sends: true},
		{name: "put a new version", most: 3, numbered: 9, statements: 11, do: func() { d.send(http.MethodPut, "/pacticipants/Shop/versions/"+d.next(), "{}") }},
	} {
		most := tt.most
		if !byDate {
			most = tt.numbered
		}
		trips, statements := d.cost(tt.before, tt.do, most, tt.sends)
		// The least of some tries: a machine that does something else takes longer.
		limit, took := time.Duration(most)*10*time.Millisecond+200*time.Millisecond, time.Hour
		for try := 0; try < 1 || try < 20 && took >= limit && !tt.sends; try++ {
			if tt.before != nil {
				tt.before()
			}
			d.proxy.Delay(5 * time.Millisecond)
			began := time.Now()
			tt.do()
			took = min(took, time.Since(began))
			d.proxy.Delay(0)
		}
		t.Logf("%-45s %2d ways, at most %2d; %2d statements, at most %2d; %4d ms with 5 ms each way",
			tt.name, trips, most, statements, tt.statements, took.Milliseconds())
		require.LessOrEqual(t, trips, most, tt.name)
		if byDate {
			more := 0
			if recorded {
				more = 1
			}
			require.LessOrEqual(t, statements, tt.statements+more, tt.name)
		}
		if tt.sends {
			continue
		}
		require.Less(t, took, limit, tt.name)
	}
}
