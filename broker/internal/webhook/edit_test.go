package webhook_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// secretive has a secret in every place.
func secretive() kernel.Webhook {
	return kernel.Webhook{Enabled: true, Description: "start a build", Request: kernel.WebhookRequest{
		Method: "POST", URL: "https://ci.example.org/start?token=urlsecret&job=7", Username: "ci", Password: "passsecret",
		Headers: []kernel.WebhookHeader{{Name: "private-token", Value: "headsecret"}, {Name: "x-shown", Value: "shown"}},
		Body:    json.RawMessage(`{"api_key": "bodysecret", "text": "hello"}`),
	}}
}

func TestAMaskedWebhookHasNoSecret(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	s.Settings.Webhooks = kernel.WebhookRules{}
	for name, change := range map[string]func(*kernel.WebhookRequest){
		"JSON": func(*kernel.WebhookRequest) {},
		"a form": func(r *kernel.WebhookRequest) {
			r.Headers = append(r.Headers, kernel.WebhookHeader{Name: "content-type", Value: "application/x-www-form-urlencoded"})
			r.Body = webhook.TextBody("token=bodysecret&a=b")
		},
		"a user in the address": func(r *kernel.WebhookRequest) { r.URL = "https://me:urlsecret@ci.example.org/" },
	} {
		w := secretive()
		change(&w.Request)
		stored, err := s.Webhook.CreateWebhook(t.Context(), w)
		require.NoError(t, err, name)
		masked, err := s.Webhook.FindMasked(t.Context(), stored.UUID)
		require.NoError(t, err)
		text, err := json.Marshal(masked)
		require.NoError(t, err)
		require.NotContains(t, string(text), "secret", name)
		require.Contains(t, string(text), "shown", name)
		look, err := s.Webhook.LookAtWebhook(t.Context(), webhook.LookQuery{UUID: stored.UUID, Size: 1})
		require.NoError(t, err)
		text, err = json.Marshal(look)
		require.NoError(t, err)
		require.NotContains(t, string(text), "secret", name)
		found, err := s.Webhook.FindWebhook(t.Context(), stored.UUID)
		require.NoError(t, err)
		require.Equal(t, stored, found, "masking changes nothing that is stored")
	}
}

func TestWhatIsLeftAsItWasShownStaysAsItIsStored(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		change  func(*kernel.Webhook)
		want    func(*kernel.Webhook)
		refused []string
	}{
		{"nothing", func(*kernel.Webhook) {}, func(*kernel.Webhook) {}, nil},
		{"another text", func(w *kernel.Webhook) { w.Description, w.Enabled = "", false }, func(w *kernel.Webhook) { w.Description, w.Enabled = "", false }, nil},
		{"a header that is shown", func(w *kernel.Webhook) { w.Request.Headers[1].Value = "new" }, func(w *kernel.Webhook) { w.Request.Headers[1].Value = "new" }, nil},
		{"a secret left empty", func(w *kernel.Webhook) { w.Request.Password, w.Request.Headers[0].Value = "", "" }, func(*kernel.Webhook) {}, nil},
		{"no password", func(w *kernel.Webhook) { w.Request.Password, w.Request.NoPassword = "", true }, func(w *kernel.Webhook) { w.Request.Password = "" }, nil},
		{"new secrets", func(w *kernel.Webhook) {
			w.Request.Password, w.Request.Headers[0].Value, w.Request.URL, w.Request.Body = "p2", "h2", "https://ci.example.org/start?token=u2", webhook.TextBody(`{"api_key":"b2"}`)
		}, func(w *kernel.Webhook) {
			w.Request.Password, w.Request.Headers[0].Value, w.Request.URL, w.Request.Body = "p2", "h2", "https://ci.example.org/start?token=u2", webhook.TextBody(`{"api_key":"b2"}`)
		}, nil},
		{"lines of another kind", func(w *kernel.Webhook) { w.Request.Body = webhook.TextBody(webhook.BodyText(w.Request.Body) + "\r\n") }, func(*kernel.Webhook) {}, nil},
		{"an address with stars", func(w *kernel.Webhook) { w.Request.URL += "&more=1" }, nil, []string{"request.url"}},
		{"a body with stars", func(w *kernel.Webhook) {
			w.Request.Body = webhook.TextBody(`{"api_key": "**********", "text": "other"}`)
		}, nil, []string{"request.body"}},
		{"another host", func(w *kernel.Webhook) { w.Request.URL = "https://evil.example.org/" }, nil, []string{"request.body"}},
		{"another host and a body of its own", func(w *kernel.Webhook) { w.Request.URL, w.Request.Body = "https://evil.example.org/", nil }, nil, []string{"request.password", "request.headers.private-token"}},
		{"several", func(w *kernel.Webhook) { w.Request.URL, w.Request.Method, w.Events = "ftp", "X", []kernel.EventName{} }, nil, []string{"request.url", "request.method", "request.body", "events"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := usecasetest.NewService(t)
			s.Settings.Webhooks = kernel.WebhookRules{}
			stored, err := s.Webhook.CreateWebhook(t.Context(), secretive())
			require.NoError(t, err)
			in, err := s.Webhook.FindMasked(t.Context(), stored.UUID)
			require.NoError(t, err)
			tt.change(&in)

			_, err = s.Webhook.EditWebhook(t.Context(), in, stored.UpdatedAt)

			found, findErr := s.Webhook.FindWebhook(t.Context(), stored.UUID)
			require.NoError(t, findErr)
			if tt.refused != nil {
				var refused *kernel.Error
				require.ErrorAs(t, err, &refused)
				require.Len(t, refused.Fields, len(tt.refused), refused)
				for _, field := range tt.refused {
					require.Contains(t, refused.Fields, field)
				}
				require.NotContains(t, refused.Error(), "bodysecret")
				require.Equal(t, stored, found, "nothing is changed")
				return
			}
			require.NoError(t, err)
			want := stored
			want.Request.Headers = append([]kernel.WebhookHeader(nil), stored.Request.Headers...)
			tt.want(&want)
			want.UpdatedAt = found.UpdatedAt
			require.Equal(t, want, found)
		})
	}
}

func TestWhoDidNotSeeTheLastChangeChangesNothing(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		s.Settings.Webhooks = kernel.WebhookRules{}
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		stored, err := s.Webhook.CreateWebhook(t.Context(), secretive())
		require.NoError(t, err)
		now = now.Add(time.Second)
		mine, theirs := stored, stored
		mine.Description, theirs.Description = "mine", "theirs"
		changed, err := s.Webhook.EditWebhook(t.Context(), theirs, stored.UpdatedAt)
		require.NoError(t, err)
		_, err = s.Webhook.EditWebhook(t.Context(), mine, stored.UpdatedAt)
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))
		require.NoError(t, s.Webhook.DeleteWebhook(t.Context(), stored.UUID))
		_, err = s.Webhook.EditWebhook(t.Context(), mine, changed.UpdatedAt)
		require.True(t, kernel.IsNotFound(err), "it is not made anew")
	})
}

func TestADeliveryIsFiredAgain(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		s.Webhook.Schedule = []time.Duration{time.Minute, time.Hour}
		published(t, s, "0", "x")
		w := hook(t, s, nil, kernel.EventContractPublished)
		published(t, s, "1", "y")
		look := func() webhook.Look {
			t.Helper()
			found, err := s.Webhook.LookAtWebhook(t.Context(), webhook.LookQuery{UUID: w.UUID, Size: 5})
			require.NoError(t, err)
			return found
		}
		again := func(uuid string) kernel.Code {
			t.Helper()
			_, err := s.Webhook.FireAgain(t.Context(), uuid, "")
			return kernel.CodeOf(err)
		}
		first := look().Deliveries[0]
		require.Zero(t, first.Next)
		require.Equal(t, kernel.CodeConflict, again(first.UUID), "it is on its way")
		require.NoError(t, s.Webhook.RecordWebhookAttempt(t.Context(), first.UUID, webhook.Attempt{UUID: "a", Logs: "no", Status: kernel.TriggerRetrying}))
		first = look().Deliveries[0]
		require.Equal(t, first.UpdatedAt.Add(time.Minute), first.Next)
		fired, err := s.Webhook.FireAgain(t.Context(), first.UUID, "")
		require.NoError(t, err)
		require.NotEqual(t, first.UUID, fired.UUID)

		now := look()
		require.Len(t, now.Deliveries, 2)
		second := now.Deliveries[0]
		require.Equal(t, []any{fired.UUID, kernel.TriggerNotRun, 0, first.Event, first.Context, first.PublicationID}, []any{second.UUID, second.Status, second.Attempts, second.Event, second.Context, second.PublicationID})
		require.Equal(t, kernel.TriggerRetrying, now.Deliveries[1].Status, "the first one goes on")
		run, err := s.Webhook.PrepareWebhook(t.Context(), fired.UUID)
		require.NoError(t, err)
		require.Equal(t, "1", run.Publication.ConsumerVersion.Number)

		off := w
		off.Enabled = false
		_, _, err = s.Webhook.ReplaceWebhook(t.Context(), off)
		require.NoError(t, err)
		require.Equal(t, kernel.CodeConflict, again(first.UUID), "it is switched off")
		require.NoError(t, s.Webhook.DeleteWebhook(t.Context(), w.UUID))
		require.Equal(t, kernel.CodeConflict, again(first.UUID), "there is no webhook")
		require.Equal(t, kernel.CodeNotFound, again("nothing"))
		told, err := s.Webhook.LookAtDelivery(t.Context(), first.UUID)
		require.NoError(t, err)
		require.Nil(t, told.Webhook)
		require.Len(t, told.Attempts, 1)
		require.Equal(t, "1", told.Publication.ConsumerVersion.Number)
	})
}

func TestDeliveriesComeInPages(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	published(t, s, "0", "x")
	w := hook(t, s, nil, kernel.EventContractPublished)
	for _, number := range []string{"1", "2", "3"} {
		published(t, s, number, "content "+number)
	}
	var numbers []string
	q := webhook.LookQuery{UUID: w.UUID, Size: 2}
	for more := true; more; {
		found, err := s.Webhook.LookAtWebhook(t.Context(), q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(found.Deliveries), 2)
		for _, d := range found.Deliveries {
			numbers = append(numbers, d.Context.ConsumerVersionNumber)
			q.Before = d.ID
		}
		more = found.More
	}
	require.Equal(t, []string{"3", "2", "1"}, numbers, "each once")
}
