package gate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// stuck is a database that can be asked, and in which updates get nowhere, as while
// the standby is lost: each waits until it is told how it ends, or its time is over.
type stuck struct {
	kernel.Store
	isStuck atomic.Bool
	begun   chan struct{}
	ends    chan error
}

func (s *stuck) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	if !s.isStuck.Load() {
		return s.Store.Update(ctx, fn)
	}
	s.begun <- struct{}{}
	select {
	case err := <-s.ends:
		if err != nil {
			return err
		}
		return s.Store.Update(ctx, fn)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stuckGate is a gate whose answers cannot be written from now on.
func stuckGate(t *testing.T, open storetest.Opener) (*gate.Service, *stuck, *bytes.Buffer) {
	t.Helper()
	db := &stuck{Store: open(t, store.Options{}), begun: make(chan struct{}, 100), ends: make(chan error)}
	settings := kernel.DefaultSettings()
	settings.CheckSimilarNames = false
	s := usecase.New(db, settings)
	log := new(bytes.Buffer)
	s.Log = slog.New(slog.NewTextHandler(log, nil))
	usecasetest.Landscape(t, s)
	db.isStuck.Store(true)
	return s.Gate, db, log
}

// askStuck asks the gate, and has to get its answer although nothing can be written.
func askStuck(t *testing.T, s *gate.Service, version string) {
	t.Helper()
	answered := make(chan error, 1)
	go func() {
		answer, err := s.CanIDeploy(t.Context(), gate.CanIDeployQuery{Pacticipant: "Foo", Version: version, Environment: "test"})
		if err == nil && len(answer.Decision.Reasons) == 0 {
			err = errors.New("it says nothing")
		}
		answered <- err
	}()
	select {
	case err := <-answered:
		require.NoError(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("the answer waits until it can be written")
	}
}

// keptVersions are those that answers are kept of.
func keptVersions(t *testing.T, s *gate.Service) (out []string) {
	t.Helper()
	answers, err := s.ListGateAnswers(t.Context(), kernel.GateHistoryQuery{Pacticipant: "Foo", Limit: 10})
	require.NoError(t, err)
	for _, a := range answers {
		out = append(out, a.Question.Selectors[0].Version)
	}
	return out
}

func onEachStuck(t *testing.T, test func(*testing.T, *gate.Service, *stuck, *bytes.Buffer)) {
	t.Helper()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, db, log := stuckGate(t, open)
			test(t, s, db, log)
		})
	}
}

func TestAnAnswerIsGivenWhileNothingCanBeWrittenAndKeptLater(t *testing.T) {
	t.Parallel()
	onEachStuck(t, func(t *testing.T, s *gate.Service, db *stuck, log *bytes.Buffer) {
		askStuck(t, s, "1")
		<-db.begun
		askStuck(t, s, "2") // waits behind the first one
		db.isStuck.Store(false)
		db.ends <- nil
		s.Settle(t.Context())
		require.Equal(t, []string{"2", "1"}, keptVersions(t, s))
		require.Empty(t, log.String())
	})
}

func TestAnAnswerThatCannotBeKeptIsLoggedAndKeptWhenItIsGivenAgain(t *testing.T) {
	t.Parallel()
	onEachStuck(t, func(t *testing.T, s *gate.Service, db *stuck, log *bytes.Buffer) {
		askStuck(t, s, "1")
		<-db.begun
		db.ends <- errors.New("the database is away")
		s.Settle(t.Context())
		require.Contains(t, log.String(), "given and not kept")
		require.Contains(t, log.String(), "answers=1")
		require.Contains(t, log.String(), "the database is away")
		db.isStuck.Store(false)
		require.Empty(t, keptVersions(t, s))
		askStuck(t, s, "1")
		s.Settle(t.Context())
		require.Equal(t, []string{"1"}, keptVersions(t, s))
	})
}

// Who stops the broker does not wait for a database that hangs.
func TestAnswersAreGivenUpWhenTheBrokerStops(t *testing.T) {
	t.Parallel()
	onEachStuck(t, func(t *testing.T, s *gate.Service, db *stuck, log *bytes.Buffer) {
		askStuck(t, s, "1")
		<-db.begun
		askStuck(t, s, "2")
		stopping, cancel := context.WithCancel(t.Context())
		cancel()
		s.Settle(stopping)
		s.Settle(t.Context()) // what was under way has ended, and nothing is tried any more
		require.Empty(t, db.begun)
		require.Contains(t, log.String(), context.Canceled.Error())
		require.Equal(t, 2, bytes.Count(log.Bytes(), []byte("answers=1")), log.String())
		db.isStuck.Store(false)
		require.Empty(t, keptVersions(t, s))
	})
}

// What no room is left for is counted, and more of it does not make the broker grow.
func TestAnswersThatFindNoRoomAreCounted(t *testing.T) {
	t.Parallel()
	s, db, log := stuckGate(t, storetest.SQLite)
	askStuck(t, s, "1")
	<-db.begun
	const room, more = 2048, 3
	for i := range room + more {
		_, err := s.CanIDeploy(t.Context(), gate.CanIDeployQuery{Pacticipant: "Foo", Version: fmt.Sprint("unknown ", i), Environment: "test"})
		require.NoError(t, err)
	}
	db.isStuck.Store(false)
	db.ends <- nil
	s.Settle(t.Context())
	require.Contains(t, log.String(), fmt.Sprintf("answers=%d", more))
	_, err := s.CanIDeploy(t.Context(), gate.CanIDeployQuery{Pacticipant: "Foo", Version: fmt.Sprint("unknown ", room), Environment: "test"})
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint("unknown ", room), keptVersions(t, s)[0], "it is kept when it is given again")
}
