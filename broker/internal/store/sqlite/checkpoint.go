package sqlite

import (
	"context"
	"database/sql"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/internal/errlog"
)

const (
	// checkpointEvery is how often the log is copied into the database file
	// while there is something to copy.
	checkpointEvery = 250 * time.Millisecond
	// checkpointPages is how long the log may get, in pages of 4 KB, before the
	// writer itself copies it: what keeps it from growing without end when the
	// load never pauses.
	checkpointPages = 16000
)

// checkpointer copies SQLite's log into the database file beside the writer.
// Done by the writer, as is SQLite's habit, it would make every so many commits
// wait for it.
type checkpointer struct {
	db      *sql.DB
	commits *atomic.Int64
	log     *slog.Logger
	stop    chan struct{}
	done    chan struct{}
}

func startCheckpointer(db *sql.DB, commits *atomic.Int64, log *slog.Logger) *checkpointer {
	c := &checkpointer{db: db, commits: commits, log: log, stop: make(chan struct{}), done: make(chan struct{})}
	go c.loop()
	return c
}

func (c *checkpointer) loop() {
	defer close(c.done)
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	for copied := int64(0); ; {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
		}
		if now := c.commits.Load(); now != copied {
			copied = now
			c.once()
		}
	}
}

// once copies as much as is possible without keeping anybody waiting.
func (c *checkpointer) once() {
	var busy, pages, done int64
	row := c.db.QueryRowContext(context.Background(), `PRAGMA wal_checkpoint(PASSIVE)`)
	if err := row.Scan(&busy, &pages, &done); err != nil {
		// The writer does it too, so this is not a failure of the broker.
		c.log.Debug("copy the database's log", errlog.Attr(err))
	}
}

// close ends the loop and releases the connection.
func (c *checkpointer) close() error {
	close(c.stop)
	<-c.done
	return c.db.Close()
}
