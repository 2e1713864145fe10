package webhook_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// published publishes a pact of storefront with catalog.
func published(t *testing.T, s *usecase.All, number, content string) {
	t.Helper()
	in := usecasetest.Contracts("storefront", number, "main", "catalog")
	in.Tags = nil
	in.Contracts[0].Content = usecasetest.PactText("storefront", "catalog", content)
	_, err := s.Publish.PublishContracts(t.Context(), in)
	require.NoError(t, err)
}

func verified(t *testing.T, s *usecase.All, number string, success bool) {
	t.Helper()
	pact, err := s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "storefront", Provider: "catalog", Version: number})
	require.NoError(t, err)
	_, err = s.Result.RecordVerification(t.Context(), result.VerificationInput{Consumer: "storefront", Provider: "catalog", SHA: pact.SHA, ProviderVersion: "7", Success: success})
	require.NoError(t, err)
}

func hook(t *testing.T, s *usecase.All, change func(*kernel.Webhook), events ...kernel.EventName) kernel.Webhook {
	t.Helper()
	w := kernel.Webhook{Enabled: true, Events: events, Request: kernel.WebhookRequest{Method: "POST", URL: "https://ci.example.org/"}}
	if change != nil {
		change(&w)
	}
	out, err := s.Webhook.CreateWebhook(t.Context(), w)
	require.NoError(t, err)
	return out
}

// why tells, event by event, what a webhook did: "fired" or what kept it.
func why(t *testing.T, s *usecase.All, w kernel.Webhook) map[string][]webhook.Hindrance {
	t.Helper()
	got, err := s.Webhook.Explain(t.Context(), w.UUID, "storefront", "catalog")
	require.NoError(t, err)
	require.Empty(t, got.Wrong)
	out := map[string][]webhook.Hindrance{}
	for _, e := range got.Events {
		require.Equal(t, len(e.Fired) > 0, len(e.Hindrances) == 0, "either it fired or something kept it: %+v", e)
		out[e.Publication.ConsumerVersion.Number+" "+string(e.Event)] = e.Hindrances
	}
	return out
}

func TestAWebhookThatDidNotFireSaysWhatKeptIt(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		later := func() { now = now.Add(time.Minute) }
		published(t, s, "0", "x")
		_, _, err := s.Registry.PutLabel(t.Context(), "storefront", "web")
		require.NoError(t, err)
		later()
		const pub, changed, needs, good, bad, any = kernel.EventContractPublished, kernel.EventContractContentChanged, kernel.EventContractRequiresVerification, kernel.EventVerificationSucceeded, kernel.EventVerificationFailed, kernel.EventVerificationPublished
		hooks := map[string]kernel.Webhook{
			"all of it":      hook(t, s, nil, pub, changed),
			"off":            hook(t, s, func(w *kernel.Webhook) { w.Enabled = false }, pub),
			"other consumer": hook(t, s, func(w *kernel.Webhook) { w.Consumer.Name = "catalog" }, pub),
			"two reasons":    hook(t, s, func(w *kernel.Webhook) { w.Enabled, w.Provider.Name = false, "storefront" }, pub),
			"labels":         hook(t, s, func(w *kernel.Webhook) { w.Consumer.Label, w.Provider.Label = "web", "api" }, pub),
			"other event":    hook(t, s, nil, bad),
			"good results":   hook(t, s, nil, good),
			"every result":   hook(t, s, nil, any),
			"to be verified": hook(t, s, nil, needs),
			"changed":        hook(t, s, nil, changed),
		}
		later()
		published(t, s, "1", "x")
		later()
		verified(t, s, "1", true)
		none := []webhook.Hindrance(nil)
		for name, want := range map[string]map[string][]webhook.Hindrance{
			"all of it": {
				"0 " + string(pub): {webhook.HindranceYounger}, "0 " + string(changed): {webhook.HindranceYounger},
				"1 " + string(pub): none, "1 " + string(good): {webhook.HindranceEvent},
			},
			"off":            {"1 " + string(pub): {webhook.HindranceDisabled}},
			"other consumer": {"1 " + string(pub): {webhook.HindranceConsumer}},
			"two reasons":    {"1 " + string(pub): {webhook.HindranceDisabled, webhook.HindranceProvider}},
			"labels":         {"1 " + string(pub): {webhook.HindranceProviderLabel}},
			"other event":    {"1 " + string(pub): {webhook.HindranceEvent}, "1 " + string(good): {webhook.HindranceEvent}},
			"good results":   {"1 " + string(pub): {webhook.HindranceEvent}, "1 " + string(good): none},
			"every result":   {"1 " + string(any): none},
			"to be verified": {"1 " + string(pub): {webhook.HindranceUnknown}},
			"changed":        {"1 " + string(pub): {webhook.HindranceUnchanged}},
		} {
			got := why(t, s, hooks[name])
			require.NotContains(t, got, "1 "+string(changed), "%s: equal content is no change, so that nothing of it is told", name)
			require.NotContains(t, got, "1 "+string(needs), name)
			for event, hindrances := range want {
				require.Contains(t, got, event, name)
				require.Equal(t, hindrances, got[event], "%s: %s", name, event)
			}
		}

		// One that is changed afterwards is told as it is now, and says so.
		w := hooks["off"]
		w.Enabled = true
		later()
		_, _, err = s.Webhook.ReplaceWebhook(t.Context(), w)
		require.NoError(t, err)
		require.Equal(t, []webhook.Hindrance{webhook.HindranceChanged}, why(t, s, w)["1 "+string(pub)])
		w.Enabled = false
		later()
		_, _, err = s.Webhook.ReplaceWebhook(t.Context(), w)
		require.NoError(t, err)
		got, err := s.Webhook.Explain(t.Context(), w.UUID, "storefront", "catalog")
		require.NoError(t, err)
		for _, e := range got.Events {
			require.Equal(t, e.Publication.ConsumerVersion.Number == "1", e.SinceChanged, "%+v", e)
		}
	})
}

// What chooses webhooks and what says why one was not chosen agree for every kind.
func TestWhatSaysWhyDecides(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		published(t, s, "0", "x")
		_, _, err := s.Registry.PutLabel(t.Context(), "storefront", "web")
		require.NoError(t, err)
		var hooks []kernel.Webhook
		for _, enabled := range []bool{true, false} {
			for _, consumer := range []kernel.WebhookSide{{}, {Name: "storefront"}, {Name: "catalog"}, {Label: "web"}, {Label: "api"}} {
				for _, provider := range []kernel.WebhookSide{{}, {Name: "catalog"}, {Label: "web"}} {
					hooks = append(hooks, hook(t, s, func(w *kernel.Webhook) { w.Enabled, w.Consumer, w.Provider = enabled, consumer, provider }, kernel.EventContractPublished))
				}
			}
		}
		published(t, s, "1", "y")
		fired := 0
		for _, w := range hooks {
			of, err := s.Webhook.LookAtWebhook(t.Context(), webhook.LookQuery{UUID: w.UUID, Size: 5, Consumer: "storefront", Provider: "catalog"})
			require.NoError(t, err)
			fired += len(of.Deliveries)
			event := of.Why.Events[0]
			require.Equal(t, "1", event.Publication.ConsumerVersion.Number)
			require.Equal(t, len(of.Deliveries) == 0, len(event.Hindrances) > 0, "%+v", w)
			require.NotContains(t, event.Hindrances, webhook.HindranceNoRecord, "%+v: a condition says why", w)
		}
		require.Equal(t, 6, fired)
	})
}

func TestThePairThatIsMostLikelyMeantIsExplained(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	nothing := hook(t, s, nil, kernel.EventContractPublished)
	got, err := s.Webhook.Explain(t.Context(), nothing.UUID, "", "")
	require.NoError(t, err)
	require.Contains(t, got.Wrong, "no contract yet")
	published(t, s, "1", "x")
	in := usecasetest.Contracts("app", "1", "main", "catalog")
	_, err = s.Publish.PublishContracts(t.Context(), in)
	require.NoError(t, err)
	named := hook(t, s, func(w *kernel.Webhook) { w.Consumer.Name, w.Provider.Name = "storefront", "catalog" }, kernel.EventContractPublished)
	half := hook(t, s, func(w *kernel.Webhook) { w.Provider.Name = "catalog" }, kernel.EventVerificationFailed)
	for name, tt := range map[string]struct {
		w                  kernel.Webhook
		consumer, provider string
		want               []string
	}{
		"its own":              {named, "", "", []string{"storefront", "catalog", ""}},
		"that it fired for":    {nothing, "", "", []string{"app", "catalog", ""}},
		"that changed last":    {half, "", "", []string{"app", "catalog", ""}},
		"the one that is half": {half, "storefront", "", []string{"storefront", "catalog", ""}},
		"only one name":        {nothing, "storefront", "", []string{"storefront", "", "Name both, the consumer and the provider: an event is one of a pair."}},
		"nobody":               {nothing, "nobody", "catalog", []string{"nobody", "catalog", "No consumer with name 'nobody' found"}},
		"without a contract":   {nothing, "catalog", "app", []string{"catalog", "app", ""}},
	} {
		got, err := s.Webhook.Explain(t.Context(), tt.w.UUID, tt.consumer, tt.provider)
		require.NoError(t, err, name)
		require.Equal(t, tt.want, []string{got.Consumer, got.Provider, got.Wrong}, name)
	}
	_, err = s.Webhook.Explain(t.Context(), "nothing", "", "")
	require.True(t, kernel.IsNotFound(err))
}
