package stub

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long nothing must change before files are read again: editors
// and test runs change files in several steps.
const quiet = 100 * time.Millisecond

// Watch reads the sources again whenever a file or folder of them changes, and
// exchanges the server's interactions. What cannot be read is logged, and the
// server keeps what it has. It returns when ctx ends. Addresses and the broker
// are read again only along with a file.
func (s *Server) Watch(ctx context.Context, sources Sources) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch for changes: %w", err)
	}
	defer watcher.Close()
	for _, dir := range watched(sources) {
		if err := watcher.Add(dir); err != nil {
			return fmt.Errorf("watch %s: %w", dir, err)
		}
	}
	timer := time.NewTimer(0)
	if !timer.Stop() {
		<-timer.C
	}
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-watcher.Events:
			timer.Reset(quiet)
		case err := <-watcher.Errors:
			s.options.Log.Warn("watching for changes has a problem", "error", err)
		case <-timer.C:
			s.Reload(ctx, sources)
		}
	}
}

// watched lists folders: a file that is replaced by renaming would be lost.
func watched(s Sources) []string {
	var dirs []string
	for _, file := range s.Files {
		dirs = append(dirs, filepath.Dir(file))
	}
	return append(dirs, s.Dirs...)
}

// Reload reads the sources again. It reports whether they could be read.
func (s *Server) Reload(ctx context.Context, sources Sources) bool {
	pacts, err := sources.Load(ctx)
	if err != nil {
		s.options.Log.Error("the pacts cannot be read again, the earlier ones are kept", "error", err)
		return false
	}
	table := NewTable(pacts)
	s.Swap(table)
	s.options.Log.Info("pacts were read again", "interactions", table.Len())
	return true
}
