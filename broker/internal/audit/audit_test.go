package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// on runs a test with a service that keeps a record, on each database.
func on(t *testing.T, test func(t *testing.T, db *store.Store, s *audit.Service)) {
	t.Helper()
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, store.Options{})
			test(t, db, usecase.New(audit.Around(db, time.Now, kernel.NewID), kernel.DefaultSettings()).Audit)
		})
	}
}

func act(t *testing.T, action string) context.Context {
	t.Helper()
	return kernel.WithAct(t.Context(), &kernel.Act{Principal: "p", Name: "Ada <\u2028é", Kind: "account", Action: action, Resource: "/x", IP: "::1", Subject: map[string]string{"name": "a"}})
}

// happen writes n events that are not sealed.
func happen(t *testing.T, s *audit.Service, n int) {
	t.Helper()
	for i := range n {
		require.NoError(t, s.Store.Update(act(t, fmt.Sprintf("event_%d", i)), func(kernel.Tx) error { return nil }))
	}
}

func seal(t *testing.T, s *audit.Service) int {
	t.Helper()
	n, err := s.Seal(t.Context())
	require.NoError(t, err)
	return n
}

func verify(t *testing.T, s *audit.Service) audit.Verdict {
	t.Helper()
	found, err := s.Verify(t.Context(), 0, "")
	require.NoError(t, err)
	return found
}

func run(t *testing.T, db *store.Store, statement string) {
	t.Helper()
	_, err := db.DB().ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

func TestAnEventIsThereWithItsCauseOrNeitherIs(t *testing.T) {
	on(t, func(t *testing.T, _ *store.Store, s *audit.Service) {
		fails := errors.New("no")
		ctx := act(t, "tried")
		require.ErrorIs(t, s.Store.Update(ctx, func(kernel.Tx) error { return fails }), fails)
		require.Zero(t, verify(t, s).Unsealed)
		for range 3 { // an act of several transactions is one event
			require.NoError(t, s.Store.Update(ctx, func(kernel.Tx) error { return nil }))
		}
		require.NoError(t, s.Store.Update(t.Context(), func(kernel.Tx) error { return nil }), "the broker's own work")
		found := verify(t, s)
		require.Equal(t, 1, found.Unsealed)
		require.WithinDuration(t, time.Now(), found.Oldest, time.Minute)
		require.Empty(t, found.Break)
		require.NoError(t, s.Deny(ctx))
		require.Equal(t, 1, verify(t, s).Unsealed, "what was recorded is not recorded again")
		require.NoError(t, s.Deny(act(t, "denied")))
		events, _, err := s.List(t.Context(), audit.Query{Size: 9})
		require.NoError(t, err)
		require.Equal(t, []kernel.AuditOutcome{kernel.AuditDenied, kernel.AuditAllowed}, []kernel.AuditOutcome{events[0].Outcome, events[1].Outcome})
	})
}

// TestWhatIsChangedFromOutsideIsFound changes the database as somebody would who wants a
// record to say something else.
func TestWhatIsChangedFromOutsideIsFound(t *testing.T) {
	for name, tt := range map[string]struct{ change, says string }{
		"an action":                     {`UPDATE audit_event SET action = 'other' WHERE seq = 3`, "Event 3"},
		"a name":                        {`UPDATE audit_event SET name = 'Bob' WHERE seq = 1`, "Event 1"},
		"an outcome":                    {`UPDATE audit_event SET outcome = 'denied' WHERE seq = 5`, "Event 5"},
		"a change":                      {`UPDATE audit_event SET changes = '[]' WHERE seq = 2`, "Event 2"},
		"where one field ends":          {`UPDATE audit_event SET ip = '::1x', request_id = 'y' WHERE seq = 2`, "Event 2"},
		"two rows are swapped":          {`UPDATE audit_event SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)`, "After event 1"},
		"one is gone":                   {`DELETE FROM audit_event WHERE seq = 3`, "After event 2 comes event 4"},
		"the first is gone":             {`DELETE FROM audit_event WHERE seq = 1`, "After event 0 comes event 2"},
		"the last are gone":             {`DELETE FROM audit_event WHERE seq > 3`, "The chain ends with event 3, and has to end with event 6"},
		"all are gone":                  {`DELETE FROM audit_event`, "The chain ends with event 0"},
		"the end is taken back":         {`UPDATE audit_chain SET seq = 5`, "has to end with event 5"},
		"a hash is made anew":           {`UPDATE audit_event SET hash = (SELECT e.hash FROM audit_event e WHERE e.seq = 5) WHERE seq = 4`, "Event 4"},
		"the beginning is moved":        {`UPDATE audit_chain SET cut_seq = 2, cut_hash = 'x'`, "Event 3"},
		"one is taken out of the chain": {`UPDATE audit_event SET seq = NULL, hash = NULL WHERE seq = 4`, "After event 3 comes event 5"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, db *store.Store, s *audit.Service) {
				happen(t, s, 6)
				require.Equal(t, 6, seal(t, s))
				require.Empty(t, verify(t, s).Break)
				run(t, db, tt.change)
				if strings.Contains(tt.change, "-3") {
					run(t, db, `UPDATE audit_event SET seq = -seq WHERE seq < 0`)
					require.Contains(t, verify(t, s).Break, "Event 2")
					return
				}
				require.Contains(t, verify(t, s).Break, tt.says)
			})
		})
	}
}

// TestAChainThatWasMadeAnewIsFoundByItsEnd has somebody write the whole chain again, who
// has the database and the program.
func TestAChainThatWasMadeAnewIsFoundByItsEnd(t *testing.T) {
	on(t, func(t *testing.T, db *store.Store, s *audit.Service) {
		happen(t, s, 5)
		seal(t, s)
		then := verify(t, s)
		happen(t, s, 3)
		seal(t, s)
		found, err := s.Verify(t.Context(), then.Seq, then.Hash)
		require.NoError(t, err)
		require.Empty(t, found.Break)
		run(t, db, `UPDATE audit_event SET name = 'Bob', seq = NULL, hash = NULL`)
		run(t, db, `UPDATE audit_chain SET seq = 0, hash = ''`)
		seal(t, s)
		require.Empty(t, verify(t, s).Break)
		found, err = s.Verify(t.Context(), then.Seq, then.Hash)
		require.NoError(t, err)
		require.Contains(t, found.Break, "made anew")
		found, err = s.Verify(t.Context(), 99, then.Hash)
		require.NoError(t, err)
		require.Contains(t, found.Break, "There is no event 99")
	})
}

func TestManySealersMakeOneChain(t *testing.T) {
	on(t, func(t *testing.T, _ *store.Store, s *audit.Service) {
		var all sync.WaitGroup
		stop := make(chan struct{})
		sealed := make([]int, 3)
		for i := range sealed {
			all.Go(func() {
				for {
					n, err := s.Seal(t.Context())
					sealed[i] += n
					if err != nil && kernel.CodeOf(err) != kernel.CodeUnavailable {
						t.Error(err)
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		var writers sync.WaitGroup
		for range 4 {
			writers.Go(func() {
				for range 30 {
					if err := s.Store.Update(act(t, "written"), func(kernel.Tx) error { return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		all.Wait()
		last := seal(t, s)
		found := verify(t, s)
		require.Empty(t, found.Break)
		require.Equal(t, int64(120), found.Events)
		require.Equal(t, 120, sealed[0]+sealed[1]+sealed[2]+last)
		require.Zero(t, found.Unsealed)
	})
}

// TestATransactionThatEndsLateComesLater holds that one with a smaller id, which ends
// after others have their places, is sealed and read all the same.
func TestATransactionThatEndsLateComesLater(t *testing.T) {
	on(t, func(t *testing.T, db *store.Store, s *audit.Service) {
		if !db.Postgres() {
			return // one writes at a time
		}
		late, err := db.DB().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = late.ExecContext(t.Context(), `INSERT INTO audit_event (uuid, at, principal, name, kind, token, rule, ip, request_id, action, resource, subject, changes, outcome)
			VALUES ('late', now(), '', '', '', '', '', '', '', 'late', '', '', '', 'allowed')`)
		require.NoError(t, err)
		happen(t, s, 3)
		require.Equal(t, 3, seal(t, s))
		read, _, err := s.List(t.Context(), audit.Query{Ascending: true, Size: 9})
		require.NoError(t, err)
		require.Len(t, read, 3)
		require.NoError(t, late.Commit())
		next, _, err := s.List(t.Context(), audit.Query{Ascending: true, From: read[2].UUID, Size: 9})
		require.NoError(t, err)
		require.Len(t, next, 1, "who has read on misses nothing")
		require.Equal(t, 1, seal(t, s))
		require.Empty(t, verify(t, s).Break)
		next, _, err = s.List(t.Context(), audit.Query{Ascending: true, From: read[2].UUID, Size: 9})
		require.NoError(t, err)
		require.Equal(t, int64(4), next[0].Seq)
		require.Less(t, next[0].ID, read[0].ID)
	})
}

func TestWhatIsOldGoesAndTheRestIsVerified(t *testing.T) {
	on(t, func(t *testing.T, db *store.Store, s *audit.Service) {
		now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		around := audit.Around(db, func() time.Time { return now }, kernel.NewID)
		for _, day := range []int{1, 2, 9, 3, 10, 11} { // the clock went back once
			now = time.Date(2026, 5, day, 0, 0, 0, 0, time.UTC)
			require.NoError(t, around.Update(act(t, "x"), func(kernel.Tx) error { return nil }))
			seal(t, s)
		}
		before := verify(t, s)
		cut, err := s.Cut(t.Context(), time.Date(2026, 5, 5, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		require.Equal(t, int64(2), cut, "the old one behind the young one stays")
		found := verify(t, s)
		require.Empty(t, found.Break)
		require.Equal(t, []any{int64(4), before.Seq, before.Hash}, []any{found.Events, found.Seq, found.Hash})
		cut, err = s.Cut(t.Context(), time.Date(2027, 5, 5, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		require.Equal(t, int64(4), cut)
		happen(t, s, 2)
		require.Equal(t, 2, verify(t, s).Unsealed)
		seal(t, s)
		require.Empty(t, verify(t, s).Break)
		require.Equal(t, int64(8), verify(t, s).Seq)
		run(t, db, `DELETE FROM audit_event WHERE seq = 7`)
		require.Contains(t, verify(t, s).Break, "After event 6 comes event 8", "what was cut is no excuse")
	})
}

func TestASealerWorksInTheBackground(t *testing.T) {
	on(t, func(t *testing.T, _ *store.Store, s *audit.Service) {
		kept, err := s.Keeping(t.Context())
		require.NoError(t, err)
		require.False(t, kept)
		sealer := s.Start(0, nil)
		happen(t, s, 3)
		require.Eventually(t, func() bool { return verify(t, s).Seq == 3 }, 5*time.Second, 50*time.Millisecond)
		sealer.Close()
		kept, err = s.Keeping(t.Context())
		require.NoError(t, err)
		require.True(t, kept, "commands beside the broker keep the record too")
		happen(t, s, 600)
		require.Equal(t, 600, seal(t, s), "more than one batch")
		require.Empty(t, verify(t, s).Break)
	})
}
