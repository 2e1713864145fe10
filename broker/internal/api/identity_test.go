package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

// guarded is a broker that asks who somebody is, with the token of an administrator.
type guarded struct {
	*server
	identity *identity.Service
	secrets  *secret.Service
	admin    string
}

func startGuarded(t *testing.T, auth api.Auth) *guarded {
	t.Helper()
	service := newServiceWith(t, kernel.DefaultSettings())
	keyring := service.Identity.Keyring(time.Now, issuer.New(http.DefaultClient, time.Now, quiet()), quiet())
	t.Cleanup(keyring.Close)
	listening := httptest.NewServer(api.New(service, api.Config{Log: quiet(), Auth: auth, Tokens: keyring}))
	t.Cleanup(listening.Close)
	g := &guarded{server: &server{t: t, url: listening.URL}, identity: service.Identity, secrets: service.Secret}
	g.admin = g.holder("Administrator", true)
	return g
}

// holder makes an account with a role and returns the value of a token of it.
func (g *guarded) holder(role string, writes bool) string {
	g.t.Helper()
	r, err := g.identity.RoleNamed(g.t.Context(), role)
	require.NoError(g.t, err)
	account, err := g.identity.CreateAccount(g.t.Context(), access.Operator(), identity.AccountInput{Name: &role, Roles: &[]string{r.UUID}})
	require.NoError(g.t, err)
	_, value, err := g.identity.CreateToken(g.t.Context(), access.Operator(), account.UUID, identity.TokenInput{Name: "test", Writes: writes})
	require.NoError(g.t, err)
	return value
}

// as makes a request with a token.
func (g *guarded) as(value, method, path, body string) reply {
	g.t.Helper()
	return g.do(call{method: method, path: path, body: body, header: map[string]string{"Authorization": "Bearer " + value}})
}

// ok is as for a request that has to succeed.
func (g *guarded) ok(value, method, path, body string) reply {
	g.t.Helper()
	got := g.as(value, method, path, body)
	require.Less(g.t, got.status, 300, "%s %s: %s", method, path, got.text)
	return got
}

func TestABrokerWithoutAccountsHasNoneOfTheirAddresses(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for _, path := range []string{"/user", "/settings/tokens", "/admin/users", "/admin/system-accounts/x/tokens", "/admin/roles", "/admin/permissions"} {
		got := s.get(path)
		require.Equal(t, 404, got.status, path)
		require.Equal(t, "There is nothing at this address.", got.at("error"), path)
	}
}

func TestWhoIsNotKnownIsAskedForBothSchemes(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{User: "w", Password: "w-secret", ReadOnlyUser: "r", ReadOnlyPassword: "r-secret"})
	for _, header := range []string{"", "Bearer ", "Bearer x", "Bearer " + identity.NewValue(), "Basic dzp3cm9uZw=="} {
		for _, path := range []string{"/pacticipants", "/nothing/at/all"} {
			got := g.do(call{method: "GET", path: path, header: map[string]string{"Authorization": header, "Accept": "application/json"}})
			require.Equal(t, 401, got.status, "%q %s", header, path)
			require.Equal(t, []string{`Basic realm="Restricted area"`, `Bearer realm="Restricted area"`}, got.header.Values("WWW-Authenticate"))
		}
	}
	nothing := g.get("/pacticipants")
	require.Contains(t, nothing.text, "PACT_BROKER_TOKEN")

	// The users of the passwords are who they were, with the 401 that clients know.
	basic := func(text, method, path string) reply {
		return g.do(call{method: method, path: path, body: `{"name":"Foo"}`, header: map[string]string{"Authorization": "Basic " + text}})
	}
	require.Equal(t, 201, basic("dzp3LXNlY3JldA==", "POST", "/pacticipants").status)
	require.Equal(t, 200, basic("cjpyLXNlY3JldA==", "GET", "/pacticipants").status)
	require.Equal(t, 401, basic("cjpyLXNlY3JldA==", "PUT", "/pacticipants/Foo").status)
	require.Equal(t, 401, basic("dzp3LXNlY3JldA==", "GET", "/admin/users").status, "that password is in every pipeline")
	require.Equal(t, "w", basic("dzp3LXNlY3JldA==", "GET", "/user").at("name"))
	require.Empty(t, basic("dzp3LXNlY3JldA==", "GET", "/settings/tokens").at("_embedded", "items"))
}

func TestAccountsAreWhatTheirRolesSay(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{PublicRead: true})
	require.Equal(t, 401, g.get("/admin/users").status, "what everybody may read is not who there is")
	made := g.ok(g.admin, "POST", "/admin/system-accounts", `{"name":"Shop's CI","type":1,"active":true}`)
	uuid := made.at("uuid").(string)
	require.Equal(t, g.url+"/admin/system-accounts/"+uuid, made.header.Get("Location"))
	path := "/admin/users/" + uuid
	got := g.ok(g.admin, "GET", path, "")
	require.Equal(t, "CI/CD", got.at("_embedded", "roles").([]any)[0].(map[string]any)["name"])
	require.Equal(t, []any{1.0, true, nil}, []any{got.at("type"), got.at("active"), got.at("lastLogin")})

	g.ok(g.admin, "PUT", path, `{"name":"Shop","active":true}`)
	require.Equal(t, 204, g.as(g.admin, "PUT", path+"/roles", `{"roles":["`+access.AdministratorUUID+`"]}`).status)
	require.Equal(t, 204, g.as(g.admin, "PUT", path+"/roles/"+access.PipelineUUID, "").status)
	require.Equal(t, 204, g.as(g.admin, "DELETE", path+"/roles/"+access.AdministratorUUID, "").status)
	got = g.ok(g.admin, "GET", path, "")
	require.Equal(t, "Shop", got.at("name"))
	require.Len(t, got.at("_embedded", "roles"), 1)
	require.Equal(t, "CI/CD", got.at("_embedded", "roles").([]any)[0].(map[string]any)["name"])

	list := g.ok(g.admin, "GET", "/admin/users?q=SHO&page=1&size=1", "")
	require.Len(t, list.at("users"), 1)
	require.InDelta(t, 1, list.at("page", "totalElements"), 0)
	require.Equal(t, "Administrator", g.ok(g.admin, "GET", "/user", "").at("name"))

	for body, says := range map[string]string{
		`{}`: "is missing", `{"name":""}`: "must be filled", `{"name":"x","roles":["none"]}`: "GET /admin/roles lists them",
		`{"name":"x","active":"yes"}`: "must be one of: true, false", `{"name":"a\nb"}`: "multiple lines",
	} {
		bad := g.as(g.admin, "POST", "/admin/system-accounts", body)
		require.Equal(t, 400, bad.status, body)
		require.Contains(t, bad.text, says, body)
	}
	require.Equal(t, 404, g.as(g.admin, "GET", "/admin/users/none", "").status)
	require.Equal(t, 404, g.as(g.admin, "PUT", path+"/roles/none", "").status)
	require.Equal(t, 204, g.as(g.admin, "DELETE", path, "").status)
	require.Equal(t, 404, g.as(g.admin, "GET", path, "").status)
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	uuid := g.ok(g.admin, "GET", "/user", "").at("uuid").(string)
	path := "/admin/users/" + uuid
	for _, c := range [][3]string{
		{"PUT", path, `{"active":false}`}, {"PUT", path + "/roles", `{"roles":[]}`}, {"DELETE", path + "/roles/" + access.AdministratorUUID, ""}, {"DELETE", path, ""},
	} {
		got := g.as(g.admin, c[0], c[1], c[2])
		require.Equal(t, 409, got.status, "%v: %s", c, got.text)
		require.Contains(t, got.text, "last active administrator")
	}
	second := g.holder("Administrator", true)
	require.Equal(t, 204, g.as(g.admin, "DELETE", path, "").status)
	require.Equal(t, 200, g.as(second, "GET", "/user", "").status)
	require.Eventually(t, func() bool { return g.as(g.admin, "GET", "/user", "").status == 401 }, 6*time.Second, 20*time.Millisecond)
}

func TestTokensOfAnAccount(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	uuid := g.ok(g.admin, "POST", "/admin/system-accounts", `{"name":"CI"}`).at("uuid").(string)
	path := "/admin/system-accounts/" + uuid + "/tokens"
	made := g.ok(g.admin, "POST", path, `{"name":"publish only","write":true,"permissions":["contract_data:manage:*"]}`)
	value, token := made.at("value").(string), made.at("uuid").(string)
	require.Equal(t, g.url+path+"/"+token, made.header.Get("Location"))
	require.Equal(t, "no-store", made.header.Get("Cache-Control"))
	require.NotContains(t, g.ok(g.admin, "GET", path, "").text, value)
	require.Len(t, g.as(g.admin, "GET", path, "").at("_embedded", "items"), 3)

	require.Equal(t, 201, g.as(value, "POST", "/pacticipants", `{"name":"Foo"}`).status)
	denied := g.do(call{method: "POST", path: "/environments", body: `{"name":"x","production":true}`,
		header: map[string]string{"Authorization": "Bearer " + value, "Accept": "application/json"}})
	require.Equal(t, 403, denied.status)
	require.Contains(t, denied.header.Get("Content-Type"), "application/problem+json", "whatever the client accepts")
	const says = `This needs environment:manage; the token "publish only" of CI has contract_data:manage:*.`
	require.Equal(t, []any{says, says}, []any{denied.at("detail"), denied.at("error", "message")})

	again := g.ok(g.admin, "POST", path+"/"+token+"/regenerate", "{}")
	fresh := again.at("value").(string)
	require.Equal(t, token, again.at("uuid"))
	require.NotEqual(t, value, fresh)
	require.Equal(t, 200, g.as(fresh, "GET", "/pacticipants", "").status)
	require.Eventually(t, func() bool { return g.as(value, "GET", "/pacticipants", "").status == 401 }, 6*time.Second, 20*time.Millisecond)

	require.Equal(t, 204, g.as(g.admin, "DELETE", path+"/"+token, "").status)
	require.Equal(t, 404, g.as(g.admin, "DELETE", path+"/"+token, "").status)
	require.Eventually(t, func() bool { return g.as(fresh, "GET", "/pacticipants", "").status == 401 }, 6*time.Second, 20*time.Millisecond)

	late := g.ok(g.admin, "POST", path, `{"name":"short","expiresAt":"`+time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano)+`"}`).at("value").(string)
	require.Eventually(t, func() bool {
		got := g.as(late, "GET", "/pacticipants", "")
		return got.status == 401 && len(got.text) > 0
	}, 6*time.Second, 20*time.Millisecond)
	require.Contains(t, g.as(late, "GET", "/pacticipants", "").text, "expired at")

	for body, says := range map[string]string{
		`{}`: "is missing", `{"name":"x","permissions":[]}`: "at least one", `{"name":"x","permissions":["all"]}`: "contract_data:read:*",
		`{"name":"x","expiresAt":"0001-01-01T00:00:00Z"}`: "must be a time", `{"name":"x","expiresAt":""}`: "must be filled", `{"name":"x","expiresAt":"tomorrow"}`: "2027-01-31T12:00:00Z", `{"name":"x","expiresAt":"2001-01-01T00:00:00Z"}`: "later than now",
	} {
		bad := g.as(g.admin, "POST", path, body)
		require.Equal(t, 400, bad.status, body)
		require.Contains(t, bad.text, says, body)
	}
	require.Equal(t, 404, g.as(g.admin, "POST", "/admin/system-accounts/none/tokens", `{"name":"x"}`).status)
}

func TestOwnTokens(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	pipeline, reading := g.holder("CI/CD", true), g.holder("CI/CD", false)
	items := g.ok(pipeline, "GET", "/settings/tokens", "").at("_embedded", "items").([]any)
	names := map[string]string{}
	for _, item := range items {
		token := item.(map[string]any)
		names[token["description"].(string)] = token["uuid"].(string)
		require.NotContains(t, token, "value")
	}
	require.Len(t, names, 3)
	require.Contains(t, names, "Read only token (developer)")
	got := g.ok(pipeline, "POST", "/settings/tokens/"+names["Read/write token (CI)"]+"/regenerate", "")
	require.Equal(t, 201, got.status)
	require.Equal(t, 201, g.as(got.at("value").(string), "POST", "/pacticipants", `{"name":"Foo"}`).status)

	// A token that only reads makes no token that writes, and nobody one of others.
	require.Equal(t, 403, g.as(reading, "POST", "/settings/tokens/"+names["Read/write token (CI)"]+"/regenerate", "").status)
	own := g.ok(reading, "GET", "/settings/tokens", "").at("_embedded", "items").([]any)
	require.Equal(t, 404, g.as(pipeline, "POST", "/settings/tokens/"+own[0].(map[string]any)["uuid"].(string)+"/regenerate", "").status)
}

func TestRoles(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	require.Len(t, g.ok(g.admin, "GET", "/admin/permissions", "").at("permissions"), len(access.All()))
	require.Len(t, g.ok(g.admin, "GET", "/admin/roles", "").at("_embedded", "roles"), len(access.Predefined()))
	made := g.ok(g.admin, "POST", "/admin/roles", `{"name":"Hooks","description":"webhooks","permissions":[{"scope":"webhook:manage:*"}]}`)
	path := "/admin/roles/" + made.at("uuid").(string)
	require.Equal(t, g.url+path, made.header.Get("Location"))
	keeper := g.holder("hooks", true)
	require.Equal(t, 403, g.as(keeper, "GET", "/pacticipants", "").status)
	require.Equal(t, 200, g.ok(g.admin, "PUT", path, `{"name":"Hooks","permissions":[{"scope":"contract_data:read:*"}]}`).status)
	require.Eventually(t, func() bool { return g.as(keeper, "GET", "/pacticipants", "").status == 200 }, 6*time.Second, 20*time.Millisecond)
	require.Equal(t, 409, g.as(g.admin, "DELETE", path, "").status, "somebody has it")
	require.Equal(t, 409, g.as(g.admin, "POST", "/admin/roles", `{"name":"Hooks","permissions":[]}`).status)
	require.Equal(t, 409, g.as(g.admin, "PUT", "/admin/roles/"+access.AdministratorUUID, `{"name":"x","permissions":[]}`).status)
	require.Equal(t, 409, g.as(g.admin, "DELETE", "/admin/roles/"+access.PipelineUUID, "").status)
	for body, says := range map[string]string{
		`{"name":"x"}`: "is missing", `{"name":"viewer","permissions":[]}`: "predefined", `{"name":"x","permissions":[{"scope":"all"}]}`: "contract_data:read:*",
		`{"name":"x","permissions":["contract_data:read:*"]}`: "must be a hash",
	} {
		bad := g.as(g.admin, "POST", "/admin/roles", body)
		require.Equal(t, 400, bad.status, body)
		require.Contains(t, bad.text, says, body)
	}
	free := g.ok(g.admin, "POST", "/admin/roles", `{"name":"Free","permissions":[]}`).at("uuid").(string)
	require.Equal(t, 204, g.as(g.admin, "DELETE", "/admin/roles/"+free, "").status)
	require.Equal(t, 404, g.as(g.admin, "GET", "/admin/roles/"+free, "").status)
}

// TestNobodyGivesMoreThanTheyHave has somebody who keeps accounts and roles try to
// come to what they may not do.
func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	g.ok(g.admin, "POST", "/admin/roles", `{"name":"Keeper","permissions":[{"scope":"system_account:manage:*"},{"scope":"role:manage:*"}]}`)
	keeper := g.holder("Keeper", true)
	uuid := g.ok(keeper, "GET", "/admin/users?q=keeper", "").at("users").([]any)[0].(map[string]any)["uuid"].(string)
	admin := g.ok(g.admin, "GET", "/user", "").at("uuid").(string)
	for _, c := range [][3]string{
		{"POST", "/admin/system-accounts", `{"name":"x","roles":["` + access.AdministratorUUID + `"]}`},
		{"PUT", "/admin/users/" + uuid + "/roles/" + access.PipelineUUID, ""},
		{"PUT", "/admin/users/" + uuid + "/roles", `{"roles":["` + access.AdministratorUUID + `"]}`},
		{"PUT", "/admin/users/" + uuid, `{"roles":["` + access.AdministratorUUID + `"]}`},
		{"POST", "/admin/system-accounts/" + admin + "/tokens", `{"name":"x","write":true}`},
		{"POST", "/admin/roles", `{"name":"x","permissions":[{"scope":"webhook:manage:*"}]}`},
	} {
		got := g.as(keeper, c[0], c[1], c[2])
		require.Equal(t, 403, got.status, "%v: %s", c, got.text)
		require.Contains(t, got.text, "Nobody gives more than they have", c)
	}
	require.Equal(t, 201, g.as(keeper, "POST", "/admin/system-accounts", `{"name":"x","roles":[]}`).status)
	require.Equal(t, 201, g.as(keeper, "POST", "/admin/system-accounts/"+admin+"/tokens", `{"name":"x","permissions":["role:read:*"]}`).status, "what they have themselves")
}
