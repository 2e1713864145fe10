package api_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// Each way by which an address comes in that others are shown as a link.
func TestAddressesOfBuildsAreHarmlessOnEveryWayIn(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "main", "Bar", "thing")
	result := s.get("/pacts/provider/Bar/consumer/Foo/version/1").link("pb:publish-verification-results")[len(s.url):]
	pact := base64.StdEncoding.EncodeToString([]byte(`{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[]}`))
	for name, way := range map[string]struct{ method, path, body string }{
		"publishing":  {"POST", "/contracts/publish", `{"pacticipantName":"Foo","pacticipantVersionNumber":"2","buildUrl":%q,"contracts":[{"consumerName":"Foo","providerName":"Bar","specification":"pact","contentType":"application/json","content":"` + pact + `"}]}`},
		"a version":   {"PUT", "/pacticipants/Foo/versions/3", `{"buildUrl":%q}`},
		"a result":    {"POST", result, `{"success":true,"providerApplicationVersion":"7","buildUrl":%q}`},
		"application": {"PATCH", "/pacticipants/Foo", `{"repositoryUrl":%q}`},
	} {
		for _, bad := range []string{"javascript:alert(1)", "JavaScript:alert(document.domain)//https://ci.example.org", "data:text/html,x"} {
			got := s.do(call{method: way.method, path: way.path, body: fmt.Sprintf(way.body, bad), header: map[string]string{"Content-Type": contentTypeOf(way.method)}})
			require.Equal(t, 400, got.status, "%s: %s", name, got.text)
		}
		got := s.do(call{method: way.method, path: way.path, body: fmt.Sprintf(way.body, "https://me:s3cret@ci.example.org/7"), header: map[string]string{"Content-Type": contentTypeOf(way.method)}})
		require.Less(t, got.status, 300, "%s: %s", name, got.text)
		require.NotContains(t, got.text, "s3cret", name)
	}
	for _, path := range []string{"/pacticipants/Foo/versions/2", "/pacticipants/Foo/versions/3", "/pacticipants/Foo", "/pacts/provider/Bar/consumer/Foo/version/1/verification-results/latest"} {
		got := s.get(path)
		require.Contains(t, got.text, "https://ci.example.org/7", path)
		require.NotContains(t, got.text, "s3cret", path)
	}
}

func contentTypeOf(method string) string {
	if method == "PATCH" {
		return "application/merge-patch+json"
	}
	return "application/json"
}
