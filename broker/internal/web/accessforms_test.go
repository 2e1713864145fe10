package web_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// hostile is a name that breaks out of pages that do not escape it. Roles, teams and
// accounts may be called so.
const hostile = `"><b>x</b>&'`

// shownHostile is how a page shows it.
const shownHostile = `&#34;&gt;&lt;b&gt;x&lt;/b&gt;&amp;&#39;`

// withAccounts is a broker with accounts, as an administrator sees it, and what lets
// somebody in by the name of a role.
func withAccounts(t *testing.T) (admin site, as func(role string) site) {
	t.Helper()
	database := "sqlite:" + filepath.Join(t.TempDir(), "treaty.db")
	running := brokertest.Start(t, brokertest.Database(database), func(o *broker.Options) {
		o.Identity, o.SecretsKey = true, broker.Secret(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	})
	as = func(role string) site {
		value, err := broker.CreateToken(t.Context(), database, broker.NewToken{Role: role, Name: "a " + role})
		require.NoError(t, err)
		return site{T: t, base: running.URL(), header: http.Header{"Authorization": {"Bearer " + value}}}
	}
	return as("Administrator"), as
}

// send sends a form and returns what came of it.
func (s site) send(path string, values url.Values) answerOf {
	s.Helper()
	return s.do(http.MethodPost, path, values.Encode(), http.Header{"Sec-Fetch-Site": {"same-origin"}})
}

// where is a page that a form leads to, without what was done.
func where(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}

// with are values of a form with some of them changed.
func with(values url.Values, changed url.Values) url.Values {
	out := url.Values{}
	for _, some := range []url.Values{values, changed} {
		for name, value := range some {
			out[name] = value
		}
	}
	return out
}

// accountOf makes an account and returns its UUID.
func (s site) accountOf(name string) string {
	s.Helper()
	page := where(s.post("/ui/people/new", url.Values{"name": {name}, "active": {"true"}}))
	return strings.TrimPrefix(page, "/ui/people/")
}

// accessForm is a form about access with what can happen to it.
type accessForm struct {
	kind, list, needs string
	make              url.Values
	// twice says that the same cannot be made again.
	twice bool
	// change is what is made of it; typed is a part of what is seen of that in the form.
	change url.Values
	typed  string
	// wrong is what no field can hold, and says is what stands at the field.
	wrong url.Values
	field string
	says  string
	// asks is what the page says that asks before it is deleted.
	asks []string
}

func accessForms(s site) []accessForm {
	account := s.accountOf("Shop's CI")
	return []accessForm{
		{
			kind: "account", list: "/ui/people", needs: "system_account:manage", make: url.Values{"name": {hostile}, "active": {"true"}},
			change: url.Values{"name": {"Renamed"}}, typed: `value="Renamed"`, wrong: url.Values{"name": {strings.Repeat("x", 300)}}, field: "name", says: "must have at most 255 bytes",
			asks: []string{"Delete the account", "It has no token with a value.", "switch it off instead"},
		},
		{
			kind: "role", list: "/ui/roles", needs: "role:manage", make: url.Values{"name": {hostile}, "description": {"d"}, "permission": {"contract_data:read:*"}}, twice: true,
			change: url.Values{"name": {"Renamed"}, "permission": {"audit:read:*", "contract_data:read:*"}}, typed: `value="audit:read:*" checked`, wrong: url.Values{"name": {"viewer"}}, field: "name", says: "is that of a predefined role",
			asks: []string{"Delete the role", "Nobody has it."},
		},
		{
			kind: "team", list: "/ui/teams", needs: "team:manage", make: url.Values{"name": {hostile}}, twice: true,
			change: url.Values{"name": {"Renamed"}}, typed: `value="Renamed"`, wrong: url.Values{"applications": {"Nobody's\nNothing"}}, field: "applications", says: "which is no application&#39;s name",
			asks: []string{"Delete the team", "Its applications, environments and webhooks stay"},
		},
		{
			kind: "rule", list: "/ui/trust", needs: "system_account:manage", twice: true,
			make:   url.Values{"name": {hostile}, "issuer": {"https://ci.example"}, "audience": {"treaty"}, "match": {"job=main"}, "account": {account}, "write": {"true"}, "active": {"true"}},
			change: url.Values{"name": {"Renamed"}, "match": {"job=main\r\nbranch=release-*"}}, typed: "branch=release-*", wrong: url.Values{"match": {"job=main\nnothing"}, "position": {"soon"}}, field: "match", says: "is not written claim=value",
			asks: []string{"Delete the trust rule", "The account Shop&#39;s CI stays."},
		},
		{
			kind: "secret", list: "/ui/secrets", needs: "secret:manage", make: url.Values{"name": {"CI_TOKEN"}, "description": {hostile}, "value": {"hunter2"}, "hosts": {"ci.example.org"}}, twice: true,
			change: url.Values{"description": {"Renamed"}}, typed: `value="Renamed"`, wrong: url.Values{"name": {"1 TOKEN"}}, field: "name", says: "letter",
			asks: []string{"Delete the secret", "No webhook names it."},
		},
	}
}

// TestWhatIsAboutAccessIsMadeChangedAndDeletedByForms: each of them keeps what was typed
// where it is not taken, says what is wrong at its field, and asks before it deletes.
func TestWhatIsAboutAccessIsMadeChangedAndDeletedByForms(t *testing.T) {
	t.Parallel()
	s, as := withAccounts(t)
	reader := as("Viewer")
	for _, tt := range accessForms(s) {
		t.Run(tt.kind, func(t *testing.T) {
			s, reader := site{t, s.base, s.header}, site{t, reader.base, reader.header}
			require.Contains(t, s.get(tt.list), `href="`+tt.list+`/new"`)
			form := s.get(tt.list + "/new")
			require.Contains(t, form, `method="post"`)

			missing := s.send(tt.list+"/new", with(tt.make, url.Values{"name": {" "}}))
			require.Equal(t, http.StatusUnprocessableEntity, missing.status, missing.text)
			require.Contains(t, missing.text, `<input id="name"`)
			require.Regexp(t, `(?s)aria-invalid="true".*`, missing.text, "it is said at the field")

			for path, got := range map[string]answerOf{"made": reader.send(tt.list+"/new", tt.make), "seen": reader.do(http.MethodGet, tt.list+"/new", "", nil)} {
				require.Equal(t, http.StatusForbidden, got.status, path)
				missing := tt.needs
				if path == "seen" && tt.kind == "secret" { // to see the list is asked for first
					missing = "secret:read"
				}
				require.Contains(t, got.text, "This needs "+missing, "%s: it says which permission is missing", path)
			}

			made := s.post(tt.list+"/new", tt.make)
			list := s.get(tt.list)
			require.Contains(t, list, shownHostile)
			require.NotContains(t, list, hostile)
			own := where(made)
			if tt.kind == "secret" {
				_, rest, found := strings.Cut(list, `href="/ui/secrets/`)
				for found && !strings.Contains(strings.SplitN(rest, `"`, 2)[0], "/edit") {
					_, rest, found = strings.Cut(rest, `href="/ui/secrets/`)
				}
				own = "/ui/secrets/" + strings.TrimSuffix(strings.SplitN(rest, `"`, 2)[0], "/edit")
			} else {
				one := s.get(own)
				require.Contains(t, one, shownHostile)
				require.NotContains(t, one, hostile)
				require.Contains(t, one, own+"/edit")
				require.Regexp(t, `(?s)class="note" role="status"><bdi>The \w+ is there`, s.did(made), "the page says what was done")
			}
			if tt.twice {
				again := s.send(tt.list+"/new", tt.make)
				require.Equal(t, http.StatusConflict, again.status, again.text)
				require.Contains(t, again.text, "already", "it says why")
				require.Contains(t, again.text, shownHostile, "what was typed stays")
			}

			seen := filled(s.get(own + "/edit"))
			wrong := s.send(own+"/edit", with(seen, tt.wrong))
			require.Equal(t, http.StatusUnprocessableEntity, wrong.status, wrong.text)
			require.Contains(t, wrong.text, tt.says)
			require.Regexp(t, `id="`+tt.field+`-error"`, wrong.text, "it stands at the field")
			for name := range tt.wrong {
				require.Equal(t, strings.TrimSpace(tt.wrong.Get(name)), strings.TrimSpace(filled(wrong.text).Get(name)), "what was typed as %s stays", name)
			}

			require.Equal(t, http.StatusForbidden, reader.send(own+"/edit", with(seen, tt.change)).status)
			require.Contains(t, reader.send(own+"/delete", nil).text, tt.needs)
			require.Equal(t, http.StatusBadRequest, s.send(own+"/edit", tt.change).status, "a form that does not say what it changes")
			s.post(own+"/edit", with(seen, tt.change))
			stale := s.send(own+"/edit", with(seen, tt.change))
			require.Equal(t, http.StatusConflict, stale.status, stale.text)
			require.Contains(t, stale.text, "Somebody else has changed this")
			require.Contains(t, stale.text, tt.typed, "what was typed stays")
			require.NotContains(t, stale.text, "hunter2", "but for the value of a secret")
			require.NotContains(t, stale.text, "stays .", "no sentence lacks a name")
			require.Contains(t, s.get(own+"/edit"), tt.typed)

			asked := s.get(own + "/delete")
			for _, says := range tt.asks {
				require.Contains(t, asked, says)
			}
			require.Contains(t, s.get(tt.list), own, "to be asked deletes nothing")
			s.post(own+"/delete", nil)
			require.NotContains(t, s.get(tt.list), own)
			for _, path := range []string{own + "/edit", own + "/delete"} {
				require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, path, "", nil).status, path)
				require.Equal(t, http.StatusNotFound, s.send(path, seen).status, path)
			}
		})
	}
}

// TestListsAboutAccessAreEmptyAndCrowded: they say what there could be, and are cut.
func TestListsAboutAccessAreEmptyAndCrowded(t *testing.T) {
	t.Parallel()
	s, _ := withAccounts(t)
	for path, says := range map[string]string{
		"/ui/teams": "There is no team yet.", "/ui/trust": "There is no rule yet", "/ui/secrets": "There is no secret yet.",
		"/ui/teams?q=none": "No team is called like that.", "/ui/people?q=none": "There is nobody like that.", "/ui/audit?type=none": "No event is like that.",
		"/ui/people?kind=user": "There is nobody like that.", "/ui/who-can?right=contract_data:bulk_delete": "1 account has contract_data:bulk_delete for everything.",
	} {
		require.Contains(t, s.get(path), says, path)
	}
	role := where(s.post("/ui/roles/new", url.Values{"name": {"Crowd"}, "permission": {"contract_data:read:*"}}))
	team := where(s.post("/ui/teams/new", url.Values{"name": {"crowd"}}))
	for i := range 55 {
		uuid := s.accountOf(fmt.Sprintf("member %02d", i))
		s.post("/ui/people/"+uuid+"/edit", with(filled(s.get("/ui/people/"+uuid+"/edit")), url.Values{"role": {strings.TrimPrefix(role, "/ui/roles/")}}))
		s.post(team+"/members", url.Values{"do": {"join"}, "user": {uuid}})
		if i == 0 {
			s.post("/ui/people/"+uuid+"/active", url.Values{"active": {"false"}})
		}
	}
	require.Contains(t, s.get("/ui/people"), "56 accounts")
	require.Contains(t, s.get("/ui/people?state=active"), "55 accounts")
	require.NotContains(t, s.get("/ui/people?q=member+0&state=active"), "member 00", "filters go together")
	require.Contains(t, s.get("/ui/people?q=member+0"), "10 accounts")
	require.Contains(t, s.get(role), "And 5 others.", "a role names some of those who have it")
	asked := s.get(role + "/delete")
	require.Contains(t, asked, "55 accounts have it: take it from them first")
	refused := s.send(role+"/delete", nil)
	require.Equal(t, http.StatusConflict, refused.status)
	require.Contains(t, refused.text, "55 accounts have it")
	require.Contains(t, s.get(team+"/delete"), "55 accounts are in it")
	require.Contains(t, s.get("/ui/teams"), "member 00")
	require.Contains(t, s.get(team+"/members?q=member+54"), "member 54")
	require.Contains(t, s.get("/ui/people/"+s.accountOf("alone")), "none: it may do nothing")

	record := s.get("/ui/audit")
	require.Contains(t, record, "Older ones")
	require.Contains(t, s.get("/ui/audit?type=team_created"), "1 event")
	require.Contains(t, s.get("/ui/audit?outcome=denied"), "No event is like that.")
	require.Equal(t, http.StatusBadRequest, s.do(http.MethodGet, "/ui/audit?from=nothing", "", nil).status)
	_, older, found := strings.Cut(record, `href="/ui/audit?from=`)
	require.True(t, found)
	older, _, _ = strings.Cut(older, `"`)
	require.NotContains(t, s.get("/ui/audit?from="+older), "Place 1 of")
	require.Contains(t, s.get("/ui/find?q=roles"), `<a href="/ui/roles">Roles</a></th>`, "pages about access are found by who may see them")
}

// TestTokensAreMadeRenewedAndRevokedByForms, those of an account and one's own.
func TestTokensAreMadeRenewedAndRevokedByForms(t *testing.T) {
	t.Parallel()
	s, as := withAccounts(t)
	uuid := s.accountOf("CI")
	for _, owner := range []string{"/ui/people/" + uuid, "/ui/me"} {
		form := filled(s.get(owner + "/tokens"))
		wrong := s.send(owner+"/tokens", with(form, url.Values{"name": {""}}))
		require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
		require.Equal(t, form.Get("once"), filled(wrong.text).Get("once"), "it is the same form")
		for _, days := range []string{"0", "-1", "4000", "soon"} {
			require.Equal(t, http.StatusBadRequest, s.send(owner+"/tokens", with(form, url.Values{"name": {"x"}, "expires": {days}})).status, days)
		}
		made := s.send(owner+"/tokens", with(form, url.Values{"name": {hostile}, "expires": {"7"}}))
		require.Equal(t, http.StatusOK, made.status, made.text)
		require.Contains(t, made.text, "Keep this token now")
		require.Contains(t, made.text, "only read", "that it writes was not ticked")
		require.NotContains(t, made.text, hostile)
		token := owner + "/tokens/" + form.Get("once")
		for path, says := range map[string]string{"/renew": "Give “" + shownHostile + "” a new value?", "/delete": "Revoke “" + shownHostile + "”?"} {
			require.Contains(t, s.get(token+path), says)
		}
		stranger := as("Viewer")
		require.Equal(t, http.StatusForbidden, stranger.send("/ui/people/"+uuid+"/tokens", with(form, url.Values{"name": {"x"}})).status)
		renewed := s.send(token+"/renew", filled(s.get(token+"/renew")))
		require.Equal(t, http.StatusOK, renewed.status)
		require.Contains(t, renewed.text, "trt_")
		require.Contains(t, s.did(s.post(token+"/delete", nil)), "The token is revoked")
		require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, token+"/renew", "", nil).status)
		require.Equal(t, http.StatusNotFound, s.send(token+"/delete", nil).status)
	}
	mine := s.get("/ui/me")
	require.Contains(t, mine, "your browser sent this one")
	require.Contains(t, mine, "What you did last")
	for path, status := range map[string]int{"/ui/people/nobody/tokens": 404, "/ui/people/" + uuid + "/tokens/none/delete": 404} {
		require.Equal(t, status, s.do(http.MethodGet, path, "", nil).status, path)
	}
}

// signed looks like a token of another issuer. Nobody has signed it.
func signed(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + part([]byte(claims)) + "." + part(make([]byte, 256))
}

// TestATokenIsTriedWithoutBeingShownAgain: what it says is told, also of one that does not
// count.
func TestATokenIsTriedWithoutBeingShownAgain(t *testing.T) {
	t.Parallel()
	s, as := withAccounts(t)
	account := s.accountOf("CI")
	for i, match := range []string{"job=main", "job=other"} {
		s.post("/ui/trust/new", url.Values{"name": {"rule " + match}, "issuer": {"https://127.0.0.1:1"}, "audience": {"treaty"}, "match": {match}, "account": {account}, "active": {"true"}, "position": {fmt.Sprint(i + 1)}, "permission": {"contract_data:read:*"}})
	}
	for _, text := range []string{"", "a.b.c", "hunter2"} {
		got := s.send("/ui/trust/try", url.Values{"token": {text}})
		require.Equal(t, http.StatusUnprocessableEntity, got.status, got.text)
		require.Contains(t, got.text, `id="token-error"`)
		require.NotContains(t, got.text, "hunter2")
	}
	token := signed(`{"iss":"https://other.example","aud":"treaty","job":"<b>main</b>"}`)
	got := s.send("/ui/trust/try", url.Values{"token": {" " + token + "\n"}})
	require.Equal(t, http.StatusOK, got.status, got.text)
	for _, says := range []string{"The token does not count.", "No rule is for the issuer", "rule job=main", "rule job=other", "&lt;b&gt;main&lt;/b&gt;"} {
		require.Contains(t, got.text, says)
	}
	require.NotContains(t, got.text, token, "whoever has it can use it")
	require.Equal(t, http.StatusForbidden, as("Viewer").send("/ui/trust/try", url.Values{"token": {token}}).status)

	list := s.get("/ui/trust?found=" + url.QueryEscape("other"))
	require.Contains(t, list, "rule job=other")
	_, rest, _ := strings.Cut(s.get("/ui/trust"), `href="/ui/trust/`)
	for !strings.Contains(rest[:40], "-") {
		_, rest, _ = strings.Cut(rest, `href="/ui/trust/`)
	}
	one := s.get("/ui/trust/" + rest[:36])
	require.Contains(t, one, "of what the account may, no more than contract_data:read:*")
	require.Contains(t, one, "number 1 of all rules")
}

// TestSecretsOfTeamsAreForTheirMembers: others neither see nor choose them.
func TestSecretsOfTeamsAreForTheirMembers(t *testing.T) {
	t.Parallel()
	s, as := withAccounts(t)
	member := as("Team member")
	team := where(s.post("/ui/teams/new", url.Values{"name": {"checkout"}}))
	uuid := strings.TrimPrefix(team, "/ui/teams/")
	require.Contains(t, s.get("/ui/secrets/new"), `<option value="`+uuid+`"`)
	require.NotContains(t, member.get("/ui/secrets/new"), uuid, "who is in no team has nothing to choose")
	s.post("/ui/secrets/new", url.Values{"name": {"OURS"}, "value": {"v"}, "team": {uuid}})
	s.post("/ui/secrets/new", url.Values{"name": {"ALL"}, "value": {"v"}})
	require.NotContains(t, member.get("/ui/secrets"), "OURS")
	var me struct{ UUID string }
	member.api("/user", &me)
	s.post(team+"/members", url.Values{"do": {"join"}, "user": {me.UUID}})
	require.Eventually(t, func() bool { return strings.Contains(member.get("/ui/secrets"), "OURS") }, waited, step, "it counts within seconds")
	list := member.get("/ui/secrets")
	require.NotContains(t, list, "${user.ALL}", "one without a team is none of theirs")
	require.Contains(t, list, `href="`+team+`"`)
	require.Contains(t, member.get("/ui/secrets/new"), `<option value="`+uuid+`"`)
	require.NotContains(t, member.get("/ui/secrets/new"), "no team", "a secret without one is not theirs to make")
	refused := member.send("/ui/secrets/new", url.Values{"name": {"MORE"}, "description": {"what was typed"}, "value": {"hunter2"}})
	require.Equal(t, http.StatusForbidden, refused.status)
	require.Contains(t, refused.text, "secret:manage")
	require.NotContains(t, refused.text, "hunter2")
	require.Contains(t, s.get(team+"/delete"), "It has secrets: delete them")
	conflict := s.send(team+"/delete", nil)
	require.Equal(t, http.StatusConflict, conflict.status)
	require.Contains(t, conflict.text, "OURS")
}
