package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// inTeam makes an account with roles, in a team if one is named.
func (g *guarded) inTeam(team string, roles ...string) (value, uuid string) {
	g.t.Helper()
	uuids := []string{}
	for _, name := range roles {
		r, err := g.identity.RoleNamed(g.t.Context(), name)
		require.NoError(g.t, err)
		uuids = append(uuids, r.UUID)
	}
	name := "CI"
	account, err := g.identity.CreateAccount(g.t.Context(), access.Operator(), identity.AccountInput{Name: &name, Roles: &uuids})
	require.NoError(g.t, err)
	if team != "" {
		_, err = g.identity.ChangeMembers(g.t.Context(), team, identity.Join, []string{account.UUID})
		require.NoError(g.t, err)
	}
	_, value, err = g.identity.CreateToken(g.t.Context(), access.Operator(), account.UUID, identity.TokenInput{Name: "test", Writes: true})
	require.NoError(g.t, err)
	return value, account.UUID
}

func TestATeamFromItsBeginningToItsEnd(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	g.ok(g.admin, "POST", "/pacticipants", `{"name":"Shop"}`)
	environment := g.ok(g.admin, "POST", "/environments", `{"name":"production","production":true}`)
	require.Equal(t, []any{}, environment.at("teamUuids"))
	place := environment.at("uuid").(string)
	_, ada := g.inTeam("", "Team member")
	_, bob := g.inTeam("", "Team member")

	made := g.ok(g.admin, "POST", "/admin/teams", fmt.Sprintf(`{"name":"checkout","pacticipantNames":["Shop"],"environmentUuids":[%q],"administratorUuids":[%q]}`, place, ada))
	require.Equal(t, 201, made.status)
	uuid := made.at("uuid").(string)
	path := "/admin/teams/" + uuid
	require.Equal(t, g.url+path, made.header.Get("Location"))
	names := func(got reply, what string) (out []string) {
		for _, item := range got.at("_embedded", what).([]any) {
			out = append(out, fmt.Sprint(item.(map[string]any)["name"]))
		}
		return out
	}
	got := g.ok(g.admin, "GET", path, "")
	require.Equal(t, []string{"Shop"}, names(got, "pacticipants"))
	require.Equal(t, []string{"production"}, names(got, "environments"))
	require.Len(t, names(got, "administrators"), 1)
	require.InDelta(t, 1, got.at("numberOfMembers"), 0)

	require.Len(t, names(g.ok(g.admin, "POST", path+"/users", fmt.Sprintf(`{"users":[%q]}`, bob)), "users"), 2)
	require.Equal(t, "CI", g.ok(g.admin, "GET", path+"/users/"+bob, "").at("_embedded", "user", "name"))
	require.Equal(t, "checkout", g.ok(g.admin, "GET", "/admin/users/"+bob, "").at("_embedded", "teams").([]any)[0].(map[string]any)["name"])
	require.Len(t, names(g.ok(g.admin, "DELETE", path+"/users", fmt.Sprintf(`{"users":[%q]}`, bob)), "users"), 1)
	require.Len(t, names(g.ok(g.admin, "PUT", path+"/users", fmt.Sprintf(`{"users":[%q]}`, bob)), "users"), 1, "no others are left")
	require.Equal(t, 404, g.as(g.admin, "GET", path+"/users/"+ada, "").status)
	require.Equal(t, 204, g.as(g.admin, "DELETE", path+"/users/"+bob, "").status)

	changed := g.ok(g.admin, "PUT", path, `{"name":"till"}`)
	require.Equal(t, "till", changed.at("name"))
	require.Equal(t, []string{"Shop"}, names(changed, "pacticipants"), "what is not given stays")
	require.Equal(t, []any{uuid}, g.ok(g.admin, "GET", "/environments/"+place, "").at("teamUuids"))
	g.ok(g.admin, "PUT", "/environments/"+place, `{"name":"production","production":true}`)
	require.Equal(t, []any{uuid}, g.ok(g.admin, "GET", "/environments/"+place, "").at("teamUuids"), "what is not given stays")
	require.Equal(t, []any{}, g.ok(g.admin, "PUT", "/environments/"+place, `{"name":"production","production":true,"teamUuids":[]}`).at("teamUuids"))
	require.Len(t, g.ok(g.admin, "GET", "/admin/teams?q=TIL&page=1&size=1", "").at("teams"), 1)
	require.Empty(t, g.ok(g.admin, "GET", "/admin/teams?q=shop", "").at("teams"))

	for body, says := range map[string]string{
		`{}`: "name", `{"name":""}`: "name", `{"name":"x","pacticipantNames":["Nobody"]}`: "Nobody", `{"name":"x","environmentUuids":["e"]}`: "no environment's uuid",
		`{"name":"x","administratorUuids":["a"]}`: "no account's uuid", `{"name":"x","pacticipantNames":"Shop"}`: "pacticipantNames",
	} {
		refused := g.as(g.admin, "POST", "/admin/teams", body)
		require.Equal(t, 400, refused.status, "%s: %s", body, refused.text)
		require.Contains(t, refused.text, says, body)
	}
	taken := g.as(g.admin, "POST", "/admin/teams", `{"name":"till"}`)
	require.Equal(t, 409, taken.status, taken.text)
	require.Equal(t, 400, g.as(g.admin, "POST", "/environments", `{"name":"x","production":false,"teamUuids":["t"]}`).status)
	require.Empty(t, g.ok(g.admin, "GET", "/environments?name=x", "").at("_embedded", "environments"), "nothing is made")
	require.Equal(t, 204, g.as(g.admin, "DELETE", path, "").status)
	require.Equal(t, 404, g.as(g.admin, "GET", path, "").status)
	g.ok(g.admin, "GET", "/pacticipants/Shop", "")
}

// world is a team with one application and one environment, beside those of others.
type teamWorld struct {
	*guarded
	team, ours, theirs, free string
	member                   string
}

func newTeamWorld(t *testing.T, roles ...string) *teamWorld {
	t.Helper()
	w := &teamWorld{guarded: startGuarded(t, api.Auth{})}
	for _, name := range []string{"Ours", "Theirs", "Provider"} {
		w.ok(w.admin, "POST", "/pacticipants", `{"name":"`+name+`"}`)
		w.ok(w.admin, "PUT", "/pacticipants/"+name+"/versions/1", `{}`)
	}
	place := func(name string) string {
		return w.ok(w.admin, "POST", "/environments", `{"name":"`+name+`","production":false}`).at("uuid").(string)
	}
	w.ours, w.theirs, w.free = place("ours"), place("theirs"), place("free")
	team := func(name, application, environment string) string {
		return w.ok(w.admin, "POST", "/admin/teams", fmt.Sprintf(`{"name":%q,"pacticipantNames":[%q],"environmentUuids":[%q]}`, name, application, environment)).at("uuid").(string)
	}
	w.team = team("us", "Ours", w.ours)
	team("them", "Theirs", w.theirs)
	w.member, _ = w.inTeam(w.team, roles...)
	return w
}

func TestWhatBelongsToATeamIsItsMembers(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t, "Team member")
	publication := func(consumer string) string {
		return fmt.Sprintf(`{"pacticipantName":%q,"pacticipantVersionNumber":"2","contracts":[{"consumerName":%q,"providerName":"Provider","specification":"pact","contentType":"application/json","content":"eyJpbnRlcmFjdGlvbnMiOltdfQ=="}]}`, consumer, consumer)
	}
	w.ok(w.member, "POST", "/contracts/publish", publication("Ours"))
	refused := w.as(w.member, "POST", "/contracts/publish", publication("Theirs"))
	require.Equal(t, 403, refused.status)
	require.Contains(t, refused.text, "for the application Theirs")
	require.Contains(t, refused.text, "is in us")
	require.Equal(t, 404, w.as(w.admin, "GET", "/pacticipants/Theirs/versions/2", "").status, "nothing was written")
	pact := `{"consumer":{"name":"Ours"},"provider":{"name":"Provider"},"interactions":[]}`
	w.ok(w.member, "PUT", "/pacts/provider/Provider/consumer/Ours/version/3", pact)
	require.Equal(t, 403, w.as(w.member, "PUT", "/pacts/provider/Ours/consumer/Theirs/version/3", strings.ReplaceAll(pact, "Ours", "Theirs")).status, "a contract belongs to its consumer")

	// A result belongs to its provider.
	sha := w.ok(w.admin, "GET", "/pacts/provider/Provider/consumer/Ours/latest", "").at("_links", "pb:publish-verification-results", "href").(string)
	require.Equal(t, 403, w.as(w.member, "POST", strings.TrimPrefix(sha, w.url), `{"success":true,"providerApplicationVersion":"1"}`).status)

	record := func(application, environment string) int {
		return w.as(w.member, "POST", "/pacticipants/"+application+"/versions/1/deployed-versions/environment/"+environment, `{}`).status
	}
	require.Equal(t, []int{201, 201, 403, 403}, []int{record("Ours", w.ours), record("Ours", w.free), record("Ours", w.theirs), record("Theirs", w.ours)})
	tagged := w.as(w.member, "PUT", "/pacticipants/Ours/versions/1/tags/theirs", `{}`)
	require.Equal(t, 403, tagged.status, "a tag records a deployment")
	require.Contains(t, tagged.text, "called like an environment")
	w.ok(w.member, "PUT", "/pacticipants/Ours/versions/1/tags/ours", `{}`)
	theirs := w.ok(w.admin, "POST", "/pacticipants/Theirs/versions/1/deployed-versions/environment/"+w.theirs, `{}`).at("uuid").(string)
	mine := w.ok(w.admin, "POST", "/pacticipants/Ours/versions/1/deployed-versions/environment/"+w.ours, `{}`).at("uuid").(string)
	undeploy := func(uuid string) int {
		return w.do(call{method: "PATCH", path: "/deployed-versions/" + uuid, body: `{"currentlyDeployed":false}`,
			header: map[string]string{"Authorization": "Bearer " + w.member, "Content-Type": "application/merge-patch+json"}}).status
	}
	require.Equal(t, []int{403, 200}, []int{undeploy(theirs), undeploy(mine)})

	require.Equal(t, 403, w.as(w.member, "DELETE", "/pacticipants/Theirs", "").status)
	require.Equal(t, 403, w.as(w.member, "DELETE", "/integrations", "").status, "that is about everything")
	require.Equal(t, 204, w.as(w.member, "DELETE", "/pacticipants/Ours", "").status)
}

func TestWebhooksBelongToTeams(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t, "Team member")
	hook := func(team string) string {
		return `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://example.org/"}` + team + `}`
	}
	ours, none := `,"teamUuid":"`+w.team+`"`, ""
	require.Equal(t, 403, w.as(w.member, "POST", "/webhooks", hook(none)).status, "it would belong to nobody")
	require.Equal(t, 400, w.as(w.admin, "POST", "/webhooks", hook(`,"teamUuid":"x"`)).status)
	made := w.ok(w.member, "POST", "/webhooks", hook(ours))
	require.Equal(t, w.team, made.at("teamUuid"))
	path := "/webhooks/" + made.at("uuid").(string)
	w.ok(w.member, "PUT", path, hook(none))
	require.Equal(t, w.team, w.ok(w.member, "GET", path, "").at("teamUuid"), "what is not given stays")
	require.Equal(t, 403, w.as(w.member, "PUT", path, hook(`,"teamUuid":null`)).status, "moving it needs the right on both sides")
	stranger, _ := w.inTeam("", "Team member")
	require.Equal(t, []int{403, 403, 403}, []int{w.as(stranger, "PUT", path, hook(none)).status, w.as(stranger, "DELETE", path, "").status, w.as(stranger, "POST", path+"/execute", `{}`).status})
	nobodys := w.ok(w.admin, "POST", "/webhooks", hook(none))
	require.NotContains(t, nobodys.text, "teamUuid")
	require.Equal(t, 403, w.as(w.member, "DELETE", "/webhooks/"+nobodys.at("uuid").(string), "").status)
	require.Equal(t, 204, w.as(w.admin, "DELETE", "/admin/teams/"+w.team, "").status)
	require.Nil(t, w.ok(w.admin, "GET", path, "").at("teamUuid"), "it stays, and belongs to no team")
	require.Equal(t, 204, w.as(w.admin, "DELETE", path, "").status)
}

// TestSecretsOfOthersAreNotATeams: whoever may write a team's webhooks has no way to send
// what belongs to nobody or to another team to where they like.
func TestSecretsOfOthersAreNotATeams(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t, "Team member")
	require.Equal(t, 409, w.as(w.admin, "POST", "/secrets", `{"name":"X","value":"a-value"}`).status, "without a key")
	var err error
	w.secrets.Keys, err = secret.ParseKeys(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	require.NoError(t, err)
	w.ok(w.admin, "POST", "/secrets", `{"name":"NOBODYS","value":"a-value"}`)
	require.Equal(t, 400, w.as(w.admin, "POST", "/secrets", `{"name":"OURS","value":"a-value","teamUuid":"x"}`).status)
	ours := w.ok(w.admin, "POST", "/secrets", `{"name":"OURS","value":"a-value","teamUuid":"`+w.team+`"}`)
	require.Equal(t, w.team, ours.at("teamUuid"))
	hook := func(name, team string) reply {
		return w.ok(w.admin, "POST", "/webhooks", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://example.org/","headers":{"X-A":"${user.`+name+`}"}}`+team+`}`)
	}
	mine := `,"teamUuid":"` + w.team + `"`
	all := []reply{hook("OURS", mine), hook("NOBODYS", mine)}
	require.NotContains(t, all[0].text, "There is no secret")
	require.Contains(t, all[1].text, "There is no secret NOBODYS")
	require.Contains(t, hook("OURS", "").text, "There is no secret OURS")
	require.NotContains(t, hook("NOBODYS", "").text, "There is no secret")
	refused := w.as(w.admin, "DELETE", "/admin/teams/"+w.team, "")
	require.Equal(t, 409, refused.status)
	require.Contains(t, refused.text, "the secret OURS belongs to it")
	w.ok(w.admin, "PUT", strings.TrimPrefix(ours.header.Get("Location"), w.url), `{"teamUuid":null}`)
	all = append(all, hook("OURS", mine))
	require.Contains(t, all[2].text, "There is no secret OURS")
	for _, one := range all { // they would get the secrets of no team
		refused = w.as(w.admin, "DELETE", "/admin/teams/"+w.team, "")
		require.Equal(t, 409, refused.status)
		require.Contains(t, refused.text, "names secrets")
		w.ok(w.admin, "DELETE", strings.TrimPrefix(one.header.Get("Location"), w.url), "")
	}
	require.Equal(t, 204, w.as(w.admin, "DELETE", "/admin/teams/"+w.team, "").status)
}

func TestWhoPublishesFirstOwnsIt(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	first, _ := g.inTeam("", "Team CI/CD")
	second, _ := g.inTeam("", "Team CI/CD")
	pact := `{"consumer":{"name":"New"},"provider":{"name":"Named"},"interactions":[]}`
	g.ok(first, "PUT", "/pacts/provider/Named/consumer/New/version/1", pact)
	require.Equal(t, 403, g.as(second, "PUT", "/pacts/provider/Named/consumer/New/version/2", pact).status)
	g.ok(first, "PUT", "/pacticipants/New/versions/2/tags/dev", `{}`)
	require.Equal(t, 403, g.as(second, "PUT", "/pacticipants/New/versions/2/tags/dev", `{}`).status)
	require.Equal(t, 403, g.as(second, "POST", "/pacticipants", `{"name":"New"}`).status)

	// What a contract only names is nobody's until it is written.
	require.Equal(t, 403, g.as(second, "DELETE", "/pacticipants/Named/labels/x", "").status)
	result := g.ok(second, "GET", "/pacts/provider/Named/consumer/New/latest", "").at("_links", "pb:publish-verification-results", "href").(string)
	g.ok(second, "POST", strings.TrimPrefix(result, g.url), `{"success":true,"providerApplicationVersion":"1"}`)
	require.Equal(t, 403, g.as(first, "PUT", "/pacticipants/Named/versions/2/tags/dev", `{}`).status, "it is the one's who verified first")
	g.ok(second, "PUT", "/pacticipants/Named/versions/1/tags/dev", `{}`)

	// Whoever may write all takes nothing over.
	g.ok(g.admin, "PUT", "/pacticipants/Old/versions/1", `{}`)
	require.Equal(t, 403, g.as(first, "PUT", "/pacticipants/Old/versions/2", `{}`).status)
}

func TestWhoAdministersATeamChangesIt(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t, "Team member")
	chief, uuid := w.inTeam(w.team, "Team member")
	w.ok(w.admin, "PUT", "/admin/teams/"+w.team, fmt.Sprintf(`{"administratorUuids":[%q]}`, uuid))
	// A change counts within two seconds; a new broker knows it at once.
	_, other := w.inTeam("", "Team member")
	require.Equal(t, 403, w.as(w.member, "POST", "/admin/teams/"+w.team+"/users", fmt.Sprintf(`{"users":[%q]}`, other)).status)
	require.Eventually(t, func() bool {
		return w.as(chief, "POST", "/admin/teams/"+w.team+"/users", fmt.Sprintf(`{"users":[%q]}`, other)).status == 200
	}, 30*time.Second, 50*time.Millisecond)
	require.Equal(t, 403, w.as(chief, "PUT", "/admin/teams/"+w.team, `{"pacticipantNames":["Ours","Theirs"]}`).status, "nobody gives away what they may not write")
	require.Equal(t, 403, w.as(chief, "PUT", "/admin/teams/"+w.team, fmt.Sprintf(`{"environmentUuids":[%q,%q]}`, w.ours, w.free)).status, "it would be closed to others")
	require.Equal(t, 403, w.as(chief, "POST", "/admin/teams", `{"name":"mine"}`).status)
	require.Equal(t, 403, w.as(chief, "DELETE", "/admin/teams/"+w.team, "").status)
	w.ok(chief, "PUT", "/admin/teams/"+w.team, `{"pacticipantNames":[]}`)
}

// TestEveryRouteAboutOneThingAsksForIt: whoever may write one application may write no
// other by any address that names one.
func TestEveryRouteAboutOneThingAsksForIt(t *testing.T) {
	t.Parallel()
	member := access.Who{UUID: "1", Name: "CI", Guarded: []string{"theirs"}, Teams: []access.Team{{UUID: "ours", Name: "us", Administers: true, Applications: []string{"Ours"}}}}
	for _, p := range access.All() {
		if p.Scope == access.OfTeams || p.Right.Reads() {
			member.Permissions = append(member.Permissions, p)
		}
	}
	value := identity.NewValue()
	broker := api.New(&usecase.All{}, api.Config{Log: quiet(), Prometheus: http.NotFoundHandler(), Web: noPage, Tokens: holders{value: member}})
	about, all := 0, 0
	for _, r := range broker.AllRoutes() {
		for _, method := range r.Methods {
			if method == "GET" || method == "OPTIONS" || r.Judges[method] || strings.HasSuffix(r.Needs[method], ":read") || r.Needs[method] == "token:manage" {
				continue
			}
			if r.Objects[method] == 0 {
				all++
			} else {
				about++
			}
			for i := range max(1, r.Objects[method]) {
				path := r.Path
				for _, parameter := range []string{"pacticipant", "consumer", "provider", "environment", "uuid"} {
					path = strings.ReplaceAll(path, "{"+parameter+"}", "theirs")
				}
				if r.Objects[method] == 2 && i == 1 { // the application is ours, the environment is not
					path = strings.Replace(r.Path, "{pacticipant}", "Ours", 1)
					path = strings.Replace(path, "{environment}", "theirs", 1)
				}
				path = strings.NewReplacer("{", "", "}", "", "*", "x").Replace(path)
				request := httptest.NewRequest(method, path, nil)
				request.Header.Set("Authorization", "Bearer "+value)
				got := httptest.NewRecorder()
				broker.ServeHTTP(got, request)
				require.Equal(t, 403, got.Code, "%s %s: %s", method, path, got.Body)
			}
		}
	}
	require.Greater(t, about, 40, "methods that are about something")
	require.Greater(t, all, 10)
}

func TestWhoCan(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t, "Team CI/CD")
	who := func(query string) (out []string) {
		for _, item := range w.ok(w.admin, "GET", "/admin/who-can?"+query, "").at("accounts").([]any) {
			account := item.(map[string]any)
			out = append(out, fmt.Sprint(account["name"], ": ", account["because"]))
		}
		return out
	}
	admin, all := "Administrator: contract_data:manage:*", "Administrator: deployment_and_release:record:*"
	require.Equal(t, []string{admin}, who("right=contract_data:manage"))
	require.Equal(t, []string{admin, "CI: contract_data:manage:team in us"}, who("right=contract_data:manage&application=Ours"))
	require.Equal(t, []string{admin}, who("right=contract_data:manage&application=Theirs"))
	require.Equal(t, []string{all, "CI: deployment_and_release:record:team in us"}, who("right=deployment_and_release:record&application=Ours&environment=ours"))
	require.Equal(t, []string{all, "CI: deployment_and_release:record:team in us, deployment_and_release:record:team"}, who("right=deployment_and_release:record&application=Ours&environment=free"))
	require.Equal(t, []string{all}, who("right=deployment_and_release:record&application=Ours&environment=theirs"))
	w.ok(w.member, "PUT", "/pacticipants/Mine/versions/1", `{}`)
	require.Equal(t, []string{admin, "CI: contract_data:manage:own"}, who("right=contract_data:manage&application=Mine"))
	for query, says := range map[string]string{
		"right=contract_data:manage&application=Nobody": "Nobody", "right=deployment_and_release:record&environment=nowhere": "nowhere",
		"right=everything": "the rights are contract_data:read", "": "there is no right",
	} {
		got := w.as(w.admin, "GET", "/admin/who-can?"+query, "")
		require.GreaterOrEqual(t, got.status, 400, query)
		require.Contains(t, got.text, says, query)
	}
	require.Equal(t, 403, w.as(w.member, "GET", "/admin/who-can?right=contract_data:manage", "").status)
}
