package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/treatyhq/treaty/internal/errlog"
	"github.com/treatyhq/treaty/internal/lockfile"
)

// ErrInUse means that another broker works on the database. What a broker begins with
// it takes for left behind by one that has died, so two of them would undo each
// other's work.
var ErrInUse = errors.New("another broker works on this file, and one SQLite file is for one broker: stop the other one, name another file, or use PostgreSQL, which several brokers may share")

// lockName is the file beside a database whose lock a broker holds. A database has one,
// by whichever links it is named.
func lockName(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target + ".lock"
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path)) + ".lock"
	}
	return path + ".lock"
}

// TakeSole takes the lock of a database, which a crash gives back. It returns ErrInUse
// if another has it, and nil without an error where the system has no locks, of which it
// warns. The caller releases it.
func TakeSole(path string, log *slog.Logger) (*lockfile.Lock, error) {
	lock, err := lockfile.Take(lockName(path))
	switch {
	case errors.Is(err, lockfile.ErrTaken):
		return nil, ErrInUse
	case errors.Is(err, errors.ErrUnsupported):
		if log != nil {
			log.Warn("the file system has no locks: see to it yourself that no other broker works on the database", slog.String("file", path), errlog.Attr(err))
		}
		return nil, nil //nolint:nilnil // there is none
	case err != nil:
		return nil, fmt.Errorf("take the lock of the database: %w", err)
	}
	return lock, nil
}

// keepPrivate makes the file of a database for its user alone, since it holds passwords
// of webhooks; SQLite gives its log and the rest the same permissions. One that is there
// loses what everybody had. What the operator gave to a group stays.
func keepPrivate(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return file.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	var found []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil || info.Mode().Perm()&0o007 == 0 {
			continue // what is wrong with it, SQLite says
		}
		found = append(found, os.Chmod(path+suffix, info.Mode().Perm()&^0o007))
	}
	return errors.Join(found...)
}
