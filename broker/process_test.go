package broker_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
)

// servesVariable, if set, makes this test binary a broker on the database that
// it names, for tests that end brokers from outside.
const servesVariable = "TREATY_TEST_SERVES"

func TestMain(m *testing.M) {
	if database := os.Getenv(servesVariable); database != "" {
		if err := serve(database); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve runs a broker until standard input ends, which it does at the latest
// with the process that started it.
func serve(database string) error {
	o := broker.DefaultOptions()
	o.Host, o.Port, o.Database = "127.0.0.1", 0, database
	o.LogLevel, o.LogTo = "warn", os.Stderr
	o.Domain.Webhooks.Schemes = append(o.Domain.Webhooks.Schemes, "http")
	o.Delivery.AllowLoopback = true
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer stop()
		_, _ = io.Copy(io.Discard, os.Stdin) // however it ends, it is the end
	}()
	return broker.Run(ctx, o, func(a *broker.Broker) { fmt.Println(a.URL()) })
}

// process is a broker that runs as a program of its own.
type process struct {
	url   string
	cmd   *exec.Cmd
	stdin io.Closer
	log   bytes.Buffer // to be read after the end
	ended sync.Once
	err   error
}

// startProcess starts a broker and waits until it answers.
func startProcess(t *testing.T, database string) *process {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	p := &process{cmd: exec.Command(program)}
	p.cmd.Env = append(os.Environ(), servesVariable+"="+database)
	p.cmd.Stderr = &p.log
	p.stdin, err = p.cmd.StdinPipe()
	require.NoError(t, err)
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(p.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.kill()
		t.Fatalf("the broker did not start: %v; it said: %s", err, p.log.String())
	}
	p.url = strings.TrimSpace(line)
	return p
}

// kill ends the process without a last word.
func (p *process) kill() {
	p.ended.Do(func() {
		_ = p.cmd.Process.Kill() // it may be dead already
		_ = p.cmd.Wait()         // says that it was killed
	})
}

// stop ends the process in order.
func (p *process) stop() error {
	p.ended.Do(func() {
		_ = p.stdin.Close()
		p.err = p.cmd.Wait()
	})
	return p.err
}
