package usecase_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// race is two requests that meet. docs/writes.md names each, beside the use cases
// that it is about.
type race struct {
	name string
	// hold locks rows from outside until both requests wait for them, or for each
	// other. So they meet for sure, the first before the second.
	hold          string
	settings      func(*kernel.Settings)
	options       store.Options
	given         func(w *world)
	first, second func(w *world) error
	// then says how it has to end, whichever request was faster: of two that cannot
	// both be, one is refused by an error.
	then func(w *world, first, second error)
	// inOrder says what more has to hold where the first was faster.
	inOrder func(w *world, first, second error)
}

func races() []race {
	var all []race
	for _, some := range [][]race{racesOfRegistry(), racesOfPlaces(), racesOfRollouts(), racesOfPublications(), racesOfDeletions(), racesOfResults(), racesOfWebhooks(), racesOfIdentity(), racesOfTrust(), racesOfLogins(), racesOfDevices(), racesOfSecrets(), racesOfNames(), racesOfForms(), racesOfAudit(), racesOfCleanUp()} {
		all = append(all, some...)
	}
	return all
}

// Each test forces the races of a subject on PostgreSQL, where requests write
// beside each other, and lets them run beside each other on SQLite, where one
// writes at a time.

func TestRequestsAboutApplicationsMeet(t *testing.T) { t.Parallel(); meet(t, racesOfRegistry()) }
func TestRequestsAboutEnvironmentsMeet(t *testing.T) { t.Parallel(); meet(t, racesOfPlaces()) }
func TestRolloutsMeet(t *testing.T)                  { t.Parallel(); meet(t, racesOfRollouts()) }
func TestRequestsAboutPublicationsMeet(t *testing.T) { t.Parallel(); meet(t, racesOfPublications()) }
func TestRequestsMeetDeletionsOfPairs(t *testing.T)  { t.Parallel(); meet(t, racesOfDeletions()) }
func TestRequestsAboutResultsMeet(t *testing.T)      { t.Parallel(); meet(t, racesOfResults()) }
func TestRequestsAboutWebhooksMeet(t *testing.T)     { t.Parallel(); meet(t, racesOfWebhooks()) }
func TestRequestsAboutAccountsMeet(t *testing.T)     { t.Parallel(); meet(t, racesOfIdentity()) }
func TestRequestsAboutTrustMeet(t *testing.T)        { t.Parallel(); meet(t, racesOfTrust()) }
func TestLoginsMeet(t *testing.T)                    { t.Parallel(); meet(t, racesOfLogins()) }
func TestLoginsAtTerminalsMeet(t *testing.T)         { t.Parallel(); meet(t, racesOfDevices()) }
func TestRequestsAboutSecretsMeet(t *testing.T)      { t.Parallel(); meet(t, racesOfSecrets()) }
func TestRequestsForOneNameMeet(t *testing.T)        { t.Parallel(); meet(t, racesOfNames()) }
func TestFormsThatComeTwiceMeet(t *testing.T)        { t.Parallel(); meet(t, racesOfForms()) }
func TestRequestsAboutTheRecordMeet(t *testing.T)    { t.Parallel(); meet(t, racesOfAudit()) }
func TestRequestsMeetTheCleanUp(t *testing.T)        { t.Parallel(); meet(t, racesOfCleanUp()) }

func meet(t *testing.T, races []race) {
	t.Helper()
	for _, r := range races {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			storetest.OnShared(t, r.options, r.forced)
		})
		t.Run("sqlite/"+r.name, func(t *testing.T) {
			t.Parallel()
			r.onSQLite(t)
		})
	}
}

// forced forces the race. What is derived from rows is compared with these in
// the end.
func (r race) forced(t *testing.T, db *store.Store) {
	t.Helper()
	w := r.world(t, db)
	first, second := r.force(w)
	r.then(w, first, second)
	if r.inOrder != nil {
		r.inOrder(w, first, second)
	}
	storetest.Sound(t, db)
}

// onSQLite leaves the order to chance.
func (r race) onSQLite(t *testing.T) {
	t.Helper()
	for range 2 {
		db := storetest.SQLite(t, r.options)
		w := r.world(t, db)
		first, second := begin(w, r.first), begin(w, r.second)
		r.then(w, <-first, <-second)
		storetest.Sound(t, db)
	}
}

func (r race) world(t *testing.T, db *store.Store) *world {
	t.Helper()
	settings := kernel.DefaultSettings()
	settings.CheckSimilarNames = false
	if r.settings != nil {
		r.settings(&settings)
	}
	w := &world{T: t, db: db, All: usecase.New(db, settings), now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	w.Now = func() time.Time { return w.now }
	if r.given != nil {
		r.given(w)
	}
	return w
}

// begin runs a request beside others.
func begin(w *world, request func(*world) error) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- request(w) }()
	return ended
}

// force runs both requests so that they meet.
func (r race) force(w *world) (first, second error) {
	w.Helper()
	ctx := context.WithoutCancel(w.Context())
	outside, err := w.db.DB().BeginTx(ctx, nil)
	require.NoError(w, err)
	defer func() { _ = outside.Rollback() }()
	_, err = outside.ExecContext(ctx, r.hold)
	require.NoError(w, err)
	ended := make([]<-chan error, 2)
	for i, request := range []func(*world) error{r.first, r.second} {
		ended[i] = begin(w, request)
		w.untilBlocked(outside, i+1, ended[i])
	}
	require.NoError(w, outside.Rollback())
	return <-ended[0], <-ended[1]
}

// untilBlocked waits until so many requests wait for the transaction, or for one
// another behind it. One that has ended waits for nobody.
func (w *world) untilBlocked(outside *sql.Tx, want int, ended <-chan error) {
	w.Helper()
	var holder, blocked int
	require.NoError(w, outside.QueryRowContext(w.Context(), `SELECT pg_backend_pid()`).Scan(&holder))
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		require.NoError(w, w.db.DB().QueryRowContext(w.Context(), `WITH RECURSIVE waiting (pid) AS (SELECT $1::int
			UNION SELECT a.pid FROM pg_stat_activity a JOIN waiting w ON w.pid = ANY (pg_blocking_pids(a.pid)) WHERE a.wait_event_type = 'Lock')
			SELECT count(*) - 1 FROM waiting`, holder).Scan(&blocked))
		if blocked >= want || len(ended) > 0 {
			return
		}
		if time.Now().After(deadline) {
			require.FailNow(w, "the requests do not meet", "%d of them wait", blocked)
		}
	}
}

// text reads one value from the database.
func (w *world) text(query string) string {
	w.Helper()
	var out sql.NullString
	require.NoError(w, w.db.DB().QueryRowContext(w.Context(), query).Scan(&out), query)
	return out.String
}

func (w *world) count(query string) int {
	w.Helper()
	var n int
	require.NoError(w, w.db.DB().QueryRowContext(w.Context(), `SELECT COUNT(*) FROM `+query).Scan(&n), query)
	return n
}

// versionLock locks the version with a number.
func versionLock(number string) string {
	return fmt.Sprintf(`SELECT 1 FROM version WHERE number = '%s' FOR NO KEY UPDATE`, number)
}

const (
	appLock         = `SELECT 1 FROM pacticipant FOR NO KEY UPDATE`
	branchLock      = `SELECT 1 FROM branch FOR NO KEY UPDATE`
	stateLock       = `SELECT 1 FROM content_state FOR UPDATE`
	integrationLock = `SELECT 1 FROM integration FOR NO KEY UPDATE`
	environmentLock = `SELECT 1 FROM environment FOR UPDATE`
)

// bothDone is the end of two requests that have nothing against each other.
func bothDone(w *world, first, second error) {
	w.Helper()
	require.NoError(w, first)
	require.NoError(w, second)
}

// doneOr fails the test unless a request succeeded or was refused by one of the
// codes.
func doneOr(w *world, err error, codes ...kernel.Code) {
	w.Helper()
	if err != nil {
		require.Contains(w, codes, kernel.CodeOf(err), "%v", err)
	}
}

var raceName = regexp.MustCompile(`\*([^*|]+)\*`)

// TestEveryRaceStandsInTheTable: who adds a write path names its races there, and
// who takes a race away leaves no name behind.
func TestEveryRaceStandsInTheTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/writes.md")
	require.NoError(t, err)
	named, forced := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) == 7 && strings.Contains(cells[1], "`") {
			names := raceName.FindAllStringSubmatch(cells[5], -1)
			require.True(t, len(names) > 0 || strings.HasPrefix(cells[5], " none"), "no race, and not said why: %s", line)
			for _, name := range names {
				named[name[1]] = true
			}
		}
	}
	for _, r := range races() {
		require.False(t, forced[r.name], "two races are called %q", r.name)
		forced[r.name] = true
	}
	require.Equal(t, forced, named, "docs/writes.md and the races are not about the same")
}
