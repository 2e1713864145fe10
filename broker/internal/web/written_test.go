package web_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// site is a broker whose pages are used as a browser uses them.
type site struct {
	*testing.T
	base   string
	header http.Header
}

// answerOf is what came of a request.
type answerOf struct {
	status   int
	location string
	text     string
}

func (s site) do(method, path, body string, header http.Header) answerOf {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, s.base+path, strings.NewReader(body))
	require.NoError(s, err)
	request.Header.Set("Accept", browserAccept)
	if body != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, more := range []http.Header{s.header, header} {
		for name, values := range more {
			request.Header[name] = values
		}
	}
	if host := header.Get("Host"); host != "" {
		request.Host = host
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(request)
	require.NoError(s, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(s, err)
	require.Contains(s, got.Header.Get("Cache-Control"), "private", "%s %s is for nobody else", method, path)
	require.Contains(s, got.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'", "%s %s stands in no frame", method, path)
	return answerOf{got.StatusCode, got.Header.Get("Location"), string(text)}
}

func (s site) get(path string) string {
	s.Helper()
	got := s.do(http.MethodGet, path, "", nil)
	require.Equal(s, http.StatusOK, got.status, "%s: %s", path, got.text)
	return got.text
}

// post sends a form that has to succeed, and returns where it leads.
func (s site) post(path string, values url.Values) string {
	s.Helper()
	got := s.do(http.MethodPost, path, values.Encode(), http.Header{"Sec-Fetch-Site": {"same-origin"}})
	require.Equal(s, http.StatusSeeOther, got.status, "%s: %s", path, got.text)
	return got.location
}

// api asks the API.
func (s site) api(path string, into any) {
	s.Helper()
	got := s.do(http.MethodGet, path, "", http.Header{"Accept": {"application/hal+json"}})
	require.Equal(s, http.StatusOK, got.status, got.text)
	require.NoError(s, json.Unmarshal([]byte(got.text), into))
}

var inField = regexp.MustCompile(`(?s)<(?:input|textarea)[^>]* name="([^"]+)"[^>]*?(?: value="([^"]*)")?[^>]*>(?:\n([^<]*)</textarea>)?`)

// filled is what a browser sends of a form as it is shown.
func filled(page string) url.Values {
	out := url.Values{}
	for _, m := range inField.FindAllStringSubmatch(page, -1) {
		if strings.Contains(m[0], `type="checkbox"`) && !strings.Contains(m[0], " checked") || strings.Contains(m[0], `type="search"`) {
			continue
		}
		out.Add(m[1], htmlText(m[2]+m[3]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)".*?<option value="([^"]*)" selected`).FindAllStringSubmatch(page, -1) {
		out.Set(m[1], htmlText(m[2]))
	}
	return out
}

func htmlText(text string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&#43;", "+", "&amp;", "&").Replace(text)
}

// waited is how long something that happens behind the pages may take.
const waited, step = 20 * time.Second, 20 * time.Millisecond

// received is a receiver of webhooks and what came.
func received(t *testing.T, status int) (address string, requests chan *http.Request) {
	t.Helper()
	requests = make(chan *http.Request, 100)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		requests <- r
		rw.WriteHeader(status)
		_, _ = rw.Write([]byte("<script>alert(1)</script> " + r.Header.Get("Private-Token")))
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

// ticking is a broker whose clock goes on by a second each time that it is asked,
// with a pact.
func ticking(t *testing.T, options ...brokertest.Option) site {
	t.Helper()
	var ticks atomic.Int64
	begin := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	options = append(options, func(o *broker.Options) {
		o.Now = func() time.Time { return begin.Add(time.Duration(ticks.Add(1)) * time.Second) }
	})
	s := site{T: t, base: brokertest.Start(t, options...).URL()}
	s.publish("store front", "1", "catalog")
	return s
}

func (s site) publish(consumer, version, provider string) {
	s.Helper()
	body := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}]}`, consumer, provider, version)
	got := s.do(http.MethodPut, "/pacts/provider/"+url.PathEscape(provider)+"/consumer/"+url.PathEscape(consumer)+"/version/"+version, body, http.Header{"Content-Type": {"application/json"}, "Accept": {"application/hal+json"}})
	require.Less(s, got.status, 300, got.text)
}

func toHere(o *broker.Options) {
	o.Domain.Webhooks.Schemes, o.Domain.Webhooks.Hosts, o.Delivery.RetrySchedule = []string{"http", "https"}, []string{"127.0.0.1", "*.example.org"}, nil
}

// everyForm are all addresses to which a page sends something, and that change
// something.
func everyForm(id, delivery string) []string {
	return []string{
		"/ui/sample", "/ui/webhooks/new", "/ui/webhooks/" + id + "/edit", "/ui/webhooks/" + id + "/delete", "/ui/webhooks/" + id + "/test", "/ui/webhooks/" + id + "/deliveries/" + delivery + "/again",
		"/ui/admin/retention", "/ui/admin/delete", "/ui/secrets/new", "/ui/secrets/" + id + "/edit", "/ui/secrets/" + id + "/delete",
		"/ui/edit/environments", "/ui/edit/environments/" + id, "/ui/edit/environments/" + id + "/delete", "/ui/edit/applications", "/ui/edit/applications/" + id, "/ui/edit/delete",
		"/ui/people/new", "/ui/people/" + id + "/edit", "/ui/people/" + id + "/active", "/ui/people/" + id + "/delete", "/ui/people/" + id + "/tokens", "/ui/people/" + id + "/tokens/" + id + "/renew", "/ui/people/" + id + "/tokens/" + id + "/delete",
		"/ui/me/tokens", "/ui/me/tokens/" + id + "/renew", "/ui/me/tokens/" + id + "/delete", "/ui/device", "/ui/teams/new", "/ui/teams/" + id + "/edit", "/ui/teams/" + id + "/members", "/ui/teams/" + id + "/delete",
		"/ui/trust/new", "/ui/trust/try", "/ui/trust/" + id + "/edit", "/ui/trust/" + id + "/delete",
		"/ui/roles/new", "/ui/roles/" + id + "/edit", "/ui/roles/" + id + "/delete",
	}
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	address, requests := received(t, http.StatusOK)
	s := site{T: t, base: standing(t, toHere, func(o *broker.Options) { o.BaseURLs = []string{"https://pacts.example.org/"} })}
	id := strings.TrimPrefix(strings.TrimSuffix(s.post("/ui/webhooks/new", url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {address}}), "?done=created"), "/ui/webhooks/")
	own := strings.TrimPrefix(s.base, "http://")
	for _, path := range append(everyForm(id, "x"), "/ui/webhooks", "/ui/nothing", "/") {
		for name, header := range map[string]http.Header{
			"a site":                    {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
			"a neighbour":               {"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://other.example.org"}},
			"another port":              {"Origin": {"http://127.0.0.1:1"}},
			"nobody":                    {"Origin": {"null"}},
			"a name that only looks so": {"Origin": {"https://pacts.example.org.evil.example"}},
		} {
			got := s.do(http.MethodPost, path, "url=https://evil.example.org/", header)
			if path == "/" {
				require.GreaterOrEqual(t, got.status, 400, "it is no form")
				continue
			}
			require.Equal(t, http.StatusForbidden, got.status, "%s from %s", path, name)
			require.Contains(t, got.text, "Sent from another site")
			require.Contains(t, got.text, "Nothing was done")
		}
	}
	require.Empty(t, requests, "nothing was sent")
	var still struct{ Request struct{ URL string } }
	s.api("/webhooks/"+id, &still)
	require.Equal(t, address, still.Request.URL, "nothing was changed")
	for name, header := range map[string]http.Header{
		"a page of this broker":           {"Sec-Fetch-Site": {"same-origin"}, "Origin": {"http://" + own}},
		"one in an older browser":         {"Origin": {"http://" + own}},
		"one behind a proxy":              {"Origin": {"https://pacts.example.org"}},
		"somebody who typed the address":  {"Sec-Fetch-Site": {"none"}},
		"a program, which has no session": {},
	} {
		got := s.do(http.MethodPost, "/ui/webhooks/"+id+"/test", "", header)
		require.Equal(t, http.StatusOK, got.status, "%s: %s", name, got.text)
		<-requests
	}
}

// Whoever may not write by the API may not write by a page.
func TestWhoMayOnlyReadChangesNothingOnAPage(t *testing.T) {
	t.Parallel()
	address, requests := received(t, http.StatusOK)
	base := standing(t, toHere, brokertest.Password("me", "secret"), brokertest.ReadOnlyPassword("you", "reads"), func(o *broker.Options) { o.Auth.PublicRead = true })
	as := func(user, password string) site {
		s := site{T: t, base: base, header: http.Header{}}
		if user != "" {
			request := http.Request{Header: s.header}
			request.SetBasicAuth(user, password)
		}
		return s
	}
	writer, reader := as("me", "secret"), as("you", "reads")
	id := strings.TrimPrefix(strings.TrimSuffix(writer.post("/ui/webhooks/new", url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {address}}), "?done=created"), "/ui/webhooks/")
	for i, path := range everyForm(id, "x") {
		for who, tt := range map[string]struct {
			site site
			says string
		}{
			"the reader": {reader, "may only read"}, "nobody": {as("", ""), "asks for a user and a password"}, "a stranger": {as("me", "wrong"), "are not those of this broker"},
		} {
			if who == "a stranger" && i >= 15 {
				continue // who guesses more often is told to wait
			}
			got := tt.site.do(http.MethodPost, path, "a=b", http.Header{"Sec-Fetch-Site": {"same-origin"}})
			require.Equal(t, http.StatusUnauthorized, got.status, "%s: %s", who, path)
			require.Contains(t, got.text, tt.says, "%s is told on a page why", who)
			require.Contains(t, got.text, "<h1>")
		}
	}
	require.Empty(t, requests)
	require.Contains(t, reader.get("/ui/webhooks/"+id), "Send a test", "readers see the page")
	require.Equal(t, http.StatusOK, writer.do(http.MethodPost, "/ui/webhooks/"+id+"/test", "", nil).status)
}

// did gets a page as the browser does that has done what its address says.
func (s site) did(path string) string {
	s.Helper()
	_, word, _ := strings.Cut(path, "done=")
	return s.do(http.MethodGet, path, "", http.Header{"Cookie": {"treaty-done=" + word}}).text
}

// What was done is told to the browser that did it.
func TestTheAnswerToAFormRemembersWhatWasDone(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	form := url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/ui/webhooks/new", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {browserAccept}, "Sec-Fetch-Site": {"same-origin"}}
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	got, err := (&http.Client{Jar: jar}).Do(request)
	require.NoError(t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Contains(t, string(text), "The webhook is created.")
}

// A form that is sent twice, by a double click or by loading the page again, makes one
// thing.
func TestAFormThatIsSentTwiceMakesOneThing(t *testing.T) {
	t.Parallel()
	address, requests := received(t, http.StatusOK)
	s := ticking(t, toHere)
	form := filled(s.get("/ui/webhooks/new"))
	form["event"] = []string{"provider_verification_published", "contract_published"}
	form.Set("url", address+"/x?b=1")
	form.Set("headers", "X-B: 1\r\nX-A: 2")
	form.Set("body", "{\r\n  \"b\": 1, \"a\": 2\r\n}")
	form.Set("password", "p")
	form.Set("username", "u")
	first := s.post("/ui/webhooks/new", form)
	require.Equal(t, first, s.post("/ui/webhooks/new", form))
	form.Set("description", "another")
	other := s.do(http.MethodPost, "/ui/webhooks/new", form.Encode(), nil)
	require.Equal(t, http.StatusConflict, other.status)
	require.Contains(t, other.text, "begin with a new form")
	require.NotEqual(t, first, s.post("/ui/webhooks/new", func() url.Values { form.Set("once", filled(s.get("/ui/webhooks/new")).Get("once")); return form }()))

	page := strings.TrimSuffix(first, "?done=created")
	standingSend(t, s.base, "PUT", "/pacts/provider/catalog/consumer/store%20front/version/twice", `{"consumer":{"name":"store front"},"provider":{"name":"catalog"},"interactions":[]}`)
	<-requests
	var again string
	require.Eventually(t, func() bool {
		again = regexp.MustCompile(page + `/deliveries/[^/"]+/again`).FindString(s.get(page))
		return again != ""
	}, 10*time.Second, 20*time.Millisecond)
	once := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(s.get(page))
	require.Len(t, once, 2)
	fired := s.post(again, url.Values{"once": {once[1]}})
	require.Equal(t, fired, s.post(again, url.Values{"once": {once[1]}}), "the same delivery")
	require.NotEqual(t, fired, s.post(again, nil))
	require.Equal(t, http.StatusBadRequest, s.do(http.MethodPost, again, "once=x", nil).status)
}

func TestTheFormOfAWebhookRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	for field, wrong := range map[string][2]string{
		"url":         {"http://127.0.0.1:99999/", "ports go from 1 to 65535"},
		"headers":     {"Authorization: x", "beside a user or password"},
		"description": {strings.Repeat("x", 1001), "cannot be longer than 1000 bytes"},
		"body":        {strings.Repeat("x", 101<<10), "cannot be longer than"},
	} {
		form := url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/"}, "username": {"u"}}
		form.Set(field, wrong[0])
		got := s.do(http.MethodPost, "/ui/webhooks/new", form.Encode(), nil)
		require.Equal(t, http.StatusUnprocessableEntity, got.status, field)
		require.Contains(t, got.text, wrong[1], field)
	}
	s.post("/ui/webhooks/new", url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/" + strings.Repeat("p", 900)}, "description": {strings.Repeat("é", 500)}})
	require.Contains(t, s.get("/ui/webhooks"), strings.Repeat("é", 119)+"…", "a row shows the beginning")
	require.NotContains(t, s.get("/ui/webhooks"), strings.Repeat("p", 120))
	got := s.do(http.MethodPost, "/ui/webhooks/new", url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/a b"}}.Encode(), nil)
	require.Contains(t, got.text, "write %20 for one that belongs there")
}

// What a receiver refuses has arrived: the page says so, with how to see more.
func TestATestThatTheReceiverRefusesHasArrived(t *testing.T) {
	t.Parallel()
	address, requests := received(t, http.StatusInternalServerError)
	s := ticking(t, toHere)
	page := strings.TrimSuffix(s.post("/ui/webhooks/new", url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {address}}), "?done=created")
	tried := html.UnescapeString(words(s.do(http.MethodPost, page+"/test", "", nil).text))
	<-requests
	require.Contains(t, tried, "The receiver got it and answered, but with a status that does not count as success.")
	require.NotContains(t, tried, "It was not delivered")
	require.Contains(t, tried, "POST /", "the method is part of the request")
}

func TestAWebhookIsMadeTriedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	address, requests := received(t, http.StatusOK)
	s := ticking(t, toHere)
	form := filled(s.get("/ui/webhooks/new"))
	require.Equal(t, []string{"contract_content_changed"}, form["event"])
	for name, value := range map[string]string{
		"description": "tell <b>them</b>", "url": address + "/start?token=urlsecret", "headers": "Private-Token: headsecret\r\nX-Shown: shown", "consumer": "store front",
		"body": "{\r\n  \"api_key\": \"bodysecret\", \"of\": \"${pactbroker.consumerName}\"\r\n}", "username": "ci", "password": "passsecret",
	} {
		form.Set(name, value)
	}
	form["event"] = []string{"contract_published", "contract_content_changed"}
	page := strings.TrimSuffix(s.post("/ui/webhooks/new", form), "?done=created")
	var stored struct {
		Description string
		Enabled     bool
		Consumer    struct{ Name string }
		Events      []struct{ Name string }
		Request     struct {
			Method, URL, Username string
			Headers               map[string]string
			Body                  map[string]string
		}
	}
	s.api(strings.TrimPrefix(page, "/ui"), &stored)
	require.Equal(t, []any{"tell <b>them</b>", true, "store front", 2, "POST", address + "/start?token=**********", "ci"},
		[]any{stored.Description, stored.Enabled, stored.Consumer.Name, len(stored.Events), stored.Request.Method, stored.Request.URL, stored.Request.Username})
	require.Equal(t, map[string]string{"api_key": "**********", "of": "${pactbroker.consumerName}"}, stored.Request.Body)

	tried := s.do(http.MethodPost, page+"/test", "", nil)
	require.Equal(t, http.StatusOK, tried.status)
	sent := <-requests
	require.Equal(t, "headsecret", sent.Header.Get("Private-Token"))
	user, password, _ := sent.BasicAuth()
	require.Equal(t, "ci passsecret", user+" "+password)
	require.Contains(t, tried.text, "The receiver answered with status 200")
	require.Contains(t, tried.text, "&lt;script&gt;alert(1)&lt;/script&gt;", "what came is text")
	pages := []string{tried.text, s.get("/ui/webhooks"), s.get(page), s.get(page + "/edit"), s.get(page + "/test"), s.get(page + "/delete")}

	// As it is shown it stays as it is stored, apart from what is changed.
	edit := filled(pages[3])
	require.Empty(t, edit.Get("password"))
	edit.Set("description", "")
	edit.Del("enabled")
	require.Equal(t, page+"?done=saved", s.post(page+"/edit", edit))
	require.Contains(t, s.did(page+"?done=saved"), "The webhook is changed.")
	require.NotContains(t, s.get(page+"?done=saved"), "The webhook is changed.", "a link says nothing of what nobody has done")
	s.api(strings.TrimPrefix(page, "/ui"), &stored)
	require.False(t, stored.Enabled)
	s.do(http.MethodPost, page+"/test", "", nil)
	sent = <-requests
	_, password, _ = sent.BasicAuth()
	require.Equal(t, "headsecret passsecret urlsecret", sent.Header.Get("Private-Token")+" "+password+" "+sent.URL.Query().Get("token"))

	// What was seen is not what is stored any more.
	late := s.do(http.MethodPost, page+"/edit", edit.Encode(), nil)
	require.Equal(t, http.StatusConflict, late.status)
	require.Contains(t, late.text, "Somebody else has changed this webhook")

	// To another host no secret goes, and what was typed is there again.
	edit = filled(s.get(page + "/edit"))
	edit.Set("url", "https://evil.example.org/")
	edit.Set("password", "")
	refused := s.do(http.MethodPost, page+"/edit", edit.Encode(), nil)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, `aria-invalid="true"`)
	require.Equal(t, "https://evil.example.org/", filled(refused.text).Get("url"))
	bare := filled(s.get(page + "/edit"))
	bare.Set("url", "https://evil.example.org/")
	bare.Set("body", "")
	require.Contains(t, s.do(http.MethodPost, page+"/edit", bare.Encode(), nil).text, "or tick “Have no password”", "in the words of the form")
	edit.Set("password", "typed-password")
	edit.Set("method", "NONE")
	refused = s.do(http.MethodPost, page+"/edit", edit.Encode(), nil)
	require.NotContains(t, refused.text, "typed-password", "a password is not written into a page")
	pages = append(pages, refused.text, late.text, s.get(page))
	for i, text := range pages {
		for _, secret := range []string{"urlsecret", "headsecret", "bodysecret", "passsecret"} {
			require.NotContains(t, text, secret, "page %d", i)
		}
		require.NotContains(t, text, "tell <b>them", "page %d", i)
	}

	require.Contains(t, s.get(page+"/delete"), "Delete the webhook")
	require.Equal(t, "/ui/webhooks?done=deleted", s.post(page+"/delete", nil))
	require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, page, "", nil).status)
	gone := s.do(http.MethodPost, page+"/delete", "", nil)
	require.Equal(t, http.StatusNotFound, gone.status)
	require.Contains(t, gone.text, "somebody has deleted it already")
}

func TestWhatIsWrongWithAWebhookStandsAtItsField(t *testing.T) {
	t.Parallel()
	s := site{T: t, base: standing(t)}
	for name, tt := range map[string]struct {
		change url.Values
		at     map[string]string
	}{
		"nothing given":       {url.Values{"event": nil, "method": nil, "url": nil}, map[string]string{"events": "must name one at least", "method": "is not an HTTP method", "url": "is not a URL"}},
		"rules of the broker": {url.Values{"method": {"DELETE"}, "url": {"ftp://x.example/"}}, map[string]string{"method": "must be POST", "url": "scheme must be https"}},
		"names":               {url.Values{"consumer": {"nobody"}, "provider": {"catalog"}, "provider-label": {"x"}}, map[string]string{"consumer": "does not match an existing", "provider-label": "stands beside a name"}},
		"headers":             {url.Values{"headers": {"A: b\nnothing"}, "url": {"no"}}, map[string]string{"headers": "line 2 is not a name", "url": "is not a URL"}},
		"headers twice":       {url.Values{"headers": {"Host: a\nhost: b"}}, map[string]string{"headers": "more than once"}},
		"stars":               {url.Values{"headers": {"Token: ****"}, "password": {"***"}}, map[string]string{"headers": "only stars", "password": "only stars"}},
		"stars in the rest":   {url.Values{"url": {"https://a.example/?token=**********"}, "body": {`{"a":"**********"}`}}, map[string]string{"url": "has stars", "body": "has stars"}},
		"an unknown event":    {url.Values{"event": {"made_up"}}, map[string]string{"events": "is not an event"}},
	} {
		form := url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/"}}
		for field, values := range tt.change {
			form[field] = values
		}
		got := s.do(http.MethodPost, "/ui/webhooks/new", form.Encode(), nil)
		require.Equal(t, http.StatusUnprocessableEntity, got.status, name)
		wrong := regexp.MustCompile(`<p class="error small" id="([a-z-]+)-error"><span aria-hidden="true">✗</span> <bdi>([^<]*)`).FindAllStringSubmatch(got.text, -1)
		require.Len(t, wrong, len(tt.at), "%s: %v", name, wrong)
		for _, m := range wrong {
			require.Contains(t, htmlText(m[2]), tt.at[m[1]], "%s: %s", name, m[1])
			require.NotEmpty(t, tt.at[m[1]], "%s: %s %s", name, m[1], m[2])
			require.Contains(t, got.text, `<a href="#`+m[1]+`">`, "the list above leads to it")
		}
	}
	require.Contains(t, s.get("/ui/webhooks"), "There is no webhook yet")
	for name, tt := range map[string]struct{ media, body, says string }{
		"no form":      {"application/json", `{}`, "is not a form"},
		"no text":      {"application/x-www-form-urlencoded", "description=%00", "zero byte"},
		"broken bytes": {"application/x-www-form-urlencoded", "url=%ff", "UTF-8"},
		"too large":    {"application/x-www-form-urlencoded", "body=" + strings.Repeat("x", 2<<20), "larger than 1048576 bytes"},
	} {
		got := s.do(http.MethodPost, "/ui/webhooks/new", tt.body, http.Header{"Content-Type": {tt.media}})
		want := http.StatusBadRequest
		if name == "too large" {
			want = http.StatusRequestEntityTooLarge
		}
		require.Equal(t, want, got.status, name)
		require.Contains(t, got.text, tt.says, name)
	}
}

func TestADeliveryIsShownTryByTryAndFiredAgain(t *testing.T) {
	t.Parallel()
	address, requests := received(t, http.StatusInternalServerError)
	s := ticking(t, toHere)
	page := strings.TrimSuffix(s.post("/ui/webhooks/new", url.Values{"event": {"contract_published"}, "enabled": {"true"}, "method": {"POST"}, "url": {address + "/?token=urlsecret"}, "headers": {"Private-Token: headsecret"}}), "?done=created")
	require.Contains(t, s.get(page), "It was made after this happened.")
	s.publish("store front", "2", "catalog")
	<-requests
	link := regexp.MustCompile(`"(` + page + `/deliveries/[^"/]+)"`)
	require.Eventually(t, func() bool { return strings.Contains(s.get(page), "given up") }, waited, step)
	text := s.get(page)
	first := link.FindStringSubmatch(text)[1]
	require.Contains(t, text, "It fails, since")
	require.Contains(t, text, "The last time that it failed: the receiver answered 500")
	require.Contains(t, s.get("/ui/webhooks?state=failing"), "given up")
	require.NotContains(t, s.get("/ui/webhooks?state=off"), page+`"`)
	require.Contains(t, s.get("/ui/webhooks?application=catalog"), page+`"`, "it is for all")

	delivery := s.get(first)
	require.Contains(t, delivery, "the receiver answered 500")
	require.Contains(t, delivery, "&lt;script&gt;alert(1)&lt;/script&gt;")
	require.NotContains(t, delivery+text, "headsecret")
	require.NotContains(t, delivery+text, "urlsecret")
	next := s.post(first+"/again", nil)
	require.NotEqual(t, first+"?done=fired", next)
	<-requests
	require.Contains(t, s.did(next), "It is fired again")
	require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, "/ui/webhooks/another-webhook-of-mine/deliveries/"+first[strings.LastIndex(first, "/")+1:], "", nil).status)

	// Switched off, it says so, and is not fired.
	edit := filled(s.get(page + "/edit"))
	edit.Del("enabled")
	s.post(page+"/edit", edit)
	refused := s.do(http.MethodPost, first+"/again", "", nil)
	require.Equal(t, http.StatusConflict, refused.status)
	require.Contains(t, refused.text, "switched off")
	require.Contains(t, s.get(page), "It is switched off")
}

func TestTheCleanUpShowsWhatItWouldTakeAndThenTakesIt(t *testing.T) {
	t.Parallel()
	s := ticking(t, func(o *broker.Options) {
		require.NoError(t, o.Clean.Keep.Parse(`[{"latest": true}]`))
		o.Clean.BranchAge = time.Nanosecond
	})
	for _, number := range []string{"2", "3", "4"} {
		s.publish("store front", number, "catalog")
	}
	require.Contains(t, s.get("/ui/admin"), "not by itself")
	require.NotContains(t, s.get("/ui/admin/retention"), "Run it now", "nothing is offered that was not looked at")
	preview := s.get("/ui/admin/retention?preview=true")
	require.Contains(t, preview, "It would take now: 3 versions")
	require.Contains(t, preview, `href="/ui/applications/store%20front/versions/1"`, "it names some")
	require.Contains(t, preview, "Run it now")
	require.Contains(t, s.get("/ui/admin/retention?preview=true"), "It would take now: 3 versions", "looking takes nothing")
	require.Equal(t, "/ui/admin/retention?done=cleaned", s.post("/ui/admin/retention", nil))
	after := s.did("/ui/admin/retention?done=cleaned")
	require.Contains(t, after, "The clean-up has run")
	require.Contains(t, after, "3 versions")
	require.Contains(t, after, "store front 3")
	require.Contains(t, s.get("/ui/admin"), "asked for by hand")
	require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, "/ui/applications/store%20front/versions/3", "", nil).status)
	require.Contains(t, s.get("/ui/admin/retention?preview=true"), "There is nothing to take")
}

func TestWhatIsDeletedIsCountedBefore(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	s.publish("store front", "2", "catalog")
	s.publish("other", "1", "catalog")
	s.do(http.MethodPut, "/pacticipants/store%20front/branches/feat%2Fx/versions/1", "{}", http.Header{"Content-Type": {"application/json"}})
	s.post("/ui/webhooks/new", url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/"}, "consumer": {"store front"}})
	fact := func(page, name string) string {
		t.Helper()
		m := regexp.MustCompile(`<dt><bdi>` + name + `</bdi></dt><dd><bdi>([^<]*)`).FindStringSubmatch(page)
		if m == nil {
			return ""
		}
		return m[1]
	}
	branch := s.get("/ui/admin/delete?application=store+front&branch=feat%2Fx")
	require.Contains(t, branch, "Its versions stay: 1 version is on it.")
	pair := s.get("/ui/admin/delete?consumer=other&provider=catalog")
	require.Equal(t, "1", fact(pair, "Contracts"))
	application := s.get("/ui/admin/delete?application=store+front")
	require.Equal(t, []string{"2", "1", "1", "2", "1"}, []string{fact(application, "Versions"), fact(application, "Branches"), fact(application, "Pairs"), fact(application, "Contracts"), fact(application, "Webhooks that name it")})
	require.Contains(t, s.get("/ui/applications"), "store front", "looking deletes nothing")

	for path, want := range map[string]string{
		"/ui/admin/delete?application=nobody":                 "nobody",
		"/ui/admin/delete?application=catalog&branch=nothing": "has no branch",
		"/ui/admin/delete?consumer=catalog&provider=other":    "there is no pact between",
	} {
		got := s.do(http.MethodGet, path, "", nil)
		require.GreaterOrEqual(t, got.status, 400, path)
		require.Contains(t, htmlText(got.text), want, path)
	}
	require.Contains(t, s.get("/ui/admin/delete"), "asks again")
	require.Contains(t, s.get("/ui/admin/delete?consumer=other"), "Name what is to be deleted")
	require.Equal(t, http.StatusBadRequest, s.do(http.MethodPost, "/ui/admin/delete", "", nil).status, "nothing named, nothing deleted")

	for _, page := range []string{branch, pair, application} {
		require.Equal(t, "/ui/admin?done=deleted", s.post("/ui/admin/delete", filled(page)))
		require.Equal(t, http.StatusNotFound, s.do(http.MethodPost, "/ui/admin/delete", filled(page).Encode(), nil).status, "it is gone")
	}
	require.Contains(t, s.did("/ui/admin?done=deleted"), "It is deleted")
	require.NotContains(t, s.get("/ui/admin?done=deleted"), "It is deleted", "a link says nothing of what nobody has done")
	left := s.get("/ui/applications")
	require.NotContains(t, left, "store front")
	require.NotContains(t, left, `/ui/applications/other"`, "an application of which nothing else was known")
}

func TestTheAdminPageTellsOfTheBrokerAndOfNoSecret(t *testing.T) {
	t.Parallel()
	s := ticking(t, func(o *broker.Options) {
		o.Version = "9.8.7"
		o.Shown = []broker.ShownSetting{{Section: "Server", Name: "--port", Value: "9292", From: "default"}, {Section: "Passwords", Name: "--basic-auth-password", Value: "**********", From: "PACT_BROKER_BASIC_AUTH_PASSWORD"}}
		o.Clean.Enabled, o.Clean.Every = true, time.Hour
	})
	text := ""
	require.Eventually(t, func() bool { // a moment after its start the broker knows when what is next is due
		text = s.get("/ui/admin")
		return strings.Contains(text, "due ")
	}, time.Minute, 50*time.Millisecond)
	for _, want := range []string{"The broker is ready", "kB", "9.8.7", "--port", "PACT_BROKER_BASIC_AUTH_PASSWORD", "every 1h0m0s", "Contracts published", "This broker has its database for itself"} {
		require.Contains(t, text, want)
	}
	require.Equal(t, http.StatusOK, s.do(http.MethodGet, "/metrics", "", http.Header{"Accept": {"application/hal+json"}}).status, "the page's twin is there")
}

// What somebody fills in is what they saw, and what costs much is not made again with
// each change.
func TestFormsAndPreviewsDoNotFollowChanges(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	page := strings.TrimSuffix(s.post("/ui/webhooks/new", url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/"}}), "?done=created")
	for path, follows := range map[string]bool{
		page: true, "/ui/webhooks": true, "/ui/admin": true, "/ui/admin/retention": true,
		page + "/edit": false, "/ui/webhooks/new": false, "/ui/admin/retention?preview=true": false,
	} {
		require.Equal(t, follows, strings.Contains(s.get(path), "data-changes"), path)
	}
	refused := s.do(http.MethodPost, "/ui/webhooks/new", "url=x", nil)
	require.NotContains(t, refused.text, "data-changes", "there is nothing to read again")
}

func TestTheAddressOfAWebhookOpensItsPageInABrowser(t *testing.T) {
	t.Parallel()
	s := ticking(t)
	page := strings.TrimSuffix(s.post("/ui/webhooks/new", url.Values{"event": {"contract_published"}, "method": {"POST"}, "url": {"https://ci.example.org/"}, "description": {"mine"}, "enabled": {"true"}}), "?done=created")
	require.Contains(t, s.get(strings.TrimPrefix(page, "/ui")), "It has never fired.")
	require.Contains(t, s.get("/webhooks"), `<h1><bdi>Webhooks</bdi></h1>`)
	for path, want := range map[string]string{"/ui/webhooks?application=nobody": `There is no application named "nobody".`, "/ui/admin/delete?application=nobody": `There is no application named "nobody".`} {
		got := s.do(http.MethodGet, path, "", nil)
		require.Equal(t, http.StatusNotFound, got.status)
		require.Contains(t, htmlText(got.text), want)
	}
}
