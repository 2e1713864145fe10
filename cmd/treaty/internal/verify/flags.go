package verify

import (
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/verifier"
)

func (o *flags) Bind(f *pflag.FlagSet) {
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
	output.Bind(f, &o.output, output.Text, output.JSON, output.JUnit, output.GitHub)
	f.Bool("help", false, "print this")
	bindIgnored(f)
}

func (o *flags) bindBroker(f *pflag.FlagSet) {
	f.BoolVar(&o.publish, "publish", false, "publish the results; needs a broker and --provider-version")
	f.StringVar(&o.version, "provider-version", "", "version number of the provider")
	f.StringVar(&o.branch, "provider-branch", "", "branch of the provider's version; with --publish the current one, if the version is the commit that is checked out")
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
