package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSearchFindsWhatHasAPage(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	s.publish("store front", "0a1b2c3d4e5f", "catalog")
	s.publish("store front", "ffffffffff01", "catalog")
	standingSend(t, s.base, "POST", "/environments", `{"name":"prod-eu","production":true}`)
	standingSend(t, s.base, "PUT", "/pacticipants/catalog/labels/team-shop", `{}`)
	first := func(words string) string {
		t.Helper()
		m := regexp.MustCompile(`(?s)<tbody><tr>\s*<th scope="row"><a href="([^"]+)"`).FindStringSubmatch(s.get("/ui/find?q=" + url.QueryEscape(words)))
		if m == nil {
			return ""
		}
		return htmlText(m[1])
	}
	for words, want := range map[string]string{
		"catalog": "/ui/applications/catalog", "0a1b2c3d4e5f": "/ui/applications/store%20front/versions/0a1b2c3d4e5f", "FRONT": "/ui/applications/store%20front", "eu": "/ui/environments/prod-eu", "prod": "/ui/environments/prod-eu",
		"shop": "/ui/applications?label=team-shop", "ffff": "/ui/applications/store%20front/versions/ffffffffff01", "Store Front FFFFFFFFFF01": "/ui/applications/store%20front/versions/ffffffffff01",
		"store front 0a1b": "/ui/applications/store%20front/versions/0a1b2c3d4e5f", "store front 1": "/ui/applications/store%20front/versions/1",
		"can I deploy cat": "/ui/gate?application=catalog", "deploy": "/ui/gate", "new webhook": "/ui/webhooks/new", "add env": "/ui/edit/environments", "admin": "/ui/admin", "": "/",
	} {
		require.Equal(t, want, first(words), words)
	}
	require.Contains(t, s.get("/ui/find?q=catalog"), "/ui/gate?application=catalog", "what can be done with it stands behind it")
	for _, nothing := range []string{"zzzz", "fff", "store front zzzz", "<b>"} { // three characters of a version tell it from too few
		require.Contains(t, s.get("/ui/find?q="+url.QueryEscape(nothing)), "Nothing is called so", nothing)
	}
	require.Contains(t, s.get("/ui/admin"), `href="/ui/find" data-palette`)
	require.Equal(t, http.StatusBadRequest, s.do(http.MethodGet, "/ui/find?q=%00", "", nil).status)
}
