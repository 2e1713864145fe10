package store

import "sync"

// changes counts the updates of this process that changed facts, and wakes those
// who watch for one of any replica. Replicas learn of each other by their beats,
// which they write and read anyway: nobody listens on a connection of its own.
// It is safe for concurrent use.
type changes struct {
	mu       sync.Mutex
	made     int64
	noticed  int64
	watchers map[chan struct{}]struct{}
	// others are the counts that the other replicas told last.
	others map[string]int64
}

// Watch returns a channel that has a value after facts have changed, here or on
// another replica: at once, or when that one has told it. Changes that nobody has
// taken notice of yet are one. What only the broker works with, such as jobs and
// kept answers of the gate, is none. The caller calls end.
func (s *Store) Watch() (changed <-chan struct{}, end func()) {
	c := &s.changes
	mine := make(chan struct{}, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watchers == nil {
		c.watchers = map[chan struct{}]struct{}{}
	}
	c.watchers[mine] = struct{}{}
	return mine, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.watchers, mine)
	}
}

// Noticed implements kernel.Store.
func (s *Store) Noticed() int64 {
	c := &s.changes
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.noticed
}

// note counts an update that changed facts.
func (c *changes) note() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	c.wake()
}

// count is how many there were in the life of this process.
func (c *changes) count() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made
}

// hear takes the counts of the other replicas. One that is gone may have changed
// something that it told nobody.
func (c *changes) hear(others map[string]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	told := c.others
	c.others = others
	for replica, count := range others {
		if told[replica] != count {
			c.wake()
			return
		}
	}
	for replica := range told {
		if _, lives := others[replica]; !lives {
			c.wake()
			return
		}
	}
}

// wake runs with the lock held.
func (c *changes) wake() {
	c.noticed++
	for watcher := range c.watchers {
		select {
		case watcher <- struct{}{}:
		default: // it has not looked since the last one
		}
	}
}
