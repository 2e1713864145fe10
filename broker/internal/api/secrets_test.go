package api_test

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	service := newServiceWith(t, kernel.DefaultSettings())
	listening := httptest.NewServer(api.New(service, api.Config{Log: quiet(), Auth: api.Auth{User: "w", Password: "w", ReadOnlyUser: "r", ReadOnlyPassword: "r", PublicRead: true}}))
	t.Cleanup(listening.Close)
	s := &server{t: t, url: listening.URL}
	as := func(who, method, path, body string) reply {
		header := map[string]string{}
		if who != "" {
			header["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(who+":"+who))
		}
		return s.do(call{method: method, path: path, body: body, header: header})
	}
	got := as("w", "POST", "/secrets", `{"name": "TOKEN", "value": "s3cret"}`)
	require.Equal(t, 409, got.status)
	require.Contains(t, got.text, "--secrets-key-file")
	var err error
	service.Secret.Keys, err = secret.ParseKeys(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	require.NoError(t, err)

	for who, status := range map[string]int{"": 401, "r": 401, "x": 401} {
		require.Equal(t, status, as(who, "GET", "/secrets", "").status, who)
		require.Equal(t, status, as(who, "POST", "/secrets", `{}`).status, who)
	}
	made := as("w", "POST", "/secrets", `{"name": "TOKEN", "description": "for CI", "value": "s3cret", "hosts": ["CI.example.org"], "teamUuid": null}`)
	require.Equal(t, 201, made.status, made.text)
	location := made.header.Get("Location")
	path := strings.TrimPrefix(location, listening.URL)
	require.Regexp(t, `^/secrets/[^/]+$`, path)
	require.Contains(t, made.text, `"href":"`+location+`"`)
	require.Contains(t, made.text, `"hosts":["ci.example.org"]`)
	answers := made.text
	for _, tt := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "/secrets", "", 200, `"secrets":[{"uuid"`},
		{"GET", path, "", 200, `"description":"for CI"`},
		{"PUT", path, `{"description": "for all"}`, 200, `"description":"for all"`},
		{"PUT", path, `{"value": "s3cret-too"}`, 200, `"name":"TOKEN"`},
		{"PUT", path, `{"name": "a-b"}`, 400, "name"},
		{"PUT", path, `{"hosts": ["a b"]}`, 400, "hosts"},
		{"POST", "/secrets", `{"name": "TOKEN", "value": "s3cret"}`, 409, "is taken"},
		{"POST", "/secrets", `{"name": "OTHER"}`, 400, "value"},
		{"POST", "/secrets", `{"name": "OTHER", "value": 5}`, 400, "value"},
		{"POST", "/secrets", `{"name": "OTHER", "value": "x", "teamUuid": "u"}`, 400, "teamUuid"},
		{"GET", "/secrets/nothing", "", 404, ""},
		{"PUT", "/secrets/nothing", `{}`, 404, ""},
		{"PATCH", path, `{}`, 405, ""},
	} {
		got := as("w", tt.method, tt.path, tt.body)
		require.Equal(t, tt.status, got.status, "%s %s %s: %s", tt.method, tt.path, tt.body, got.text)
		require.Contains(t, got.text, tt.says)
		answers += got.text
	}
	require.NotContains(t, answers, "s3cret")

	// Webhooks warn where they name what there is not.
	const hook = `{"events": [{"name": "contract_published"}], "request": {"method": "POST", "url": "https://a.example/${user.TOKEN}", "headers": {"Authorization": "Bearer ${user.NAME}"}, "username": "u", "password": "NAME"}}`
	fits := as("w", "POST", "/webhooks", strings.ReplaceAll(hook, "NAME", "TOKEN"))
	require.Equal(t, 201, fits.status, fits.text)
	require.NotContains(t, fits.text, "warnings")
	require.Contains(t, fits.text, `"Authorization":"Bearer ${user.TOKEN}"`[len(`"Authorization":`):], "the name of a secret is shown")
	warned := as("w", "POST", "/webhooks", strings.ReplaceAll(hook, "NAME", "OTHER"))
	require.Equal(t, 201, warned.status)
	require.Contains(t, warned.text, `"warnings":["There is no secret OTHER`)
	done := as("w", "POST", strings.TrimPrefix(warned.header.Get("Location"), listening.URL)+"/execute", "")
	require.NotEqual(t, 500, done.status)
	for _, address := range []string{"https://${user.TOKEN}/", "https://a.example:${user.TOKEN}/", "${user.TOKEN}://a.example/", "https://u:${user.TOKEN}@a.example/"} {
		got := as("w", "POST", "/webhooks", strings.ReplaceAll(hook, "https://a.example/${user.TOKEN}", address))
		require.Equal(t, 400, got.status, address)
		require.Contains(t, got.text, "request.url", address)
	}
	got = as("w", "POST", "/webhooks", strings.ReplaceAll(hook, "Authorization", "Host"))
	require.Equal(t, 400, got.status)
	require.Equal(t, 204, as("w", "DELETE", path, "").status)
	require.Equal(t, 404, as("w", "DELETE", path, "").status)
}
