package v4

import (
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// TestingT is the part of [testing.TB] that a message test needs. A *testing.T
// is one.
type TestingT = dsl.TestingT

// Metadata is what goes along with the contents of a message.
type Metadata map[string]interface{}

// AsynchronousMessage is a message that the consumer only receives.
type AsynchronousMessage MessageContents

// AsynchronousConsumer is the consumer's own code: it handles a message and
// reports whether it could.
type AsynchronousConsumer func(AsynchronousMessage) error

// MessageContents is one message as the consumer gets it.
type MessageContents struct {
	// Contents are the bytes of the message.
	Contents []byte

	// Body is the contents in the type given to AsType; nil without one and
	// for synchronous messages.
	Body interface{} `json:"contents"`
}

// Config says who sends messages to whom. Consumer and Provider are needed;
// PactDir defaults as in [dsl.MockHTTPProviderConfig].
type Config struct {
	Consumer string
	Provider string
	PactDir  string
}

// PluginConfig names a Pact plugin.
type PluginConfig struct {
	Plugin  string
	Version string
}

// TransportConfig says where the transport of a plugin listens.
type TransportConfig struct {
	Port    int
	Address string
}

func (c Config) parties() draft.Parties {
	return draft.Parties{Consumer: c.Consumer, Provider: c.Provider, Dir: c.PactDir}
}
