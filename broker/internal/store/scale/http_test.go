package scale_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
)

// TestMeasureOverHTTP prints what the questions cost over HTTP as the history
// grows. It runs on demand: TREATY_SCALE_RESULTS lists how many results to make
// up, TREATY_SCALE_POSTGRES_URL names an empty PostgreSQL database, which is
// left empty, TREATY_SCALE_SECONDS is how long each figure is measured,
// TREATY_SCALE_FOLDER keeps the SQLite files, and TREATY_SCALE_REPORT names the
// page to write the figures to.
func TestMeasureOverHTTP(t *testing.T) {
	sizes := os.Getenv("TREATY_SCALE_RESULTS")
	if sizes == "" {
		t.Skip("TREATY_SCALE_RESULTS does not say how much history to make up")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(broker.CollectAt)) // as treaty serve does
	var out report
	fmt.Println(header)
	for _, text := range strings.Split(sizes, ",") {
		results, err := strconv.Atoi(strings.TrimSpace(text))
		require.NoError(t, err)
		measure(t, &out, "SQLite", sqliteFile(t, results), results)
	}
	if url := os.Getenv("TREATY_SCALE_POSTGRES_URL"); url != "" {
		for _, text := range strings.Split(sizes, ",") {
			results, err := strconv.Atoi(strings.TrimSpace(text))
			require.NoError(t, err)
			requireEmpty(t, url)
			measure(t, &out, "PostgreSQL", url, results)
			empty(t, url)
		}
	}
	out.write(t)
}

func sqliteFile(t *testing.T, results int) string {
	folder := os.Getenv("TREATY_SCALE_FOLDER")
	if folder == "" {
		folder = t.TempDir()
	}
	return "sqlite:" + filepath.Join(folder, fmt.Sprintf("scale-%d.db", results))
}

// requireEmpty fails the test unless the database has no tables, so that empty
// deletes nothing but what was made up here.
func requireEmpty(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	var tables int
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables))
	require.Zero(t, tables, "TREATY_SCALE_POSTGRES_URL must name an empty database")
}

func empty(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `DROP SCHEMA public CASCADE; CREATE SCHEMA public`)
	require.NoError(t, err)
}

// measure fills the database if it is new, and asks a broker on it.
func measure(t *testing.T, out *report, database, address string, results int) {
	size := scale.OfResults(results)
	if path, isFile := strings.CutPrefix(address, "sqlite:"); !isFile || !exists(path) {
		began := time.Now()
		s := load(t, address, size)
		require.NoError(t, s.Close())
		apps, versions, contents, total := size.Totals()
		out.loads = append(out.loads, fmt.Sprintf("%s: %d applications, %d versions, %d contents and %d results were loaded in %s.",
			database, apps, versions, contents, total, time.Since(began).Round(time.Second)))
		t.Log(out.loads[len(out.loads)-1])
	}
	options := broker.DefaultOptions()
	options.Host, options.Port, options.Database = "127.0.0.1", 0, address
	options.Log = slog.New(slog.DiscardHandler)
	broker, err := broker.New(t.Context(), options)
	require.NoError(t, err)
	broker.Start()
	defer func() { require.NoError(t, broker.Stop()) }()
	for _, op := range operations(t, broker.URL(), size) {
		for _, clients := range []int{1, 8} {
			out.add(measured{database, results, op.name, clients, op.run(t, clients)})
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// operation is a request that is measured.
type operation struct {
	name   string
	method string
	url    string
	body   func(n int) []byte
	status int
	// mustHold is in every answer.
	mustHold string
	client   *http.Client
}

func operations(t *testing.T, base string, size scale.Size) []operation {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	var out []operation
	for _, target := range []struct {
		app          string
		integrations int
	}{{scale.ConsumerOfOne, 1}, {scale.ConsumerOfTen, 10}, {scale.ConsumerOfFifty, 50}} {
		q := scale.CanIDeploy(size, target.app)
		values := url.Values{"pacticipant": {q.Pacticipant}, "version": {q.Version}, "environment": {q.Environment}}
		out = append(out, operation{
			name: fmt.Sprintf("can-i-deploy, %d integrations", target.integrations), method: http.MethodGet,
			url: base + "/can-i-deploy?" + values.Encode(), status: 200, mustHold: `"deployable":true`,
		})
	}
	q := scale.PactsForVerification(size)
	body, err := json.Marshal(map[string]any{
		"providerVersionBranch": q.ProviderBranch, "includePendingStatus": true, "includeWipPactsSince": q.WIPSince.Format(time.RFC3339),
		"consumerVersionSelectors": []any{map[string]any{"mainBranch": true}, map[string]any{"deployedOrReleased": true}},
	})
	require.NoError(t, err)
	out = append(out, operation{
		name: "pacts for verification, 50 consumers", method: http.MethodPost, url: base + "/pacts/provider/" + q.Provider + "/for-verification",
		body: func(int) []byte { return body }, status: 200, mustHold: `"pending":`,
	}, operation{
		name: "publish a pact", method: http.MethodPost, url: base + "/contracts/publish", body: publication, status: 200, mustHold: "notices",
	}, operation{
		name: "publish a result", method: http.MethodPost, status: 201, mustHold: `"success":true`, body: result,
		url: base + "/pacts/provider/" + scale.ProviderOfFifty + "/consumer/app-0004/pact-version/" + shaOf(t, client, base) + "/verification-results",
	})
	for i := range out {
		out[i].client = client
	}
	return out
}

// run tells versions of this measurement from those of an earlier one.
var run = time.Now().Unix()

func publication(n int) []byte {
	pact := fmt.Appendf(nil, `{"consumer":{"name":"app-0004"},"provider":{"name":%q},"interactions":[{"description":"number %d","request":{"method":"GET","path":"/"},"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`,
		scale.ProviderOfFifty, n%10)
	out, _ := json.Marshal(map[string]any{ // plain values always marshal
		"pacticipantName": "app-0004", "pacticipantVersionNumber": fmt.Sprintf("run-%d-%d", run, n), "branch": scale.Branch,
		"contracts": []any{map[string]any{
			"consumerName": "app-0004", "providerName": scale.ProviderOfFifty, "specification": "pact", "contentType": "application/json",
			"content": base64.StdEncoding.EncodeToString(pact),
		}},
	})
	return out
}

func result(n int) []byte {
	return fmt.Appendf(nil, `{"success":true,"providerApplicationVersion":"run-%d-%d"}`, run, n)
}

// shaOf finds the content that results are published for.
func shaOf(t *testing.T, client *http.Client, base string) string {
	response, err := client.Get(base + "/pacts/provider/" + scale.ProviderOfFifty + "/consumer/app-0004/latest")
	require.NoError(t, err)
	defer response.Body.Close()
	var pact struct {
		Links map[string]struct{ Name string } `json:"_links"`
	}
	// Some links are lists; the one needed is not.
	var loose struct {
		Links map[string]json.RawMessage `json:"_links"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&loose))
	pact.Links = map[string]struct{ Name string }{}
	link := pact.Links["pb:pact-version"]
	require.NoError(t, json.Unmarshal(loose.Links["pb:pact-version"], &link))
	require.NotEmpty(t, link.Name)
	return link.Name
}

// figures are what a measurement gives.
type figures struct{ fastest, p50, p99, rate float64 }

// run sends the request again and again for a while, after a warm-up.
func (o operation) run(t *testing.T, clients int) figures {
	seconds, err := strconv.Atoi(os.Getenv("TREATY_SCALE_SECONDS"))
	if err != nil {
		seconds = 3
	}
	var answer bytes.Buffer
	for i := range 20 {
		o.send(t, int(time.Now().UnixNano()%1e9)+i, &answer)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second)
	defer cancel()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	began := time.Now()
	for c := range clients {
		wg.Go(func() {
			var mine []time.Duration
			var answer bytes.Buffer
			for n := 0; ctx.Err() == nil; n++ {
				sent := time.Now()
				o.send(t, int(sent.UnixNano()%1e9)*16+c, &answer)
				mine = append(mine, time.Since(sent))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
		})
	}
	wg.Wait()
	took := time.Since(began)
	slices.Sort(all)
	at := func(share float64) float64 {
		return float64(all[min(len(all)-1, int(share*float64(len(all))))].Microseconds()) / 1000
	}
	return figures{fastest: at(0), p50: at(0.5), p99: at(0.99), rate: float64(len(all)) / took.Seconds()}
}

// wrong lets only the first wrong answer be told: there may be thousands.
var wrong sync.Once

// send sends one request and reads the answer into a buffer that is used again:
// clients share the processors with the broker and keep their own work small.
// What is wrong is told without ending the goroutine.
func (o operation) send(t *testing.T, n int, answer *bytes.Buffer) {
	var body io.Reader
	if o.body != nil {
		body = bytes.NewReader(o.body(n))
	}
	request, err := http.NewRequest(o.method, o.url, body)
	if err != nil {
		t.Error(err)
		return
	}
	request.Header.Set("Accept", "application/hal+json")
	request.Header.Set("Content-Type", "application/json")
	response, err := o.client.Do(request)
	if err != nil {
		t.Error(err)
		return
	}
	defer response.Body.Close()
	answer.Reset()
	_, err = answer.ReadFrom(response.Body)
	if err != nil || response.StatusCode != o.status || !bytes.Contains(answer.Bytes(), []byte(o.mustHold)) {
		wrong.Do(func() { t.Errorf("%s: %d %v %.300s", o.name, response.StatusCode, err, answer) })
	}
}
