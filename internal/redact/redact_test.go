package redact_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/redact"
)

const stars = redact.Stars

func TestNamesOfSecrets(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Authorization", "Proxy-Authorization", "X-Auth-Token", "access_token", "accessToken", "PRIVATE-TOKEN", "client_secret",
		"password", "sslpassword", "db.passwd", "X-Api-Key", "apikey", "apiKey", "api_key", "Ocp-Apim-Subscription-Key", "routingKey", "key",
		"Cookie", "Set-Cookie", "X-Hub-Signature-256", "sig", "pwd", "user[password]", "AWS_ACCESS_KEY_ID", "credentials", "jwt",
	} {
		require.True(t, redact.Name(name), name)
	}
	for _, name := range []string{"", "Accept", "Content-Type", "monkey", "keyboard", "signal", "author", "passenger", "path", "ref", "Host", "user", "branch"} {
		require.False(t, redact.Name(name), name)
	}
}

func TestURLsAreShownWithoutTheirSecrets(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, url, want string }{
		{"nothing to hide", "https://broker.example:9292/pacts?page=2#top", "https://broker.example:9292/pacts?page=2#top"},
		{"user and password", "https://me:hidden@broker.example/pacts", "https://" + stars + "@broker.example/pacts"},
		{"a token for a user", "https://hidden@broker.example", "https://" + stars + "@broker.example"},
		{"an @ in the password", "https://me:hid@den@broker.example/x", "https://" + stars + "@broker.example/x"},
		{"a password with a slash, which does not parse", "postgres://me:hid/den@db/treaty", "postgres://" + stars + "@db/treaty"},
		{"a password with a hash, which does not parse", "postgres://me:hid#den@db/treaty", "postgres://" + stars + "@db/treaty"},
		{"a broken escape", "postgres://me:hid%zzden@db/treaty", "postgres://" + stars + "@db/treaty"},
		{"a host that was forgotten", "http://me:hidden", "http://" + stars + "@"},
		{"no scheme", "me:hidden@broker.example/x", stars + "@broker.example/x"},
		{"a scheme left out", "//me:hidden@broker.example/x", "//" + stars + "@broker.example/x"},
		{"a parameter", "https://b/x?token=hidden&page=2", "https://b/x?token=" + stars + "&page=2"},
		{"a parameter twice, in another case and order", "https://b/x?z=1&Api-Key=hidden&a=2&api_key=hidden", "https://b/x?z=1&Api-Key=" + stars + "&a=2&api_key=" + stars},
		{"a parameter with an escaped name", "https://b/x?%74oken=hidden", "https://b/x?%74oken=" + stars},
		{"a parameter with a broken value", "https://b/x?token=hid%zzden", "https://b/x?token=" + stars},
		{"a semicolon between parameters", "https://b/x?a=1;token=hidden", "https://b/x?a=1;token=" + stars},
		{"an empty parameter", "https://b/x?token=&token", "https://b/x?token=&token"},
		{"the password of PostgreSQL", "postgres://db/treaty?user=me&password=hidden&sslmode=require", "postgres://db/treaty?user=me&password=" + stars + "&sslmode=require"},
		{"keywords of PostgreSQL", "host=db user=me password='hid den' dbname=treaty", "host=db user=me password=" + stars + " dbname=treaty"},
		{"a fragment", "https://b/x#access_token=hidden&state=1", "https://b/x#access_token=" + stars + "&state=1"},
		{"a request's target", "/hook?token=hidden", "/hook?token=" + stars},
		{"an address in the path", "https://b/people/a@b.example", "https://b/people/a@b.example"},
		{"an address in the query", "https://b/x?mail=a@b.example", "https://b/x?mail=a@b.example"},
		{"a file", "/home/me@work/pacts/a-b.json", "/home/me@work/pacts/a-b.json"},
		{"a file of Windows", `C:\me@work\a-b.json`, `C:\me@work\a-b.json`},
		{"a database file", "sqlite:treaty.db", "sqlite:treaty.db"},
		{"IPv6", "http://[::1]:9292/x", "http://[::1]:9292/x"},
		{"a port that is not one", "http://localhost:http/x", "http://" + stars + "@/x"},
		{"Slack", "https://hooks.slack.com/services/T0AA/B0BB/SLACKPATHSECRET", "https://hooks.slack.com/services/T0AA/" + stars},
		{"Discord", "https://discord.com/api/webhooks/123/abc-def?wait=true", "https://discord.com/api/webhooks/123/" + stars + "?wait=true"},
		{"Teams", "https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", "https://acme.webhook.office.com/webhookb2/" + stars},
		{"Telegram", "https://api.telegram.org/bot12:ab/sendMessage", "https://api.telegram.org/bot" + stars + "/sendMessage"},
		{"Mattermost", "https://chat.example/hooks/xjzs8u1zyigd9cnpyb8sz1wq3w", "https://chat.example/hooks/" + stars},
		{"a hook of a broker", "https://broker.example/webhooks/3f1c2b9e-8a7d-4e6f-9b0a-1c2d3e4f5a6b", "https://broker.example/webhooks/3f1c2b9e-8a7d-4e6f-9b0a-1c2d3e4f5a6b"},
		{"an application called key", "https://b/pacts/provider/key/consumer/hooks/latest", "https://b/pacts/provider/key/consumer/hooks/latest"},
		{"the key of a function", "https://x.azurewebsites.net/api/f?code=aBcDeFgHiJkLmNoPqRsTuVwX==", "https://x.azurewebsites.net/api/f?code=" + stars},
		{"the code of a product", "https://b/products?code=A-17", "https://b/products?code=A-17"},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, redact.URL(tt.url))
			require.Equal(t, tt.want, redact.URL(redact.URL(tt.url)), "a second time changes nothing")
			for _, secret := range redact.URLSecrets(tt.url) {
				require.Contains(t, tt.url, secret)
			}
			require.Equal(t, strings.Contains(tt.want, stars), len(redact.URLSecrets(tt.url)) > 0)
		})
	}
}

func TestAnAddressOfUseAgainHasNoUser(t *testing.T) {
	t.Parallel()
	require.Equal(t, "https://b/x?token="+stars, redact.Bare("https://me:hidden@b/x?token=hidden"))
	require.Equal(t, "https://b/x", redact.Bare("https://hidden@b/x"))
	require.Equal(t, "https://b/x", redact.Bare("https://b/x"))
	require.Equal(t, "https://"+stars+"@b/x", redact.Bare("https://me:hid/den@b/x"))
}

func TestTextsAreShownWithoutTheSecretsOfTheirURLs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"an error of net/http", `Get "https://me:hidden@b/x?token=hidden": EOF`, `Get "https://` + stars + `@b/x?token=` + stars + `": EOF`},
		{"two", "from http://a:hidden@b, to http://c:hidden@d.", "from http://" + stars + "@b, to http://" + stars + "@d."},
		{"in brackets", "(see http://b/?key=hidden)", "(see http://b/?key=" + stars + ")"},
		{"none", "it took 3:20 and a@b", "it took 3:20 and a@b"},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, redact.Text(tt.text)) })
	}
}

func TestBodiesAreShownWithoutTheirSecrets(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded; charset=utf-8"
	for _, tt := range []struct {
		name, contentType, body, want string
		secrets                       []string
	}{
		{"a member", "application/json", `{"token" : "hid\"den", "ref": "main"}`, `{"token" : "` + stars + `", "ref": "main"}`, []string{`hid\"den`, `hid"den`}},
		{"a quote at the end", "", `{"token":"hidden\""}`, `{"token":"` + stars + `"}`, []string{`hidden\"`, `hidden"`}},
		{"deeper", "", `{"a":[{"apiKey":"hidden"},{"b":"c"}]}`, `{"a":[{"apiKey":"` + stars + `"},{"b":"c"}]}`, []string{"hidden"}},
		{"a number", "", `{"password":1234,"n":5}`, `{"password":"` + stars + `","n":5}`, []string{"1234"}},
		{"all of a secret member", "", `{"credentials":{"user":"me","list":["x",7]},"n":"y"}`,
			`{"credentials":{"user":"` + stars + `","list":["` + stars + `","` + stars + `"]},"n":"y"}`, []string{"me", "x", "7"}},
		{"words that are not texts", "", `{"token":null,"secret":true,"a":"b"}`, `{"token":null,"secret":true,"a":"b"}`, nil},
		{"a document cut short", "", `{"a":"b","token":"hidd`, `{"a":"b","token":"` + stars + `"`, []string{"hidd"}},
		{"an escaped name", "", `{"\u0074oken":"hidden"}`, `{"\u0074oken":"` + stars + `"}`, []string{"hidden"}},
		{"a form", form, "token=hid%20den&ref=main", "token=" + stars + "&ref=main", []string{"hid%20den", "hid den"}},
		{"a form with brackets", form, "variables[secret]=hidden;x=y", "variables[secret]=" + stars + ";x=y", []string{"hidden"}},
		{"a form without its type", "", "token=hidden&ref=main", "token=" + stars + "&ref=main", []string{"hidden"}},
		{"a form with another type", "text/plain", "token=abc", "token=" + stars, []string{"abc"}},
		{"text", "text/plain", "the token = abc, and token=abc", "the token = abc, and token=abc", nil},
		{"a bearer token in a member of another name", "application/json", `{"text":"Bearer abc.def.ghi"}`, `{"text":"Bearer ` + stars + `"}`, []string{"abc.def.ghi"}},
		{"a signed token in text", "text/plain", "see eyJhbGciOi.eyJzdWIiOi.x-y here", "see " + stars + " here", []string{"eyJhbGciOi.eyJzdWIiOi.x-y"}},
		{"a token of GitHub", "", `["ghp_0123456789abcdefghijklmnop"]`, `["` + stars + `"]`, []string{"ghp_0123456789abcdefghijklmnop"}},
		{"words about tokens", "", `{"text":"Basic knowledge of bearer authentication"}`, `{"text":"Basic knowledge of bearer authentication"}`, nil},
		{"nothing", "", "", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, redact.Body(tt.contentType, tt.body))
			require.Equal(t, tt.secrets, redact.BodySecrets(tt.contentType, tt.body))
		})
	}
}

func TestSecretsOfURLsAreListedAsTheyAreReadToo(t *testing.T) {
	t.Parallel()
	for _, starred := range []string{"https://chat.example/hooks/", "https://hooks.slack.com/services/T0AA/", "https://b/?token="} {
		require.Equal(t, []string{stars}, redact.URLSecrets(starred+stars), "stars stand for a secret there")
	}
	require.Equal(t, []string{stars}, redact.BodySecrets("", `{"text":"Bearer `+stars+`"}`))
	require.Equal(t, []string{"me:hid%40den", "me:hid@den", "hid%40den", "hid@den", "a+b", "a b"},
		redact.URLSecrets("https://me:hid%40den@b/?token=a+b&page=2"))
}

func TestErrorsAreShownWithoutTheURLInThem(t *testing.T) {
	t.Parallel()
	_, noURL := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://me:hidden", http.NoBody)
	require.ErrorContains(t, noURL, "hidden", "what is hidden here")
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"of a request", &url.Error{Op: "Get", URL: "http://b/?token=hidden", Err: io.EOF}, "EOF"},
		{"of a request, wrapped", fmt.Errorf("ask: %w", &url.Error{Op: "Get", URL: "http://b/?token=hidden", Err: io.EOF}), "EOF"},
		{"of a URL", noURL, "it cannot be read as a URL"},
		{"with another URL in it", &url.Error{Op: "Get", URL: "http://b", Err: errors.New(`failed to parse Location header "http://me:hidden@c"`)},
			`failed to parse Location header "http://` + stars + `@c"`},
		{"of another kind", errors.New("broken"), "broken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.EqualError(t, redact.Error(tt.err), tt.want)
			require.ErrorIs(t, redact.Error(tt.err), tt.err)
		})
	}
	require.NoError(t, redact.Error(nil))
}

func FuzzNothingIsTooBrokenToRedact(f *testing.F) {
	for _, seed := range []string{"http://a:b@c/?token=x#y", `{"token":"x`, "a='", "://@", `"\`, "http://[", "k='a\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		redact.URL(text)
		redact.Text(text)
		redact.Body("application/x-www-form-urlencoded", text)
		redact.Body("application/json", "["+text)
	})
}

// TestWhatIsJSONIsNoForm: the type that a body is said to have does not uncover it.
func TestWhatIsJSONIsNoForm(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	require.JSONEq(t, `{"token":"`+redact.Stars+`"}`, redact.Body(form, `{"token":"s3cret"}`))
	require.Equal(t, []string{"s3cret"}, redact.BodySecrets(form, `{"token":"s3cret"}`))
	require.Equal(t, "[a]=1&token="+redact.Stars, redact.Body(form, "[a]=1&token=s3cret"), "what only begins like it")
}
