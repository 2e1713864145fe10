package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// broker is a running broker.
type broker struct {
	address string // host:port
	cmd     *exec.Cmd
	log     bytes.Buffer
}

// startBroker starts a broker as it is configured by default and waits until it
// answers.
func startBroker(ctx context.Context, binary, database string) (*broker, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	if err := listener.Close(); err != nil {
		return nil, err
	}
	b := &broker{address: "127.0.0.1:" + port}
	b.cmd = exec.CommandContext(ctx, binary, "serve", "--host", "127.0.0.1", "--port", port, "--database", database)
	b.cmd.Stderr = &b.log
	if err := b.cmd.Start(); err != nil {
		return nil, err
	}
	if err := b.wait(ctx); err != nil {
		b.stop()
		return nil, fmt.Errorf("the broker does not answer: %w; it said:\n%s", err, b.log.String())
	}
	return b, nil
}

// wait returns once the broker answers.
func (b *broker) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.address+"/diagnostic/status/heartbeat", http.NoBody)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		if ctx.Err() != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (b *broker) stop() {
	_ = b.cmd.Process.Signal(os.Interrupt) // it may have ended already
	_ = b.cmd.Wait()                       // what counts has been measured
}

// cpu is the processor time that the process has used.
func (b *broker) cpu() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The name in brackets may hold spaces; user and system time are the 12th
	// and 13th field after it, in hundredths of a second on every Linux.
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("the status of process %d is not as expected: %q", b.cmd.Process.Pid, data)
	}
	var ticks int
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// forgetPeak lets the most memory of the process be that from now on (5 in Linux's
// clear_refs).
func (b *broker) forgetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", b.cmd.Process.Pid), []byte("5"), 0)
}

// memory reads a figure of the process from Linux's /proc, in MB.
func (b *broker) memory(name string) (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == name+":" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("no %s in the status of process %d", name, b.cmd.Process.Pid)
}
