package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// figure is what clients did at once and how long each request took.
type figure struct {
	what      string
	clients   int
	perSecond float64
	p50, p99  float64 // milliseconds
	cpu       float64 // milliseconds of the broker's for each request
}

// worker is one client: its own pair of applications, connection and count.
type worker struct {
	base     string
	consumer string
	provider string
	http     *http.Client
	count    int
	results  string // where to publish results of its newest pact
}

// interactions is how many a published pact has.
const interactions = 5

func newWorker(base, name string) *worker {
	return &worker{base: base, consumer: "consumer-" + name, provider: "provider-" + name, http: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}}
}

// loadBy measures each kind of request with so many clients at once.
func loadBy(ctx context.Context, b *broker, clients int, length time.Duration) ([]figure, error) {
	workers := make([]*worker, clients)
	for i := range workers {
		workers[i] = newWorker(b.url, fmt.Sprintf("%d-of-%d", i, clients))
	}
	var out []figure
	for _, kind := range []struct {
		what string
		do   func(*worker, context.Context) error
	}{
		{"publish", (*worker).publish},
		{"fetch", (*worker).fetch},
		{"publish a result", (*worker).verify},
	} {
		f, err := measureKind(ctx, b, workers, length, kind.do)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind.what, err)
		}
		f.what = kind.what
		out = append(out, f)
	}
	return out, nil
}

// measureKind lets all workers repeat a request, a tenth of the time unmeasured
// but for the broker's work, which is taken over all of it.
func measureKind(ctx context.Context, b *broker, workers []*worker, length time.Duration, do func(*worker, context.Context) error) (figure, error) {
	before, err := b.cpu()
	if err != nil {
		return figure{}, err
	}
	var requests atomic.Int64
	times := make([][]time.Duration, len(workers))
	failures := make([]error, len(workers))
	from := time.Now().Add(length / 10)
	until := from.Add(length)
	var all sync.WaitGroup
	for i, w := range workers {
		all.Go(func() {
			for ctx.Err() == nil {
				began := time.Now()
				if began.After(until) {
					return
				}
				if err := do(w, ctx); err != nil {
					failures[i] = err
					return
				}
				requests.Add(1)
				if began.After(from) {
					times[i] = append(times[i], time.Since(began))
				}
			}
		})
	}
	all.Wait()
	took := time.Since(from)
	for _, err := range append(failures, ctx.Err()) {
		if err != nil {
			return figure{}, err
		}
	}
	every := slices.Sorted(slices.Values(slices.Concat(times...)))
	if len(every) == 0 {
		return figure{}, fmt.Errorf("not one request was answered within %s", length)
	}
	after, err := b.cpu()
	return figure{
		cpu:     milliseconds(after-before) / float64(requests.Load()),
		clients: len(workers), perSecond: float64(len(every)) / took.Seconds(),
		p50: milliseconds(every[len(every)/2]), p99: milliseconds(every[len(every)*99/100]),
	}, err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// publish publishes a new version on a branch, with a pact that nobody has seen.
func (w *worker) publish(ctx context.Context) error {
	w.count++
	var list []string
	for i := range interactions {
		list = append(list, fmt.Sprintf(`{"description":"request %d for order %d","providerStates":[{"name":"order %d exists"}],`+
			`"request":{"method":"GET","path":"/orders/%d","headers":{"Accept":"application/json"}},`+
			`"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":%d,"name":"order","lines":[{"sku":"a","count":1}]},`+
			`"matchingRules":{"body":{"$.id":{"matchers":[{"match":"integer"}]},"$.lines":{"matchers":[{"match":"type","min":1}]}}}}}`,
			w.count, i, i, i, i))
	}
	pact := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[%s],`+
		`"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, w.consumer, w.provider, strings.Join(list, ","))
	body := fmt.Sprintf(`{"pacticipantName":%q,"pacticipantVersionNumber":"%d","branch":"main","contracts":[{"consumerName":%q,`+
		`"providerName":%q,"specification":"pact","contentType":"application/json","content":%q}]}`,
		w.consumer, w.count, w.consumer, w.provider, base64.StdEncoding.EncodeToString([]byte(pact)))
	_, err := w.send(ctx, http.MethodPost, w.base+"/contracts/publish", body)
	return err
}

// fetch reads the newest pact and remembers where results of it go.
func (w *worker) fetch(ctx context.Context) error {
	answer, err := w.send(ctx, http.MethodGet, w.base+"/pacts/provider/"+w.provider+"/consumer/"+w.consumer+"/latest", "")
	if err != nil || w.results != "" {
		return err
	}
	var pact struct {
		Links map[string]json.RawMessage `json:"_links"`
	}
	if err := json.Unmarshal(answer, &pact); err != nil {
		return fmt.Errorf("read the pact: %w", err)
	}
	var link struct {
		Href string `json:"href"`
	}
	if err := json.Unmarshal(pact.Links["pb:publish-verification-results"], &link); err != nil {
		return fmt.Errorf("find where results go: %w", err)
	}
	w.results = link.Href
	return nil
}

// verify publishes a result by a new version of the provider.
func (w *worker) verify(ctx context.Context) error {
	w.count++
	body := fmt.Sprintf(`{"success":true,"providerApplicationVersion":"%s-%d","testResults":{"tests":[{"testDescription":"all","status":"passed"}]}}`,
		w.provider, w.count)
	_, err := w.send(ctx, http.MethodPost, w.results, body)
	return err
}

// send makes a request and reads the whole answer. A status of 300 or more is
// an error.
func (w *worker) send(ctx context.Context, method, url, body string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/hal+json")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := w.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, url, response.Status, answer)
	}
	return answer, err
}
