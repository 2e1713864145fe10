package api_test

import (
	"encoding/base64"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/issuertest"
)

const exchangeForm = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token_type=urn:ietf:params:oauth:token-type:jwt&subject_token="

// exchange asks for a token for one of another issuer, with no other credentials.
func (g *guarded) exchange(body string) reply {
	g.t.Helper()
	return g.do(call{method: "POST", path: "/oauth/token", body: body, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
}

func TestAPipelinePublishesByTheTokenOfItsBuildServer(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	of := issuertest.New(t)
	account := g.ok(g.admin, "POST", "/admin/system-accounts", `{"name":"ci-shop"}`).at("uuid").(string)
	rule := `{"name":"shop","issuer":"` + of.URL + `","audience":"https://broker.example","match":{"repository_id":7},"account":"` + account + `"`
	made := g.ok(g.admin, "POST", "/admin/trust-rules", rule+`}`)
	require.Equal(t, 201, made.status)
	require.Equal(t, []any{"shop", of.URL, "https://broker.example", map[string]any{"repository_id": "7"}, account, true, true, 1.0},
		[]any{made.at("name"), made.at("issuer"), made.at("audience"), made.at("match"), made.at("account"), made.at("write"), made.at("active"), made.at("position")})
	uuid := made.at("uuid").(string)
	require.Equal(t, g.url+"/admin/trust-rules/"+uuid, made.header.Get("Location"))
	require.Equal(t, uuid, g.ok(g.admin, "GET", "/admin/trust-rules", "").at("_embedded", "trustRules").([]any)[0].(map[string]any)["uuid"])

	job := of.Token(time.Now(), map[string]any{"aud": "https://broker.example", "sub": "repo:acme/shop", "repository_id": 7})
	require.Equal(t, 201, g.as(job, "POST", "/pacticipants", `{"name":"Shop"}`).status)
	require.Equal(t, "ci-shop", g.ok(job, "GET", "/user", "").at("name"))
	require.Equal(t, account, g.ok(job, "GET", "/user", "").at("uuid"))
	got := g.do(call{method: "GET", path: "/pacticipants/Shop", header: map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte("any:"+job))}})
	require.Equal(t, 200, got.status, "old clients know passwords only")
	got = g.as(job, "GET", "/admin/users", "")
	require.Equal(t, 403, got.status)
	require.Contains(t, got.text, `repo:acme/shop, which the rule \"shop\" lets in as ci-shop`)

	other := of.Token(time.Now(), map[string]any{"aud": "https://broker.example", "repository_id": 8})
	got = g.as(other, "GET", "/pacticipants", "")
	require.Equal(t, 401, got.status)
	require.Contains(t, got.text, "it wants repository_id=7")
	require.Contains(t, got.text, "repository_id=8")
	tried := g.ok(g.admin, "POST", "/admin/trust-rules/try", `{"token":"`+other+`"}`)
	require.Equal(t, true, tried.at("verified"))
	require.Equal(t, []any{false, "it wants repository_id=7"}, []any{tried.at("rules").([]any)[0].(map[string]any)["fits"], tried.at("rules").([]any)[0].(map[string]any)["lacks"]})
	tried = g.ok(g.admin, "POST", "/admin/trust-rules/try", `{"token":"`+job+`"}`)
	require.Equal(t, true, tried.at("rules").([]any)[0].(map[string]any)["counts"])

	given := g.exchange(exchangeForm + url.QueryEscape(job))
	require.Equal(t, 200, given.status, given.text)
	require.Equal(t, []any{"Bearer", "urn:ietf:params:oauth:token-type:access_token", 3600.0}, []any{given.at("token_type"), given.at("issued_token_type"), given.at("expires_in")})
	require.Equal(t, "no-store", given.header.Get("Cache-Control"))
	value := given.at("access_token").(string)
	require.Equal(t, 200, g.as(value, "GET", "/pacticipants/Shop", "").status)

	g.ok(g.admin, "PUT", "/admin/trust-rules/"+uuid, `{"active":false,"permissions":["contract_data:read:*"]}`)
	require.Eventually(t, func() bool {
		return g.as(value, "GET", "/pacticipants/Shop", "").status == 401 && g.as(job, "GET", "/pacticipants/Shop", "").status == 401
	}, 3*time.Second, 50*time.Millisecond)
	require.Equal(t, 204, g.as(g.admin, "DELETE", "/admin/trust-rules/"+uuid, "").status)
	require.Equal(t, 404, g.as(g.admin, "GET", "/admin/trust-rules/"+uuid, "").status)
}

func TestAnExchangeSaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	of := issuertest.New(t)
	job := of.Token(time.Now(), map[string]any{"aud": "x"})
	for body, want := range map[string][2]string{
		"":                                    {"unsupported_grant_type", "grant_type"},
		"grant_type=password":                 {"unsupported_grant_type", "grant_type"},
		exchangeForm:                          {"invalid_request", "must be the signed token"},
		exchangeForm + "x":                    {"invalid_request", "must be the signed token"},
		exchangeForm + g.admin:                {"invalid_request", "must be the signed token"},
		exchangeForm + job:                    {"invalid_request", "No trust rule"},
		exchangeForm + job + "&a=1&a=2":       {"invalid_request", "more than once"},
		exchangeForm + job + "&a=%zz":         {"invalid_request", "must be a form"},
		exchangeForm + job + "&actor_token=x": {"invalid_request", "actor_token"},
		exchangeForm + job + "&requested_token_type=x":                                                        {"invalid_request", "requested_token_type"},
		"grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=x&subject_token_type=saml2": {"invalid_request", "subject_token_type"},
	} {
		got := g.exchange(body)
		require.Equal(t, 400, got.status, "%s: %s", body, got.text)
		require.Equal(t, want[0], got.at("error"), body)
		require.Contains(t, got.at("error_description"), want[1], body)
		require.NotContains(t, got.text, job)
	}
	require.Equal(t, 400, g.do(call{method: "POST", path: "/oauth/token", body: `{}`}).status)
}

func TestTrustRulesSayWhatIsWrongWithThem(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, api.Auth{})
	account := g.ok(g.admin, "POST", "/admin/system-accounts", `{"name":"ci-shop"}`).at("uuid").(string)
	for body, says := range map[string]string{
		`{}`: "is missing",
		`{"name":"a","issuer":"https://a.example","audience":"b","account":"` + account + `"}`:                                                                           "must be an object of claims",
		`{"name":"a","issuer":"https://a.example","audience":"b","account":"` + account + `","match":[]}`:                                                                "match",
		`{"name":"a","issuer":"https://a.example","audience":"b","account":"` + account + `","match":{"a":{}}}`:                                                          "match.a",
		`{"name":"a","issuer":"https://a.example","audience":"b","account":"` + account + `","match":{"a":"b"},"position":0}`:                                            "position",
		`{"name":"a","issuer":"https://a.example","audience":"b","account":"` + account + `","match":{"a":"b"},"position":1.5}`:                                          "position",
		`{"name":"a","issuer":"https://a.example","audience":"b","account":"x","match":{"a":"b"}}`:                                                                       "account",
		`{"name":"a","issuer":"http://a.example","audience":"b","account":"` + account + `","match":{"a":"b"}}`:                                                          "https",
		`{"name":"a","issuer":"https://token.actions.githubusercontent.com","audience":"b","account":"` + account + `","match":{"ref":"refs/heads/main"}}`:               "everybody can have tokens",
		`{"name":"a","issuer":"https://a.example","audience":"b","account":"` + account + `","match":{"a":"b"},"permissions":["everything"],"active":true,"write":true}`: "permissions",
	} {
		got := g.as(g.admin, "POST", "/admin/trust-rules", body)
		require.Equal(t, 400, got.status, "%s: %s", body, got.text)
		require.Contains(t, got.text, says, body)
	}
	made := g.ok(g.admin, "POST", "/admin/trust-rules", `{"name":"a","issuer":"https://a.example","audience":"b","account":"`+account+`","match":{"a":"b"}}`)
	path := "/admin/trust-rules/" + made.at("uuid").(string)
	require.Equal(t, 400, g.as(g.admin, "PUT", path, `{"account":"`+account+`"}`).status)
	require.Equal(t, 409, g.as(g.admin, "POST", "/admin/trust-rules", `{"name":"a","issuer":"https://a.example","audience":"b","account":"`+account+`","match":{"a":"b"}}`).status)
	require.Equal(t, 404, g.as(g.admin, "PUT", "/admin/trust-rules/"+access.AdministratorUUID, `{}`).status)
	require.Equal(t, 400, g.as(g.admin, "POST", "/admin/trust-rules/try", `{"token":""}`).status)
}
