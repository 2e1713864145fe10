package verify

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/verifier"
)

// flags are the options of the Pact verifier, under its names, and a
// few more.
type flags struct {
	args    []string
	changed func(string) bool

	files, dirs, urls []string
	brokerURL         string
	webhookURL        string
	ignoreNoPacts     bool

	username, password, token string

	hostname, port, transport, basePath, baseURL string
	transports                                   []string
	provider                                     string
	timeout                                      string
	headers                                      []string
	insecure                                     bool
	certificate                                  string

	stateURL               string
	stateQuery, stateAfter bool

	description, state string
	noState            bool
	consumers          []string

	publish          bool
	version, branch  string
	buildURL         string
	providerTags     []string
	unsentFile       string
	unsent           string
	soft             bool
	consumerTags     []string
	selectors        []string
	pending          bool
	wipSince         string
	retries          int
	stopOnFailure    bool
	lastFailed       bool
	parallel         int
	maxResponseBytes int64

	output, json, junit, html string
}

// options turns flags and variables into what the library takes.
func (o *flags) options(e command.Env) (verifier.Options, error) {
	opts := verifier.Options{
		Provider: e.Or(o.provider, "PACT_PROVIDER_NAME"),
		Files:    o.paths(e, o.files), Dirs: o.paths(e, o.dirs), URLs: o.urls, Auth: o.auth(e),
		AllowNoPacts: o.ignoreNoPacts, StopOnFailure: o.stopOnFailure, Parallel: o.parallel,
		MaxResponseBytes: o.maxResponseBytes,
		ProviderVersion:  o.version, ProviderBranch: o.branch, ProviderTags: o.providerTags,
		Publish: o.publish, BuildURL: o.buildURL, UnsentFile: e.Path(o.unsentFile),
		Implementation: "Treaty", ImplementationVersion: e.Build().Version,
	}
	steps := []func(command.Env, *verifier.Options) error{
		o.checkConflicts, o.applyTarget, o.applyTLS, o.applyTransports, o.applyTimeout, o.applyHeaders,
		o.applyStates, o.applyFilter, o.applyBroker,
	}
	for _, step := range steps {
		if err := step(e, &opts); err != nil {
			return opts, err
		}
	}
	return opts, nil
}

func (o *flags) paths(e command.Env, names []string) []string {
	var paths []string
	for _, name := range names {
		paths = append(paths, e.Path(name))
	}
	return paths
}

func (o *flags) auth(e command.Env) verifier.Auth {
	return verifier.Auth{
		Username: e.Or(o.username, "PACT_BROKER_USERNAME"),
		Password: e.Or(o.password, "PACT_BROKER_PASSWORD"),
		Token:    e.Or(o.token, "PACT_BROKER_TOKEN"),
	}
}

func (o *flags) checkConflicts(e command.Env, opts *verifier.Options) error {
	broker := o.brokerAddress(e)
	switch {
	case o.username != "" && o.token != "":
		return errors.New("--user and --token cannot be used together")
	case o.publish && broker == "":
		return errors.New("--publish needs --broker-url")
	case o.publish && o.version == "":
		return errors.New("--publish needs --provider-version: results are published under it")
	case o.publish && (o.stopOnFailure || o.lastFailed):
		return errors.New("--publish cannot be used with --exit-on-first-error or --last-failed: a part of the results proves nothing")
	case o.soft && !o.publish:
		return errors.New("--soft needs --publish: without published results can-i-deploy cannot decide")
	case len(o.selectors) > 0 && len(o.consumerTags) > 0:
		return errors.New("--consumer-version-selectors and --consumer-version-tags cannot be used together")
	case e.Or(o.webhookURL, "PACT_WEBHOOK_CALLBACK_URL") != "" && broker == "":
		return errors.New("--webhook-callback-url needs --broker-url")
	case o.lastFailed && e.Or(o.json, "PACT_VERIFIER_JSON_REPORT") == "":
		return errors.New("--last-failed needs --json: the last report is read from there")
	case o.parallel < 1:
		return errors.New("--parallel must be at least 1")
	}
	return nil
}

// applyTarget puts the address together.
func (o *flags) applyTarget(e command.Env, opts *verifier.Options) error {
	if o.baseURL != "" {
		opts.BaseURL = o.baseURL
		return nil
	}
	scheme := e.Or(o.transport, "PACT_PROVIDER_TRANSPORT")
	if scheme != "https" {
		scheme = "http"
	}
	host := e.Or(o.hostname, "PACT_PROVIDER_HOSTNAME")
	if host == "" {
		host = "localhost"
	}
	if port := e.Or(o.port, "PACT_PROVIDER_PORT"); port != "" {
		if _, err := portNumber(port); err != nil {
			return fmt.Errorf("--port: %w", err)
		}
		host = net.JoinHostPort(host, port)
	}
	opts.BaseURL = scheme + "://" + host
	if path := strings.Trim(e.Or(o.basePath, "PACT_PROVIDER_BASE_PATH"), "/"); path != "" {
		opts.BaseURL += "/" + path
	}
	return nil
}

// applyTLS says whom to trust. Without a wish of the user nothing is loaded
// before the first https request.
func (o *flags) applyTLS(e command.Env, opts *verifier.Options) error {
	client, err := o.trusting(e)
	if err != nil || client == nil {
		return err
	}
	opts.SourceHTTP = client
	if transport, ok := client.Transport.(*http.Transport); ok {
		opts.TLS = transport.TLSClientConfig.Clone()
		opts.TLS.InsecureSkipVerify = o.insecure
		opts.TLS.Certificates = nil // the client certificate is for the broker
	}
	return nil
}

// trusting returns the HTTP client that all broker commands use when options
// or variables say anything about certificates, else none. SSL_CERT_FILE alone
// is left to Go's own reading of it, which happens at the first https request
// and not before: most providers speak http, and certificates take longer to
// load than ten interactions to verify.
func (o *flags) trusting(e command.Env) (*http.Client, error) {
	wish := o.insecure || o.certificate != ""
	for _, name := range []string{"X509_CLIENT_CERT_FILE", "PACT_DISABLE_SSL_VERIFICATION", "PACT_BROKER_DISABLE_SSL_VERIFICATION", "SSL_SKIP_VERIFICATION"} {
		wish = wish || e.Getenv(name) != ""
	}
	if !wish {
		return nil, nil
	}
	return connection.Trusting(e, o.certificate)
}

func portNumber(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is not a port number (1 to 65535)", output.Shorten(text))
	}
	return uint16(n), nil
}

// applyTransports reads --transports. The Pact verifier takes several after
// one flag, so what is left over on the command line belongs to it.
func (o *flags) applyTransports(_ command.Env, opts *verifier.Options) error {
	words := o.transports
	if len(words) == 0 && len(o.args) > 0 {
		return fmt.Errorf("%q is not understood; pacts are given with --file, --dir, --url or --broker-url", output.Shorten(o.args[0]))
	}
	for _, word := range append(words[:len(words):len(words)], o.args...) {
		name, rest, found := strings.Cut(word, ":")
		number, path, _ := strings.Cut(rest, "/")
		port, err := portNumber(number)
		if !found || name == "" || err != nil {
			return fmt.Errorf("--transports: %q should look like message:8081 or message:8081/path", output.Shorten(word))
		}
		opts.Transports = append(opts.Transports, verifier.Transport{Protocol: name, Port: port, Path: strings.Trim(path, "/")})
	}
	return nil
}

func (o *flags) applyTimeout(e command.Env, opts *verifier.Options) error {
	text := e.Or(o.timeout, "PACT_PROVIDER_REQUEST_TIMEOUT")
	if text == "" {
		return nil
	}
	ms, err := strconv.Atoi(text)
	if err != nil || ms < 1 {
		return fmt.Errorf("--request-timeout: %q is not a number of milliseconds", output.Shorten(text))
	}
	opts.Timeout = time.Duration(ms) * time.Millisecond
	return nil
}

// applyHeaders reads NAME=VALUE. The value is not in the error: it may be a
// secret.
func (o *flags) applyHeaders(_ command.Env, opts *verifier.Options) error {
	for _, word := range o.headers {
		name, value, found := strings.Cut(word, "=")
		if !found || name == "" || !printable(word) || strings.ContainsAny(name, " :\t") {
			name, _, _ = strings.Cut(strings.ToValidUTF8(name, "?"), ":")
			err := fmt.Errorf("--header %s: write NAME=VALUE with printable ASCII characters", output.Shorten(name))
			return command.WithStatus(exitBadHeader, err)
		}
		if opts.Headers == nil {
			opts.Headers = http.Header{}
		}
		opts.Headers.Add(name, value)
	}
	return nil
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 32 || r > 126 }) < 0
}

func (o *flags) applyStates(e command.Env, opts *verifier.Options) error {
	if u := e.Or(o.stateURL, "PACT_PROVIDER_STATE_CHANGE_URL"); u != "" {
		opts.StateChange = &verifier.StateChange{
			URL:      u,
			AsQuery:  o.stateQuery || e.IsTrue("PACT_PROVIDER_STATE_CHANGE_AS_QUERY"),
			Teardown: o.stateAfter || e.IsTrue("PACT_PROVIDER_STATE_CHANGE_TEARDOWN"),
		}
	}
	return nil
}

func (o *flags) applyFilter(e command.Env, opts *verifier.Options) error {
	opts.Filter = verifier.Filter{
		Description: e.Or(o.description, "PACT_DESCRIPTION"),
		State:       e.Or(o.state, "PACT_PROVIDER_STATE"),
		NoState:     o.noState || e.IsTrue("PACT_PROVIDER_NO_STATE"),
		Consumers:   o.consumers,
	}
	if !o.lastFailed {
		return nil
	}
	only, err := lastFailed(e.Path(e.Or(o.json, "PACT_VERIFIER_JSON_REPORT")))
	opts.Filter.Only = only
	return err
}

func (o *flags) applyBroker(e command.Env, opts *verifier.Options) error {
	broker, err := o.broker(e)
	if broker != nil {
		broker.HTTP = opts.SourceHTTP
	}
	opts.Broker = broker
	return err
}

// brokerAddress is the broker to ask. The variable is often set for other
// commands: where pacts are named in another way, it counts only if something
// else says that a broker is meant.
func (o *flags) brokerAddress(e command.Env) string {
	named := len(o.files)+len(o.dirs)+len(o.urls) > 0
	meant := o.publish || o.pending || o.wipSince != "" || len(o.selectors)+len(o.consumerTags) > 0 ||
		e.Or(o.provider, "PACT_PROVIDER_NAME") != "" || e.Or(o.webhookURL, "PACT_WEBHOOK_CALLBACK_URL") != ""
	if named && !meant {
		return strings.TrimSpace(o.brokerURL)
	}
	return e.Or(o.brokerURL, "PACT_BROKER_BASE_URL")
}

func (o *flags) broker(e command.Env) (*verifier.BrokerOptions, error) {
	address := o.brokerAddress(e)
	if address == "" {
		return nil, nil
	}
	b := &verifier.BrokerOptions{
		URL: address, Auth: o.auth(e), Tags: o.consumerTags, IncludePending: o.pending,
		WebhookURL: e.Or(o.webhookURL, "PACT_WEBHOOK_CALLBACK_URL"),
		OnRetry:    connection.SayRetry(e),
	}
	var err error
	if b.Auth == (verifier.Auth{}) {
		if b.Auth.Token, err = connection.LoginToken(e, address); err != nil {
			return nil, err
		}
	}
	if b.Attempts, err = connection.Attempts(e, o.retries); err != nil {
		return nil, err
	}
	for _, text := range o.selectors {
		more, err := verifier.ParseSelectors(text)
		if err != nil {
			return nil, err
		}
		b.Selectors = append(b.Selectors, more...)
	}
	since, err := wipDate(o.wipSince)
	b.IncludeWIPSince = since
	return b, err
}

func wipDate(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--include-wip-pacts-since: %q is not a date such as 2026-01-31", output.Shorten(text))
}
