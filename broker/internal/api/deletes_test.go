package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// TestDeletingWhatIsNotThereSaysSo asks for each thing that can be deleted where
// its surroundings are there and it is not.
func TestDeletingWhatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "main", "Bar", "thing")
	s.publish("Cat", "1", "main", "Dog", "thing")
	s.must("PUT", "/pacticipants/Foo/versions/2", "{}")
	s.must("PUT", "/pacticipants/Foo/branches/empty/versions/2", "{}")
	content := s.get(fooBar + "/version/1").link("pb:publish-verification-results")
	at := content[len(s.url):]
	const fooDog = "/pacts/provider/Dog/consumer/Foo"
	for _, path := range []string{
		"/pacticipants/Nope", "/pacticipants/Foo/labels/nope", "/pacticipants/Nope/labels/nope",
		"/pacticipants/Foo/versions/9", "/pacticipants/Foo/versions/1/tags/nope", "/pacticipants/Foo/versions/9/tags/nope",
		"/pacticipants/Nope/branches", "/pacticipants/Foo/branches/nope", "/pacticipants/Foo/branches/main/versions/2",
		"/pacticipants/Foo/branches/nope/versions/1", "/environments/nope", "/webhooks/nope",
		"/integrations/provider/Dog/consumer/Foo", "/integrations/provider/Foo/consumer/Bar", "/integrations/provider/Nope/consumer/Foo",
		fooBar + "/version/9", fooDog + "/version/1",
		fooBar + "/branch/nope", fooBar + "/branch/nope/latest/versions", fooBar + "/branch/empty",
		fooDog + "/branch/main", fooDog + "/branch/versions", fooDog + "/branch/latest/versions", fooDog + "/versions", fooDog + "/tag/dev",
		"/pacts/provider/Foo/consumer/Bar/versions", "/pacts/provider/Nope/consumer/Foo/versions",
		at + "/1", at + "/latest", fooBar + "/version/1/verification-results/latest", fooBar + "/version/9/verification-results/latest",
		fooBar + "/latest/verification-results/latest", fooBar + "/latest/nope/verification-results/latest", fooDog + "/latest/verification-results/latest",
	} {
		got := s.do(call{method: "DELETE", path: path})
		require.Equal(t, 404, got.status, "%s: %s", path, got.text)
	}
	require.Equal(t, 200, s.get(fooBar+"/latest").status)
	require.Equal(t, 200, s.get("/pacticipants/Foo/versions/2").status, "a version without a pact is not an orphan of a pair that is not there")

	// The recorded answers: nothing is left to do, and that is not an error.
	require.Equal(t, 200, s.do(call{method: "DELETE", path: fooBar + "/tag/nope"}).status)
	require.Equal(t, 200, s.do(call{method: "DELETE", path: fooBar + "/branch/main"}).status)
	require.Equal(t, 404, s.do(call{method: "DELETE", path: fooBar + "/branch/main"}).status)
	require.Equal(t, 204, s.do(call{method: "DELETE", path: fooBar + "/versions"}).status)
}
