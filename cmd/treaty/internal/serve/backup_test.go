package serve_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

func TestADatabaseIsBackedUpWhileItsBrokerRunsAndRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")))
	s.Dir = dir
	s.Pact("Foo", "Bar", "x")
	s.Must("publish Foo-Bar.json -a 1 --branch main")
	require.Contains(t, s.Must("backup --to copy.db"), "Wrote copy.db")
	s.Must("publish Foo-Bar.json -a 2 --branch main")
	require.Contains(t, s.Must("restore --from copy.db --database sqlite:again.db"), "Restored copy.db")

	again := commandtest.Open(t, func(o *broker.Options) { o.Database = filepath.Join(dir, "again.db") })
	require.Equal(t, "1\n", again.Must("describe-version -a Foo --output id"), "as it was when the copy was made")
	require.Equal(t, "2\n", s.Must("describe-version -a Foo --output id"))
}

func TestARefusedCopyIsExplained(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")))
	s.Dir = dir
	s.File("notes.txt", strings.Repeat("no database ", 100))
	for _, tt := range []struct{ line, says, next string }{
		{"backup --to notes.txt", "exists already", "name another file"},
		{"backup --to missing/copy.db", "missing", "a folder that exists"},
		{"backup --database sqlite:none.db", "not a database of a broker", "the file that the broker uses"},
		{"backup --database postgres://me:secret@db/x", "pg_dump", "pg_dump"},
		{"restore --from notes.txt --database other.db", "not a database of a broker", "that backup wrote"},
		{"restore --from treaty.db", "exists already", "stop the broker and move this one away"},
		{"restore", "--from must be given", "--help"},
	} {
		got := s.Run(tt.line)
		require.Equal(t, 1, got.Status, tt.line)
		require.Contains(t, got.Stderr, tt.says, tt.line)
		require.Contains(t, got.Stderr, tt.next, tt.line)
		require.NotContains(t, got.Stderr, "secret")
	}
}
