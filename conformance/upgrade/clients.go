package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	workers  = 3
	provider = "Catalog"
	// webhookLimit is how long the last webhooks may take.
	webhookLimit = 30 * time.Second
)

// clients publish, record results and ask, each step at another replica than the
// one before.
type clients struct {
	receiver *httptest.Server

	mu       sync.Mutex
	urls     []string
	pacts    []string // addresses of acknowledged pacts
	received map[string]bool
	failure  error

	// step is held by each step of a client, so that settle can wait for them.
	step    sync.RWMutex
	stop    context.CancelFunc
	running sync.WaitGroup
}

func newClients() *clients {
	c := &clients{received: map[string]bool{}, stop: func() {}}
	c.receiver = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a request that breaks off names no pact
		c.mu.Lock()
		defer c.mu.Unlock()
		c.received[string(body)] = true
	}))
	return c
}

func (c *clients) close() {
	c.end()
	c.receiver.Close()
}

// subscribe has a webhook sent for each pact that is published.
func (c *clients) subscribe(ctx context.Context, at string) error {
	body := fmt.Sprintf(`{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":%q,
		"body":"${pactbroker.consumerName} ${pactbroker.consumerVersionNumber}"}}`, c.receiver.URL)
	return want(ctx, http.MethodPost, at+"/webhooks", body, http.StatusCreated)
}

func (c *clients) use(replicas []*replica) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.urls = nil
	for _, r := range replicas {
		c.urls = append(c.urls, r.url)
	}
}

// settle waits until no client is in the middle of a step.
func (c *clients) settle() {
	c.step.Lock()
	defer c.step.Unlock()
}

func (c *clients) begin(ctx context.Context) {
	ctx, c.stop = context.WithCancel(ctx)
	for w := range workers {
		c.running.Go(func() {
			for n := 1; ctx.Err() == nil && c.failed() == nil; n++ {
				if err := c.build(context.WithoutCancel(ctx), fmt.Sprintf("Shop %d", w), n); err != nil {
					c.fail(err)
				}
			}
		})
	}
}

func (c *clients) end() {
	c.stop()
	c.running.Wait()
}

// build is what the builds of a consumer and its provider do, at one replica after
// the other: each sees what the one before acknowledged.
func (c *clients) build(ctx context.Context, consumer string, n int) error {
	number := fmt.Sprint(n)
	pact := "/pacts/provider/" + provider + "/consumer/" + strings.ReplaceAll(consumer, " ", "%20") + "/version/" + number
	document := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[{"description":"number %d",
		"request":{"method":"GET","path":"/"},"response":{"status":200}}]}`, consumer, provider, n)
	publication := fmt.Sprintf(`{"pacticipantName":%q,"pacticipantVersionNumber":%q,"branch":"main","tags":["dev"],"contracts":[{"consumerName":%q,"providerName":%q,
		"specification":"pact","contentType":"application/json","content":%q}]}`, consumer, number, consumer, provider, base64.StdEncoding.EncodeToString([]byte(document)))
	if err := c.at(func(url string) error {
		return want(ctx, http.MethodPost, url+"/contracts/publish", publication, http.StatusOK)
	}); err != nil {
		return err
	}
	c.acknowledge(pact)
	var results string
	if err := c.at(func(url string) (err error) {
		results, err = resultsAddress(ctx, url+pact)
		results = strings.TrimPrefix(results, url)
		return err
	}); err != nil {
		return err
	}
	if err := c.at(func(url string) error {
		return want(ctx, http.MethodPost, url+results, `{"success":true,"providerApplicationVersion":"`+number+`"}`, http.StatusCreated)
	}); err != nil {
		return err
	}
	return c.at(func(url string) error {
		answer := url + "/matrix?q[][pacticipant]=" + strings.ReplaceAll(consumer, " ", "+") + "&q[][version]=" + number + "&q[][pacticipant]=" + provider + "&q[][version]=" + number + "&latestby=cvpv"
		status, body, err := ask(ctx, http.MethodGet, answer, "")
		if err == nil && (status != http.StatusOK || !strings.Contains(body, `"deployable":true`)) {
			err = fmt.Errorf("the result of %s %s is not seen: %d %s", consumer, number, status, body)
		}
		return err
	})
}

// at does a step at one of the replicas.
func (c *clients) at(do func(url string) error) error {
	c.step.RLock()
	defer c.step.RUnlock()
	c.mu.Lock()
	url := c.urls[rand.IntN(len(c.urls))]
	c.mu.Unlock()
	return do(url)
}

func resultsAddress(ctx context.Context, pact string) (string, error) {
	status, body, err := ask(ctx, http.MethodGet, pact, "")
	if err != nil || status != http.StatusOK {
		return "", fmt.Errorf("GET %s: %d %s: %w", pact, status, body, errors.Join(err, errors.New("an acknowledged pact is not seen")))
	}
	var document struct {
		Links struct {
			Results struct{ Href string } `json:"pb:publish-verification-results"`
		} `json:"_links"`
	}
	err = json.Unmarshal([]byte(body), &document)
	return document.Links.Results.Href, err
}

func (c *clients) acknowledge(pact string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pacts = append(c.pacts, pact)
}

func (c *clients) acknowledged() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pacts)
}

func (c *clients) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failure = errors.Join(c.failure, err)
}

func (c *clients) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failure
}

// during lets the clients work, and returns what failed.
func (c *clients) during(ctx context.Context, phase time.Duration) error {
	before := c.acknowledged()
	for end := time.Now().Add(phase); time.Now().Before(end) && c.failed() == nil; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	if err := c.failed(); err != nil {
		return err
	}
	if c.acknowledged() == before {
		return errors.New("nothing was acknowledged")
	}
	return nil
}

// requireAll reads at a replica all that any has acknowledged.
func (c *clients) requireAll(ctx context.Context, url string) error {
	if err := c.failed(); err != nil {
		return err
	}
	for _, pact := range c.pacts {
		if err := want(ctx, http.MethodGet, url+pact, "", http.StatusOK); err != nil {
			return err
		}
	}
	return nil
}

// requireWebhooks waits until one has come for each acknowledged pact.
func (c *clients) requireWebhooks(ctx context.Context) error {
	var missing []string
	for end := time.Now().Add(webhookLimit); time.Now().Before(end); {
		if missing = c.unsent(); len(missing) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("%d of %d webhooks were not sent, among them that of %s", len(missing), len(c.pacts), missing[0])
}

func (c *clients) unsent() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.pacts), func(pact string) bool {
		_, of, _ := strings.Cut(pact, "/consumer/")
		consumer, number, _ := strings.Cut(of, "/version/")
		return c.received[strings.ReplaceAll(consumer, "%20", " ")+" "+number]
	})
}

// want asks and requires a status.
func want(ctx context.Context, method, url, body string, status int) error {
	got, answer, err := ask(ctx, method, url, body)
	if err == nil && got != status {
		err = fmt.Errorf("%s %s: %d and not %d: %s", method, url, got, status, answer)
	}
	return err
}

func ask(ctx context.Context, method, url, body string) (status int, answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/hal+json, */*")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), errors.Join(err, response.Body.Close())
}
