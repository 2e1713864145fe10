package store_test

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/internal/golden"
)

// planned is large enough for planners to care for indexes.
var planned = scale.Size{Applications: 80, Results: 20_000, Contents: 1000, Versions: 6400}

// statement is one that a hot path ran, with the arguments of its first run.
type statement struct {
	query string
	args  []any
}

// hotPath is a request with the statements that no earlier one ran.
type hotPath struct {
	path       string
	statements []statement
}

// hotStatements runs the questions and writes that every build causes, and
// returns what they ran.
func hotStatements(t *testing.T, s *store.Store) []hotPath {
	t.Helper()
	var mu sync.Mutex // answers of the gate are kept behind them
	var out []hotPath
	seen := map[string]bool{}
	recorded := store.Recording(s, func(query string, args []any) {
		mu.Lock()
		defer mu.Unlock()
		if !seen[query] {
			seen[query] = true
			last := &out[len(out)-1]
			last.statements = append(last.statements, statement{query, args})
		}
	})
	service := usecase.New(recorded, kernel.DefaultSettings())
	ctx := t.Context()
	for _, hot := range []struct {
		path string
		run  func() error
	}{
		{"can-i-deploy", func() error {
			_, err := service.Gate.CanIDeploy(ctx, scale.CanIDeploy(planned, scale.ConsumerOfTen))
			return err
		}},
		{"can-i-deploy to a tag", func() error {
			q := scale.CanIDeploy(planned, scale.ConsumerOfTen)
			q.Environment, q.To = "", "prod"
			_, err := service.Gate.CanIDeploy(ctx, q)
			return err
		}},
		{"can-i-deploy for a branch", func() error {
			_, err := service.Gate.CanIDeployBranch(ctx, gate.BranchCanIDeployQuery{Pacticipant: scale.ProviderOfFifty, Branch: scale.Branch, Environment: scale.Environment})
			return err
		}},
		{"can-i-merge", func() error {
			_, err := service.Gate.CanIMerge(ctx, scale.ConsumerOfTen)
			return err
		}},
		{"pacts for verification", func() error {
			_, err := service.Picking.PactsForVerification(ctx, scale.PactsForVerification(planned))
			return err
		}},
		{"pacts for verification by default", func() error {
			_, err := service.Picking.PactsForVerification(ctx, picking.PactsForVerificationQuery{Provider: scale.ProviderOfFifty, IncludePending: true})
			return err
		}},
		{"pacts for verification by tags", func() error {
			q := scale.PactsForVerification(planned)
			q.ProviderBranch, q.ProviderTags = "", []string{"prod"}
			q.Selectors = []picking.ConsumerVersionSelector{{Tag: "prod", Latest: true}, {Latest: true}, {Branch: "main", FallbackBranch: "x"}}
			_, err := service.Picking.PactsForVerification(ctx, q)
			return err
		}},
		{publishing, func() error { return publishOne(ctx, service) }},
	} {
		mu.Lock()
		out = append(out, hotPath{path: hot.path})
		mu.Unlock()
		require.NoError(t, hot.run(), hot.path)
		service.Gate.Settle(ctx)
		mu.Lock()
		ran := out[len(out)-1].statements
		require.NotEmpty(t, ran)
		slices.SortStableFunc(ran, func(a, b statement) int { return cmp.Compare(keeping(a), keeping(b)) })
		mu.Unlock()
	}
	return out
}

// keeping is 1 for a statement that keeps an answer: when it runs, nobody waits for.
func keeping(s statement) int {
	if strings.Contains(s.query, "gate_answer") {
		return 1
	}
	return 0
}

// publishing is the path that writes. Its plans are checked, but not written
// down: its statements change more often.
const publishing = "publish"

// publishOne publishes a pact and a result for it.
func publishOne(ctx context.Context, service *usecase.All) error {
	published, err := service.Publish.PublishContracts(ctx, publish.ContractsPublication{
		Pacticipant: scale.ConsumerOfTen, VersionNumber: "new", Branch: scale.Branch, Tags: []string{"prod"},
		Contracts: []publish.ContractDocument{{
			Consumer: scale.ConsumerOfTen, Provider: scale.ProviderOfFifty,
			Content: fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[]}`, scale.ConsumerOfTen, scale.ProviderOfFifty),
		}},
	})
	if err != nil {
		return err
	}
	_, err = service.Result.RecordVerification(ctx, result.VerificationInput{
		Consumer: scale.ConsumerOfTen, Provider: scale.ProviderOfFifty, SHA: published.Contracts[0].SHA, Success: true, ProviderVersion: "new",
	})
	return err
}

// small tables may be read whole: they do not grow with history.
var smallTables = []string{"environment", "webhook", "webhook_event", "label"}

// liveReleases is a partial index of what is released now, without history. As
// long as that is little, PostgreSQL may read it whole.
const liveReleases = "released_version_open"

func TestNoHotQueryScansSQLite(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{})
	require.NoError(t, scale.Load(t.Context(), s, planned, nil))
	var written strings.Builder
	written.WriteString(plansIntroduction)
	for _, hot := range hotStatements(t, s) {
		reading := hot.path != publishing
		if reading {
			fmt.Fprintf(&written, "\n## %s\n", hot.path)
		}
		for _, st := range hot.statements {
			if !explainable(st.query) {
				continue
			}
			plan := sqlitePlan(t, s.DB(), st)
			if reading {
				fmt.Fprintf(&written, "\n```sql\n%s\n```\n\n```text\n%s\n```\n", strings.Join(strings.Fields(st.query), " "), plan)
			}
			for _, line := range strings.Split(plan, "\n") {
				if scan := sqliteScan(line, plan, st.query); scan != "" {
					t.Errorf("%s scans %s:\n%s\n\n%s", hot.path, scan, plan, st.query)
				}
			}
		}
	}
	golden.Equal(t, "../../../../../docs/query-plans.md", written.String())
}

const plansIntroduction = `# Query plans

How SQLite answers what the gate asks it, written by ` + "`make golden`" + `.
SEARCH means a look-up by an index. Only lists that came with the question, subqueries and tables
that do not grow with history are scanned; a test fails otherwise, on PostgreSQL too. A statement
stands where it is needed first.
`

func explainable(query string) bool {
	first := strings.ToUpper(strings.Fields(query)[0])
	return slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}, first)
}

func sqlitePlan(t *testing.T, db *sql.DB, st statement) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+st.query, st.args...)
	require.NoError(t, err, st.query)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		lines = append(lines, detail)
	}
	require.NoError(t, rows.Err())
	return strings.Join(lines, "\n")
}

var scanLine = regexp.MustCompile(`^SCAN (\S+)`)

// sqliteScan returns what a line of a plan reads whole, if that is a table. JSON
// lists, constants and subqueries may be.
func sqliteScan(line, plan, query string) string {
	m := scanLine.FindStringSubmatch(line)
	if m == nil || strings.Contains(line, "VIRTUAL TABLE") || strings.Contains(line, "CONSTANT ROW") || strings.HasPrefix(m[1], "(") {
		return ""
	}
	name := m[1]
	for _, sub := range []string{"CO-ROUTINE " + name, "MATERIALIZE " + name} {
		if strings.Contains(plan, sub) {
			return ""
		}
	}
	if table := aliased(query, name); slices.Contains(smallTables, table) {
		return ""
	}
	return name
}

// aliased finds the table behind an alias.
func aliased(query, alias string) string {
	m := regexp.MustCompile(`(?i)(?:FROM|JOIN|,)\s+"?(\w+)"?\s+(?:AS\s+)?` + alias + `\b`).FindStringSubmatch(query)
	if m == nil {
		return alias
	}
	return m[1]
}

func TestNoHotQueryScansPostgres(t *testing.T) {
	t.Parallel()
	s := storetest.Postgres(t, store.Options{})
	require.NoError(t, scale.Load(t.Context(), s, planned, nil))
	for _, hot := range hotStatements(t, s) {
		for _, st := range hot.statements {
			if !explainable(st.query) {
				continue
			}
			for _, scan := range postgresScans(t, s.DB(), st) {
				t.Errorf("%s scans %s:\n%s", hot.path, scan, st.query)
			}
		}
	}
}

// postgresScans explains the statement with sequential scans made so dear that
// the planner takes one only where no index helps, and returns what it takes.
func postgresScans(t *testing.T, db *sql.DB, st statement) []string {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }() // nothing to keep
	for _, setting := range []string{"enable_seqscan", "enable_hashjoin", "enable_mergejoin"} {
		_, err := tx.ExecContext(t.Context(), "SET LOCAL "+setting+" = off")
		require.NoError(t, err)
	}
	var text string
	require.NoError(t, tx.QueryRowContext(t.Context(), "EXPLAIN (FORMAT JSON) "+st.query, st.args...).Scan(&text), st.query)
	var plans []struct{ Plan planNode }
	require.NoError(t, json.Unmarshal([]byte(text), &plans))
	var out []string
	for _, p := range plans {
		out = append(out, p.Plan.scans()...)
	}
	return out
}

type planNode struct {
	Type      string `json:"Node Type"`
	Relation  string `json:"Relation Name"`
	Index     string `json:"Index Name"`
	Condition string `json:"Index Cond"`
	Plans     []planNode
}

// scans are sequential scans, and walks of a whole index. A walk in the order of
// an index that ends at the first match has a condition on the index too.
func (n planNode) scans() []string {
	var out []string
	whole := n.Type == "Seq Scan" || strings.Contains(n.Type, "Index") && n.Condition == "" && n.Relation != ""
	if whole && !slices.Contains(smallTables, n.Relation) && n.Index != liveReleases {
		out = append(out, n.Type+" on "+n.Relation)
	}
	for _, child := range n.Plans {
		out = append(out, child.scans()...)
	}
	return out
}
