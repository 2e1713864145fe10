package suite_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// received is what a consumer's message test was given.
type received struct {
	async    contract.Message
	request  contract.Message
	response contract.Message
	err      error
}

func (w *world) registerMessages(sc *godog.ScenarioContext) {
	got := &received{}
	sc.Step(`^a message is defined$`, func() {})
	sc.Step(`^the message( request| response)? payload contains the "([^"]*)" (?:JSON )?document$`, func(part, name string) error {
		return w.setPayload(part, documentCell(name))
	})
	sc.Step(`^the message( request| response)? contains the following metadata:$`, func(part string, table *godog.Table) error {
		m := w.draft.message(part)
		for _, line := range rows(table) {
			v, err := metadataValue(line["value"])
			if err != nil {
				return err
			}
			setMetadata(m, line["key"], v)
		}
		return nil
	})
	sc.Step(`^the message( request| response)? is configured with the following:$`, func(part string, table *godog.Table) error {
		return w.configureMessage(w.draft.message(part), rows(table)[0])
	})
	sc.Step(`^the message is successfully processed$`, func() error {
		if err := got.generate(w.draft.last()); err != nil {
			return err
		}
		return w.writeDraft()
	})
	sc.Step(`^the message is NOT successfully processed with a "([^"]*)" exception$`, func(text string) error {
		got.err = errors.New(text)
		return got.generate(w.draft.last())
	})
	w.registerReceived(sc, got)
	w.registerMessageFile(sc, got)
}

// documentCell turns the suite's names of documents into cells.
func documentCell(name string) string {
	switch {
	case strings.HasPrefix(name, "file:"):
		return name
	case strings.Contains(name, "."):
		return "file: " + name
	}
	return "file: " + name + ".json"
}

// message is the message that steps about part speak of.
func (d *draftState) message(part string) *contract.Message {
	switch i := d.last().(type) {
	case *contract.AsyncMessage:
		return &i.Message
	case *contract.SyncMessage:
		if strings.TrimSpace(part) == "response" {
			return &i.Responses[len(i.Responses)-1]
		}
		return &i.Request
	}
	return &contract.Message{}
}

// setPayload sets the contents; a second response begins another one.
func (w *world) setPayload(part, cell string) error {
	m := w.draft.message(part)
	if s, ok := w.draft.last().(*contract.SyncMessage); ok && part == " response" && m.Contents.State != contract.BodyMissing {
		s.Responses = append(s.Responses, contract.Message{})
		m = w.draft.message(part)
	}
	return w.setContents(m, cell)
}

func (w *world) setContents(m *contract.Message, cell string) error {
	c, err := w.content(cell)
	if err != nil {
		return err
	}
	m.Contents = contract.NewBody(c.data, c.contentType)
	setMetadata(m, "contentType", c.contentType)
	return nil
}

func setMetadata(m *contract.Message, key string, v any) {
	if m.Metadata == nil {
		m.Metadata = map[string]any{}
	}
	m.Metadata[key] = v
}

// metadataValue reads "JSON: ..." or plain text.
func metadataValue(cell string) (any, error) {
	text, ok := strings.CutPrefix(cell, "JSON:")
	if !ok {
		return cell, nil
	}
	return decodeNumbers(text)
}

func decodeNumbers(text string) (any, error) {
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return v, d.Decode(&v)
}

func (w *world) configureMessage(m *contract.Message, line row) error {
	if v, ok := line["body"]; ok {
		if err := w.setContents(m, v); err != nil {
			return err
		}
	}
	if v, ok := line["metadata"]; ok {
		var values map[string]any
		d := json.NewDecoder(strings.NewReader(v))
		d.UseNumber()
		if err := d.Decode(&values); err != nil {
			return err
		}
		for key, value := range values {
			setMetadata(m, key, value)
		}
	}
	return w.addRules(line["matching rules"], line["generators"], &m.Rules, &m.Generators)
}

// generate makes what the consumer's handler is given.
func (r *received) generate(i contract.Interaction) error {
	c := generate.Context{Mode: generate.Consumer}
	var err error
	switch i := i.(type) {
	case *contract.AsyncMessage:
		r.async, err = generate.Message(i.Message, c)
	case *contract.SyncMessage:
		if r.request, err = generate.Message(i.Request, c); err != nil {
			return err
		}
		r.response, err = generate.Message(i.Responses[0], c)
		r.async = r.response
	}
	return err
}

// part is the message that steps about part speak of.
func (r *received) part(name string) contract.Message {
	switch strings.TrimSpace(name) {
	case "request":
		return r.request
	case "response":
		return r.response
	}
	return r.async
}

func (w *world) registerReceived(sc *godog.ScenarioContext, got *received) {
	sc.Step(`^the received message payload will contain the "([^"]*)" (?:JSON )?document$`, func(name string) error {
		return w.sameDocument(documentCell(name), got.async.Contents)
	})
	sc.Step(`^the received message content type will be "([^"]*)"$`, func(want string) error {
		return same("content type", fmt.Sprint(got.async.Metadata["contentType"]), want)
	})
	sc.Step(`^the consumer test will have (passed|failed)$`, func(how string) error {
		if (got.err == nil) != (how == "passed") {
			return fmt.Errorf("the test's error is %w", got.err)
		}
		return nil
	})
	sc.Step(`^the consumer test error will be "([^"]*)"$`, func(text string) error { return same("error", got.err.Error(), text) })
	sc.Step(`^the received message( request| response)? metadata will contain "([^"]*)" == "(.*)"$`, func(part, key, cell string) error {
		return sameMetadata(got.part(part), key, said(cell))
	})
	sc.Step(`^the received message( request| response)? metadata will contain "([^"]*)" replaced with an? "([^"]*)"$`, func(part, key, kind string) error {
		return isKind(fmt.Sprint(got.part(part).Metadata[key]), kind)
	})
	sc.Step(`^the message( request| response)? contents for "([^"]*)" will have been replaced with an? "([^"]*)"$`, func(part, path, kind string) error {
		return replaced(w.draft.message(part).Contents.Content, got.part(part).Contents.Content, path, kind)
	})
}

func sameMetadata(m contract.Message, key, cell string) error {
	v, ok := m.Metadata[key]
	if !ok {
		return fmt.Errorf("there is no metadata %q in %v", key, m.Metadata)
	}
	if text, ok := strings.CutPrefix(cell, "JSON:"); ok {
		return sameJSONText(v, text)
	}
	return same("metadata "+key, fmt.Sprint(v), cell)
}

func (w *world) registerMessageFile(sc *godog.ScenarioContext, got *received) {
	d := &w.draft
	sc.Step(`^a Pact file for the message interaction will (NOT )?have been written$`, func(not string) error {
		if (d.written == nil) != (not != "") {
			return fmt.Errorf("written: %s", d.raw)
		}
		return nil
	})
	sc.Step(`^the pact file will contain (\d+) (?:message )?interactions?$`, func(n int) error {
		if len(d.written.Interactions) != n {
			return fmt.Errorf("it has %d", len(d.written.Interactions))
		}
		return nil
	})
	sc.Step(`^the first message in the pact file will contain the "([^"]*)" document$`, func(name string) error {
		return w.sameDocument(documentCell(name), d.async().Contents)
	})
	sc.Step(`^the first message in the pact file content type will be "([^"]*)"$`, func(want string) error {
		return same("content type", d.async().Contents.ContentType, want)
	})
	sc.Step(`^the first message in the pact file will contain the (request )?message metadata "([^"]*)" == "(.*)"$`, func(request, key, cell string) error {
		if request != "" {
			return sameMetadata(d.sync().Request, key, said(cell))
		}
		return sameMetadata(*d.async(), key, said(cell))
	})
	w.registerSyncFile(sc)
}

// registerSyncFile is for what the file holds of a synchronous message.
func (w *world) registerSyncFile(sc *godog.ScenarioContext) {
	d := &w.draft
	const first = `^the first interaction in the pact file `
	sc.Step(first+`will contain the "([^"]*)" document as the request$`, func(name string) error {
		return w.sameDocument(documentCell(name), d.sync().Request.Contents)
	})
	sc.Step(first+`will contain the "([^"]*)" document as (?:a|the (first|second)) response(?: message)?$`, func(name, which string) error {
		i := 0
		if which == "second" {
			i = 1
		}
		return w.sameDocument(documentCell(name), d.sync().Responses[i].Contents)
	})
	sc.Step(first+`(request|response) content type will be "([^"]*)"$`, func(part, want string) error {
		if part == "request" {
			return same("content type", d.sync().Request.Contents.ContentType, want)
		}
		return same("content type", d.sync().Responses[0].Contents.ContentType, want)
	})
	sc.Step(first+`will contain (\d+) response messages$`, func(n int) error {
		if len(d.sync().Responses) != n {
			return fmt.Errorf("it has %d", len(d.sync().Responses))
		}
		return nil
	})
}

func (d *draftState) async() *contract.Message {
	m, ok := d.written.Interactions[0].(*contract.AsyncMessage)
	if !ok {
		return &contract.Message{}
	}
	return &m.Message
}

func (d *draftState) sync() *contract.SyncMessage {
	m, ok := d.written.Interactions[0].(*contract.SyncMessage)
	if !ok {
		return &contract.SyncMessage{Responses: make([]contract.Message, 2)}
	}
	return m
}
