package v4

import "github.com/treatyhq/treaty/dsl/internal/draft"

// What a V4 pact can say about a message and pact-go's API cannot.

// WithKey names the message in its pact: with a key, description and provider
// states may change and it stays the same message.
func (m *AsynchronousMessageBuilder) WithKey(key string) *AsynchronousMessageBuilder {
	m.message.Common.Key = key
	return m
}

// Pending marks an expectation that the provider may fail without failing its
// build, because it is still being worked on.
func (m *AsynchronousMessageBuilder) Pending() *AsynchronousMessageBuilder {
	m.message.Common.Pending = true
	return m
}

// Comment adds a line of text that the verifier shows to the provider's people
// ("text" among the comments of the file). It may be called several times.
func (m *AsynchronousMessageBuilder) Comment(text string) *AsynchronousMessageBuilder {
	draft.AddComment(&m.message.Common, text)
	return m
}

// TestName records the name of the consumer's test, which the verifier shows
// ("testname" among the comments of the file).
func (m *AsynchronousMessageBuilder) TestName(name string) *AsynchronousMessageBuilder {
	draft.SetTestName(&m.message.Common, name)
	return m
}

// Reference records where something about the message is written down.
// References come in groups, and the value is written as the text that it is.
func (m *AsynchronousMessageBuilder) Reference(group, name, value string) *AsynchronousMessageBuilder {
	draft.AddReference(&m.message.Common, group, name, value)
	return m
}

// WithKey names the message in its pact: with a key, description and provider
// states may change and it stays the same message.
func (m *UnconfiguredSynchronousMessageBuilder) WithKey(key string) *UnconfiguredSynchronousMessageBuilder {
	m.sync.message.Common.Key = key
	return m
}

// Pending marks an expectation that the provider may fail without failing its
// build, because it is still being worked on.
func (m *UnconfiguredSynchronousMessageBuilder) Pending() *UnconfiguredSynchronousMessageBuilder {
	m.sync.message.Common.Pending = true
	return m
}

// Comment adds a line of text that the verifier shows to the provider's people
// ("text" among the comments of the file). It may be called several times.
func (m *UnconfiguredSynchronousMessageBuilder) Comment(text string) *UnconfiguredSynchronousMessageBuilder {
	draft.AddComment(&m.sync.message.Common, text)
	return m
}

// TestName records the name of the consumer's test, which the verifier shows
// ("testname" among the comments of the file).
func (m *UnconfiguredSynchronousMessageBuilder) TestName(name string) *UnconfiguredSynchronousMessageBuilder {
	draft.SetTestName(&m.sync.message.Common, name)
	return m
}

// Reference records where something about the message is written down.
// References come in groups, and the value is written as the text that it is.
func (m *UnconfiguredSynchronousMessageBuilder) Reference(group, name, value string) *UnconfiguredSynchronousMessageBuilder {
	draft.AddReference(&m.sync.message.Common, group, name, value)
	return m
}
