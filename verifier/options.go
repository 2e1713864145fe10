package verifier

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/pact-foundation/pact-go/v2/message"
	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/redact"
)

// Options tell [Verify] what to verify and how. Only a provider to talk to
// ([Options.BaseURL], [Options.Handler], [Options.Transports] or handlers of
// messages) and one source of pacts are required.
type Options struct {
	// Provider is the name of the application under test. It is required with
	// a broker, and selects pacts in [Options.Dirs]; pacts named by file or URL
	// are verified whatever provider they name.
	Provider string

	// BaseURL of the running provider, such as "http://localhost:8080/api". Its
	// path is put in front of the paths in pacts.
	BaseURL string
	// Handler is the provider in process: requests go straight to it, without
	// a port. It wins over BaseURL.
	Handler http.Handler
	// Transports are further ways to reach the provider, by the transport name
	// in the pact ("http", "https", "message", "async-message", "sync-message").
	Transports []Transport
	// Headers are set on every request to the provider, after the request
	// filter; they replace what the pact says. Their values are never printed.
	Headers http.Header
	// RequestFilter wraps the provider and may change request and response; nil
	// changes nothing. With Parallel it is called by several goroutines.
	RequestFilter func(http.Handler) http.Handler
	// TLS is used to reach the provider over https; nil means the defaults.
	TLS *tls.Config
	// Timeout limits each request to the provider and each state change. Zero
	// means [DefaultTimeout].
	Timeout time.Duration
	// MaxResponseBytes limits the body of an answer, in bytes; a larger one is an
	// error of the interaction. Zero means [DefaultMaxResponseBytes].
	MaxResponseBytes int64

	// Files and URLs name pacts; Dirs folders, in which, and below which, the
	// pacts of Provider are taken from *.json; Pacts are pacts in memory, none of
	// them nil. URLs are fetched with Auth.
	Files []string
	Dirs  []string
	URLs  []string
	Pacts []*contract.Pact
	// Auth is how to authenticate for URLs; the broker has its own.
	Auth Auth
	// SourceHTTP fetches URLs; nil means a client with a time limit of a minute.
	SourceHTTP *http.Client
	// Broker is where pacts for verification are asked for; nil asks none.
	Broker *BrokerOptions
	// AllowNoPacts makes a run without any pact a success; otherwise it is
	// [ErrNoPacts].
	AllowNoPacts bool

	// States are handlers of provider states by name; nil sets up none and warns
	// of each. An interaction with a state that has no handler is in error, and
	// the report holds one ready to paste.
	// AllowPartialStates makes a warning of it where another of the
	// interaction's states has a handler; AllowMissingStates makes it always one.
	States             models.StateHandlers
	AllowPartialStates bool
	AllowMissingStates bool
	// StateChange is the other way to set up provider states: by URL. States
	// wins over it.
	StateChange *StateChange
	// MessageHandlers produce messages by description. Where there are none, or
	// there is a transport for messages, a message without a handler is asked
	// for over HTTP; otherwise its interaction is in error, and the report holds
	// a handler ready to paste.
	MessageHandlers message.Handlers
	// SyncMessageHandlers answer request messages by description; without one,
	// that of MessageHandlers does.
	SyncMessageHandlers SyncHandlers
	// BeforeEach and AfterEach run around each interaction; an error of
	// theirs is an error of the interaction. Nil runs nothing.
	BeforeEach, AfterEach Hook

	// Filter leaves interactions out.
	Filter Filter
	// StopOnFailure ends the run after the first failure that counts; the rest
	// is reported as not run.
	StopOnFailure bool
	// Parallel is how many interactions may be verified at once; the provider
	// and its states must be safe for it. 0 and 1 mean one after the other.
	Parallel int

	// ProviderVersion is the version number of the provider, ProviderBranch
	// its branch and ProviderTags its tags. A broker uses them to select pacts;
	// they are recorded with published results.
	ProviderVersion string
	ProviderBranch  string
	ProviderTags    []string
	// Publish sends the results to the broker that each pact came from, unless
	// the run was filtered. It needs ProviderVersion.
	Publish bool
	// BuildURL is the address of the build, shown with the published results.
	BuildURL string
	// UnsentFile is where results are kept that could not be published, to be
	// sent again with [PublishUnsent]. Empty means they are not kept.
	UnsentFile string
	// Implementation and ImplementationVersion are recorded as what verified.
	// Empty means "Treaty" and the version of this module.
	Implementation, ImplementationVersion string

	// Progress is called as things happen, never concurrently. May be nil.
	Progress func(Event)
	// Log takes what only matters when looking for a fault. Nil means nowhere.
	Log *slog.Logger
}

// The limits that apply when [Options] does not say otherwise.
const (
	// DefaultTimeout is how long an answer may take, as in the Pact verifier.
	DefaultTimeout = 5 * time.Second
	// DefaultMaxResponseBytes is 32 MB, many times what bodies in pacts have.
	DefaultMaxResponseBytes = 32 << 20
)

// Hook is a function that is run before or after each interaction. Its error, or
// panic, is an error of the interaction.
type Hook func() error

// Transport is one more way to reach a provider. The fields are those of
// pact-go v2.
type Transport struct {
	// Scheme is "http" or "https"; empty means what Protocol says, or http.
	Scheme string
	// Protocol is the name by which pacts refer to the transport.
	Protocol string
	// Port of the provider; 0 means that of the scheme.
	Port uint16
	// Path is put in front of request paths; may be empty.
	Path string
	// Host is the provider's host if empty.
	Host string
}

// StateChange describes the URL that sets up provider states: it gets a POST of
// {"state", "params", "action"} for each, and may answer with values for the
// generators of the interaction, as a JSON object of 1 MB at most. Any status but
// 2xx is an error of the interaction.
type StateChange struct {
	// URL is absolute, http or https.
	URL string
	// AsQuery sends state, action and parameters in the query instead of a
	// JSON body.
	AsQuery bool
	// Teardown makes a second call after each interaction, with the action
	// "teardown".
	Teardown bool
}

// Auth is how to authenticate: by user and password, or by bearer token.
type Auth struct {
	// Username and Password are for basic authentication; none when both are
	// empty.
	Username, Password string
	// Token is for bearer authentication, and wins over the two.
	Token string
}

// Event is a step of a run, for showing progress. What it points to must not be
// changed, and not be kept.
type Event struct {
	// Done interactions of Total.
	Done, Total int
	// Pact is the one that the interaction stands in, without results yet.
	Pact *PactReport
	// Interaction that was just finished.
	Interaction *InteractionReport
}

// prepared is what validation makes of the options.
type prepared struct {
	Options
	base   *url.URL
	filter compiledFilter
}

func (o Options) prepare() (*prepared, error) {
	p := &prepared{Options: o}
	if p.Timeout == 0 {
		p.Timeout = DefaultTimeout
	}
	if p.MaxResponseBytes == 0 {
		p.MaxResponseBytes = DefaultMaxResponseBytes
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Implementation == "" {
		p.Implementation, p.ImplementationVersion = "Treaty", moduleVersion()
	}
	for _, check := range []func() error{p.checkTarget, p.checkSources, p.checkPublish, p.checkStates, p.compileFilter} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *prepared) checkTarget() error {
	if p.Timeout < 0 {
		return &OptionError{"Timeout", "must not be negative"}
	}
	if p.BaseURL == "" {
		if p.Handler == nil && len(p.MessageHandlers) == 0 && len(p.SyncMessageHandlers) == 0 && len(p.Transports) == 0 {
			return &OptionError{"BaseURL", "no provider to verify: give its address, such as http://localhost:8080, or a handler"}
		}
		return nil
	}
	u, err := parseHTTPURL(p.BaseURL)
	if err != nil {
		return &OptionError{"BaseURL", err.Error()}
	}
	p.base = u
	return nil
}

func (p *prepared) checkSources() error {
	if len(p.Files)+len(p.Dirs)+len(p.URLs)+len(p.Pacts) == 0 && p.Broker == nil {
		return &OptionError{"Files", "no pacts to verify: name files, a folder, URLs or a broker"}
	}
	if slices.ContainsFunc(p.Pacts, hasNil) {
		return &OptionError{"Pacts", "there is a nil among the pacts or their interactions"}
	}
	for _, u := range p.URLs {
		if _, err := parseHTTPURL(u); err != nil {
			return &OptionError{"URLs", err.Error()}
		}
	}
	if p.Broker == nil {
		return nil
	}
	if _, err := parseHTTPURL(p.Broker.URL); err != nil {
		return &OptionError{"Broker.URL", err.Error()}
	}
	if strings.TrimSpace(p.Provider) == "" {
		return &OptionError{"Provider", "give the provider's name: a broker finds pacts by it"}
	}
	return nil
}

// hasNil finds what a program that builds pacts may have left out.
func hasNil(p *contract.Pact) bool {
	return p == nil || slices.ContainsFunc(p.Interactions, func(i contract.Interaction) bool {
		return i == nil || reflect.ValueOf(i).Kind() == reflect.Pointer && reflect.ValueOf(i).IsNil()
	})
}

func (p *prepared) checkPublish() error {
	if p.Publish && strings.TrimSpace(p.ProviderVersion) == "" {
		return &OptionError{"ProviderVersion", "give the provider's version number: results are published under it"}
	}
	return nil
}

func (p *prepared) checkStates() error {
	if p.StateChange == nil {
		return nil
	}
	if _, err := parseHTTPURL(p.StateChange.URL); err != nil {
		return &OptionError{"StateChange.URL", err.Error()}
	}
	return nil
}

func (p *prepared) compileFilter() error {
	f, err := p.Filter.compile()
	if err != nil {
		return err
	}
	p.filter = f
	return nil
}

// parseHTTPURL accepts absolute http and https URLs only, and says how one
// looks otherwise.
func parseHTTPURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a URL; it should look like http://localhost:8080", cut(redact.URL(s), 200))
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("%q is not an http or https URL; it should look like http://localhost:8080", cut(redact.URL(s), 200))
	}
	return u, nil
}

// cut shortens s to at most n bytes, without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
