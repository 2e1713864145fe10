package store_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// crowd publishes a version with that many pacts and tags.
func crowd(t *testing.T, s *usecase.All, number string, pacts, tags int) {
	t.Helper()
	for from := 0; from < pacts; from += 300 {
		in := publish.ContractsPublication{Pacticipant: "Shop", VersionNumber: number, Branch: "main"}
		for i := from; i < min(from+300, pacts); i++ {
			provider := fmt.Sprintf("Provider %d", i)
			in.Contracts = append(in.Contracts, publish.ContractDocument{Consumer: "Shop", Provider: provider, Content: fmt.Appendf(nil,
				`{"consumer":{"name":"Shop"},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}]}`, provider, number)})
		}
		_, err := s.Publish.PublishContracts(t.Context(), in)
		require.NoError(t, err)
	}
	step := max(30_000/pacts, 1)
	for from := 0; from < tags; from += step {
		in := registry.VersionChange{Pacticipant: "Shop", Number: number, TagsGiven: true}
		for i := range min(from+step, tags) {
			in.Tags = append(in.Tags, fmt.Sprintf("tag %d", i))
		}
		_, _, err := s.Registry.UpdateVersion(t.Context(), in)
		require.NoError(t, err)
	}
}

// TestADeletedVersionTakesSmallTransactions holds that tags do not multiply the
// statements of pacts, that no transaction writes more rows than it should, and
// that the tags are those of the version before afterwards.
func TestADeletedVersionTakesSmallTransactions(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statements := map[[2]int]int{}
			for _, size := range [][2]int{{2, 3}, {60, 3}, {2, 100}, {60, 400}} {
				db := open(t, store.Options{})
				settings := kernel.DefaultSettings()
				settings.CheckSimilarNames = false
				n := 0
				s := usecase.New(store.Recording(db, func(string, []any) { n++ }), settings)
				for _, number := range []string{"1", "2"} {
					crowd(t, s, number, size[0], size[1])
				}
				n = 0
				require.NoError(t, s.Registry.DeleteVersion(t.Context(), "Shop", "2"))
				statements[size] = n
				storetest.Sound(t, db)
				tagged, err := s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Shop", Provider: "Provider 1", Tag: "tag 1"})
				require.NoError(t, err)
				require.Equal(t, "1", tagged.ConsumerVersion.Number)
				require.NoError(t, s.Registry.DeleteVersion(t.Context(), "Shop", "1"))
				storetest.Sound(t, db)
				_, err = s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Shop", Provider: "Provider 1", Tag: "tag 1"})
				require.True(t, kernel.IsNotFound(err))
			}
			small := statements[[2]int{2, 3}]
			require.Less(t, small, 30)
			require.Equal(t, small, statements[[2]int{60, 3}], "pacts")
			require.Equal(t, small, statements[[2]int{2, 100}], "tags")
			require.Greater(t, statements[[2]int{60, 400}], small+5, "24,000 rows are not of one transaction")
			require.Less(t, statements[[2]int{60, 400}], 4*small)
		})
	}
}

// counted counts the transactions that write.
type counted struct {
	kernel.Store
	updates int
}

func (c *counted) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	c.updates++
	return c.Store.Update(ctx, fn)
}

// TestAThingWithALongHistoryGoesInSmallTransactions fills each kind of history
// with 2,500 rows: no transaction deletes more than a thousand of them.
func TestAThingWithALongHistoryGoesInSmallTransactions(t *testing.T) {
	t.Parallel()
	const rows = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) `
	versions := []string{
		`INSERT INTO version (pacticipant_id, number, created_at, updated_at) ` + rows + `SELECT v.pacticipant_id, 'v' || n.i, v.created_at, v.created_at FROM version v, n WHERE v.number = '1'`,
		`INSERT INTO branch_version (branch_id, version_id, seq, auto, created_at) SELECT b.id, v.id, 0, FALSE, b.created_at FROM branch b, version v WHERE v.number LIKE 'v%'`,
	}
	firings := `INSERT INTO triggered_webhook (uuid, webhook_id, webhook_uuid, event, consumer_id, provider_id, status, created_at, updated_at) ` + rows +
		`SELECT 'f' || n.i, w.id, w.uuid, 'x', i.consumer_id, i.provider_id, 'success', w.created_at, w.created_at FROM webhook w, integration i, n`
	for _, tt := range []struct {
		name string
		fill []string
		left map[string]int // how many rows there are afterwards
		do   func(t *testing.T, s *usecase.All, environment, webhook string) error
	}{
		{"a branch", versions, map[string]int{"branch_version": 0, "branch": 0, "version": 2501}, func(t *testing.T, s *usecase.All, _, _ string) error {
			return s.Registry.DeleteBranch(t.Context(), "Shop", "main")
		}},
		{"an environment", []string{
			versions[0],
			`INSERT INTO deployed_version (uuid, version_id, pacticipant_id, environment_id, created_at, undeployed_at)
				SELECT v.number, v.id, v.pacticipant_id, e.id, v.created_at, v.created_at FROM version v, environment e WHERE v.number LIKE 'v%'`,
			`INSERT INTO released_version (uuid, version_id, pacticipant_id, environment_id, created_at, updated_at, ended_at)
				SELECT v.number, v.id, v.pacticipant_id, e.id, v.created_at, v.created_at, v.created_at FROM version v, environment e WHERE v.number LIKE 'v%'`,
		}, map[string]int{"environment": 0, "deployed_version": 0, "released_version": 0, "version": 2501}, func(t *testing.T, s *usecase.All, environment, _ string) error {
			return s.Registry.DeleteEnvironment(t.Context(), environment)
		}},
		{"a webhook", []string{firings}, map[string]int{"webhook": 0, "triggered_webhook": 2500}, func(t *testing.T, s *usecase.All, _, webhook string) error {
			return s.Webhook.DeleteWebhook(t.Context(), webhook)
		}},
		{"a pair", []string{firings}, map[string]int{"integration": 0, "triggered_webhook": 0, "webhook": 1}, func(t *testing.T, s *usecase.All, _, _ string) error {
			return s.Registry.DeleteIntegration(t.Context(), "Shop", "Provider 0")
		}},
		{"a version", []string{firings, `UPDATE triggered_webhook SET publication_id = (SELECT MAX(id) FROM publication)`}, map[string]int{"version": 0, "triggered_webhook": 0, "webhook": 1}, func(t *testing.T, s *usecase.All, _, _ string) error {
			return s.Registry.DeleteVersion(t.Context(), "Shop", "1")
		}},
	} {
		for name, open := range storetest.Databases() {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				t.Parallel()
				db := &counted{Store: open(t, store.Options{})}
				s := usecase.New(db, kernel.DefaultSettings())
				crowd(t, s, "1", 1, 1)
				environment, err := s.Registry.CreateEnvironment(t.Context(), registry.EnvironmentInput{Name: "test"})
				require.NoError(t, err)
				webhook, err := s.Webhook.CreateWebhook(t.Context(), kernel.Webhook{Enabled: true, Events: []kernel.EventName{kernel.EventContractPublished},
					Request: kernel.WebhookRequest{Method: "POST", URL: "https://example.org"}})
				require.NoError(t, err)
				require.NoError(t, db.Store.Update(t.Context(), func(tx kernel.Tx) error {
					for _, query := range tt.fill {
						if err := store.Exec(tx, query); err != nil {
							return err
						}
					}
					return nil
				}))
				db.updates = 0
				require.NoError(t, tt.do(t, s, environment.UUID, webhook.UUID))
				require.GreaterOrEqual(t, db.updates, 3)
				require.NoError(t, db.View(t.Context(), func(tx kernel.Tx) error {
					for table, want := range tt.left {
						n, err := store.Count(tx, table)
						require.NoError(t, err)
						require.Equal(t, want, n, table)
					}
					return nil
				}))
			})
		}
	}
}

func TestHowLongDeletingTakes(t *testing.T) {
	pacts, err := strconv.Atoi(os.Getenv("TREATY_DELETE_PACTS"))
	if err != nil {
		t.Skip("set TREATY_DELETE_PACTS to a number, such as 3000, to measure")
	}
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			db := open(t, store.Options{Synchronous: "NORMAL"})
			settings := kernel.DefaultSettings()
			settings.CheckSimilarNames = false
			n := 0
			s := usecase.New(store.Recording(db, func(string, []any) { n++ }), settings)
			for _, number := range []string{"1", "2"} {
				crowd(t, s, number, pacts, 500)
			}
			for _, number := range []string{"2", "1"} {
				n = 0
				started := time.Now()
				err := s.Registry.DeleteVersion(t.Context(), "Shop", number)
				t.Logf("%s: version %s of %d pacts and 500 tags: %v, %d statements, %v", name, number, pacts, time.Since(started), n, err)
			}
		})
	}
}
