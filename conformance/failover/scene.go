package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// scene is what one fault is played on: a primary with its synchronous
// standby, three replicas, a receiver of webhooks and clients.
type scene struct {
	in     *installation
	fault  fault
	name   string
	binary string
	logs   string
	seed   uint64
	chance *rand.Rand

	primary, standby *server
	bouncer          *bouncer
	replicas         []*replica
	receiver         *receiver
	ledger           *ledger
	writers          int
	environment      string // the uuid of production

	// What happened when, told by the fault. From healed on everything has to
	// work again.
	struck, healed, ended time.Time
	dead                  int // the replica that was killed, -1 if none
	deadUntil             time.Time

	mu    sync.Mutex
	notes []string
}

// note keeps what is wrong beside the answers.
func (s *scene) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.notes) < 20 {
		s.notes = append(s.notes, fmt.Sprintf(format, args...))
	}
}

// play sets the scene, plays the fault under load and looks for what was
// acknowledged. An error means that it could not be played or looked at.
func (s *scene) play(ctx context.Context) (outcome, error) {
	defer s.end()
	if err := s.set(ctx); err != nil {
		return outcome{}, err
	}
	watching, stop := context.WithCancel(ctx)
	var watched sync.WaitGroup
	watched.Go(func() { s.watch(watching) })
	err := s.underLoad(ctx)
	stop()
	watched.Wait()
	if err != nil {
		return outcome{}, err
	}
	if err := s.awaitWebhooks(ctx); err != nil {
		return outcome{}, err
	}
	_, writes := s.ledger.copies()
	_, lost, err := s.lookUp(ctx, writes)
	if err != nil {
		return outcome{}, err
	}
	stored, _, err := s.lookUp(ctx, s.ledger.refusedWrites())
	if err != nil {
		return outcome{}, err
	}
	for _, w := range stored {
		s.note("stored although replica-%d refused it at %s and left nothing open: the %s %s", w.replica+1, clock(w.at), w.what, w.path)
	}
	out := s.judge(lost)
	return out, s.keep(out)
}

// underLoad plays the fault while clients work.
func (s *scene) underLoad(ctx context.Context) error {
	load, stop := context.WithCancel(ctx)
	defer stop()
	var clients sync.WaitGroup
	for i := range s.writers + s.fault.readers {
		c := newClient(s, i, s.fault.pause)
		clients.Go(func() {
			if i < s.writers {
				c.writing(load)
			} else {
				c.reading(load)
			}
		})
	}
	err := s.wait(ctx, 3*time.Second)
	if err == nil {
		err = s.fault.play(ctx, s)
	}
	s.ended = time.Now()
	stop()
	clients.Wait()
	return err
}

// wait lets the load go on for a while.
func (s *scene) wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// strike marks the moment of the fault.
func (s *scene) strike() { s.struck = time.Now() }

// heal marks the moment from which everything has to work again.
func (s *scene) heal() { s.healed = time.Now() }

// set starts everything, and makes the applications that the clients play.
func (s *scene) set(ctx context.Context) error {
	var err error
	if s.receiver, err = newReceiver(ctx); err != nil {
		return err
	}
	if err := s.startServers(ctx); err != nil {
		return err
	}
	if s.fault.prepare != nil {
		if err := s.fault.prepare(ctx, s); err != nil {
			return err
		}
	}
	if err := s.startReplicas(ctx, s.fault.database(s), true); err != nil {
		return err
	}
	if err := s.furnish(ctx); err != nil {
		return fmt.Errorf("make the applications: %w", err)
	}
	if s.fault.furnished != nil {
		return s.fault.furnished(ctx, s)
	}
	return nil
}

func (s *scene) startServers(ctx context.Context) error {
	var err error
	if s.primary, err = s.in.newPrimary(ctx, s.name, s.logs); err != nil {
		return err
	}
	if err := s.primary.start(ctx); err != nil {
		return err
	}
	if err := s.primary.run(ctx, "CREATE ROLE treaty LOGIN", "CREATE DATABASE treaty OWNER treaty"); err != nil {
		return err
	}
	if s.standby, err = s.primary.newStandby(ctx, s.name, s.logs); err != nil {
		return err
	}
	if err := s.standby.start(ctx); err != nil {
		return err
	}
	if err := s.primary.run(ctx, "ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	return s.inSync(ctx)
}

// inSync returns once the standby gets what is committed.
func (s *scene) inSync(ctx context.Context) error {
	return until(ctx, 20*time.Second, "the standby is synchronous", func(ctx context.Context) error {
		return s.primary.holds(ctx, "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
	})
}

// startReplicas starts the three replicas at once, as an orchestrator does.
func (s *scene) startReplicas(ctx context.Context, database string, ready bool) error {
	s.replicas = nil
	for i := range 3 {
		r, err := newReplica(ctx, i, s.binary, database, s.logs)
		if err != nil {
			return err
		}
		r.args = append(r.args, s.fault.settings...)
		if err := r.start(ctx); err != nil {
			return err
		}
		s.replicas = append(s.replicas, r)
	}
	for _, r := range s.replicas {
		err := r.answers(ctx, 60*time.Second, ready)
		if errors.Is(err, errEnded) {
			// An orchestrator would start it again, and so it goes on.
			s.note("%s has ended at its start", r.name)
			if err = r.start(ctx); err == nil {
				err = r.answers(ctx, 60*time.Second, ready)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// furnish makes production, a provider in it for each pair, and the webhook.
func (s *scene) furnish(ctx context.Context) error {
	s.writers = s.fault.writers
	c := newClient(s, 0, 0)
	ask := func(method, path string, body any) ([]byte, error) {
		a, out, refused := c.send(ctx, 0, request{method: method, path: path, body: body})
		if refused || !a.good() {
			return nil, fmt.Errorf("%s %s: %d %s", method, path, a.status, a.text)
		}
		return out.body, nil
	}
	made, err := ask(http.MethodPost, "/environments", map[string]any{"name": "production", "displayName": "Production", "production": true})
	if err != nil {
		return err
	}
	var environment struct{ UUID string }
	if err := json.Unmarshal(made, &environment); err != nil {
		return err
	}
	s.environment = environment.UUID
	pairs := []string{sharedPair}
	for i := range s.writers {
		pairs = append(pairs, fmt.Sprint(i))
	}
	for _, pair := range pairs {
		version := "/pacticipants/provider-" + pair + "/versions/" + proven
		_, err := ask(http.MethodPut, version, map[string]any{})
		if err == nil {
			_, err = ask(http.MethodPost, version+"/deployed-versions/environment/"+s.environment, map[string]any{})
		}
		if err == nil {
			b := build{consumer: "consumer-" + pair, provider: "provider-" + pair, version: "first"}
			_, err = ask(http.MethodPut, pactPath(b), map[string]any{
				"consumer": map[string]any{"name": b.consumer}, "provider": map[string]any{"name": b.provider}, "interactions": []any{}})
		}
		if err != nil {
			return err
		}
	}
	var text any
	if err := json.Unmarshal([]byte(hookBody), &text); err != nil {
		return err
	}
	_, err = ask(http.MethodPost, "/webhooks", map[string]any{
		"description": "the receiver of the faults",
		"events":      []any{map[string]any{"name": published}, map[string]any{"name": verified}},
		"request": map[string]any{"method": "POST", "url": s.receiver.url, "body": text,
			"headers": map[string]any{"Content-Type": "application/json"}},
	})
	return err
}

// address is the database by the servers named, in their order.
func address(servers ...*server) string {
	var hosts []string
	for _, s := range servers {
		hosts = append(hosts, fmt.Sprintf("127.0.0.1:%d", s.port))
	}
	out := "postgres://treaty@" + strings.Join(hosts, ",") + "/treaty?sslmode=disable"
	if len(servers) > 1 {
		out += "&target_session_attrs=read-write"
	}
	return out
}

// watch writes down what each replica says of itself, whenever it changes.
func (s *scene) watch(ctx context.Context) {
	file, err := os.Create(filepath.Join(s.logs, "readiness.log"))
	if err != nil {
		s.note("readiness is not written down: %v", err)
		return
	}
	defer file.Close()
	began := time.Now()
	var writing sync.Mutex
	var all sync.WaitGroup
	for i := range s.replicas {
		all.Go(func() {
			last := ""
			for s.wait(ctx, 250*time.Millisecond) == nil {
				asked := time.Now()
				status, body, err := s.replicas[i].get(ctx, readinessPath)
				said := fmt.Sprintf("%d %s", status, strings.Join(strings.Fields(body), " "))
				if err != nil {
					said = "no answer"
				}
				if said == last || ctx.Err() != nil {
					continue
				}
				last = said
				writing.Lock()
				fmt.Fprintf(file, "%7.2f s, after %.2f s, replica-%d: %s\n", asked.Sub(began).Seconds(), time.Since(asked).Seconds(), i+1, said)
				writing.Unlock()
			}
		})
	}
	all.Wait()
}

// awaitWebhooks returns once every webhook that is due has come, or when it is
// too late for those that have not.
func (s *scene) awaitWebhooks(ctx context.Context) error {
	late := time.Now().Add(s.fault.drain())
	_, writes := s.ledger.copies()
	for {
		taken, _, _ := s.receiver.deliveries()
		if len(undelivered(writes, taken)) == 0 || time.Now().After(late) {
			return nil
		}
		if err := s.wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// lookUp reads every write, and returns what is there and what is not.
func (s *scene) lookUp(ctx context.Context, writes []write) (there, lost []write, _ error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	var failed error
	const readers = 4
	for reader := range readers {
		c := newClient(s, reader, 0)
		all.Go(func() {
			for i := reader; i < len(writes); i += readers {
				found, err := c.finds(ctx, writes[i])
				mu.Lock()
				if err != nil {
					failed = err
				} else if found {
					there = append(there, writes[i])
				} else {
					lost = append(lost, writes[i])
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	return there, lost, failed
}

// finds reads one write, and asks again where it gets no answer: what was
// acknowledged is lost only if a replica says so.
func (c *client) finds(ctx context.Context, w write) (bool, error) {
	for tries := range 20 {
		c.asked++
		number := (c.number + c.asked) % len(c.scene.replicas)
		a, out, refused := c.send(ctx, number, request{method: http.MethodGet, path: w.path})
		switch {
		case refused || a.status == 0 || a.status >= 500:
			if err := c.scene.wait(ctx, time.Duration(tries)*100*time.Millisecond); err != nil {
				return false, err
			}
		case a.status == http.StatusOK:
			return strings.Contains(string(out.body), w.holds), nil
		default:
			return false, nil
		}
	}
	return false, fmt.Errorf("nobody tells whether the %s %s is there", w.what, w.path)
}

// keep writes down what the clients saw, for whoever looks for the reason.
func (s *scene) keep(out outcome) error {
	answers, writes := s.ledger.copies()
	var b strings.Builder
	fmt.Fprintf(&b, "%s, seed %d\nstruck %s\nhealed %s\nended  %s\n\n%s\n\n", s.fault.name, s.seed, clock(s.struck), clock(s.healed), clock(s.ended), strings.Join(out.problems, "\n"))
	for _, a := range answers {
		fmt.Fprintf(&b, "%s %6.3f s replica-%d %-22s %3d %s %s\n", clock(a.at), a.took.Seconds(), a.replica+1, a.what, a.status, a.wrong, strings.ReplaceAll(shorten(a.text), "\n", " "))
	}
	var w strings.Builder
	for _, written := range writes {
		fmt.Fprintf(&w, "%s replica-%d %-11s %s %s\n", clock(written.at), written.replica+1, written.what, written.path, written.hook)
	}
	var d strings.Builder
	taken, _, _ := s.receiver.deliveries()
	for _, delivered := range taken {
		fmt.Fprintf(&d, "%s %s %s %s\n", clock(delivered.at), delivered.sender, delivered.id, delivered.about)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(s.logs, "answers.log"), []byte(b.String()), 0o600),
		os.WriteFile(filepath.Join(s.logs, "writes.log"), []byte(w.String()), 0o600),
		os.WriteFile(filepath.Join(s.logs, "webhooks.log"), []byte(d.String()), 0o600))
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05.000") }

func shorten(text string) string {
	if len(text) > 300 {
		return text[:300] + "..."
	}
	return text
}

// end stops what the scene started, in whatever state it is.
func (s *scene) end() {
	var replicas sync.WaitGroup
	for _, r := range s.replicas {
		replicas.Go(r.end)
	}
	replicas.Wait()
	if s.bouncer != nil {
		s.bouncer.process.end(syscall.SIGTERM)
	}
	s.standby.end()
	s.primary.end()
	if s.receiver != nil {
		s.receiver.close()
	}
}
