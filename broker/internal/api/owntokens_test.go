package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// TestWhoeverAsksMakesAndRevokesTheirTokens does by the API what the pages below /ui/me do.
func TestWhoeverAsksMakesAndRevokesTheirTokens(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{User: "w", Password: "w-secret"})
	pipeline := g.holder("CI/CD", true)
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	made := g.ok(pipeline, "POST", "/settings/tokens", `{"name":"main","write":true,"permissions":["contract_data:read:*","token:manage:own"],"expiresAt":"`+until.Format(time.RFC3339)+`"}`)
	require.Equal(t, []any{201, "main", true, until.Format("2006-01-02T15:04:05+00:00")}, []any{made.status, made.at("description"), made.at("write"), made.at("expiresAt")})
	require.Equal(t, "no-store", made.header.Get("Cache-Control"))
	uuid, value := made.at("uuid").(string), made.at("value").(string)
	require.Equal(t, g.url+"/settings/tokens/"+uuid, made.header.Get("Location"))
	require.Equal(t, "CI/CD", g.ok(value, "GET", "/user", "").at("name"))
	listed := g.ok(pipeline, "GET", "/settings/tokens", "")
	require.Contains(t, listed.text, uuid)
	require.NotContains(t, listed.text, value)

	// No more than what one came with, and no longer.
	require.Equal(t, 403, g.as(value, "POST", "/settings/tokens", `{"name":"more","write":true,"expiresAt":"`+until.Format(time.RFC3339)+`"}`).status)
	same := `,"write":true,"permissions":["contract_data:read:*"]`
	longer := g.as(value, "POST", "/settings/tokens", `{"name":"longer"`+same+`}`)
	require.Equal(t, 403, longer.status)
	require.Contains(t, longer.text, "more time than they have")
	require.Equal(t, 201, g.as(value, "POST", "/settings/tokens", `{"name":"less"`+same+`,"expiresAt":"`+until.Format(time.RFC3339)+`"}`).status)
	require.Equal(t, 403, g.as(g.holder("Viewer", true), "POST", "/settings/tokens", `{"name":"x"}`).status)
	require.Equal(t, 403, g.as(g.holder("CI/CD", false), "POST", "/settings/tokens", `{"name":"x"}`).status)
	bad := g.as(pipeline, "POST", "/settings/tokens", `{"name":"","expiresAt":"tomorrow"}`)
	require.Equal(t, 400, bad.status)
	require.Contains(t, bad.text, "expiresAt")

	// One's own, and nobody else's.
	require.Equal(t, 404, g.as(g.holder("CI/CD", true), "DELETE", "/settings/tokens/"+uuid, "").status)
	require.Equal(t, 404, g.as(g.admin, "DELETE", "/settings/tokens/"+uuid, "").status)
	require.Equal(t, 204, g.as(value, "DELETE", "/settings/tokens/"+uuid, "").status, "also the one that it came with")
	require.Eventually(t, func() bool { return g.as(value, "GET", "/user", "").status == 401 }, 2*time.Second, 20*time.Millisecond)
	require.Equal(t, 404, g.as(pipeline, "DELETE", "/settings/tokens/"+uuid, "").status)
	require.NotEqual(t, 201, g.do(call{method: "POST", path: "/settings/tokens", body: `{"name":"x"}`, header: map[string]string{"Authorization": "Basic dzp3LXNlY3JldA=="}}).status, "users of passwords have none")
}
