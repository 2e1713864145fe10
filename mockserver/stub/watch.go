package stub

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/treatyhq/treaty/internal/errlog"
)

// quiet is how long nothing must change before files are read again: editors
// and test runs change files in several steps.
const quiet = 100 * time.Millisecond

// Watch keeps s as the sources are: files are read again when they or their
// folders change, and addresses and the broker are asked again after each
// pause of every; they are not with 0. What cannot be read is logged, and the
// server keeps what it has. Watch returns when ctx ends. Its error says that
// changes of files are not seen; those elsewhere are, all the same.
func (f *Feed) Watch(ctx context.Context, s *Server, every time.Duration) error {
	var asking sync.WaitGroup
	defer asking.Wait()
	if every > 0 && f.sources.remote() {
		asking.Go(func() { f.ask(ctx, s, every) })
	}
	if !f.sources.local() {
		return nil
	}
	return f.watchFiles(ctx, s)
}

func (f *Feed) ask(ctx context.Context, s *Server, every time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
			f.refresh(ctx, s, &f.remote)
		}
	}
}

func (f *Feed) watchFiles(ctx context.Context, s *Server) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch for changes: %w", err)
	}
	defer watcher.Close()
	for _, dir := range watched(f.sources) {
		if err := watcher.Add(dir); err != nil {
			return fmt.Errorf("watch %s: %w", dir, err)
		}
	}
	timer := time.NewTimer(0) // what changed since the files were read first
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-watcher.Events:
			timer.Reset(quiet)
		case err := <-watcher.Errors:
			s.options.Log.Warn("watching for changes has a problem", errlog.Attr(err))
		case <-timer.C:
			s.watchInside(watcher, f.sources.Dirs) // there may be new ones
			f.refresh(ctx, s, &f.local)
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

// watchInside adds the folders in dirs, as each tells only of its own files. A
// system watches no more than so many; the first that is too many is logged.
func (s *Server) watchInside(watcher *fsnotify.Watcher, dirs []string) {
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() || path == dir {
				return nil //nolint:nilerr // what cannot be read is told by reading
			}
			if err := watcher.Add(path); err != nil {
				s.options.Log.Warn("changes in some folders are not seen", slog.String("folder", path), errlog.Attr(err))
				return filepath.SkipAll
			}
			return nil
		})
	}
}
