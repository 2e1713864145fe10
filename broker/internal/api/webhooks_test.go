package api_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

const aRequest = `"request":{"method":"POST","url":"https://ci.example.org/hook"}`

func webhookNames(r reply) []string {
	out := []string{}
	list, _ := r.at("_links", "pb:webhooks").([]any)
	for _, item := range list {
		out = append(out, item.(map[string]any)["name"].(string))
	}
	return out
}

func TestAListOfWebhooksShowsExactlyItsScope(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "main", "Bar", "thing")
	for _, w := range []struct{ path, description string }{
		{"/webhooks", "all"},
		{"/webhooks/provider/Bar", "of the provider"},
		{"/webhooks/consumer/Foo", "of the consumer"},
		{"/webhooks/provider/Bar/consumer/Foo", "of the pair"},
		{fooBar + "/webhooks", "of the pair too"},
	} {
		got := s.must("POST", w.path, `{"description":"`+w.description+`",`+aRequest+`}`)
		require.Equal(t, 201, got.status)
		require.Equal(t, got.header.Get("Location"), got.link("self"))
	}
	for path, want := range map[string][]string{
		"/webhooks":                           {"all", "of the provider", "of the consumer", "of the pair", "of the pair too"},
		"/webhooks/provider/Bar":              {"of the provider"},
		"/webhooks/consumer/Foo":              {"of the consumer"},
		"/webhooks/provider/Bar/consumer/Foo": {"of the pair", "of the pair too"},
		fooBar + "/webhooks":                  {"of the pair", "of the pair too"},
		"/webhooks/consumer/Bar":              {},
	} {
		got := s.get(path)
		require.Equal(t, 200, got.status)
		require.ElementsMatch(t, want, webhookNames(got), path)
		require.Equal(t, s.url+path, got.link("self"))
		require.Equal(t, s.url+path, got.link("pb:create"))
	}
	require.Equal(t, 404, s.get("/webhooks/provider/Nope").status)
	require.Equal(t, 404, s.do(call{method: "POST", path: "/webhooks/consumer/Nope", body: `{` + aRequest + `}`}).status)
}

func TestSecretsOfAWebhookAreNeverShown(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	got := s.must("POST", "/webhooks", `{"request":{"method":"post","url":"https://me:hush@ci.example.org/x?token=hush&job=7","username":"u",`+
		`"password":"hush","body":{"ref":"main","client_secret":"hush"},"headers":{"Authorization":"Bearer hush","X-Api-Token":"hush","X":"seen"}}}`)
	for _, r := range []reply{got, s.get("/webhooks/" + got.doc["uuid"].(string))} {
		require.NotContains(t, r.text, "hush")
		require.Equal(t, "seen", r.at("request", "headers", "x"))
		require.Equal(t, "POST", r.at("request", "method"))
		require.Equal(t, "https://**********@ci.example.org/x?token=**********&job=7", r.at("request", "url"))
		require.Equal(t, "main", r.at("request", "body", "ref"))
		require.Equal(t, "**********", r.at("request", "body", "client_secret"))
	}
}

// TestAMovedWebhookWantsItsSecretsAgain goes by the wire, where a password of
// null is another thing than none.
func TestAMovedWebhookWantsItsSecretsAgain(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	got := s.must("POST", "/webhooks", `{"request":{"method":"POST","url":"https://ci.example.org/x","username":"u","password":"hush"}}`)
	at := "/webhooks/" + got.doc["uuid"].(string)
	moved := func(password string) call {
		return call{method: "PUT", path: at, body: `{"request":{"method":"POST","url":"https://other.example.org/x"` + password + `}}`}
	}
	for _, password := range []string{``, `,"password":""`, `,"password":"**********"`} {
		refused := s.do(moved(password))
		require.Equal(t, 400, refused.status, password)
		require.Contains(t, refused.text, `"request.password":["is kept only for POST https://ci.example.org:443`)
		require.Contains(t, refused.text, "Give the password again")
	}
	require.Equal(t, "https://ci.example.org/x", s.get(at).at("request", "url"))

	require.Equal(t, 200, s.do(moved(`,"password":null`)).status)
	require.Nil(t, s.get(at).at("request", "password"))
}

func TestAnEmptyPasswordIsShownAndTakenBack(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	shown := s.must("POST", "/webhooks", `{"request":{"method":"POST","url":"https://ci.example.org/x","username":"u","password":""}}`)
	require.Equal(t, "**********", shown.at("request", "password"))
	back, err := json.Marshal(map[string]any{"request": shown.doc["request"]})
	require.NoError(t, err)

	got := s.must("PUT", "/webhooks/"+shown.doc["uuid"].(string), string(back))

	require.Equal(t, "**********", got.at("request", "password"))
	bare := s.must("POST", "/webhooks", `{"request":{"method":"POST","url":"https://ci.example.org/x"}}`)
	require.Nil(t, bare.at("request", "password"))
}
