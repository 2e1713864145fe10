package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/setting"
	"github.com/treatyhq/treaty/internal/shell"
)

type backupOptions struct {
	database string
	file     string
}

// NewBackup makes the command backup.
func NewBackup(e command.Env) *cobra.Command {
	return command.New(e, "backup", "Copy the database of a broker, also while it runs",
		"treaty backup --database sqlite:treaty.db --to treaty-2026-01-31.db", &backupOptions{})
}

func (o *backupOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	f.StringVar(&o.file, "to", "", "file to write; named after the time if left out")
}

func (o *backupOptions) Run(ctx context.Context, e command.Env) error {
	file := o.file
	if file == "" {
		file = "treaty-" + time.Now().UTC().Format("20060102T150405Z") + ".db"
	}
	if err := broker.Backup(ctx, setting.Database(e, o.database), e.Path(file)); err != nil {
		return explainCopy(fmt.Errorf("back up the database: %w", err))
	}
	_, err := fmt.Fprintf(e.Stdout, "Wrote %s. To use it: treaty restore --from %s --database sqlite:PATH\n", file, shell.Quote(file))
	return err
}

type restoreOptions struct {
	database string
	file     string
}

// NewRestore makes the command restore.
func NewRestore(e command.Env) *cobra.Command {
	return command.New(e, "restore", "Put a copy that backup made where a database should be",
		"treaty restore --from treaty-2026-01-31.db --database sqlite:treaty.db", &restoreOptions{})
}

func (o *restoreOptions) Bind(f *pflag.FlagSet) {
	setting.BindDatabase(f, &o.database)
	f.StringVar(&o.file, "from", "", "file that backup wrote")
}

func (o *restoreOptions) Run(ctx context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"from", o.file}); err != nil {
		return err
	}
	if err := broker.Restore(ctx, e.Path(o.file), setting.Database(e, o.database)); err != nil {
		return explainCopy(fmt.Errorf("restore the database: %w", err))
	}
	_, err := fmt.Fprintf(e.Stdout, "Restored %s. Start the broker: treaty serve\n", o.file)
	return err
}

// explainCopy says what to do about a refused copy.
func explainCopy(err error) error {
	switch {
	case errors.Is(err, broker.ErrExists):
		return command.Next(err, "nothing is overwritten: name another file, or stop the broker and move this one away with its -wal and -shm")
	case errors.Is(err, broker.ErrInUse):
		return command.Next(err, "stop the broker that works on it, then restore again")
	case errors.Is(err, broker.ErrNoDatabase):
		return command.Next(err, "name the file that the broker uses or that backup wrote")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return command.Next(err, "name a file in a folder that exists and that you may write to")
	default:
		return err
	}
}
