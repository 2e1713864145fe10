package mock

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/errlog"
	"github.com/treatyhq/treaty/internal/exact"
	"github.com/treatyhq/treaty/internal/members"
	"github.com/treatyhq/treaty/internal/wording"
	"github.com/treatyhq/treaty/mockserver/stub"
)

// stubOptions are the options of the Pact stub server, under its names, and a
// few more.
type stubOptions struct {
	files, dirs, urls    []string
	extension            string
	brokerURL            string
	user, token          string
	consumers, providers []string
	branch, environment  string
	selectors            []string
	retries              int
	insecure             bool

	host                string
	port                int
	cors, corsReferer   bool
	states, stateHeader string
	emptyState          bool
	delay               time.Duration
	watch               bool
	interval            time.Duration
	logLevel, logForm   string
}

// NewStub makes the command stub.
func NewStub(e command.Env) *cobra.Command {
	var o stubOptions
	cmd := &cobra.Command{
		Use:   "stub",
		Short: "Answer requests from pact files, as a stand-in for providers",
		Long: "Answer requests from pact files until Ctrl-C, as a stand-in for providers while a\n" +
			"consumer is being developed. Requests are not judged: the interaction of the same\n" +
			"method, path and query that fits best answers. The page /_treaty lists the\n" +
			"interactions and says of the last requests why each was answered as it was.",
		Example: "  treaty stub --dir ./pacts --port 8080 --watch\n" +
			"  treaty stub --broker-url http://127.0.0.1:9292 --provider-name catalog --environment production",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *stubOptions) Bind(f *pflag.FlagSet) {
	f.StringArrayVarP(&o.files, "file", "f", nil, "pact file (repeatable)")
	f.StringArrayVarP(&o.dirs, "dir", "d", nil, "folder of pact files, with the folders in it (repeatable)")
	f.StringVarP(&o.extension, "extension", "e", "json", "how the names of pact files in folders end")
	f.StringArrayVarP(&o.urls, "url", "u", nil, "URL of a pact (repeatable)")
	f.StringVarP(&o.brokerURL, "broker-url", "b", "", "broker to ask for pacts [PACT_BROKER_BASE_URL]")
	f.StringVar(&o.user, "user", "", "user and password for broker and URLs, as USER:PASSWORD")
	f.StringVarP(&o.token, "token", "t", "", "bearer token for broker and URLs [PACT_BROKER_TOKEN]")
	f.Var(command.FilledEach(&o.consumers), "consumer-name", "from the broker only pacts of this consumer, a name or /expression/ (repeatable)")
	f.Var(command.FilledEach(&o.providers), "provider-name", "from the broker only pacts of this provider, a name or /expression/ (repeatable)")
	f.Var(command.Filled(&o.branch), "branch", "from the broker the latest pacts of this consumer branch; needs --provider-name")
	f.Var(command.Filled(&o.environment), "environment", "from the broker the pacts of consumers in this environment; needs --provider-name")
	f.StringArrayVar(&o.selectors, "consumer-version-selectors", nil, "from the broker these pacts, as JSON; needs --provider-name (repeatable)")
	f.IntVar(&o.retries, "retries", 0, "how often the broker is asked in all (PACT_BROKER_HTTP_RETRIES; 8)")
	f.BoolVar(&o.insecure, "insecure-tls", false, "accept any certificate of broker and URLs")

	f.StringVar(&o.host, "host", "0.0.0.0", "address to listen on; every address of the machine without it")
	f.IntVarP(&o.port, "port", "p", 0, "port to listen on; a free one without it")
	f.BoolVarP(&o.cors, "cors", "o", false, "answer OPTIONS requests and send CORS headers, so that pages of every origin may read the answers")
	f.BoolVar(&o.corsReferer, "cors-referer", false, "allow the origin of the Referer header instead of all")
	f.VarP(command.Filled(&o.states), "provider-state", "s", "only interactions with a provider state that this expression matches")
	f.StringVar(&o.stateHeader, "provider-state-header-name", "", "request header that holds the expression for provider states")
	f.BoolVar(&o.emptyState, "empty-provider-state", false, "with a filter, take interactions without a provider state too")
	f.DurationVar(&o.delay, "delay", 0, "wait before each answer, for example 200ms")
	f.BoolVarP(&o.watch, "watch", "w", false, "read the pacts again when a file changes, and ask URLs and the broker again")
	f.DurationVar(&o.interval, "watch-interval", 30*time.Second, "with --watch, how long to wait before URLs and the broker are asked again; 0 never asks")
	bindLog(f, &o.logLevel, &o.logForm)
}

// bindLog adds the options of the servers' logs, and those of the Pact command
// line that have no effect here.
func bindLog(f *pflag.FlagSet, level, form *string) {
	f.StringVarP(level, "loglevel", "l", "info", "error, warn, info, debug, trace or none")
	*form = output.Text
	f.Var(output.Choice{Value: form, Allowed: []string{output.Text, output.JSON}}, "log-format", "form of the log")
	for _, name := range []string{"enable-otel", "enable-otel-logs", "enable-otel-traces", "no-term-log", "no-file-log"} {
		f.Bool(name, false, "accepted, without effect")
		_ = f.MarkHidden(name)
	}
	for _, name := range []string{"log-level", "otel-exporter", "otel-exporter-endpoint", "otel-exporter-protocol"} {
		f.String(name, "", "accepted, without effect")
		_ = f.MarkHidden(name)
	}
}

func (o *stubOptions) Run(ctx context.Context, e command.Env) error {
	log, err := newLog(e, o.logLevel, o.logForm)
	if err != nil {
		return err
	}
	options, err := o.serverOptions(log)
	if err != nil {
		return err
	}
	sources, err := o.sources(e)
	if err != nil {
		return err
	}
	feed, err := stub.Open(ctx, sources)
	if errors.Is(err, stub.ErrNoSource) {
		return command.Next(err, "add --file pacts/storefront-catalog.json, --dir pacts, --url or --broker-url")
	}
	if err != nil {
		return err
	}
	table := feed.Table()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(o.host, strconv.Itoa(o.port)))
	if err != nil {
		return command.Next(err, "choose another --port, or leave it out for a free one")
	}
	server := stub.New(table, options)
	address, reach := whereItListens(listener.Addr().(*net.TCPAddr))
	fmt.Fprintf(e.Stdout, "Stub server: http://%s with %s\nWhat it does: http://%s/_treaty\n%s\nStop with Ctrl-C.\n",
		address, wording.Count(table.Len(), "interaction"), address, reach)
	if o.watch {
		watching := make(chan struct{})
		go func() {
			defer close(watching)
			if err := feed.Watch(ctx, server, o.interval); err != nil {
				log.Error("changes are not seen", errlog.Attr(err))
			}
		}()
		defer func() { <-watching }()
	}
	return server.Serve(ctx, listener)
}

// whereItListens returns an address by which this machine reaches a server, and says
// who else does.
func whereItListens(at *net.TCPAddr) (address, reach string) {
	port := strconv.Itoa(at.Port)
	switch {
	case at.IP.IsUnspecified():
		return net.JoinHostPort("127.0.0.1", port), "It listens on every address of this machine, so that others on the network reach it; --host 127.0.0.1 keeps it to this machine."
	case at.IP.IsLoopback():
		return net.JoinHostPort(at.IP.String(), port), "It listens on " + at.IP.String() + ": this machine alone reaches it."
	}
	return net.JoinHostPort(at.IP.String(), port), "It listens on " + at.IP.String() + ", so that others on the network reach it."
}

func (o *stubOptions) serverOptions(log *slog.Logger) (stub.Options, error) {
	options := stub.Options{
		StateHeader: o.stateHeader, Stateless: o.emptyState, CORS: o.cors, CORSReferer: o.corsReferer, Delay: o.delay, Log: log,
	}
	if o.states == "" {
		return options, nil
	}
	var err error
	if options.States, err = regexp.Compile(o.states); err != nil {
		return options, fmt.Errorf("--provider-state: %w", err)
	}
	return options, nil
}

func (o *stubOptions) sources(e command.Env) (stub.Sources, error) {
	s := stub.Sources{Extension: o.extension, URLs: o.urls, Consumers: o.consumers, Providers: o.providers}
	for _, file := range o.files {
		s.Files = append(s.Files, e.Path(file))
	}
	for _, dir := range o.dirs {
		s.Dirs = append(s.Dirs, e.Path(dir))
	}
	s.User, s.Password, _ = strings.Cut(o.user, ":")
	s.Token = e.Or(o.token, "PACT_BROKER_TOKEN")
	s.HTTP = o.http()
	var err error
	if s.Selectors, err = o.versionSelectors(); err != nil {
		return s, err
	}
	address := o.brokerURL
	if len(s.Files)+len(s.Dirs)+len(s.URLs) == 0 {
		// The variable is often set for other commands: it counts alone only.
		address = e.Or(address, "PACT_BROKER_BASE_URL")
	}
	if address == "" {
		return s, nil
	}
	attempts, err := connection.Attempts(e, o.retries)
	if err != nil {
		return s, err
	}
	if attempts == 0 {
		attempts = 8 // a stub is often started together with its broker
	}
	token := s.Token
	if token == "" && s.User == "" && s.Password == "" { // it is for the broker, and not for URLs
		if token, err = connection.LoginToken(e, address); err != nil {
			return s, err
		}
	}
	s.Broker, err = client.New(client.Config{
		BaseURL: address, Username: s.User, Password: s.Password, Token: token, HTTP: s.HTTP,
		Attempts: attempts, UserAgent: "treaty/" + e.Build().Version, OnRetry: connection.SayRetry(e),
	})
	return s, command.Next(err, "give the broker's address as in --broker-url http://127.0.0.1:9292")
}

func (o *stubOptions) http() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if o.insecure {
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // asked for by name
	}
	return &http.Client{Transport: stub.Conditional(transport), Timeout: time.Minute}
}

func (o *stubOptions) versionSelectors() ([]client.ConsumerVersionSelector, error) {
	var selectors []client.ConsumerVersionSelector
	if o.branch != "" {
		selectors = append(selectors, client.ConsumerVersionSelector{Branch: o.branch})
	}
	if o.environment != "" {
		selectors = append(selectors, client.ConsumerVersionSelector{Environment: o.environment})
	}
	for _, text := range o.selectors {
		var selector map[string]any
		if err := exact.Decode([]byte(text), &selector); err != nil {
			return nil, command.Next(fmt.Errorf("--consumer-version-selectors is not a JSON object: %w", err), `write for example --consumer-version-selectors '{"mainBranch":true}'`)
		}
		if err := members.Unique([]byte(text), nil); err != nil {
			return nil, command.Next(fmt.Errorf("--consumer-version-selectors %s: %w", text, err), "give one option for each selector")
		}
		selectors = append(selectors, client.ConsumerVersionSelector{Members: selector})
	}
	return selectors, nil
}

// newLog returns the log of a server on standard error.
func newLog(e command.Env, level, form string) (*slog.Logger, error) {
	var options slog.HandlerOptions
	switch strings.ToLower(level) {
	case "none", "off":
		return slog.New(slog.DiscardHandler), nil
	case "error":
		options.Level = slog.LevelError
	case "warn":
		options.Level = slog.LevelWarn
	case "info":
		options.Level = slog.LevelInfo
	case "debug", "trace":
		options.Level = slog.LevelDebug
	default:
		return nil, command.Next(fmt.Errorf("%q is not a log level", output.Shorten(level)), "take error, warn, info, debug, trace or none")
	}
	if form == output.JSON {
		return slog.New(slog.NewJSONHandler(output.Exactly(e.Stderr), &options)), nil
	}
	return slog.New(slog.NewTextHandler(output.Exactly(e.Stderr), &options)), nil
}
