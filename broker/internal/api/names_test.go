package api_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

var mergePatch = map[string]string{"Content-Type": "application/merge-patch+json"}

// wayIn is a request that stores a name.
type wayIn struct {
	name string
	// number says that the name is a version number.
	number bool
	// spaceless says that the name may have no space inside.
	spaceless bool
	call      func(value string) call
}

// quoted is a text as JSON.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// contractsOf is a publication of one contract, with the given members changed.
func contractsOf(members map[string]any) string {
	all := map[string]any{"pacticipantName": "Foo", "pacticipantVersionNumber": "7"}
	for name, value := range members {
		all[name] = value
	}
	provider, ok := all["provider"].(string)
	if !ok {
		provider = "Bar"
	}
	delete(all, "provider")
	all["contracts"] = []map[string]any{{
		"consumerName": all["pacticipantName"], "providerName": provider, "specification": "pact",
		"contentType": "application/json", "content": base64.StdEncoding.EncodeToString([]byte(`{"interactions":[]}`)),
	}}
	out, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// waysIn lists every request that stores a name, in a broker that has version 1
// of Foo with a pact whose content is sha, and an environment.
func waysIn(sha, environment string) []wayIn {
	const empty = `{"interactions":[]}`
	put := func(before, after string) func(string) call {
		return func(value string) call {
			return call{method: "PUT", path: before + url.PathEscape(value) + after, body: "{}"}
		}
	}
	pact := func(method, before, after string) func(string) call {
		return func(value string) call {
			return call{method: method, path: before + url.PathEscape(value) + after, body: empty}
		}
	}
	body := func(method, path, before, after string) func(string) call {
		return func(value string) call {
			return call{method: method, path: path, body: before + quoted(value) + after}
		}
	}
	contracts := func(member string) func(string) call {
		return func(value string) call {
			return call{method: "POST", path: "/contracts/publish", body: contractsOf(map[string]any{member: value})}
		}
	}
	result := "/pacts/provider/Bar/consumer/Foo/pact-version/" + sha + "/verification-results"
	return []wayIn{
		{name: "consumer of a pact", call: pact("PUT", "/pacts/provider/Bar/consumer/", "/version/2")},
		{name: "provider of a pact", call: pact("PUT", "/pacts/provider/", "/consumer/Foo/version/2")},
		{name: "version of a pact", number: true, call: pact("PUT", "/pacts/provider/Bar/consumer/Foo/version/", "")},
		{name: "version of a pact under versions", number: true, call: pact("PUT", "/pacts/provider/Bar/consumer/Foo/versions/", "")},
		{name: "version of a pact in the old address", number: true, call: pact("PUT", "/pact/provider/Bar/consumer/Foo/version/", "")},
		{name: "consumer of a merged pact", call: pact("PATCH", "/pacts/provider/Bar/consumer/", "/version/3")},
		{name: "provider of a merged pact", call: pact("PATCH", "/pacts/provider/", "/consumer/Foo/version/3")},
		{name: "version of a merged pact", number: true, call: pact("PATCH", "/pacts/provider/Bar/consumer/Foo/version/", "")},
		{name: "publisher of contracts", call: contracts("pacticipantName")},
		{name: "provider of contracts", call: contracts("provider")},
		{name: "version of contracts", number: true, call: contracts("pacticipantVersionNumber")},
		{name: "branch of contracts", call: contracts("branch")},
		{name: "tag of contracts", call: func(value string) call {
			return call{method: "POST", path: "/contracts/publish", body: contractsOf(map[string]any{"tags": []string{"fine", value}})}
		}},
		{name: "version of a result", number: true, call: body("POST", result, `{"success":true,"providerApplicationVersion":`, `}`)},
		{name: "new application", call: body("POST", "/pacticipants", `{"name":`, `}`)},
		{name: "patched application", call: func(value string) call {
			return call{method: "PATCH", path: "/pacticipants/" + url.PathEscape(value), body: `{"mainBranch":"main"}`}
		}},
		{name: "main branch of a new application", spaceless: true, call: body("POST", "/pacticipants", `{"name":"Main","mainBranch":`, `}`)},
		{name: "main branch by PATCH", spaceless: true, call: body("PATCH", "/pacticipants/Foo", `{"mainBranch":`, `}`)},
		{name: "main branch by PUT", spaceless: true, call: body("PUT", "/pacticipants/Foo", `{"mainBranch":`, `}`)},
		{name: "application of a label", call: put("/pacticipants/", "/labels/x")},
		{name: "label", call: put("/pacticipants/Foo/labels/", "")},
		{name: "application of a version", call: put("/pacticipants/", "/versions/1")},
		{name: "version by PUT", number: true, call: put("/pacticipants/Foo/versions/", "")},
		{name: "version by PATCH", number: true, call: func(value string) call {
			return call{method: "PATCH", path: "/pacticipants/Foo/versions/" + url.PathEscape(value), body: "{}",
				header: mergePatch}
		}},
		{name: "tag of a version", call: body("PUT", "/pacticipants/Foo/versions/1", `{"tags":[{"name":`, `}]}`)},
		{name: "tag of a version by PATCH", call: func(value string) call {
			return call{method: "PATCH", path: "/pacticipants/Foo/versions/1", body: `{"tags":[{"name":` + quoted(value) + `}]}`, header: mergePatch}
		}},
		{name: "application of a tag", call: put("/pacticipants/", "/versions/1/tags/x")},
		{name: "version of a tag", number: true, call: put("/pacticipants/Foo/versions/", "/tags/x")},
		{name: "tag", call: put("/pacticipants/Foo/versions/1/tags/", "")},
		{name: "application of a branch", call: put("/pacticipants/", "/branches/x/versions/1")},
		{name: "branch", call: put("/pacticipants/Foo/branches/", "/versions/1")},
		{name: "version of a branch", number: true, call: put("/pacticipants/Foo/branches/x/versions/", "")},
		{name: "new environment", spaceless: true, call: body("POST", "/environments", `{"production":false,"name":`, `}`)},
		{name: "renamed environment", spaceless: true, call: body("PUT", "/environments/"+environment, `{"production":false,"name":`, `}`)},
		{name: "target of a deployment", call: body("POST", "/pacticipants/Foo/versions/1/deployed-versions/environment/"+environment, `{"target":`, `}`)},
		{name: "instance of a deployment", call: body("POST", "/pacticipants/Foo/versions/1/deployed-versions/environment/"+environment, `{"applicationInstance":`, `}`)},
		{name: "label of a webhook", call: body("POST", "/webhooks", `{`+aRequest+`,"consumer":{"label":`, `}}`)},
	}
}

// named is a broker for waysIn, and the ways into it.
func named(t *testing.T, settings kernel.Settings) (*server, []wayIn) {
	t.Helper()
	settings.CheckSimilarNames = false
	settings.AllowContractModification = true
	s := startWith(t, api.Config{}, settings)
	s.publish("Foo", "1", "main", "Bar", "thing")
	content := s.get(fooBar + "/version/1").link("pb:pact-version")
	if content == "" {
		content = s.get(fooBar + "/version/1").link("pb:publish-verification-results")
	}
	_, rest, found := strings.Cut(content, "/pact-version/")
	require.True(t, found, content)
	sha, _, _ := strings.Cut(rest, "/")
	environment := s.must("POST", "/environments", `{"name":"test","production":false}`).doc["uuid"].(string)
	return s, waysIn(sha, environment)
}

func TestARuleForNamesHoldsOnEveryWayIn(t *testing.T) {
	t.Parallel()
	s, ways := named(t, kernel.DefaultSettings())
	for _, rule := range []struct {
		name, value, says string
	}{
		{"blank", "  ", "blank"},
		{"a line break", "a\nb", "line"},
		{"a carriage return", "a\rb", "line"},
		{"a tab", "a\tb", "a tab|control characters"},
		{"an escape", "a\x1bb", "control characters"},
		{"a C1 control", "a\u0085b", "control characters"},
		{"a zero byte", "a\x00b", "zero byte"},
		{"no UTF-8", "a\xffb", ""},
		{"a lost character", "a\ufffdb", "lost"},
		{"a dot", ".", "dots"},
		{"two dots", "..", "dots"},
		{"three dots", "...", "dots"},
		{"a blank at the beginning", " a", "begin or end"},
		{"a blank at the end", "a ", "begin or end"},
		{"another blank at the end", "a\u00a0", "begin or end"},
		{"nothing that is seen", "\u200b\u2060", "not seen"},
		{"too many characters", strings.Repeat("x", 501), "500 characters"},
		{"too many bytes", strings.Repeat("\u20ac", 400), "1000 bytes"},
	} {
		for _, way := range ways {
			t.Run(rule.name+"/"+way.name, func(t *testing.T) {
				got := s.do(way.call(rule.value))
				// An address with a line break is 422 whatever it is the address of.
				require.Contains(t, []int{400, 422}, got.status, got.text)
				if way.spaceless && strings.ContainsAny(rule.value, " \u00a0") {
					return // in another word
				}
				require.Regexp(t, rule.says, got.text)
			})
		}
	}
	surrogate := s.do(call{method: "POST", path: "/pacticipants", body: `{"name":"half\ud83d"}`})
	require.Equal(t, 400, surrogate.status, surrogate.text)
	for _, path := range []string{"/pacticipants", "/pacticipants/Foo/versions", "/pacticipants/Foo/branches", "/labels", "/environments"} {
		require.NotContains(t, s.get(path).text, `"x"`, "what was refused left nothing behind in %s", path)
	}
	require.Len(t, s.get("/pacticipants").at("_embedded", "pacticipants"), 2)
}

func TestAUsualNameComesInOnEveryWay(t *testing.T) {
	t.Parallel()
	s, ways := named(t, kernel.DefaultSettings())
	for _, value := range []string{"a/b", "Straße-日本", "1.0.json", "a..b", ".hidden", "50% & more?#+", `"quoted"`, "zero\u200bwidth", strings.Repeat("x", 500)} {
		for _, way := range ways {
			if way.spaceless && strings.Contains(value, " ") {
				continue
			}
			name := value
			if way.name == "renamed environment" { // the name is taken by the new one
				name = "r" + value[1:]
			}
			got := s.do(way.call(name))
			require.Less(t, got.status, 300, "%s as %s: %s", value, way.name, got.text)
		}
	}
}

// TestVersionsThatHaveNoPlaceInTheOrderAreRefusedOnEveryWayIn is about brokers
// that order versions by their numbers.
func TestVersionsThatHaveNoPlaceInTheOrderAreRefusedOnEveryWayIn(t *testing.T) {
	t.Parallel()
	settings := kernel.DefaultSettings()
	settings.OrderVersionsByDate = false
	s, ways := named(t, settings)
	for _, way := range ways {
		if !way.number {
			continue
		}
		t.Run(way.name, func(t *testing.T) {
			got := s.do(way.call("build-abc"))
			require.Equal(t, 400, got.status, got.text)
			require.Contains(t, got.text, "semantic version")
			got = s.do(way.call("2.4.1-rc.1"))
			require.Less(t, got.status, 300, got.text)
		})
	}
	require.NotContains(t, s.get("/pacticipants/Foo/versions").text, "build-abc")
}

// TestAVersionFromBeforeTheOrderStaysOfUse: the operator changed how the broker
// orders versions.
func TestAVersionFromBeforeTheOrderStaysOfUse(t *testing.T) {
	t.Parallel()
	settings := kernel.DefaultSettings()
	service := newServiceWith(t, settings)
	_, _, err := service.Registry.PutTag(t.Context(), "Foo", "build-abc", "old")
	require.NoError(t, err)
	service.Settings.OrderVersionsByDate = false

	_, _, err = service.Registry.PutTag(t.Context(), "Foo", "build-abc", "prod")
	require.NoError(t, err)
	_, _, err = service.Registry.PutBranchVersion(t.Context(), "Foo", "main", "build-abc")
	require.NoError(t, err)
	_, _, err = service.Registry.PutTag(t.Context(), "Foo", "build-def", "prod")
	require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err))
}
