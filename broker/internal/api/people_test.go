package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/api"
)

func TestPeopleAreInvited(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	made := g.as(g.admin, "POST", "/admin/users", `{"email":"Ada@Example.org","name":"Ada","firstName":"A","active":true}`)
	require.Equal(t, 201, made.status, made.text)
	uuid := made.at("uuid").(string)
	require.Equal(t, g.url+"/admin/users/"+uuid, made.header.Get("Location"))
	require.Equal(t, []any{"ada@example.org", "Ada", true, 0.0, "User", nil, nil},
		[]any{made.at("email"), made.at("name"), made.at("active"), made.at("type"), made.at("typeDescription"), made.at("lastLogin"), made.at("identityProviderId")})
	require.Equal(t, "Team member", made.at("_embedded", "roles").([]any)[0].(map[string]any)["name"])

	// The same person by another spelling, and switched off and on by it.
	again := g.as(g.admin, "POST", "/admin/users/invite-user", `{"email":" ADA@example.org","name":"Somebody","active":false}`)
	require.Equal(t, []any{200, uuid, "Ada", false}, []any{again.status, again.at("uuid"), again.at("name"), again.at("active")})
	require.Equal(t, true, g.ok(g.admin, "POST", "/admin/users/invite-user", `{"email":"ada@example.org","active":true}`).at("active"))

	several := g.ok(g.admin, "POST", "/admin/users/invite-users", `{"users":[{"email":"bob@example.org","name":"Bob"},{"email":"ada@example.org"}]}`)
	require.Len(t, several.at("users"), 2)
	require.Equal(t, uuid, several.at("users").([]any)[1].(map[string]any)["uuid"])
	require.Len(t, g.ok(g.admin, "GET", "/admin/users?userType=0", "").at("users"), 2)
	require.Len(t, g.ok(g.admin, "GET", "/admin/users?userType=1", "").at("users"), 1)
	require.Len(t, g.ok(g.admin, "GET", "/admin/users?q=BOB@", "").at("users"), 1)

	require.Equal(t, false, g.ok(g.admin, "PUT", "/admin/users/"+uuid, `{"active":false}`).at("active"))
	require.Equal(t, 204, g.as(g.admin, "DELETE", "/admin/users/"+uuid, "").status)
	require.Equal(t, 404, g.as(g.admin, "GET", "/admin/users/"+uuid, "").status)

	for body, says := range map[string]string{
		`{}`: "is missing", `{"email":""}`: "must be filled", `{"email":"nobody"}`: "ada@example.org", `{"email":"x@example.org","active":"yes"}`: "must be one of: true, false",
	} {
		bad := g.as(g.admin, "POST", "/admin/users", body)
		require.Equal(t, 400, bad.status, body)
		require.Contains(t, bad.text, says, body)
	}
	for _, body := range []string{`{}`, `{"users":[]}`, `{"users":"x"}`, `{"users":[{"email":"y@example.org"},{"email":"z"}]}`} {
		require.Equal(t, 400, g.as(g.admin, "POST", "/admin/users/invite-users", body).status, body)
	}
	require.Empty(t, g.ok(g.admin, "GET", "/admin/users?q=y@example", "").at("users"), "all of them or none")
	require.Equal(t, 403, g.as(g.holder("CI/CD", true), "POST", "/admin/users", `{"email":"x@example.org"}`).status)
}

func TestTheOldAddressesOfAdministrators(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	uuid := g.ok(g.admin, "POST", "/admin/users/invite-user", `{"email":"ada@example.org"}`).at("uuid").(string)
	path := "/admin/users/" + uuid + "/role/admin"
	for _, one := range []struct {
		method string
		roles  int
	}{{"PUT", 2}, {"DELETE", 1}} { // she administers in between alone
		got := g.ok(g.admin, one.method, path, `{"active":false}`)
		require.Equal(t, 200, got.status)
		require.Equal(t, true, got.at("active"), "the body counts for nothing")
		require.Len(t, got.at("_embedded", "roles"), one.roles)
	}
	admin := g.ok(g.admin, "GET", "/user", "").at("uuid").(string)
	require.Equal(t, 409, g.as(g.admin, "DELETE", "/admin/users/"+admin+"/role/admin", "").status)
	require.Equal(t, 404, g.as(g.admin, "PUT", "/admin/users/none/role/admin", "").status)
	require.Equal(t, access.AdministratorUUID, g.ok(g.admin, "GET", "/admin/users/"+admin, "").at("_embedded", "roles").([]any)[0].(map[string]any)["uuid"])
}
