package command

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/verifier"
)

// More forms in which verify answers.
const (
	outputJUnit  = "junit"
	outputGitHub = "github"
)

// verifyOptions are the options of the Pact verifier, under its names, and a
// few more.
type verifyOptions struct {
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

func (o *verifyOptions) bind(f *pflag.FlagSet) {
	f.StringArrayVarP(&o.files, "file", "f", nil, "pact file to verify (repeatable)")
	f.StringArrayVarP(&o.dirs, "dir", "d", nil, "folder of pact files, with the folders in it (repeatable)")
	f.StringArrayVarP(&o.urls, "url", "u", nil, "URL of a pact to verify (repeatable)")
	f.StringVarP(&o.brokerURL, "broker-url", "b", "", "broker to ask for pacts [PACT_BROKER_BASE_URL]")
	f.StringVar(&o.webhookURL, "webhook-callback-url", "", "only verify the pact a webhook was fired for [PACT_WEBHOOK_CALLBACK_URL]")
	f.BoolVar(&o.ignoreNoPacts, "ignore-no-pacts-error", false, "exit 0 if there is nothing to verify")

	f.StringVar(&o.username, "user", "", "user name for broker and URLs [PACT_BROKER_USERNAME]")
	f.StringVar(&o.password, "password", "", "password for broker and URLs [PACT_BROKER_PASSWORD]")
	f.StringVarP(&o.token, "token", "t", "", "bearer token for broker and URLs [PACT_BROKER_TOKEN]")

	f.StringVarP(&o.hostname, "hostname", "h", "", "host of the provider [PACT_PROVIDER_HOSTNAME] (default localhost)")
	f.StringVarP(&o.port, "port", "p", "", "port of the provider [PACT_PROVIDER_PORT] (default 80 or 443)")
	f.StringVar(&o.transport, "transport", "", "http or https [PACT_PROVIDER_TRANSPORT] (default http)")
	f.StringVar(&o.basePath, "base-path", "", "path in front of all requests [PACT_PROVIDER_BASE_PATH]")
	f.StringVar(&o.baseURL, "provider-base-url", "", "address of the provider in one, instead of the four before")
	f.StringArrayVar(&o.transports, "transports", nil, "further ways to the provider, NAME:PORT[/path] (repeatable)")
	f.StringVarP(&o.provider, "provider-name", "n", "", "name of the provider [PACT_PROVIDER_NAME]")
	f.StringVar(&o.timeout, "request-timeout", "", "limit for each request, in milliseconds [PACT_PROVIDER_REQUEST_TIMEOUT] (default 5000)")
	f.StringArrayVarP(&o.headers, "header", "H", nil, "header for all requests, NAME=VALUE (repeatable)")
	f.BoolVar(&o.insecure, "disable-ssl-verification", false, "accept any certificate of the provider")
	f.StringVar(&o.certificate, "ssl-certificate", "", "file with certificates to trust, for provider and broker [SSL_CERT_FILE]")
	f.Int64Var(&o.maxResponseBytes, "max-response-bytes", verifier.DefaultMaxResponseBytes, "largest answer that is read")

	f.StringVarP(&o.stateURL, "state-change-url", "s", "", "URL that sets up provider states [PACT_PROVIDER_STATE_CHANGE_URL]")
	f.BoolVar(&o.stateQuery, "state-change-as-query", false, "send states in the query [PACT_PROVIDER_STATE_CHANGE_AS_QUERY]")
	f.BoolVar(&o.stateAfter, "state-change-teardown", false, "call again after each interaction [PACT_PROVIDER_STATE_CHANGE_TEARDOWN]")

	f.StringVar(&o.description, "filter-description", "", "only descriptions that this regular expression matches [PACT_DESCRIPTION]")
	f.StringVar(&o.state, "filter-state", "", "only provider states that this regular expression matches [PACT_PROVIDER_STATE]")
	f.BoolVar(&o.noState, "filter-no-state", false, "only interactions without a provider state [PACT_PROVIDER_NO_STATE]")
	f.StringArrayVarP(&o.consumers, "filter-consumer", "c", nil, "only pacts of this consumer (repeatable)")

	o.bindBroker(f)
	f.BoolVar(&o.stopOnFailure, "exit-on-first-error", false, "stop at the first failure")
	f.BoolVar(&o.lastFailed, "last-failed", false, "only what failed in the last run; needs --json")
	f.IntVar(&o.parallel, "parallel", 1, "interactions at once, if the provider is safe for it")
	f.StringVarP(&o.json, "json", "j", "", "file for a JSON report [PACT_VERIFIER_JSON_REPORT]")
	f.StringVarP(&o.junit, "junit", "x", "", "file for a JUnit XML report [PACT_VERIFIER_JUNIT_REPORT]")
	f.StringVar(&o.html, "html", "", "file for an HTML report [PACT_VERIFIER_HTML_REPORT]")
	bindOutput(f, &o.output, outputText, outputJSON, outputJUnit, outputGitHub)
	f.Bool("help", false, "print this")
	bindIgnored(f)
}

func (o *verifyOptions) bindBroker(f *pflag.FlagSet) {
	f.BoolVar(&o.publish, "publish", false, "publish the results; needs a broker and --provider-version")
	f.StringVar(&o.version, "provider-version", "", "version number of the provider")
	f.StringVar(&o.branch, "provider-branch", "", "branch of the provider's version")
	f.StringSliceVar(&o.providerTags, "provider-tags", nil, "tags of the provider's version, separated by commas")
	f.StringVar(&o.buildURL, "build-url", "", "address of the build, shown with the results")
	f.StringVar(&o.unsentFile, "unsent-file", "treaty-unsent-results.json", "where results are kept that could not be published")
	f.StringVar(&o.unsent, "publish-unsent", "", "verify nothing; publish the results kept in this file")
	f.BoolVar(&o.soft, "soft", false, "exit 0 for a broken pact if the results are published: can-i-deploy decides")
	f.StringSliceVar(&o.consumerTags, "consumer-version-tags", nil, "latest pacts with these tags, separated by commas")
	f.StringArrayVar(&o.selectors, "consumer-version-selectors", nil, "which pacts, as JSON (repeatable)")
	f.BoolVar(&o.pending, "enable-pending", false, "failures of pending pacts do not count")
	f.StringVar(&o.wipSince, "include-wip-pacts-since", "", "also work in progress published since this date")
	f.IntVar(&o.retries, "retries", 0, "attempts at a broker that is down or busy [PACT_BROKER_HTTP_RETRIES] (default 5)")
}

// bindIgnored takes the options that mean nothing here, so that command lines
// written for the Pact verifier go on working.
func bindIgnored(f *pflag.FlagSet) {
	for _, name := range []string{"pretty-log", "full-log", "compact-log", "no-colour", "no-color", "enable-otel", "enable-otel-logs", "enable-otel-traces"} {
		f.Bool(name, false, "accepted, without effect")
		_ = f.MarkHidden(name)
	}
	for _, name := range []string{"log-level", "otel-exporter", "otel-exporter-endpoint", "otel-exporter-protocol", "xslt"} {
		f.String(name, "", "accepted, without effect")
		_ = f.MarkHidden(name)
	}
	f.StringP("loglevel", "l", "", "accepted, without effect")
	_ = f.MarkHidden("loglevel")
	f.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "scheme" {
			name = "transport"
		}
		return pflag.NormalizedName(name)
	})
}

// options turns flags and variables into what the library takes.
func (o *verifyOptions) options(e Env) (verifier.Options, error) {
	opts := verifier.Options{
		Provider: e.envOr(o.provider, "PACT_PROVIDER_NAME"),
		Files:    o.paths(e, o.files), Dirs: o.paths(e, o.dirs), URLs: o.urls, Auth: o.auth(e),
		AllowNoPacts: o.ignoreNoPacts, StopOnFailure: o.stopOnFailure, Parallel: o.parallel,
		MaxResponseBytes: o.maxResponseBytes,
		ProviderVersion:  o.version, ProviderBranch: o.branch, ProviderTags: o.providerTags,
		Publish: o.publish, BuildURL: o.buildURL, UnsentFile: e.Path(o.unsentFile),
		Implementation: "Treaty", ImplementationVersion: e.version().Version,
	}
	steps := []func(Env, *verifier.Options) error{
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

func (o *verifyOptions) paths(e Env, names []string) []string {
	var paths []string
	for _, name := range names {
		paths = append(paths, e.Path(name))
	}
	return paths
}

func (o *verifyOptions) auth(e Env) verifier.Auth {
	return verifier.Auth{
		Username: e.envOr(o.username, "PACT_BROKER_USERNAME"),
		Password: e.envOr(o.password, "PACT_BROKER_PASSWORD"),
		Token:    e.envOr(o.token, "PACT_BROKER_TOKEN"),
	}
}

func (o *verifyOptions) checkConflicts(e Env, opts *verifier.Options) error {
	broker := e.envOr(o.brokerURL, "PACT_BROKER_BASE_URL")
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
	case e.envOr(o.webhookURL, "PACT_WEBHOOK_CALLBACK_URL") != "" && broker == "":
		return errors.New("--webhook-callback-url needs --broker-url")
	case o.lastFailed && e.envOr(o.json, "PACT_VERIFIER_JSON_REPORT") == "":
		return errors.New("--last-failed needs --json: the last report is read from there")
	case o.parallel < 1:
		return errors.New("--parallel must be at least 1")
	}
	return nil
}

// applyTarget puts the address together.
func (o *verifyOptions) applyTarget(e Env, opts *verifier.Options) error {
	if o.baseURL != "" {
		opts.BaseURL = o.baseURL
		return nil
	}
	scheme := e.envOr(o.transport, "PACT_PROVIDER_TRANSPORT")
	if scheme != "https" {
		scheme = "http"
	}
	host := e.envOr(o.hostname, "PACT_PROVIDER_HOSTNAME")
	if host == "" {
		host = "localhost"
	}
	if port := e.envOr(o.port, "PACT_PROVIDER_PORT"); port != "" {
		if _, err := portNumber(port); err != nil {
			return fmt.Errorf("--port: %w", err)
		}
		host = net.JoinHostPort(host, port)
	}
	opts.BaseURL = scheme + "://" + host
	if path := strings.Trim(e.envOr(o.basePath, "PACT_PROVIDER_BASE_PATH"), "/"); path != "" {
		opts.BaseURL += "/" + path
	}
	return nil
}

// applyTLS says whom to trust. Without a wish of the user nothing is loaded
// before the first https request.
func (o *verifyOptions) applyTLS(e Env, opts *verifier.Options) error {
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
func (o *verifyOptions) trusting(e Env) (*http.Client, error) {
	wish := o.insecure || o.certificate != ""
	for _, name := range []string{"X509_CLIENT_CERT_FILE", "PACT_DISABLE_SSL_VERIFICATION", "PACT_BROKER_DISABLE_SSL_VERIFICATION", "SSL_SKIP_VERIFICATION"} {
		wish = wish || e.Getenv(name) != ""
	}
	if !wish {
		return nil, nil
	}
	return (&connection{certificate: o.certificate}).transport(e)
}

func portNumber(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not a port number (1 to 65535)", shorten(text))
	}
	return uint16(n), nil
}

// applyTransports reads --transports. The Pact verifier takes several after
// one flag, so what is left over on the command line belongs to it.
func (o *verifyOptions) applyTransports(_ Env, opts *verifier.Options) error {
	words := o.transports
	if len(words) == 0 && len(o.args) > 0 {
		return fmt.Errorf("%q is not understood; pacts are given with --file, --dir, --url or --broker-url", shorten(o.args[0]))
	}
	for _, word := range append(words[:len(words):len(words)], o.args...) {
		name, rest, found := strings.Cut(word, ":")
		number, path, _ := strings.Cut(rest, "/")
		port, err := portNumber(number)
		if !found || name == "" || err != nil {
			return fmt.Errorf("--transports: %q should look like message:8081 or message:8081/path", shorten(word))
		}
		opts.Transports = append(opts.Transports, verifier.Transport{Protocol: name, Port: port, Path: strings.Trim(path, "/")})
	}
	return nil
}

func (o *verifyOptions) applyTimeout(e Env, opts *verifier.Options) error {
	text := e.envOr(o.timeout, "PACT_PROVIDER_REQUEST_TIMEOUT")
	if text == "" {
		return nil
	}
	ms, err := strconv.Atoi(text)
	if err != nil || ms < 1 {
		return fmt.Errorf("--request-timeout: %q is not a number of milliseconds", shorten(text))
	}
	opts.Timeout = time.Duration(ms) * time.Millisecond
	return nil
}

// applyHeaders reads NAME=VALUE. The value is not in the error: it may be a
// secret.
func (o *verifyOptions) applyHeaders(_ Env, opts *verifier.Options) error {
	for _, word := range o.headers {
		name, value, found := strings.Cut(word, "=")
		if !found || name == "" || !printable(word) || strings.ContainsAny(name, " :\t") {
			name, _, _ = strings.Cut(strings.ToValidUTF8(name, "?"), ":")
			err := fmt.Errorf("--header %s: write NAME=VALUE with printable ASCII characters", shorten(name))
			return exitStatus(exitBadHeader, err)
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

func (o *verifyOptions) applyStates(e Env, opts *verifier.Options) error {
	if u := e.envOr(o.stateURL, "PACT_PROVIDER_STATE_CHANGE_URL"); u != "" {
		opts.StateChange = &verifier.StateChange{
			URL:      u,
			AsQuery:  o.stateQuery || e.envTrue("PACT_PROVIDER_STATE_CHANGE_AS_QUERY"),
			Teardown: o.stateAfter || e.envTrue("PACT_PROVIDER_STATE_CHANGE_TEARDOWN"),
		}
	}
	return nil
}

func (o *verifyOptions) applyFilter(e Env, opts *verifier.Options) error {
	opts.Filter = verifier.Filter{
		Description: e.envOr(o.description, "PACT_DESCRIPTION"),
		State:       e.envOr(o.state, "PACT_PROVIDER_STATE"),
		NoState:     o.noState || e.envTrue("PACT_PROVIDER_NO_STATE"),
		Consumers:   o.consumers,
	}
	if !o.lastFailed {
		return nil
	}
	only, err := lastFailed(e.Path(e.envOr(o.json, "PACT_VERIFIER_JSON_REPORT")))
	opts.Filter.Only = only
	return err
}

func (o *verifyOptions) applyBroker(e Env, opts *verifier.Options) error {
	broker, err := o.broker(e)
	if broker != nil {
		broker.HTTP = opts.SourceHTTP
	}
	opts.Broker = broker
	return err
}

func (o *verifyOptions) broker(e Env) (*verifier.BrokerOptions, error) {
	address := e.envOr(o.brokerURL, "PACT_BROKER_BASE_URL")
	if address == "" {
		return nil, nil
	}
	b := &verifier.BrokerOptions{
		URL: address, Auth: o.auth(e), Tags: o.consumerTags, IncludePending: o.pending,
		WebhookURL: e.envOr(o.webhookURL, "PACT_WEBHOOK_CALLBACK_URL"), Attempts: o.retries,
		OnRetry: e.sayRetry,
	}
	if text := e.Getenv("PACT_BROKER_HTTP_RETRIES"); text != "" && b.Attempts == 0 {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("PACT_BROKER_HTTP_RETRIES: %q is not a number", shorten(text))
		}
		b.Attempts = max(1, n)
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
	return time.Time{}, fmt.Errorf("--include-wip-pacts-since: %q is not a date such as 2026-01-31", shorten(text))
}
