package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePageOfUsageSaysWhomAChangeConcerns(t *testing.T) {
	t.Parallel()
	p := look(t, "main Foo main\nmain Cat main\npact Foo 1 -> Bar branch main\nenvironment test\npact Cat 1 -> Bar branch main\npact Odd 1 -> Bar")
	var made struct{ UUID string }
	p.Must("POST", "/environments", map[string]any{"name": "prod", "production": true}, &made)
	p.Must("POST", "/pacticipants/Foo/versions/1/deployed-versions/environment/"+made.UUID, map[string]any{}, nil)
	for consumer, paths := range map[string][]string{"Foo": {"/orders/7", "/lines"}, "Cat": {"/orders/9"}} {
		var interactions []any
		for _, path := range paths {
			interactions = append(interactions, map[string]any{"description": path, "request": map[string]any{"method": "GET", "path": path}, "response": map[string]any{"status": 200}})
		}
		p.Must("PUT", "/pacts/provider/Bar/consumer/"+consumer+"/version/1", map[string]any{"interactions": interactions}, nil)
	}
	page := words(p.Page("/ui/applications/Bar/usage"))
	require.Contains(t, page, "GET /orders/{} Cat · Foo prod")
	require.Contains(t, page, "request GET /lines as it is Foo prod")
	page = words(p.Page("/ui/applications/Bar/usage?q=orders"))
	require.Contains(t, page, "Cat and Foo use orders. In prod: Foo 1.")
	require.NotContains(t, page, "/lines")
	page = words(p.Page("/ui/applications/Bar/usage?endpoint=GET+%2Forders%2F{id}&consumer=Cat"))
	require.Contains(t, page, "Cat uses GET /orders/{id}. In prod: nobody.")
	page = words(p.Page("/ui/applications/Bar/usage?q=price"))
	require.Contains(t, page, "No contract that counts uses price. Contracts say what consumers test.")
	require.Regexp(t, `href="/ui/contracts/Foo/Bar/1"`, p.Page("/ui/applications/Bar/usage"))
	require.Contains(t, words(p.Page("/ui/applications/Foo/usage")), "No consumer has a contract with Foo that counts.")
	require.Contains(t, words(p.Page("/ui/applications/Bar/usage")), "Not counted: Odd.")
	// A contract that nobody can take apart may use it.
	p.Must("PUT", "/pacticipants/Odd/branches/main/versions/2", map[string]any{}, nil)
	p.Must("PUT", "/pacts/provider/Bar/consumer/Odd/version/2", map[string]any{"interactions": []any{map[string]any{"description": "d", "request": map[string]any{"path": "/"}, "response": map[string]any{"status": "abc"}}}}, nil)
	page = words(p.Page("/ui/applications/Bar/usage?q=price"))
	require.Contains(t, page, "Nothing that is told uses price, but not everything is told.")
	require.Contains(t, page, "Not everything is told of the contracts of Odd")
	require.NotRegexp(t, greenMark, p.Page("/ui/applications/Bar/usage?q=orders"), "that something is used proves nothing")
}
