package api_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/issuertest"
)

func TestTrustRulesOnPages(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	of := issuertest.New(t)
	account := s.ok(s.admin, "POST", "/admin/system-accounts", `{"name":"ci-shop"}`).at("uuid").(string)
	require.Contains(t, s.page(s.admin, "/ui/trust").text, "There is no rule yet")
	require.Contains(t, s.page(s.admin, "/ui/trust/new").text, "ci-shop")
	fields := []string{"issuer", of.URL, "audience", "x", "match", "repository_id=7\r\n\r\nref=refs/heads/*", "write", "true", "active", "true", "account", account}
	got := s.send(s.admin, "/ui/trust/new", append([]string{"name", ""}, fields...)...)
	require.Equal(t, 422, got.status)
	require.Contains(t, got.text, "refs/heads/*", "what was typed stays")
	for match, says := range map[string]string{"": "must have at least one claim", "repository_id": "not written claim=value", "a=1\na=2": "twice", "sub=repo:*": "must be the exact value", "iss=x": "must not have iss"} {
		got := s.send(s.admin, "/ui/trust/new", "name", "shop", "issuer", of.URL, "audience", "x", "match", match, "account", account)
		require.Equal(t, 422, got.status, match)
		require.Contains(t, got.text, says, match)
	}
	made := s.send(s.admin, "/ui/trust/new", append([]string{"name", "shop"}, fields...)...)
	require.Equal(t, 303, made.status, made.text)
	to, err := url.Parse(made.header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, 409, s.send(s.admin, "/ui/trust/new", append([]string{"name", "shop"}, fields...)...).status, "the name is taken")
	shown := s.page(s.admin, to.Path).text
	for _, says := range []string{"repository_id", "refs/heads/*", "ci-shop", of.URL, "all that the account may"} {
		require.Contains(t, shown, says)
	}

	token := of.Token(time.Now(), map[string]any{"aud": "x", "repository_id": "7", "ref": "refs/heads/main"})
	tried := s.send(s.admin, "/ui/trust/try", "token", token)
	require.Equal(t, 200, tried.status)
	require.Contains(t, tried.text, "lets the token in as")
	require.NotContains(t, tried.text, token, "whoever has it can use it")
	tried = s.send(s.admin, "/ui/trust/try", "token", of.Token(time.Now(), map[string]any{"aud": "x", "repository_id": "8", "ref": "refs/heads/main"}))
	require.Contains(t, tried.text, "it wants repository_id=7")
	require.Contains(t, tried.text, "fits no rule")
	require.Equal(t, 422, s.send(s.admin, "/ui/trust/try", "token", "text").status)

	edit := to.Path + "/edit"
	seen := s.seen(edit, "seen")
	changed := []string{"name", "shop", "issuer", of.URL, "audience", "x", "match", "repository_id=8", "active", "true", "permission", "contract_data:read:*", "seen", seen}
	require.Equal(t, 303, s.send(s.admin, edit, changed...).status)
	require.Contains(t, s.page(s.admin, to.Path).text, "no more than contract_data:read:*")
	require.Equal(t, 409, s.send(s.admin, edit, changed...).status, "it is not as it was seen")
	for _, path := range []string{"/ui/trust", "/ui/trust/try", to.Path, edit, to.Path + "/delete"} {
		require.Equal(t, 403, s.page(s.member, path).status, path)
	}
	require.Equal(t, 403, s.send(s.member, to.Path+"/delete").status)
	require.Equal(t, 303, s.send(s.admin, to.Path+"/delete").status)
	require.Equal(t, 404, s.page(s.admin, to.Path).status)
}
