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
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
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
	var out strings.Builder
	fmt.Fprintf(&out, "Written by `make bench-pages`. Times of an answer in ms, as one client sees them: fastest / half / 99 of 100.\n\n")
	out.WriteString("| database | results | page | ms | KB |\n|---|---:|---|---:|---:|\n")
	open := &strings.Builder{}
	measure := func(h history) {
		h.load(t, &report{})
		h.withBroker(t, h.address, func(b *broker.Broker) {
			for _, p := range dashboardPages(t, b.URL(), h.size()) {
				var answer bytes.Buffer
				p.send(t, 0, &answer)
				f := p.best(t, 1)
				fmt.Fprintf(&out, "| %s | %d | %s | %.1f / %.1f / %.1f | %d |\n", h.database, h.results, p.name, f.Fastest, f.P50, f.P99, (answer.Len()+1023)/1024)
			}
			fmt.Fprintf(open, "| %s | %d | %.2f %% |\n", h.database, openPages, 100*idle(t, b.URL()))
		})
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
	out.WriteString("\nPages that are open while nothing happens, browsers' side included:\n\n| database | pages | of a core |\n|---|---:|---:|\n" + open.String())
	t.Log("\n" + out.String())
	writePages(t, os.Getenv("TREATY_PAGES_REPORT"), out.String())
}

// dashboardPages are all pages, of things that have much to show.
func dashboardPages(t *testing.T, base string, size scale.Size) []operation {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	l := links.Below(base)
	consumer, provider, newest := "app-0004", scale.ProviderOfFifty, scale.NewestNumber(size)
	gate := scale.CanIDeploy(size, scale.ConsumerOfFifty)
	var out []operation
	for _, p := range []struct{ name, address string }{
		{"home", l.HomePage()},
		{"home, of two applications", l.HomePage() + "?" + url.Values{"mine": {consumer, provider}}.Encode()},
		{"applications", l.ApplicationsPage()},
		{"applications, a search", l.ApplicationsPage() + "?" + url.Values{"q": {"app-09"}}.Encode()},
		{"application with 10 providers", l.ApplicationPage(scale.ConsumerOfTen)},
		{"application with 50 consumers", l.ApplicationPage(provider)},
		{"version", l.VersionPage(provider, newest)},
		{"environments", l.EnvironmentsPage()},
		{"environment", l.EnvironmentPage(scale.Environment)},
		{"environment, a page of its history", l.EnvironmentPage(scale.Environment) + "?history-before=9000000000000000-0-1"},
		{"two environments", l.ComparisonPage(scale.Environment, "")},
		{"map of labels", l.MapPage(nil, "")},
		{"map around an application", l.MapAroundPage(scale.ConsumerOfTen)},
		{"gate, question", l.GatePage("", "", "")},
		{"gate, answer over 50 pairs", l.GatePage(gate.Pacticipant, gate.Version, gate.Environment)},
		{"contract", l.ContractPage(consumer, provider, "")},
		{"result", resultPage(t, client, base, consumer, provider)},
		{"webhooks", l.WebhooksPage()},
		{"webhook", webhookPage(t, client, base)},
		{"admin", l.AdminPage()},
		{"what goes with an application", l.DeletePage(url.Values{"application": {provider}})},
	} {
		if only := os.Getenv("TREATY_PAGES_ONLY"); only != "" && only != p.name {
			continue
		}
		out = append(out, operation{
			name: p.name, method: http.MethodGet, url: p.address, accept: "text/html", status: http.StatusOK, mustHold: "</html>", client: client,
		})
	}
	return out
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
	return links.Below(base).ResultPage(consumer, provider, shaOf(t, client, base), number)
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

// writePages puts the figures between the marks of a page.
func writePages(t *testing.T, page, figures string) {
	t.Helper()
	if page == "" {
		return
	}
	const begins, ends = "<!-- pages:begin -->\n", "<!-- pages:end -->"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := bytes.Cut(text, []byte(begins))
	_, after, closed := bytes.Cut(rest, []byte(ends))
	require.True(t, found && closed, "%s has no marks for the figures of pages", page)
	require.NoError(t, os.WriteFile(page, slices.Concat(before, []byte(begins), []byte("\n"+figures+"\n"), []byte(ends), after), 0o644))
}
