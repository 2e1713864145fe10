package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestAReplicaThatRunsStopsWhereTheSchemaGoesOnWithoutIt has a newer release take
// something away while a replica of this one runs.
func TestAReplicaThatRunsStopsWhereTheSchemaGoesOnWithoutIt(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t, store.Options{MaxConnections: 4})
	ensure := func(name string) error {
		return db.Update(t.Context(), func(tx kernel.Tx) error {
			_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, CreatedAt: time.Now()})
			return err
		})
	}
	view := func() error { return db.View(t.Context(), func(tx kernel.Tx) error { return tx.Ping() }) }
	require.NoError(t, ensure("Before"))

	// The migration waits for a request that has begun, and that one ends well.
	began, goOn, wrote := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		wrote <- db.Update(t.Context(), func(tx kernel.Tx) error {
			if _, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Meanwhile", CreatedAt: time.Now()}); err != nil {
				return err
			}
			close(began)
			<-goOn
			_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Meanwhile too", CreatedAt: time.Now()})
			return err
		})
	}()
	<-began
	migrated := make(chan error, 1)
	go func() {
		tx, err := db.DB().BeginTx(t.Context(), nil)
		if err == nil {
			_, err = tx.ExecContext(t.Context(), `LOCK TABLE schema_reach IN ACCESS EXCLUSIVE MODE`)
		}
		if err == nil {
			_, err = tx.ExecContext(t.Context(), `UPDATE schema_reach SET oldest = 999999`)
		}
		if err == nil {
			err = tx.Commit()
		}
		migrated <- err
	}()
	require.Eventually(t, func() bool {
		var waiting int
		require.NoError(t, db.DB().QueryRowContext(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'schema_reach'::regclass`).Scan(&waiting))
		return waiting == 1
	}, 10*time.Second, 10*time.Millisecond, "the migration does not wait")
	close(goOn)
	require.NoError(t, <-wrote)
	require.NoError(t, <-migrated)

	_, beat := db.Beat(t.Context(), "this")
	for what, err := range map[string]error{"write": ensure("After"), "read": view(), "live": beat} {
		require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(err), what)
		require.Equal(t, kernel.ReasonOutdated, kernel.ReasonOf(err), what)
	}
	var names int
	require.NoError(t, db.DB().QueryRowContext(t.Context(), `SELECT count(*) FROM pacticipant`).Scan(&names))
	require.Equal(t, 3, names)
}

// takesAway are statements after which a treaty of the release before may not find
// what it needs, or may write what this one does not expect.
var takesAway = regexp.MustCompile(`(?i)\b(DROP\s+(TABLE|COLUMN|VIEW|FUNCTION)|RENAME\s|SET\s+NOT\s+NULL|ALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE|ADD\s+CONSTRAINT|CREATE\s+UNIQUE\s+INDEX)`)

// newColumn is a column that an older release leaves out of its INSERTs.
var newColumn = regexp.MustCompile(`(?i)\bADD\s+COLUMN\s[^,;]*`)

// TestAMigrationThatTakesAwaySaysWhoIsLeftBehind holds docs/decisions/0019: what
// takes something away locks schema_reach, so that running replicas are done, and
// raises it.
func TestAMigrationThatTakesAwaySaysWhoIsLeftBehind(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/*/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		number, err := strconv.Atoi(filepath.Base(file)[:4])
		require.NoError(t, err)
		if number <= 110 {
			continue // before anybody could run two releases
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Empty(t, leavesBehind(string(text), strings.Contains(file, "postgres")), file)
		if number > 115 { // no release is older
			require.Empty(t, slowsDown(string(text)), file)
		}
	}
}

// leavesBehind returns what is wrong with a migration.
func leavesBehind(migration string, postgres bool) string {
	up, _, _ := strings.Cut(migration, "-- +goose Down")
	up = regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(up, "")
	found := takesAway.FindString(up)
	for _, column := range newColumn.FindAllString(up, -1) {
		if words := strings.ToUpper(column); strings.Contains(words, "NOT NULL") && !strings.Contains(words, "DEFAULT") {
			found = column
		}
	}
	if found == "" {
		return ""
	}
	lock, raise, first := strings.Index(up, "LOCK TABLE schema_reach IN ACCESS EXCLUSIVE MODE"), strings.Index(up, "UPDATE schema_reach SET oldest"), strings.Index(up, found)
	switch {
	case raise < 0:
		return found + " without UPDATE schema_reach SET oldest = …"
	case postgres && (lock < 0 || lock > first):
		return found + " before LOCK TABLE schema_reach IN ACCESS EXCLUSIVE MODE"
	}
	return ""
}

var (
	droppedIndex = regexp.MustCompile(`(?i)\bDROP\s+INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+EXISTS\s+)?(\w+)`)
	unusedSince  = regexp.MustCompile(`(?m)^-- unused since schema \d+$`)
)

// slowsDown returns an index that a migration takes away, for good, without saying since
// when no statement needs it.
func slowsDown(migration string) string {
	up, _, _ := strings.Cut(migration, "-- +goose Down")
	for _, drop := range droppedIndex.FindAllStringSubmatch(up, -1) {
		made := regexp.MustCompile(`(?i)\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?` + drop[1] + `\b`)
		if !made.MatchString(up) && !unusedSince.MatchString(up) {
			return drop[0] + " without a line: -- unused since schema …"
		}
	}
	return ""
}

func TestAnIndexThatIsTakenAwayIsFound(t *testing.T) {
	t.Parallel()
	for migration, wrong := range map[string]bool{
		"DROP INDEX a_b;":                                         true,
		"DROP INDEX CONCURRENTLY IF EXISTS a_b;":                  true,
		"-- unused since schema 120\nDROP INDEX a_b;":             false,
		"DROP INDEX a_b; CREATE INDEX a_b ON a (b);":              false,
		"DROP INDEX a_b; CREATE INDEX a_bc ON a (b);":             true,
		"CREATE INDEX a_b ON a (b);":                              false,
		"CREATE INDEX x ON a (b);\n-- +goose Down\nDROP INDEX x;": false,
	} {
		require.Equal(t, wrong, slowsDown(migration) != "", migration)
	}
}

func TestWhatTakesAwayIsFound(t *testing.T) {
	t.Parallel()
	const lock, raise = "LOCK TABLE schema_reach IN ACCESS EXCLUSIVE MODE;\n", "UPDATE schema_reach SET oldest = 120;\n"
	for migration, wrong := range map[string]bool{
		"CREATE TABLE a (b TEXT NOT NULL);":                    false,
		"ALTER TABLE a ADD COLUMN b TEXT;":                     false,
		"ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT '';": false,
		"ALTER TABLE a ADD COLUMN b TEXT NOT NULL;":            true,
		"CREATE INDEX a_b ON a (b); DROP INDEX a_c;":           false,
		"ALTER TABLE a DROP COLUMN b;":                         true,
		"ALTER TABLE a RENAME COLUMN b TO c;":                  true,
		"ALTER TABLE a ALTER COLUMN b TYPE BIGINT;":            true,
		"ALTER TABLE a ALTER COLUMN b SET NOT NULL;":           true,
		"drop table a;": true,
		"-- DROP TABLE a is for the next release\nSELECT 1;":      false,
		"CREATE TABLE a (b TEXT);\n-- +goose Down\nDROP TABLE a;": false,
		lock + "DROP TABLE a;\n" + raise:                          false,
		"DROP TABLE a;\n" + lock + raise:                          true,
		lock + "DROP TABLE a;":                                    true,
		"CREATE UNIQUE INDEX a_b ON a (b);":                       true,
		"ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0);":           true,
		"ALTER TABLE a ADD COLUMN b BIGINT DEFAULT 0 NOT NULL;":   false,
	} {
		require.Equal(t, wrong, leavesBehind(migration, true) != "", migration)
	}
}
