package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// TestPlainValuesAreTextWherePactBrokerTakesThem sends numbers and booleans for
// texts: clients that build JSON by hand do, and their spelling is kept.
func TestPlainValuesAreTextWherePactBrokerTakesThem(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "main", "Bar", "thing")
	s.must("POST", "/environments", `{"name":"test","production":false}`)
	links, _ := s.get("/pacticipants/Foo/versions/1").at("_links", "pb:record-deployment").([]any)
	require.Len(t, links, 1)
	deploy := links[0].(map[string]any)["href"].(string)[len(s.url):]
	for body, want := range map[string]string{
		`{"applicationInstance":5}`: "5", `{"applicationInstance":1.10}`: "1.10", `{"target":true}`: "true", `{"applicationInstance":"blue"}`: "blue",
	} {
		require.Equal(t, want, s.must("POST", deploy, body).at("applicationInstance"), body)
	}
	got := s.must("PUT", "/pacticipants/Foo/versions/2", `{"buildUrl":7,"tags":[{"name":1.0},{"name":"x"}]}`)
	require.Equal(t, "7", got.at("buildUrl"))
	require.Contains(t, got.text, `"name":"1.0"`)
	for _, tt := range []struct{ path, body string }{
		{deploy, `{"applicationInstance":{}}`},
		{deploy, `{"applicationInstance":[5]}`},
		{"/contracts/publish", `{"pacticipantName":5,"pacticipantVersionNumber":1,"contracts":[]}`},
	} {
		require.Equal(t, 400, s.do(call{method: "POST", path: tt.path, body: tt.body}).status, tt.body)
	}
}
