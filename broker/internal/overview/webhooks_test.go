package overview_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

func TestWebhooksOfAnApplicationAreThoseThatConcernIt(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		for _, name := range []string{"shop", "stock", "cat"} {
			_, _, err := s.Registry.CreatePacticipant(t.Context(), registry.PacticipantChange{Name: name})
			require.NoError(t, err)
		}
		_, _, err := s.Registry.PutLabel(t.Context(), "shop", "web")
		require.NoError(t, err)
		hooks := map[string]kernel.Webhook{}
		for name, w := range map[string]kernel.Webhook{
			"all":   {},
			"shop":  {Consumer: kernel.WebhookSide{Name: "shop"}},
			"pair":  {Consumer: kernel.WebhookSide{Name: "shop"}, Provider: kernel.WebhookSide{Name: "stock"}},
			"stock": {Provider: kernel.WebhookSide{Name: "stock"}, Events: []kernel.EventName{kernel.EventVerificationFailed}},
			"web":   {Provider: kernel.WebhookSide{Label: "web"}},
			"other": {Consumer: kernel.WebhookSide{Label: "api"}},
			"off":   {Consumer: kernel.WebhookSide{Name: "cat"}},
		} {
			w.Description, w.Enabled = name, name != "off"
			if w.Events == nil {
				w.Events = []kernel.EventName{kernel.EventContractPublished}
			}
			w.Request = kernel.WebhookRequest{Method: "POST", URL: "https://ci.example.org/"}
			made, err := s.Webhook.CreateWebhook(t.Context(), w)
			require.NoError(t, err)
			hooks[name] = made
		}
		names := func(found []overview.ListedWebhook) []string {
			var out []string
			for _, w := range found {
				out = append(out, w.Description)
			}
			return out
		}
		for application, want := range map[string][]string{"shop": {"all", "shop", "pair", "web"}, "stock": {"all", "pair", "stock"}, "cat": {"all", "off"}} {
			found, err := s.Overview.WebhooksOf(t.Context(), application)
			require.NoError(t, err)
			require.ElementsMatch(t, want, names(found), application)
		}
		_, err = s.Overview.WebhooksOf(t.Context(), "nobody")
		require.True(t, kernel.IsNotFound(err))

		// What fails comes first, what fails for longest before others.
		in := usecasetest.Contracts("shop", "1", "main", "stock")
		_, err = s.Publish.PublishContracts(t.Context(), in)
		require.NoError(t, err)
		outcome := func(name string, status kernel.TriggerStatus) {
			t.Helper()
			look, err := s.Webhook.LookAtWebhook(t.Context(), webhook.LookQuery{UUID: hooks[name].UUID, Size: 1})
			require.NoError(t, err)
			require.NotEmpty(t, look.Deliveries, name)
			require.NoError(t, s.Webhook.RecordWebhookAttempt(t.Context(), look.Deliveries[0].UUID, webhook.Attempt{UUID: name, Status: status, Success: status == kernel.TriggerSuccess}))
		}
		outcome("pair", kernel.TriggerFailure)
		outcome("all", kernel.TriggerSuccess)
		found, err := s.Overview.LookAtWebhooks(t.Context(), overview.WebhooksQuery{})
		require.NoError(t, err)
		require.Equal(t, []string{"pair", "shop", "all"}, names(found.Webhooks)[:3])
		require.Equal(t, "off", names(found.Webhooks)[6])
		require.Equal(t, map[overview.WebhookHealth]int{overview.WebhookFailing: 1, overview.WebhookUnderWay: 1, overview.WebhookDelivered: 1, overview.WebhookNeverUsed: 3, overview.WebhookOff: 1}, found.Counts)
		require.Equal(t, []string{"cat", "shop", "stock"}, found.Names)
		for _, tt := range []struct {
			q    overview.WebhooksQuery
			want []string
		}{
			{overview.WebhooksQuery{Health: overview.WebhookFailing}, []string{"pair"}},
			{overview.WebhooksQuery{Event: kernel.EventVerificationFailed}, []string{"stock"}},
			{overview.WebhooksQuery{Application: "cat", Health: overview.WebhookOff}, []string{"off"}},
		} {
			found, err := s.Overview.LookAtWebhooks(t.Context(), tt.q)
			require.NoError(t, err)
			require.Equal(t, tt.want, names(found.Webhooks), tt.q)
			require.Equal(t, 7, found.All)
			require.Equal(t, 1, found.Counts[overview.WebhookFailing], "what is said of all is said of all")
		}
		s.Settings.Webhooks.Hosts = []string{"other.example.org"}
		found, err = s.Overview.LookAtWebhooks(t.Context(), overview.WebhooksQuery{})
		require.NoError(t, err)
		require.False(t, found.Webhooks[0].HostAllowed)
	})
}
