package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// TestTheNewestFiringsAreReadInTheOrderOfAnIndex: whom was asked to verify a
// pact is told with each missing result, and a pact may have been asked for
// again and again for years.
func TestTheNewestFiringsAreReadInTheOrderOfAnIndex(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		s := storetest.SQLite(t, store.Options{})
		plan := sqlitePlan(t, s.DB(), newestFirings(t, s))
		require.Contains(t, plan, "SEARCH w USING INDEX triggered_webhook_newest (publication_id=?)")
		require.NotContains(t, plan, "SCAN")
		require.NotContains(t, plan, "TEMP B-TREE", "nothing is sorted")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		s := storetest.Postgres(t, store.Options{})
		statement := newestFirings(t, s)
		_, err := s.DB().ExecContext(t.Context(), "ANALYZE triggered_webhook")
		require.NoError(t, err)
		require.Empty(t, postgresScans(t, s.DB(), statement))
		rows, err := s.DB().QueryContext(t.Context(), "EXPLAIN "+statement.query, statement.args...)
		require.NoError(t, err)
		defer rows.Close()
		var plan strings.Builder
		for rows.Next() {
			var line string
			require.NoError(t, rows.Scan(&line))
			plan.WriteString(line + "\n")
		}
		require.NoError(t, rows.Err())
		require.Contains(t, plan.String(), "triggered_webhook_newest")
		require.NotContains(t, plan.String(), "Sort", "nothing is sorted")
	})
}

// newestFirings fills s with a long history of a publication beside one of
// others that is longer still, and returns how the newest are asked for.
func newestFirings(t *testing.T, s *store.Store) statement {
	t.Helper()
	const many = 500
	busy := fired(t, s, "busy", many)
	fired(t, s, "others", 5*many)
	var out statement
	require.NoError(t, store.Recording(s, func(query string, args []any) {
		out = statement{query, args}
	}).View(t.Context(), func(tx kernel.Tx) error {
		found, err := tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{PublicationID: busy, Limit: 5})
		require.Len(t, found, 5)
		require.Equal(t, fmt.Sprint("busy-", many), found[0].UUID)
		return err
	}))
	return out
}

// fired publishes a pact for which webhooks were fired n times, and returns its
// identity.
func fired(t *testing.T, s *store.Store, consumer string, n int) (publication int64) {
	t.Helper()
	_, err := usecase.New(s, kernel.DefaultSettings()).Publish.PublishContracts(t.Context(), publish.ContractsPublication{
		Pacticipant: consumer, VersionNumber: "1", Contracts: []publish.ContractDocument{{
			Consumer: consumer, Provider: "catalog",
			Content: fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":"catalog"},"interactions":[]}`, consumer),
		}},
	})
	require.NoError(t, err)
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		from, err := tx.FindPacticipant(consumer)
		require.NoError(t, err)
		to, err := tx.FindPacticipant("catalog")
		require.NoError(t, err)
		version, err := tx.FindVersion(from.ID, "1")
		require.NoError(t, err)
		pact, err := tx.FindPublication(version.ID, to.ID)
		require.NoError(t, err)
		publication = pact.ID
		for i := range n {
			_, err := tx.EnqueueWebhooks(kernel.TriggeredWebhook{
				UUID: fmt.Sprintf("%s-%d", consumer, i+1), WebhookUUID: "hook", Event: kernel.EventContractRequiresVerification,
				Consumer: from.Party(), Provider: to.Party(), PublicationID: pact.ID, Status: kernel.TriggerSuccess, CreatedAt: pact.CreatedAt,
			})
			require.NoError(t, err)
		}
		return nil
	}))
	return publication
}

// TestTheLatestFiringsAreSteppedTo: the dashboard asks for them for each of its
// rows.
func TestTheLatestFiringsAreSteppedTo(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		s := storetest.SQLite(t, store.Options{})
		plan := sqlitePlan(t, s.DB(), latestFirings(t, s))
		require.Contains(t, plan, "SEARCH x USING COVERING INDEX triggered_webhook_of_pair (provider_id=? AND consumer_id=? AND (webhook_id,event)>(?,?))")
		require.NotContains(t, plan, "SCAN x")
		require.NotContains(t, plan, "SCAN w")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		s := storetest.Postgres(t, store.Options{})
		statement := latestFirings(t, s)
		_, err := s.DB().ExecContext(t.Context(), "ANALYZE triggered_webhook")
		require.NoError(t, err)
		require.Empty(t, postgresScans(t, s.DB(), statement))
	})
}

// latestFirings fires two webhooks of a pair by two events many times, and
// returns how the latest are asked for.
func latestFirings(t *testing.T, s *store.Store) statement {
	t.Helper()
	fired(t, s, "busy", 500)
	events := []kernel.EventName{kernel.EventContractPublished, kernel.EventContractRequiresVerification}
	var want []string
	var from, to kernel.Pacticipant
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) (err error) {
		from, err = tx.FindPacticipant("busy")
		require.NoError(t, err)
		to, err = tx.FindPacticipant("catalog")
		require.NoError(t, err)
		var hooks []kernel.Webhook
		for i := range 2 {
			h, err := tx.CreateWebhook(kernel.Webhook{UUID: fmt.Sprint("hook-", i), Events: events, CreatedAt: from.CreatedAt, UpdatedAt: from.CreatedAt})
			require.NoError(t, err)
			hooks = append(hooks, h)
		}
		for i := range 200 {
			for _, h := range hooks {
				for _, e := range events {
					w, err := tx.EnqueueWebhooks(kernel.TriggeredWebhook{
						UUID: fmt.Sprintf("%s-%s-%d", h.UUID, e, i), WebhookID: h.ID, WebhookUUID: h.UUID, Event: e,
						Consumer: from.Party(), Provider: to.Party(), Status: kernel.TriggerSuccess, CreatedAt: from.CreatedAt,
					})
					require.NoError(t, err)
					if i == 199 {
						want = append(want, w[0].UUID)
					}
				}
			}
		}
		return nil
	}))
	var out statement
	require.NoError(t, store.Recording(s, func(query string, args []any) {
		out = statement{query, args}
	}).View(t.Context(), func(tx kernel.Tx) error {
		found, err := tx.ListLatestFirings(from.ID, to.ID)
		var got []string
		for _, w := range found {
			got = append(got, w.UUID)
		}
		require.Equal(t, want, got)
		none, noErr := tx.ListLatestFirings(to.ID, from.ID)
		require.NoError(t, noErr)
		require.Empty(t, none)
		return err
	}))
	return out
}
