package scale_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/scale"
)

// operation is a request that is measured.
type operation struct {
	name   string
	method string
	url    string
	body   func(n int) []byte
	status int
	// mustHold is in every answer.
	mustHold string
	// accept is application/hal+json if it is empty.
	accept string
	client *http.Client
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
	pair := "/pacts/provider/" + scale.ProviderOfFifty + "/consumer/app-0004"
	out = append(out, operation{
		name: "pacts for verification, 50 consumers", method: http.MethodPost, url: base + "/pacts/provider/" + q.Provider + "/for-verification",
		body: func(int) []byte { return body }, status: 200, mustHold: `"pending":`,
	}, operation{
		name: "publish a pact", method: http.MethodPost, url: base + "/contracts/publish", body: publication, status: 200, mustHold: "notices",
	}, operation{
		name: "publish a result", method: http.MethodPost, status: 201, mustHold: `"success":true`, body: result,
		url: base + pair + "/pact-version/" + shaOf(t, client, base) + "/verification-results",
	}, operation{
		name: "fetch the latest pact", method: http.MethodGet, url: base + pair + "/latest", status: 200, mustHold: "interactions",
	}, operation{
		name: "fetch a pact by version", method: http.MethodGet, url: base + pair + "/version/" + scale.NewestNumber(size), status: 200, mustHold: "interactions",
	}, operation{
		name: "home page", method: http.MethodGet, url: base + "/", accept: "text/html", status: 200, mustHold: "</html>",
	}, operation{
		name: "application page", method: http.MethodGet, url: base + "/ui/applications/" + scale.ConsumerOfTen, accept: "text/html", status: 200, mustHold: "</html>",
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
type figures struct {
	Fastest float64 `json:"fastest"`
	P50     float64 `json:"p50"`
	P99     float64 `json:"p99"`
	Rate    float64 `json:"rate"`
}

// number is the value of a variable, or what stands instead.
func number(variable string, instead int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return instead
}

// best sends the request in several rounds and returns the one with the smallest
// median: others use the machine too, and only ever make it slower.
func (o operation) best(t *testing.T, clients int) figures {
	var out figures
	for round := range number("TREATY_SCALE_ROUNDS", 3) {
		f := o.run(t, clients, time.Duration(number("TREATY_SCALE_SECONDS", 3))*time.Second)
		fastest := f.Fastest
		if round > 0 {
			fastest = min(fastest, out.Fastest)
		}
		if round == 0 || f.P50 < out.P50 {
			out = f
		}
		out.Fastest = fastest
	}
	return out
}

// run sends the request again and again for a while, after a warm-up.
func (o operation) run(t *testing.T, clients int, long time.Duration) figures {
	var answer bytes.Buffer
	for began, i := time.Now(), 0; i < 20 && time.Since(began) < time.Second; i++ {
		o.send(t, int(time.Now().UnixNano()%1e9)+i, &answer)
	}
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	return o.until(ctx, t, clients)
}

// until sends the request again and again until the end of ctx.
func (o operation) until(ctx context.Context, t *testing.T, clients int) figures {
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
	out := figuresOf(all)
	out.Rate = float64(len(all)) / time.Since(began).Seconds()
	return out
}

// figuresOf sorts the times and tells the fastest, the median and the slowest but one
// of a hundred.
func figuresOf(all []time.Duration) figures {
	slices.Sort(all)
	at := func(share float64) float64 {
		return float64(all[min(len(all)-1, int(share*float64(len(all))))].Microseconds()) / 1000
	}
	return figures{Fastest: at(0), P50: at(0.5), P99: at(0.99)}
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
	request.Header.Set("Accept", cmp.Or(o.accept, "application/hal+json"))
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
