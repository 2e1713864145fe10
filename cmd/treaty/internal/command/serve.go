package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker/app"
)

// serveOptions hold what the flags say, as text: it is read after the
// variables, because a flag wins.
type serveOptions struct {
	given map[string]*pflag.Flag
}

func newServe(e Env) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a broker with its dashboard",
		Long: "Run a broker with its dashboard, until Ctrl-C. Without options it listens on port\n" +
			"9292 and keeps its data in the file treaty.db of the working folder. Every option\n" +
			"has a variable, PACT_BROKER_ and its name; docs/configuration.md lists all.",
		Example: "  treaty serve --port 9292 --database sqlite:/var/lib/treaty/treaty.db\n" +
			"  PACT_BROKER_DATABASE_URL=postgres://treaty:secret@db/treaty treaty serve",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context(), e)
		},
	}
	o.bind(cmd.Flags())
	return cmd
}

func (o *serveOptions) bind(f *pflag.FlagSet) {
	o.given = map[string]*pflag.Flag{}
	defaults := app.DefaultOptions()
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

// collectAt is how much the heap grows before garbage is collected, in percent.
// A broker's heap is small, so that Go's own 100 would collect many times a
// second under load: 300 saves a sixth of the work for some 15 MB.
const collectAt = 300

func (o *serveOptions) run(ctx context.Context, e Env) error {
	options, err := o.options(e)
	if err != nil {
		return err
	}
	options.Version = e.version().Version
	options.LogTo = e.Stderr
	if e.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
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
func (o *serveOptions) options(e Env) (app.Options, error) {
	options := app.DefaultOptions()
	if err := databaseFromParts(e, &options); err != nil {
		return app.Options{}, err
	}
	for _, s := range settings() {
		if err := readSetting(e, s, s.value(&options)); err != nil {
			return app.Options{}, err
		}
		if flag := o.given[s.flag]; flag != nil && flag.Changed {
			if err := setFlag(s, s.value(&options), flag); err != nil {
				return app.Options{}, err
			}
		}
	}
	options.Database = inFolder(e, options.Database)
	warnUnknown(e)
	return options, next(options.Validate(), "see all settings with: treaty serve --help")
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

// readSetting reads the variable of a setting, if it is set.
func readSetting(e Env, s setting, to settingValue) error {
	name := ownPrefix + s.variable
	text, set := e.LookupEnv(name)
	if !set {
		name = s.env()
		text, set = e.LookupEnv(name)
	}
	if s.variable == "" || !set {
		return nil
	}
	_, isList := to.(listValue)
	_, isSchedule := to.(scheduleValue)
	if strings.TrimSpace(text) == "" && !isList && !isSchedule {
		return nil
	}
	if s.variable == "PORT" {
		if other := e.Getenv("PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME"); other != "" {
			text = e.Getenv(other)
		}
		if strings.Contains(text, "://") {
			return nil // Kubernetes sets PACT_BROKER_PORT for a service of that name
		}
	}
	if err := to.Set(text); err != nil {
		return next(fmt.Errorf("the variable %s cannot be used: %w", name, err), "correct it or unset it")
	}
	return nil
}

// databaseFromParts builds the database URL from the variables that the Pact
// Broker's image takes instead of one URL.
func databaseFromParts(e Env, options *app.Options) error {
	if name := e.Getenv("PACT_BROKER_DATABASE_URL_ENVIRONMENT_VARIABLE_NAME"); name != "" && e.Getenv(name) != "" {
		options.Database = e.Getenv(name)
		return nil
	}
	name := e.Getenv("PACT_BROKER_DATABASE_NAME")
	adapter := e.Getenv("PACT_BROKER_DATABASE_ADAPTER")
	switch {
	case name == "":
		return nil
	case adapter == "sqlite":
		options.Database = "sqlite:" + name
		return nil
	case adapter != "" && adapter != "postgres":
		return next(fmt.Errorf("PACT_BROKER_DATABASE_ADAPTER is %q", shorten(adapter)), "set it to postgres or sqlite")
	}
	u := url.URL{Scheme: "postgres", Host: e.envOr(e.Getenv("PACT_BROKER_DATABASE_HOST"), "PGHOST"), Path: "/" + name}
	if u.Host == "" {
		u.Host = "localhost"
	}
	if port := e.Getenv("PACT_BROKER_DATABASE_PORT"); port != "" {
		u.Host += ":" + port
	}
	if user := e.Getenv("PACT_BROKER_DATABASE_USERNAME"); user != "" {
		u.User = url.UserPassword(user, e.Getenv("PACT_BROKER_DATABASE_PASSWORD"))
	}
	if mode := e.Getenv("PACT_BROKER_DATABASE_SSLMODE"); mode != "" {
		u.RawQuery = "sslmode=" + url.QueryEscape(mode)
	}
	options.Database = u.String()
	return nil
}

// inFolder makes the path of an SQLite file count from the working folder.
func inFolder(e Env, database string) string {
	path, found := strings.CutPrefix(database, "sqlite:")
	if !found {
		path = database // a plain path, if it is no URL of another kind
	}
	if path == "" || strings.Contains(path, ":") || strings.HasPrefix(path, "/") {
		return database
	}
	return "sqlite:" + e.Path(path)
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
		return next(err, "another program has this port, perhaps another broker; choose one with --port %s", otherPort(listen.Address))
	case errors.As(err, &listen) && errors.Is(err, fs.ErrPermission):
		return next(err, "ports below 1024 are for the administrator; choose one with --port 9292")
	case errors.As(err, &listen):
		return next(err, "check --host and --port")
	case errors.As(err, &database) && strings.HasPrefix(database.URL, "postgres"):
		return next(err, "check that PostgreSQL is running and that the URL has the right user, password and database")
	case errors.As(err, &database):
		return next(err, "choose a file in a folder that exists and that you may write to: treaty serve --database sqlite:PATH")
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
