package verifier

import (
	"crypto/tls"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/pact-foundation/pact-go/v2/message"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/pact-foundation/pact-go/v2/proxy"

	"github.com/treatyhq/treaty/contract"
)

// VerifyRequest says what [Verifier.VerifyProvider] verifies. Its fields are
// those of pact-go v2's provider.VerifyRequest; what Treaty adds stands at
// the end.
type VerifyRequest struct {
	// ProviderBaseURL is the address of the running provider, with scheme, such
	// as "http://localhost:8080/api".
	ProviderBaseURL string
	// Transports are further ways to reach the provider.
	Transports []Transport
	// BuildURL is the address of the build, shown with published results.
	BuildURL string

	// FilterConsumers keeps the pacts of these consumers, by exact name; none
	// keeps all.
	FilterConsumers []string
	// FilterDescription is a regular expression (RE2) found anywhere in
	// descriptions; also by the environment variable PACT_DESCRIPTION.
	FilterDescription string
	// FilterState is a regular expression (RE2) found anywhere in the names of
	// provider states; also by PACT_PROVIDER_STATE.
	FilterState string
	// FilterNoState keeps interactions without a provider state; also by
	// PACT_PROVIDER_NO_STATE=true.
	FilterNoState bool

	// PactURLs, PactFiles and PactDirs are sources of pacts; the environment
	// variable PACT_URL adds one more URL, as webhooks set it. Of folders, and
	// what is below them, the pacts of Provider are taken.
	PactURLs  []string
	PactFiles []string
	PactDirs  []string

	// BrokerURL is a further source: the broker is asked for the pacts of
	// Provider that ConsumerVersionSelectors and Tags name.
	BrokerURL                string
	ConsumerVersionSelectors []Selector
	Tags                     []string
	// ProviderTags and ProviderBranch are recorded for the provider's version.
	ProviderTags   []string
	ProviderBranch string

	// ProviderStatesSetupURL is told about provider states.
	//
	// Deprecated: use StateHandlers.
	ProviderStatesSetupURL string

	// Provider is the name that pacts and the broker have for the provider. It is
	// needed with a broker.
	Provider string

	// BrokerUsername and BrokerPassword, or BrokerToken, authenticate with the
	// broker; also by PACT_BROKER_USERNAME, PACT_BROKER_PASSWORD and
	// PACT_BROKER_TOKEN.
	BrokerUsername string
	BrokerPassword string
	BrokerToken    string

	// FailIfNoPactsFound makes it [ErrNoPacts] when there is nothing to verify;
	// otherwise that passes with a warning.
	FailIfNoPactsFound bool

	// PublishVerificationResults sends the results to the broker. Nothing is
	// published when a filter, or go test -run, left interactions out.
	PublishVerificationResults bool
	// SoftFail skips the subtest of an interaction that was tried and is not as
	// the pact says, instead of failing it, for pipelines in which can-i-deploy
	// decides later. The error is returned all the same. What could not be tried
	// still fails, and so does a failure whose result was to be published and
	// was not.
	SoftFail bool
	// ProviderVersion is the version number of the provider; it is needed for
	// publishing.
	ProviderVersion string

	// StateHandlers set up provider states, by name. Each is called with true
	// before the interaction and with false after it.
	StateHandlers models.StateHandlers
	// MessageHandlers produce messages, by description.
	MessageHandlers message.Handlers

	// BeforeEach and AfterEach run around each interaction; nil runs nothing. An
	// error of theirs is an error of the interaction.
	BeforeEach Hook
	AfterEach  Hook

	// RequestFilter wraps the provider and may change request and response,
	// for example to add a token. What it changes is not covered by the pact.
	RequestFilter proxy.Middleware

	// CustomTLSConfig is used to reach the provider; nil means the defaults.
	CustomTLSConfig *tls.Config

	// EnablePending lets the broker mark pacts whose failure does not count.
	EnablePending bool
	// IncludeWIPPactsSince adds work in progress published since then; nil adds
	// none.
	IncludeWIPPactsSince *time.Time

	// RequestTimeout limits each request and state change; 10 s if zero.
	RequestTimeout time.Duration

	// DisableSSLVerification accepts any certificate of the provider.
	DisableSSLVerification bool
	// DisableColoredOutput is there for pact-go's sake and not used: the output
	// of tests has no colours.
	DisableColoredOutput bool

	// What follows goes beyond pact-go.

	// Handler is the provider in process, without a port. It wins over
	// ProviderBaseURL.
	Handler http.Handler
	// Pacts are pacts in memory, a further source.
	Pacts []*contract.Pact
	// SyncMessageHandlers answer request messages, by description.
	SyncMessageHandlers SyncHandlers
	// Headers are set on every request to the provider; their values are never
	// printed.
	Headers http.Header
	// RequireEveryState fails an interaction if any of its provider states has
	// no handler. Otherwise there is a warning with the handler to paste, since
	// tests written for pact-go rely on it. Set it in every new test: a state
	// that nobody sets up lets an interaction pass by accident.
	RequireEveryState bool
	// AllowMissingStates keeps the warning in the log of the test, where
	// pact-go's goes to standard error as well.
	AllowMissingStates bool
	// Parallel verifies this many interactions at once; 0 and 1 mean one after
	// the other. Provider and handlers must be safe for it.
	Parallel int
	// UnsentFile keeps results that could not be published, for
	// [PublishUnsent]; when empty they are not kept.
	UnsentFile string
}

// options translates the request.
func (r VerifyRequest) options() (Options, error) {
	o := Options{
		Provider: r.Provider, BaseURL: r.ProviderBaseURL, Handler: r.Handler, Transports: r.Transports,
		Headers: r.Headers, RequestFilter: r.RequestFilter, TLS: r.tls(), Timeout: r.RequestTimeout,
		Files: r.PactFiles, Dirs: r.PactDirs, URLs: r.PactURLs, Pacts: r.Pacts, Auth: r.auth(),
		AllowNoPacts: !r.FailIfNoPactsFound,
		States:       r.StateHandlers, AllowMissingStates: !r.RequireEveryState,
		MessageHandlers: r.MessageHandlers, SyncMessageHandlers: r.SyncMessageHandlers,
		BeforeEach: r.BeforeEach, AfterEach: r.AfterEach,
		Filter: r.filter(), Parallel: r.Parallel,
		ProviderVersion: r.ProviderVersion, ProviderBranch: r.ProviderBranch, ProviderTags: r.ProviderTags,
		Publish: r.PublishVerificationResults, BuildURL: r.BuildURL, UnsentFile: r.UnsentFile,
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.States == nil {
		o.States = models.StateHandlers{} // every state lacks its handler
	}
	if r.ProviderStatesSetupURL != "" {
		o.States, o.StateChange = nil, &StateChange{URL: r.ProviderStatesSetupURL, Teardown: true}
	}
	if u := os.Getenv("PACT_URL"); u != "" {
		o.URLs = append(o.URLs[:len(o.URLs):len(o.URLs)], u)
	}
	return o, r.addBroker(&o)
}

func (r VerifyRequest) addBroker(o *Options) error {
	if r.BrokerURL == "" {
		return nil
	}
	auth := r.auth()
	if (auth.Username == "") != (auth.Password == "") {
		return &OptionError{"BrokerUsername", "give both BrokerUsername and BrokerPassword, or none"}
	}
	o.Broker = &BrokerOptions{
		URL: r.BrokerURL, Auth: auth, Selectors: r.ConsumerVersionSelectors, Tags: r.Tags, IncludePending: r.EnablePending,
	}
	if r.IncludeWIPPactsSince != nil {
		o.Broker.IncludeWIPSince = *r.IncludeWIPPactsSince
	}
	return nil
}

func (r VerifyRequest) auth() Auth {
	return Auth{
		Username: valueOrEnv(r.BrokerUsername, "PACT_BROKER_USERNAME"),
		Password: valueOrEnv(r.BrokerPassword, "PACT_BROKER_PASSWORD"),
		Token:    valueOrEnv(r.BrokerToken, "PACT_BROKER_TOKEN"),
	}
}

func (r VerifyRequest) filter() Filter {
	return Filter{
		Description: valueOrEnv(r.FilterDescription, "PACT_DESCRIPTION"),
		State:       valueOrEnv(r.FilterState, "PACT_PROVIDER_STATE"),
		NoState:     r.FilterNoState || os.Getenv("PACT_PROVIDER_NO_STATE") == "true",
		Consumers:   r.FilterConsumers,
	}
}

func (r VerifyRequest) tls() *tls.Config {
	if !r.DisableSSLVerification {
		return r.CustomTLSConfig
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if r.CustomTLSConfig != nil {
		c = r.CustomTLSConfig.Clone()
	}
	c.InsecureSkipVerify = true
	return c
}

func valueOrEnv(value, name string) string {
	if value != "" {
		return value
	}
	return os.Getenv(name)
}

// validate finds what cannot work together.
func (r VerifyRequest) validate() error {
	if r.RequireEveryState && r.AllowMissingStates {
		return &OptionError{"RequireEveryState", "it cannot be combined with AllowMissingStates: leave that one out"}
	}
	if r.ProviderBaseURL == "" && r.Handler == nil && len(r.Transports) == 0 && len(r.MessageHandlers) == 0 && len(r.SyncMessageHandlers) == 0 {
		return errors.New("no provider to verify: set ProviderBaseURL, Handler or MessageHandlers")
	}
	return nil
}
