package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

func TestBadRequestsAreToldWhatIsWrongAndChangeNothing(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{MaxBodyBytes: 2000})
	long := strings.Repeat("x", 10_000)
	json := map[string]string{"Content-Type": "application/json"}
	for _, tt := range []struct {
		name   string
		call   call
		status int
		says   string
	}{
		{"malformed JSON", call{method: "PUT", path: fooBar + "/version/1", body: `{"consumer":`}, 400, "cannot be parsed"},
		{"no body", call{method: "PUT", path: fooBar + "/version/1", header: json}, 400, "empty"},
		{"an array", call{method: "PUT", path: fooBar + "/version/1", body: `[]`}, 400, "found an array"},
		{"a word", call{method: "PUT", path: fooBar + "/version/1", body: `"x"`}, 400, "found a string"},
		{"two documents", call{method: "PUT", path: fooBar + "/version/1", body: `{} {}`}, 400, "after the end"},
		{"too deep", call{method: "PUT", path: fooBar + "/version/1", body: `{"a":` + strings.Repeat("[", 51) + strings.Repeat("]", 51) + `}`},
			400, "50 levels"},
		{"no UTF-8", call{method: "PUT", path: fooBar + "/version/1", body: "{\"a\":\"\xff\"}"}, 400, "UTF-8"},
		{"too large", call{method: "PUT", path: fooBar + "/version/1", body: `{"a":"` + long + `"}`}, 413, "larger than the 2000 bytes"},
		{"another type", call{method: "PUT", path: fooBar + "/version/1", body: `{}`,
			header: map[string]string{"Content-Type": "text/plain"}}, 415, ""},
		{"other names", call{method: "PUT", path: fooBar + "/version/1", body: pactBetween("Foo", "Baz", "x")}, 400, "Baz"},
		{"a name of 10,000 characters", call{method: "PUT", path: "/pacticipants/" + long + "/labels/x", body: `{}`}, 400, "500 characters"},
		{"the same in a body", call{method: "POST", path: "/pacticipants", body: `{"name":"` + long[:600] + `"}`}, 400, "500 characters"},
		{"a zero byte", call{method: "PUT", path: "/pacticipants/a%00b/labels/x", body: `{}`}, 400, "zero byte"},
		{"a name in no encoding", call{method: "GET", path: "/pacticipants/%FF"}, 400, "UTF-8"},
		{"no contracts", call{method: "POST", path: "/contracts/publish",
			body: `{"pacticipantName":"Foo","pacticipantVersionNumber":"1","contracts":[]}`}, 400, "size cannot be less than 1"},
		{"events that are none", call{method: "POST", path: "/webhooks", body: `{"events":["x"],` + aRequest + `}`}, 400, "must be a hash"},
		{"an unknown latestby", call{method: "GET", path: "/matrix?q[][pacticipant]=Foo&latestby=zzz"}, 400, ""},
		{"a limit that is none", call{method: "GET", path: "/matrix?q[][pacticipant]=Foo&limit=x"}, 400, "limit"},
		{"a page that is none", call{method: "GET", path: "/pacticipants?page=0&size=x"}, 400, "must be an integer"},
		{"an endless page", call{method: "GET", path: "/pacticipants?page=99999999999999"}, 400, "less than"},
		{"a contradicting query", call{method: "GET", path: "/pacticipants?a=1&a[]=2"}, 400, "query string"},
		{"an unknown pair on the dashboard", call{method: "GET", path: "/dashboard/provider/Nope/consumer/Foo"}, 404, ""},
		{"an empty segment", call{method: "GET", path: "/pacticipants//versions"}, 404, "Empty path component"},
		{"an empty segment at the end", call{method: "GET", path: "/pacticipants//"}, 404, "Empty path component"},
		{"an empty segment at the beginning", call{method: "GET", path: "//pacticipants"}, 404, "Empty path component"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.do(tt.call)
			require.Equal(t, tt.status, got.status, got.text)
			require.Contains(t, got.text, tt.says)
		})
	}
	require.Equal(t, []any{}, s.get("/pacticipants").at("_embedded", "pacticipants"))
}

func TestNamesKeepTheirSlashesAndSpaces(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	path := "/pacticipants/My%20App%2FAPI/branches/feat%2F%C3%BC/versions/1%2B2"
	got := s.do(call{method: "PUT", path: path, body: "{}"})
	require.Equal(t, 201, got.status, got.text)
	require.Equal(t, s.url+path, got.header.Get("Location"))
	require.Equal(t, s.url+path, got.link("self"))
	require.Equal(t, 200, s.get(path).status)
	require.Equal(t, "1+2", s.get("/pacticipants/My%20App%2FAPI/versions/1%2B2").doc["number"])
}

func TestAVersionMayEndLikeAFile(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.must("PUT", "/pacticipants/Foo/versions/1.0.json", "{}")
	require.Equal(t, "1.0.json", s.get("/pacticipants/Foo/versions/1.0.json").doc["number"])
	s.must("PUT", "/pacticipants/Foo/versions/2", "{}")
	require.Equal(t, "2", s.get("/pacticipants/Foo/versions/2.json").doc["number"])
	require.Equal(t, 404, s.get("/pacticipants/Foo/versions/3.json").status)
}

func TestConditionsAreHonoured(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	never := map[string]string{"If-None-Match": "*"}
	publish := call{method: "PUT", path: fooBar + "/version/1", body: pactBetween("Foo", "Bar", "x"), header: never}
	require.Equal(t, 201, s.do(publish).status)
	require.Equal(t, 412, s.do(publish).status)
	require.Equal(t, 304, s.do(call{method: "GET", path: fooBar + "/version/1", header: never}).status)
}

func TestEveryAnswerNamesTheBrokersVersion(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{Version: "1.2.3"})
	for _, path := range []string{"/", "/nope", "/pacticipants//", "/diagnostic/status/heartbeat"} {
		got := s.get(path)
		require.Equal(t, "1.2.3", got.header.Get("X-Pact-Broker-Version"), path)
		require.Equal(t, "private, no-cache", got.header.Get("Cache-Control"), path)
		require.Equal(t, "Accept", got.header.Get("Vary"), path)
	}
}
