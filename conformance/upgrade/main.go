// Command upgrade runs an earlier release and this one side by side on one
// PostgreSQL, as a rolling upgrade does, while clients read and write through all
// of them. It fails if a replica answers with a status of 5xx, if one does not
// see what another acknowledged, if a webhook is not sent, or if the older release
// starts on the newer schema and does not work.
//
//	go run ./conformance/upgrade -from v0.1.0 bin/treaty
//
// The earlier release is built from the repository's history. PostgreSQL is the
// server at TREATY_TEST_POSTGRES_URL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// firstRelease is the release before which there is none to upgrade from, and
// firstCommit what it tags: copies of the repository come without tags.
const (
	firstRelease = "v0.1.0"
	firstCommit  = "fc06083ff023046d454058f4df0d9fe4ef691cae"
)

// errSkipped says why there is nothing to check.
var errSkipped = errors.New("skipped")

func main() {
	from := flag.String("from", "", "the git revision to upgrade from; "+firstRelease+" if it is not given")
	phase := flag.Duration("phase", 5*time.Second, "how long each set of replicas is under load")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: upgrade [-from REVISION] [-phase 5s] BINARY")
		os.Exit(2)
	}
	err := untilInterrupted(*from, flag.Arg(0), *phase)
	if errors.Is(err, errSkipped) {
		fmt.Println(err)
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "upgrade:", err)
		os.Exit(1)
	}
}

func untilInterrupted(from, binary string, phase time.Duration) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return check(ctx, from, binary, phase)
}

func check(ctx context.Context, from, binary string, phase time.Duration) error {
	former, remove, err := formerBinary(ctx, from)
	if err != nil {
		return err
	}
	defer remove()
	database, drop, err := emptySchema(ctx)
	if err != nil {
		return err
	}
	defer drop()
	s := &site{former: former, binary: binary, database: database}
	defer s.stopAll()
	return s.upgrade(ctx, phase)
}

// site is the replicas of an operator, with what clients do there.
type site struct {
	former, binary, database string
	running                  []*replica
	clients                  *clients
}

// upgrade replaces one replica after the other, as a rolling upgrade does, then
// goes back with one of them.
func (s *site) upgrade(ctx context.Context, phase time.Duration) error {
	for range 2 {
		if err := s.start(ctx, s.former); err != nil {
			return fmt.Errorf("the former release: %w", err)
		}
	}
	s.clients = newClients()
	defer s.clients.close()
	if err := s.clients.subscribe(ctx, s.running[0].url); err != nil {
		return err
	}
	s.clients.use(s.running)
	s.clients.begin(ctx)
	steps := []struct {
		what string
		do   func() error
	}{
		{"two of the former release", func() error { return nil }},
		{"one of this release beside them", func() error { return s.start(ctx, s.binary) }},
		{"one of each", func() error { return s.stop(0) }},
		{"two of this release beside one of the former", func() error { return s.start(ctx, s.binary) }},
		{"this release alone", func() error { return s.stop(0) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		if err := s.clients.during(ctx, phase); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		fmt.Printf("%-46s %5d acknowledged\n", step.what, s.clients.acknowledged())
	}
	back, err := s.goBack(ctx)
	if err != nil {
		return fmt.Errorf("back to the former release: %w", err)
	}
	if err := s.clients.during(ctx, phase); err != nil {
		return fmt.Errorf("back to the former release: %w", err)
	}
	fmt.Printf("%-46s %s\n", "the former release on the newer schema", back)
	s.clients.end()
	for _, r := range s.running {
		if err := s.clients.requireAll(ctx, r.url); err != nil {
			return err
		}
	}
	return s.clients.requireWebhooks(ctx)
}

// start adds a replica to those that clients use.
func (s *site) start(ctx context.Context, binary string) error {
	r, err := startReplica(ctx, binary, s.database)
	if err != nil {
		return err
	}
	s.running = append(s.running, r)
	if s.clients != nil {
		s.clients.use(s.running)
	}
	return nil
}

// stop takes a replica from the clients, then ends it, as a load balancer and an
// orchestrator do together.
func (s *site) stop(i int) error {
	r := s.running[i]
	s.running = append(s.running[:i:i], s.running[i+1:]...)
	s.clients.use(s.running)
	s.clients.settle()
	return r.stop()
}

func (s *site) stopAll() {
	for _, r := range s.running {
		_ = r.stop() // what counts has been looked at
	}
}

// goBack starts the former release on the schema of this one. It refuses in
// words, or it works: then clients use it.
func (s *site) goBack(ctx context.Context) (string, error) {
	err := s.start(ctx, s.former)
	var ended *endedError
	switch {
	case err == nil:
		return "works", nil
	case errors.As(err, &ended) && ended.refused():
		return "is refused", nil
	}
	return "", err
}
