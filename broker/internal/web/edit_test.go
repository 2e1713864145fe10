package web_test

import (
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

func TestAnEnvironmentIsMadeChangedAndDeletedOnPages(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	require.Contains(t, s.get("/ui/environments"), "Add an environment")
	form := filled(s.get("/ui/edit/environments"))
	for name, value := range map[string]string{"name": "prod-eu", "production": "true", "contacts": "Shop ops; email: ops@example.org; chat: #shop\r\nNight shift\r\n\r\n"} {
		form.Set(name, value)
	}
	require.Equal(t, "/ui/environments/prod-eu?done=created", s.post("/ui/edit/environments", form))
	require.Equal(t, "/ui/environments/prod-eu?done=created", s.post("/ui/edit/environments", form), "sent twice it makes one")
	page := s.did("/ui/environments/prod-eu?done=created")
	for _, want := range []string{"The environment is created.", "ops@example.org", "Night shift", "Production"} {
		require.Contains(t, page, want)
	}
	form.Del("production")
	taken := s.do(http.MethodPost, "/ui/edit/environments", form.Encode(), nil)
	require.Equal(t, http.StatusUnprocessableEntity, taken.status)
	require.Contains(t, htmlText(taken.text), "already used by an existing environment")
	require.Equal(t, "prod-eu", filled(taken.text).Get("name"), "what was typed is there")

	edit := regexp.MustCompile(`/ui/edit/environments/[^"/]+`).FindString(page)
	shown := filled(s.get(edit))
	require.Equal(t, "Shop ops; chat: #shop; email: ops@example.org\nNight shift", shown.Get("contacts"))
	require.Equal(t, "true", shown.Get("production"))
	old := url.Values{"name": {"prod-us"}, "seen": shown["seen"]}
	shown.Set("name", "prod-asia")
	shown.Set("contacts", "Ops; nothing")
	wrong := s.do(http.MethodPost, edit, shown.Encode(), nil)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, htmlText(wrong.text), `line 1 has "nothing", which is not a word, a colon`)
	again := filled(wrong.text)
	require.Equal(t, []string{"prod-asia", "Ops; nothing"}, []string{again.Get("name"), again.Get("contacts")})
	again.Set("contacts", "Ops")
	require.Equal(t, "/ui/environments/prod-asia?done=saved", s.post(edit, again))
	late := s.do(http.MethodPost, edit, old.Encode(), nil)
	require.Equal(t, http.StatusConflict, late.status)
	require.Contains(t, late.text, "Somebody else has changed this environment")
	require.Equal(t, http.StatusBadRequest, s.do(http.MethodPost, edit, "name=x", nil).status)

	uuid := edit[strings.LastIndex(edit, "/")+1:]
	standingSend(t, s.base, "POST", "/pacticipants/store%20front/versions/1/deployed-versions/environment/"+uuid, "{}")
	preview := s.get(edit + "/delete")
	for _, want := range []string{"Delete the environment “prod-asia”?", "1 version is recorded there now", "It is marked as production.", `href="/ui/applications/store%20front/versions/1"`} {
		require.Contains(t, preview, want)
	}
	require.Equal(t, "/ui/environments?done=deleted", s.post(edit+"/delete", nil))
	require.Contains(t, s.did("/ui/environments?done=deleted"), "The environment is deleted.")
	gone := s.do(http.MethodPost, edit+"/delete", "", nil)
	require.Equal(t, http.StatusNotFound, gone.status)
	require.Contains(t, gone.text, "somebody has deleted it already")
}

// What a line of a contact cannot say comes back as it was.
func TestContactsOfTheAPISurviveTheForm(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	contacts := `[{"name":"a; b","details":{"x":"1"}},{"name":"c","details":{"n":{"deep":[1,2]}}},{"name":"d","details":{"k":" blank "}},{"name":"e","details":{}},{"name":"{f"}]`
	standingSend(t, s.base, "POST", "/environments", `{"name":"live","production":true,"contacts":`+contacts+`}`)
	edit := regexp.MustCompile(`/ui/edit/environments/[^"/]+`).FindString(s.get("/ui/environments/live"))
	form := filled(s.get(edit))
	form.Set("display-name", "Live")
	s.post(edit, form)
	var got struct{ Contacts []map[string]any }
	s.api("/environments/"+edit[strings.LastIndex(edit, "/")+1:], &got)
	require.Len(t, got.Contacts, 5)
	require.Equal(t, map[string]any{"name": "a; b", "details": map[string]any{"x": "1"}}, got.Contacts[0])
	require.Equal(t, map[string]any{"n": map[string]any{"deep": []any{1.0, 2.0}}}, got.Contacts[1]["details"])
	require.Equal(t, map[string]any{"k": " blank "}, got.Contacts[2]["details"])
	require.Equal(t, "{f", got.Contacts[4]["name"])
}

func TestAnApplicationIsMadeAndChangedOnPages(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	form := filled(s.get("/ui/edit/applications"))
	form.Set("name", "pay/api")
	form.Set("labels", "team-pay\r\n b \r\nteam-pay")
	form.Set("main-branch", "trunk")
	require.Equal(t, "/ui/applications/pay%2Fapi?done=created", s.post("/ui/edit/applications", form))
	require.Equal(t, "/ui/applications/pay%2Fapi?done=created", s.post("/ui/edit/applications", form), "sent twice it makes one")
	form.Set("main-branch", "other")
	taken := s.do(http.MethodPost, "/ui/edit/applications", form.Encode(), nil)
	require.Equal(t, http.StatusConflict, taken.status)
	require.Contains(t, htmlText(taken.text), "exists already")

	require.Contains(t, s.get("/ui/applications/catalog"), "say it by a label", "whose it is can be said where it is missing")
	edit := "/ui/edit/applications/pay%2Fapi"
	shown := filled(s.get(edit))
	require.Equal(t, "b\nteam-pay", shown.Get("labels"))
	old := filled(s.get(edit))
	shown.Set("repository", "javascript:alert(1)")
	shown.Set("labels", "team-x\nteam-pay")
	wrong := s.do(http.MethodPost, edit, shown.Encode(), nil)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text, `id="repository-error"`)
	again := filled(wrong.text)
	require.Equal(t, "team-x\nteam-pay", again.Get("labels"))
	again.Set("repository", "https://git.example.org/pay")
	require.Equal(t, "/ui/applications/pay%2Fapi?done=saved", s.post(edit, again))
	page := s.did("/ui/applications/pay%2Fapi?done=saved")
	for _, want := range []string{"The application is changed.", "team-x", "https://git.example.org/pay", "trunk"} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "label=b\"", "a label that was taken out is gone")
	require.Contains(t, s.get("/ui/applications"), "team-x", "the list has it as the owner")
	late := s.do(http.MethodPost, edit, old.Encode(), nil)
	require.Equal(t, http.StatusConflict, late.status)
	require.Contains(t, late.text, "Somebody else has changed this application")
	require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, "/ui/edit/applications/nobody", "", nil).status)
	require.Equal(t, http.StatusNotFound, s.do(http.MethodPost, "/ui/edit/applications/nobody", "seen=x", nil).status, "a form makes none by another name")
}

func TestAVersionItsTagAndItsContractAreDeletedOnPages(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	s.publish("store front", "2", "catalog")
	standingSend(t, s.base, "PUT", "/pacticipants/store%20front/versions/1/tags/a%26b", "{}")
	version := s.get("/ui/applications/store%20front/versions/1")
	for _, one := range []struct{ link, says, to string }{
		{"/ui/edit/delete?application=store&#43;front&amp;tag=a%26b&amp;version=1", "Take the tag “a&b” off store front 1?", "/ui/applications/store%20front/versions/1?done=deleted"},
		{"/ui/edit/delete?application=store&#43;front&amp;provider=catalog&amp;version=1", "Delete the contract of store front 1 with “catalog”?", "/ui/applications/store%20front/versions/1?done=deleted"},
		{"/ui/edit/delete?application=store&#43;front&amp;version=1", "Delete the version 1 of store front?", "/ui/applications/store%20front?done=deleted"},
	} {
		from := version
		if strings.Contains(one.link, "provider=") {
			from = s.get("/ui/contracts/store%20front/catalog/1")
		}
		require.Contains(t, from, one.link)
		ask := s.get(htmlText(one.link))
		require.Contains(t, htmlText(ask), one.says)
		require.Equal(t, one.to, s.post("/ui/edit/delete", filled(ask)))
		require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, htmlText(one.link), "", nil).status)
		require.Equal(t, http.StatusNotFound, s.do(http.MethodPost, "/ui/edit/delete", filled(ask).Encode(), nil).status, "it is gone")
	}
	require.Contains(t, s.get("/ui/applications/store%20front"), "/versions/2", "the other version stays")
	for _, tooMuch := range []string{"", "application=store+front", "version=2", "application=store+front&version=2&tag=", "application=store+front&version=2&provider=", "application=store+front&version=2&tag=a&provider=catalog", "consumer=store+front&provider=catalog"} {
		require.Equal(t, http.StatusBadRequest, s.do(http.MethodPost, "/ui/edit/delete", tooMuch, nil).status, tooMuch)
	}
	require.Contains(t, s.get("/ui/applications/store%20front"), "/versions/2", "what is not said takes nothing")
}

// A database that is busy costs nobody what they have typed.
func TestWhatWasTypedOutlastsABusyDatabase(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "busy.db")
	s := site{T: t, base: brokertest.Start(t, brokertest.Database("sqlite:"+file), func(o *broker.Options) { o.RequestTimeout = 700 * time.Millisecond }).URL()}
	s.publish("store front", "1", "catalog")
	edit := filled(s.get("/ui/edit/applications/catalog"))
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	holder, err := db.Conn(t.Context())
	require.NoError(t, err)
	_, err = holder.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	for path, form := range map[string]url.Values{
		"/ui/edit/environments":         {"name": {"typed-here"}},
		"/ui/edit/applications/catalog": {"main-branch": {"typed-here"}, "seen": edit["seen"]},
		"/ui/webhooks/new":              {"description": {"typed-here"}, "event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/"}, "password": {"typed-secret"}},
	} {
		got := s.do(http.MethodPost, path, form.Encode(), nil)
		require.Equal(t, http.StatusServiceUnavailable, got.status, "%s: %s", path, got.text)
		require.Contains(t, got.text, `value="typed-here"`, path)
		require.Contains(t, got.text, "send it again in a while", path)
		require.NotContains(t, got.text, "typed-secret")
	}
	_, err = holder.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	require.NoError(t, holder.Close())
}
