package scale_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestMeasurePages measures what each page of the dashboard takes, and what pages
// cost that are open while nothing happens. It runs on demand, as
// TestMeasureOverHTTP does, and knows its variables TREATY_SCALE_SQLITE,
// TREATY_SCALE_POSTGRES, their URL and folder; TREATY_PAGES_ONLY names the page to
// measure, TREATY_PAGES_OPEN is for how many seconds pages are open, TREATY_PAGES_REPORT the page to write the figures to.
func TestMeasurePages(t *testing.T) {
	sqlite, postgres := os.Getenv("TREATY_SCALE_SQLITE"), os.Getenv("TREATY_SCALE_POSTGRES")
	if sqlite+postgres == "" {
		t.Skip("TREATY_SCALE_SQLITE and TREATY_SCALE_POSTGRES do not say how much history to make up")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(broker.CollectAt)) // as treaty serve does
	var out pagesReport
	measure := func(h history) {
		h.load(t, &report{})
		at := len(out.pages)
		h.withBroker(t, h.address, func(b *broker.Broker) {
			crowd(t, b.URL(), h.size())
			for _, p := range dashboardPages(t, b.URL(), h.size()) {
				out.pages = append(out.pages, h.measurePage(t, b.URL(), p))
				out.noteLoad()
			}
			out.open = append(out.open, openShare{h.database, idle(t, b.URL())})
		})
		if h.database == "PostgreSQL" {
			h.countStatements(t, out.pages[at:])
		}
	}
	for _, h := range histories(t, "SQLite", sqlite) {
		folder := keptIn()
		if folder == "" {
			folder = t.TempDir()
		}
		h.address = "sqlite:" + filepath.Join(folder, h.name()+".db")
		measure(h)
	}
	for _, h := range histories(t, "PostgreSQL", postgres) {
		h.onServer(t, os.Getenv("TREATY_SCALE_POSTGRES_URL"), func() { measure(h) })
	}
	t.Log("\n" + out.text())
	writePages(t, os.Getenv("TREATY_PAGES_REPORT"), out.text())
}

// measuredPage is what a page takes: seen again, and seen first after a change.
type measuredPage struct {
	database, name string
	bytes          int
	again, first   figures
	// statements and trips are what it asks the database for after a change, and how
	// often it waits for that; -1 where nobody has counted.
	statements, trips int
}

// measurePage measures a page that has been seen, and then its first sight after each of
// some changes: a result that fails, and one that does not.
func (h history) measurePage(t *testing.T, base string, page operation) measuredPage {
	var answer bytes.Buffer
	page.send(t, 0, &answer)
	out := measuredPage{database: h.database, name: page.name, bytes: answer.Len(), statements: -1}
	out.again = page.best(t, 1)
	change := changes(t, base, h.size())
	var all []time.Duration
	for i, began := 0, time.Now(); i < firstSights && (i < 5 || time.Since(began) < 5*time.Second); i++ {
		change(i)
		sent := time.Now()
		page.send(t, i, &answer)
		all = append(all, time.Since(sent))
	}
	change(1) // all is well again
	out.first = figuresOf(all)
	return out
}

// firstSights is after how many changes a page is looked at.
const firstSights = 20

// changes returns what publishes a result of the newest versions of a pair: it fails, and
// the next one does not.
func changes(t *testing.T, base string, size scale.Size) func(n int) {
	t.Helper()
	client := &http.Client{}
	o := operation{
		name: "change", method: http.MethodPost, status: http.StatusCreated, mustHold: `"success":`, client: client,
		url: base + "/pacts/provider/" + scale.ProviderOfFifty + "/consumer/app-0004/pact-version/" + shaOf(t, client, base) + "/verification-results",
		body: func(n int) []byte {
			return fmt.Appendf(nil, `{"success":%t,"providerApplicationVersion":%q}`, n%2 == 1, scale.NewestNumber(size))
		},
	}
	var answer bytes.Buffer
	return func(n int) { o.send(t, n, &answer) }
}

// countStatements counts what each page asks PostgreSQL for after a change, at the least
// of some tries: what else a broker does comes between.
func (h history) countStatements(t *testing.T, pages []measuredPage) {
	proxy := storetest.NewProxy(t, h.address)
	var statements atomic.Int64
	proxy.Watch(func(m storetest.Message) storetest.Fate {
		if m.Runs != "" && !m.Says("rollback") { // nobody waits for that
			statements.Add(1)
		}
		return storetest.Pass
	})
	h.withBroker(t, proxy.URL(), func(b *broker.Broker) {
		change := changes(t, b.URL(), h.size())
		var answer bytes.Buffer
		for i, page := range dashboardPages(t, b.URL(), h.size()) {
			page.send(t, 0, &answer) // its statements are prepared
			pages[i].statements, pages[i].trips = 1<<30, 1<<30
			for n := range 6 {
				change(n + 1)
				time.Sleep(20 * time.Millisecond) // what the change leads to is done
				statements.Store(0)
				proxy.ResetTrips()
				page.send(t, n, &answer)
				pages[i].statements = min(pages[i].statements, int(statements.Load()))
				pages[i].trips = min(pages[i].trips, proxy.Trips())
			}
		}
	})
}

// dashboardPages are all pages, of things that have much to show.
func dashboardPages(t *testing.T, base string, size scale.Size) []operation {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	l := links.Below(base)
	consumer, provider, newest := "app-0004", scale.ProviderOfFifty, scale.NewestNumber(size)
	gate := scale.CanIDeploy(size, scale.ConsumerOfFifty)
	asking := func(page string, values ...string) string {
		query := url.Values{}
		for i := 0; i < len(values); i += 2 {
			query.Add(values[i], values[i+1])
		}
		return page + "?" + query.Encode()
	}
	webhook := webhookPage(t, client, base)
	var out []operation
	for _, p := range []struct{ name, address string }{
		{"home", l.HomePage()},
		{"home, of two applications", asking(l.HomePage(), "mine", consumer, "mine", provider)},
		{"home, of a team", asking(l.HomePage(), "label", "team-07")},
		{"home, causes further on", asking(l.HomePage(), "causes-page", "3", "waiting-page", "2")},
		{"applications", l.ApplicationsPage()},
		{"applications, a search", asking(l.ApplicationsPage(), "q", "app-09")},
		{"applications, blocked, by their age", asking(l.ApplicationsPage(), "health", "blocked", "sort", "-seen")},
		{"application with 10 providers", l.ApplicationPage(scale.ConsumerOfTen)},
		{"application with 50 consumers", l.ApplicationPage(provider)},
		{"application with 1,000 consumers", l.ApplicationPage(everybodys)},
		{"application, a branch", asking(l.ApplicationPage(scale.ConsumerOfTen), "branch", scale.Branch)},
		{"application, versions further on", asking(l.ApplicationPage(scale.ConsumerOfTen), "page", "2")},
		{"version with 50 consumers", l.VersionPage(provider, newest)},
		{"version with 1,000 consumers", l.VersionPage(everybodys, everybodysVersion)},
		{"usage, 50 consumers", l.UsagePage(provider, nil)},
		{"usage, 1,000 consumers", l.UsagePage(everybodys, nil)},
		{"usage, 1,000 consumers, a field", l.UsagePage(everybodys, url.Values{"q": {"owner"}})},
		{"environments", l.EnvironmentsPage()},
		{"environment", l.EnvironmentPage(scale.Environment)},
		{"environment, what may not come", asking(l.EnvironmentPage(scale.Environment), "arrivals-answer", "no", "pairs-sort", "-when")},
		{"environment, a page of its history", asking(l.EnvironmentPage(scale.Environment), "history-before", "9000000000000000-0-1")},
		{"two environments", l.ComparisonPage(staging, scale.Environment)},
		{"map of labels", l.MapPage(nil, "")},
		{"map of a label", asking(l.MapPage(nil, ""), "label", "team-07")},
		{"map around an application", l.MapAroundPage(scale.ConsumerOfTen)},
		{"map around one with 1,000 consumers", l.MapAroundPage(everybodys)},
		{"map of what fails", asking(l.MapPage(nil, ""), "failing", "1")},
		{"gate, question", l.GatePage("", "", "")},
		{"gate, answer over 50 pairs", l.GatePage(gate.Pacticipant, gate.Version, gate.Environment)},
		{"gate, answer over 1,000 pairs", l.GatePage(everybodys, everybodysVersion, scale.Environment)},
		{"matrix, question", l.MatrixPage(nil)},
		{"matrix, of a consumer", l.MatrixPage(url.Values{"consumer": {scale.ConsumerOfTen}})},
		{"matrix, of a pair", l.MatrixOfPairPage(consumer, provider)},
		{"matrix, of a pair, every result", l.MatrixPage(url.Values{"consumer": {consumer}, "provider": {provider}, "every": {"true"}})},
		{"matrix, several facets", l.MatrixPage(url.Values{"provider": {provider}, "consumer-branch": {scale.Branch}, "provider-environment": {scale.Environment}, "result": {"failed", "unverified"}})},
		{"matrix, 1,000 consumers", l.MatrixPage(url.Values{"provider": {everybodys}, "provider-environment": {scale.Environment}})},
		{"contract", l.ContractPage(consumer, provider, "")},
		{"contract of 1,000 interactions", l.ContractPage(large, largeProvider, "")},
		{"contract of 1,000 interactions, a search", asking(l.ContractPage(large, largeProvider, ""), "q", "things/77", "result", "failed")},
		{"contract diff", l.DiffPage(consumer, provider, newest, "")},
		{"contract diff, 1,000 interactions", l.DiffPage(large, largeProvider, "2", "1")},
		{"result", resultPage(t, client, base, consumer, provider)},
		{"result of 1,000 interactions", resultPage(t, client, base, large, largeProvider)},
		{"webhooks", l.WebhooksPage()},
		{"webhooks, of an application", l.WebhooksOfPage(provider)},
		{"webhook", webhook},
		{"webhook, why it fired for a pair", asking(webhook, "consumer", consumer, "provider", provider)},
		{"webhook, form", webhook + "/edit"},
		{"delivery", deliveryPage(t, client, base, webhook)},
		{"admin", l.AdminPage()},
		{"clean-up", l.RetentionPage()},
		{"delete, question", l.DeletePage(nil)},
		{"what goes with an application", l.DeletePage(url.Values{"application": {provider}})},
		{"what goes with a pair", l.DeletePage(url.Values{"consumer": {consumer}, "provider": {provider}})},
		{"what goes with a branch", l.DeletePage(url.Values{"application": {provider}, "branch": {scale.Branch}})},
		{"relation of the API", base + "/doc/can-i-deploy"},
	} {
		if only := os.Getenv("TREATY_PAGES_ONLY"); only != "" && !strings.HasPrefix(p.name, only) {
			continue
		}
		out = append(out, operation{
			name: p.name, method: http.MethodGet, url: p.address, accept: "text/html", status: http.StatusOK, mustHold: "</html>", client: client,
		})
	}
	return out
}

// deliveryPage is that of a delivery of a webhook, to which its page leads.
func deliveryPage(t *testing.T, client *http.Client, base, webhook string) string {
	t.Helper()
	page := operation{name: "webhook", method: http.MethodGet, url: webhook, accept: "text/html", status: http.StatusOK, client: client}
	var answer bytes.Buffer
	page.send(t, 0, &answer)
	found := regexp.MustCompile(`"(/ui/webhooks/[^"]+/deliveries/[^"/]+)"`).FindSubmatch(answer.Bytes())
	require.NotNil(t, found, "the webhook has fired")
	return base + string(found[1])
}

// webhookPage is the page of the webhook that was made first.
func webhookPage(t *testing.T, client *http.Client, base string) string {
	t.Helper()
	response, err := client.Get(base + "/webhooks")
	require.NoError(t, err)
	defer response.Body.Close()
	var list struct {
		Links struct {
			Webhooks []struct{ Href string } `json:"pb:webhooks"`
		} `json:"_links"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&list))
	require.NotEmpty(t, list.Links.Webhooks)
	href := list.Links.Webhooks[0].Href
	return links.Below(base).WebhookPage(href[strings.LastIndex(href, "/")+1:])
}

// resultPage is the page of the newest result of a pair.
func resultPage(t *testing.T, client *http.Client, base, consumer, provider string) string {
	t.Helper()
	response, err := client.Get(base + "/pacts/provider/" + provider + "/consumer/" + consumer + "/latest/verification-results/latest")
	require.NoError(t, err)
	defer response.Body.Close()
	var result struct {
		Links struct {
			Self struct{ Href string }
		} `json:"_links"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&result))
	number := result.Links.Self.Href[strings.LastIndex(result.Links.Self.Href, "/")+1:]
	require.NotEmpty(t, number)
	segments := strings.Split(strings.TrimPrefix(result.Links.Self.Href, base), "/")
	return links.Below(base).ResultPage(consumer, provider, segments[slices.Index(segments, "pact-version")+1], number)
}

// openPages is how many pages are open at a time.
const openPages = 200

// idle returns the share of a core that this process needs while pages are open and
// nothing happens.
func idle(t *testing.T, base string) float64 {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for range openPages {
		response, err := client.Get(base + "/ui/live")
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, response.StatusCode)
		defer response.Body.Close()
		go func() { _, _ = io.Copy(io.Discard, response.Body) }() // until it is closed
	}
	time.Sleep(2 * time.Second)
	before, began := processorTime(t), time.Now()
	time.Sleep(time.Duration(number("TREATY_PAGES_OPEN", 60)) * time.Second)
	return (processorTime(t) - before).Seconds() / time.Since(began).Seconds()
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
