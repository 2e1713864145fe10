package main_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// buildDir is where the binary under test is.
var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "treaty-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = os.Chmod(dir, 0o755) // one test runs the binary as another user
	buildDir = dir
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// binary builds treaty, once for all tests, and returns its path.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(buildDir, "treaty")
	out, err := exec.Command("go", "build", "-ldflags=-w", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// process is a broker that runs as a program of its own.
type process struct {
	cmd *exec.Cmd
	url string
	log output
}

// startBroker starts treaty serve on a database and waits until it answers.
func startBroker(t *testing.T, database string) *process {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	return startProgram(t, path, database)
}

// startProgram is startBroker for a program that ends up as treaty.
func startProgram(t *testing.T, path, database string) *process {
	t.Helper()
	p := &process{}
	p.cmd = exec.Command(path, "serve", "--host", "127.0.0.1", "--port", "0", "--database", "sqlite:"+database)
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(p.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "the broker said: %s", &p.log)
	p.url = strings.TrimSpace(strings.TrimPrefix(line, "Broker and dashboard:"))
	return p
}

// kill ends the process as a power failure would, without a last word.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may be dead already
	_ = p.cmd.Wait()
}

func (p *process) client(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(client.Config{BaseURL: p.url, Attempts: 1})
	require.NoError(t, err)
	return c
}

// publication is the n-th one of a publisher, unlike all others.
func publication(consumer string, n int) client.Publication {
	content := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":"catalog"},"interactions":[
		{"description":"request %d","request":{"method":"GET","path":"/%d"},"response":{"status":200}}],
		"metadata":{"pactSpecification":{"version":"2.0.0"}}}`, consumer, n, n)
	return client.Publication{
		Pacticipant: consumer, Version: fmt.Sprintf("1.0.%d", n), Branch: "main",
		Pacts: []client.PublishedPact{{Consumer: consumer, Provider: "catalog", Content: []byte(content)}},
	}
}

// TestWhatWasAnsweredSurvivesAKill publishes with four clients at once, kills
// the broker in the middle, and looks for every publication that was answered
// with success.
func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	t.Parallel()
	const publishers, before = 4, 40
	database := filepath.Join(t.TempDir(), "treaty.db")
	for round := range 3 {
		broker := startBroker(t, database)
		var answered atomic.Int64
		enough := make(chan struct{})
		acknowledged := make([][]client.Publication, publishers)
		var all sync.WaitGroup
		for who := range publishers {
			c := broker.client(t)
			all.Go(func() {
				for n := 0; ; n++ {
					p := publication(fmt.Sprintf("shop-%d", who), 1000*round+n)
					if _, err := c.Publish(context.Background(), p); err != nil {
						return // the broker is gone; this one was not answered
					}
					acknowledged[who] = append(acknowledged[who], p)
					if answered.Add(1) == before {
						close(enough)
					}
				}
			})
		}
		select {
		case <-enough:
		case <-time.After(30 * time.Second):
			broker.kill()
			t.Fatalf("only %d publications were answered; the broker said: %s", answered.Load(), broker.log.String())
		}
		broker.kill()
		all.Wait()

		again := startBroker(t, database)
		for _, list := range acknowledged {
			for _, p := range list {
				requirePublished(t, again, p)
			}
		}
		again.kill()
	}
}

// requirePublished finds the pact of a publication with its content.
func requirePublished(t *testing.T, broker *process, p client.Publication) {
	t.Helper()
	c := broker.client(t)
	version, err := c.FindVersion(t.Context(), p.Pacticipant, p.Version)
	require.NoError(t, err, "version %s of %s", p.Version, p.Pacticipant)
	require.Equal(t, []string{"main"}, version.Branches())
	link, found := version.Links.Find("pb:pact-versions")
	require.True(t, found, "version %s of %s has its pact", p.Version, p.Pacticipant)
	pact, err := c.FetchPact(t.Context(), link.Href)
	require.NoError(t, err)
	require.Contains(t, string(pact.Content), "request "+strings.TrimPrefix(p.Version, "1.0."))
}
