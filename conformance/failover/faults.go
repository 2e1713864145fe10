package main

import (
	"context"
	"fmt"
	"strconv"
	"syscall"
	"time"
)

// fault is one thing that goes wrong, and what may come of it. What holds for
// all of them stands in judge.go.
type fault struct {
	name  string
	about string
	// gap is how long after the end of the fault a replica may take until it
	// acknowledges a write, and how long it may rest after that.
	gap time.Duration
	// takeover is how long after a replica's death its webhooks may come; 0
	// where none dies.
	takeover time.Duration
	// readsGoOn means that every read is answered well while the fault lasts.
	readsGoOn bool
	// refused is the share of requests that may be answered 503; 0 leaves it
	// open, as it hangs on how long the fault lasts.
	refused float64
	// broken means that connections may break: a replica dies.
	broken bool

	writers, readers int
	pause            time.Duration // between two requests of a client
	settings         []string      // of the replicas, beside the usual ones

	// database is the URL for the replicas.
	database func(*scene) string
	// prepare and furnished, where there are any, work before the replicas
	// start and once the applications are made.
	prepare, furnished func(context.Context, *scene) error
	// play strikes and heals under load, and returns when it has been seen
	// that all is well again.
	play func(context.Context, *scene) error
}

// drain is how long after the load webhooks are waited for.
func (f fault) drain() time.Duration { return 90 * time.Second }

// faults are all of them, with the usual load where none is named.
func faults() []fault {
	primaryFirst := func(s *scene) string { return address(s.primary, s.standby) }
	standbyFirst := func(s *scene) string { return address(s.standby, s.primary) }
	list := []fault{
		{name: "replica-killed", about: "one of three replicas is killed while it sends webhooks",
			gap: 3 * time.Second, takeover: 15 * time.Second, broken: true, readsGoOn: true, database: primaryFirst, play: killReplica},
		{name: "restart-fast", about: "the primary is restarted, and closes its connections first",
			gap: 3 * time.Second, database: primaryFirst, play: restart(syscall.SIGINT)},
		{name: "restart-immediate", about: "the primary is restarted, and recovers as after a crash",
			gap: 3 * time.Second, database: primaryFirst, play: restart(syscall.SIGQUIT)},
		{name: "primary-killed", about: "the primary is gone, and the standby promoted",
			gap: 3 * time.Second, database: primaryFirst, play: killPrimary},
		{name: "primary-frozen", about: "the primary takes connections and never answers, and the standby is promoted",
			gap: 8 * time.Second, database: standbyFirst, play: freezePrimary},
		{name: "primary-frozen-first", about: "the same, with the frozen host first in the URL",
			gap: 8 * time.Second, database: primaryFirst, play: freezePrimary},
		{name: "standby-lost", about: "no commit is confirmed, as the synchronous standby is gone; it comes back",
			gap: 3 * time.Second, readsGoOn: true, writers: 54, readers: 6, pause: 300 * time.Millisecond, database: primaryFirst, play: loseStandby},
		{name: "read-only-start", about: "replicas start on a standby that is promoted later",
			gap: 3 * time.Second, readsGoOn: true, database: func(s *scene) string { return address(s.primary) }, furnished: startReadOnly, play: promoteLater},
		{name: "late-database", about: "replicas start while there is no database, and it comes later",
			gap: 8 * time.Second, database: primaryFirst, furnished: startWithout, play: comeLater},
		{name: "pgbouncer", about: "PgBouncer in transaction mode before a primary that is restarted",
			gap: 3 * time.Second, database: throughBouncer, prepare: bounce, play: restart(syscall.SIGINT)},
		{name: "pgbouncer-promoted", about: "the primary behind PgBouncer is gone, the standby promoted, and PgBouncer told of it",
			gap: 3 * time.Second, database: throughBouncer, prepare: bounce, play: pointElsewhere},
		{name: "connections", about: "a server of 20 connections for three replicas and 24 clients",
			gap: 3 * time.Second, refused: 0.01, readsGoOn: true, writers: 16, readers: 8, pause: 80 * time.Millisecond,
			database: primaryFirst, prepare: fewConnections, play: goOn(8 * time.Second)},
		{name: "lock-timeout", about: "lock_timeout is set, and rows and a table are locked from outside now and then",
			gap: 3 * time.Second, database: primaryFirst, prepare: limitLocks, play: lockNowAndThen},
	}
	for i := range list {
		if list[i].writers == 0 {
			list[i].writers, list[i].readers, list[i].pause = 8, 4, 60*time.Millisecond
		}
	}
	return list
}

// killReplica kills a replica whose webhooks are under way: the receiver has
// them and does not answer.
func killReplica(ctx context.Context, s *scene) error {
	s.dead = s.chance.IntN(len(s.replicas))
	victim := s.replicas[s.dead]
	s.receiver.hold(victim.name)
	err := until(ctx, 20*time.Second, victim.name+" sends webhooks", func(context.Context) error {
		if n := s.receiver.underWay(); n < 2 {
			return fmt.Errorf("%d are under way", n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.strike()
	s.heal()
	victim.process.kill()
	s.receiver.hold("")
	if err := s.wait(ctx, 8*time.Second); err != nil {
		return err
	}
	if err := victim.start(ctx); err != nil {
		return err
	}
	if err := victim.answers(ctx, 20*time.Second, true); err != nil {
		return err
	}
	s.deadUntil = time.Now()
	return s.wait(ctx, 3*time.Second)
}

// restart stops the primary by a signal and starts it again.
func restart(kind syscall.Signal) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		s.strike()
		if err := s.primary.stop(kind); err != nil {
			return err
		}
		if err := s.wait(ctx, time.Second); err != nil {
			return err
		}
		if err := s.primary.start(ctx); err != nil {
			return err
		}
		if err := s.inSync(ctx); err != nil {
			return err
		}
		s.heal()
		return s.wait(ctx, 6*time.Second)
	}
}

func killPrimary(ctx context.Context, s *scene) error {
	s.strike()
	s.primary.process.kill()
	if err := s.wait(ctx, time.Second); err != nil {
		return err
	}
	if err := s.standby.promote(ctx); err != nil {
		return err
	}
	s.heal()
	return s.wait(ctx, 8*time.Second)
}

// freezePrimary stops the primary and all its backends. The kernel goes on
// taking connections for them and confirming what is sent.
func freezePrimary(ctx context.Context, s *scene) error {
	s.strike()
	s.primary.process.signalAll(syscall.SIGSTOP)
	if err := s.wait(ctx, 2*time.Second); err != nil {
		return err
	}
	if err := s.standby.promote(ctx); err != nil {
		return err
	}
	s.heal()
	return s.wait(ctx, 15*time.Second)
}

// loseStandby takes the standby away, for longer than an answer may take, while
// there are more writers than the replicas have connections.
func loseStandby(ctx context.Context, s *scene) error {
	s.strike()
	s.standby.process.kill()
	if err := s.wait(ctx, 33*time.Second); err != nil {
		return err
	}
	if err := s.standby.start(ctx); err != nil {
		return err
	}
	if err := s.inSync(ctx); err != nil {
		return err
	}
	s.heal()
	return s.wait(ctx, 6*time.Second)
}

// startReadOnly starts the replicas again, on the standby alone.
func startReadOnly(ctx context.Context, s *scene) error {
	for _, r := range s.replicas {
		r.end()
	}
	return s.startReplicas(ctx, address(s.standby), false)
}

// promoteLater lets clients meet the read-only server, and promotes it.
func promoteLater(ctx context.Context, s *scene) error {
	s.strike()
	if err := s.wait(ctx, 5*time.Second); err != nil {
		return err
	}
	s.primary.process.kill()
	if err := s.standby.promote(ctx); err != nil {
		return err
	}
	s.heal()
	return s.wait(ctx, 10*time.Second)
}

// startWithout starts the replicas again while both servers are away.
func startWithout(ctx context.Context, s *scene) error {
	for _, r := range s.replicas {
		r.end()
	}
	s.strike()
	for _, one := range []*server{s.primary, s.standby} {
		if err := one.stop(syscall.SIGINT); err != nil {
			return err
		}
	}
	return s.startReplicas(ctx, address(s.primary, s.standby), false)
}

// comeLater lets clients meet replicas without a database, and brings it back.
func comeLater(ctx context.Context, s *scene) error {
	for _, one := range []*server{s.primary, s.standby} {
		if err := one.start(ctx); err != nil {
			return err
		}
	}
	if err := s.inSync(ctx); err != nil {
		return err
	}
	s.heal()
	return s.wait(ctx, 12*time.Second)
}

func bounce(ctx context.Context, s *scene) error {
	var err error
	s.bouncer, err = s.in.startBouncer(ctx, s.primary, s.name, s.logs)
	return err
}

// pointElsewhere leaves PgBouncer for a moment without a server that takes writes.
func pointElsewhere(ctx context.Context, s *scene) error {
	s.strike()
	s.primary.process.kill()
	if err := s.wait(ctx, time.Second); err != nil {
		return err
	}
	if err := s.standby.promote(ctx); err != nil {
		return err
	}
	if err := s.wait(ctx, 500*time.Millisecond); err != nil { // until somebody notices
		return err
	}
	if err := s.bouncer.point(s.standby); err != nil {
		return err
	}
	s.heal()
	return s.wait(ctx, 8*time.Second)
}

func throughBouncer(s *scene) string {
	return "postgres://treaty@127.0.0.1:" + strconv.Itoa(s.bouncer.port) + "/treaty?sslmode=disable"
}

// fewConnections leaves 17: three are the superuser's.
func fewConnections(ctx context.Context, s *scene) error {
	if err := s.primary.stop(syscall.SIGINT); err != nil {
		return err
	}
	s.primary.extra = append(s.primary.extra, "-c", "max_connections=20")
	if err := s.primary.start(ctx); err != nil {
		return err
	}
	return s.inSync(ctx)
}

// goOn plays nothing more than the load.
func goOn(d time.Duration) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		s.strike()
		s.heal()
		return s.wait(ctx, d)
	}
}

func limitLocks(ctx context.Context, s *scene) error {
	return s.primary.run(ctx, "ALTER ROLE treaty SET lock_timeout = '300ms'")
}

// lockNowAndThen holds the row of an application that all share, and then a
// whole table, as somebody does who migrates or repairs by hand.
func lockNowAndThen(ctx context.Context, s *scene) error {
	s.strike()
	for range 3 {
		for _, lock := range []string{
			"SELECT 1 FROM pacticipant WHERE name = 'consumer-" + sharedPair + "' FOR UPDATE",
			"LOCK TABLE version IN EXCLUSIVE MODE",
		} {
			if err := s.locked(ctx, lock, time.Second); err != nil {
				return err
			}
		}
		s.heal()
		if err := s.wait(ctx, time.Second); err != nil {
			return err
		}
	}
	return s.wait(ctx, 2*time.Second)
}

// locked holds a lock for a while.
func (s *scene) locked(ctx context.Context, lock string, d time.Duration) error {
	conn, err := s.primary.connect(ctx, "treaty")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // the connection ends with it
	if _, err := tx.Exec(ctx, lock); err != nil {
		return err
	}
	return s.wait(ctx, d)
}
