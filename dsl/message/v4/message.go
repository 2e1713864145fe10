package v4

import (
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// TestingT is the part of [testing.TB] that a message test needs. A *testing.T
// is one.
type TestingT = dsl.TestingT

// Metadata is what goes along with the contents of a message, by name: a routing
// key, a content type. Values are decoded JSON.
type Metadata map[string]interface{}

// AsynchronousMessage is a message that the consumer only receives, as its code
// gets it.
type AsynchronousMessage MessageContents

// AsynchronousConsumer is the consumer's own code: it handles a message, and
// returns an error if it could not. Only what it accepts is written to the pact
// file.
type AsynchronousConsumer func(AsynchronousMessage) error

// MessageContents is one message as the consumer gets it.
type MessageContents struct {
	// Contents are the bytes of the message as they are sent.
	Contents []byte

	// Body is the contents in the type given to AsType; nil without one and
	// for synchronous messages.
	Body interface{} `json:"contents"`
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

// PluginConfig names a Pact plugin. No plugin is run here: a test that asks for
// one fails with a sentence that names it.
type PluginConfig struct {
	// Plugin is a name such as "protobuf", Version that of the plugin.
	Plugin  string
	Version string
}

// TransportConfig says where the transport of a plugin listens. As no plugin is
// run, no test gets one.
type TransportConfig struct {
	// Port and Address are where it listens.
	Port    int
	Address string
}

func (c Config) parties() draft.Parties {
	return draft.Parties{Consumer: c.Consumer, Provider: c.Provider, Dir: c.PactDir}
}
