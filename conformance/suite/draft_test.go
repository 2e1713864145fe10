package suite_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
)

// draftState is an interaction that a consumer's test defines, and the pact
// file that came of it.
type draftState struct {
	interactions []contract.Interaction
	written      *contract.Pact  // decoded from the file
	raw          json.RawMessage // the file itself
}

// last is the interaction that is being defined.
func (d *draftState) last() contract.Interaction { return d.interactions[len(d.interactions)-1] }

func (d *draftState) add(i contract.Interaction) {
	i.Base().Description = fmt.Sprintf("interaction for a compatibility test %d", len(d.interactions)+1)
	d.interactions = append(d.interactions, i)
}

func newHTTP() *contract.HTTP {
	return &contract.HTTP{Request: contract.Request{Method: "GET", Path: "/path"}, Response: contract.Response{Status: 200}}
}

func (w *world) registerDraft(sc *godog.ScenarioContext) {
	d := &w.draft
	sc.Step(`^an (?:HTTP interaction|integration) is being defined for a consumer test$`, func() { d.add(newHTTP()) })
	sc.Step(`^a message (?:interaction|integration) is being defined for a consumer test$`, func() { d.add(&contract.AsyncMessage{}) })
	sc.Step(`^a synchronous message interaction is being defined for a consumer test$`, func() {
		d.add(&contract.SyncMessage{Responses: []contract.Message{{}}})
	})
	const any = `(?:HTTP |message |synchronous message )?`
	sc.Step(`^a key of "([^"]*)" is specified for the `+any+`interaction$`, func(key string) { d.last().Base().Key = key })
	sc.Step(`^the `+any+`interaction is marked as pending$`, func() { d.last().Base().Pending = true })
	sc.Step(`^a comment "([^"]*)" is added to the `+any+`interaction$`, func(text string) { addComment(d.last().Base(), "text", text) })
	sc.Step(`^a provider state "([^"]*)"(?: for the message| for the synchronous message)? is specified$`, func(name string) {
		d.last().Base().States = append(d.last().Base().States, contract.ProviderState{Name: name})
	})
	sc.Step(`^a provider state "([^"]*)"(?: for the message| for the synchronous message)? is specified with the following data:$`, func(name string, table *godog.Table) error {
		params, err := parameters(rows(table)[0])
		d.last().Base().States = append(d.last().Base().States, contract.ProviderState{Name: name, Params: params})
		return err
	})
	sc.Step(`^the Pact file for the test is generated$`, w.writeDraft)
	w.registerDraftChecks(sc)
}

// addComment adds to the comments that have a meaning: text is a list,
// testname one value.
func addComment(base *contract.Common, kind, text string) {
	if base.Comments == nil {
		base.Comments = map[string]any{}
	}
	if kind == "text" {
		list, _ := base.Comments["text"].([]any)
		base.Comments["text"] = append(list, text)
		return
	}
	base.Comments[kind] = text
}

// parameters reads cells that hold JSON.
func parameters(line row) (map[string]any, error) {
	params := map[string]any{}
	for name, cell := range line {
		var v any
		d := json.NewDecoder(strings.NewReader(cell))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("the parameter %s: %w", name, err)
		}
		params[name] = v
	}
	return params, nil
}

func (w *world) writeDraft() error {
	d := &w.draft
	data, err := contract.Encode(&contract.Pact{Consumer: "c", Provider: "p", Interactions: d.interactions}, w.version)
	if err != nil {
		return err
	}
	d.raw = data
	d.written, err = contract.Decode(data)
	return err
}

// firstInFile returns the members of the first interaction or message as they
// stand in the file.
func (d *draftState) firstInFile() (map[string]any, error) {
	list, err := d.inFile()
	if err != nil || len(list) == 0 {
		return nil, fmt.Errorf("the file has no interaction: %w", err)
	}
	return list[0], nil
}

func (d *draftState) inFile() ([]map[string]any, error) {
	var file struct {
		Interactions, Messages []map[string]any
	}
	err := json.Unmarshal(d.raw, &file)
	return append(file.Interactions, file.Messages...), err
}

func (w *world) registerDraftChecks(sc *godog.ScenarioContext) {
	d := &w.draft
	sc.Step(`^the first interaction in the Pact file will have a type of "([^"]*)"$`, func(want string) error {
		first, err := d.firstInFile()
		if err != nil {
			return err
		}
		return same("type", fmt.Sprint(first["type"]), want)
	})
	sc.Step(`^there will be an interaction in the Pact file with a type of "([^"]*)"$`, func(want string) error {
		list, err := d.inFile()
		for _, i := range list {
			if i["type"] == want {
				return err
			}
		}
		return fmt.Errorf("no interaction has the type %q", want)
	})
	sc.Step(`^the first interaction in the Pact file will have "([^"]*)" = '(.*)'$`, func(name, text string) error {
		first, err := d.firstInFile()
		if err != nil {
			return err
		}
		var want any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			return err
		}
		if !reflect.DeepEqual(first[name], want) {
			return fmt.Errorf("%s is %v", name, first[name])
		}
		return nil
	})
	const part = `^the (?:interaction|first message) in the (?:Pact|pact) file will contain `
	sc.Step(part+`(\d+) provider states?$`, func(text string) error {
		return same("number of states", strconv.Itoa(len(d.states())), text)
	})
	sc.Step(part+`provider state "([^"]*)"$`, func(name string) error {
		_, err := d.state(name)
		return err
	})
	sc.Step(`^the provider state "([^"]*)" (?:in the Pact file|for the message) will contain the following parameters:$`, func(name string, table *godog.Table) error {
		s, err := d.state(name)
		if err != nil {
			return err
		}
		return sameJSONText(s.Params, rows(table)[0]["parameters"])
	})
}

func (d *draftState) states() []contract.ProviderState {
	return d.written.Interactions[0].Base().States
}

func (d *draftState) state(name string) (contract.ProviderState, error) {
	for _, s := range d.states() {
		if s.Name == name {
			return s, nil
		}
	}
	return contract.ProviderState{}, fmt.Errorf("there is no state %q in %v", name, d.states())
}

// sameJSONText compares a value with JSON text.
func sameJSONText(got any, text string) error {
	data, err := json.Marshal(got)
	if err != nil {
		return err
	}
	var a, b any
	if err := json.Unmarshal(data, &a); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return err
	}
	if !reflect.DeepEqual(a, b) {
		return fmt.Errorf("%s is not %s", data, text)
	}
	return nil
}
