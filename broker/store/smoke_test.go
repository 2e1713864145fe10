package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
)

func TestSmoke(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "a b?c.db")
	if u := os.Getenv("TREATY_TEST_POSTGRES_URL"); u != "" {
		url = u
	}
	s, err := store.Open(t.Context(), url, store.Options{})
	require.NoError(t, err)
	defer s.Close()
	now := time.Now().UTC().Truncate(time.Microsecond)
	require.NoError(t, s.Update(t.Context(), func(tx broker.Tx) error {
		p, created, err := tx.EnsurePacticipant(broker.Pacticipant{Name: "Foo", DisplayName: "Foo", CreatedAt: now})
		require.NoError(t, err)
		require.True(t, created)
		require.Equal(t, now, p.CreatedAt)
		q, _, err := tx.EnsurePacticipant(broker.Pacticipant{Name: "Bar", DisplayName: "Bar", MainBranch: "main", CreatedAt: now})
		require.NoError(t, err)
		v, created, err := tx.EnsureVersion(broker.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: now})
		require.NoError(t, err)
		require.True(t, created)
		b, _, err := tx.EnsureBranch(p.ID, "main", now)
		require.NoError(t, err)
		added, err := tx.AddToBranch(b, v, false, now)
		require.NoError(t, err)
		require.True(t, added)
		_, _, err = tx.AddTag(v, "prod", now)
		require.NoError(t, err)
		packed, _ := broker.PackBody([]byte(`{}`))
		id, _, err := tx.EnsureContent(broker.Content{ConsumerID: p.ID, ProviderID: q.ID, SHA: "abc", CreatedAt: now, Packed: packed})
		require.NoError(t, err)
		pub, err := tx.AddPublication(broker.NewPublication{Version: v, Provider: q.Party(), ContentID: id, At: now})
		require.NoError(t, err)
		require.Equal(t, 1, pub.Revision)
		pv, _, err := tx.EnsureVersion(broker.Version{Pacticipant: q.Party(), Number: "9", CreatedAt: now})
		require.NoError(t, err)
		r, err := tx.AddVerification(broker.NewVerification{ContentID: id, ProviderVersion: pv, Success: true, ExecutedAt: now, At: now})
		require.NoError(t, err)
		require.Equal(t, "1", r.ConsumerVersion.Number)
		pb, _, err := tx.EnsureBranch(q.ID, "main", now)
		require.NoError(t, err)
		_, err = tx.AddToBranch(pb, pv, false, now)
		require.NoError(t, err)
		_, _, err = tx.AddTag(pv, "prod", now)
		require.NoError(t, err)
		list, err := tx.ListPublications(broker.PublicationFilter{ProviderID: q.ID, LatestPerPair: true})
		require.NoError(t, err)
		require.Len(t, list, 1)
		list, err = tx.ListPublications(broker.PublicationFilter{ProviderID: q.ID, LatestPerPair: true, Tag: "prod"})
		require.NoError(t, err)
		require.Len(t, list, 1)
		list, err = tx.ListPublications(broker.PublicationFilter{ProviderID: q.ID, Branch: "main", HeadOnly: true})
		require.NoError(t, err)
		require.Len(t, list, 1)
		e, err := tx.CreateEnvironment(broker.Environment{UUID: "u", Name: "test", DisplayName: "Test", Contacts: []broker.Contact{{Name: "x"}}, CreatedAt: now})
		require.NoError(t, err)
		_, err = tx.RecordDeployment(broker.DeployedVersion{UUID: "d", Version: v, Environment: e, CreatedAt: now})
		require.NoError(t, err)
		_, _, err = tx.RecordRelease(broker.ReleasedVersion{UUID: "d", Version: v, Environment: e, CreatedAt: now})
		require.NoError(t, err)
		m, err := tx.CountAll()
		require.NoError(t, err)
		require.EqualValues(t, 1, m.CurrentlyDeployed)
		w, err := tx.CreateWebhook(broker.Webhook{UUID: "0123456789abcdef", Consumer: broker.WebhookSide{Name: "Foo"}, Enabled: true, Events: []broker.EventName{broker.EventContractPublished}, Request: broker.WebhookRequest{Method: "POST", URL: "https://x.org/a"}, CreatedAt: now})
		require.NoError(t, err)
		ws, err := tx.MatchingWebhooks(broker.EventContractPublished, p.Party(), q.Party())
		require.NoError(t, err)
		require.Len(t, ws, 1)
		_, err = tx.EnqueueWebhook(broker.TriggeredWebhook{UUID: "t", WebhookID: w.ID, WebhookUUID: w.UUID, Event: broker.EventContractPublished, Consumer: p.Party(), Provider: q.Party(), PublicationID: pub.ID, Status: broker.TriggerNotRun, CreatedAt: now})
		require.NoError(t, err)
		ts, err := tx.ListTriggeredWebhooks(broker.TriggeredWebhookFilter{LatestPerWebhook: true})
		require.NoError(t, err)
		require.Equal(t, "POST x.org", ts[0].Name)
		require.NoError(t, tx.DeleteVerification(r.ID))
		require.NoError(t, tx.DeleteVersion(pv.ID))
		require.NoError(t, tx.DeleteVersion(v.ID))
		require.NoError(t, tx.DeleteIntegration(p.ID, q.ID))
		return nil
	}))
}
