// Package storetest is the meaning of the port kernel.Store as one suite, run
// on every database that the store supports.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
)

// PostgresVariable names the variable that holds the URL of a PostgreSQL
// database in which the tests may create schemas.
const PostgresVariable = "TREATY_TEST_POSTGRES_URL"

// Opener returns a store on an empty database of its own, closed when the test
// ends.
type Opener func(t testing.TB, options store.Options) *store.Store

// Databases returns an Opener for each database at hand, by name. PostgreSQL is
// at hand if PostgresVariable is set, and behind PgBouncer if PgBouncerVariable is.
func Databases() map[string]Opener {
	out := map[string]Opener{"sqlite": SQLite}
	if os.Getenv(PostgresVariable) != "" {
		out["postgres"] = Postgres
	}
	if os.Getenv(PgBouncerVariable) != "" {
		out["pgbouncer"] = PgBouncer
	}
	return out
}

// Plain is Databases without the one behind PgBouncer, which is made anew for each test:
// for rules that no pooler has a part in.
func Plain() map[string]Opener {
	out := Databases()
	delete(out, "pgbouncer")
	return out
}

// SQLite is an Opener.
func SQLite(t testing.TB, options store.Options) *store.Store {
	t.Helper()
	return open(t, "sqlite::memory:", options)
}

// Postgres is an Opener: each store has a schema of its own.
func Postgres(t testing.TB, options store.Options) *store.Store {
	t.Helper()
	if options.MaxConnections == 0 {
		options.MaxConnections = 8
	}
	return open(t, PostgresSchema(t), options)
}

// PostgresSchema makes an empty schema and returns the URL of the database with it.
func PostgresSchema(t testing.TB) string {
	t.Helper()
	base := os.Getenv(PostgresVariable)
	if base == "" {
		t.Skipf("%s is not set: it names a PostgreSQL database for tests", PostgresVariable)
	}
	schema := ownName()
	prepare(t, base, "CREATE SCHEMA "+schema, "DROP SCHEMA "+schema+" CASCADE")
	u, err := url.Parse(base)
	require.NoError(t, err)
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

// ownName is a name that no other test has.
func ownName() string { return "test_" + strings.ReplaceAll(uuid.NewString(), "-", "") }

// prepare makes a place on a server for a test, and takes it away at its end.
func prepare(t testing.TB, server, create, drop string) {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	require.NoError(t, err)
	_, err = admin.ExecContext(t.Context(), create)
	require.NoError(t, err)
	t.Cleanup(func() {
		// The test's context has ended by now.
		_, err := admin.ExecContext(context.Background(), drop)
		require.NoError(t, err)
		require.NoError(t, admin.Close())
	})
}

func open(t testing.TB, address string, options store.Options) *store.Store {
	t.Helper()
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.StatementTimeout == 0 {
		options.StatementTimeout = statementTimeout
	}
	s, err := store.Open(t.Context(), address, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// Sound fails the test if a derived table differs from history.
func Sound(t testing.TB, s *store.Store) {
	t.Helper()
	problems, err := s.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, problems)
}

// Run plays the suite on fresh databases.
func Run(t *testing.T, open Opener) {
	for name, test := range map[string]func(*testing.T, *world){
		"names are found or created once":                   testPacticipants,
		"new versions get everything in one transaction":    testNewVersions,
		"versions rank by when they were first seen":        testVersionOrder,
		"a branch's head is the version added last":         testBranchHeads,
		"a tag's head is the latest version with it":        testTagHeads,
		"the newest revision is the current pact":           testPublications,
		"publications are found by every selector":          testPublicationFilters,
		"the newest result of a version counts":             testVerifications,
		"results count for branches and tags added later":   testLateScopes,
		"deleting takes along what depends":                 testDeletions,
		"an environment's slot holds one version":           testDeployments,
		"a rollout has two versions live":                   testRollouts,
		"records meet a rollout that runs":                  testRecordsBesideRollouts,
		"rollouts are listed":                               testListsOfRollouts,
		"an older release meets a rollout":                  testOlderReleasesBesideRollouts,
		"releases stand side by side":                       testReleases,
		"an environment tells its history in order":         testPlaceHistory,
		"what happened in an environment is told in order":  testPlaceHistory,
		"webhooks match by name, label or nothing":          testWebhookMatching,
		"firings outlive their webhook":                     testTriggeredWebhooks,
		"how the deliveries of webhooks go":                 testWebhookStates,
		"what goes with something that is deleted":          testWhatGoesWithSomething,
		"what came of work":                                 testWhatCameOfWork,
		"a failed update leaves nothing":                    testRollback,
		"a view does not see what is written meanwhile":     testSnapshot,
		"metrics count":                                     testMetrics,
		"pages and searches cover every name":               testPages,
		"what is overwritten or orphaned can be deleted":    testRetention,
		"a run of a webhook that a newer one replaced goes": testFiringsReplaced,
		"integrations know their latest pact":               testIntegrations,
		"what happened last is told, newest first":          testHappenings,
		"a panic reaches the caller and undoes its update":  testPanic,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{T: t, store: open(t, store.Options{}), now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
			test(t, w)
			Sound(t, w.store)
		})
	}
}

// world is a database with short words for filling it.
type world struct {
	*testing.T
	store *store.Store
	now   time.Time
	count int
}

// tick returns the next moment.
func (w *world) tick() time.Time {
	w.now = w.now.Add(time.Second)
	return w.now
}

func (w *world) id() string {
	w.count++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", w.count)
}

func (w *world) update(fn func(tx kernel.Tx)) {
	w.Helper()
	require.NoError(w, w.store.Update(w.Context(), func(tx kernel.Tx) error {
		fn(tx)
		return nil
	}))
}

func (w *world) view(fn func(tx kernel.Tx)) {
	w.Helper()
	require.NoError(w, w.store.View(w.Context(), func(tx kernel.Tx) error {
		fn(tx)
		return nil
	}))
}

func (w *world) party(tx kernel.Tx, name string) kernel.Pacticipant {
	p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, DisplayName: name, CreatedAt: w.now})
	require.NoError(w, err)
	return p
}

func (w *world) version(tx kernel.Tx, name, number string) kernel.Version {
	v, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: w.party(tx, name).Party(), Number: number, CreatedAt: w.tick()})
	require.NoError(w, err)
	return v
}

func (w *world) branch(tx kernel.Tx, v kernel.Version, name string) kernel.Branch {
	b, _, err := tx.EnsureBranch(v.Pacticipant.ID, name, w.tick())
	require.NoError(w, err)
	_, err = tx.AddToBranch(b, v, false, w.now)
	require.NoError(w, err)
	b, err = tx.FindBranch(v.Pacticipant.ID, name)
	require.NoError(w, err)
	return b
}

func (w *world) tag(tx kernel.Tx, v kernel.Version, name string) {
	_, _, err := tx.AddTag(v, name, w.tick())
	require.NoError(w, err)
}

// pact publishes content, a word, as the pact of v with the provider.
func (w *world) pact(tx kernel.Tx, v kernel.Version, provider, content string) kernel.PactPublication {
	r := w.party(tx, provider)
	packed, err := kernel.PackBody([]byte(`{"content":"` + content + `"}`))
	require.NoError(w, err)
	id, _, err := tx.EnsureContent(kernel.Content{
		ConsumerID: v.Pacticipant.ID, ProviderID: r.ID, SHA: content, Interactions: 2, Messages: 1, CreatedAt: w.now, Packed: packed,
	})
	require.NoError(w, err)
	p, err := tx.AddPublication(kernel.NewPublication{Version: v, Provider: r.Party(), ContentID: id, At: w.tick()})
	require.NoError(w, err)
	return p
}

func (w *world) result(tx kernel.Tx, p kernel.PactPublication, number string, success bool) kernel.Verification {
	v := w.version(tx, p.Provider.Name, number)
	f, err := tx.AddVerification(kernel.NewVerification{
		ContentID: p.ContentID, ProviderVersion: v, Success: success, ExecutedAt: w.now.Add(-time.Minute), At: w.tick(),
	})
	require.NoError(w, err)
	return f
}

func (w *world) environment(tx kernel.Tx, name string) kernel.Environment {
	e, err := tx.FindEnvironmentByName(name)
	if kernel.IsNotFound(err) {
		e, err = tx.CreateEnvironment(kernel.Environment{UUID: w.id(), Name: name, DisplayName: name, CreatedAt: w.now})
	}
	require.NoError(w, err)
	return e
}

func (w *world) notFound(err error) {
	w.Helper()
	require.Equal(w, kernel.CodeNotFound, kernel.CodeOf(err), "%v", err)
}
