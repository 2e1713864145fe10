package dsl

import "github.com/treatyhq/treaty/dsl/internal/draft"

// What a V4 pact can say about an interaction and pact-go's API cannot.

// WithKey names the interaction in its pact: with a key, description and
// provider states may change and it stays the same interaction.
func (i *V4UnconfiguredInteraction) WithKey(key string) *V4UnconfiguredInteraction {
	i.interaction.http.Key = key
	return i
}

// Pending marks an expectation that the provider may fail without failing its
// build, because it is still being worked on.
func (i *V4UnconfiguredInteraction) Pending() *V4UnconfiguredInteraction {
	i.interaction.http.Pending = true
	return i
}

// Comment adds a line of text that the verifier shows to the provider's people
// ("text" among the comments of the file). It may be called several times.
func (i *V4UnconfiguredInteraction) Comment(text string) *V4UnconfiguredInteraction {
	draft.AddComment(&i.interaction.http.Common, text)
	return i
}

// TestName records the name of the consumer's test, which the verifier shows
// ("testname" among the comments of the file).
func (i *V4UnconfiguredInteraction) TestName(name string) *V4UnconfiguredInteraction {
	draft.SetTestName(&i.interaction.http.Common, name)
	return i
}

// Reference records where something about the interaction is written down: an
// operation of an OpenAPI document, a ticket. References come in groups, and
// the value is written as the text that it is.
func (i *V4UnconfiguredInteraction) Reference(group, name, value string) *V4UnconfiguredInteraction {
	draft.AddReference(&i.interaction.http.Common, group, name, value)
	return i
}
