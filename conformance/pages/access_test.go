//go:build pages

package pages_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// asked is a broker that asks everybody who they are, behind a proxy that shows a token for
// whoever looks: a browser keeps one that somebody typed.
func asked(t testing.TB) *history {
	t.Helper()
	database := "sqlite:" + filepath.Join(t.TempDir(), "treaty.db")
	b := brokertest.Start(t, brokertest.Database(database), func(o *broker.Options) {
		o.Identity, o.Domain.CheckSimilarNames, o.SecretsKey = true, false, "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
	})
	value, err := broker.CreateToken(t.Context(), database, broker.NewToken{Role: "Administrator", Name: "Ada"})
	require.NoError(t, err)
	there, err := url.Parse(b.URL())
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(there)
		r.Out.SetBasicAuth("any", value)
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return &history{t, server.URL}
}

// made is the UUID of what a request makes.
func (h *history) made(path string, body map[string]any) string {
	h.Helper()
	var out struct{ UUID string }
	require.NoError(h, json.Unmarshal(h.send(http.MethodPost, path, body), &out))
	return out.UUID
}

// accounts is such a broker in which there is nobody but who looks.
func accounts(t testing.TB) state {
	h := asked(t)
	return state{h.base, map[string]string{
		"people": "/ui/people", "nobody like that": "/ui/people?q=zzzz&kind=user", "new account": "/ui/people/new", "teams": "/ui/teams", "new team": "/ui/teams/new", "trust rules": "/ui/trust", "new trust rule": "/ui/trust/new", "try a token": "/ui/trust/try", "roles": "/ui/roles", "new role": "/ui/roles/new",
		"who can": "/ui/who-can", "nobody can": "/ui/who-can?right=secret:read&application=x", "me": "/ui/me", "new token": "/ui/me/tokens", "secrets": "/ui/secrets", "new secret": "/ui/secrets/new", "record": "/ui/audit",
		"no such account": "/ui/people/nobody", "home": "/", "new webhook": "/ui/webhooks/new",
	}}
}

// crowdOfAccounts has two hundred of them, and forty teams, with names that nobody wants.
func crowdOfAccounts(t testing.TB) state {
	h := asked(t)
	var names []any
	for i := range 60 {
		name := fmt.Sprintf("%s-%d", longName, i)
		if i == 7 {
			name = hostileName
		}
		h.send(http.MethodPost, "/pacticipants", map[string]any{"name": name})
		names = append(names, name)
	}
	places := []any{h.environment("production", true), h.environment(longName, false)}
	var role, account, team string
	for i := range 12 {
		role = h.made("/admin/roles", map[string]any{"name": fmt.Sprintf("%s %d", longName, i), "description": hostileName, "permissions": []any{map[string]any{"scope": "contract_data:manage:team"}, map[string]any{"scope": "contract_data:read:*"}}})
	}
	var people []any
	for i := range 200 {
		name := fmt.Sprintf("pipeline %d", i)
		switch i % 5 {
		case 1:
			name = fmt.Sprintf("%s-%d", longName, i)
		case 2:
			name = fmt.Sprintf("צינור הבנייה של החנות %d", i)
		case 3:
			name = hostileName + fmt.Sprint(i)
		}
		account = h.made("/admin/system-accounts", map[string]any{"name": name, "type": 1, "active": i%9 != 0, "roles": []any{role}})
		people = append(people, account)
	}
	for i := range 40 {
		name := fmt.Sprintf("team %d", i)
		if i%4 == 0 {
			name = fmt.Sprintf("%s-%d", longName, i)
		}
		team = h.made("/admin/teams", map[string]any{"name": name, "pacticipantNames": names, "environmentUuids": places, "administratorUuids": people[180:]})
	}
	h.send(http.MethodPost, "/admin/teams/"+team+"/users", map[string]any{"users": people})
	token := h.made("/admin/system-accounts/"+account+"/tokens", map[string]any{"name": longName, "write": true, "permissions": []any{"contract_data:read:*", "contract_data:manage:team"}, "expiresAt": "2099-01-01T00:00:00Z"})
	h.send(http.MethodPost, "/secrets", map[string]any{"name": "A_SECRET_WITH_A_NAME_THAT_IS_AS_LONG_AS_THOSE_OF_VARIABLES_CAN_BE", "description": hostileName, "value": "s3cret", "teamUuid": team})
	var rule string
	for i := range 30 {
		rule = h.made("/admin/trust-rules", map[string]any{
			"name": fmt.Sprintf("%s %d", longName, i), "issuer": "https://" + longName + ".example", "audience": longName, "account": account, "active": i%4 != 0,
			"match": map[string]any{"sub": hostileName, "ref": "refs/heads/" + longName + "/*", longName: longName}, "permissions": []any{"contract_data:read:*", "contract_data:manage:team"},
		})
	}
	ofRule := "/ui/trust/" + rule
	person, ofTeam, ofRole := "/ui/people/"+account, "/ui/teams/"+team, "/ui/roles/"+role
	return state{h.base, map[string]string{
		"people": "/ui/people", "people further on": "/ui/people?page=3", "people found": "/ui/people?q=pipeline&kind=account&state=active", "an account": person, "change an account": person + "/edit", "delete an account": person + "/delete",
		"new token": person + "/tokens", "a new value": person + "/tokens/" + token + "/renew", "revoke a token": person + "/tokens/" + token + "/delete",
		"teams": "/ui/teams", "a team": ofTeam, "a team further on": ofTeam + "?members-page=3&applications-page=2", "change a team": ofTeam + "/edit", "add members": ofTeam + "/members?q=pipeline", "delete a team": ofTeam + "/delete",
		"trust rules": "/ui/trust", "a trust rule": ofRule, "change a trust rule": ofRule + "/edit", "delete a trust rule": ofRule + "/delete", "new trust rule": "/ui/trust/new", "try a token": "/ui/trust/try",
		"roles": "/ui/roles", "a role": ofRole, "change a role": ofRole + "/edit", "delete a role": ofRole + "/delete", "a fixed role": "/ui/roles/cf75d7c2-416b-11ea-af5e-53c3b1a4efd8",
		"who can": "/ui/who-can?right=contract_data:manage&application=" + url.QueryEscape(hostileName) + "&environment=production", "me": "/ui/me", "secrets": "/ui/secrets", "new secret": "/ui/secrets/new", "record": "/ui/audit",
	}}
}

// TestTheValueOfATokenCanBeKeptOnAnyScreen: the page that shows it has nothing that reaches
// beyond the screen, and a button that copies it, for which a browser needs the script; the
// value can be marked without it.
func TestTheValueOfATokenCanBeKeptOnAnyScreen(t *testing.T) {
	t.Parallel()
	h := asked(t)
	for _, screen := range slices.Concat(screens, screensWithoutScript) {
		t.Run(screen.String(), func(t *testing.T) {
			p := open(t, h.base, screen)
			p.visit("/ui/me/tokens")
			p.do(chromedp.SendKeys("#name", "laptop\r", chromedp.ByQuery), chromedp.WaitReady("figure.code"))
			require.Equal(t, "/ui/me/tokens", p.at(), "the value is in no address")
			require.Regexp(t, `^trt_\w{8}_\w{49}$`, ask[string](p, `document.querySelector("figure.code code").textContent`))
			require.Empty(t, ask[[]string](p, tooWide))
			if !screen.noScript {
				p.wait(`document.querySelector("figure.code button.copy")`)
				p.isAccessible("the value of a token")
			}
		})
	}
}

var screensWithoutScript = []screen{{width: 320, noScript: true}}
