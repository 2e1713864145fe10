package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// figure is what clients did at once and how long each request took.
type figure struct {
	what      string
	clients   int
	shared    bool // all clients publish for the same two applications
	perSecond float64
	p50, p99  float64 // milliseconds
	cpu       float64 // milliseconds of the broker's for each request
}

// worker is one client: its pair of applications, connection and count.
type worker struct {
	name     string // its own, whoever shares its applications
	consumer string
	provider string
	http     *connection
	count    int
	results  string // where to publish results of its newest pact
}

// interactions is how many a published pact has.
const interactions = 5

// load is how many clients there are and whether they share their applications.
type load struct {
	clients int
	shared  bool
}

func (l load) workers(ctx context.Context, address string) ([]*worker, error) {
	out := make([]*worker, l.clients)
	for i := range out {
		w := &worker{name: fmt.Sprintf("%d-of-%d", i, l.clients)}
		pair := w.name
		if l.shared {
			pair = fmt.Sprintf("all-%d", l.clients)
		}
		w.consumer, w.provider = "consumer-"+pair, "provider-"+pair
		var err error
		if w.http, err = dial(ctx, address); err != nil {
			return nil, err
		}
		out[i] = w
	}
	return out, nil
}

// measure measures each kind of request.
func (l load) measure(ctx context.Context, b *broker, length time.Duration) ([]figure, error) {
	workers, err := l.workers(ctx, b.address)
	if err != nil {
		return nil, err
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
		f.what, f.shared = kind.what, l.shared
		out = append(out, f)
	}
	for _, w := range workers {
		if err := w.http.close(); err != nil {
			return nil, err
		}
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
	number := w.name + "-" + strconv.Itoa(w.count)
	var pact bytes.Buffer
	fmt.Fprintf(&pact, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[`, w.consumer, w.provider)
	for i := range interactions {
		if i > 0 {
			pact.WriteByte(',')
		}
		order := strconv.Itoa(i)
		for _, part := range []string{
			`{"description":"request `, number, ` for order `, order, `","providerStates":[{"name":"order `, order, ` exists"}],`,
			`"request":{"method":"GET","path":"/orders/`, order, `","headers":{"Accept":"application/json"}},`,
			`"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":`, order, `,"name":"order","lines":[{"sku":"a","count":1}]},`,
			`"matchingRules":{"body":{"$.id":{"matchers":[{"match":"integer"}]},"$.lines":{"matchers":[{"match":"type","min":1}]}}}}}`,
		} {
			pact.WriteString(part)
		}
	}
	pact.WriteString(`],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`)
	body := fmt.Sprintf(`{"pacticipantName":%q,"pacticipantVersionNumber":%q,"branch":"main","contracts":[{"consumerName":%q,`+
		`"providerName":%q,"specification":"pact","contentType":"application/json","content":"%s"}]}`,
		w.consumer, number, w.consumer, w.provider, base64.StdEncoding.EncodeToString(pact.Bytes()))
	_, err := w.http.send(ctx, http.MethodPost, "/contracts/publish", body)
	return err
}

// fetch reads the newest pact and remembers where results of it go.
func (w *worker) fetch(ctx context.Context) error {
	answer, err := w.http.send(ctx, http.MethodGet, "/pacts/provider/"+w.provider+"/consumer/"+w.consumer+"/latest", "")
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
	at, err := url.Parse(link.Href)
	if err != nil {
		return fmt.Errorf("find where results go: %w", err)
	}
	w.results = at.EscapedPath()
	return nil
}

// verify publishes a result by a new version of the provider.
func (w *worker) verify(ctx context.Context) error {
	w.count++
	body := fmt.Sprintf(`{"success":true,"providerApplicationVersion":"%s-%d","testResults":{"tests":[{"testDescription":"all","status":"passed"}]}}`,
		w.name, w.count)
	_, err := w.http.send(ctx, http.MethodPost, w.results, body)
	return err
}
