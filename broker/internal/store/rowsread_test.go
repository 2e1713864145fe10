package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// A request must not cost more for a history that is four times as long. These two
// differ in nothing but length.
var (
	shortHistory = scale.Size{Applications: 60, Results: 4000, Contents: 400, Versions: 4800, TagEvery: 1}
	longHistory  = scale.Size{Applications: 60, Results: 16000, Contents: 400, Versions: 19200, TagEvery: 1}
)

// question is one that is asked all the time, or by whoever looks at a page.
type question struct {
	name string
	ask  func(ctx context.Context, service *usecase.All, size scale.Size) error
}

func questions() []question {
	const consumer, provider = "app-0004", scale.ProviderOfFifty
	var out []question
	add := func(name string, ask func(context.Context, *usecase.All, scale.Size) error) {
		out = append(out, question{name, ask})
	}
	for name, q := range map[string]kernel.PactQuery{
		"the latest pact":                {Latest: true},
		"the latest pact with a tag":     {Tag: "prod"},
		"the latest pact with no tag":    {Tag: "nowhere"},
		"the latest pact of a branch":    {Branch: scale.Branch},
		"the latest pact of an old one":  {Branch: "feature-5"},
		"the latest pact of no branch":   {Branch: "nowhere"},
		"the pact of a version":          {Version: "newest"},
		"the pact of an early version":   {Version: "1.7.0"},
		"the pact of a version, by text": {SHA: "0000000000000000000000000000000000000001"},
	} {
		q.Consumer, q.Provider = consumer, provider
		add(name, func(ctx context.Context, s *usecase.All, size scale.Size) error {
			if q.Version == "newest" {
				q.Version = scale.NewestNumber(size)
			}
			_, err := s.Publish.FindPact(ctx, q)
			return kernel.IgnoreNotFound(err)
		})
	}
	for name, q := range map[string]kernel.PactListQuery{
		"the newest pacts of a consumer":    {Consumer: consumer, Heads: true},
		"the newest pacts of a provider":    {Provider: provider, Heads: true},
		"the newest pacts of all":           {Heads: true},
		"the newest pacts with a tag":       {Provider: provider, Tag: "prod", Heads: true},
		"the newest pacts of a branch":      {Provider: provider, Branch: scale.Branch, Heads: true},
		"the newest pacts of main branches": {Provider: provider, MainBranch: true, Heads: true},
	} {
		add(name, func(ctx context.Context, s *usecase.All, _ scale.Size) error {
			_, err := s.Publish.ListPacts(ctx, q)
			return err
		})
	}
	for name, q := range map[string]picking.PactsForVerificationQuery{
		"pacts for verification": {},
		"pacts for verification by tags": {ProviderTags: []string{"prod"}, IncludePending: true,
			Selectors: []picking.ConsumerVersionSelector{{Tag: "prod", Latest: true}, {Latest: true}, {Branch: scale.Branch, FallbackBranch: "x"}}},
	} {
		add(name, func(ctx context.Context, s *usecase.All, size scale.Size) error {
			if q.Provider == "" {
				all := scale.PactsForVerification(size)
				all.ProviderTags, all.Selectors = q.ProviderTags, q.Selectors
				if q.ProviderTags != nil {
					all.ProviderBranch = ""
				} else {
					all.Selectors = scale.PactsForVerification(size).Selectors
				}
				q = all
			}
			_, err := s.Picking.PactsForVerification(ctx, q)
			return err
		})
	}
	for name, change := range map[string]func(*gate.CanIDeployQuery){
		"can-i-deploy":          func(*gate.CanIDeployQuery) {},
		"can-i-deploy to a tag": func(q *gate.CanIDeployQuery) { q.Environment, q.To = "", "prod" },
	} {
		add(name, func(ctx context.Context, s *usecase.All, size scale.Size) error {
			q := scale.CanIDeploy(size, scale.ConsumerOfTen)
			change(&q)
			_, err := s.Gate.CanIDeploy(ctx, q)
			return err
		})
	}
	add("the matrix of the newest of two", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Gate.Matrix(ctx, gate.MatrixQuery{Selectors: []matrix.Selector{{Pacticipant: consumer, Latest: true}, {Pacticipant: provider, Latest: true}}})
		return err
	})
	add("the home page", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		all, err := s.Overview.Everything(ctx)
		if err != nil {
			return err
		}
		_, err = s.Overview.LatestStatuses(ctx, all.Integrations[:10])
		return err
	})
	add("what happened last", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Overview.LookAtHappenings(ctx)
		return err
	})
	add("since when an answer of the gate holds", func(ctx context.Context, s *usecase.All, size scale.Size) error {
		d := matrix.Explanation{Cause: matrix.CauseFailed, ResultNumber: int64(size.Results), Owner: provider, Row: &matrix.Row{Publication: matrix.Publication{ContentID: 1}}}
		_, err := s.Overview.LookAtExplanations(ctx, []matrix.Explanation{d, {Cause: matrix.CauseNeverVerified, Row: d.Row}})
		return err
	})
	add("the question of the gate", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Overview.LookAtQuestion(ctx, provider, 20)
		return err
	})
	for name, branch := range map[string]string{"the page of an application": "", "the page of an application by branch": scale.Branch} {
		add(name, func(ctx context.Context, s *usecase.All, _ scale.Size) error {
			_, err := s.Overview.LookAtApplication(ctx, overview.ApplicationQuery{Name: provider, Branch: branch, Page: kernel.Page{Number: 1, Size: 20}})
			return err
		})
	}
	add("a version by its number alone", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Overview.FindVersionsNumbered(ctx, "1.7.0")
		return err
	})
	add("the page of a version", func(ctx context.Context, s *usecase.All, size scale.Size) error {
		_, err := s.Overview.LookAtVersion(ctx, provider, scale.NewestNumber(size))
		return err
	})
	add("the page of a contract", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Overview.Dashboard(ctx, overview.DashboardQuery{Consumer: consumer, Provider: provider})
		return err
	})
	add("the page of an environment", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Overview.LookAtEnvironment(ctx, scale.Environment)
		return err
	})
	add("the history of an environment", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Overview.LookAtPlaceHistory(ctx, scale.Environment, kernel.PlaceMoment{At: time.Now(), Event: kernel.EventUndeployed, Record: 1 << 40})
		return err
	})
	add("an environment beside itself", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Overview.CompareEnvironments(ctx, scale.Environment, scale.Environment)
		return err
	})
	add("the provider's states", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Overview.ListProviderStates(ctx, provider, "", "")
		return err
	})
	add("a look at what a clean-up would delete", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		_, err := s.Cleanup.Clean(ctx, cleanup.Options{Preview: true, BranchAge: time.Hour, OverwrittenAge: time.Hour, Limit: 50, Looks: 200})
		return err
	})
	add("a result for a pact of long ago", func(ctx context.Context, s *usecase.All, _ scale.Size) error {
		pact, err := s.Publish.FindPact(ctx, kernel.PactQuery{Consumer: consumer, Provider: provider, Latest: true})
		if err != nil {
			return err
		}
		_, err = s.Result.RecordVerification(ctx, result.VerificationInput{
			Consumer: consumer, Provider: provider, SHA: pact.SHA, Success: true, ProviderVersion: scale.NewestNumber(shortHistory),
		})
		return err
	})
	add("publish", func(ctx context.Context, s *usecase.All, _ scale.Size) error { return publishOne(ctx, s) })
	slices.SortFunc(out, func(a, b question) int { return strings.Compare(a.name, b.name) })
	return out
}

// asked returns the statements of each question, with their arguments.
func asked(t *testing.T, s *store.Store, size scale.Size) map[string][]statement {
	t.Helper()
	var mu sync.Mutex // answers of the gate are kept behind them
	var now []statement
	service := usecase.New(store.Recording(s, func(query string, args []any) {
		mu.Lock()
		defer mu.Unlock()
		now = append(now, statement{query, args})
	}), kernel.DefaultSettings())
	out := map[string][]statement{}
	for _, q := range questions() {
		require.NoError(t, q.ask(t.Context(), service, size), q.name)
		service.Gate.Settle(t.Context())
		mu.Lock()
		require.NotEmpty(t, now, q.name)
		out[q.name], now = now, nil
		mu.Unlock()
	}
	return out
}

// The rows that PostgreSQL reads for a question do not grow with history. The
// counted ones are all that come out of tables and indexes, wanted or not.
func TestRowsReadDoNotGrowWithHistoryPostgres(t *testing.T) {
	t.Parallel()
	read := func(size scale.Size) (map[string]int, map[string]string) {
		s := storetest.Postgres(t, store.Options{})
		require.NoError(t, scale.Load(t.Context(), s, size, nil))
		rows, worst := map[string]int{}, map[string]string{}
		for name, statements := range asked(t, s, size) {
			most := -1
			for _, st := range statements {
				if !explainable(st.query) {
					continue
				}
				n := rowsRead(t, s.DB(), st)
				rows[name] += n
				if n > most {
					most, worst[name] = n, fmt.Sprintf("%d rows by %s", n, strings.Join(strings.Fields(st.query), " "))
				}
			}
		}
		return rows, worst
	}
	// These tables are so small that two plans may cost about the same, and what is
	// known of them varies with what the server does beside. A way through history is
	// taken each time.
	var problems []string
	for range 3 {
		few, _ := read(shortHistory)
		many, worst := read(longHistory)
		problems = nil
		for _, name := range slices.Sorted(maps.Keys(many)) {
			if many[name] > few[name]+few[name]/4+100 {
				problems = append(problems, fmt.Sprintf("%s reads %d rows of a short history and %d of one that is four times as long, %s", name, few[name], many[name], worst[name]))
			}
		}
		if len(problems) == 0 {
			return
		}
	}
	require.Empty(t, problems)
}

// rowsRead runs a statement, takes back what it did, and returns how many rows came
// out of tables and indexes. Tables are not read whole where there is an index: they
// are small here, and in life they are not.
func rowsRead(t *testing.T, db *sql.DB, st statement) int {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }() // nothing to keep
	_, err = tx.ExecContext(t.Context(), "SET LOCAL enable_seqscan = off")
	require.NoError(t, err)
	var text string
	err = tx.QueryRowContext(t.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) "+st.query, st.args...).Scan(&text)
	if err != nil && !strings.HasPrefix(strings.TrimSpace(st.query), "SELECT") {
		return 0 // what was added is there already
	}
	require.NoError(t, err, st.query)
	var plans []struct{ Plan ranNode }
	require.NoError(t, json.Unmarshal([]byte(text), &plans))
	return int(plans[0].Plan.read())
}

// ranNode is a step of a plan that has run.
type ranNode struct {
	Relation string  `json:"Relation Name"`
	Rows     float64 `json:"Actual Rows"`
	Loops    float64 `json:"Actual Loops"`
	Dropped  float64 `json:"Rows Removed by Filter"`
	Checked  float64 `json:"Rows Removed by Index Recheck"`
	Unjoined float64 `json:"Rows Removed by Join Filter"`
	Plans    []ranNode
}

func (n ranNode) read() (rows float64) {
	if n.Relation != "" {
		rows = (n.Rows + n.Dropped + n.Checked) * n.Loops
	}
	for _, child := range n.Plans {
		rows += child.read()
	}
	return rows
}

// SQLite does not tell how many rows it reads, but how it goes about it: it must
// neither go through a table of history nor sort to find one row.
func TestNothingOfHistoryIsReadWholeSQLite(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{})
	require.NoError(t, scale.Load(t.Context(), s, shortHistory, nil))
	for name, statements := range asked(t, s, shortHistory) {
		for _, st := range statements {
			if !explainable(st.query) {
				continue
			}
			for _, problem := range readWhole(t, s.DB(), st) {
				t.Errorf("%s %s:\n%s", name, problem, st.query)
			}
		}
	}
}

// readWhole says what a statement goes through or sorts, of what grows with history.
func readWhole(t *testing.T, db *sql.DB, st statement) (problems []string) {
	t.Helper()
	steps := sqliteSteps(t, db, st)
	for _, step := range steps {
		if m := scanLine.FindStringSubmatch(step.detail); m != nil && !strings.Contains(step.detail, liveReleases) && slices.Contains(historyTables, aliased(st.query, m[1])) {
			problems = append(problems, "goes through "+aliased(st.query, m[1]))
		}
		if strings.Contains(step.detail, "USE TEMP B-TREE FOR ORDER BY") && findsOne(st.query, steps, step) {
			problems = append(problems, "sorts to find one row")
		}
	}
	return problems
}

// historyTables grow as long as a broker is used.
var historyTables = []string{
	"version", "branch", "branch_version", "tag", "content", "content_body", "publication", "pact_current", "head_pact", "verification", "verification_detail",
	"verification_current", "content_state", "content_scope_success", "deployed_version", "released_version", "triggered_webhook", "webhook_attempt", "gate_answer",
}

// sqliteStep is a line of a plan, below another.
type sqliteStep struct {
	id, parent int
	detail     string
}

func sqliteSteps(t *testing.T, db *sql.DB, st statement) (out []sqliteStep) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+st.query, st.args...)
	require.NoError(t, err, st.query)
	defer rows.Close()
	for rows.Next() {
		var s sqliteStep
		var unused int
		require.NoError(t, rows.Scan(&s.id, &s.parent, &unused, &s.detail))
		out = append(out, s)
	}
	require.NoError(t, rows.Err())
	return out
}

// findsOne reports whether a step belongs to a query for one row: the statement, or
// one within it whose value is compared.
func findsOne(query string, steps []sqliteStep, step sqliteStep) bool {
	if step.parent == 0 {
		return strings.HasSuffix(strings.TrimSpace(query), "LIMIT 1")
	}
	at := slices.IndexFunc(steps, func(s sqliteStep) bool { return s.id == step.parent })
	return strings.Contains(steps[at].detail, "SCALAR SUBQUERY")
}
