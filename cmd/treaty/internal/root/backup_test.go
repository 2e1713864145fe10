package root_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/app"
	"github.com/treatyhq/treaty/broker/brokertest"
)

func TestADatabaseIsBackedUpWhileItsBrokerRunsAndRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openShop(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")))
	s.dir = dir
	s.pact("Foo", "Bar", "x")
	s.must("publish Foo-Bar.json -a 1 --branch main")
	require.Contains(t, s.must("backup --to copy.db"), "Wrote copy.db")
	s.must("publish Foo-Bar.json -a 2 --branch main")
	require.Contains(t, s.must("restore --from copy.db --database sqlite:again.db"), "Restored copy.db")

	again := openShop(t, func(o *app.Options) { o.Database = filepath.Join(dir, "again.db") })
	require.Equal(t, "1\n", again.must("describe-version -a Foo --output id"), "as it was when the copy was made")
	require.Equal(t, "2\n", s.must("describe-version -a Foo --output id"))
}

func TestARefusedCopyIsExplained(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openShop(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")))
	s.dir = dir
	s.file("notes.txt", strings.Repeat("no database ", 100))
	for _, tt := range []struct{ line, says, next string }{
		{"backup --to notes.txt", "exists already", "name another file"},
		{"backup --to missing/copy.db", "missing", "a folder that exists"},
		{"backup --database sqlite:none.db", "no database of a broker", "the file that the broker uses"},
		{"backup --database postgres://me:secret@db/x", "pg_dump", "pg_dump"},
		{"restore --from notes.txt --database other.db", "no database of a broker", "that backup wrote"},
		{"restore --from treaty.db", "exists already", "stop the broker and move this one away"},
		{"restore", "--from must be given", "--help"},
	} {
		got := s.Run(tt.line)
		require.Equal(t, 1, got.status, tt.line)
		require.Contains(t, got.stderr, tt.says, tt.line)
		require.Contains(t, got.stderr, tt.next, tt.line)
		require.NotContains(t, got.stderr, "secret")
	}
}
