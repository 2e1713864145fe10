package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// teamSite is a broker with pages, and a team with one application beside those of others.
type teamSite struct {
	*recorded
	team, others string
	member       string
}

func newTeamSite(t *testing.T) *teamSite {
	t.Helper()
	s := &teamSite{recorded: startRecorded(t, func(s kernel.Store) kernel.Store { return s })}
	for _, name := range []string{"Ours", "Theirs"} {
		s.ok(s.admin, "POST", "/pacticipants", `{"name":"`+name+`"}`)
		s.ok(s.admin, "PUT", "/pacticipants/"+name+"/versions/1", `{}`)
	}
	team := func(name, application string) string {
		return s.ok(s.admin, "POST", "/admin/teams", fmt.Sprintf(`{"name":%q,"pacticipantNames":[%q]}`, name, application)).at("uuid").(string)
	}
	s.team, s.others = team("us", "Ours"), team("them", "Theirs")
	s.member, _ = s.inTeam(s.team, "Team member")
	return s
}

func (s *teamSite) page(value, path string) reply {
	s.t.Helper()
	return s.do(call{method: "GET", path: path, header: map[string]string{"Authorization": "Bearer " + value, "Accept": "text/html"}})
}

func (s *teamSite) send(value, path string, values ...string) reply {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(values); i += 2 {
		form.Add(values[i], values[i+1])
	}
	return s.do(call{method: "POST", path: path, body: form.Encode(), header: map[string]string{"Authorization": "Bearer " + value, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}})
}

// taken asks that the member's form does what it says.
func (s *teamSite) taken(path string, values ...string) reply {
	s.t.Helper()
	got := s.send(s.member, path, values...)
	require.Equal(s.t, 303, got.status, "%s %v: %s", path, values, got.text)
	return got
}

// denied asks that the member's form does nothing, says what is missing, and is recorded.
func (s *teamSite) denied(missing, path string, values ...string) {
	s.t.Helper()
	before := len(s.events())
	got := s.send(s.member, path, values...)
	require.Equal(s.t, 403, got.status, "%s %v: %s", path, values, got.text)
	require.Contains(s.t, got.text, missing, path)
	all := s.events()
	require.Len(s.t, all, before+1, "%s %v", path, values)
	require.Equal(s.t, kernel.AuditDenied, all[0].Outcome, path)
	require.Equal(s.t, "CI", all[0].Name)
}

func (s *teamSite) seen(path, name string) string {
	s.t.Helper()
	text, err := url.QueryUnescape(s.hidden(s.admin, path, name))
	require.NoError(s.t, err)
	return text
}

func TestFormsOfApplicationsAreTheirTeams(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	ours, theirs := "/ui/edit/applications/Ours", "/ui/edit/applications/Theirs"
	s.taken(ours, "display-name", "Called so", "seen", s.seen(ours, "seen"))
	s.denied("contract_data:manage for the application Theirs", theirs, "display-name", "Called so", "seen", s.seen(theirs, "seen"))
	require.NotContains(t, s.ok(s.admin, "GET", "/pacticipants/Theirs", "").text, "Called so")
	s.denied("for the application Theirs", "/ui/edit/applications", "name", "Theirs")
	s.taken("/ui/edit/applications", "name", "New")
	stranger, _ := s.inTeam("", "Team member")
	require.Equal(t, 403, s.send(stranger, "/ui/edit/applications", "name", "New").status, "it is the one's who made it")
	require.Equal(t, 403, s.send(stranger, "/ui/edit/applications/New", "seen", s.seen("/ui/edit/applications/New", "seen")).status)
	s.taken("/ui/edit/applications/New", "display-name", "Mine", "seen", s.seen("/ui/edit/applications/New", "seen"))

	s.ok(s.admin, "PUT", "/pacticipants/Ours/versions/1/tags/dev", `{}`)
	s.ok(s.admin, "PUT", "/pacticipants/Theirs/versions/1/tags/dev", `{}`)
	s.denied("for the application Theirs", "/ui/edit/delete", "application", "Theirs", "version", "1", "tag", "dev")
	s.taken("/ui/edit/delete", "application", "Ours", "version", "1", "tag", "dev")
	s.ok(s.admin, "PUT", "/pacts/provider/Ours/consumer/Theirs/version/1", pactBetween("Theirs", "Ours", "x"))
	s.ok(s.admin, "PUT", "/pacts/provider/Theirs/consumer/Ours/version/1", pactBetween("Ours", "Theirs", "x"))
	s.denied("for the application Theirs", "/ui/edit/delete", "application", "Theirs", "version", "1", "provider", "Ours")
	s.taken("/ui/edit/delete", "application", "Ours", "version", "1", "provider", "Theirs")
	s.denied("for the application Theirs", "/ui/edit/delete", "application", "Theirs", "version", "1")
	s.taken("/ui/edit/delete", "application", "Ours", "version", "1")

	s.denied("contract_data:bulk_delete for the application Theirs", "/ui/admin/delete", "application", "Theirs")
	s.denied("for the application Theirs", "/ui/admin/delete", "application", "Theirs", "branch", "main")
	s.denied("for the application Theirs", "/ui/admin/delete", "consumer", "Theirs", "provider", "Ours")
	s.denied("contract_data:bulk_delete for all", "/ui/admin/delete")
	s.denied("for all", "/ui/admin/retention")
	s.denied("for all", "/ui/sample")
	s.taken("/ui/admin/delete", "application", "Ours")
	s.ok(s.admin, "GET", "/pacticipants/Theirs/versions/1", "")
}

func TestAFormIsShownToWhoMaySendIt(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	s.ok(s.admin, "POST", "/environments", `{"name":"test","production":false}`)
	s.ok(s.admin, "PUT", "/pacts/provider/Ours/consumer/Theirs/version/1", pactBetween("Theirs", "Ours", "x"))
	hook := s.ok(s.admin, "POST", "/webhooks", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://example.org/"}}`).at("uuid").(string)
	for page, control := range map[string]string{"/ui/applications/Ours": "/ui/edit/applications/Ours", "/ui/applications/Ours/versions/1": "/ui/edit/delete", "/ui/applications": "/ui/edit/applications", "/ui/webhooks": "/ui/webhooks/new"} {
		require.Contains(t, s.page(s.member, page).text, `href="`+control, page)
		require.NotContains(t, s.page(s.viewer, page).text, `href="`+control, page)
		require.Contains(t, s.page(s.admin, page).text, `href="`+control, page)
	}
	for page, says := range map[string]string{
		"/ui/applications/Theirs": "To change it you would need contract_data:manage for the application Theirs.", "/ui/applications/Theirs/versions/1": "contract_data:manage for the application Theirs",
		"/ui/environments/test": "To change it you would need environment:manage for the environment test.", "/ui/webhooks/" + hook: "To change it you would need webhook:manage for a webhook without a team.",
		"/ui/admin/retention?preview=true": "To run the clean-up you would need contract_data:bulk_delete.",
	} {
		got := s.page(s.member, page)
		require.Equal(t, 200, got.status, page)
		require.Contains(t, got.text, says, page)
		for _, control := range []string{`href="/ui/edit/`, `href="/ui/admin/delete?`, "/edit\"", `action="/ui/admin/retention"`, "Send a test"} {
			require.NotContains(t, got.text, control, page)
		}
	}
	for _, form := range []string{
		"/ui/edit/applications/Theirs", "/ui/edit/delete?application=Theirs&version=1", "/ui/admin/delete?application=Theirs", "/ui/admin/delete?consumer=Theirs&provider=Ours", "/ui/edit/environments",
		"/ui/webhooks/" + hook + "/edit", "/ui/webhooks/" + hook + "/delete", "/ui/webhooks/" + hook + "/test", "/ui/people/new", "/ui/roles/new", "/ui/teams/new", "/ui/teams/" + s.team + "/edit", "/ui/teams/" + s.team + "/delete",
	} {
		require.Equal(t, 403, s.page(s.member, form).status, form)
		require.Equal(t, 200, s.page(s.admin, form).status, form)
	}
	for _, form := range []string{"/ui/edit/applications/Ours", "/ui/edit/delete?application=Ours&version=1", "/ui/admin/delete?application=Ours", "/ui/edit/applications", "/ui/webhooks/new", "/ui/secrets/new", "/ui/me/tokens"} {
		require.Equal(t, 200, s.page(s.member, form).status, form)
		require.Equal(t, 403, s.page(s.viewer, form).status, form)
	}
	found := s.page(s.viewer, "/ui/find").text
	require.NotContains(t, found, "Add an application")
	require.NotContains(t, found, "/ui/people")
	require.Contains(t, s.page(s.admin, "/ui/find").text, "/ui/people")
}

func TestFormsOfWebhooksAreTheirTeams(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	fill := func(team string) []string {
		out := []string{"event", "contract_published", "method", "POST", "url", "https://example.org/", "consumer", "Theirs", "enabled", "true"}
		if team != "-" {
			out = append(out, "team", team)
		}
		return out
	}
	made := func(got reply) string {
		to, _, _ := strings.Cut(got.header.Get("Location"), "?")
		return to
	}
	s.denied("webhook:manage for a webhook without a team", "/ui/webhooks/new", fill("")...)
	s.denied("webhook:manage for a webhook without a team", "/ui/webhooks/new", fill("-")...)
	s.denied("webhook:manage for a webhook of the team "+s.others, "/ui/webhooks/new", fill(s.others)...)
	ours := made(s.taken("/ui/webhooks/new", fill(s.team)...))
	theirs := made(s.send(s.admin, "/ui/webhooks/new", fill(s.others)...))
	change := func(path, team string) []string {
		return append(fill(team), "changed", s.seen(path+"/edit", "changed"))
	}
	s.taken(ours+"/edit", change(ours, "-")...)
	require.Equal(t, s.team, s.ok(s.admin, "GET", strings.TrimPrefix(ours, "/ui"), "").at("teamUuid"), "what is not given stays")
	s.denied("webhook:manage", ours+"/edit", change(ours, s.others)...)
	s.denied("webhook:manage", ours+"/edit", change(ours, "")...)
	s.denied("webhook:manage", theirs+"/edit", change(theirs, s.others)...)
	s.denied("webhook:manage", theirs+"/edit", change(theirs, s.team)...)
	s.denied("webhook:manage", theirs+"/test")
	s.denied("webhook:manage", theirs+"/delete")
	require.Equal(t, 200, s.send(s.member, ours+"/test").status)

	s.ok(s.admin, "PUT", "/pacts/provider/Ours/consumer/Theirs/version/2", pactBetween("Theirs", "Ours", "x"))
	again := func(hook string) string {
		_, rest, found := strings.Cut(s.page(s.admin, hook).text, hook+"/deliveries/")
		require.True(t, found)
		delivery, _, _ := strings.Cut(rest, `"`)
		return hook + "/deliveries/" + delivery + "/again"
	}
	s.denied("webhook:manage", again(theirs))
	require.Equal(t, 409, s.send(s.member, again(ours)).status, "it is on its way still")
	text := s.page(s.member, ours+"/edit").text
	require.Contains(t, text, `<option value="`+s.team+`" selected>`)
	require.NotContains(t, text, s.others)
	require.Contains(t, s.page(s.admin, ours+"/edit").text, s.others)
	require.Contains(t, s.page(s.member, ours).text, "/ui/teams/"+s.team)
	s.taken(ours + "/delete")
}

func TestSecretsAreTheirTeams(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	create := func(value, name, team string) reply {
		return s.as(value, "POST", "/secrets", fmt.Sprintf(`{"name":%q,"value":"s3cret","teamUuid":%s}`, name, team))
	}
	quoted := func(text string) string { return `"` + text + `"` }
	require.Equal(t, 403, create(s.member, "NOBODYS", "null").status)
	require.Equal(t, 403, create(s.member, "THEIRS", quoted(s.others)).status)
	require.Equal(t, 201, create(s.member, "OURS", quoted(s.team)).status)
	require.Equal(t, 201, create(s.admin, "NOBODYS", "null").status)
	require.Equal(t, 201, create(s.admin, "THEIRS", quoted(s.others)).status)
	uuids := map[string]string{}
	all, err := s.service.Secret.List(t.Context())
	require.NoError(t, err)
	for _, one := range all {
		uuids[one.Name] = one.UUID
	}
	listed := s.ok(s.member, "GET", "/secrets", "").text
	shown := s.page(s.member, "/ui/secrets").text
	form := s.page(s.member, "/ui/webhooks/new").text
	for _, text := range []string{listed, shown, form} {
		require.Contains(t, text, "OURS")
		require.NotContains(t, text, "NOBODYS")
		require.NotContains(t, text, "THEIRS")
	}
	require.Contains(t, shown, "/ui/teams/"+s.team)
	require.Contains(t, s.page(s.admin, "/ui/secrets").text, "THEIRS")
	for name, status := range map[string]int{"OURS": 200, "NOBODYS": 403, "THEIRS": 403} {
		at := "/secrets/" + uuids[name]
		require.Equal(t, status, s.as(s.member, "GET", at, "").status, name)
		require.Equal(t, status, s.as(s.member, "PUT", at, `{"description":"changed"}`).status, name)
		require.Equal(t, status, s.page(s.member, "/ui"+at+"/edit").status, name)
		require.Equal(t, status, s.page(s.member, "/ui"+at+"/delete").status, name)
	}
	require.Equal(t, 403, s.as(s.member, "PUT", "/secrets/"+uuids["OURS"], `{"teamUuid":null}`).status, "moving it needs the right on both sides")
	require.Equal(t, 403, s.as(s.member, "DELETE", "/secrets/"+uuids["THEIRS"], "").status)

	s.denied("secret:manage for a secret without a team", "/ui/secrets/new", "name", "FORM", "value", "s3cret")
	s.denied("secret:manage for a secret of the team "+s.others, "/ui/secrets/new", "name", "FORM", "value", "s3cret", "team", s.others)
	s.taken("/ui/secrets/new", "name", "FORM", "value", "s3cret", "team", s.team)
	edit := "/ui/secrets/" + uuids["THEIRS"] + "/edit"
	s.denied("secret:manage", edit, "name", "THEIRS", "changed", s.seen(edit, "changed"), "team", s.team)
	s.denied("secret:manage", "/ui/secrets/"+uuids["THEIRS"]+"/delete")
	s.taken("/ui/secrets/" + uuids["OURS"] + "/delete")
	s.ok(s.admin, "GET", "/secrets/"+uuids["THEIRS"], "")
}
