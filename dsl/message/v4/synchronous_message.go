package v4

import (
	"errors"

	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// SynchronousPact is the pact that the exchanges of messages between one consumer
// and one provider are written to. It is safe for concurrent use; each exchange is
// described by one test.
type SynchronousPact struct {
	config Config
}

// NewSynchronousPact begins a pact. Nothing is written before an exchange was
// handled. The error names what is missing in the configuration.
func NewSynchronousPact(config Config) (*SynchronousPact, error) {
	if err := draft.CheckNames(config.Consumer, config.Provider); err != nil {
		return nil, err
	}
	return &SynchronousPact{config: config}, nil
}

// AddSynchronousMessage begins the description of a request message and its
// answers. Description and provider states together name it in the pact. What is
// wrong with the description is told by ExecuteTest.
func (m *SynchronousPact) AddSynchronousMessage(description string) *UnconfiguredSynchronousMessageBuilder {
	return &UnconfiguredSynchronousMessageBuilder{sync: &synchronous{message: draft.NewMessage(contract.V4, description), pact: m}}
}

// SynchronousMessage is a request message with its answers, as the consumer's test
// gets them.
type SynchronousMessage struct {
	// Request is what the consumer is to send, Response what it gets in answer,
	// in the order of the description.
	Request  MessageContents
	Response []MessageContents
}

// SynchronousMessageBuilder is a name of pact-go's that no step of a description
// uses; [SynchronousPact.AddSynchronousMessage] begins one.
type SynchronousMessageBuilder struct{}

// synchronous is what all steps of a description fill.
type synchronous struct {
	message *draft.Message
	pact    *SynchronousPact
}

// UnconfiguredSynchronousMessageBuilder is an exchange without its request.
type UnconfiguredSynchronousMessageBuilder struct {
	sync *synchronous
}

// Given names a provider state that must hold before the exchange. It may be
// called several times. Optional.
func (m *UnconfiguredSynchronousMessageBuilder) Given(state string) *UnconfiguredSynchronousMessageBuilder {
	return m.GivenWithParameter(models.ProviderState{Name: state})
}

// GivenWithParameter names a provider state and the values it is set up with.
// It may be called several times. Optional.
func (m *UnconfiguredSynchronousMessageBuilder) GivenWithParameter(state models.ProviderState) *UnconfiguredSynchronousMessageBuilder {
	m.sync.message.Given(state)
	return m
}

// AddExternalReference records where something about the messages is written
// down: a ticket, a pull request, an operation of an AsyncAPI document. It may
// be called several times, and stands in the file at
// comments.references[group][name]. A value that is JSON, such as "7" or
// "true", is written as that; see
// [UnconfiguredSynchronousMessageBuilder.Reference] for one that stays text.
func (m *UnconfiguredSynchronousMessageBuilder) AddExternalReference(group, name, value string) *UnconfiguredSynchronousMessageBuilder {
	draft.AddExternalReference(&m.sync.message.Common, group, name, value)
	return m
}

// UsingPlugin is accepted for the sake of pact-go. Plugins are not run: the
// test fails with a sentence that names the plugin.
func (m *UnconfiguredSynchronousMessageBuilder) UsingPlugin(config PluginConfig) *SynchronousMessageWithPlugin {
	return (&SynchronousMessageWithPlugin{sync: m.sync}).UsingPlugin(config)
}

// WithRequest describes the message that the consumer sends. A nil function
// describes one without contents.
func (m *UnconfiguredSynchronousMessageBuilder) WithRequest(r RequestBuilderFunc) *SynchronousMessageWithRequest {
	if r != nil {
		r(&SynchronousMessageWithRequestBuilder{sync: m.sync})
	}
	return &SynchronousMessageWithRequest{sync: m.sync}
}

// RequestBuilderFunc says what a request message has: contents and metadata.
type RequestBuilderFunc func(*SynchronousMessageWithRequestBuilder)

// SynchronousMessageWithRequestBuilder fills the request message: contents and
// metadata.
type SynchronousMessageWithRequestBuilder struct {
	sync *synchronous
}

// WithMetadata adds metadata: text, or a matcher in the form of Pact's integration
// JSON.
func (m *SynchronousMessageWithRequestBuilder) WithMetadata(metadata map[string]string) *SynchronousMessageWithRequestBuilder {
	m.sync.message.Metadata(&m.sync.message.Request, metadata)
	return m
}

// WithContent sets contents as they are sent, with their content type. JSON may
// be given as Pact's integration JSON, with matchers in it.
func (m *SynchronousMessageWithRequestBuilder) WithContent(contentType string, body []byte) *SynchronousMessageWithRequestBuilder {
	m.sync.message.Content(&m.sync.message.Request, contentType, body)
	return m
}

// WithJSONContent sets JSON contents: any value that marshals to JSON, with
// matchers anywhere in it.
func (m *SynchronousMessageWithRequestBuilder) WithJSONContent(content interface{}) *SynchronousMessageWithRequestBuilder {
	m.sync.message.JSON(&m.sync.message.Request, content)
	return m
}

// SynchronousMessageWithRequest is an exchange that needs its answers.
type SynchronousMessageWithRequest struct {
	sync *synchronous
}

// WithResponse describes the answers that the consumer gets.
func (m *SynchronousMessageWithRequest) WithResponse(builder ResponseBuilderFunc) *SynchronousMessageWithResponse {
	if builder != nil {
		builder(&SynchronousMessageWithResponseBuilder{sync: m.sync})
	}
	return &SynchronousMessageWithResponse{sync: m.sync}
}

// ResponseBuilderFunc says what the answers have: contents and metadata of each.
type ResponseBuilderFunc func(*SynchronousMessageWithResponseBuilder)

// SynchronousMessageWithResponseBuilder fills the answers: each contents is
// one more answer.
type SynchronousMessageWithResponseBuilder struct {
	sync *synchronous
}

// WithMetadata adds metadata to the answer before it, or to the one that
// follows if that has metadata already.
func (m *SynchronousMessageWithResponseBuilder) WithMetadata(metadata map[string]string) *SynchronousMessageWithResponseBuilder {
	m.sync.message.ResponseMetadata(metadata)
	return m
}

// WithContent adds an answer as it is sent, with its content type.
func (m *SynchronousMessageWithResponseBuilder) WithContent(contentType string, body []byte) *SynchronousMessageWithResponseBuilder {
	m.sync.message.Content(m.sync.message.AddResponse(), contentType, body)
	return m
}

// WithJSONContent adds a JSON answer: any value that marshals to JSON, with
// matchers anywhere in it.
func (m *SynchronousMessageWithResponseBuilder) WithJSONContent(content interface{}) *SynchronousMessageWithResponseBuilder {
	m.sync.message.JSON(m.sync.message.AddResponse(), content)
	return m
}

// SynchronousMessageWithResponse is a whole exchange.
type SynchronousMessageWithResponse struct {
	sync *synchronous
}

// ExecuteTest hands the messages to integrationTest and, if it returns no
// error, writes them to the pact file. An error of integrationTest is returned
// as it is and not reported; what is wrong with the description or the file is
// reported through t and returned. t may be nil, then errors are only returned.
func (m *SynchronousMessageWithResponse) ExecuteTest(t TestingT, integrationTest func(md SynchronousMessage) error) error {
	if t != nil {
		t.Helper()
	}
	return m.sync.execute(t, integrationTest)
}

func (s *synchronous) execute(t TestingT, integrationTest func(SynchronousMessage) error) error {
	report := func(err error) error {
		if t != nil {
			t.Helper()
			t.Errorf("The messages of %q cannot be written: %v", s.message.Common.Description, err)
		}
		return err
	}
	if t != nil {
		t.Helper()
	}
	if err := s.message.Err(); err != nil {
		return report(err)
	}
	described := []contract.Interaction{s.message.Sync()}
	if err := draft.CheckExamples(described); err != nil {
		return report(err)
	}
	message, err := s.reify()
	if err == nil && integrationTest == nil {
		err = errors.New("ExecuteTest needs a function that handles the messages")
	}
	if err != nil {
		return report(err)
	}
	if err := integrationTest(message); err != nil {
		return err
	}
	if err := draft.Keep(t, s.pact.config.parties(), contract.V4, described); err != nil {
		return report(err)
	}
	return nil
}

func (s *synchronous) reify() (SynchronousMessage, error) {
	request, err := s.message.Request.Reify()
	if err != nil {
		return SynchronousMessage{}, err
	}
	out := SynchronousMessage{Request: MessageContents{Contents: request.Contents.Content}}
	for _, response := range s.message.Responses {
		reified, err := response.Reify()
		if err != nil {
			return SynchronousMessage{}, err
		}
		out.Response = append(out.Response, MessageContents{Contents: reified.Contents.Content})
	}
	return out, nil
}
