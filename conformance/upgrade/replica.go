package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// startLimit is how long a replica may take to answer.
const startLimit = 30 * time.Second

// replica is a running broker.
type replica struct {
	url   string
	cmd   *exec.Cmd
	log   bytes.Buffer
	ended chan struct{} // closed when the process has
	err   error         // how it ended
}

// endedError says that a replica ended before it answered.
type endedError struct{ said string }

func (e *endedError) Error() string { return "the broker ended; it said:\n" + e.said }

// refused reports whether it said that the schema is newer than it knows.
func (e *endedError) refused() bool { return strings.Contains(e.said, "newer treaty") }

// startReplica starts a broker and waits until it answers.
func startReplica(ctx context.Context, binary, database string) (*replica, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	r := &replica{url: "http://127.0.0.1:" + port, ended: make(chan struct{})}
	r.cmd = exec.CommandContext(context.WithoutCancel(ctx), binary, "serve", "--host", "127.0.0.1", "--port", port, "--database", database) // it ends in order, not with ctx
	r.cmd.Env = append(os.Environ(), "PACT_BROKER_WEBHOOK_SCHEME_WHITELIST=http", "PACT_BROKER_WEBHOOK_ALLOW_LOOPBACK=true")
	r.cmd.Stderr, r.cmd.Stdout = &r.log, &r.log
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(r.ended)
		r.err = r.cmd.Wait()
	}()
	if err := r.wait(ctx); err != nil {
		_ = r.stop() // why it did not start says more
		return nil, err
	}
	return r, nil
}

func (r *replica) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		if status, _, err := ask(ctx, http.MethodGet, r.url+"/diagnostic/status/heartbeat", ""); err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-r.ended:
			return &endedError{r.log.String()}
		case <-ctx.Done():
			return errors.New("the broker does not answer")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop ends the replica in order.
func (r *replica) stop() error {
	_ = r.cmd.Process.Signal(os.Interrupt) // it may have ended already
	select {
	case <-r.ended:
	case <-time.After(startLimit):
		_ = r.cmd.Process.Kill() // it may end just now
		return errors.New("a broker did not stop")
	}
	if r.err != nil {
		return fmt.Errorf("a broker ended with %w; it said:\n%s", r.err, r.log.String())
	}
	return nil
}

func freePort(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}
