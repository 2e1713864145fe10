package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// The addresses of this file were not recorded: the original lacks them, or
// its clients do not use them.

func TestTheLatestUntaggedPactPassesOverTaggedVersions(t *testing.T) {
	t.Parallel()
	s := history(t)
	s.must("PUT", "/pacticipants/Foo/versions/3/tags/prod", "{}")
	got := s.get(fooBar + "/latest-untagged")
	require.Equal(t, 200, got.status)
	require.Equal(t, "2", got.header.Get("X-Pact-Consumer-Version"))
	for _, version := range []string{"1", "2"} {
		s.must("PUT", "/pacticipants/Foo/versions/"+version+"/tags/prod", "{}")
	}
	require.Equal(t, 404, s.get(fooBar+"/latest-untagged").status, "all are tagged")
}

func TestAnAnswerOfTheGateIsShownAgain(t *testing.T) {
	t.Parallel()
	s := history(t)
	s.must("POST", "/environments", `{"name":"test","production":false}`)
	for range 2 {
		require.Equal(t, 200, s.get("/can-i-deploy?pacticipant=Foo&version=3&environment=test").status)
	}
	list := s.get("/gate/answers?pacticipant=Foo&version=3")
	require.Equal(t, 200, list.status)
	answers := list.at("_embedded", "answers").([]any)
	require.Len(t, answers, 1, "the same answer is counted, not listed again")
	first := reply{doc: answers[0].(map[string]any)}
	require.Equal(t, "test", first.at("question", "target", "environment"))
	require.Equal(t, first.doc["summary"], s.get(fmt.Sprintf("/gate/answers/%v", first.doc["number"])).doc["summary"])
	require.Empty(t, s.get("/gate/answers?pacticipant=Bar").at("_embedded", "answers"))
	require.Equal(t, 404, s.get("/gate/answers/4711").status)
	require.Equal(t, 404, s.get("/gate/answers/first").status)
	require.Equal(t, 400, s.get("/gate/answers?limit=0").status)
}

// TestAMonitorKeepsNoAnswer: HEAD has no answer that anybody could act on.
func TestAMonitorKeepsNoAnswer(t *testing.T) {
	t.Parallel()
	s := history(t)
	s.must("POST", "/environments", `{"name":"test","production":false}`)
	s.must("PUT", "/pacticipants/Foo/versions/3/tags/dev", "{}")
	s.must("PUT", "/pacticipants/Foo/branches/main/versions/3", "{}")
	for _, path := range []string{
		"/can-i-deploy?pacticipant=Foo&version=3&environment=test",
		"/can-i-deploy.json?pacticipant=Foo&version=3&to=prod",
		"/matrix?q[][pacticipant]=Foo&q[][version]=3&environment=test",
		"/pacticipants/Foo/branches/main/latest-version/can-i-deploy/to-environment/test",
		"/pacticipants/Foo/latest-version/dev/can-i-deploy/to/prod",
	} {
		require.Equal(t, 200, s.do(call{method: "HEAD", path: path}).status, path)
		require.Empty(t, s.get("/gate/answers").at("_embedded", "answers"), path)
	}
	require.Equal(t, 200, s.get("/can-i-deploy?pacticipant=Foo&version=3&environment=test").status)
	require.Len(t, s.get("/gate/answers").at("_embedded", "answers"), 1)
}

func TestAVersionIsToldWhyItHasToVerifyAPact(t *testing.T) {
	t.Parallel()
	s := history(t)
	s.must("PUT", "/pacticipants/Foo", `{"name":"Foo","mainBranch":"main"}`)
	s.must("PUT", "/pacticipants/Bar/versions/10", "{}")
	got := s.get("/pacticipants/Bar/versions/10/why")
	require.Equal(t, 200, got.status)
	pacts := got.at("_embedded", "pacts").([]any)
	require.NotEmpty(t, pacts)
	first := reply{doc: pacts[0].(map[string]any)}
	require.Equal(t, "Foo", first.doc["consumer"])
	require.NotEmpty(t, first.doc["why"])
	require.Equal(t, 200, s.get(first.link("pb:pact-version")[len(s.url):]).status)
	require.Equal(t, 404, s.get("/pacticipants/Nope/versions/10/why").status)
	require.Equal(t, 400, s.get("/pacticipants/Bar/versions/10/why?includeWipPactsSince=soon").status)
}

func TestDeletingAnIntegrationLeavesWhatOthersNeed(t *testing.T) {
	t.Parallel()
	s := history(t)
	s.publish("Foo", "3", "main", "Baz", "other")
	gone := call{method: "DELETE", path: "/integrations/provider/Bar/consumer/Foo"}
	require.Equal(t, 204, s.do(gone).status)
	require.Empty(t, numbers(s.get(fooBar+"/versions")))
	require.Equal(t, 200, s.get("/pacts/provider/Baz/consumer/Foo/latest").status)
	require.Equal(t, 200, s.get("/pacticipants/Foo/versions/3").status)
	require.Equal(t, 404, s.get("/pacticipants/Foo/versions/1").status, "nothing is left of it")
	require.Equal(t, 404, s.get("/pacticipants/Bar").status, "nor of the provider")
	require.Equal(t, 404, s.do(call{method: "DELETE", path: "/integrations/provider/Nope/consumer/Foo"}).status)
}

func TestTheOldBrowserOfDocumentsIsAPage(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	got := s.do(call{method: "GET", path: "/hal-browser/browser.html", header: map[string]string{"Accept": "text/html"}})
	require.Less(t, got.status, 400, got.text)
	require.Equal(t, 404, s.do(call{method: "GET", path: "/hal-browser/nope.js", header: map[string]string{"Accept": "*/*"}}).status)
}
