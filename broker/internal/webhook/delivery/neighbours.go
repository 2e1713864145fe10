package delivery

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Replicas is how the brokers on one database know of each other.
type Replicas interface {
	// Beat says that the replica lives, and returns how often each of the others
	// said so.
	Beat(ctx context.Context, replica string) (others map[string]int64, err error)
	// TakeOver gives to the others what a replica had under way that has not lived
	// since that beat. It returns false if it lives or another took over.
	TakeOver(ctx context.Context, replica string, beat int64) (webhooks int64, taken bool, err error)
	// Leave ends the life of the replica, with nothing under way any more.
	Leave(ctx context.Context, replica string) error
	// Recall frees the webhooks that the replica has had under way for longer than
	// that and does not know of.
	Recall(ctx context.Context, replica string, known []int64, longer time.Duration) (webhooks int64, err error)
	// Resume frees what was under way in a database that has no other broker.
	Resume(ctx context.Context) error
}

const (
	// beatEvery is how often a replica says that it lives.
	beatEvery = 1500 * time.Millisecond
	// beatLimit is how long the database may take for that.
	beatLimit = 3 * time.Second
	// deadAfter is how long a replica must have been seen not to live, by another
	// that sees the database all the time. With what may pass before it is seen,
	// before the end of this is noticed and before the queue looks for work, its
	// webhooks are on their way after 12 seconds.
	deadAfter = 8 * time.Second
)

// neighbours is what one replica sees of the others. It asks no clock but its
// own, and only what it sees without a gap counts: while the database was away,
// nobody could say that it lived.
type neighbours struct {
	seen map[string]sight
	last time.Time
}

// sight is since when a replica has not said more than that it lives.
type sight struct {
	beat  int64
	since time.Time
}

// observe notes what the others said until now, and returns those that are dead,
// with their last beat.
func (n *neighbours) observe(beats map[string]int64, now time.Time) map[string]int64 {
	if now.Sub(n.last) > beatEvery+beatLimit {
		n.seen = nil // we did not look
	}
	n.last = now
	seen := make(map[string]sight, len(beats))
	dead := map[string]int64{}
	for id, beat := range beats {
		before, known := n.seen[id]
		if !known || before.beat != beat {
			before = sight{beat, now}
		}
		seen[id] = before
		if now.Sub(before.since) >= deadAfter {
			dead[id] = beat
		}
	}
	n.seen = seen
	return dead
}

// forget says that the others could not be seen.
func (n *neighbours) forget() { n.seen = nil }

// beat says that this replica lives, and takes over from those that do not.
func (d *Deliverer) beat(ctx context.Context, n *neighbours) error {
	limited, cancel := context.WithTimeout(ctx, beatLimit)
	defer cancel()
	asked := time.Now()
	others, err := d.db.Beat(limited, d.replica)
	if err != nil {
		n.forget()
		return err
	}
	dead := n.observe(others, asked)
	for _, id := range slices.Sorted(maps.Keys(dead)) {
		webhooks, taken, err := d.db.TakeOver(limited, id, dead[id])
		if err != nil {
			return err
		}
		if taken {
			d.config.Log.WarnContext(ctx, "another broker ended without a word: what it had under way is taken over", "webhooks", webhooks)
		}
	}
	return nil
}
