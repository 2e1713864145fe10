package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// replica is one `treaty serve`.
type replica struct {
	name    string
	address string // host:port
	binary  string
	log     string
	args    []string
	process *process
}

func newReplica(ctx context.Context, number int, binary, database, logs string) (*replica, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("replica-%d", number+1)
	return &replica{
		name: name, address: "127.0.0.1:" + strconv.Itoa(port), binary: binary, log: filepath.Join(logs, name+".log"),
		args: []string{"serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port), "--database", database,
			"--webhook-scheme-whitelist", "http", "--webhook-host-whitelist", "127.0.0.1", "--webhook-retry-schedule", "1 1 2 2 4 8",
			"--user-agent", name},
	}, nil
}

func (r *replica) start(ctx context.Context) error {
	p, err := launch(ctx, nil, r.log, r.binary, r.args...)
	if err != nil {
		return err
	}
	r.process = p
	return nil
}

// answers waits until the replica answers that it is ready, or that it is not
// where that is what it has to say.
func (r *replica) answers(ctx context.Context, most time.Duration, ready bool) error {
	return until(ctx, most, r.name+" answers", func(ctx context.Context) error {
		if !r.process.running() {
			return errEnded
		}
		status, body, err := r.get(ctx, readinessPath)
		if err == nil && ready && status != http.StatusOK {
			err = fmt.Errorf("%d %s", status, body)
		}
		return err
	})
}

// readinessPath tells a load balancer whether to send requests here.
const readinessPath = "/diagnostic/status/dependencies"

// get asks the replica by a connection of its own.
func (r *replica) get(ctx context.Context, path string) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.address+path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	request.Close = true
	request.Header.Set("Accept", halType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

// tellWhere has the replica write down what all its goroutines wait for, and end.
func (r *replica) tellWhere() {
	if r.process != nil && r.process.running() {
		r.process.signal(syscall.SIGQUIT)
	}
}

func (r *replica) end() {
	if r != nil && r.process != nil {
		r.process.end(syscall.SIGTERM)
	}
}
