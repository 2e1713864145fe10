package api_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

func TestPasswordsDecideWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	locked := api.Auth{User: "w", Password: "w-secret", ReadOnlyUser: "r", ReadOnlyPassword: "r-secret"}
	open := locked
	open.PublicRead, open.PublicHeartbeat, open.PublicBadges = true, true, true
	const badge = fooBar + "/latest/badge"
	for _, tt := range []struct {
		name, user, method, path string
		auth                     api.Auth
		denied                   bool
	}{
		{name: "nobody reads", auth: locked, method: "GET", path: "/", denied: true},
		{name: "nobody learns what exists", auth: locked, method: "GET", path: "/nope", denied: true},
		{name: "reader reads", auth: locked, user: "r:r-secret", method: "GET", path: "/"},
		{name: "reader asks for pacts", auth: locked, user: "r:r-secret", method: "POST", path: "/pacts/provider/Bar/for-verification"},
		{name: "reader does not write", auth: locked, user: "r:r-secret", method: "PUT", path: "/pacticipants/Foo", denied: true},
		{name: "reader does not write there either", auth: locked, user: "r:r-secret", method: "PUT",
			path: "/pacts/provider/Bar/for-verification", denied: true},
		{name: "writer writes", auth: locked, user: "w:w-secret", method: "PUT", path: "/pacticipants/Foo"},
		{name: "wrong password", auth: locked, user: "w:r-secret", method: "GET", path: "/", denied: true},
		{name: "empty password", auth: locked, user: "w:", method: "GET", path: "/", denied: true},
		{name: "no reader configured", auth: api.Auth{User: "w", Password: "x"}, user: ":", method: "GET", path: "/", denied: true},
		{name: "heartbeat is closed", auth: locked, method: "GET", path: "/diagnostic/status/heartbeat", denied: true},
		{name: "badges are closed", auth: locked, method: "GET", path: badge, denied: true},
		{name: "public heartbeat", auth: open, method: "GET", path: "/diagnostic/status/heartbeat"},
		{name: "public badge", auth: open, method: "GET", path: badge},
		{name: "public read", auth: open, method: "GET", path: "/pacticipants"},
		{name: "public question", auth: open, method: "POST", path: "/pacts/provider/Bar/for-verification"},
		{name: "public write is not a thing", auth: open, method: "DELETE", path: "/pacticipants/Foo", denied: true},
		{name: "a name is not a badge", auth: api.Auth{User: "w", Password: "x", PublicBadges: true}, method: "GET",
			path: "/pacticipants/badgers", denied: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := call{method: tt.method, path: tt.path, header: map[string]string{"Accept": "*/*"}}
			if tt.user != "" {
				c.header["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(tt.user))
			}
			got := start(t, api.Config{Auth: tt.auth}).do(c)
			require.Equal(t, tt.denied, got.status == 401, "status %d", got.status)
			if tt.denied {
				require.Equal(t, `Basic realm="Restricted area"`, got.header.Get("WWW-Authenticate"))
				require.NotEmpty(t, got.text)
			}
		})
	}
}

func TestOtherSchemesAreNotUnderstood(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{Auth: api.Auth{User: "w", Password: "x"}})
	for _, header := range []string{"Bearer abc", "Basic !!!"} {
		got := s.do(call{method: "GET", path: "/", header: map[string]string{"Authorization": header}})
		require.Equal(t, 400, got.status, header)
	}
}
