package v3

import (
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// TestingT is the part of [testing.TB] that a message test needs. A *testing.T
// is one.
type TestingT = dsl.TestingT

// Body is the contents of a message in the form that the consumer's code takes.
type Body interface{}

// Metadata is what goes along with the contents of a message, by name: a routing
// key, a content type. Values are decoded JSON.
type Metadata map[string]interface{}

// AsynchronousConsumer is the consumer's own code: it handles a message, and
// returns an error if it could not. Only what it accepts is written to the pact
// file.
type AsynchronousConsumer func(MessageContents) error

// MessageContents is a message as the consumer gets it.
type MessageContents struct {
	// Content is of the type given to AsType. Without one, JSON is a generic
	// value and everything else is []byte.
	Content Body `json:"contents"`

	// Metadata as described, with the examples of matchers; nil when there is
	// none.
	Metadata Metadata `json:"metadata"`
}

// Config says who sends messages to whom.
type Config struct {
	// Consumer is the name of the application under test, which receives the
	// messages, Provider that of the one which sends them. Both are needed.
	Consumer string
	Provider string
	// PactDir is the folder for pact files; when empty it is chosen as in
	// [dsl.MockHTTPProviderConfig].
	PactDir string
}

func (c Config) parties() draft.Parties {
	return draft.Parties{Consumer: c.Consumer, Provider: c.Provider, Dir: c.PactDir}
}
