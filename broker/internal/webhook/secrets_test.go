package webhook_test

import (
	"cmp"
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// noExecutor fails the test if a webhook is sent.
type noExecutor struct{ t *testing.T }

func (e noExecutor) ExecuteWebhook(context.Context, webhook.Run) webhook.Execution {
	e.t.Error("the webhook was sent")
	return webhook.Execution{}
}

const stars = "**********"

func secretRequest() kernel.WebhookRequest {
	return kernel.WebhookRequest{
		Method: "POST", URL: "https://ci.example.org/builds/1?x=${pactbroker.consumerName}",
		Headers:  []kernel.WebhookHeader{{Name: "Private-Token", Value: "known"}, {Name: "X", Value: "seen"}},
		Username: "bot", Password: "hush",
	}
}

// TestSecretsStayWithThePlaceTheyWereGivenFor replaces a webhook by somebody who
// was only shown stars.
func TestSecretsStayWithThePlaceTheyWereGivenFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*kernel.WebhookRequest)
		// refused are the fields that have to be given again.
		refused []string
	}{
		{"nothing", func(*kernel.WebhookRequest) {}, nil},
		{"the path", func(r *kernel.WebhookRequest) { r.URL = "https://ci.example.org/builds/2#top" }, nil},
		{"the spelling of the host", func(r *kernel.WebhookRequest) { r.URL = "HTTPS://CI.example.ORG:443/builds/1" }, nil},
		{"the body", func(r *kernel.WebhookRequest) { r.Body = []byte(`{"a":"${pactbroker.pactUrl}"}`) }, nil},
		{"the password is left out", func(r *kernel.WebhookRequest) { r.Password = "" }, nil},
		{"the host", func(r *kernel.WebhookRequest) { r.URL = "https://evil.example.org/builds/1" }, both},
		{"the host, without a password", func(r *kernel.WebhookRequest) { r.URL, r.Password = "https://evil.example.org/", "" }, both},
		{"the host behind a user", func(r *kernel.WebhookRequest) { r.URL = "https://ci.example.org@evil.example.org/" }, both},
		{"the host, as it looks", func(r *kernel.WebhookRequest) { r.URL = "https://ci.example.org.evil.example.org/" }, both},
		{"the port", func(r *kernel.WebhookRequest) { r.URL = "https://ci.example.org:8443/builds/1" }, both},
		{"the scheme", func(r *kernel.WebhookRequest) { r.URL = "http://ci.example.org/builds/1" }, both},
		{"the scheme, on the same port", func(r *kernel.WebhookRequest) { r.URL = "http://ci.example.org:443/builds/1" }, both},
		{"the method", func(r *kernel.WebhookRequest) { r.Method = "GET" }, both},
		{"the host that is named to the receiver", func(r *kernel.WebhookRequest) {
			r.Headers = append(r.Headers, kernel.WebhookHeader{Name: "Host", Value: "evil.example.org"})
		}, both},
		{"the name of a header", func(r *kernel.WebhookRequest) { r.Headers[0].Name = "X-Shown" }, []string{"request.headers.x-shown"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := usecasetest.NewService(t)
			s.Settings.Webhooks = kernel.WebhookRules{}
			stored, err := s.Webhook.CreateWebhook(t.Context(), kernel.Webhook{Request: secretRequest()})
			require.NoError(t, err)
			in := kernel.Webhook{UUID: stored.UUID, Request: secretRequest()}
			in.Request.Password, in.Request.Headers[0].Value = stars, stars
			tt.change(&in.Request)

			_, _, err = s.Webhook.ReplaceWebhook(t.Context(), in)

			found, findErr := s.Webhook.FindWebhook(t.Context(), stored.UUID)
			require.NoError(t, findErr)
			require.Equal(t, "hush", found.Request.Password)
			require.Equal(t, "known", found.Request.Headers[0].Value)
			if tt.refused == nil {
				require.NoError(t, err)
				require.Equal(t, in.Request.URL, found.Request.URL)
				return
			}
			var refused *kernel.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, stored.Request.URL, found.Request.URL, "nothing is changed")
			require.Len(t, refused.Fields, len(tt.refused))
			for _, field := range tt.refused {
				require.Contains(t, refused.Fields, field)
			}
			require.NotContains(t, refused.Error(), "hush")
		})
	}
}

var both = []string{"request.password", "request.headers.private-token"}

func TestAMovedWebhookTakesSecretsThatAreGivenAgain(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	s.Settings.Webhooks = kernel.WebhookRules{}
	stored, err := s.Webhook.CreateWebhook(t.Context(), kernel.Webhook{Request: secretRequest()})
	require.NoError(t, err)
	in := kernel.Webhook{UUID: stored.UUID, Request: secretRequest()}
	in.Request.URL, in.Request.Password, in.Request.NoPassword = "https://new.example.org/", "", true
	in.Request.Headers[0].Value = "another"

	_, _, err = s.Webhook.ReplaceWebhook(t.Context(), in)

	require.NoError(t, err)
	found, err := s.Webhook.FindWebhook(t.Context(), stored.UUID)
	require.NoError(t, err)
	require.Empty(t, found.Request.Password)
	require.Equal(t, "another", found.Request.Headers[0].Value)
}

// What the API shows of a webhook can be sent back as it is, with other spelling and
// order of its JSON too.
func TestAddressAndBodyAreKeptAsTheyWereShown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		change  func(*kernel.WebhookRequest)
		refused string
		body    string // what is stored then; the old one when empty
	}{
		{"as shown", func(*kernel.WebhookRequest) {}, "", ""},
		{"the body in another spelling", func(r *kernel.WebhookRequest) {
			r.Body = json.RawMessage(`{ "text": "hello", "api_key": "` + stars + `" }`)
		}, "", ""},
		{"another body", func(r *kernel.WebhookRequest) { r.Body = json.RawMessage(`{"api_key":"new"}`) }, "", `{"api_key":"new"}`},
		{"the body changed around its stars", func(r *kernel.WebhookRequest) {
			r.Body = json.RawMessage(`{"api_key":"` + stars + `","text":"bye"}`)
		}, "request.body", ""},
		{"the address changed around its stars", func(r *kernel.WebhookRequest) { r.URL += "&more=1" }, "request.url", ""},
		{"another host for what is in the body", func(r *kernel.WebhookRequest) { r.URL = "https://evil.example.org/" }, "request.body", ""},
		{"another method for what is in the address", func(r *kernel.WebhookRequest) { r.Method = "PUT" }, "request.url", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := usecasetest.NewService(t)
			s.Settings.Webhooks = kernel.WebhookRules{}
			w := secretive()
			w.Request.Headers, w.Request.Username, w.Request.Password = nil, "", ""
			stored, err := s.Webhook.CreateWebhook(t.Context(), w)
			require.NoError(t, err)
			in := kernel.Webhook{UUID: stored.UUID, Request: webhook.MaskedRequest(stored.Request)}
			require.NotContains(t, in.Request.URL+string(in.Request.Body), "secret")
			tt.change(&in.Request)

			_, _, err = s.Webhook.ReplaceWebhook(t.Context(), in)

			found, findErr := s.Webhook.FindWebhook(t.Context(), stored.UUID)
			require.NoError(t, findErr)
			require.Equal(t, stored.Request.URL, found.Request.URL)
			require.JSONEq(t, cmp.Or(tt.body, string(stored.Request.Body)), string(found.Request.Body))
			if tt.refused == "" {
				require.NoError(t, err)
				return
			}
			var refused *kernel.Error
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Fields, tt.refused)
		})
	}
}

// TestABodyIsKeptOnlyWhereItsSecretsStayHidden: the Content-Type says what is secret in a
// body, and whoever may change it need not know the secrets.
func TestABodyIsKeptOnlyWhereItsSecretsStayHidden(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`"token=s3cret&to=${pactbroker.consumerName}"`, `{"token": "s3cret"}`} {
		for _, to := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json", ""} {
			s := usecasetest.NewService(t)
			s.Settings.Webhooks = kernel.WebhookRules{}
			w := secretive()
			w.Request.Username, w.Request.Password, w.Request.Body = "", "", json.RawMessage(body)
			w.Request.Headers = []kernel.WebhookHeader{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}
			stored, err := s.Webhook.CreateWebhook(t.Context(), w)
			require.NoError(t, err)
			in := kernel.Webhook{UUID: stored.UUID, Request: webhook.MaskedRequest(stored.Request)}
			require.NotContains(t, string(in.Request.Body), "s3cret")
			in.Request.Headers = []kernel.WebhookHeader{{Name: "Content-Type", Value: to}}
			_, _, _ = s.Webhook.ReplaceWebhook(t.Context(), in)
			in.Request.Headers = []kernel.WebhookHeader{{Name: "Content-Type", Value: to}}
			_, _ = s.Webhook.EditWebhook(t.Context(), in, stored.UpdatedAt)
			found, err := s.Webhook.FindWebhook(t.Context(), stored.UUID)
			require.NoError(t, err)
			require.NotContains(t, string(webhook.MaskedRequest(found.Request).Body), "s3cret", "%s as %s", body, to)
			require.Contains(t, string(found.Request.Body), "s3cret", "it is kept, or nothing is changed")
		}
	}
}

func TestParametersOfATemplateAreNoSecrets(t *testing.T) {
	t.Parallel()
	request := kernel.WebhookRequest{URL: "https://ci.example.org/?token=${pactbroker.consumerName}", Body: json.RawMessage(`{"key":"${pactbroker.providerName}"}`)}
	require.Equal(t, request.URL, webhook.MaskedRequest(request).URL)
	require.JSONEq(t, string(request.Body), string(webhook.MaskedRequest(request).Body))
}

// TestStarsThatStandForNothingAreRefused copies a webhook as it is shown.
func TestStarsThatStandForNothingAreRefused(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	s.Webhook.Executor = noExecutor{t}
	copied := kernel.Webhook{Request: secretRequest()}
	copied.Request.Password, copied.Request.Headers[0].Value = stars, "***"
	copied.Request.URL += "?token=" + stars
	copied.Request.Body = json.RawMessage(`{"secret":"` + stars + `"}`)
	for name, try := range map[string]func() error{
		"created":   func() error { _, err := s.Webhook.CreateWebhook(t.Context(), copied); return err },
		"tried out": func() error { _, err := s.Webhook.TestWebhook(t.Context(), copied); return err },
		"under an unknown id": func() error {
			w := copied
			w.UUID = "an-id-of-its-own-1"
			_, _, err := s.Webhook.ReplaceWebhook(t.Context(), w)
			return err
		},
		"over one without any": func() error { return replaceBare(t, s, copied) },
	} {
		err := try()
		var refused *kernel.Error
		require.ErrorAs(t, err, &refused, name)
		require.Contains(t, refused.Fields, "request.password", name)
		require.Contains(t, refused.Fields, "request.url", name)
		require.Contains(t, refused.Fields, "request.body", name)
		require.Len(t, refused.Fields, 4, name)
	}
}

func replaceBare(t *testing.T, s *usecase.All, w kernel.Webhook) error {
	t.Helper()
	bare, err := s.Webhook.CreateWebhook(t.Context(), kernel.Webhook{Request: kernel.WebhookRequest{Method: w.Request.Method, URL: "https://ci.example.org/bare"}})
	require.NoError(t, err)
	w.UUID = bare.UUID
	_, _, err = s.Webhook.ReplaceWebhook(t.Context(), w)
	return err
}

func TestAHeaderIsGivenOnce(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	request := secretRequest()
	request.Headers = []kernel.WebhookHeader{{Name: "Host", Value: "a.example.org"}, {Name: "host", Value: "b.example.org"}}

	_, err := s.Webhook.CreateWebhook(t.Context(), kernel.Webhook{Request: request})

	require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err))
	require.ErrorContains(t, err, "more than once")
}

func TestNoPartOfWhereAWebhookGoesIsATemplate(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	s.Settings.Webhooks = kernel.WebhookRules{}
	for url, ok := range map[string]bool{
		"https://ci.example.org/${pactbroker.consumerName}?${pactbroker.providerName}": true,
		"https://ci.example.org?a=${pactbroker.consumerName}":                          true,
		"https://ci.example.org#${pactbroker.consumerName}":                            true,
		"${pactbroker.eventName}://ci.example.org/":                                    false,
		"https://${pactbroker.consumerName}/":                                          false,
		"https://${pactbroker.consumerName}@ci.example.org/":                           false,
		"https://ci.example.org:${pactbroker.consumerName}/":                           false,
		"https://ci.example.org${pactbroker.consumerName}":                             false,
		"${pactbroker.buildUrl}":                                                       false,
	} {
		err := s.Webhook.ValidateWebhook(t.Context(), kernel.Webhook{Request: kernel.WebhookRequest{Method: "POST", URL: url}})
		require.Equal(t, ok, err == nil, "%s: %v", url, err)
	}
}
