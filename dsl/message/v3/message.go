package v3

import (
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// TestingT is the part of [testing.TB] that a message test needs. A *testing.T
// is one.
type TestingT = dsl.TestingT

// Body is the contents of a message.
type Body interface{}

// Metadata is what goes along with the contents of a message.
type Metadata map[string]interface{}

// AsynchronousConsumer is the consumer's own code: it handles a message and
// reports whether it could.
type AsynchronousConsumer func(MessageContents) error

// MessageContents is a message as the consumer gets it.
type MessageContents struct {
	// Content is of the type given to AsType. Without one, JSON is a generic
	// value and everything else is []byte.
	Content Body `json:"contents"`

	// Metadata of the message.
	Metadata Metadata `json:"metadata"`
}

// Config says who sends messages to whom. Consumer and Provider are needed;
// PactDir defaults as in [dsl.MockHTTPProviderConfig].
type Config struct {
	Consumer string
	Provider string
	PactDir  string
}

func (c Config) parties() draft.Parties {
	return draft.Parties{Consumer: c.Consumer, Provider: c.Provider, Dir: c.PactDir}
}
