package api_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/issuertest"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/web"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// recorded is a broker that keeps a record, with an administrator and a viewer.
type recorded struct {
	*guarded
	service        *usecase.All
	viewer         string
	router         *api.API
	tokens         api.Tokens
	route          string
	allowed, tried map[string]bool
	// said are the kinds of events, and whether one of them said what it changed.
	said map[string]bool
}

// read is the JSON of an answer.
func (r *recorded) read(got reply) (out map[string]any) {
	r.t.Helper()
	require.NoError(r.t, json.Unmarshal([]byte(got.text), &out))
	return out
}

// nowhere executes webhooks without sending anything.
type nowhere struct{}

func (nowhere) ExecuteWebhook(context.Context, webhook.Run) webhook.Execution {
	return webhook.Execution{Success: true}
}

func startRecorded(t *testing.T, wrap func(kernel.Store) kernel.Store) *recorded {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "broker.db"), store.Options{Log: quiet(), Synchronous: "NORMAL"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	service := usecase.New(audit.Around(wrap(db), time.Now, kernel.NewID), kernel.DefaultSettings())
	service.Log, service.Webhook.Executor = quiet(), nowhere{}
	service.Secret.Keys, err = secret.ParseKeys(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	require.NoError(t, err)
	keyring := service.Identity.Keyring(time.Now, issuer.New(http.DefaultClient, time.Now, quiet()), quiet())
	t.Cleanup(keyring.Close)
	r := &recorded{service: service, tokens: keyring, allowed: map[string]bool{}, tried: map[string]bool{}, said: map[string]bool{}}
	r.router = api.New(&usecase.All{}, api.Config{Log: quiet(), Tokens: holders{"x": access.Operator()}, Web: noPage, Observe: func(o api.Observation) { r.route = o.Method + " " + o.Route }})
	dashboard := web.New(service, web.Config{Log: quiet(), Trust: keyring, Identity: true})
	listening := httptest.NewServer(api.New(service, api.Config{Log: quiet(), Tokens: keyring, ErrorPage: dashboard.Error, Web: func(w http.ResponseWriter, request *http.Request) bool {
		dashboard.ServeHTTP(w, request)
		return true
	}}))
	t.Cleanup(listening.Close)
	r.guarded = &guarded{server: &server{t: t, url: listening.URL}, identity: service.Identity}
	r.admin, r.viewer = r.holder("Administrator", true), r.holder("Viewer", true)
	return r
}

func (r *recorded) events() []kernel.AuditEvent {
	r.t.Helper()
	out, more, err := r.service.Audit.List(r.t.Context(), audit.Query{Size: 1000})
	require.NoError(r.t, err)
	require.False(r.t, more)
	return out
}

// hidden is what a field of a form holds that nobody sees.
func (r *recorded) hidden(value, path, name string) string {
	r.t.Helper()
	got := r.do(call{method: "GET", path: path, header: map[string]string{"Authorization": "Bearer " + value, "Accept": "text/html"}})
	require.Equal(r.t, 200, got.status, "%s: %s", path, got.text)
	found := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)"`).FindStringSubmatch(got.text)
	require.NotNil(r.t, found, "%s has no %s", path, name)
	return url.QueryEscape(html.UnescapeString(found[1]))
}

// changes are those of the newest event.
func (r *recorded) changes() (out []audit.Change) {
	r.t.Helper()
	require.NoError(r.t, json.Unmarshal(r.events()[0].Changes, &out))
	return out
}

// write has a viewer try, who is denied, and an administrator do something, and asks for
// one event of each, of the same kind.
func (r *recorded) write(method, path, body string) reply {
	r.t.Helper()
	header := map[string]string{}
	if strings.HasPrefix(path, "/ui/") {
		header["Content-Type"] = "application/x-www-form-urlencoded"
	}
	if method == "PATCH" {
		header["Content-Type"] = "application/merge-patch+json"
		if strings.HasPrefix(path, "/pact/") || strings.HasPrefix(path, "/pacts/") {
			header["Content-Type"] = "application/json"
		}
	}
	try := func(value string) (reply, []kernel.AuditEvent) {
		before := len(r.events())
		header["Authorization"] = "Bearer " + value
		header["X-Request-Id"] = "request-7"
		got := r.do(call{method: method, path: path, body: body, header: header})
		all := r.events()
		return got, all[:len(all)-before]
	}
	denied, events := try(r.viewer)
	require.Equal(r.t, 403, denied.status, "%s %s: %s", method, path, denied.text)
	require.Len(r.t, events, 1, "denied: %s %s", method, path)
	was := events[0]
	require.Equal(r.t, kernel.AuditDenied, was.Outcome)
	require.Equal(r.t, "Viewer", was.Name)
	located := httptest.NewRequest(method, path, http.NoBody)
	located.Header.Set("Authorization", "Bearer x")
	r.router.ServeHTTP(httptest.NewRecorder(), located)
	r.tried[r.route] = true

	got, events := try(r.admin)
	require.Less(r.t, got.status, 400, "%s %s: %s", method, path, got.text)
	require.Len(r.t, events, 1, "allowed: %s %s", method, path)
	e := events[0]
	require.Equal(r.t, kernel.AuditAllowed, e.Outcome)
	require.Equal(r.t, was.Action, e.Action, "%s %s", method, path)
	require.Regexp(r.t, `^[a-z]+(_[a-z]+)+$`, e.Action)
	require.Equal(r.t, []string{"Administrator", "account", "127.0.0.1", "request-7"}, []string{e.Name, e.Kind, e.IP, e.RequestID})
	require.Len(r.t, e.Token, 8)
	require.NotEmpty(r.t, e.Principal)
	path, _, _ = strings.Cut(path, "?")
	require.Equal(r.t, path, e.Resource)
	require.NotContains(r.t, string(e.Subject)+string(e.Changes), "s3cret")
	r.allowed[r.route] = true
	r.saysWhatChanged(e)
	return got
}

// withoutStates are acts that change nothing that has a state, and those that delete an
// application piece by piece, of which the first piece is not the application: what
// they are about tells what they did.
var withoutStates = []string{"admin_cleaned", "webhook_executed", "integration_deleted", "integrations_deleted", "provider_verification_deleted", "pacticipant_deleted", "admin_deleted"}

// saysWhatChanged looks at the digests of an event, and keeps that events of its kind have
// some. One alone may have changed nothing, as who merges what is there.
func (r *recorded) saysWhatChanged(e kernel.AuditEvent) {
	r.t.Helper()
	r.said[e.Action] = r.said[e.Action] || len(e.Changes) > 0
	if len(e.Changes) == 0 {
		return
	}
	var changes []audit.Change
	require.NoError(r.t, json.Unmarshal(e.Changes, &changes))
	for _, c := range changes {
		require.NotEmpty(r.t, c.Before+c.After, "%s of %s has no digest of %s %s", e.Action, e.Resource, c.Kind, c.Name)
		require.NotEmpty(r.t, strings.TrimSpace(c.Name)+c.UUID, "%s of %s does not name a %s", e.Action, e.Resource, c.Kind)
		if strings.HasSuffix(e.Action, "_deleted") {
			require.Empty(r.t, c.After, "%s of %s: %s %s is gone", e.Action, e.Resource, c.Kind, c.Name)
		}
	}
}

// TestEveryWriteIsRecordedOnce walks all routes that write.
func TestEveryWriteIsRecordedOnce(t *testing.T) {
	t.Parallel()
	r := startRecorded(t, func(s kernel.Store) kernel.Store { return s })
	at := func(got reply, rel string) string { return strings.TrimPrefix(got.link(rel), r.url) }
	here := func(got reply) string { return strings.TrimPrefix(got.header.Get("Location"), r.url) }
	pact := pactBetween("Foo", "Bar", "thing")
	publish := `{"pacticipantName": "Foo", "pacticipantVersionNumber": "9", "branch": "main", "tags": ["dev"], "contracts": [{"consumerName": "Foo", "providerName": "Bar", "specification": "pact", "contentType": "application/json", "content": "` + base64.StdEncoding.EncodeToString([]byte(pact)) + `"}]}`
	result := `{"success": true, "providerApplicationVersion": "NUMBER"}`
	again := func() { r.ok(r.admin, "POST", "/contracts/publish", publish) }

	r.write("POST", "/ui/sample", "") // while nothing is there
	r.write("POST", "/contracts/publish", publish)
	for _, path := range []string{fooBar + "/version/1", fooBar + "/versions/2", "/pact/provider/Bar/consumer/Foo/version/3"} {
		r.write("PUT", path, pact)
		r.write("PATCH", path, pact)
	}
	content := at(r.ok(r.admin, "GET", fooBar+"/version/1", ""), "pb:publish-verification-results")
	plain, _, _ := strings.Cut(content, "/verification-results")
	plain, _, _ = strings.Cut(plain, "/metadata/")
	verify := func(n string) { r.ok(r.admin, "POST", content, strings.Replace(result, "NUMBER", n, 1)) }
	numberOf := func(got reply) string { return here(got)[strings.LastIndex(here(got), "/")+1:] }
	first := numberOf(r.write("POST", plain+"/verification-results", strings.Replace(result, "NUMBER", "1", 1)))
	second := numberOf(r.write("POST", plain+"/metadata/y3NbXVtdPTE/verification-results", strings.Replace(result, "NUMBER", "2", 1)))
	verify("3")
	r.write("DELETE", plain+"/verification-results/"+first, "")
	r.write("DELETE", plain+"/metadata/x/verification-results/"+second, "")
	r.write("DELETE", plain+"/verification-results/latest", "")
	for _, path := range []string{fooBar + "/version/1/verification-results/latest", fooBar + "/latest/verification-results/latest", fooBar + "/latest/dev/verification-results/latest"} {
		verify("4")
		r.write("DELETE", path, "")
	}
	for _, path := range []string{fooBar + "/version/1", fooBar + "/versions/2", "/pact/provider/Bar/consumer/Foo/version/3"} {
		r.write("DELETE", path, "")
	}

	r.write("POST", "/pacticipants", `{"name": "Dog"}`)
	r.write("PUT", "/pacticipants/Dog", `{"displayName": "The dog"}`)
	was := r.changes()[0]
	r.write("PATCH", "/pacticipants/Dog", `{"displayName": "A dog"}`)
	require.Equal(t, []string{"pacticipant", "Dog", was.After}, []string{r.changes()[0].Kind, r.changes()[0].Name, r.changes()[0].Before})
	r.write("PUT", "/pacticipants/Dog/labels/x", "{}")
	r.write("DELETE", "/pacticipants/Dog/labels/x", "")
	r.write("PUT", "/pacticipants/Dog/versions/1", "{}")
	r.write("PATCH", "/pacticipants/Dog/versions/1", `{"buildUrl": "https://ci.example/1"}`)
	r.write("PUT", "/pacticipants/Dog/versions/1/tags/dev", "{}")
	tagged := r.changes() // the first tag is a branch too
	r.write("DELETE", "/pacticipants/Dog/versions/1/tags/dev", "")
	gone := r.changes()[0]
	require.Equal(t, []string{"tag", "Dog 1 dev", ""}, []string{gone.Kind, gone.Name, gone.After})
	require.Contains(t, tagged, audit.Change{Kind: "tag", Name: "Dog 1 dev", After: gone.Before})
	for _, branch := range []string{"a", "b", "c"} {
		r.write("PUT", "/pacticipants/Dog/branches/"+branch+"/versions/1", "{}")
	}
	r.write("DELETE", "/pacticipants/Dog/branches/a/versions/1", "")
	r.write("DELETE", "/pacticipants/Dog/branches/b", "")
	r.write("DELETE", "/pacticipants/Dog/branches", "")

	environment := here(r.write("POST", "/environments", `{"name": "test", "production": false}`))
	made := r.changes()[0]
	r.write("PUT", environment, `{"name": "prod", "production": true}`)
	require.Equal(t, []string{"environment", "prod", made.UUID, made.After}, []string{r.changes()[0].Kind, r.changes()[0].Name, r.changes()[0].UUID, r.changes()[0].Before}, "it was as the event before says")
	require.NotEqual(t, made.After, r.changes()[0].After)
	uuid := environment[strings.LastIndex(environment, "/")+1:]
	deployed := r.write("POST", "/pacticipants/Dog/versions/1/deployed-versions/environment/"+uuid, "{}")
	r.write("PATCH", at(deployed, "self"), `{"currentlyDeployed": false}`)
	rollout := here(r.write("POST", "/pacticipants/Dog/versions/1/rollouts/environment/"+uuid, `{"share": 10}`))
	require.Equal(t, "rollout_started", r.events()[0].Action)
	begun := r.changes()[0]
	r.write("PATCH", rollout, `{"share": 20}`)
	require.Equal(t, []string{"rollout_changed", "rollout", begun.After}, []string{r.events()[0].Action, r.changes()[0].Kind, r.changes()[0].Before})
	released := r.write("POST", "/pacticipants/Dog/versions/1/released-versions/environment/"+uuid, "{}")
	r.write("PATCH", at(released, "self"), `{"currentlySupported": false}`)
	r.write("DELETE", environment, "")
	r.write("DELETE", "/pacticipants/Dog/versions/1", "")

	hook := `{"description": "d", "events": [{"name": "contract_published"}], "request": {"method": "POST", "url": "https://a.example/s3cret?token=s3cret", "password": "s3cret", "username": "u"}}`
	webhook := here(r.write("POST", "/webhooks", hook))
	for _, path := range []string{"/webhooks/provider/Bar/consumer/Foo", "/webhooks/provider/Bar", "/webhooks/consumer/Foo", fooBar + "/webhooks"} {
		r.write("POST", path, hook)
	}
	r.write("PUT", webhook, strings.Replace(hook, `"d"`, `"e"`, 1))
	changed := r.events()[0]
	require.Equal(t, "webhook_saved", changed.Action)
	require.Regexp(t, `^\[{"kind":"webhook","name":"e","uuid":"[^"]+","before":"\w{64}","after":"\w{64}"}\]$`, string(changed.Changes))
	r.write("POST", webhook+"/execute", "")
	r.write("POST", "/webhooks/execute", hook)
	r.write("DELETE", webhook, "")

	kept := here(r.write("POST", "/secrets", `{"name": "TOKEN", "value": "s3cret"}`))
	r.write("PUT", kept, `{"value": "s3cret-too"}`)
	r.write("DELETE", kept, "")

	account := here(r.write("POST", "/admin/system-accounts", `{"name": "CI", "type": 1, "active": true}`))
	account = account[strings.LastIndex(account, "/")+1:]
	r.write("PUT", "/admin/users/"+account, `{"active": true, "name": "CI too"}`)
	role := r.write("POST", "/admin/roles", `{"name": "Mine", "permissions": [{"scope": "contract_data:read:*"}]}`)
	mine := here(role)
	id := mine[strings.LastIndex(mine, "/")+1:]
	r.write("PUT", mine, `{"name": "Ours", "permissions": [{"scope": "contract_data:read:*"}]}`)
	r.write("PUT", "/admin/users/"+account+"/roles", `{"roles": []}`)
	r.write("PUT", "/admin/users/"+account+"/roles/"+id, "")
	r.write("DELETE", "/admin/users/"+account+"/roles/"+id, "")
	r.write("DELETE", mine, "")
	r.write("POST", "/admin/users", `{"email": "ada@example.org"}`)
	require.Equal(t, "user_invited", r.events()[0].Action)
	r.write("POST", "/admin/users/invite-user", `{"email": "bob@example.org"}`)
	r.write("POST", "/admin/users/invite-users", `{"users": [{"email": "eve@example.org"}]}`)
	require.Equal(t, "user_invited", r.events()[0].Action)
	r.write("PUT", "/admin/users/"+account+"/role/admin", "")
	r.write("DELETE", "/admin/users/"+account+"/role/admin", "")
	require.Equal(t, "account_roles_changed", r.events()[0].Action)
	team := here(r.write("POST", "/admin/teams", `{"name": "checkout"}`))
	r.write("PUT", team, `{"name": "till"}`)
	renamed := r.changes()[0]
	r.write("POST", team+"/users", `{"users": ["`+account+`"]}`)
	then := r.changes()[0]
	require.Equal(t, "team_members_changed", r.events()[0].Action)
	require.Equal(t, []string{"till", renamed.After}, []string{then.Name, then.Before}, "it was as the event before says")
	require.NotEqual(t, then.Before, then.After)
	r.write("PUT", team+"/users", `{"users": ["`+account+`"]}`)
	r.write("DELETE", team+"/users", `{"users": ["`+account+`"]}`)
	r.write("POST", team+"/users", `{"users": ["`+account+`"]}`)
	r.write("DELETE", team+"/users/"+account, "")
	r.write("DELETE", team, "")
	of := issuertest.New(t)
	rule := here(r.write("POST", "/admin/trust-rules", `{"name": "shop", "issuer": "`+of.URL+`", "audience": "x", "match": {"repository_id": "7"}, "account": "`+account+`"}`))
	r.write("PUT", rule, `{"match": {"repository_id": "8"}}`)
	require.Equal(t, []string{"trust_rule", "shop"}, []string{r.changes()[0].Kind, r.changes()[0].Name})
	require.NotEqual(t, r.changes()[0].Before, r.changes()[0].After)
	before := len(r.events())
	r.exchange(exchangeForm + of.Token(time.Now(), map[string]any{"aud": "x", "repository_id": "7"}))
	require.Len(t, r.events(), before, "who fits no rule is in the log")
	require.Equal(t, 200, r.exchange(exchangeForm+of.Token(time.Now(), map[string]any{"aud": "x", "repository_id": "8", "sub": "repo:acme/shop"})).status)
	require.Len(t, r.events(), before+1)
	exchanged := r.events()[0]
	require.Equal(t, []string{"token_exchanged", "CI too (repo:acme/shop)", "workload", account, rule[strings.LastIndex(rule, "/")+1:]},
		[]string{exchanged.Action, exchanged.Name, exchanged.Kind, exchanged.Principal, exchanged.Rule})
	require.NotContains(t, string(exchanged.Subject)+string(exchanged.Changes), "eyJ")
	r.allowed["POST /oauth/token"], r.tried["POST /oauth/token"] = true, true // nobody is denied who shows another's token
	// broker.TestLoginsAtTerminalsAreRecorded has what needs people.
	for _, route := range []string{"POST /oauth/device_authorization", "POST /oauth/revoke"} {
		r.allowed[route], r.tried[route] = true, true
	}
	r.write("DELETE", rule, "")
	tokens := "/admin/system-accounts/" + account + "/tokens"
	token := here(r.write("POST", tokens, `{"name": "t"}`))
	r.write("POST", token+"/regenerate", "")
	r.write("DELETE", token, "")
	r.write("DELETE", "/admin/users/"+account, "")
	own := r.read(r.ok(r.admin, "GET", "/settings/tokens", ""))["_embedded"].(map[string]any)["items"].([]any)[0].(map[string]any)["uuid"].(string)
	r.write("POST", "/settings/tokens/"+own+"/regenerate", "")
	mineToo := here(r.write("POST", "/settings/tokens", `{"name": "mine"}`))
	require.Equal(t, "token_created", r.events()[0].Action)
	r.write("DELETE", mineToo, "")
	require.Equal(t, "token_deleted", r.events()[0].Action)

	r.write("POST", "/ui/webhooks/new", "event=contract_published&method=POST&url=https%3A%2F%2Fa.example%2F")
	r.write("POST", "/ui/secrets/new", "name=FORM&value=s3cret")
	r.write("POST", "/ui/admin/retention", "")
	place := r.write("POST", "/ui/edit/environments", "name=by-form&id=7b0e2c94-3a57-4c1d-8f6e-92d4a1c5b083").header.Get("Location")
	require.Contains(t, place, "/ui/environments/by-form")
	require.Equal(t, "environment_created", r.events()[0].Action, "as the API names the same")
	byForm := r.read(r.ok(r.admin, "GET", "/environments?name=by-form", ""))["_embedded"].(map[string]any)["environments"].([]any)[0].(map[string]any)["uuid"].(string)
	r.write("POST", "/ui/edit/environments/"+byForm+"/delete", "")
	require.Equal(t, "environment_deleted", r.events()[0].Action)
	r.write("POST", "/ui/edit/applications", "name=delete")
	require.Equal(t, "pacticipant_created", r.events()[0].Action)
	r.as(r.viewer, "POST", "/ui/edit/applications/delete", "")
	require.Equal(t, "pacticipant_saved", r.events()[0].Action, "a name is no verb")
	r.as(r.viewer, "POST", "/ui/edit/delete", "")
	require.Equal(t, "contract_data_deleted", r.events()[0].Action)

	r.writeFormsOfAccess()

	for _, path := range []string{"/tag/dev", "/branch/main", "/branch/versions", "/branch/latest/versions", "/branch/main/latest/versions", "/versions"} {
		again()
		r.write("DELETE", fooBar+path, "")
	}
	again()
	r.write("DELETE", "/integrations/provider/Bar/consumer/Foo", "")
	r.write("DELETE", "/integrations", "")
	again()
	r.write("DELETE", "/pacticipants/Foo", "")

	for action, says := range r.said {
		assert.Equal(t, !slices.Contains(withoutStates, action), says, "whether events of the kind %s say what they changed", action)
	}
	router := api.New(r.service, api.Config{Log: quiet(), Tokens: holders{"x": access.Operator()}, Web: noPage})
	for _, route := range router.AllRoutes() {
		for method, need := range route.Needs {
			if method == "GET" || method == "OPTIONS" || strings.HasSuffix(need, ":read") || route.Path == "/test/error" {
				continue
			}
			name := method + " " + strings.NewReplacer("{", ":", "}", "").Replace(route.Path)
			require.True(t, r.allowed[name], "no request of this test wrote by %s", name)
			require.True(t, r.tried[name], "nobody was denied by %s", name)
		}
	}
}

// writeFormsOfAccess sends the forms about who may do what, each of which is recorded as
// the API records the same.
func (r *recorded) writeFormsOfAccess() {
	r.t.Helper()
	form := func(path, body, action string) string {
		r.t.Helper()
		got := r.write("POST", path, body)
		require.Equal(r.t, action, r.events()[0].Action, path)
		to, _, _ := strings.Cut(got.header.Get("Location"), "?")
		return to
	}
	person := form("/ui/people/new", "name=By+form&active=true", "account_created")
	form(person+"/edit", "name=Renamed&changed="+r.hidden(r.admin, person+"/edit", "changed"), "account_saved")
	form(person+"/active", "active=true", "account_saved")
	form(person+"/tokens", "name=t&write=true&once=0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e2", "token_created")
	token := person + "/tokens/0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e2"
	form(token+"/renew", "prefix="+r.hidden(r.admin, token+"/renew", "prefix"), "token_regenerated")
	form(token+"/delete", "", "token_deleted")
	own := "/ui/me/tokens/0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e3"
	form("/ui/me/tokens", "name=t&once=0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e3", "token_created")
	form(own+"/renew", "prefix="+r.hidden(r.admin, own+"/renew", "prefix"), "token_regenerated")
	form(own+"/delete", "", "token_deleted")
	team := form("/ui/teams/new", "name=by+form", "team_created")
	form(team+"/edit", "name=by+form+too&seen="+r.hidden(r.admin, team+"/edit", "seen"), "team_saved")
	form(team+"/members", "do=join&user="+person[strings.LastIndex(person, "/")+1:], "team_members_changed")
	form(team+"/delete", "", "team_deleted")
	role := form("/ui/roles/new", "name=By+form&permission=contract_data:read:*", "role_created")
	form(role+"/edit", "name=By+form+too&seen="+r.hidden(r.admin, role+"/edit", "seen"), "role_saved")
	form(role+"/delete", "", "role_deleted")
	const rule = "name=by-form&issuer=https%3A%2F%2Fa.example&audience=x&match=a%3Db"
	trusting := form("/ui/trust/new", rule+"&account="+person[strings.LastIndex(person, "/")+1:], "trust_rule_created")
	form(trusting+"/edit", rule+"&write=true&seen="+r.hidden(r.admin, trusting+"/edit", "seen"), "trust_rule_saved")
	form(trusting+"/delete", "", "trust_rule_deleted")
	form(person+"/delete", "", "account_deleted")
	form("/ui/edit/applications/Dog", "display-name=Hound&seen="+r.hidden(r.admin, "/ui/edit/applications/Dog", "seen"), "pacticipant_saved")
	r.ok(r.admin, "PUT", "/pacticipants/Dog/versions/2", "{}")
	form("/ui/edit/delete", "application=Dog&version=2", "contract_data_deleted")
	form("/ui/admin/delete", "application=Dog", "admin_deleted")
}

// failingAudit is a store on which no event can be written.
type failingAudit struct{ kernel.Store }

func (f failingAudit) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return f.Store.Update(ctx, func(tx kernel.Tx) error { return fn(failingAuditTx{tx}) })
}

type failingAuditTx struct{ kernel.Tx }

func (failingAuditTx) AddAuditEvent(kernel.AuditEvent) error { return errors.New("no room") }

func TestWhatCannotBeRecordedDoesNotHappen(t *testing.T) {
	t.Parallel()
	r := startRecorded(t, func(s kernel.Store) kernel.Store { return failingAudit{s} })
	require.Equal(t, 500, r.as(r.admin, "POST", "/pacticipants", `{"name": "Dog"}`).status)
	require.Equal(t, 404, r.as(r.admin, "GET", "/pacticipants/Dog", "").status)
	require.Equal(t, 403, r.as(r.viewer, "POST", "/pacticipants", `{"name": "Dog"}`).status, "who may not is told so all the same")
}

func TestTheRecordIsReadAndNeverWritten(t *testing.T) {
	t.Parallel()
	r := startRecorded(t, func(s kernel.Store) kernel.Store { return s })
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		r.ok(r.admin, "PUT", "/pacticipants/"+name+"/versions/1", "{}")
	}
	require.Equal(t, 403, r.as(r.viewer, "DELETE", "/pacticipants/a", "").status)
	// Nobody's requests, reading, and what fails leave nothing.
	require.Equal(t, 401, r.as("trt_x", "DELETE", "/pacticipants/a", "").status)
	require.Equal(t, 404, r.as(r.admin, "DELETE", "/pacticipants/none", "").status)
	require.Equal(t, 400, r.as(r.admin, "POST", "/pacticipants", `{"name": ""}`).status)
	r.ok(r.admin, "GET", "/pacticipants", "")
	list := func(query string) (resources []string, next string) {
		got := r.read(r.ok(r.admin, "GET", "/audit"+query, ""))
		for _, e := range got["events"].([]any) {
			resources = append(resources, strings.NewReplacer("/pacticipants/", "", "/versions/1", "").Replace(e.(map[string]any)["resource"].(string)))
		}
		if links := got["_links"].(map[string]any); links["next"] != nil {
			next = strings.TrimPrefix(links["next"].(map[string]any)["href"].(string), r.url+"/audit")
		}
		return resources, next
	}
	all, next := list("")
	require.Equal(t, "a e d c b a", strings.Join(all, " "))
	require.Empty(t, next)
	_, err := r.service.Audit.Seal(t.Context())
	require.NoError(t, err)
	r.ok(r.admin, "PUT", "/pacticipants/f/versions/1", "{}") // without a place
	for sort, want := range map[string]string{"-timestamp": "f a e d c b a", "%2Btimestamp": "a b c d e a f", "+timestamp": "a b c d e a f"} {
		var got []string
		for query := "?pageSize=2&sort=" + sort; query != ""; {
			var some []string
			some, query = list(query)
			require.LessOrEqual(t, len(some), 2)
			got = append(got, some...)
		}
		require.Equal(t, want, strings.Join(got, " "), sort)
	}
	some, _ := list("?type=pacticipant_deleted")
	require.Len(t, some, 1)
	some, _ = list("?since=2999-01-01T00:00:00Z")
	require.Empty(t, some)
	some, _ = list("?pageNumber=2&pageSize=5")
	require.Len(t, some, 2)
	for _, query := range []string{"?from=nothing", "?sort=name", "?type=A-B", "?pageSize=101", "?pageSize=0", "?pageNumber=x", "?since=yesterday"} {
		require.Equal(t, 400, r.as(r.admin, "GET", "/audit"+query, "").status, query)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		require.Equal(t, 405, r.as(r.admin, method, "/audit", "{}").status)
	}
	require.Equal(t, 403, r.as(r.viewer, "GET", "/audit", "").status)
	got := r.ok(r.admin, "GET", "/audit/verification", "")
	require.Contains(t, got.text, `"intact":true`)
	require.Contains(t, got.text, `"unsealed":1`)
	require.Contains(t, r.do(call{method: "GET", path: "/ui/audit", header: map[string]string{"Authorization": "Bearer " + r.admin, "Accept": "text/html"}}).text, "pacticipant_version_saved")
}

func TestNothingIsRecordedWhereNobodyAskedForIt(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.must("PUT", "/pacticipants/a/versions/1", "{}")
	require.Equal(t, 404, s.get("/audit").status)
}

// TestWhatIsDeniedForOneThingIsRecorded: whoever may write some applications is denied
// later than who may write none, by the route, by the handler and by the use case.
func TestWhatIsDeniedForOneThingIsRecorded(t *testing.T) {
	t.Parallel()
	r := startRecorded(t, func(s kernel.Store) kernel.Store { return s })
	member, _ := r.inTeam("", "Team member")
	r.ok(r.admin, "PUT", "/pacticipants/Theirs/versions/1", `{}`)
	before := len(r.events())
	for _, tt := range []struct{ method, path, body, action string }{
		{"PUT", "/pacticipants/Theirs/versions/2", `{}`, "pacticipant_version"},
		{"POST", "/pacticipants", `{"name": "Theirs"}`, "pacticipant"},
		{"POST", "/webhooks", `{"events": [{"name": "contract_published"}], "request": {"method": "POST", "url": "https://a.example/"}}`, "webhook"},
	} {
		require.Equal(t, 403, r.as(member, tt.method, tt.path, tt.body).status, tt.path)
		events := r.events()
		before++
		require.Len(t, events, before, tt.path)
		require.Equal(t, kernel.AuditDenied, events[0].Outcome, tt.path)
		require.Contains(t, events[0].Action, tt.action)
		require.Equal(t, "CI", events[0].Name)
	}
}
