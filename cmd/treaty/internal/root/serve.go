package root

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker/app"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// readyLine is how serve begins to say that it answers; the demo waits for it.
const readyLine = "Broker and dashboard: "

// serveOptions hold what the flags say, as text: it is read after the
// variables, because a flag wins.
type serveOptions struct {
	given map[string]*pflag.Flag
}

// serveConfig is all that can be set: the options of a broker, and what
// concerns the command alone.
type serveConfig struct {
	app.Options
	// LogStream is stdout or stderr.
	LogStream string
	// IgnoreSettings are variables that are taken as not set.
	IgnoreSettings []string
	// CertificateFiles hold certificates that webhooks trust.
	CertificateFiles []string
}

func defaultConfig() serveConfig {
	return serveConfig{Options: app.DefaultOptions(), LogStream: "stderr"}
}

func newServe(e command.Env) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a broker with its dashboard",
		Long: "Run a broker with its dashboard, until Ctrl-C. Without options it listens on port\n" +
			"9292 and keeps its data in the file treaty.db of the working folder. Every option\n" +
			"has a variable, PACT_BROKER_ and its name; docs/configuration.md lists all, and those\n" +
			"of the Pact Broker that are refused because they would change nothing.",
		Example: "  treaty serve --port 9292 --database sqlite:/var/lib/treaty/treaty.db\n" +
			"  PACT_BROKER_DATABASE_URL=postgres://treaty:secret@db/treaty treaty serve",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *serveOptions) Bind(f *pflag.FlagSet) {
	o.given = map[string]*pflag.Flag{}
	defaults := defaultConfig()
	for _, s := range settings() {
		if s.flag == "" {
			continue
		}
		value := s.value(&defaults)
		help := s.help
		if s.variable != "" {
			help += " (" + s.env() + ")"
		}
		flag := f.VarPF(value, s.flag, "", help)
		if _, isBool := value.(boolValue); isBool {
			flag.NoOptDefVal = "true"
		}
		o.given[s.flag] = flag
	}
}

func (o *serveOptions) Run(ctx context.Context, e command.Env) error {
	config, err := o.options(e)
	if err != nil {
		return err
	}
	options := config.Options
	options.Version = e.Build().Version
	options.LogTo = output.Exactly(e.Stderr)
	if config.LogStream == "stdout" {
		options.LogTo = output.Exactly(e.Stdout)
	}
	if e.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(app.CollectAt))
	}
	err = app.Run(ctx, options, func(a *app.App) {
		fmt.Fprintf(e.Stdout, readyLine+"%s\n", a.URL())
		if len(options.BaseURLs) > 0 {
			// The variable is also the one that commands read, so it may be set
			// for another broker.
			fmt.Fprintf(e.Stdout, "Its links lead to %s, as --base-url or PACT_BROKER_BASE_URL says.\n", strings.Join(options.BaseURLs, " or "))
		}
		fmt.Fprintln(e.Stdout, "Stop with Ctrl-C.")
		debug.FreeOSMemory() // what starting took is not needed again
	})
	return explainServe(err)
}

// options applies the defaults, then variables, then flags.
func (o *serveOptions) options(e command.Env) (serveConfig, error) {
	config := defaultConfig()
	e, err := o.withoutIgnored(e)
	if err != nil {
		return serveConfig{}, err
	}
	if err := checkUnknown(e); err != nil {
		return serveConfig{}, err
	}
	if err := databaseFromParts(e, &config.Options); err != nil {
		return serveConfig{}, err
	}
	for _, s := range settings() {
		if err := readSetting(e, s, s.value(&config)); err != nil {
			return serveConfig{}, err
		}
		if flag := o.given[s.flag]; flag != nil && flag.Changed {
			if err := setFlag(s, s.value(&config), flag); err != nil {
				return serveConfig{}, command.Next(err, "see all settings with: treaty serve --help")
			}
		}
	}
	if err := o.readTogether(e, &config); err != nil {
		return serveConfig{}, err
	}
	config.Database = inFolder(e, config.Database)
	return config, command.Next(config.Validate(), "see all settings with: treaty serve --help")
}

// withoutIgnored takes the variables out of the environment that
// --ignore-settings names, with or without prefix.
func (o *serveOptions) withoutIgnored(e command.Env) (command.Env, error) {
	var config serveConfig
	for _, s := range settings() {
		if s.variable != ignoreSettings {
			continue
		}
		if err := readSetting(e, s, s.value(&config)); err != nil {
			return e, err
		}
		if flag := o.given[s.flag]; flag != nil && flag.Changed {
			if err := setFlag(s, s.value(&config), flag); err != nil {
				return e, err
			}
		}
	}
	var kept []string
	for _, entry := range e.Environ {
		name, _, _ := strings.Cut(entry, "=")
		if !slices.Contains(config.IgnoreSettings, name) && !slices.Contains(config.IgnoreSettings, strings.TrimPrefix(name, variablePrefix)) {
			kept = append(kept, entry)
		}
	}
	e.Environ = kept
	return e, nil
}

// setFlag repeats a flag's value on the real options; secrets do not show
// theirs, so the flag's own target is read.
func setFlag(s setting, to settingValue, flag *pflag.Flag) error {
	if secret, ok := flag.Value.(secretValue); ok {
		return to.Set(secret.to.Reveal())
	}
	if err := to.Set(flag.Value.String()); err != nil {
		return fmt.Errorf("--%s: %w", s.flag, err)
	}
	return nil
}

// explainServe says what to do about the usual reasons why a broker does not
// start.
func explainServe(err error) error {
	var listen *app.ListenError
	var database *app.DatabaseError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &listen) && errors.Is(err, syscall.EADDRINUSE):
		return command.Next(err, "another program has this port, perhaps another broker; choose one with --port %s", otherPort(listen.Address))
	case errors.As(err, &listen) && errors.Is(err, fs.ErrPermission):
		return command.Next(err, "ports below 1024 are for the administrator; choose one with --port 9292")
	case errors.As(err, &listen):
		return command.Next(err, "check --host and --port")
	case errors.As(err, &database) && strings.HasPrefix(database.URL, "postgres"):
		return command.Next(err, "check that PostgreSQL is running and that the URL has the right user, password and database")
	case errors.As(err, &database):
		return command.Next(err, "choose a file in a folder that exists and that you may write to: treaty serve --database sqlite:PATH")
	default:
		return err
	}
}

// otherPort suggests the next one.
func otherPort(address string) string {
	_, port, _ := strings.Cut(address, ":")
	if n, err := strconv.Atoi(port[strings.LastIndex(port, ":")+1:]); err == nil && n < 65535 {
		return strconv.Itoa(n + 1)
	}
	return "9293"
}
