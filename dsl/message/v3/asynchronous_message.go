package v3

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

// NewMessagePact is the older name of [NewAsynchronousPact].
//
// Deprecated: use NewAsynchronousPact.
var NewMessagePact = NewAsynchronousPact

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
	return &AsynchronousMessageBuilder{message: draft.NewMessage(contract.V3, ""), pact: p}
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
func (m *AsynchronousMessageBuilder) received(reified contract.Message) (MessageContents, error) {
	content, err := draft.As(reified.Contents, m.Type)
	return MessageContents{Content: content, Metadata: reified.Metadata}, err
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

// WithMetadata adds metadata: text, or a matcher in the form of Pact's integration
// JSON.
func (m *UnconfiguredAsynchronousMessageBuilder) WithMetadata(metadata map[string]string) *UnconfiguredAsynchronousMessageBuilder {
	m.rootBuilder.message.Metadata(&m.rootBuilder.message.Request, metadata)
	return m
}

// WithBinaryContent is WithContent under the name that pact-go has for contents
// such as pictures.
func (m *UnconfiguredAsynchronousMessageBuilder) WithBinaryContent(contentType string, body []byte) *AsynchronousMessageBuilderWithContents {
	return m.WithContent(contentType, body)
}

// WithContent sets contents as they are sent, with their content type. JSON may
// be given as Pact's integration JSON, with matchers in it.
func (m *UnconfiguredAsynchronousMessageBuilder) WithContent(contentType string, body []byte) *AsynchronousMessageBuilderWithContents {
	m.rootBuilder.message.Content(&m.rootBuilder.message.Request, contentType, body)
	return &AsynchronousMessageBuilderWithContents{rootBuilder: m.rootBuilder}
}

// WithJSONContent sets JSON contents: any value that marshals to JSON, with
// matchers anywhere in it.
func (m *UnconfiguredAsynchronousMessageBuilder) WithJSONContent(content interface{}) *AsynchronousMessageBuilderWithContents {
	m.rootBuilder.message.JSON(&m.rootBuilder.message.Request, content)
	return &AsynchronousMessageBuilderWithContents{rootBuilder: m.rootBuilder}
}

// AsynchronousMessageBuilderWithContents is a message that needs its consumer.
type AsynchronousMessageBuilderWithContents struct {
	rootBuilder *AsynchronousMessageBuilder
}

// AsType says what JSON contents are decoded into for the consumer: a pointer is
// filled, of another value a new one of its type is made.
func (m *AsynchronousMessageBuilderWithContents) AsType(t interface{}) *AsynchronousMessageBuilderWithContents {
	m.rootBuilder.Type = t
	return m
}

// ConsumedBy names the consumer's code that handles the message.
func (m *AsynchronousMessageBuilderWithContents) ConsumedBy(handler AsynchronousConsumer) *AsynchronousMessageBuilderWithConsumer {
	m.rootBuilder.handler = handler
	return &AsynchronousMessageBuilderWithConsumer{rootBuilder: m.rootBuilder}
}

// AsynchronousMessageBuilderWithConsumer is a whole message with its consumer.
type AsynchronousMessageBuilderWithConsumer struct {
	rootBuilder *AsynchronousMessageBuilder
}

// Verify hands the message to its consumer; see [AsynchronousPact.Verify].
func (m *AsynchronousMessageBuilderWithConsumer) Verify(t TestingT) error {
	if t != nil {
		t.Helper()
	}
	return m.rootBuilder.pact.Verify(t, m.rootBuilder, m.rootBuilder.handler)
}
