package store_test

import (
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

var (
	createTable = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`)
	columnLine  = regexp.MustCompile(`(?m)^    ([a-z_]+) `)
	createIndex = regexp.MustCompile(`CREATE INDEX \w+ ON \w+ \([^)]*\)[^;]*`)
)

// TestBothDialectsHaveTheSameSchema compares the migrations as text, so that it
// needs no PostgreSQL.
func TestBothDialectsHaveTheSameSchema(t *testing.T) {
	t.Parallel()
	files := func(dialect string) []string {
		found, err := filepath.Glob(filepath.Join("migrations", dialect, "*.sql"))
		require.NoError(t, err)
		for i := range found {
			found[i] = filepath.Base(found[i])
		}
		return found
	}
	require.Equal(t, files("sqlite"), files("postgres"))
	require.NotEmpty(t, files("sqlite"))
	require.Equal(t, schemaOf(t, "sqlite"), schemaOf(t, "postgres"))
}

// schemaOf returns tables with their columns, and indexes, as text.
func schemaOf(t *testing.T, dialect string) []string {
	t.Helper()
	// River brings a schema of its own, which differs between the databases.
	text, err := os.ReadFile(filepath.Join("migrations", dialect, "0001_schema.sql"))
	require.NoError(t, err)
	var out []string
	for _, table := range createTable.FindAllStringSubmatch(string(text), -1) {
		var columns []string
		for _, column := range columnLine.FindAllStringSubmatch(table[2], -1) {
			columns = append(columns, column[1])
		}
		out = append(out, table[1]+": "+strings.Join(columns, " "))
	}
	out = append(out, createIndex.FindAllString(string(text), -1)...)
	slices.Sort(out)
	return out
}

func TestURLsNameADatabase(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	open := func(url string) {
		t.Helper()
		s, err := store.Open(t.Context(), url, store.Options{})
		require.NoError(t, err, url)
		require.NoError(t, s.Close())
		require.NoError(t, s.Close(), "closing twice is fine")
		require.Error(t, s.View(t.Context(), func(kernel.Tx) error { return nil }), "closed")
		require.Error(t, s.Update(t.Context(), func(kernel.Tx) error { return nil }), "closed")
	}
	at := func(name string) string { return folder + "/" + name }
	for url, name := range map[string]string{
		"sqlite:" + at("one"):                "one",
		"sqlite://" + at("three slashes"):    "three slashes",
		"sqlite:///" + at("four"):            "four",
		"sqlite:////" + at("five"):           "five",
		"sqlite://localhost" + at("host"):    "host",
		"SQLite3://" + at("loud"):            "loud",
		"file://" + at("file"):               "file",
		"/" + at("doubled"):                  "doubled",
		"sqlite:relative":                    "relative",
		"sqlite://relative2":                 "relative2",
		"sqlite:./here":                      "here",
		"plain.db":                           "plain.db",
		"sqlite:50%25 is ?kept as#it+is":     "50%25 is ?kept as#it+is",
		"sqlite://" + at("sp%20ace%3Fa=b+#"): "sp ace?a=b+#",
		at("c with space ? and % and #.db"):  "c with space ? and % and #.db",
	} {
		open(url)
		require.FileExists(t, at(name), url)
		require.NoError(t, os.Remove(at(name)))
	}
	for _, url := range []string{"sqlite::memory:", "sqlite://:memory:", "sqlite:///:memory:", "file::memory:", ":memory:"} {
		open(url)
	}
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, file := range left {
		require.NotContains(t, file.Name(), "memory", "a database in memory leaves no file")
	}
}

func TestURLsThatNameNoDatabaseAreRefusedInWords(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for url, want := range map[string]string{
		"":                                "empty",
		"mysql://localhost/x":             "not supported",
		"redis:x":                         "unknown database",
		"sqlite:":                         "names no file",
		"sqlite://":                       "names no file",
		"sqlite:///":                      "names no file",
		"sqlite:////":                     "names no file",
		"sqlite:dir/":                     "names a folder",
		"sqlite:/nowhere/at/all/a.db":     "does not exist",
		"sqlite:////nowhere/at/all/a.db":  "does not exist",
		"sqlite:" + folder:                "is a folder",
		"sqlite:a.db?mode=ro":             "takes none",
		"sqlite:///a.db?cache=shared&a=b": "takes none",
		"file:a.db?mode=memory":           "takes none",
		"sqlite:///100%.db":               "percent-encoded",
		"sqlite:///a%00.db":               "zero byte",
		"postgres://u:hunter2@[::1:x/db":  "cannot be read",
		"postgres://u:hun ter2@host/db":   "cannot be read",
		"POSTGRES://u:hunter2@h:port/db":  "cannot be read",
	} {
		_, err := store.Open(t.Context(), url, store.Options{})
		require.ErrorContains(t, err, want, url)
		require.NotContains(t, err.Error(), "hun")
	}
}

func TestAReadOnlyFolderIsRefusedInWords(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere, so a read-only folder cannot be made")
	}
	folder := t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o500))
	_, err := store.Open(t.Context(), filepath.Join(folder, "a.db"), store.Options{})
	require.ErrorContains(t, err, "cannot be written to")
}

// TestANewerSchemaIsWorkedWithUntilItTakesSomethingAway goes back to a release
// before the one that changed the database.
func TestANewerSchemaIsWorkedWithUntilItTakesSomethingAway(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	open := func() error {
		s, err := store.Open(t.Context(), path, store.Options{Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			storetest.Sound(t, s)
			require.NoError(t, s.Close())
		}
		return err
	}
	change := func(statement string) {
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
	require.NoError(t, open())
	change(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, 1)`)
	require.NoError(t, open(), "it only added something")
	change(`UPDATE schema_reach SET oldest = 999999`)
	require.ErrorContains(t, open(), "start the newer treaty")
	change(`DROP TABLE schema_reach`)
	require.ErrorContains(t, open(), "start the newer treaty", "nobody says what it changed")
}

func TestAForeignFileIsNotADatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	require.NoError(t, os.WriteFile(path, []byte("these are my tax records, not a database at all, "+strings.Repeat("x", 4096)), 0o600))
	_, err := store.Open(t.Context(), path, store.Options{})
	require.ErrorContains(t, err, "not a database")
}

func TestVersionsRankBySemanticVersionIfSetSo(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, store.Options{OrderBySemver: true})
			service := usecase.New(s, kernel.Settings{OrderVersionsByDate: true})
			for _, number := range []string{"1.10.0", "1.9.0", "2.0.0-rc1", "odd", "2.0.0", "1.9"} {
				_, _, err := service.Registry.UpdateVersion(t.Context(), registry.VersionChange{Pacticipant: "Foo", Number: number})
				require.NoError(t, err)
			}
			found, err := service.Registry.ListVersions(t.Context(), registry.VersionQuery{Pacticipant: "Foo"})
			require.NoError(t, err)
			var numbers []string
			for _, v := range found.Items {
				numbers = append(numbers, v.Number)
			}
			require.Equal(t, []string{"2.0.0", "2.0.0-rc1", "1.10.0", "1.9", "1.9.0", "odd"}, numbers)
			storetest.Sound(t, s)
		})
	}
}
