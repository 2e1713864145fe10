package verifier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/pactio"
	"github.com/treatyhq/treaty/internal/redact"
)

// BrokerOptions say which pacts to ask a broker for.
type BrokerOptions struct {
	// URL of the broker, with its path if it is mounted under one.
	URL string
	// Auth is how to authenticate with it.
	Auth Auth
	// Selectors name the pacts; none leaves the choice to the broker (see
	// [client.VerificationQuery]). Tags are short for the selector "latest with
	// that tag". A broker before 2.62 knows tags only.
	Selectors []Selector
	Tags      []string
	// IncludePending lets the broker mark pacts whose failure must not fail
	// the build. IncludeWIPSince adds work in progress published since then;
	// the zero time adds none. Both need Options.ProviderBranch or ProviderTags.
	IncludePending  bool
	IncludeWIPSince time.Time
	// WebhookURL is the pact that a webhook was fired for. If set, only this
	// pact is verified and the selectors are not used.
	WebhookURL string
	// Attempts is how often a request is tried in all; 0 means 5.
	Attempts int
	// HTTP makes the requests; nil means a client with a time limit of a minute.
	HTTP *http.Client
	// OnRetry, if set, hears why a request is tried again and after what pause.
	OnRetry func(cause error, pause time.Duration)
}

func (b *BrokerOptions) client() (*client.Client, error) {
	return client.New(client.Config{
		BaseURL: b.URL, Username: b.Auth.Username, Password: b.Auth.Password, Token: b.Auth.Token,
		Attempts: b.Attempts, HTTP: b.HTTP, OnRetry: b.OnRetry, UserAgent: userAgent,
	})
}

// loadedPact is a pact to verify, with what is known about it from outside.
type loadedPact struct {
	*contract.Pact
	source       string
	pending, wip bool
	notices      []client.VerificationNotice
	// broker and remote are set for pacts that a broker serves.
	broker *client.Client
	remote client.Pact
}

// loader reads all sources. A source that fails is a problem of the run; the
// others are verified all the same.
type loader struct {
	opts     *prepared
	pacts    []*loadedPact
	problems []string
	filtered bool // a pact was left out because of its consumer
}

func (l *loader) load(ctx context.Context) error {
	for _, p := range l.opts.Pacts {
		l.add(&loadedPact{Pact: p, source: "in memory"})
	}
	for _, file := range l.opts.Files {
		if pact, ok := l.readFile(file, true); ok {
			l.add(&loadedPact{Pact: pact, source: file})
		}
	}
	for _, dir := range l.opts.Dirs {
		l.loadDir(dir)
	}
	for _, u := range l.opts.URLs {
		l.loadURL(ctx, u)
	}
	if l.opts.Broker != nil {
		if err := l.loadBroker(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) add(p *loadedPact) {
	if !l.opts.filter.consumer(p.Consumer) {
		l.filtered = true
		return
	}
	l.pacts = append(l.pacts, p)
}

func (l *loader) problem(format string, args ...any) {
	l.problems = append(l.problems, fmt.Sprintf(format, args...))
}

// readFile reads a file that was named, or lies in a folder that was. There it
// may be something else than a pact.
func (l *loader) readFile(path string, named bool) (*contract.Pact, bool) {
	data, err := pactio.ReadFile(path)
	if err != nil {
		l.problem("the pact file %s cannot be read: %v", path, plainPathError(err))
		return nil, false
	}
	if !named && json.Valid(data) && !contract.HoldsPact(data) {
		return nil, false
	}
	pact, err := decodeNamed(data)
	if err != nil {
		l.problem("the pact file %s cannot be used: %v", path, err)
		return nil, false
	}
	return pact, true
}

// decodeNamed reads what somebody has named as a pact. Another document would
// be one without interactions, and kept by every provider.
func decodeNamed(data []byte) (*contract.Pact, error) {
	pact, err := contract.Decode(data)
	if err == nil && len(pact.Interactions) == 0 && !contract.HoldsPact(data) {
		return nil, errors.New("it is not a pact: it has no consumer, no provider and no interactions; check the path or the address")
	}
	return pact, err
}

// loadDir takes the pacts for this provider. Other JSON files may lie there
// too: what is not a pact at all is passed over, what is a broken one is not.
func (l *loader) loadDir(dir string) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() && strings.EqualFold(filepath.Ext(path), ".json") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		l.problem("the folder %s cannot be read: %v", dir, plainPathError(err))
		return
	}
	slices.Sort(files)
	for _, file := range files {
		pact, ok := l.readFile(file, false)
		if ok && (l.opts.Provider == "" || pact.Provider == l.opts.Provider) {
			l.add(&loadedPact{Pact: pact, source: file})
		}
	}
}

func (l *loader) loadURL(ctx context.Context, address string) {
	c, err := client.New(client.Config{
		BaseURL: address, Username: l.opts.Auth.Username, Password: l.opts.Auth.Password, Token: l.opts.Auth.Token,
		HTTP: l.opts.SourceHTTP, UserAgent: userAgent,
	})
	if err != nil {
		l.problem("the pact cannot be fetched: %v", err)
		return
	}
	l.fetch(ctx, c, client.PactForVerification{URL: address}, decodeNamed)
}

func (l *loader) loadBroker(ctx context.Context) error {
	b := l.opts.Broker
	c, err := b.client()
	if err != nil {
		return &OptionError{"Broker.URL", err.Error()}
	}
	if b.WebhookURL != "" {
		l.fetch(ctx, c, client.PactForVerification{URL: b.WebhookURL}, decodeNamed)
		return nil
	}
	found, err := l.ask(ctx, c)
	if errors.Is(err, client.ErrNotFound) {
		return nil // a provider that no pact names yet
	}
	var option *OptionError
	if errors.As(err, &option) {
		return err
	}
	if err != nil {
		l.problem("the broker told no pacts: %v", err)
	}
	for _, p := range found {
		l.fetch(ctx, c, p, contract.Decode)
	}
	return nil
}

func (l *loader) ask(ctx context.Context, c *client.Client) ([]client.PactForVerification, error) {
	b := l.opts.Broker
	if found, old, err := l.latestPacts(ctx, c); old || err != nil {
		return found, err
	}
	selectors, err := wireSelectors(b.Selectors, b.Tags)
	if err != nil {
		return nil, err
	}
	q := client.VerificationQuery{
		Provider:              l.opts.Provider,
		ProviderVersionBranch: l.opts.ProviderBranch,
		ProviderVersionTags:   l.opts.ProviderTags,
		Selectors:             selectors,
		IncludePending:        b.IncludePending,
	}
	if !b.IncludeWIPSince.IsZero() {
		q.IncludeWIPSince = b.IncludeWIPSince.Format(time.RFC3339)
	}
	return c.PactsForVerification(ctx, q)
}

func (l *loader) fetch(ctx context.Context, c *client.Client, found client.PactForVerification, decode func([]byte) (*contract.Pact, error)) {
	remote, err := c.FetchPact(ctx, found.URL)
	if err != nil {
		l.problem("a pact is missing from this run: %v", err)
		return
	}
	pact, err := decode(remote.Content)
	if err != nil {
		l.problem("the pact at %s cannot be used: %v", redact.URL(found.URL), err)
		return
	}
	l.add(&loadedPact{
		Pact: pact, source: redact.URL(found.URL), pending: found.Pending, wip: found.WIP,
		notices: found.Notices, broker: c, remote: remote,
	})
}

// plainPathError drops the path, which the sentence around has already.
func plainPathError(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
