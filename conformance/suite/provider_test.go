package suite_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
	"github.com/treatyhq/treaty/mockserver"
	"github.com/treatyhq/treaty/verifier"
)

// providerState is a provider that is verified against pact files.
type providerState struct {
	url      string
	messages map[string]contract.Message // by description
	files    []string
	brokers  map[int]*mockserver.Server // by interaction
	callback string                     // URL of the state callback
	options  verifier.Options
	reports  []verifier.Report

	mu       sync.Mutex
	requests []*http.Request // to the provider
	changes  []stateChange
}

// stateChange is a call of the state callback.
type stateChange struct {
	Action, State string
	Params        map[string]any
	before        bool // no request had been made to the provider
}

func (w *world) registerProvider(sc *godog.ScenarioContext) {
	p := &w.provider
	p.messages, p.brokers = map[string]contract.Message{}, map[int]*mockserver.Server{}
	sc.Step(`^a provider is started that returns the responses? from interactions? "?([\d, ]+)"?$`, func(list string) error { return w.startProvider(list, nil) })
	sc.Step(`^a provider is started that returns the response from interaction (\d+), with the following changes:$`, w.startProvider)
	sc.Step(`^a provider state callback is configured(, but will return a failure)?$`, w.startCallback)
	sc.Step(`^a request filter is configured to make the following changes:$`, w.configureFilter)
	sc.Step(`^publishing of verification results is enabled$`, func() {
		p.options.Publish, p.options.ProviderVersion = true, "1.2.3"
	})

	const file = `^a Pact file for interaction (\d+) is to be verified`
	sc.Step(file+`$`, func(n int) error { return w.addPact(n, nil) })
	sc.Step(file+`, but is marked pending$`, func(n int) error {
		return w.addPact(n, func(i *contract.HTTP) error { i.Pending = true; return nil })
	})
	sc.Step(file+` with a provider state "([^"]*)" defined$`, func(n int, state string) error {
		return w.addPact(n, func(i *contract.HTTP) error { i.States = []contract.ProviderState{{Name: state}}; return nil })
	})
	sc.Step(file+` with the following provider states defined:$`, func(n int, table *godog.Table) error {
		return w.addPact(n, func(i *contract.HTTP) error { return addStates(&i.Common, table) })
	})
	sc.Step(file+` with the following comments:$`, func(n int, table *godog.Table) error {
		return w.addPact(n, func(i *contract.HTTP) error { addComments(&i.Common, table); return nil })
	})
	sc.Step(file+` from a Pact broker$`, w.addBroker)
	w.registerMessageProvider(sc)
	sc.Step(`^the verification is run$`, w.verify)
}

func addStates(base *contract.Common, table *godog.Table) error {
	for _, line := range rows(table) {
		s := contract.ProviderState{Name: line["State Name"]}
		if text, ok := line["Parameters"]; ok {
			if err := json.Unmarshal([]byte(text), &s.Params); err != nil {
				return err
			}
		}
		base.States = append(base.States, s)
	}
	return nil
}

func addComments(base *contract.Common, table *godog.Table) {
	for _, line := range rows(table) {
		addComment(base, line["type"], line["comment"])
	}
}

// startProvider serves interactions as a real provider would.
func (w *world) startProvider(list string, changes *godog.Table) error {
	interactions, err := w.numbered(list)
	if err != nil {
		return err
	}
	var played []*contract.HTTP
	for _, i := range interactions {
		i := *i
		i.Response.Rules = nil
		if changes != nil {
			if err := w.response(rows(changes)[0], &i.Response); err != nil {
				return err
			}
		}
		played = append(played, &i)
	}
	mock, err := mockserver.Start(played, mockserver.Config{})
	if err != nil {
		return err
	}
	w.closers = append(w.closers, func() { _ = mock.Close() })
	w.provider.url = w.serve(httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.provider.mu.Lock()
		w.provider.requests = append(w.provider.requests, r.Clone(context.Background()))
		w.provider.mu.Unlock()
		mock.ServeHTTP(rw, r)
	}))).URL
	return nil
}

func (w *world) startCallback(fails string) {
	p := &w.provider
	p.callback = w.serve(httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var change stateChange
		if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		change.before = len(p.requests) == 0
		p.changes = append(p.changes, change)
		p.mu.Unlock()
		if fails != "" {
			http.Error(rw, "the state cannot be set up", http.StatusBadRequest)
		}
	}))).URL
}

// configureFilter sets headers on each request to the provider.
func (w *world) configureFilter(table *godog.Table) {
	headers := contract.Values{}
	addHeaders(headers, rows(table)[0]["headers"], false)
	w.provider.options.RequestFilter = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			for name, values := range headers {
				r.Header[http.CanonicalHeaderKey(name)] = values
			}
			next.ServeHTTP(rw, r)
		})
	}
}

// addPact writes a pact file of one interaction, changed by f.
func (w *world) addPact(number int, f func(*contract.HTTP) error) error {
	i := *w.interactions[number]
	if f != nil {
		if err := f(&i); err != nil {
			return err
		}
	}
	return w.addFile(fmt.Sprintf("c_%d", number), &i)
}

func (w *world) addFile(consumer string, i contract.Interaction) error {
	file, err := w.write(&contract.Pact{Consumer: consumer, Provider: "p", Interactions: []contract.Interaction{i}})
	w.provider.files = append(w.provider.files, file)
	return err
}

// addBroker starts the suite's mock broker, itself a pact, that serves one pact.
func (w *world) addBroker(number int) error {
	data, err := w.fixture(fmt.Sprintf("pact-broker_c%d.json", number))
	if err != nil {
		return err
	}
	broker, err := contract.Decode(data)
	if err != nil {
		return err
	}
	var played []*contract.HTTP
	for _, i := range broker.Interactions {
		played = append(played, i.(*contract.HTTP))
	}
	pact, err := w.brokerPact(number)
	if err != nil {
		return err
	}
	w.provider.brokers[number], err = mockserver.Start(append(played, pact), mockserver.Config{})
	if err == nil {
		w.closers = append(w.closers, func() { _ = w.provider.brokers[number].Close() })
	}
	return err
}

// brokerPact is the broker's answer to the request for the pact itself, with
// the link for results.
func (w *world) brokerPact(number int) (*contract.HTTP, error) {
	consumer := fmt.Sprintf("c_%d", number)
	path := "/pacts/provider/p/consumer/" + consumer
	data, err := contract.Encode(&contract.Pact{Consumer: consumer, Provider: "p",
		Interactions: []contract.Interaction{w.interactions[number]}}, w.version)
	if err != nil {
		return nil, err
	}
	var document map[string]any
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	results := "http://localhost:9876" + path + "/verification-results"
	document["_links"] = map[string]any{
		"pb:publish-verification-results": map[string]any{"title": "Publish verification results", "href": results},
	}
	document["interactions"].([]any)[0].(map[string]any)["_id"] = w.interactions[number].ID
	body, err := json.Marshal(document)
	return &contract.HTTP{
		Common:  contract.Common{Description: "the pact"},
		Request: contract.Request{Method: "GET", Path: path},
		Response: contract.Response{
			Status: 200, Headers: contract.Values{"Content-Type": {"application/json"}}, Body: contract.NewBody(body, "application/json"),
			Generators: contract.GeneratorSet{contract.CategoryBody: {"$._links.pb:publish-verification-results.href": {
				Type: "MockServerURL", Attrs: map[string]any{"example": results, "regex": ".*(\\/pacts\\/provider\\/p\\/consumer\\/" + consumer + "\\/verification-results)$"}}}},
		},
	}, err
}

// verify verifies each source by itself, as the suite's broker holds one pact.
func (w *world) verify() error {
	p := &w.provider
	options := p.options
	options.Provider, options.BaseURL = "p", p.url
	if len(p.messages) > 0 {
		options.BaseURL = w.serve(httptest.NewServer(http.HandlerFunc(p.serveMessage))).URL
	}
	if p.callback != "" {
		options.StateChange = &verifier.StateChange{URL: p.callback, Teardown: true}
	}
	var sources []verifier.Options
	if len(p.files) > 0 {
		files := options
		files.Files, files.Publish = p.files, false
		sources = append(sources, files)
	}
	for _, broker := range p.brokers {
		from := options
		from.Broker = &verifier.BrokerOptions{URL: broker.URL(), Attempts: 1}
		sources = append(sources, from)
	}
	for _, source := range sources {
		report, err := verifier.Verify(context.Background(), source)
		if err != nil {
			return err
		}
		p.reports = append(p.reports, report)
	}
	if len(p.reports) == 0 {
		return errors.New("nothing was verified")
	}
	return nil
}

func (w *world) registerMessageProvider(sc *godog.ScenarioContext) {
	const start = `^a provider is started that can generate the "([^"]*)" message with "(.*)"`
	sc.Step(start+`$`, func(name, cell string) error { return w.addMessage(name, cell, nil) })
	sc.Step(start+` and the following metadata:$`, w.addMessage)

	const file = `^a Pact file for "([^"]*)":"([^"]*)" is to be verified`
	sc.Step(file+`$`, func(name, cell string) error {
		return w.addMessagePact(name, row{"body": cell}, nil)
	})
	sc.Step(file+`, but is marked pending$`, func(name, cell string) error {
		return w.addMessagePact(name, row{"body": cell}, func(m *contract.AsyncMessage) error { m.Pending = true; return nil })
	})
	sc.Step(file+` with provider state "([^"]*)"$`, func(name, cell, state string) error {
		return w.addMessagePact(name, row{"body": cell}, func(m *contract.AsyncMessage) error {
			m.States = []contract.ProviderState{{Name: state}}
			return nil
		})
	})
	sc.Step(file+` with the following comments:$`, func(name, cell string, table *godog.Table) error {
		return w.addMessagePact(name, row{"body": cell}, func(m *contract.AsyncMessage) error { addComments(&m.Common, table); return nil })
	})
	sc.Step(file+` with the following metadata:$`, func(name, cell string, table *godog.Table) error {
		return w.addMessagePact(name, row{"body": cell}, func(m *contract.AsyncMessage) error { return addMetadata(&m.Message, table) })
	})
	sc.Step(`^a Pact file for "([^"]*)" is to be verified with the following:$`, func(name string, table *godog.Table) error {
		return w.addMessagePact(name, transposed(table), nil)
	})
}

func addMetadata(m *contract.Message, table *godog.Table) error {
	for _, line := range rows(table) {
		v, err := metadataValue(line["value"])
		if err != nil {
			return err
		}
		setMetadata(m, line["key"], v)
	}
	return nil
}

func (w *world) addMessage(name, cell string, table *godog.Table) error {
	var m contract.Message
	if err := w.setContents(&m, said(cell)); err != nil {
		return err
	}
	if table != nil {
		if err := addMetadata(&m, table); err != nil {
			return err
		}
	}
	w.provider.messages[name] = m
	return nil
}

func (w *world) addMessagePact(name string, line row, f func(*contract.AsyncMessage) error) error {
	m := &contract.AsyncMessage{Common: contract.Common{Description: name}}
	if err := w.setContents(&m.Message, line["body"]); err != nil {
		return err
	}
	metadata, err := listedMetadata(line["metadata"])
	if err != nil {
		return err
	}
	for key, v := range metadata {
		setMetadata(&m.Message, key, v)
	}
	if err := w.addRules(line["matching rules"], "", &m.Rules, &m.Generators); err != nil {
		return err
	}
	if f != nil {
		if err := f(m); err != nil {
			return err
		}
	}
	return w.addFile("c_"+filepath.Base(name), m)
}

// serveMessage answers as a provider of messages does over HTTP: the contents
// as the body, metadata in a header.
func (p *providerState) serveMessage(rw http.ResponseWriter, r *http.Request) {
	var asked struct{ Description string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.requests = append(p.requests, r.Clone(context.Background()))
	p.mu.Unlock()
	m, ok := p.messages[asked.Description]
	if !ok {
		http.Error(rw, "no such message", http.StatusNotFound)
		return
	}
	m, err := generate.Message(m, generate.Context{Mode: generate.Provider})
	metadata, errJSON := json.Marshal(m.Metadata)
	if err := errors.Join(err, errJSON); err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", m.Contents.ContentType)
	rw.Header().Set("Pact-Message-Metadata", base64.StdEncoding.EncodeToString(metadata))
	if _, err := rw.Write(m.Contents.Content); err != nil {
		fmt.Fprintln(os.Stderr, "the verifier went away:", err)
	}
}
