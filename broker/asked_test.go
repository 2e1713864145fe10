package broker_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix"
	"github.com/treatyhq/treaty/broker/matrix/story"
)

// A missing result says who has been asked for it already, so that people know
// whether to wait or to start a build.
func TestAMissingResultSaysWhoWasAskedForIt(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, openSQLite(t))
	s, err := story.Parse("asked", "pact Foo 1 -> Bar\nversion Bar 2\ndeploy Bar 2 prod")
	require.NoError(t, err)
	p.play(s.Steps)
	require.NoError(t, p.store.Update(t.Context(), func(tx broker.Tx) error {
		p.tx = tx
		foo, err := p.app("Foo")
		require.NoError(t, err)
		bar, err := p.app("Bar")
		require.NoError(t, err)
		version, err := tx.FindVersion(foo.ID, "1")
		require.NoError(t, err)
		pact, err := tx.FindPublication(version.ID, bar.ID)
		require.NoError(t, err)
		hook, err := tx.CreateWebhook(broker.Webhook{
			UUID: "hook", Enabled: true, Events: []broker.EventName{broker.EventContractRequiresVerification},
			Request: broker.WebhookRequest{Method: "POST", URL: "https://ci.example.org/build"}, CreatedAt: p.now, UpdatedAt: p.now,
		})
		require.NoError(t, err)
		_, err = tx.EnqueueWebhooks(broker.TriggeredWebhook{
			UUID: "firing", WebhookID: hook.ID, WebhookUUID: hook.UUID, Event: broker.EventContractRequiresVerification,
			Consumer: foo.Party(), Provider: bar.Party(), PublicationID: pact.ID, Status: broker.TriggerSuccess, CreatedAt: p.now, UpdatedAt: p.now,
		})
		return err
	}))
	answer, err := broker.New(p.store, broker.Settings{}).CanIDeploy(t.Context(), broker.CanIDeployQuery{
		Pacticipant: p.name("Foo"), Version: "1", Environment: p.name("prod"),
	})
	require.NoError(t, err)
	require.Equal(t, matrix.Unknown, answer.Decision.Verdict)
	require.Len(t, answer.Decision.Explanations, 1)
	e := answer.Decision.Explanations[0]
	require.Equal(t, matrix.CauseNeverVerified, e.Cause)
	require.Equal(t, p.name("Bar"), e.Owner)
	require.Len(t, e.Asked, 1)
	require.Contains(t, e.Asked[0], "ci.example.org")
	require.Contains(t, e.Asked[0], "was accepted")
}

// Every cause is told with who owns it and what would change the answer.
func TestEveryCauseIsExplained(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	for _, tt := range []struct {
		name, history string
		query         broker.CanIDeployQuery
		cause         matrix.Cause
		owner         string
		blocking      bool
	}{
		{"never verified", "pact Foo 1 -> Bar\ndeploy Bar 2 prod", broker.CanIDeployQuery{Pacticipant: "Foo", Version: "1"}, matrix.CauseNeverVerified, "Bar", true},
		{"failed", "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 failed\ndeploy Bar 2 prod", broker.CanIDeployQuery{Pacticipant: "Foo", Version: "1"}, matrix.CauseFailed, "Bar", true},
		{"not published", "version Foo 1\nenvironment prod", broker.CanIDeployQuery{Pacticipant: "Foo", Version: "2"}, matrix.CauseNotPublished, "Foo", true},
		{"not in the environment", "pact Foo 1 -> Bar\nenvironment prod", broker.CanIDeployQuery{Pacticipant: "Foo", Version: "1"}, matrix.CauseNotInTarget, "Bar", true},
		{"without contracts", "pact Foo 1 -> Bar\ndeploy Foo 2 prod\nversion Bar 3", broker.CanIDeployQuery{Pacticipant: "Bar", Version: "3"}, matrix.CauseNoContracts, "Foo", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlayer(t, db)
			s, err := story.Parse(tt.name, tt.history)
			require.NoError(t, err)
			p.play(s.Steps)
			q := tt.query
			q.Pacticipant, q.Environment = p.name(q.Pacticipant), p.name("prod")
			answer, err := broker.New(db, broker.Settings{}).CanIDeploy(t.Context(), q)
			require.NoError(t, err)
			require.Len(t, answer.Decision.Explanations, 1)
			e := answer.Decision.Explanations[0]
			require.Equal(t, tt.cause, e.Cause)
			require.Equal(t, tt.blocking, e.Blocking)
			require.Equal(t, p.name(tt.owner), e.Owner)
			require.NotEmpty(t, e.Sentence)
			require.NotEmpty(t, e.NextStep)
			require.Equal(t, tt.blocking, len(e.Steps) > 0, "what stands in the way has a command")
		})
	}
}
