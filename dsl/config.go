package dsl

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/dsl/internal/draft"
	"github.com/treatyhq/treaty/mockserver"
)

// TestingT is the part of [testing.TB] that a consumer test needs. A
// *testing.T is one.
type TestingT interface {
	// Helper marks the caller as a helper of the test, as [testing.T.Helper] does.
	Helper()
	// Errorf fails the test and lets it go on.
	Errorf(format string, args ...any)
}

// MockHTTPProviderConfig says who speaks with whom and where the mock provider
// listens. Consumer and Provider are needed, everything else has a default.
type MockHTTPProviderConfig struct {
	// Consumer is the name of the application under test.
	Consumer string

	// Provider is the name of the application it calls.
	Provider string

	// LogDir is accepted for the sake of pact-go and not used: there is no
	// external process whose log would have to be kept.
	LogDir string

	// PactDir is the folder for pact files. The default is the folder named by
	// the environment variable PACT_OUTPUT_DIR, or else pacts in the folder of
	// the package under test.
	PactDir string

	// Host is the address the mock provider listens on; 127.0.0.1 by default.
	Host string

	// AllowedMockServerPorts limits the ports of the mock provider: one port,
	// several with commas, or a range such as "1234-5667". Port comes first.
	AllowedMockServerPorts string

	// Port of the mock provider; 0 lets the operating system choose, which is
	// what parallel tests want.
	Port int

	// ClientTimeout is accepted for the sake of pact-go and not used: the mock
	// provider is ready when it has started.
	ClientTimeout time.Duration

	// TLS serves HTTPS with a certificate for localhost that is made for the
	// test run. MockServerConfig.TLSConfig trusts it.
	TLS bool
}

// MockServerConfig says where the mock provider of the running test listens.
type MockServerConfig struct {
	// Port and Host are where it listens; the consumer is pointed there.
	Port int
	Host string
	// TLSConfig is for the client. It trusts the mock provider's certificate
	// and is never nil.
	TLSConfig *tls.Config
	// Variant says which form of a response with variants the mock provider
	// gives, such as "$.nickname is absent"; it is empty for the plain one.
	Variant string
}

// Method is an HTTP method such as "GET", in any case; "" means GET.
type Method string

// Request is a whole expected request in one value, for WithCompleteRequest.
type Request struct {
	// Method of HTTP in any case; GET when empty.
	Method string `json:"method"`
	// Path is text or a matcher; it is needed.
	Path matchers.Matcher `json:"path"`
	// Query parameters and Headers by name, with one value each; nil for none.
	Query   matchers.MapMatcher `json:"query,omitempty"`
	Headers matchers.MapMatcher `json:"headers,omitempty"`
	// Body is JSON, as JSONBody takes it; nil for none.
	Body interface{} `json:"body,omitempty"`
}

// Response is a whole response in one value, for WithCompleteResponse.
type Response struct {
	// Status is the HTTP status, from 100 to 999; it is needed.
	Status int `json:"status"`
	// Headers by name, with one value each; nil for none.
	Headers matchers.MapMatcher `json:"headers,omitempty"`
	// Body is JSON, as JSONBody takes it; nil for none.
	Body interface{} `json:"body,omitempty"`
}

// PluginConfig names a Pact plugin. No plugin is run here: a test that asks for
// one fails with a sentence that names it.
type PluginConfig struct {
	// Plugin is a name such as "protobuf", Version that of the plugin.
	Plugin  string
	Version string
}

// GetTLSConfigForTLSMockServer returns a client configuration that trusts the
// certificate of mock providers started with TLS in this process; the one that a
// test gets as MockServerConfig.TLSConfig. Each call returns a new one, which the
// caller may change.
func GetTLSConfigForTLSMockServer() *tls.Config {
	config, err := mockserver.ClientTLS()
	if err != nil { // no randomness or no clock; the handshake then says so
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return config
}

func (c MockHTTPProviderConfig) validate() error {
	if err := draft.CheckNames(c.Consumer, c.Provider); err != nil {
		return err
	}
	if c.Port < 0 || c.Port > 65535 {
		return fmt.Errorf("port %d is not between 0 and 65535", c.Port)
	}
	if c.AllowedMockServerPorts != "" {
		if _, err := parsePorts(c.AllowedMockServerPorts); err != nil {
			return err
		}
	}
	return nil
}
