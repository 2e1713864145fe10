package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// figure is what clients did at once and how long each request took.
type figure struct {
	load
	what      string
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
	shared  bool // all clients publish for the same two applications
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

// kinds are the requests that are measured, each with what has to be there first.
var kinds = []struct {
	what    string
	prepare func(*worker, context.Context) error
	do      func(*worker, context.Context) error
}{
	{"publish", (*worker).nothing, (*worker).publish},
	{"fetch", (*worker).publish, (*worker).fetch},
	{"publish a result", (*worker).fetch, (*worker).verify},
	{askWhat, (*worker).deployPartners, (*worker).ask},
}

// measure measures each kind of request, or the one that is named.
func (l load) measure(ctx context.Context, b *broker, length time.Duration, request string) ([]figure, error) {
	workers, err := l.workers(ctx, b.address)
	if err != nil {
		return nil, err
	}
	var out []figure
	for _, kind := range kinds {
		for _, w := range workers {
			if err := kind.prepare(w, ctx); err != nil {
				return nil, fmt.Errorf("prepare to %s: %w", kind.what, err)
			}
		}
		if request != "" && kind.what != request {
			continue
		}
		f, err := measureKind(ctx, b, workers, length, kind.do)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind.what, err)
		}
		f.what, f.load = kind.what, l
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
		cpu:       milliseconds(after-before) / float64(requests.Load()),
		perSecond: float64(len(every)) / took.Seconds(),
		p50:       milliseconds(every[len(every)/2]), p99: milliseconds(every[len(every)*99/100]),
	}, err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// nothing has to be there.
func (w *worker) nothing(context.Context) error { return nil }

// publish publishes a new version on a branch, with a pact that nobody has seen.
func (w *worker) publish(ctx context.Context) error {
	w.count++
	return w.http.publish(ctx, w.consumer, w.name+"-"+strconv.Itoa(w.count), w.provider)
}

// fetch reads the newest pact and remembers where results of it go.
func (w *worker) fetch(ctx context.Context) error {
	answer, err := w.http.send(ctx, http.MethodGet, latest(w.provider, w.consumer), "")
	if err != nil || w.results != "" {
		return err
	}
	w.results, err = resultsOf(answer)
	return err
}

// verify publishes a result by a new version of the provider.
func (w *worker) verify(ctx context.Context) error {
	w.count++
	body := fmt.Sprintf(`{"success":true,"providerApplicationVersion":"%s-%d","testResults":{"tests":[{"testDescription":"all","status":"passed"}]}}`,
		w.name, w.count)
	_, err := w.http.send(ctx, http.MethodPost, w.results, body)
	return err
}
