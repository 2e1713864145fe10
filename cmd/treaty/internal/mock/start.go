package mock

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/mockserver/manager"
)

// masterFlags is where the master of the mock servers listens: the options that
// all subcommands of mock share.
type masterFlags struct {
	host          string
	port          int
	logLevel, log string
}

func (o *masterFlags) Bind(f *pflag.FlagSet) {
	f.StringVarP(&o.host, "host", "h", "localhost", "host of the master server")
	f.IntVarP(&o.port, "port", "p", 8080, "port of the master server")
	f.Bool("help", false, "print this") // -h is the host, as in Pact
	bindLog(f, &o.logLevel, &o.log)
}

func New(e command.Env) *cobra.Command {
	var master masterFlags
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Run mock servers for consumer tests in any language",
		Long: "Run mock servers for consumer tests in any language. A master server makes a mock\n" +
			"server of each pact it is sent, tells whether the test used it as the pact says,\n" +
			"and then writes the pact. Its page /_treaty shows what was asked and why it matched.",
		Example: "  treaty mock start --output pacts\n" +
			"  treaty mock create --file draft.json\n" +
			"  treaty mock verify --mock-server-port 34567",
		Args:                       cobra.ArbitraryArgs,
		RunE:                       command.Unknown,
		SuggestionsMinimumDistance: 2,
	}
	master.Bind(cmd.PersistentFlags())
	command.Add(cmd, "", []*cobra.Command{
		newStart(e, &master),
		newList(e, &master),
		newCreate(e, &master),
		newVerify(e, &master),
		newShutdown(e, &master),
		newShutdownMaster(e, &master),
	})
	return cmd
}

type startOptions struct {
	master    *masterFlags
	output    string
	basePort  int
	serverKey string
}

func newStart(e command.Env, master *masterFlags) *cobra.Command {
	o := startOptions{master: master}
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Start the master server, until Ctrl-C",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *startOptions) Bind(f *pflag.FlagSet) {
	f.StringVarP(&o.output, "output", "o", ".", "folder for the pacts of mock servers that were verified")
	f.IntVar(&o.basePort, "base-port", 0, "first port for mock servers; free ones without it")
	f.StringVar(&o.serverKey, "server-key", "", "key that stops the master; made up without it")
}

func (o *startOptions) Run(ctx context.Context, e command.Env) error {
	log, err := newLog(e, o.master.logLevel, o.master.log)
	if err != nil {
		return err
	}
	if o.serverKey == "" {
		o.serverKey = rand.Text()
	}
	address := net.JoinHostPort(o.master.host, strconv.Itoa(o.master.port))
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return command.Next(err, "choose another --port, or stop the master that runs there with: treaty mock shutdown-master")
	}
	m := manager.New(manager.Config{Host: o.master.host, BasePort: o.basePort, Output: e.Path(o.output), Key: o.serverKey})
	defer m.Close()
	fmt.Fprintf(e.Stdout, "Master server: http://%s\nServer key: %s\nWhat its mock servers see: http://%s/_treaty\nStop with Ctrl-C.\n",
		listener.Addr(), o.serverKey, listener.Addr())
	log.Info("the master server has started", "address", listener.Addr().String(), "output", e.Path(o.output))
	return serveUntil(ctx, m.Done(), &http.Server{Handler: m.Handler(), ReadHeaderTimeout: 30 * time.Second}, listener)
}

// serveUntil serves until ctx ends or done is closed, then lets running
// answers finish.
func serveUntil(ctx context.Context, done <-chan struct{}, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	case <-done:
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return server.Shutdown(grace)
}
