// Package serve runs a broker, and copies its database.
package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/cmd/treaty/internal/setting"
)

// ReadyLine is how serve begins to say that it answers; the demo waits for it.
const ReadyLine = "Broker and dashboard: "

type options struct{ settings setting.Flags }

// New makes the command serve.
func New(e command.Env) *cobra.Command {
	var o options
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

func (o *options) Bind(f *pflag.FlagSet) { o.settings.Bind(f) }

func (o *options) Run(ctx context.Context, e command.Env) error {
	config, err := o.settings.Read(e)
	if err != nil {
		return err
	}
	options := config.Options
	options.Version, options.Shown = e.Build().Version, o.settings.Shown(e, config)
	options.LogTo = output.Exactly(e.Stderr)
	if config.LogStream == "stdout" {
		options.LogTo = output.Exactly(e.Stdout)
	}
	if e.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(broker.CollectAt))
	}
	err = broker.Run(ctx, options, func(a *broker.Broker) {
		fmt.Fprintf(e.Stdout, ReadyLine+"%s\n", a.URL())
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

// explainServe says what to do about the usual reasons why a broker does not
// start.
func explainServe(err error) error {
	var listen *broker.ListenError
	var database *broker.DatabaseError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &listen) && errors.Is(err, syscall.EADDRINUSE):
		return command.Next(err, "another program has this port, perhaps another broker; choose one with --port %s", otherPort(listen.Address))
	case errors.As(err, &listen) && errors.Is(err, fs.ErrPermission):
		return command.Next(err, "ports below 1024 are for the administrator; choose one with --port 9292")
	case errors.As(err, &listen):
		return command.Next(err, "check --host and --port")
	case errors.Is(err, broker.ErrInUse):
		return command.Next(err, "stop the other broker, or choose another file: treaty serve --database sqlite:PATH")
	case errors.As(err, &database) && database.Damaged():
		return command.Next(err, "move the file away with its -wal and -shm, then: treaty restore --from BACKUP --database sqlite:PATH")
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
