package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/internal/chance"
)

// A transaction lets some of its rows wait until its end, and knows some of what
// it has written without asking. Neither may show. These tests play the same
// random steps on two stores: on one many steps in each transaction, on the
// other each step in a transaction of its own, where nothing waits and nothing
// is known. Every answer must be the same, and in the end every row.

// step is the use of one method of kernel.Tx. It returns what the method
// answered. What it needs it takes from what the player remembers, because
// looking it up would have the rows that wait written.
type step func(p *player, tx kernel.Tx) (any, error)

// nothing is what a step answers that has nothing to work on yet.
const nothing = "nothing to work on"

// steps are all of them, by method: those that write, those that read, and those
// of what MatrixFacts returns.
func steps() map[string]step {
	out := maps.Clone(writes)
	maps.Copy(out, reads)
	maps.Copy(out, factReads)
	return out
}

// player plays steps on a store and remembers what it has made there.
type player struct {
	*rand.Rand
	now   time.Time
	count int

	parties  []kernel.Pacticipant
	versions []kernel.Version
	branches []kernel.Branch
	contents []kernel.Content
	pacts    []kernel.PactPublication
	results  []kernel.Verification
	places   []kernel.Environment
	deployed []kernel.DeployedVersion
	released []kernel.ReleasedVersion
	rollouts []kernel.Rollout
	webhooks []kernel.Webhook
	firings  []kernel.TriggeredWebhook

	principals []kernel.Principal
	roles      []kernel.AccessRole
	tokens     []kernel.Token
	sessions   []kernel.Session
	devices    []kernel.DeviceLogin
	teams      []kernel.Team
	rules      []kernel.TrustRule
	secrets    []kernel.Secret

	// enqueued is what the job queue saw of rows that wait.
	enqueued []string
}

func newPlayer() *player {
	return &player{now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
}

func (p *player) id() string {
	p.count++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", p.count)
}

// roleNames are up to two roles of a principal.
func (p *player) roleNames() []string {
	return []string{"role one", "role two"}[:p.IntN(3)]
}

func (p *player) chance(percent int) bool { return p.IntN(100) < percent }

func (p *player) word(words ...string) string { return words[p.IntN(len(words))] }

// one picks one of what is remembered, the newest more often than not.
func one[T any](p *player, of []T) (value T, ok bool) {
	if len(of) == 0 {
		return value, false
	}
	if p.chance(75) {
		return of[len(of)-1], true
	}
	return of[p.IntN(len(of))], true
}

// some picks up to four.
func some[T any](p *player, of []T) []T {
	var out []T
	for range p.IntN(5) {
		if value, ok := one(p, of); ok {
			out = append(out, value)
		}
	}
	return out
}

func idsOf[T any](of []T, id func(T) int64) []int64 {
	out := make([]int64, len(of))
	for i, value := range of {
		out[i] = id(value)
	}
	return out
}

func versionID(v kernel.Version) int64      { return v.ID }
func partyID(v kernel.Pacticipant) int64    { return v.ID }
func contentID(v kernel.Content) int64      { return v.ID }
func pactID(v kernel.PactPublication) int64 { return v.ID }
func remember[T any](to *[]T, value T, is func(T) bool) {
	if i := slices.IndexFunc(*to, is); i >= 0 {
		(*to)[i] = value
		return
	}
	*to = append(*to, value)
}

// forgetGone leaves out what a deletion took along.
func (p *player) forgetGone(tx kernel.Tx) error {
	var err error
	gone := func(e error) bool {
		if e != nil && !kernel.IsNotFound(e) {
			err = e
		}
		return e != nil
	}
	p.parties = slices.DeleteFunc(p.parties, func(v kernel.Pacticipant) bool { _, e := tx.FindPacticipantByID(v.ID); return gone(e) })
	p.versions = slices.DeleteFunc(p.versions, func(v kernel.Version) bool { _, e := tx.FindVersionByID(v.ID); return gone(e) })
	p.branches = slices.DeleteFunc(p.branches, func(b kernel.Branch) bool {
		found, e := tx.FindBranch(b.Pacticipant.ID, b.Name)
		return gone(e) || found.ID != b.ID
	})
	p.contents = slices.DeleteFunc(p.contents, func(c kernel.Content) bool {
		found, e := tx.FindContent(c.ConsumerID, c.ProviderID, c.SHA)
		return gone(e) || found.ID != c.ID
	})
	p.pacts = slices.DeleteFunc(p.pacts, func(v kernel.PactPublication) bool {
		found, e := tx.FindPublication(v.ConsumerVersion.ID, v.Provider.ID)
		return gone(e) || found.ID != v.ID
	})
	p.results = slices.DeleteFunc(p.results, func(v kernel.Verification) bool { _, e := tx.FindVerificationByID(v.ID); return gone(e) })
	p.places = slices.DeleteFunc(p.places, func(v kernel.Environment) bool { _, e := tx.FindEnvironment(v.UUID); return gone(e) })
	left, e := tx.ListDeployedVersions(kernel.RecordFilter{})
	_ = gone(e)
	p.deployed = left
	open, e := tx.ListReleasedVersions(kernel.RecordFilter{})
	_ = gone(e)
	p.released = open
	p.webhooks = slices.DeleteFunc(p.webhooks, func(v kernel.Webhook) bool { _, e := tx.FindWebhook(v.UUID); return gone(e) })
	p.firings, e = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{})
	_ = gone(e)
	p.secrets = slices.DeleteFunc(p.secrets, func(v kernel.Secret) bool { _, e := tx.FindSecret(v.UUID); return gone(e) })
	p.principals = slices.DeleteFunc(p.principals, func(v kernel.Principal) bool { _, e := tx.FindPrincipal(v.UUID); return gone(e) })
	p.teams = slices.DeleteFunc(p.teams, func(v kernel.Team) bool { _, e := tx.FindTeam(v.UUID); return gone(e) })
	p.rules = slices.DeleteFunc(p.rules, func(v kernel.TrustRule) bool { _, e := tx.FindTrusted(v.UUID); return gone(e) })
	p.tokens = slices.DeleteFunc(p.tokens, func(v kernel.Token) bool { _, e := tx.FindToken(v.UUID); return gone(e) })
	p.roles, e = tx.ListRoles()
	_ = gone(e)
	return err
}

// play runs one step, decided by seed, and returns its answer as a text.
func (p *player) play(tx kernel.Tx, name string, seed uint64) (string, error) {
	p.Rand = rand.New(rand.NewPCG(seed, 0))
	p.now = p.now.Add(time.Duration(1+p.IntN(40)) * time.Second)
	answer, err := steps()[name](p, tx)
	if err != nil && !kernel.IsNotFound(err) {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	if err == nil && deletes(name) {
		err = p.forgetGone(tx)
		if err != nil {
			return "", err
		}
	}
	text, jsonErr := json.Marshal([]any{answer, p.enqueued})
	p.enqueued = nil
	return fmt.Sprintf("%s %v", text, kernel.CodeOf(err)), jsonErr
}

func deletes(name string) bool {
	return strings.HasPrefix(name, "Delete") || strings.HasPrefix(name, "Remove")
}

// move is a step that is to be played.
type move struct {
	name string
	seed uint64
}

// plan draws the steps of a game. Few delete, so that there is something to work
// on, and those that fill the store come more often.
func plan(r *rand.Rand, length int) []move {
	writing, reading := slices.Sorted(maps.Keys(writes)), slices.Sorted(maps.Keys(reads))
	reading = append(reading, slices.Sorted(maps.Keys(factReads))...)
	filling := []string{"EnsurePacticipant", "EnsureVersion", "EnsureVersion", "EnsureBranch", "AddToBranch", "AddToBranch", "AddTag", "AddTags", "EnsureContent", "AddPublication",
		"AddPublication", "AddVerification", "AddVerification", "TouchIntegration", "SavePacticipant"}
	// Each game likes some reads: what was read before a change must not be
	// remembered after it.
	r.Shuffle(len(reading), func(i, j int) { reading[i], reading[j] = reading[j], reading[i] })
	liked := reading[:6]
	build := []string{"AddToBranch", "AddToBranch", "AddPublication", "AddPublication", "AddVerification", "AddTag", "AddTags"}
	// What Foresee asks, and what makes its answers untrue.
	foreseen := []string{"FindPacticipants", "FindVersion", "FindBranch", "HasWebhooks", "MatchingWebhooks", "ProviderHasVerified", "ListDeployedVersions", "ListReleasedVersions",
		"FindContent", "TagsOf", "BranchesOf", "CountBranches", "CountTags", "FindPublication", "HasVerification", "EarlierContents", "ListPublications"}
	changing := []string{"SavePacticipant", "EnsureVersion", "SaveVersion", "EnsureBranch", "AddToBranch", "AddTag", "AddTags", "AddPublication", "AddVerification",
		"CreateWebhook", "SaveWebhook", "EnsureLabel", "RecordDeployment", "RecordRelease", "Lock"}
	var out []move
	add := func(name string) { out = append(out, move{name, r.Uint64()}) }
	for len(out) < length {
		switch n := r.IntN(100); {
		case n < 25:
			add(liked[r.IntN(len(liked))])
		case n < 35:
			add(reading[r.IntN(len(reading))])
		case n < 45:
			name := writing[r.IntN(len(writing))]
			if deletes(name) && r.IntN(3) > 0 || name == "DeleteAllIntegrations" && r.IntN(8) > 0 {
				name = "EnsureVersion"
			}
			add(name)
		case n < 55: // what a build does with a new version, in any order
			add("EnsureVersion")
			for range 2 + r.IntN(5) {
				add(build[r.IntN(len(build))])
				if r.IntN(3) == 0 {
					add(liked[r.IntN(len(liked))])
				}
			}
		case n < 62: // what a use case does that says what it will ask, and changes some of it
			add("Foresee")
			for range 2 + r.IntN(6) {
				if r.IntN(2) == 0 {
					add(changing[r.IntN(len(changing))])
				}
				add(foreseen[r.IntN(len(foreseen))])
			}
		default:
			add(filling[r.IntN(len(filling))])
		}
	}
	return out
}

// queue is an Options.Enqueue that notes what it is given. It leaves the rows of the
// broker alone, as the job queue does: they may wait.
func queue(p *player) func(context.Context, *sql.Tx, []kernel.TriggeredWebhook) error {
	return func(ctx context.Context, tx *sql.Tx, firings []kernel.TriggeredWebhook) error {
		var one int64
		if err := tx.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
			return err
		}
		for _, f := range firings {
			p.enqueued = append(p.enqueued, fmt.Sprint(f.UUID, " ", f.Event, " ", f.PublicationID, " ", f.VerificationID))
		}
		return nil
	}
}

// game plays moves on two stores and compares.
func game(t *testing.T, open storetest.Opener, options store.Options, seed uint64, length int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	moves := plan(r, length)
	together, apart := newPlayer(), newPlayer()
	options.Enqueue = queue(together)
	many := open(t, options)
	options.Enqueue = queue(apart)
	single := open(t, options)
	for len(moves) > 0 {
		part := moves[:min(len(moves), 1+r.IntN(40))]
		moves = moves[len(part):]
		var want []string
		for _, m := range part {
			require.NoError(t, single.Update(t.Context(), func(tx kernel.Tx) error {
				answer, err := apart.play(tx, m.name, m.seed)
				want = append(want, answer)
				return err
			}), "seed %d: %s", seed, m.name)
		}
		var played []string
		require.NoError(t, many.Update(t.Context(), func(tx kernel.Tx) error {
			for i, m := range part {
				answer, err := together.play(tx, m.name, m.seed)
				played = append(played, m.name)
				require.NoError(t, err, "seed %d: after %s in one transaction", seed, strings.Join(played, ", "))
				require.Equal(t, want[i], answer, "seed %d: after %s in one transaction, %s does not answer what it does when each has a transaction of its own",
					seed, strings.Join(played[:i], ", "), m.name)
			}
			return nil
		}), "seed %d: %s in one transaction", seed, strings.Join(played, ", "))
	}
	for _, table := range ownTables(t) {
		require.Equal(t, rowsOf(t, single, table), rowsOf(t, many, table), "seed %d: the rows of %s are not those that transactions of one step each leave", seed, table)
	}
	storetest.Sound(t, many)
}

// ownTables are the tables of the broker's own schema.
func ownTables(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, file := range []string{"0001_schema.sql", "0130_identity.sql", "0131_secrets.sql", "0132_audit.sql", "0133_teams.sql", "0134_trust.sql", "0135_people.sql", "0140_device_logins.sql", "0142_rollouts.sql"} {
		text, err := os.ReadFile(filepath.Join("migrations", "sqlite", file))
		require.NoError(t, err)
		for _, found := range createTable.FindAllStringSubmatch(string(text), -1) {
			if found[1] != "identity_change" { // its number is drawn
				out = append(out, found[1])
			}
		}
	}
	require.Greater(t, len(out), 20)
	return out
}

func rowsOf(t *testing.T, s *store.Store, table string) []string {
	t.Helper()
	rows, err := s.DB().QueryContext(t.Context(), "SELECT * FROM "+table)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var out []string
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range into {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		var text strings.Builder
		for i, value := range values {
			fmt.Fprintf(&text, "%s=%v ", columns[i], value)
		}
		out = append(out, text.String())
	}
	require.NoError(t, rows.Err())
	slices.Sort(out)
	return out
}

func TestWhatWaitsInATransactionDoesNotShow(t *testing.T) {
	t.Parallel()
	games := map[string]int{"sqlite": 30, "postgres": 3, "pgbouncer": 1}
	if storetest.Slow {
		games = map[string]int{"sqlite": 2, "postgres": 1, "pgbouncer": 1}
	}
	for name, open := range storetest.Databases() {
		for _, semver := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/by semantic version %t", name, semver), func(t *testing.T) {
				t.Parallel()
				first := chance.Seed(t, 0)
				for i := range games[name] {
					game(t, open, store.Options{OrderBySemver: semver}, first+uint64(i), 250)
				}
			})
		}
	}
}

// TestAGameMayBeginWithAnyStep: what a step needs may not be there yet, which a game
// that is drawn meets once in some hundred.
func TestAGameMayBeginWithAnyStep(t *testing.T) {
	t.Parallel()
	undo := errors.New("undo")
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p *player
			db := open(t, store.Options{Enqueue: func(ctx context.Context, tx *sql.Tx, firings []kernel.TriggeredWebhook) error {
				return queue(p)(ctx, tx, firings)
			}})
			for _, first := range slices.Sorted(maps.Keys(steps())) {
				for seed := range uint64(4) {
					err := db.Update(t.Context(), func(tx kernel.Tx) error {
						p = newPlayer()
						_, err := p.play(tx, first, seed)
						require.NoError(t, err, first)
						return undo
					})
					require.ErrorIs(t, err, undo, first)
				}
			}
		})
	}
}

// TestEveryMethodOfATransactionIsPlayed: a method that is added is added to the
// game.
func TestEveryMethodOfATransactionIsPlayed(t *testing.T) {
	t.Parallel()
	known := steps()
	for _, port := range []struct {
		of     reflect.Type
		prefix string
	}{{reflect.TypeFor[kernel.Tx](), ""}, {reflect.TypeFor[matrix.Reader](), "MatrixFacts."}} {
		for i := range port.of.NumMethod() {
			name := port.prefix + port.of.Method(i).Name
			if name != "MatrixFacts" { // whose methods are played
				require.Contains(t, known, name, "the game has no step for it")
			}
		}
	}
}
