package broker_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

func onFile(path string) broker.Options {
	o := broker.DefaultOptions()
	o.Host, o.Port, o.Database = "127.0.0.1", 0, "sqlite:"+path
	return o
}

// A second broker would take what the first one is sending for left behind, and send
// it again.
func TestASecondBrokerOnAnSQLiteFileIsRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "treaty.db")
	first := startProcess(t, "sqlite:"+path)
	link := filepath.Join(folder, "link.db")
	if runtime.GOOS == "windows" { // links are for administrators there
		link = path
	} else {
		require.NoError(t, os.Symlink(path, link))
	}
	for _, name := range []string{path, link} {
		_, err := broker.New(t.Context(), onFile(name))
		require.ErrorIs(t, err, broker.ErrInUse)
		require.ErrorContains(t, err, "one SQLite file is for one broker")
		var database *broker.DatabaseError
		require.ErrorAs(t, err, &database)
	}
	require.NoError(t, broker.Backup(t.Context(), "sqlite:"+path, filepath.Join(folder, "copy.db")), "a running broker can be copied")
	response, err := http.Get(first.url)
	require.NoError(t, err, "the first one goes on")
	require.NoError(t, response.Body.Close())

	first.kill()
	second, err := broker.New(t.Context(), onFile(path))
	require.NoError(t, err, "a broker that was killed leaves no lock behind")
	_, err = broker.New(t.Context(), onFile(path))
	require.ErrorIs(t, err, broker.ErrInUse, "in the same process too")
	require.NoError(t, second.Stop())
	third, err := broker.New(t.Context(), onFile(path))
	require.NoError(t, err, "a broker that was stopped leaves none either")
	require.NoError(t, third.Stop())
}

func TestNothingIsRestoredBelowARunningBroker(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be taken away there")
	}
	folder := t.TempDir()
	path, copied := filepath.Join(folder, "treaty.db"), filepath.Join(folder, "copy.db")
	brokertest.Start(t, brokertest.Database("sqlite:"+path))
	require.NoError(t, broker.Backup(t.Context(), "sqlite:"+path, copied))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Rename(path+suffix, path+suffix+".away"))
	}
	require.ErrorIs(t, broker.Restore(t.Context(), copied, "sqlite:"+path), broker.ErrInUse)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Rename(path+suffix+".away", path+suffix))
	}
}

// The file holds passwords of webhooks.
func TestTheFilesOfADatabaseAreForItsUserAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there are no such permissions there")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "treaty.db")
	start := func() {
		b, err := broker.New(t.Context(), onFile(path))
		require.NoError(t, err)
		b.Start()
		require.NoError(t, broker.Backup(t.Context(), "sqlite:"+path, filepath.Join(folder, "copy.db")))
		require.NoError(t, broker.Restore(t.Context(), filepath.Join(folder, "copy.db"), filepath.Join(folder, "again.db")))
		requireModes(t, folder, 0o600)
		require.NoError(t, b.Stop())
	}
	start()
	for _, name := range []string{"copy.db", "again.db"} {
		require.NoError(t, os.Remove(filepath.Join(folder, name)))
	}
	require.NoError(t, os.Chmod(path, 0o644), "as a broker of before made it")
	b, err := broker.New(context.Background(), onFile(path))
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm(), "what a group has may be meant")
	require.NoError(t, b.Stop())
}

func requireModes(t *testing.T, folder string, want os.FileMode) {
	t.Helper()
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	names := []string{}
	for _, file := range files {
		info, err := file.Info()
		require.NoError(t, err)
		require.Equal(t, want, info.Mode().Perm(), file.Name())
		names = append(names, file.Name())
	}
	require.Subset(t, names, []string{"treaty.db", "treaty.db-wal", "treaty.db-shm", "copy.db", "again.db"})
}

func TestADamagedDatabaseAsksForABackup(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "treaty.db")
	b, err := broker.New(t.Context(), onFile(path))
	require.NoError(t, err)
	require.NoError(t, b.Stop())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, damage := range map[string]func([]byte){
		"its head":  func(text []byte) { copy(text, strings.Repeat("x", 100)) },
		"its pages": func(text []byte) { copy(text[100:], strings.Repeat("x", len(text)-100)) },
	} {
		broken := append([]byte(nil), whole...)
		damage(broken)
		require.NoError(t, os.WriteFile(path, broken, 0o600))
		_, err := broker.New(t.Context(), onFile(path))
		var database *broker.DatabaseError
		require.ErrorAs(t, err, &database, name)
		require.True(t, database.Damaged(), name)
		require.ErrorContains(t, err, "treaty restore", name)
	}
}
