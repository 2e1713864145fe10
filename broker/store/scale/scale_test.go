package scale_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/scale"
)

func load(t *testing.T, url string, size scale.Size) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{Synchronous: "NORMAL"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, scale.Load(t.Context(), s, size, func(what string, took time.Duration) {
		if testing.Verbose() && took > time.Second {
			t.Logf("%s: %s", what, took.Round(time.Millisecond))
		}
	}))
	return s
}

// small has every kind of row and is quick to make.
var small = scale.Size{Applications: 60, Results: 6000, Contents: 600, Versions: 2400}

// The rows that the gate reads must agree with the history that they stand for,
// or a measurement would be of something else.
func TestDerivedRowsAgreeWithTheHistory(t *testing.T) {
	t.Parallel()
	s := load(t, "sqlite:"+filepath.Join(t.TempDir(), "scale.db"), small)
	for name, query := range map[string]string{
		"current results": `SELECT COUNT(*) FROM (SELECT content_id, provider_version_id, MAX(id) AS id FROM verification GROUP BY 1, 2) v
			LEFT JOIN verification_current c ON c.verification_id = v.id AND c.content_id = v.content_id AND c.provider_version_id = v.provider_version_id
			WHERE c.content_id IS NULL`,
		"outcomes": `SELECT COUNT(*) FROM verification_current c JOIN verification v ON v.id = c.verification_id WHERE v.success <> c.success`,
		"current pacts": `SELECT COUNT(*) FROM publication p LEFT JOIN pact_current c ON c.publication_id = p.id AND c.version_id = p.version_id
			AND c.provider_id = p.provider_id AND c.content_id = p.content_id AND c.consumer_id = p.consumer_id WHERE c.version_id IS NULL`,
		"branch heads": `SELECT COUNT(*) FROM branch b WHERE head_version_id <> (SELECT version_id FROM branch_version m WHERE m.branch_id = b.id ORDER BY seq DESC LIMIT 1)`,
		"tag heads":    `SELECT COUNT(*) FROM tag_head h WHERE version_id <> (SELECT MAX(t.version_id) FROM tag t JOIN version v ON v.id = t.version_id WHERE v.pacticipant_id = h.pacticipant_id)`,
		"head pacts": `SELECT COUNT(*) FROM head_pact h JOIN branch b ON h.kind = 1 AND b.id = h.ref_id
			LEFT JOIN pact_current c ON c.version_id = b.head_version_id AND c.provider_id = h.provider_id AND c.publication_id = h.publication_id WHERE c.version_id IS NULL`,
		"newest results": `SELECT COUNT(*) FROM content_state s WHERE latest_verification_id <> (SELECT MAX(id) FROM verification v WHERE v.content_id = s.content_id)`,
		"newest main results": `SELECT COUNT(*) FROM content_state s WHERE latest_main_verification_id <> (SELECT MAX(v.id) FROM verification v
			JOIN branch_version m ON m.version_id = v.provider_version_id JOIN branch b ON b.id = m.branch_id AND b.name = 'main' WHERE v.content_id = s.content_id)`,
		"successes by branch": `SELECT COUNT(*) FROM (SELECT v.content_id, m.branch_id, MIN(v.created_at) AS first, MAX(v.executed_at) AS last FROM verification v
			JOIN branch_version m ON m.version_id = v.provider_version_id WHERE v.success GROUP BY 1, 2) x
			LEFT JOIN content_scope_success s ON s.content_id = x.content_id AND s.scope = 1 AND s.ref_id = x.branch_id AND s.first_created_at = x.first AND s.last_executed_at = x.last
			WHERE s.content_id IS NULL`,
		"contents of the providers": `SELECT COUNT(*) FROM verification v JOIN content c ON c.id = v.content_id JOIN version p ON p.id = v.provider_version_id WHERE p.pacticipant_id <> c.provider_id`,
		"contents of the consumers": `SELECT COUNT(*) FROM publication p JOIN content c ON c.id = p.content_id WHERE c.consumer_id <> p.consumer_id OR c.provider_id <> p.provider_id`,
	} {
		var wrong int
		require.NoError(t, s.DB().QueryRow(query).Scan(&wrong), name)
		require.Zero(t, wrong, name)
	}
	var results int
	require.NoError(t, s.DB().QueryRow(`SELECT COUNT(*) FROM verification`).Scan(&results))
	_, _, _, total := small.Totals()
	require.Equal(t, total, results)
}

// The questions that are measured must be answered by yes: with a no they would
// be easier.
func TestMadeUpHistoryIsDeployable(t *testing.T) {
	t.Parallel()
	urls := map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "scale.db")}
	if url := os.Getenv("TREATY_TEST_SCALE_POSTGRES_URL"); url != "" {
		urls["postgres"] = url // an empty database
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := broker.New(load(t, url, small), broker.DefaultSettings())
			for app, integrations := range map[string]int{scale.ConsumerOfOne: 1, scale.ConsumerOfTen: 10, scale.ConsumerOfFifty: 50} {
				answer, err := service.CanIDeploy(t.Context(), scale.CanIDeploy(small, app))
				require.NoError(t, err)
				require.Equal(t, matrix.Deployable, answer.Decision.Verdict, "%s: %s", app, answer.Decision.Summary())
				require.GreaterOrEqual(t, len(answer.Rows), integrations)
			}
			pacts, err := service.PactsForVerification(t.Context(), scale.PactsForVerification(small))
			require.NoError(t, err)
			require.Equal(t, 2*50, len(pacts), "each consumer's main branch, and its newest feature branch") //nolint:testifylint // the pacts would fill the screen
		})
	}
}
