package suite_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/mockserver"
)

// consumerState is a consumer's test against the mock server.
type consumerState struct {
	playing  []*contract.HTTP
	server   *mockserver.Server
	status   int
	headers  http.Header
	body     []byte
	results  mockserver.Results
	pactFile string // "" when none was written
}

func (w *world) registerConsumer(sc *godog.ScenarioContext) {
	c := &w.consumer
	sc.Step(`^the following HTTP interactions have been defined:$`, w.defineInteractions)
	sc.Step(`^the mock server is started with interactions? "?([\d, ]+)"?$`, func(list string) error { return w.startMock(list, nil) })
	sc.Step(`^the mock server is started with interaction (\d+) but with the following changes:$`, w.startMock)
	sc.Step(`^request (\d+) is made to the mock server$`, func(number int) error { return w.send(number, nil) })
	sc.Step(`^request (\d+) is made to the mock server with the following changes:$`, w.send)
	sc.Step(`^a (\d+) (?:success|error) response is returned$`, func(status int) error {
		if c.status != status {
			return fmt.Errorf("the status is %d: %s", c.status, c.body)
		}
		return nil
	})
	sc.Step(`^the payload will contain the "([^"]*)" JSON document$`, func(name string) error {
		return w.sameDocument("file: "+name+".json", contract.NewBody(c.body, "application/json"))
	})
	sc.Step(`^the content type will be set as "([^"]*)"$`, func(want string) error { return same("content type", c.headers.Get("Content-Type"), want) })
	sc.Step(`^the pact test is done$`, w.finish)
	w.registerResults(sc)
	w.registerWritten(sc)
}

func (w *world) startMock(list string, changes *godog.Table) error {
	interactions, err := w.numbered(list)
	if err != nil {
		return err
	}
	for _, i := range interactions {
		played := *i
		if changes != nil {
			if err := w.request(rows(changes)[0], &played.Request); err != nil {
				return err
			}
		}
		w.consumer.playing = append(w.consumer.playing, &played)
	}
	w.consumer.server, err = mockserver.Start(w.consumer.playing, mockserver.Config{})
	if err == nil {
		w.closers = append(w.closers, func() { _ = w.consumer.server.Close() })
	}
	return err
}

// send makes the request of an interaction, with changes, over a socket.
func (w *world) send(number int, changes *godog.Table) error {
	request := w.interactions[number].Request
	if changes != nil {
		if err := w.request(rows(changes)[0], &request); err != nil {
			return err
		}
	}
	url := w.consumer.server.URL() + request.Path
	if len(request.Query) > 0 {
		url += "?" + mockserver.QueryString(request.Query)
	}
	r, err := http.NewRequest(request.Method, url, bytes.NewReader(request.Body.Content))
	if err != nil {
		return err
	}
	for name, values := range request.Headers {
		for _, v := range values {
			r.Header.Add(name, v)
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	w.consumer.status, w.consumer.headers = answer.StatusCode, answer.Header
	w.consumer.body, err = io.ReadAll(answer.Body)
	w.consumer.results = w.consumer.server.Results()
	return err
}

// finish ends the consumer's test: the pact file is written if all is well.
func (w *world) finish() error {
	c := &w.consumer
	c.results = c.server.Results()
	if err := c.server.Close(); err != nil || !c.results.OK() {
		return err
	}
	p := &contract.Pact{Consumer: "c", Provider: "p"}
	for _, i := range c.playing {
		p.Interactions = append(p.Interactions, i)
	}
	var err error
	c.pactFile, err = w.write(p)
	return err
}

// write writes a pact file in the feature's version.
func (w *world) write(p *contract.Pact) (string, error) {
	data, err := contract.Encode(p, w.version)
	if err != nil {
		return "", err
	}
	file := filepath.Join(w.dir, p.Consumer+"-"+p.Provider+".json")
	return file, os.WriteFile(file, data, 0o644)
}

func (w *world) registerResults(sc *godog.ScenarioContext) {
	c := &w.consumer
	sc.Step(`^the mock server status will (NOT )?be OK$`, func(not string) error {
		if c.results.OK() == (not != "") {
			return fmt.Errorf("results: %+v", c.results)
		}
		return nil
	})
	sc.Step(`^the mock server status will be mismatches$`, func() error {
		if len(c.mismatches()) == 0 {
			return fmt.Errorf("results: %+v", c.results)
		}
		return nil
	})
	sc.Step(`^the mock server status will be an expected but not received error for interaction \{(\d+)\}$`, func(number int) error {
		for _, i := range c.results.Missing {
			if i.ID == w.interactions[number].ID {
				return nil
			}
		}
		return fmt.Errorf("missing: %+v", c.results.Missing)
	})
	sc.Step(`^the mock server status will be an unexpected "([^"]*)" request received error for interaction \{(\d+)\}$`, func(method string, number int) error {
		return c.unexpected(method, w.interactions[number].Request.Path)
	})
	sc.Step(`^the mock server status will be an unexpected "([^"]*)" request received error for path "([^"]*)"$`, c.unexpected)
	sc.Step(`^the mismatches will contain a "([^"]*)" mismatch with error "(.*)"$`, func(kind, text string) error {
		return findMismatch(c.mismatches(), kind, "", said(text))
	})
	sc.Step(`^the mismatches will contain a "([^"]*)" mismatch with path "([^"]*)" with error "(.*)"$`, func(kind, path, text string) error {
		return findMismatch(c.mismatches(), kind, path, said(text))
	})
}

func (c *consumerState) mismatches() []matching.Mismatch {
	var list []matching.Mismatch
	for _, f := range c.results.Failures {
		if !f.Unexpected {
			list = append(list, f.Result.Mismatches...)
		}
	}
	return list
}

func (c *consumerState) unexpected(method, path string) error {
	for _, f := range c.results.Failures {
		if f.Unexpected && f.Request.Method == method && f.Request.Path == path {
			return nil
		}
	}
	return fmt.Errorf("failures: %+v", c.results.Failures)
}

// registerWritten is for what the pact file of an HTTP test holds.
func (w *world) registerWritten(sc *godog.ScenarioContext) {
	sc.Step(`^the mock server will (NOT )?write out a Pact file for the interactions? when done$`, func(not string) error {
		if (w.consumer.pactFile == "") != (not != "") {
			return fmt.Errorf("the pact file is %q", w.consumer.pactFile)
		}
		return nil
	})
	sc.Step(`^the pact file will contain \{(\d+)\} interactions?$`, func(n int) error {
		p, err := readPact(w.consumer.pactFile)
		if err == nil && len(p.Interactions) != n {
			err = fmt.Errorf("it has %d interactions", len(p.Interactions))
		}
		return err
	})
	first := func(f func(*contract.HTTP) error) error {
		p, err := readPact(w.consumer.pactFile)
		if err != nil {
			return err
		}
		return f(p.Interactions[0].(*contract.HTTP))
	}
	sc.Step(`^the \{first\} interaction request will be for a "([^"]*)"$`, func(method string) error {
		return first(func(i *contract.HTTP) error { return same("method", i.Request.Method, method) })
	})
	sc.Step(`^the \{first\} interaction (request|response) will contain the "([^"]*)" document$`, func(part, name string) error {
		return first(func(i *contract.HTTP) error {
			if part == "request" {
				return w.sameDocument("file: "+name, i.Request.Body)
			}
			return w.sameDocument("file: "+name, i.Response.Body)
		})
	})
	sc.Step(`^the \{first\} interaction request content type will be "([^"]*)"$`, func(want string) error {
		return first(func(i *contract.HTTP) error {
			return same("content type", strings.Join(i.Request.Headers.Get("content-type"), ","), want)
		})
	})
	sc.Step(`^the \{first\} interaction request query parameters will be "([^"]*)"$`, func(want string) error {
		return first(func(i *contract.HTTP) error { return same("query", mockserver.QueryString(i.Request.Query), want) })
	})
	sc.Step(`^the \{first\} interaction request will contain the header "([^"]*)" with value "([^"]*)"$`, func(name, want string) error {
		return first(func(i *contract.HTTP) error {
			return same("header", strings.Join(i.Request.Headers.Get(name), ","), want)
		})
	})
}

func readPact(file string) (*contract.Pact, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return contract.Decode(data)
}

// sameDocument compares a body with what a cell describes.
func (w *world) sameDocument(cell string, body contract.Body) error {
	want, err := w.content(cell)
	if err != nil {
		return err
	}
	expected := contract.Message{Contents: contract.NewBody(want.data, want.contentType)}
	if r := matching.Message(expected, contract.Message{Contents: body}); !r.OK() {
		return fmt.Errorf("the body differs: %+v", r.Mismatches)
	}
	return nil
}

func same(what, got, want string) error {
	if got != want {
		return fmt.Errorf("the %s is %q, not %q", what, got, want)
	}
	return nil
}
