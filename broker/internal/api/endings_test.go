package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// furnished is a broker in which most addresses lead to something. names fill
// the parameters of its routes.
func furnished(t *testing.T, config api.Config) (s *server, names *strings.Replacer) {
	t.Helper()
	s = start(t, config)
	s.publish("Foo", "1", "main", "Bar", "thing")
	s.publish("Foo", "2", "main", "Bar", "other thing")
	s.must("PUT", "/pacticipants/Foo/versions/2/tags/dev", "{}")
	s.must("PUT", "/pacticipants/Foo/labels/team", "{}")
	environment := s.must("POST", "/environments", `{"name":"test","production":false}`).doc["uuid"].(string)
	s.must("POST", "/pacticipants/Foo/versions/2/deployed-versions/environment/"+environment, "{}")
	s.must("POST", "/webhooks/provider/Bar/consumer/Foo", "{"+aRequest+"}")
	pact := s.get(fooBar + "/version/2")
	sha := lastSegment(pact.link("pb:pact-version"))
	s.must("POST", fooBar+"/pact-version/"+sha+"/verification-results",
		`{"success":true,"providerApplicationVersion":"10"}`)
	s.must("PUT", "/pacticipants/Bar/versions/10/tags/dev", "{}")
	webhook := lastSegment(s.get("/webhooks").at("_links", "pb:webhooks").([]any)[0].(map[string]any)["href"].(string))
	return s, strings.NewReplacer("{provider}", "Bar", "{consumer}", "Foo", "{version}", "2", "{other}", "1", "{tag}", "dev",
		"{branch}", "main", "{sha}", sha, "{metadata}", "Y3ZuPTI", "{number}", "1", "{pacticipant}", "Foo", "{label}", "team",
		"{environment}", environment, "{uuid}", webhook, "{to}", "dev", "{providertag}", "dev", "{rel}", "index",
		"{file}", "browser.html")
}

func lastSegment(address string) string { return address[strings.LastIndex(address, "/")+1:] }

// TestEveryAddressMayEndInJSON asks as a browser does: with .json at its end an
// address answers what a client gets that accepts JSON.
func TestEveryAddressMayEndInJSON(t *testing.T) {
	t.Parallel()
	s, names := furnished(t, api.Config{Web: aPage})
	asked := 0
	for _, r := range bare().Routes() {
		if !answersJSON(r) {
			continue
		}
		path := names.Replace(r.Path)
		want := s.get(path)
		if want.status != 200 {
			continue
		}
		asked++
		address := strings.TrimSuffix(path, "/") + ".json"
		if r.Path == "/" {
			continue
		}
		for _, accept := range []string{browserAccept, "text/csv", "", "*/*", "application/hal+json"} {
			got := s.do(call{method: "GET", path: address, header: map[string]string{"Accept": accept}})
			require.Equal(t, 200, got.status, "%s with Accept %q: %s", address, accept, got.text)
			require.Contains(t, got.header.Get("Content-Type"), "application/hal+json", address)
			require.Equal(t, want.doc, got.doc, address)
		}
	}
	require.Greater(t, asked, 45)
}

func answersJSON(r api.RouteInfo) bool {
	for _, media := range r.Produces {
		if media == "application/hal+json" {
			return r.Methods[0] == "GET" || strings.Contains(strings.Join(r.Methods, ","), "GET")
		}
	}
	return false
}

// TestNothingIsCutWhereTheWholeAddressExists gives everything that can be the
// last name of an address an ending of its own.
func TestNothingIsCutWhereTheWholeAddressExists(t *testing.T) {
	t.Parallel()
	for _, ending := range []string{".json", ".csv", ".svg", ".yaml"} {
		t.Run(ending, func(t *testing.T) {
			t.Parallel()
			s := start(t, api.Config{})
			for _, name := range []string{"a", "a" + ending} {
				// The second of each is told from the first by its content.
				s.publish(name, name, name, name+"-provider", name)
				s.must("PUT", "/pacticipants/"+name+"/versions/"+name+"/tags/"+name, "{}")
				s.must("PUT", "/pacticipants/"+name+"/labels/"+name, "{}")
			}
			s.publish("a", "a"+ending, "a"+ending, "a-provider", "ending")
			s.must("PUT", "/pacticipants/a/versions/a"+ending+"/tags/a"+ending, "{}")
			whole := "a" + ending
			pair := "/pacts/provider/a-provider/consumer/a"
			for path, holds := range map[string]string{
				"/pacticipants/" + whole:                     `"name":"` + whole + `"`,
				"/pacticipants/a/versions/" + whole:          `"number":"` + whole + `"`,
				"/pacticipants/a/branches/" + whole:          `"name":"` + whole + `"`,
				"/pacticipants/a/latest-version/" + whole:    `"number":"` + whole + `"`,
				"/pacticipants/label/" + whole:               `"name":"` + whole + `"`,
				pair + "/version/" + whole:                   "a request for ending",
				pair + "/latest/" + whole:                    "a request for ending",
				pair + "/tag/" + whole:                       "/version/" + whole,
				pair + "/branch/" + whole:                    "/version/" + whole,
				"/pacts/provider/a-provider/latest/" + whole: "/version/" + whole,
				"/pacts/provider/a-provider/tag/" + whole:    "/version/" + whole,
				"/pacts/provider/a-provider/branch/" + whole: "/version/" + whole,
			} {
				require.Contains(t, s.get(path).text, holds, path)
			}
		})
	}
}

func TestAnEndingIsCutOnlyForThoseWhoRead(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.must("PUT", "/pacticipants/Foo/versions/1/tags/dev", "{}")
	for _, path := range []string{"/pacticipants/Foo/versions/1/tags/dev.json", "/pacticipants/Foo/versions/1.json", "/pacticipants/Foo.json"} {
		require.Equal(t, 404, s.do(call{method: "DELETE", path: path}).status, path)
	}
	require.Equal(t, 200, s.get("/pacticipants/Foo/versions/1/tags/dev").status)
	s.must("PUT", "/pacticipants/Foo/versions/2.json", "{}")
	require.Equal(t, 404, s.get("/pacticipants/Foo/versions/2").status)
	require.Equal(t, 406, s.get("/pacticipants/Foo.yaml").status)
	require.Equal(t, 404, s.get("/nope.json").status)
	require.Equal(t, 200, s.do(call{method: "GET", path: "/relationships.csv", header: map[string]string{"Accept": browserAccept}}).status)
	require.Equal(t, 405, s.do(call{method: "DELETE", path: "/pacticipants.json"}).status, "no name could be meant")
}

func aPage(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, "<p>the page of %s</p>", r.URL.Path)
	return true
}

// TestHeadIsAnsweredAsGetIs compares both on every address.
func TestHeadIsAnsweredAsGetIs(t *testing.T) {
	t.Parallel()
	s, names := furnished(t, api.Config{Web: aPage})
	paths := []string{"/nope", "/nope.json", "/pacticipants/Nope", "/pacticipants//x", "/ui/gate", "/pacticipants.json",
		"/pacticipants/Foo.json", "/pacticipants?page=x", "/test/error"}
	for _, r := range bare().Routes() {
		paths = append(paths, names.Replace(r.Path))
	}
	for _, path := range paths {
		for _, accept := range []string{"application/hal+json", "*/*", browserAccept, "text/csv", "application/problem+json"} {
			header := map[string]string{"Accept": accept}
			get, head := s.do(call{method: "GET", path: path, header: header}), s.do(call{method: "HEAD", path: path, header: header})
			require.Equal(t, get.status, head.status, "%s with Accept %s", path, accept)
			require.Empty(t, head.text)
			for _, headers := range []http.Header{get.header, head.header} {
				headers.Del("Date")
				// Whether a length is told depends on how much has been buffered.
				headers.Del("Content-Length")
				headers.Del("Transfer-Encoding")
			}
			require.Equal(t, get.header, head.header, "%s with Accept %s", path, accept)
		}
	}
}

func TestContractsAreTakenAsJSONUnderAnyName(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	body := `{"pacticipantName":"Foo","pacticipantVersionNumber":"1","contracts":[{"consumerName":"Foo","providerName":"Bar",
		"specification":"pact","contentType":"application/json","content":"e30="}]}`
	for media, status := range map[string]int{
		"application/json": 200, "Application/JSON; Charset=UTF-8": 200, "application/hal+json": 200,
		"application/vnd.pactbroker.v1+json;charset=utf-8": 200, "text/plain": 415, "application/x-www-form-urlencoded": 415,
		"": 415, "application/xml": 415, "application/jsonp": 415,
	} {
		got := s.do(call{method: "POST", path: "/contracts/publish", body: body, header: map[string]string{"Content-Type": media}})
		require.Equal(t, status, got.status, "%q: %s", media, got.text)
		if status == 415 {
			require.Contains(t, got.text, "application/json", "it says what to send")
		}
	}
}

// TestClientsThatAskForHALGetTheAnswersTheyKnow keeps the recorded empty bodies
// where the status says all.
func TestClientsThatAskForHALGetTheAnswersTheyKnow(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for method, status := range map[string]int{"TRACE": 405, "FROB": 501} {
		got := s.do(call{method: method, path: "/pacticipants"})
		require.Equal(t, status, got.status)
		require.Empty(t, got.text)
		require.Empty(t, got.header.Get("Content-Type"))
	}
	got := s.do(call{method: "GET", path: "/pacticipants", header: map[string]string{"Accept": "text/csv"}})
	require.Equal(t, 406, got.status)
	require.Empty(t, got.text)
	got = s.do(call{method: "POST", path: "/pacticipants", body: "{}", header: map[string]string{"Content-Type": "text/plain"}})
	require.NotEmpty(t, got.text, "this one needs telling: %d", got.status)
}

// TestARefusalHasABodyInTheShapeAskedFor makes one request for each way to be
// refused.
func TestARefusalHasABodyInTheShapeAskedFor(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{MaxBodyBytes: 1000})
	s.must("PUT", fooBar+"/version/1", pactBetween("Foo", "Bar", "thing"))
	patch := `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[{"description":"a request for thing",` +
		`"request":{"method":"GET","path":"/else"},"response":{"status":200}}]}`
	for _, tt := range []struct {
		name   string
		call   call
		status int
	}{
		{"unknown address", call{method: "GET", path: "/nope"}, 404},
		{"unknown name", call{method: "GET", path: "/pacticipants/Nope/versions"}, 404},
		{"method", call{method: "POST", path: "/pacticipants/Foo", body: "{}"}, 405},
		{"unknown method", call{method: "FROB", path: "/pacticipants"}, 501},
		{"conflict of a merge", call{method: "PATCH", path: fooBar + "/version/1", body: patch}, 409},
		{"too large", call{method: "PUT", path: fooBar + "/version/1", body: "{" + strings.Repeat(" ", 1000) + "}"}, 413},
		{"type of the body", call{method: "PUT", path: fooBar + "/version/1", body: "{}", header: map[string]string{"Content-Type": "text/plain"}}, 415},
		{"there already", call{method: "PUT", path: fooBar + "/version/1", body: pactBetween("Foo", "Bar", "thing"),
			header: map[string]string{"If-None-Match": "*"}}, 412},
		{"invalid", call{method: "POST", path: "/pacticipants", body: `{"name":""}`}, 400},
	} {
		for accept, media := range map[string]string{
			"application/hal+json, */*;q=0.1": "json", "*/*": "json", "": "json",
			"application/hal+json, application/problem+json": "application/problem+json",
			"text/html, */*;q=0.1":                           "text/html",
		} {
			t.Run(tt.name+" "+media+" "+accept, func(t *testing.T) {
				asked := tt.call
				asked.header = map[string]string{"Accept": accept}
				for name, value := range tt.call.header {
					asked.header[name] = value
				}
				got := s.do(asked)
				require.Equal(t, tt.status, got.status, got.text)
				require.Contains(t, got.header.Get("Content-Type"), media)
				require.NotEmpty(t, strings.TrimSpace(got.text))
			})
		}
	}
	got := s.do(call{method: "GET", path: "/pacticipants", header: map[string]string{"Accept": "*/*", "Accept-Charset": "iso-8859-1"}})
	require.Equal(t, 406, got.status)
	require.Contains(t, got.doc["error"], "Accept")
}

func TestPointersLeadToWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for _, tt := range []struct {
		name, path, body string
		want             []string
	}{
		{"a member", "/pacticipants", `{"displayName":1}`, []string{"/name", "/displayName"}},
		{"a member of a member", "/webhooks", `{"events":[{"name":"contract_published"}],"request":{"url":1,"method":"POST"}}`, []string{"/request/url"}},
		{"a member that the client named", "/webhooks",
			`{"events":[{"name":"contract_published"}],"request":{"url":"https://x.example","method":"POST","headers":{"a/b~c.d":"x\ny"}}}`,
			[]string{"/request/headers/a~1b~0c.d"}},
		{"a member of an element", "/contracts/publish",
			`{"pacticipantName":"Foo","pacticipantVersionNumber":"1","contracts":[{"consumerName":"Foo","providerName":"Bar",` +
				`"specification":"pact","contentType":"application/json","content":"e30="},{"consumerName":"Foo","providerName":"",` +
				`"specification":"pact","contentType":"application/json","content":"e30="}]}`, []string{"/contracts/1/providerName"}},
		{"an element", "/contracts/publish", `{"pacticipantName":"Foo","pacticipantVersionNumber":"1","contracts":["x"]}`,
			[]string{"/contracts/0"}},
		{"a text that no database keeps", "/environments", `{"name":"x","production":false,"contacts":[{"name":"n","details":{"a/b":"\u0000"}}]}`,
			[]string{"/contacts/0/details/a~1b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.do(call{method: "POST", path: tt.path, body: tt.body, header: map[string]string{"Accept": "application/problem+json"}})
			require.Equal(t, 400, got.status, got.text)
			var pointers []string
			for _, item := range got.doc["errors"].([]any) {
				pointers = append(pointers, item.(map[string]any)["pointer"].(string))
			}
			require.Subset(t, pointers, tt.want, got.text)
		})
	}
}

func TestTextThatNoDatabaseKeepsIsRefusedWhereItStands(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for _, tt := range []struct{ name, path, body, key, says string }{
		{"in a list", "/pacts/provider/P/for-verification", `{"consumerVersionSelectors":[{},{"branch":"a\u0000b"}]}`,
			"consumerVersionSelectors", "branch cannot contain a zero byte (at index 1)"},
		{"a member", "/pacticipants", `{"name":"a\u0000b"}`, "name", "cannot contain a zero byte"},
		{"a name of a member", "/environments", `{"name":"x","production":false,"a\u0000":1}`, "a\ufffd", "has a name that cannot contain a zero byte"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.do(call{method: "POST", path: tt.path, body: tt.body})
			require.Equal(t, 400, got.status, got.text)
			require.Equal(t, []any{tt.says}, got.at("errors", tt.key), got.text)
		})
	}
	kept := s.do(call{method: "PUT", path: fooBar + "/version/1", body: strings.Replace(pactBetween("Foo", "Bar", "x"), "a request", "a\\u0000", 1)})
	require.Equal(t, 201, kept.status, "a pact is kept as it was sent: %s", kept.text)
}

func TestOptionsTellsTheMethodsOfAPage(t *testing.T) {
	t.Parallel()
	a := api.New(nil, api.Config{Log: quiet(), Web: aPage})
	for _, accept := range []string{"", "*/*", "application/hal+json", "text/html, application/json", browserAccept} {
		for _, method := range []string{"GET", "HEAD"} {
			got := httptest.NewRecorder()
			request := httptest.NewRequest(method, "/ui/gate", nil)
			request.Header.Set("Accept", accept)
			a.ServeHTTP(got, request)
			require.Equal(t, 200, got.Code, "%s with Accept %q", method, accept)
			require.Contains(t, got.Body.String(), "/ui/gate")
		}
	}
	got := httptest.NewRecorder()
	a.ServeHTTP(got, httptest.NewRequest(http.MethodOptions, "/ui/gate", nil))
	require.Equal(t, "GET, POST, OPTIONS", got.Header().Get("Access-Control-Allow-Methods"))
	got = httptest.NewRecorder()
	a.ServeHTTP(got, httptest.NewRequest(http.MethodPost, "/ui/gate", strings.NewReader("a=b")))
	require.Equal(t, 200, got.Code, "the dashboard knows which of its pages take a form")
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
		got = httptest.NewRecorder()
		a.ServeHTTP(got, httptest.NewRequest(method, "/ui/gate", nil))
		require.Equal(t, 405, got.Code, method)
	}
}
