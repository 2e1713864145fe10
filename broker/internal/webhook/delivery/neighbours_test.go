package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store"
)

func TestOnlyWhoIsSeenNotToLiveIsDead(t *testing.T) {
	t.Parallel()
	type look struct {
		after time.Duration // since the look before
		beats map[string]int64
	}
	const tick = beatEvery
	still := func(beat int64, times int) []look {
		looks := make([]look, times)
		for i := range looks {
			looks[i] = look{tick, map[string]int64{"other": beat}}
		}
		return looks
	}
	enough := int(deadAfter/tick) + 2
	for _, tt := range []struct {
		name  string
		looks []look
		dead  bool
	}{
		{"one that was seen once", still(1, 1), false},
		{"one that says no more", still(1, enough), true},
		{"not before the time is up", still(1, enough-1), false},
		{"one that spoke meanwhile", append(still(1, enough-1), still(2, enough-1)...), false},
		{"one that says no more after it spoke", append(still(1, enough-1), still(2, enough)...), true},
		{"one that was not looked at in between", append(still(1, 2), look{deadAfter * 10, map[string]int64{"other": 1}}), false},
		{"one that has left", append(still(1, enough-1), look{tick, nil}), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var n neighbours
			now := time.Unix(1_700_000_000, 0)
			var dead map[string]int64
			for _, l := range tt.looks {
				now = now.Add(l.after)
				dead = n.observe(l.beats, now)
			}
			require.Equal(t, tt.dead, len(dead) == 1, "%v", dead)
		})
	}
}

func TestWhoCouldNotBeSeenIsNotDead(t *testing.T) {
	t.Parallel()
	var n neighbours
	now := time.Unix(1_700_000_000, 0)
	for i := range 20 {
		if i%4 == 3 {
			n.forget() // the database did not answer
		}
		now = now.Add(beatEvery)
		require.Empty(t, n.observe(map[string]int64{"other": 1}, now))
	}
}

// another is a database in which another broker says nothing more.
type another struct {
	*store.Store
	looks int
	fails func(look int) bool
	taken []string
}

func (a *another) Beat(context.Context, string) (map[string]int64, error) {
	if a.looks++; a.fails(a.looks) {
		return nil, errors.New("connection refused")
	}
	return map[string]int64{"other": 7}, nil
}

func (a *another) TakeOver(_ context.Context, replica string, beat int64) (int64, bool, error) {
	a.taken = append(a.taken, fmt.Sprint(replica, " since ", beat))
	return 0, true, nil
}

// A database that did not answer in between may not have heard the other either.
func TestABrokerIsTakenOverOnlyIfTheDatabaseAnsweredAllTheTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fails func(look int) bool
		dead  bool
	}{
		{"it answered", func(int) bool { return false }, true},
		{"it failed now and then", func(look int) bool { return look%4 == 0 }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				db := &another{fails: tt.fails}
				d := &Deliverer{db: db, config: Config{Log: slog.New(slog.DiscardHandler)}}
				var n neighbours
				for begun := time.Now(); time.Since(begun) < time.Minute && len(db.taken) == 0; time.Sleep(beatEvery) {
					_ = d.beat(t.Context(), &n) // whether it fails is what db says
					require.Equal(t, tt.dead && time.Since(begun) >= deadAfter, len(db.taken) > 0, "after %s", time.Since(begun))
				}
				if tt.dead {
					require.Equal(t, []string{"other since 7"}, db.taken)
				}
			})
		})
	}
}
