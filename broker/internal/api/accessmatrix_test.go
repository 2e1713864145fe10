package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// holder is an account with a token, and what it may do, in other words than the
// code's: rights by name, "all" for everything.
type holder struct {
	name, role string
	readOnly   bool
	may        []string
}

var accountHolders = []holder{
	{name: "administrator", role: "Administrator", may: []string{"all"}},
	{name: "administrator who reads", role: "Administrator", readOnly: true, may: []string{"contract_data:read", "environment:read", "system_account:read", "role:read", "secret:read", "audit:read", "team:read"}},
	{name: "pipeline", role: "CI/CD", may: []string{"contract_data:read", "contract_data:manage", "deployment_and_release:record", "environment:read", "token:manage"}},
	{name: "viewer", role: "Viewer", may: []string{"contract_data:read", "environment:read"}},
	{name: "keeper of webhooks", may: []string{"webhook:manage"}},
	{name: "in no team", role: "Team member", may: []string{"contract_data:read", "environment:read", "team:read", "token:manage"}},
	{name: "nobody's friend"},
}

func (h holder) who(n int) access.Who {
	who := access.Who{UUID: fmt.Sprint(n), Name: h.name, Token: "t"}
	for _, r := range access.Predefined() {
		if r.Name == h.role {
			who.Permissions = r.Permissions
		}
	}
	if h.role == "" && h.may != nil {
		who.Permissions = []access.Permission{{Right: access.ManageWebhooks, Scope: access.Everything}}
	}
	// What somebody has made is asked of the database, which is not here.
	who.Permissions = slices.DeleteFunc(slices.Clone(who.Permissions), func(p access.Permission) bool {
		return p.Scope == access.Own && p.Right != access.ManageTokens
	})
	if h.readOnly {
		who.Permissions = access.Reading(who.Permissions)
	}
	return who
}

// sessions are those of browsers, by what they have in a cookie.
type sessions holders

func (s sessions) Session(ctx context.Context, value string) (access.Who, error) {
	return holders(s).Who(ctx, value)
}

// TestEveryRouteByEveryRole asks for every address in odd forms, by every role, as
// bearer, as basic password, by a session and in places where a token counts for nothing. Whoever is
// not known gets 401, whoever is and may not 403, and nobody else gets either.
func TestEveryRouteByEveryRole(t *testing.T) {
	t.Parallel()
	known, values, foreign := holders{}, make([]string, len(accountHolders)), make([]string, len(accountHolders))
	for i, h := range accountHolders {
		values[i], foreign[i] = identity.NewValue(), fmt.Sprintf("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ%d.c2lnbmF0dXJl", i)
		known[values[i]] = h.who(i)
		known[foreign[i]] = known[values[i]]
	}
	var answered string
	at := time.Now() // it goes by between tries, or whoever is refused would have to wait
	config := api.Config{Log: quiet(), Prometheus: http.NotFoundHandler(), Web: noPage, Tokens: known, Sessions: sessions(known), Now: func() time.Time {
		at = at.Add(time.Minute)
		return at
	}}
	open := config
	open.Tokens = holders{"x": access.Operator()}
	open.Observe = func(o api.Observation) { answered = o.Route }
	router, broker := api.New(&usecase.All{}, open), api.New(&usecase.All{}, config)
	policy := map[string]api.RouteInfo{}
	for _, r := range router.AllRoutes() {
		policy[strings.NewReplacer("{", ":", "}", "").Replace(r.Path)] = r
	}
	methods := []string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE", "TRACE", "PATCH", "FROB"}
	made, refused, let := 0, 0, 0
	for i, address := range append(oddAddresses(router.Routes()), "/ui/webhooks/new", "/ui/secrets/new", "/ui/admin/delete", "/ui/sample", "/ui/edit/environments", "/ui/edit/environments/x", "/ui/edit/applications/x", "/ui/edit/delete") {
		for j, method := range methods {
			if (i+j)%4 != 0 {
				continue
			}
			request := oddRequest(method, address, i+j)
			request.Header.Set("Authorization", "Bearer x")
			router.ServeHTTP(httptest.NewRecorder(), request)
			need := neededFor(policy[answered], method)
			for k, h := range accountHolders {
				if _, offered := policy[answered].Needs[method]; h.role == "Team member" && (!offered || policy[answered].Judges[method]) {
					continue // it does nothing, or finds in its body what it is about
				}
				may := slices.Contains(h.may, "all") || slices.Contains(h.may, need) || need == "contract_data:read" && slices.Contains(h.may, "contract_data:manage")
				for name, show := range map[string]func(*http.Request, string){
					"bearer":   func(r *http.Request, value string) { r.Header.Set("Authorization", "bEARER "+value) },
					"password": func(r *http.Request, value string) { r.SetBasicAuth("any", value) },
					"session":  func(r *http.Request, value string) { r.AddCookie(&http.Cookie{Name: "local-treaty", Value: value}) },
					"both": func(r *http.Request, value string) {
						r.AddCookie(&http.Cookie{Name: "local-treaty", Value: value})
						r.Header.Set("Authorization", "Bearer "+value[:20])
					},
					"secure session":             func(r *http.Request, value string) { r.AddCookie(&http.Cookie{Name: "__Host-treaty", Value: value}) },
					"workload token":             func(r *http.Request, _ string) { r.Header.Set("Authorization", "Bearer "+foreign[k]) },
					"workload token as password": func(r *http.Request, _ string) { r.SetBasicAuth("any", foreign[k]) },
					"user":                       func(r *http.Request, value string) { r.SetBasicAuth(value, "") },
					"address":                    func(r *http.Request, value string) { r.URL.RawQuery = "access_token=" + value },
					"cookie":                     func(r *http.Request, value string) { r.AddCookie(&http.Cookie{Name: "token", Value: value}) },
					"half of it":                 func(r *http.Request, value string) { r.Header.Set("Authorization", "Bearer "+value[:20]) },
				} {
					request := oddRequest(method, address, i+j)
					show(request, values[k])
					got := httptest.NewRecorder()
					made++
					shown := name == "bearer" || name == "password" || name == "session" || strings.HasPrefix(name, "workload token")
					want := 401
					switch {
					case policy[answered].Public == "exchange", shown && may: // the body of an exchange says who asks
						want = 0
					case shown:
						want = 403
					}
					if want == 0 && let > 20_000 {
						continue // what is let through costs more than what is refused
					}
					broker.ServeHTTP(got, request)
					if want == 0 {
						let++
						require.NotContains(t, []int{401, 403}, got.Code, "%s asks as %s for %s %s, answered by %q", h.name, name, method, address, answered)
						continue
					}
					refused++
					if h.role == "Team member" && want == 403 && got.Code == 404 {
						continue // an address that names nothing it could be about
					}
					require.Equal(t, want, got.Code, "%s asks as %s for %s %s, answered by %q, which needs %s", h.name, name, method, address, answered, need)
				}
			}
		}
	}
	t.Logf("%d requests, %d refused, %d let through", made, refused, let)
	require.Greater(t, refused, 100_000)
	require.Greater(t, let, 5_000)
}

// neededFor is the policy in other words than the code's.
func neededFor(r api.RouteInfo, method string) string {
	if method == "HEAD" {
		method = "GET"
	}
	if need, offered := r.Needs[method]; offered {
		return need
	}
	if method == "GET" || method == "OPTIONS" {
		return "contract_data:read"
	}
	return "contract_data:manage"
}
