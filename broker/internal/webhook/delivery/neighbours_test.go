package delivery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
