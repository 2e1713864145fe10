package store_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store"
)

// TestMain looks at every statement that the tests of this package have run: none
// may wait for a row and read in the same breath what the row's lock keeps still
// (rule 1 of docs/writes.md). It would go on with the other rows as they were
// before it waited.
func TestMain(m *testing.M) {
	status := m.Run()
	for _, query := range store.StatementsSeen() {
		if why := readsWhatItWaitsFor(query); why != "" {
			fmt.Fprintf(os.Stderr, "%s: take the lock in a statement before this one:\n%s\n", why, query)
			status = 1
		}
	}
	os.Exit(status)
}

var (
	// waiting are what waits for a row which requests of others change too.
	waiting = regexp.MustCompile(`(?is)\b(?:UPDATE\s+(branch|tag_head|integration|content_state|version|pacticipant)\s+SET\b|INSERT\s+INTO\s+(branch|tag_head|integration|content_state|version|pacticipant)\b.*\bDO\s+UPDATE\b)`)
	// kept are reads of rows that these locks keep still.
	kept = regexp.MustCompile(`(?is)\b(?:FROM|JOIN)\s+(head_pact|pact_current|publication|branch_version|verification|verification_current|content_scope_success)\b`)
)

// readsWhatItWaitsFor says what does not belong together in a statement of several
// parts, and nothing about one that is right.
func readsWhatItWaitsFor(query string) string {
	if !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(query)), "WITH") {
		return ""
	}
	wait, read := waiting.FindString(query), kept.FindStringSubmatch(query)
	if wait != "" && read != nil {
		return fmt.Sprintf("it waits by %.40q and reads %s as it was before", wait, read[1])
	}
	return ""
}

func TestStatementsThatReadWhatTheyWaitForAreFound(t *testing.T) {
	t.Parallel()
	for query, wrong := range map[string]bool{
		`WITH moved AS (UPDATE branch SET head_version_id = $1 RETURNING id) DELETE FROM head_pact WHERE ref_id IN (SELECT id FROM moved)`: true,
		`WITH moved AS (INSERT INTO tag_head (name) SELECT name FROM tag ON CONFLICT (name) DO UPDATE SET version_id = 1 RETURNING id),
			gone AS (DELETE FROM head_pact WHERE ref_id IN (SELECT id FROM moved)) SELECT 1`: true,
		`WITH moved AS (UPDATE branch SET head_seq = head_seq + 1 RETURNING head_seq) INSERT INTO branch_version (seq) VALUES ((SELECT head_seq FROM moved))`:   false,
		`WITH gone AS (DELETE FROM head_pact WHERE kind = 1) INSERT INTO head_pact (kind) SELECT 1 FROM pact_current ON CONFLICT (kind) DO UPDATE SET kind = 1`: false,
		`UPDATE branch SET head_version_id = 1`: false,
	} {
		require.Equal(t, wrong, readsWhatItWaitsFor(query) != "", query)
	}
}
