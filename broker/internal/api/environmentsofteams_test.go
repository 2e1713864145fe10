package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Environments are changed by who may change all, or by the teams that they belong to:
// the API and the forms say the same.
func TestEnvironmentsAreTheirTeams(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	s.ok(s.admin, "POST", "/admin/roles", `{"name":"Places","permissions":[{"scope":"environment:manage:team"},{"scope":"contract_data:read:*"},{"scope":"environment:read:*"},{"scope":"deployment_and_release:record:team"}]}`)
	s.member, _ = s.inTeam(s.team, "Places")
	place := func(name string, teams ...string) string {
		list := ""
		for i, team := range teams {
			if i > 0 {
				list += ","
			}
			list += fmt.Sprintf("%q", team)
		}
		return s.ok(s.admin, "POST", "/environments", fmt.Sprintf(`{"name":%q,"production":false,"teamUuids":[%s]}`, name, list)).at("uuid").(string)
	}
	ours, theirs, nobodys := place("ours", s.team), place("theirs", s.others), place("nobodys")

	body := func(name, more string) string { return fmt.Sprintf(`{"name":%q,"production":true%s}`, name, more) }
	teams := func(uuids string) string { return `,"teamUuids":[` + uuids + `]` }
	us, them := fmt.Sprintf("%q", s.team), fmt.Sprintf("%q", s.others)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"PUT", "/environments/" + ours, body("ours", ""), 200},
		{"PUT", "/environments/" + ours, body("ours", teams(us)), 200},
		{"PUT", "/environments/" + ours, body("ours", teams(us+","+them)), 403},
		{"PUT", "/environments/" + ours, body("ours", teams(them)), 403},
		{"PUT", "/environments/" + ours, body("ours", teams("")), 403},
		{"PUT", "/environments/" + theirs, body("theirs", ""), 403},
		{"PUT", "/environments/" + theirs, body("theirs", teams(us)), 403},
		{"PUT", "/environments/" + nobodys, body("nobodys", ""), 403},
		{"DELETE", "/environments/" + theirs, "", 403},
		{"DELETE", "/environments/" + nobodys, "", 403},
		{"POST", "/environments", body("more", ""), 403},
		{"POST", "/environments", body("more", teams(them)), 403},
		{"POST", "/environments", body("more", teams(us+","+them)), 403},
		{"POST", "/environments", body("more", teams(us)), 201},
		{"DELETE", "/environments/" + ours, "", 204},
	} {
		got := s.as(s.member, c.method, c.path, c.body)
		require.Equal(t, c.status, got.status, "%s %s %s: %s", c.method, c.path, c.body, got.text)
		if c.status == 403 {
			require.Contains(t, got.text, "environment:manage for the environment", "%s %s", c.method, c.path)
		}
	}
	require.Equal(t, 200, s.as(s.admin, "GET", "/environments/"+theirs, "").status)

	mine := place("mine", s.team)
	edit := func(uuid string) string { return "/ui/edit/environments/" + uuid }
	s.taken(edit(mine), "name", "mine", "production", "true", "seen", s.seen(edit(mine), "seen"))
	require.Equal(t, []any{s.team}, s.ok(s.admin, "GET", "/environments/"+mine, "").at("teamUuids"), "a form leaves it where it belongs")
	s.denied("environment:manage for the environment theirs", edit(theirs), "name", "theirs", "seen", s.seen(edit(theirs), "seen"))
	s.denied("environment:manage for the environment nobodys", edit(nobodys)+"/delete")
	s.denied("for the environment new", "/ui/edit/environments", "name", "new")
	s.denied("for the environment new", "/ui/edit/environments", "name", "new", "team", s.others)
	s.taken("/ui/edit/environments", "name", "new", "team", s.team)
	s.taken(edit(mine) + "/delete")
	for path, status := range map[string]int{"/ui/edit/environments": 200, edit(theirs): 403, edit(theirs) + "/delete": 403} {
		require.Equal(t, status, s.page(s.member, path).status, path)
	}
	require.Contains(t, s.page(s.member, "/ui/environments/theirs").text, "To change it you would need environment:manage for the environment theirs.")
	require.Contains(t, s.page(s.member, "/ui/environments/new").text, `href="/ui/edit/environments/`)
	require.Contains(t, s.page(s.member, "/ui/environments").text, `href="/ui/edit/environments"`)
	require.NotContains(t, s.page(s.member, "/ui/edit/environments").text, "no team", "what it may not make is not offered")
}
