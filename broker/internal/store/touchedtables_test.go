package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/store"
)

func TestWhatAStatementTouchesIsReadFromItsText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, query string
		tables      []string // nil: every table
		writes      bool
	}{
		{"a look-up", `SELECT b.id FROM branch b JOIN version v ON v.id = b.head_version_id`, []string{"branch", "version"}, false},
		{"a table in a condition", `SELECT 1 FROM content k WHERE EXISTS (SELECT 1 FROM content_state s WHERE s.content_id = k.id)`, []string{"content", "content_state"}, false},
		{"names that only begin alike", `SELECT branch_id, version_id FROM verification_currently`, []string{}, false},
		{"a lock", `SELECT 1 FROM version WHERE id = $1 FOR NO KEY UPDATE`, []string{"version"}, false},
		{"an insertion", `INSERT INTO tag (version_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`, []string{"tag"}, true},
		{"an insertion that reads", `WITH added AS (SELECT 1) INSERT INTO head_pact SELECT * FROM pact_current`, []string{"head_pact", "pact_current"}, true},
		{"a change", "UPDATE integration SET touched_at = 1", []string{"integration"}, true},
		{"names in quotes", "SELECT * FROM `environment` JOIN \"Branch\" ON TRUE", []string{"environment", "branch"}, false},
		{"a deletion, whose rows may take others along", `DELETE FROM label WHERE name = $1`, nil, true},
		{"a deletion within another statement", `WITH gone AS (DELETE FROM label) SELECT 1`, nil, true},
		{"what cannot be read", `PRAGMA foreign_keys = 0`, nil, true},
		{"what is not known", `MERGE INTO branch USING version ON TRUE`, nil, true},
		{"an empty text", ` `, []string{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tables, writes := store.Touches(tt.query)
			require.Equal(t, tt.writes, writes, "whether it writes")
			if tt.tables == nil {
				require.Equal(t, store.TablesOfCare(), tables, "it may touch everything")
				return
			}
			require.ElementsMatch(t, tt.tables, tables)
		})
	}
}

func TestWhetherAStatementWritesFactsIsReadFromItsText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		query string
		facts bool
	}{
		{`INSERT INTO verification (id) VALUES (1)`, true},
		{`INSERT INTO gate_answer (pacticipant, version) SELECT name, 1 FROM pacticipant`, false},
		{`INSERT INTO replica (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET beat = 2`, false},
		{`UPDATE branch SET name = 'a'`, true},
		{`UPDATE gate_answer SET version = 1`, false},
		{`SELECT id FROM version WHERE id = 1 FOR NO KEY UPDATE OF version`, false},
		{`SELECT id FROM version FOR UPDATE`, false},
		{`DELETE FROM tag WHERE id = 1`, true},
		{`DELETE FROM gate_answer WHERE id IN (SELECT id FROM version)`, false},
		{`WITH moved AS (UPDATE gate_answer SET times = 2) INSERT INTO tag (id) SELECT 1`, true},
		{`WITH gone AS (DELETE FROM gate_answer) INSERT INTO tag (id) SELECT 1`, true},
		{`TRUNCATE gate_answer`, true}, // it cannot be read
	} {
		require.Equal(t, tt.facts, store.WritesFacts(tt.query), tt.query)
	}
}

// TestNoTableChangesUnseen holds the schema to what reading a statement's text
// rests on: nothing but the statement itself and, for deletions, foreign keys
// changes a row.
func TestNoTableChangesUnseen(t *testing.T) {
	t.Parallel()
	hidden := regexp.MustCompile(`(?i)CREATE\s+(OR\s+REPLACE\s+)?(TEMP\w*\s+)?(TRIGGER|VIEW|RULE|FUNCTION|MATERIALIZED)|ON\s+UPDATE\s+(CASCADE|SET)`)
	table := regexp.MustCompile(`CREATE TABLE (?:IF NOT EXISTS )?(\w+)`)
	for _, dialect := range []string{"sqlite", "postgres"} {
		files, err := filepath.Glob(filepath.Join("migrations", dialect, "*.sql"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		made := map[string]bool{}
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Empty(t, hidden.FindAllString(string(text), -1), "%s: a statement's text would no longer say what it touches", file)
			for _, found := range table.FindAllStringSubmatch(string(text), -1) {
				made[found[1]] = true
			}
		}
		for _, name := range store.TablesOfCare() {
			require.True(t, made[name], "no migration of %s makes the table %s, which statements are searched for", dialect, name)
		}
	}
}
