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
