package usecase_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// A result asks for its number ahead, with the lock of a version that is not there
// yet. Once others have made the version, and verified by it, the number is drawn
// again: the one that is written last has to have the greatest.
func TestAResultIsNumberedOnceItsVersionIsLocked(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{}, func(t *testing.T, db *store.Store) {
		w := race{given: func(w *world) { w.do(w.pact("Shop", "1", "Stock", "x")) }}.world(t, db)
		sha := w.sha()
		others, err := db.DB().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		w.do(w.result("p1", true)) // so that the next has all its statements prepared, on the same connection
		defer func() { _ = others.Rollback() }()
		do := func(query string) {
			_, err := others.ExecContext(t.Context(), query)
			require.NoError(t, err, query)
		}
		// The result waits here after it has asked for the version and the number.
		do(`LOCK TABLE pact_current IN ACCESS EXCLUSIVE MODE`)
		ended := begin(w, func(w *world) error { return w.resultFor(sha, "p2", false) })
		w.untilBlocked(others, 1, ended)
		do(`INSERT INTO version (pacticipant_id, number, ord, created_at, updated_at)
			SELECT pacticipant_id, 'p2', 0, created_at, updated_at FROM version WHERE number = 'p1'`)
		do(`INSERT INTO verification (content_id, provider_version_id, success, wip, pending, build_url, executed_at, created_at, telling)
			SELECT f.content_id, v.id, true, f.wip, f.pending, f.build_url, f.executed_at, f.created_at, f.telling FROM verification f, version v WHERE v.number = 'p2'`)
		do(`INSERT INTO verification_current (content_id, provider_version_id, verification_id, success)
			SELECT content_id, provider_version_id, id, success FROM verification ORDER BY id DESC LIMIT 1`)
		do(`UPDATE content_state SET latest_verification_id = (SELECT max(id) FROM verification)`)
		require.NoError(t, others.Commit())
		require.NoError(t, <-ended)
		storetest.Sound(t, db)
		require.Equal(t, "false", w.text(`SELECT success FROM verification ORDER BY id DESC LIMIT 1`), "the last one counts")
	})
}
