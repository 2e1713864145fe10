package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web"
)

var tokenValue = regexp.MustCompile(`trt_\w{8}_\w{49}`)

// valueIn is the value of a token that a page shows, once.
func valueIn(t *testing.T, got reply) string {
	t.Helper()
	require.Equal(t, 200, got.status, got.text)
	values := tokenValue.FindAllString(got.text, -1)
	require.NotEmpty(t, values, got.text)
	require.Contains(t, got.header.Get("Cache-Control"), "no-store")
	require.Empty(t, got.header.Get("Location"), "a value is in no address")
	return values[0]
}

// TestTheValueOfATokenIsShownOnce: it is on the page that answers the form, and neither on
// another page, nor in the record, nor again when the form is sent again.
func TestTheValueOfATokenIsShownOnce(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	name := "Deploy"
	account, err := s.identity.CreateAccount(t.Context(), access.Operator(), identity.AccountInput{Name: &name})
	require.NoError(t, err)
	person := "/ui/people/" + account.UUID
	once := s.seen(person+"/tokens", "once")
	fill := []string{"name", "main branch", "write", "true", "expires", "90", "permission", "contract_data:manage:*", "once", once}
	value := valueIn(t, s.send(s.admin, person+"/tokens", fill...))
	who, err := s.tokens.Who(t.Context(), value)
	require.NoError(t, err)
	require.Equal(t, []string{"contract_data:manage:*"}, access.Texts(who.Permissions))

	twice := s.send(s.admin, person+"/tokens", fill...)
	require.Equal(t, 409, twice.status)
	require.Contains(t, twice.text, "was made already")
	require.NotRegexp(t, tokenValue, twice.text)
	page := s.page(s.admin, person).text
	for _, says := range []string{"main branch", "trt_" + who.TokenPrefix + "_", "contract_data:manage:*", "Administrator"} {
		require.Contains(t, page, says)
	}
	require.NotRegexp(t, tokenValue, page)

	token := person + "/tokens/" + once
	seen := s.seen(token+"/renew", "prefix")
	require.Equal(t, who.TokenPrefix, seen)
	next := valueIn(t, s.send(s.admin, token+"/renew", "prefix", seen))
	require.NotEqual(t, value, next)
	again := s.send(s.admin, token+"/renew", "prefix", seen)
	require.Equal(t, 409, again.status, "what was shown is not made worthless by loading the page again")
	require.Equal(t, 400, s.send(s.admin, token+"/renew").status)
	require.Contains(t, s.send(s.admin, token+"/delete").header.Get("Location"), person)
	require.Equal(t, 404, s.page(s.admin, token+"/delete").status)
	for _, e := range s.events() {
		text, err := json.Marshal(e)
		require.NoError(t, err)
		require.NotRegexp(t, tokenValue, string(text))
	}

	// What cannot be a token is told in the form, which keeps what was filled in.
	wrong := s.send(s.admin, person+"/tokens", "name", "", "write", "true", "once", "0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e9")
	require.Equal(t, 422, wrong.status)
	require.Contains(t, wrong.text, "must be given")
	require.Contains(t, wrong.text, `name="write" value="true" checked`)
	require.Equal(t, 400, s.send(s.admin, person+"/tokens", "name", "x", "expires", "soon").status)
}

func TestOwnTokensAreMadeBySomebodyWhoMay(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	mine := s.page(s.member, "/ui/me")
	require.Equal(t, 200, mine.status, mine.text)
	for _, says := range []string{"CI", "your browser sent this one", "Publish contracts and results", "what belongs to their teams", "/ui/me/tokens"} {
		require.Contains(t, mine.text, says)
	}
	require.Contains(t, mine.text, `href="/ui/teams/`+s.team+`"`)
	require.NotContains(t, mine.text, `href="/ui/roles/`, "it may not see roles")
	value := valueIn(t, s.send(s.member, "/ui/me/tokens", "name", "second", "write", "true", "once", "0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e8"))
	who, err := s.tokens.Who(t.Context(), value)
	require.NoError(t, err)
	require.Equal(t, "second", who.Token)

	// A token that only reads makes none that writes.
	account, err := s.identity.FindAccount(t.Context(), who.UUID)
	require.NoError(t, err)
	_, narrow, err := s.identity.CreateToken(t.Context(), access.Operator(), account.UUID, identity.TokenInput{Name: "narrow", Writes: true, Permissions: []string{"token:manage:own", "contract_data:read:*"}})
	require.NoError(t, err)
	got := s.send(narrow, "/ui/me/tokens", "name", "more", "write", "true", "once", "0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e7")
	require.Equal(t, 403, got.status)
	require.Contains(t, got.text, "Nobody gives more than they have")
	require.Equal(t, kernel.AuditDenied, s.events()[0].Outcome)
	require.Equal(t, 403, s.send(narrow, "/ui/me/tokens/0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e8/renew", "prefix", who.TokenPrefix).status)

	// Others' tokens are not one's own, and who may not make any is told so.
	tokens, err := s.identity.ListTokens(t.Context(), account.UUID)
	require.NoError(t, err)
	require.Equal(t, 404, s.send(s.admin, "/ui/me/tokens/"+tokens[0].UUID+"/delete").status)
	viewers := s.page(s.viewer, "/ui/me").text
	require.Contains(t, viewers, "you would need token:manage:own")
	require.NotContains(t, viewers, `href="/ui/me/tokens`)
	require.Equal(t, 403, s.send(s.viewer, "/ui/me/tokens", "name", "x").status)
}

func TestPeopleAreChangedOnTheirPages(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	made := s.send(s.admin, "/ui/people/new", "name", "Deploy", "active", "true", "role", access.PipelineUUID)
	person, _, _ := strings.Cut(made.header.Get("Location"), "?")
	page := s.page(s.admin, person).text
	for _, says := range []string{"Deploy", "CI/CD", "Record deployments, releases and their end", "deployment_and_release:record:*", "no value yet"} {
		require.Contains(t, page, says)
	}
	changed := s.seen(person+"/edit", "changed")
	require.Equal(t, 303, s.send(s.admin, person+"/active", "active", "false").status)
	require.Contains(t, s.page(s.admin, person).text, "switched off")
	stale := s.send(s.admin, person+"/edit", "name", "Other", "active", "true", "changed", changed)
	require.Equal(t, 409, stale.status, "it was switched off since")
	require.Contains(t, stale.text, "Somebody else has changed this account")
	require.Contains(t, stale.text, `value="Other"`, "what was typed is not lost")
	empty := s.send(s.admin, person+"/edit", "name", " ", "changed", s.seen(person+"/edit", "changed"))
	require.Equal(t, 422, empty.status)
	require.Equal(t, 400, s.send(s.admin, person+"/edit", "name", "x").status)

	list := s.page(s.admin, "/ui/people?q=depl&kind=account").text
	require.Contains(t, list, person)
	require.Contains(t, list, "1 account")
	require.NotContains(t, s.page(s.admin, "/ui/people?kind=user").text, person)
	require.NotContains(t, s.page(s.admin, "/ui/people?state=active").text, person)

	// The last administrator stays, and nobody gives what they do not have.
	var admin string
	all, err := s.identity.ListAccounts(t.Context(), kernel.PrincipalFilter{Search: "Administrator"})
	require.NoError(t, err)
	admin = "/ui/people/" + all.Items[0].UUID
	require.Contains(t, s.page(s.admin, admin).text, "What it did last", "its part of the record")
	require.Equal(t, 409, s.send(s.admin, admin+"/active", "active", "false").status)
	require.Equal(t, 409, s.send(s.admin, admin+"/delete").status)
	require.Equal(t, 403, s.page(s.member, "/ui/people").status)
	require.Equal(t, 303, s.send(s.admin, person+"/delete").status)
	require.Equal(t, 404, s.page(s.admin, person).status)
}

func TestRolesAreChangedOnTheirPages(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	fixed := "/ui/roles/" + access.AdministratorUUID
	page := s.page(s.admin, fixed).text
	require.Contains(t, page, "neither changed nor deleted")
	require.NotContains(t, page, fixed+"/edit")
	require.Equal(t, 409, s.page(s.admin, fixed+"/edit").status)
	require.Equal(t, 409, s.send(s.admin, fixed+"/delete").status)
	made := s.send(s.admin, "/ui/roles/new", "name", "Publisher", "permission", "contract_data:manage:team", "permission", "contract_data:read:*")
	role, _, _ := strings.Cut(made.header.Get("Location"), "?")
	uuid := role[strings.LastIndex(role, "/")+1:]
	page = s.page(s.admin, role).text
	require.Contains(t, page, "Publish contracts and results")
	require.Contains(t, page, "what belongs to their teams")
	require.Equal(t, 409, s.send(s.admin, "/ui/roles/new", "name", "Publisher").status, "the name is taken")
	require.Equal(t, 422, s.send(s.admin, "/ui/roles/new", "name", "Viewer").status)
	seen := s.seen(role+"/edit", "seen")
	require.Equal(t, 303, s.send(s.admin, role+"/edit", "name", "Publisher", "description", "d", "permission", "contract_data:read:*", "seen", seen).status)
	require.Equal(t, 409, s.send(s.admin, role+"/edit", "name", "Publisher", "seen", seen).status, "somebody else was faster")

	s.ok(s.admin, "POST", "/admin/system-accounts", `{"name":"Has it","type":1,"active":true,"roles":["`+uuid+`"]}`)
	require.Contains(t, s.page(s.admin, role+"/delete").text, "Has it")
	refused := s.send(s.admin, role+"/delete")
	require.Equal(t, 409, refused.status)
	require.Contains(t, refused.text, "the account Has it has it")
	require.Contains(t, refused.text, "Has it")
	require.Contains(t, s.page(s.admin, role).text, "Has it")
}

func TestTeamsAreChangedOnTheirPages(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	s.ok(s.admin, "POST", "/environments", `{"name":"test","production":false}`)
	team := "/ui/teams/" + s.team
	_, other := s.inTeam("", "Team member")
	join := func(value, do string) reply { return s.send(value, team+"/members", "do", do, "user", other) }
	require.Equal(t, 403, join(s.member, "join").status, "a member is no administrator")
	require.Equal(t, 303, join(s.admin, "join").status)
	require.Equal(t, 303, join(s.admin, "lead").status)
	found, err := s.identity.FindTeam(t.Context(), s.team)
	require.NoError(t, err)
	require.Len(t, found.Members, 2)
	page := s.page(s.admin, team).text
	require.Contains(t, page, "administers it")
	require.Contains(t, page, "/ui/applications/Ours")
	require.Equal(t, 303, join(s.admin, "follow").status)
	require.Equal(t, 303, join(s.admin, "leave").status)
	require.Equal(t, 400, join(s.admin, "praise").status)
	gone := s.send(s.admin, team+"/members", "do", "join", "user", "nobody")
	require.Equal(t, 400, gone.status)
	require.Contains(t, gone.text, "no account with the UUID")
	require.Contains(t, s.page(s.admin, team+"/members?q=view").text, "Viewer")

	seen := s.seen(team+"/edit", "seen")
	wrong := s.send(s.admin, team+"/edit", "name", "us", "applications", "Ours\nNobody's", "seen", seen)
	require.Equal(t, 422, wrong.status)
	require.Contains(t, wrong.text, "no application&#39;s name")
	require.Equal(t, 303, s.send(s.admin, team+"/edit", "name", "till", "applications", "Ours\n Theirs", "seen", seen).status)
	found, err = s.identity.FindTeam(t.Context(), s.team)
	require.NoError(t, err)
	require.Len(t, found.Applications, 2)
	require.Len(t, found.Members, 1, "who is in it stays")
	require.Equal(t, 409, s.send(s.admin, team+"/edit", "name", "us", "applications", "", "seen", seen).status)
	require.Equal(t, 409, s.send(s.admin, "/ui/teams/new", "name", "till").status)

	s.ok(s.admin, "POST", "/secrets", `{"name":"OURS","value":"s3cret","teamUuid":"`+s.team+`"}`)
	require.Contains(t, s.page(s.member, team).text, "OURS", "members see their secrets")
	require.Contains(t, s.page(s.admin, team+"/delete").text, "OURS")
	refused := s.send(s.admin, team+"/delete")
	require.Equal(t, 409, refused.status)
	require.Contains(t, refused.text, "the secret OURS belongs to it")
}

func TestThePageOfWhoCanAnswersAsTheAPIDoes(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	page := s.page(s.admin, "/ui/who-can?right=contract_data:manage&application=Ours").text
	require.Contains(t, page, "2 accounts have contract_data:manage for Ours.")
	require.Contains(t, page, "contract_data:manage:team in us")
	require.Contains(t, s.page(s.admin, "/ui/who-can?right=contract_data:manage&application=Theirs").text, "1 account has contract_data:manage for Theirs.")
	for query, says := range map[string]string{"right=nothing": "There is no right nothing", "right=contract_data:manage&application=Nobody": "no application with this name", "right=contract_data:manage&environment=nowhere": "no environment with this name"} {
		require.Contains(t, s.page(s.admin, "/ui/who-can?"+query).text, says)
	}
	require.Equal(t, 403, s.page(s.member, "/ui/who-can").status)
}

// TestTheFrameSaysWhoIsSignedIn, and leads to the pages that they may see.
func TestTheFrameSaysWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	for value, pages := range map[string][]string{s.admin: {"people", "teams", "roles", "who-can", "secrets", "audit"}, s.member: {"teams", "secrets"}, s.viewer: nil} {
		text := s.page(value, "/ui/me").text
		require.Contains(t, text, `class="account" href="/ui/me"`)
		if pages == nil {
			require.NotContains(t, text, ">Access<")
			continue
		}
		require.Contains(t, text, `<a href="/ui/`+pages[0]+`">Access</a>`)
		text = s.page(value, "/ui/"+pages[0]).text
		for _, page := range []string{"people", "teams", "roles", "who-can", "secrets", "audit"} {
			require.Equal(t, len(pages) == 6 || page == "teams" || page == "secrets", strings.Contains(text, `<li><a href="/ui/`+page+`"`), page)
		}
	}
}

// TestWithoutAccountsNothingLeadsToTheirPages, which say how to get some.
func TestWithoutAccountsNothingLeadsToTheirPages(t *testing.T) {
	t.Parallel()
	service := newServiceWith(t, kernel.DefaultSettings())
	dashboard := web.New(service, web.Config{Log: quiet()})
	listening := httptest.NewServer(api.New(service, api.Config{Log: quiet(), ErrorPage: dashboard.Error, Web: func(w http.ResponseWriter, request *http.Request) bool {
		dashboard.ServeHTTP(w, request)
		return true
	}}))
	t.Cleanup(listening.Close)
	s := &server{t: t, url: listening.URL}
	home := s.do(call{method: "GET", path: "/ui/applications", header: map[string]string{"Accept": "text/html"}})
	require.Equal(t, 200, home.status)
	for _, path := range []string{"people", "people/x", "roles", "teams", "who-can", "me", "me/tokens"} {
		require.NotContains(t, home.text, "/ui/"+path)
		got := s.do(call{method: "GET", path: "/ui/" + path, header: map[string]string{"Accept": "text/html"}})
		require.Equal(t, 404, got.status, path)
		require.Contains(t, got.text, "--identity (PACT_BROKER_IDENTITY=true)", path)
	}
	sent := s.do(call{method: "POST", path: "/ui/people/new", body: "name=x", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
	require.Equal(t, 404, sent.status)
	require.Contains(t, sent.text, "--identity")
}
