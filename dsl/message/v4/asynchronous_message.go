package v4

import (
	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// AsynchronousPact is the pact that the messages between one consumer and one
// provider are written to. It is safe for concurrent use; each message is
// described by one test.
type AsynchronousPact struct {
	config Config
}

// NewAsynchronousPact begins a pact. Nothing is written before a message was
// handled. The error names what is missing in the configuration.
func NewAsynchronousPact(config Config) (*AsynchronousPact, error) {
	if err := draft.CheckNames(config.Consumer, config.Provider); err != nil {
		return nil, err
	}
	return &AsynchronousPact{config: config}, nil
}

// AddMessage is the older name of [AsynchronousPact.AddAsynchronousMessage].
//
// Deprecated: use AddAsynchronousMessage.
func (p *AsynchronousPact) AddMessage() *AsynchronousMessageBuilder {
	return p.AddAsynchronousMessage()
}

// AddAsynchronousMessage begins the description of a message. What is wrong with
// the description is told by Verify.
func (p *AsynchronousPact) AddAsynchronousMessage() *AsynchronousMessageBuilder {
	return &AsynchronousMessageBuilder{message: draft.NewMessage(contract.V4, ""), pact: p}
}

// Verify hands message to handler and, if it accepts it, writes the message to
// the pact file. What went wrong, the error of handler too, is reported once
// through t, at the line that called Verify, and returned. t may be nil, then
// errors are only returned.
func (p *AsynchronousPact) Verify(t TestingT, message *AsynchronousMessageBuilder, handler AsynchronousConsumer) error {
	if t != nil {
		t.Helper()
	}
	return draft.Prove(t, p.config.parties(), message.message, message.received, handler)
}

// AsynchronousMessageBuilder is a message as it is being described.
type AsynchronousMessageBuilder struct {
	message *draft.Message
	pact    *AsynchronousPact
	handler AsynchronousConsumer

	// Type is what JSON contents are decoded into for the consumer: a pointer
	// is filled, of another value a new one is made. AsType sets it.
	Type interface{}
}

// received is the message as its consumer gets it.
func (m *AsynchronousMessageBuilder) received(reified contract.Message) (received AsynchronousMessage, err error) {
	received.Contents = reified.Contents.Content
	if m.Type != nil {
		received.Body, err = draft.As(reified.Contents, m.Type)
	}
	return received, err
}

// Given names a provider state that must hold before the message is sent. It
// may be called several times. Optional.
func (m *AsynchronousMessageBuilder) Given(state string) *AsynchronousMessageBuilder {
	return m.GivenWithParameter(models.ProviderState{Name: state})
}

// GivenWithParameter names a provider state and the values it is set up with.
// It may be called several times. Optional.
func (m *AsynchronousMessageBuilder) GivenWithParameter(state models.ProviderState) *AsynchronousMessageBuilder {
	m.message.Given(state)
	return m
}

// AddExternalReference records where something about the message is written
// down: a ticket, a pull request, an operation of an AsyncAPI document. It may
// be called several times, and stands in the file at
// comments.references[group][name]. A value that is JSON, such as "7" or
// "true", is written as that; see [AsynchronousMessageBuilder.Reference] for one
// that stays text.
func (m *AsynchronousMessageBuilder) AddExternalReference(group, name, value string) *AsynchronousMessageBuilder {
	draft.AddExternalReference(&m.message.Common, group, name, value)
	return m
}

// ExpectsToReceive describes the message in words. Description and provider
// states together name it in the pact.
func (m *AsynchronousMessageBuilder) ExpectsToReceive(description string) *UnconfiguredAsynchronousMessageBuilder {
	m.message.Common.Description = description
	return &UnconfiguredAsynchronousMessageBuilder{rootBuilder: m}
}

// UnconfiguredAsynchronousMessageBuilder is a message without contents.
type UnconfiguredAsynchronousMessageBuilder struct {
	rootBuilder *AsynchronousMessageBuilder
}

// UsingPlugin is accepted for the sake of pact-go. Plugins are not run: the
// test fails with a sentence that names the plugin.
func (m *UnconfiguredAsynchronousMessageBuilder) UsingPlugin(config PluginConfig) *AsynchronousMessageWithPlugin {
	m.rootBuilder.message.UsePlugin(config.Plugin, config.Version)
	return &AsynchronousMessageWithPlugin{rootBuilder: m.rootBuilder}
}

// WithMetadata adds metadata: text, or a matcher in the form of Pact's integration
// JSON.
func (m *UnconfiguredAsynchronousMessageBuilder) WithMetadata(metadata map[string]string) *UnconfiguredAsynchronousMessageBuilder {
	m.rootBuilder.message.Metadata(&m.rootBuilder.message.Request, metadata)
	return m
}

// WithContent sets contents as they are sent, with their content type. JSON may
// be given as Pact's integration JSON, with matchers in it.
func (m *UnconfiguredAsynchronousMessageBuilder) WithContent(contentType string, body []byte) *AsynchronousMessageWithContents {
	m.rootBuilder.message.Content(&m.rootBuilder.message.Request, contentType, body)
	return &AsynchronousMessageWithContents{rootBuilder: m.rootBuilder}
}

// WithJSONContent sets JSON contents: any value that marshals to JSON, with
// matchers anywhere in it.
func (m *UnconfiguredAsynchronousMessageBuilder) WithJSONContent(content interface{}) *AsynchronousMessageWithContents {
	m.rootBuilder.message.JSON(&m.rootBuilder.message.Request, content)
	return &AsynchronousMessageWithContents{rootBuilder: m.rootBuilder}
}

// AsynchronousMessageWithContents is a message that needs its consumer.
type AsynchronousMessageWithContents struct {
	rootBuilder *AsynchronousMessageBuilder
}

// AsType says what JSON contents are decoded into for the consumer: a pointer is
// filled, of another value a new one of its type is made.
func (m *AsynchronousMessageWithContents) AsType(t interface{}) *AsynchronousMessageWithContents {
	m.rootBuilder.Type = t
	return m
}

// ConsumedBy names the consumer's code that handles the message.
func (m *AsynchronousMessageWithContents) ConsumedBy(handler AsynchronousConsumer) *AsynchronousMessageWithConsumer {
	m.rootBuilder.handler = handler
	return &AsynchronousMessageWithConsumer{rootBuilder: m.rootBuilder}
}

// AsynchronousMessageWithConsumer is a whole message with its consumer.
type AsynchronousMessageWithConsumer struct {
	rootBuilder *AsynchronousMessageBuilder
}

// Verify hands the message to its consumer; see [AsynchronousPact.Verify].
func (m *AsynchronousMessageWithConsumer) Verify(t TestingT) error {
	if t != nil {
		t.Helper()
	}
	return m.rootBuilder.pact.Verify(t, m.rootBuilder, m.rootBuilder.handler)
}
