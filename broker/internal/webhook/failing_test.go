package webhook_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

func TestNoFailureOfTheDatabaseIsTakenForAnAnswer(t *testing.T) {
	t.Parallel()
	request := kernel.WebhookRequest{Method: "POST", URL: "https://ci.example.org/"}
	pact := func(sha string) kernel.PactQuery { return kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: sha} }
	for name, do := range map[string]func(ctx context.Context, s *usecase.All, sha, uuid, fired string) error{
		"list": func(ctx context.Context, s *usecase.All, _, _, _ string) error {
			_, err := s.Webhook.ListWebhooks(ctx, kernel.WebhookQuery{})
			return err
		},
		"find": func(ctx context.Context, s *usecase.All, _, uuid, _ string) error {
			_, err := s.Webhook.FindWebhook(ctx, uuid)
			return err
		},
		"check": func(ctx context.Context, s *usecase.All, _, _, _ string) error {
			return s.Webhook.ValidateWebhook(ctx, kernel.Webhook{Consumer: kernel.WebhookSide{Name: "Foo"}, Request: request})
		},
		"create": func(ctx context.Context, s *usecase.All, _, _, _ string) error {
			_, err := s.Webhook.CreateWebhook(ctx, kernel.Webhook{Consumer: kernel.WebhookSide{Name: "Foo"}, Provider: kernel.WebhookSide{Name: "Bar"}, Request: request})
			return err
		},
		"replace": func(ctx context.Context, s *usecase.All, _, uuid, _ string) error {
			_, _, err := s.Webhook.ReplaceWebhook(ctx, kernel.Webhook{UUID: uuid, Provider: kernel.WebhookSide{Label: "team"}, Request: request})
			return err
		},
		"create by name": func(ctx context.Context, s *usecase.All, _, _, _ string) error {
			_, _, err := s.Webhook.ReplaceWebhook(ctx, kernel.Webhook{UUID: "a-name-of-my-own", Request: request})
			return err
		},
		"those of a pact": func(ctx context.Context, s *usecase.All, _, _, _ string) error {
			_, err := s.Webhook.ListWebhooksOfPact(ctx, "Foo", "Bar", "1")
			return err
		},
		"those of a result": func(ctx context.Context, s *usecase.All, sha, _, _ string) error {
			_, err := s.Webhook.ListWebhooksOfVerification(ctx, kernel.VerificationQuery{Pact: pact(sha)})
			return err
		},
		"the status of a pair": func(ctx context.Context, s *usecase.All, _, _, _ string) error {
			_, err := s.Webhook.FindWebhookStatus(ctx, "Foo", "Bar")
			return err
		},
		"one that was fired": func(ctx context.Context, s *usecase.All, _, _, fired string) error {
			_, err := s.Webhook.FindTriggeredWebhook(ctx, fired)
			return err
		},
		"what an attempt needs": func(ctx context.Context, s *usecase.All, _, _, fired string) error {
			_, err := s.Webhook.PrepareWebhook(ctx, fired)
			return err
		},
		"one with what it delivered": func(ctx context.Context, s *usecase.All, _, uuid, _ string) error {
			_, err := s.Webhook.LookAtWebhook(ctx, webhook.LookQuery{UUID: uuid, Size: 5})
			return err
		},
		"why it fired": func(ctx context.Context, s *usecase.All, _, uuid, _ string) error {
			_, err := s.Webhook.Explain(ctx, uuid, "Foo", "Bar")
			return err
		},
		"one masked": func(ctx context.Context, s *usecase.All, _, uuid, _ string) error {
			_, err := s.Webhook.FindMasked(ctx, uuid)
			return err
		},
		"a delivery": func(ctx context.Context, s *usecase.All, _, _, fired string) error {
			_, err := s.Webhook.LookAtDelivery(ctx, fired)
			return err
		},
		"a change": func(ctx context.Context, s *usecase.All, _, uuid, _ string) error {
			w, err := s.Webhook.FindMasked(ctx, uuid)
			if err == nil {
				_, err = s.Webhook.EditWebhook(ctx, w, w.UpdatedAt)
			}
			return err
		},
		"an attempt": func(ctx context.Context, s *usecase.All, _, _, fired string) error {
			return s.Webhook.RecordWebhookAttempt(ctx, fired, webhook.Attempt{Success: true, Logs: "sent", Status: kernel.TriggerSuccess})
		},
		"what a test needs": func(ctx context.Context, s *usecase.All, _, _, _ string) error {
			_, err := s.Webhook.PrepareWebhookTest(ctx, kernel.Webhook{Consumer: kernel.WebhookSide{Name: "Foo"}, Events: []kernel.EventName{kernel.EventVerificationPublished}, Request: request})
			return err
		},
		"what a test of a labelled one needs": func(ctx context.Context, s *usecase.All, _, _, _ string) error {
			_, err := s.Webhook.PrepareWebhookTest(ctx, kernel.Webhook{Consumer: kernel.WebhookSide{Label: "team"}, Request: request})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, failing := usecasetest.NewFailing(t)
			_, sha, uuid := usecasetest.Landscape(t, s)
			fired, err := s.Webhook.ListWebhooksOfVerification(t.Context(), kernel.VerificationQuery{Pact: pact(sha)})
			require.NoError(t, err)
			require.NotEmpty(t, fired)
			failing.EachCall(t, func() error { return do(t.Context(), s, sha, uuid, fired[0].UUID) })
		})
	}
}

func TestAWebhookThatCouldNotBeDeletedIsStillThere(t *testing.T) {
	t.Parallel()
	s, failing := usecasetest.NewFailing(t)
	_, _, uuid := usecasetest.Landscape(t, s)
	failing.EachCallOfParts(t, func() error {
		_, err := s.Webhook.FindWebhook(t.Context(), uuid)
		if err != nil {
			return err
		}
		return s.Webhook.DeleteWebhook(t.Context(), uuid)
	})
	_, err := s.Webhook.FindWebhook(t.Context(), uuid)
	require.True(t, kernel.IsNotFound(err), err)
}
