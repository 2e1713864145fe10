package delivery

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// opened are secrets by name, each for hosts, as the broker opens them.
func opened(t *testing.T, values map[string]string, hosts ...string) secret.Opened {
	t.Helper()
	s := secret.New(kernel.NewBase(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings()))
	var err error
	s.Keys, err = secret.ParseKeys(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)))
	require.NoError(t, err)
	var all string
	for name, value := range values {
		_, err := s.Create(t.Context(), secret.Input{Name: &name, Value: &value, Hosts: &hosts})
		require.NoError(t, err)
		all += "${user." + name + "}"
	}
	var out secret.Opened
	require.NoError(t, s.Store.View(t.Context(), func(tx kernel.Tx) (err error) {
		out, err = s.Open(tx, "", kernel.WebhookRequest{Password: all})
		return err
	}))
	require.NoError(t, out.Problem)
	return out
}

func executeWith(t *testing.T, d *Deliverer, secrets secret.Opened, request kernel.WebhookRequest) webhook.Execution {
	t.Helper()
	r := run()
	r.Webhook.Request, r.Secrets = request, secrets
	return d.execute(t.Context(), r, links.Below("http://broker.test"))
}

// TestSecretsArriveWholeAndAreNowhereInWhatIsKept sends secrets from every place of a
// webhook to a receiver that says them again in every way that it can think of.
func TestSecretsArriveWholeAndAreNowhereInWhatIsKept(t *testing.T) {
	t.Parallel()
	value := "s3cr3t \"q\" <a&b>/ü+x\\y?z"
	var got *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		text, _ := io.ReadAll(r.Body)
		body = string(text)
		w.Header().Set("X-Echo", r.Header.Get("X-Plain"))
		w.Header().Set("X-Basic", r.Header.Get("Authorization"))
		quoted, _ := json.Marshal(value)
		for i := range 3 {
			longer := []byte(strings.Repeat("x", i) + value + "and more")
			fmt.Fprintln(w, base64.StdEncoding.EncodeToString(longer), base64.RawURLEncoding.EncodeToString(longer), base64.StdEncoding.EncodeToString([]byte(value)))
		}
		fmt.Fprintln(w, value, body, string(quoted), url.QueryEscape(value), url.PathEscape(value), strings.ToLower(url.QueryEscape(value)), r.URL.RequestURI(), inXML("", value))
	}))
	t.Cleanup(server.Close)
	secrets := opened(t, map[string]string{"TOKEN": value, "SHORT": "abc"})
	for _, show := range []bool{false, true} { // nobody is shown stored ones
		config := local()
		config.ShowSecrets = show
		d := deliverer(config)
		var log bytes.Buffer
		d.config.Log = slog.New(slog.NewTextHandler(&log, nil))
		e := executeWith(t, d, secrets, kernel.WebhookRequest{
			Method: "POST", URL: server.URL + "/a/${user.TOKEN}/b?odd=${user.TOKEN}&name=${pactbroker.consumerName}",
			Headers:  []kernel.WebhookHeader{{Name: "x-plain", Value: "it is ${user.TOKEN}"}, {Name: "content-type", Value: "application/json"}},
			Body:     json.RawMessage(`{"a": "${user.TOKEN}", "b": ["x ${user.TOKEN} y"]}`),
			Username: "me", Password: "${user.TOKEN}",
		})
		require.True(t, e.Success, e.Error)
		require.Equal(t, "/a/"+value+"/b", got.URL.Path)
		require.Equal(t, value, got.URL.Query().Get("odd"))
		require.Equal(t, "it is "+value, got.Header.Get("X-Plain"))
		_, password, _ := got.BasicAuth()
		require.Equal(t, value, password)
		var sent struct {
			A string
			B []string
		}
		require.NoError(t, json.Unmarshal([]byte(body), &sent), body)
		require.Equal(t, value, sent.A)
		require.Equal(t, "x "+value+" y", sent.B[0])
		kept := fmt.Sprintf("%s %s %v %s %s %v %s", e.Logs, e.RequestURL, e.RequestHeaders, e.RequestBody, e.Response.Body, e.Response.Headers, log.String())
		for i := range 3 {
			inside := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", i) + value))
			require.NotContains(t, kept, inside[4:len(inside)-4], "in base64, %d bytes after its beginning", i)
		}
		for _, way := range []string{"s3cr3t", "q%22", "q\\\"", "%C3%BC", "%c3%bc", "ü"} {
			require.NotContains(t, kept, way)
		}
	}
}

// TestTheLongPiecesOfASecretAreHiddenHoweverItIsSaid: receivers say what they got as JSON
// within JSON, with letters of two bytes taken for two letters, and in base64 of that.
func TestTheLongPiecesOfASecretAreHiddenHoweverItIsSaid(t *testing.T) {
	t.Parallel()
	value := "begin-of-it/+\"ü\" <middle-of-it>\\the_end.of_it"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		inJSON, _ := json.Marshal(map[string]string{"body": string(text)})
		inner, _ := json.Marshal(string(inJSON))
		latin := make([]rune, 0, len(value))
		for _, b := range []byte(value) {
			latin = append(latin, rune(b))
		}
		ascii := strconv.QuoteToASCII(value)
		fmt.Fprintln(w, string(inJSON), string(inner), string(latin), ascii, base64.StdEncoding.EncodeToString(inJSON), base64.URLEncoding.EncodeToString([]byte(ascii)))
	}))
	t.Cleanup(server.Close)
	secrets := opened(t, map[string]string{"TOKEN": value})
	e := executeWith(t, deliverer(local()), secrets, kernel.WebhookRequest{
		Method: "POST", URL: server.URL, Headers: []kernel.WebhookHeader{{Name: "content-type", Value: "application/json"}}, Body: json.RawMessage(`{"a": "${user.TOKEN}"}`),
	})
	require.True(t, e.Success, e.Error)
	kept := e.Logs + string(e.Response.Body) + string(e.RequestBody)
	for _, piece := range []string{"begin-of-it", "middle-of-it", "the_end.of_it"} {
		require.NotContains(t, kept, piece)
		for i := range 3 {
			inside := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", i) + piece))
			require.NotContains(t, kept, inside[4:len(inside)-4], "in base64, %d bytes after its beginning", i)
		}
	}
}

func TestAHeaderStaysOneLineWhateverASecretIs(t *testing.T) {
	t.Parallel()
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { header = r.Header }))
	t.Cleanup(server.Close)
	secrets := opened(t, map[string]string{"TOKEN": "first\r\nX-Evil: line"})
	e := executeWith(t, deliverer(local()), secrets, kernel.WebhookRequest{Method: "GET", URL: server.URL, Headers: []kernel.WebhookHeader{{Name: "x-plain", Value: "${user.TOKEN}"}}})
	require.True(t, e.Success, e.Error)
	require.Empty(t, header.Get("X-Evil"))
	require.NotContains(t, e.Logs, "first")
}

// TestAValueThatLooksLikeASecretIsNone fills what a publisher says as it is.
func TestAValueThatLooksLikeASecretIsNone(t *testing.T) {
	t.Parallel()
	values := withSecrets(map[string]string{"consumerName": "${user.TOKEN}", "providerName": "${pactbroker.consumerName}"}, map[string]string{"TOKEN": "s3cret ${pactbroker.consumerName}"})
	r := render(kernel.WebhookRequest{
		URL: "https://a.example/${pactbroker.consumerName}/${user.TOKEN}?x=${pactbroker.consumerName}", Headers: []kernel.WebhookHeader{{Name: "x", Value: "${pactbroker.consumerName}"}},
		Body: json.RawMessage(`{"a": "${pactbroker.consumerName} ${pactbroker.providerName} ${user.TOKEN}"}`), Username: "${pactbroker.consumerName}",
	}, values)
	require.Equal(t, "https://a.example/%24%7Buser.TOKEN%7D/s3cret%20$%7Bpactbroker.consumerName%7D?x=%24%7Buser.TOKEN%7D", r.url)
	require.Equal(t, "${user.TOKEN}", r.headers[0].Value)
	require.Equal(t, "${user.TOKEN}", r.username)
	require.JSONEq(t, `{"a": "${user.TOKEN} ${pactbroker.consumerName} s3cret ${pactbroker.consumerName}"}`, string(r.body))
}

func TestNothingIsSentWhereASecretMayNotGo(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request came through") }))
	t.Cleanup(server.Close)
	here, _ := url.Parse(server.URL)
	elsewhere, free := opened(t, map[string]string{"TOKEN": "s3cret"}, "ci.example.org"), opened(t, map[string]string{"TOKEN": "s3cret", "HOST": here.Host})
	atHome := opened(t, map[string]string{"TOKEN": "s3cret"}, "127.0.0.1")
	for name, tt := range map[string]struct {
		secrets secret.Opened
		url     string
		host    string
		says    string
	}{
		"another host":              {elsewhere, server.URL + "/${user.TOKEN}", "", "the secret TOKEN is not for the host 127.0.0.1, but for ci.example.org"},
		"another host behind it":    {atHome, server.URL + "/${user.TOKEN}", "evil.example:80", "not for the host evil.example"},
		"a host of parameters":      {atHome, server.URL + "/${user.TOKEN}", "${pactbroker.consumerName}", "made of parameters"},
		"it is the host":            {free, "http://${user.HOST}/", "", "where none may stand"},
		"it is the port":            {free, "http://127.0.0.1:${user.TOKEN}/", "", "where none may stand"},
		"it is the scheme":          {free, "${user.TOKEN}://127.0.0.1/", "", "where none may stand"},
		"it is the user":            {free, "http://me:${user.TOKEN}@127.0.0.1/", "", "where none may stand"},
		"it is the host behind":     {free, server.URL, "${user.HOST}", "where none may stand"},
		"the address has no path":   {free, "http://127.0.0.1?${user.TOKEN}@evil.example/", "", ""},
		"a way around by backslash": {elsewhere, "http://ci.example.org\\@" + here.Host + "/${user.TOKEN}", "", "nothing was sent"},
	} {
		request := kernel.WebhookRequest{Method: "GET", URL: tt.url}
		if tt.host != "" {
			request.Headers = []kernel.WebhookHeader{{Name: "Host", Value: tt.host}}
		}
		e := executeWith(t, deliverer(local()), tt.secrets, request)
		require.False(t, e.Success, name)
		require.Contains(t, e.Error, tt.says, name)
		require.NotContains(t, e.Error+e.Logs, "s3cret", name)
	}
}

// TestASecretIsNotInTheWordsOfAFailure has requests fail in ways whose errors have the
// address in them.
func TestASecretIsNotInTheWordsOfAFailure(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://evil.example"+r.URL.Path, http.StatusFound)
	}))
	t.Cleanup(server.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	secrets := opened(t, map[string]string{"TOKEN": "s3cret-in-path"})
	for _, address := range []string{server.URL + "/${user.TOKEN}", gone.URL + "/${user.TOKEN}", "http://nobody.invalid/${user.TOKEN}", "http://10.9.8.7/${user.TOKEN}"} {
		d := deliverer(local())
		var log bytes.Buffer
		d.config.Log = slog.New(slog.NewTextHandler(&log, nil))
		e := executeWith(t, d, secrets, kernel.WebhookRequest{Method: "GET", URL: address})
		require.False(t, e.Success)
		kept := e.Error + e.Logs + e.RequestURL + log.String()
		if e.Response != nil {
			kept += fmt.Sprint(e.Response)
		}
		require.NotContains(t, kept, "s3cret", address)
	}
}

func TestASecretAtTheEndOfALongAnswerIsNotShownInPart(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat(".", responseKept-9)+r.Header.Get("X-Plain"))
	}))
	t.Cleanup(server.Close)
	secrets := opened(t, map[string]string{"TOKEN": "s3cret-that-is-long"})
	e := executeWith(t, deliverer(local()), secrets, kernel.WebhookRequest{Method: "GET", URL: server.URL, Headers: []kernel.WebhookHeader{{Name: "x-plain", Value: "${user.TOKEN}"}}})
	require.True(t, e.Success)
	require.NotContains(t, e.Logs+string(e.Response.Body), "s3c")
}
