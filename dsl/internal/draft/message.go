package draft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/integration"
	"github.com/treatyhq/treaty/generate"
)

// Message is a message interaction as it is being described: one message, or a
// request message with its answers.
type Message struct {
	Version contract.SpecVersion
	Common  contract.Common
	// Request is the message itself, or the request of a synchronous message.
	Request   Part
	Responses []*Part
	// pending is metadata for the next response.
	pending map[string]string
	errs    []error
}

// NewMessage begins a description.
func NewMessage(version contract.SpecVersion, description string) *Message {
	return &Message{Version: version, Common: contract.Common{Description: description}}
}

// Fail notes that something cannot be used; Err returns it in the end.
func (m *Message) Fail(place string, err error) {
	m.errs = append(m.errs, fmt.Errorf("%s: %w", place, err))
}

// Err is everything wrong with the description.
func (m *Message) Err() error {
	if m.Common.Description == "" && len(m.errs) == 0 {
		m.Fail("description", errors.New("it is missing: call ExpectsToReceive"))
	}
	m.settle("contents", &m.Request)
	for n, response := range m.Responses {
		m.settle(fmt.Sprintf("response %d", n+1), response)
	}
	if len(m.errs) == 0 {
		return nil
	}
	return fmt.Errorf("message %q: %w", m.Common.Description, errors.Join(m.errs...))
}

// settle decides of what type contents are, once metadata and contents are
// both described.
func (m *Message) settle(place string, p *Part) {
	name, declared := p.declared()
	contents, err := DeclareType(p.message.Contents, fmt.Sprintf("the metadata %q", name), declared, len(p.message.Rules[contract.CategoryBody]) > 0)
	if err != nil {
		m.Fail(place, err)
	}
	p.message.Contents = contents
}

// Given adds a provider state.
func (m *Message) Given(state models.ProviderState) {
	states, err := AddState(m.Common.States, state)
	if err != nil {
		m.Fail(fmt.Sprintf("provider state %q", state.Name), err)
	}
	m.Common.States = states
}

// UsePlugin notes that plugins are not run.
func (m *Message) UsePlugin(name, version string) {
	m.Fail("plugin", fmt.Errorf(
		"%s %s cannot be used: this library runs no plugins; describe the contents with WithJSONContent or WithContent instead", name, version))
}

// AddResponse begins one more answer.
func (m *Message) AddResponse() *Part {
	part := &Part{}
	m.Responses = append(m.Responses, part)
	if m.pending != nil {
		m.Metadata(part, m.pending)
		m.pending = nil
	}
	return part
}

// ResponseMetadata is about the last answer if that has no metadata yet, and
// otherwise about the one that follows, so that metadata may stand before or
// after its contents.
func (m *Message) ResponseMetadata(metadata map[string]string) {
	if n := len(m.Responses); n > 0 && len(m.Responses[n-1].message.Metadata) == 0 {
		m.Metadata(m.Responses[n-1], metadata)
		return
	}
	m.pending = maps.Clone(metadata)
}

// Part is one message with its contents and metadata.
type Part struct {
	message contract.Message
}

// JSON sets contents from any value that marshals to JSON, with matchers
// anywhere in it. A string that is JSON is taken as that JSON.
func (m *Message) JSON(p *Part, value any) {
	if text, ok := value.(string); ok {
		if decoded, err := integration.DecodeJSON([]byte(text)); err == nil {
			value = decoded
		}
	}
	compiled, variants, err := integration.CompileVariants(value)
	if err == nil && len(variants) > 0 {
		err = errors.New("variants are for responses over HTTP: describe each form of the message by itself")
	}
	if err != nil {
		m.Fail("contents", err)
		return
	}
	m.compiled(p, compiled, "application/json")
}

// Content sets contents as they are sent. JSON may have matchers in it, as
// integration JSON.
func (m *Message) Content(p *Part, contentType string, content []byte) {
	if kind, err := contract.ParseContentType(contentType); err == nil && kind.IsJSON() {
		if decoded, err := integration.DecodeJSON(content); err == nil {
			compiled, err := integration.CompileJSON(decoded)
			if err != nil {
				m.Fail("contents", err)
				return
			}
			m.compiled(p, compiled, contentType)
			return
		}
	}
	p.message.Contents = contract.NewBody(bytes.Clone(content), contentType)
}

func (m *Message) compiled(p *Part, compiled integration.Compiled, contentType string) {
	if err := compiled.Check(m.Version); err != nil {
		m.Fail("contents", err)
		return
	}
	content, err := integration.EncodeJSON(compiled.Example)
	if err != nil {
		m.Fail("contents", err)
		return
	}
	p.message.Contents = contract.NewBody(content, contentType)
	for path, list := range compiled.Rules {
		p.rule(contract.CategoryBody, path, list)
	}
	for path, generator := range compiled.Generators {
		p.generator(contract.CategoryBody, path, generator)
	}
}

// Metadata adds metadata. A value may be a matcher in the form of integration
// JSON; everything else is text.
func (m *Message) Metadata(p *Part, metadata map[string]string) {
	if p.message.Metadata == nil {
		p.message.Metadata = map[string]any{}
	}
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		value := metadata[name]
		decoded, err := integration.DecodeJSON([]byte(value))
		object, isObject := decoded.(map[string]any)
		if err != nil || !isObject || !strings.Contains(value, `"pact:`) {
			p.message.Metadata[name] = value
			continue
		}
		compiled, err := integration.CompileJSON(object)
		if err == nil {
			err = compiled.Check(m.Version)
		}
		if err != nil {
			m.Fail(fmt.Sprintf("metadata %q", name), err)
			continue
		}
		p.message.Metadata[name] = compiled.Example
		at := contract.Path{{Kind: contract.TokenRoot}}.Field(name).String()
		for path, list := range compiled.Rules {
			p.rule(contract.CategoryMetadata, at+strings.TrimPrefix(path, "$"), list)
		}
		for path, generator := range compiled.Generators {
			if path != "$" {
				m.Fail(fmt.Sprintf("metadata %q", name), fmt.Errorf("%s: a generator is for the whole value: a pact does not say for which part of it", path))
				continue
			}
			p.generator(contract.CategoryMetadata, name, generator)
		}
	}
}

func (p *Part) rule(category contract.Category, path string, list contract.RuleList) {
	if p.message.Rules == nil {
		p.message.Rules = contract.RuleSet{}
	}
	if p.message.Rules[category] == nil {
		p.message.Rules[category] = map[string]contract.RuleList{}
	}
	p.message.Rules[category][path] = list
}

func (p *Part) generator(category contract.Category, path string, generator contract.Generator) {
	if p.message.Generators == nil {
		p.message.Generators = contract.GeneratorSet{}
	}
	if p.message.Generators[category] == nil {
		p.message.Generators[category] = map[string]contract.Generator{}
	}
	p.message.Generators[category][path] = generator
}

// complete is the message with the content type in its metadata, where Pact's
// tools look for it, unless the test put one there itself.
func (p *Part) complete() contract.Message {
	m := p.message
	if m.Contents.ContentType == "" {
		return m
	}
	if name, _ := p.declared(); name != "" {
		return m
	}
	m.Metadata = maps.Clone(m.Metadata)
	if m.Metadata == nil {
		m.Metadata = map[string]any{}
	}
	m.Metadata["contentType"] = m.Contents.ContentType
	return m
}

// declared is the content type that the test put into the metadata, and its
// name there.
func (p *Part) declared() (name, value string) {
	for _, name := range slices.Sorted(maps.Keys(p.message.Metadata)) {
		if strings.EqualFold(name, "contentType") || strings.EqualFold(name, "content-type") {
			text, _ := p.message.Metadata[name].(string)
			return name, text
		}
	}
	return "", ""
}

// Reify returns the message as a consumer meets it: examples, with generators
// applied.
func (p *Part) Reify() (contract.Message, error) {
	return generate.Message(p.complete(), generate.Context{Mode: generate.Consumer})
}

// As decodes JSON contents into the type of target, as a test asked for:
// into what target points to, or into a new value where it is not a pointer.
// Without a target JSON becomes a generic value and other contents stay bytes.
func As(contents contract.Body, target any) (any, error) {
	if target == nil {
		var value any
		if json.Unmarshal(contents.Content, &value) == nil {
			return value, nil
		}
		return contents.Content, nil
	}
	into := reflect.ValueOf(target)
	if into.Kind() == reflect.Pointer && !into.IsNil() {
		if err := json.Unmarshal(contents.Content, target); err != nil {
			return nil, fmt.Errorf("read the contents as %T: %w", target, err)
		}
		return target, nil
	}
	value := reflect.New(into.Type())
	if err := json.Unmarshal(contents.Content, value.Interface()); err != nil {
		return nil, fmt.Errorf("read the contents as %T: %w", target, err)
	}
	return value.Elem().Interface(), nil
}

// Async is the finished message.
func (m *Message) Async() contract.Interaction {
	return &contract.AsyncMessage{Common: m.Common, Message: m.Request.complete()}
}

// Sync is the finished request message with its answers.
func (m *Message) Sync() contract.Interaction {
	done := &contract.SyncMessage{Common: m.Common, Request: m.Request.complete()}
	for _, response := range m.Responses {
		done.Responses = append(done.Responses, response.complete())
	}
	return done
}

// CheckNames tells which of the two names is missing.
func CheckNames(consumer, provider string) error {
	if strings.TrimSpace(consumer) == "" {
		return errors.New("a pact needs the consumer's name: set Consumer in the configuration")
	}
	if strings.TrimSpace(provider) == "" {
		return errors.New("a pact needs the provider's name: set Provider in the configuration")
	}
	return nil
}
