package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

const fooBar = "/pacts/provider/Bar/consumer/Foo"

// numbers lists the consumer versions of a list of a pair's pacts.
func numbers(r reply) []string {
	out := []string{}
	pacts, _ := r.at("_embedded", "pacts").([]any)
	for _, p := range pacts {
		embedded := p.(map[string]any)["_embedded"].(map[string]any)
		out = append(out, embedded["consumerVersion"].(map[string]any)["number"].(string))
	}
	return out
}

// history publishes three versions: two on main, one on a feature branch that
// is the head of its branch, and a head of main without a pact.
func history(t *testing.T) *server {
	t.Helper()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "main", "Bar", "one")
	s.publish("Foo", "2", "feat/x", "Bar", "two")
	s.publish("Foo", "3", "main", "Bar", "three")
	return s
}

func TestPactsOfABranchComeInAscendingOrder(t *testing.T) {
	t.Parallel()
	s := history(t)
	require.Equal(t, []string{"3", "2", "1"}, numbers(s.get(fooBar+"/versions")))
	require.Equal(t, []string{"1", "3"}, numbers(s.get(fooBar+"/branch/main")))
	require.Equal(t, []string{"2"}, numbers(s.get(fooBar+"/branch/feat%2Fx")))
	require.Equal(t, []string{"1", "3"}, numbers(s.get(fooBar+"/branch/versions")))
	require.Equal(t, []string{"3"}, numbers(s.get(fooBar+"/branch/latest/versions")))
	require.Equal(t, []string{"3"}, numbers(s.get(fooBar+"/branch/main/latest/versions")))
	require.Empty(t, numbers(s.get(fooBar+"/branch/nope")))
	require.Equal(t, 404, s.get("/pacts/provider/Bar/consumer/Nope/branch/main").status)
}

func TestTheLatestPactOfABranchMayBeOlderThanItsHead(t *testing.T) {
	t.Parallel()
	s := history(t)
	s.must("PUT", "/pacticipants/Foo/branches/main/versions/4", "{}")
	latest := s.get(fooBar + "/branch/main/latest")
	require.Equal(t, 200, latest.status)
	require.Equal(t, "3", latest.header.Get("X-Pact-Consumer-Version"))
	require.Contains(t, latest.link("pb:publish-verification-results"), "/metadata/")
	require.Empty(t, numbers(s.get(fooBar+"/branch/main/latest/versions")), "the head has no pact")
}

func TestDeletingTheMainBranchsPactsLeavesTheOthers(t *testing.T) {
	t.Parallel()
	s := history(t)
	got := s.do(call{method: "DELETE", path: fooBar + "/branch/versions"})
	require.Equal(t, 200, got.status)
	require.Equal(t, s.url+fooBar+"/latest", got.link("pb:latest-pact-version"))
	require.Equal(t, []string{"2"}, numbers(s.get(fooBar+"/versions")))

	got = s.do(call{method: "DELETE", path: fooBar + "/branch/feat%2Fx"})
	require.Equal(t, 200, got.status)
	require.Empty(t, got.link("pb:latest-pact-version"))
	require.Equal(t, 200, s.get("/pacticipants/Foo/versions/2").status, "versions stay")
}

func TestDeletingAllPactsOfAPairHasNoBody(t *testing.T) {
	t.Parallel()
	s := history(t)
	got := s.do(call{method: "DELETE", path: fooBar + "/versions"})
	require.Equal(t, 204, got.status)
	require.Empty(t, got.text)
	require.Empty(t, numbers(s.get(fooBar+"/versions")))
}

func TestADiffWithAVersionComparesWithThatVersion(t *testing.T) {
	t.Parallel()
	s := history(t)
	got := s.do(call{method: "GET", path: fooBar + "/version/3/diff/version/1", header: map[string]string{"Accept": "text/plain"}})
	require.Equal(t, 200, got.status, got.text)
	require.Contains(t, got.text, "# Diff between versions 1 and 3 of the pact between Foo and Bar")
	require.Contains(t, got.text, s.url+fooBar+"/version/1")
	none := s.do(call{method: "GET", path: fooBar + "/version/1/diff/previous-distinct", header: map[string]string{"Accept": "text/plain"}})
	require.Equal(t, "No previous distinct version was found for Pact between Foo (1) and Bar", none.text)
}
