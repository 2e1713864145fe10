package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// A missing result says who has been asked for it already, so that people know
// whether to wait or to start a build.
func TestAMissingResultSaysWhoWasAskedForIt(t *testing.T) {
	t.Parallel()
	p := usecasetest.NewPlayer(t, usecasetest.OpenSQLite(t))
	s, err := story.Parse("asked", "pact Foo 1 -> Bar\nversion Bar 2\ndeploy Bar 2 prod")
	require.NoError(t, err)
	p.Play(s.Steps)
	require.NoError(t, p.Store.Update(t.Context(), func(tx kernel.Tx) error {
		p.Tx = tx
		foo, err := p.App("Foo")
		require.NoError(t, err)
		bar, err := p.App("Bar")
		require.NoError(t, err)
		version, err := tx.FindVersion(foo.ID, "1")
		require.NoError(t, err)
		pact, err := tx.FindPublication(version.ID, bar.ID)
		require.NoError(t, err)
		hook, err := tx.CreateWebhook(kernel.Webhook{
			UUID: "hook", Enabled: true, Events: []kernel.EventName{kernel.EventContractRequiresVerification},
			Request: kernel.WebhookRequest{Method: "POST", URL: "https://ci.example.org/build"}, CreatedAt: p.Now, UpdatedAt: p.Now,
		})
		require.NoError(t, err)
		for name, event := range map[string]kernel.EventName{"firing": kernel.EventContractRequiresVerification, "telling": kernel.EventVerificationFailed} {
			if _, err = tx.EnqueueWebhooks(kernel.TriggeredWebhook{
				UUID: name, WebhookID: hook.ID, WebhookUUID: hook.UUID, Event: event,
				Consumer: foo.Party(), Provider: bar.Party(), PublicationID: pact.ID, Status: kernel.TriggerSuccess, CreatedAt: p.Now, UpdatedAt: p.Now,
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	answer, err := usecase.New(p.Store, kernel.Settings{}).Gate.CanIDeploy(t.Context(), gate.CanIDeployQuery{
		Pacticipant: p.Name("Foo"), Version: "1", Environment: p.Name("prod"),
	})
	require.NoError(t, err)
	require.Equal(t, matrix.Unknown, answer.Decision.Verdict)
	require.Len(t, answer.Decision.Explanations, 1)
	e := answer.Decision.Explanations[0]
	require.Equal(t, matrix.CauseNeverVerified, e.Cause)
	require.Equal(t, p.Name("Bar"), e.Owner)
	require.Len(t, e.Asked, 1, "what tells of a result asks for none")
	require.Contains(t, e.Asked[0], "ci.example.org")
	require.Contains(t, e.Asked[0], "was accepted")
}

// Every cause is told with who owns it and what would change the answer.
func TestEveryCauseIsExplained(t *testing.T) {
	t.Parallel()
	db := usecasetest.OpenSQLite(t)
	for _, tt := range []struct {
		name, history string
		query         gate.CanIDeployQuery
		cause         matrix.Cause
		owner         string
		blocking      bool
	}{
		{"never verified", "pact Foo 1 -> Bar\ndeploy Bar 2 prod", gate.CanIDeployQuery{Pacticipant: "Foo", Version: "1"}, matrix.CauseNeverVerified, "Bar", true},
		{"failed", "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 failed\ndeploy Bar 2 prod", gate.CanIDeployQuery{Pacticipant: "Foo", Version: "1"}, matrix.CauseFailed, "Bar", true},
		{"not published", "version Foo 1\nenvironment prod", gate.CanIDeployQuery{Pacticipant: "Foo", Version: "2"}, matrix.CauseNotPublished, "Foo", true},
		{"not in the environment", "pact Foo 1 -> Bar\nenvironment prod", gate.CanIDeployQuery{Pacticipant: "Foo", Version: "1"}, matrix.CauseNotInTarget, "Bar", true},
		{"only in a rollout", "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 ok\nrollout Bar 2 prod", gate.CanIDeployQuery{Pacticipant: "Foo", Version: "1"}, matrix.CauseOnlyInRollout, "Bar", true},
		{"without contracts", "pact Foo 1 -> Bar\ndeploy Foo 2 prod\nversion Bar 3", gate.CanIDeployQuery{Pacticipant: "Bar", Version: "3"}, matrix.CauseNoContracts, "Foo", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := usecasetest.NewPlayer(t, db)
			s, err := story.Parse(tt.name, tt.history)
			require.NoError(t, err)
			p.Play(s.Steps)
			q := tt.query
			q.Pacticipant, q.Environment = p.Name(q.Pacticipant), p.Name("prod")
			answer, err := usecase.New(db, kernel.Settings{}).Gate.CanIDeploy(t.Context(), q)
			require.NoError(t, err)
			require.Len(t, answer.Decision.Explanations, 1)
			e := answer.Decision.Explanations[0]
			require.Equal(t, tt.cause, e.Cause)
			require.Equal(t, tt.blocking, e.Blocking)
			require.Equal(t, p.Name(tt.owner), e.Owner)
			require.NotEmpty(t, e.Sentence)
			require.NotEmpty(t, e.NextStep)
			require.Equal(t, tt.blocking, len(e.Steps) > 0, "what stands in the way has a command")
		})
	}
}
