package dsl_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/internal/golden"
)

// spy is a test that may fail without failing the one that watches it.
type spy struct{ failures []string }

func (s *spy) Helper() {}
func (s *spy) Errorf(format string, args ...any) {
	s.failures = append(s.failures, fmt.Sprintf(format, args...))
}

func config(t *testing.T) dsl.MockHTTPProviderConfig {
	return dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", PactDir: t.TempDir()}
}

func file(c dsl.MockHTTPProviderConfig) string {
	return filepath.Join(c.PactDir, c.Consumer+"-"+c.Provider+".json")
}

func readPact(t testing.TB, path string) *contract.Pact {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	pact, err := contract.Decode(text)
	require.NoError(t, err)
	return pact
}

// fetch asks the mock provider and returns status and body.
func fetch(server dsl.MockServerConfig, method, path, body string, headers ...string) (int, string, error) {
	request, err := http.NewRequest(method, fmt.Sprintf("http://%s:%d%s", server.Host, server.Port, path), strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

type Map = matchers.MapMatcher

// TestAProvenContractIsWritten plays the same expectations in each version and
// compares the whole files.
func TestAProvenContractIsWritten(t *testing.T) {
	t.Parallel()
	response := Map{
		"id":    matchers.Like(10),
		"name":  matchers.S("lamp"),
		"sizes": matchers.EachLike(Map{"cm": matchers.Like(40)}, 2),
		"code":  matchers.Regex("L-10", `L-\d+`),
	}
	call := func(server dsl.MockServerConfig) error {
		status, body, err := fetch(server, "POST", "/products/11?colour=red&colour=blue", `{"name":"desk"}`, "Content-Type", "application/json", "X-Trace", "abc")
		if err != nil {
			return err
		}
		if status != 201 || !json.Valid([]byte(body)) {
			return fmt.Errorf("status %d, body %s", status, body)
		}
		return nil
	}
	t.Run("V2", func(t *testing.T) {
		t.Parallel()
		c := config(t)
		pact, err := dsl.NewV2Pact(c)
		require.NoError(t, err)
		err = pact.AddInteraction().Given("product 11 exists").UponReceiving("a change of product 11").
			WithRequestPathMatcher("POST", matchers.Regex("/products/11", `/products/\d+`), func(b *dsl.V2RequestBuilder) {
				b.Query("colour", matchers.Regex("red", "[a-z]+"), matchers.Regex("green", "[a-z]+")).
					Header("X-Trace", matchers.Like("some")).
					JSONBody(Map{"name": matchers.Like("lamp")})
			}).
			WillRespondWith(201, func(b *dsl.V2ResponseBuilder) { b.JSONBody(response) }).
			ExecuteTest(t, call)
		require.NoError(t, err)
		golden.Equal(t, "storefront-v2.json", read(t, c))
	})
	t.Run("V3", func(t *testing.T) {
		t.Parallel()
		c := config(t)
		pact, err := dsl.NewV3Pact(c)
		require.NoError(t, err)
		err = pact.AddInteraction().
			GivenWithParameter(models.ProviderState{Name: "product exists", Parameters: map[string]any{"id": 11}}).
			Given("the shop is open").
			UponReceiving("a change of product 11").
			WithRequestPathMatcher("POST", matchers.Regex("/products/11", `/products/\d+`), func(b *dsl.V3RequestBuilder) {
				b.Query("colour", matchers.Regex("red", "[a-z]+"), matchers.Regex("green", "[a-z]+")).
					Header("X-Trace", matchers.Like("some")).
					JSONBody(Map{"name": matchers.FromProviderState("${name}", "lamp")})
			}).
			WillRespondWith(201, func(b *dsl.V3ResponseBuilder) { b.JSONBody(response) }).
			ExecuteTest(t, call)
		require.NoError(t, err)
		golden.Equal(t, "storefront-v3.json", read(t, c))
	})
	t.Run("V4", func(t *testing.T) {
		t.Parallel()
		c := config(t)
		pact, err := dsl.NewV4Pact(c)
		require.NoError(t, err)
		err = pact.AddInteraction().
			GivenWithParameter(models.ProviderState{Name: "product exists", Parameters: map[string]any{"id": 11}}).
			UponReceiving("a change of product 11").
			WithCompleteRequest(dsl.Request{
				Method:  "POST",
				Path:    matchers.Regex("/products/11", `/products/\d+`),
				Query:   Map{"colour": matchers.EachLike(matchers.Like("red"), 1)},
				Headers: Map{"X-Trace": matchers.Like("some")},
				Body:    Map{"name": matchers.Like("lamp")},
			}).
			WithCompleteResponse(dsl.Response{Status: 201, Headers: Map{"X-Took": matchers.Like("5ms")}, Body: response}).
			ExecuteTest(t, call)
		require.NoError(t, err)
		golden.Equal(t, "storefront-v4.json", read(t, c))
	})
}

func read(t *testing.T, c dsl.MockHTTPProviderConfig) string {
	t.Helper()
	text, err := os.ReadFile(file(c))
	require.NoError(t, err)
	return string(text)
}

func TestAFailedContractIsReportedOnceAndNotWritten(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	pact.AddInteraction().Given("product 10 exists").UponReceiving("a request for product 10").
		WithRequest("GET", "/products/10").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) { b.JSONBody(Map{"id": matchers.Integer(10)}) })
	pact.AddInteraction().UponReceiving("an order").
		WithRequest("POST", "/orders", func(b *dsl.V4RequestBuilder) {
			b.JSONBody(Map{"quantity": matchers.Integer(2), "product": matchers.Like("lamp")})
		}).
		WillRespondWith(201)
	pact.AddInteraction().UponReceiving("a list of products").
		WithRequest("GET", "/products").
		WillRespondWith(200)
	var s spy
	err = pact.ExecuteTest(&s, func(server dsl.MockServerConfig) error {
		_, _, err1 := fetch(server, "GET", "/products/99", "")
		_, _, err2 := fetch(server, "POST", "/orders", `{"quantity":"two"}`, "Content-Type", "application/json")
		return errors.Join(err1, err2)
	})
	var mismatch *dsl.MismatchError
	require.ErrorAs(t, err, &mismatch)
	require.EqualError(t, err, "the contract does not hold: 2 requests did not match, 2 expected requests never came")
	require.Len(t, s.failures, 1)
	golden.Equal(t, "report.txt", s.failures[0]+"\n")
	require.NoFileExists(t, file(c))
}

func TestTheErrorOfTheTestItselfIsReturnedAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	boom := errors.New("boom")
	var s spy
	err = pact.AddInteraction().UponReceiving("a ping").WithRequest("GET", "/ping").WillRespondWith(204).
		ExecuteTest(&s, func(server dsl.MockServerConfig) error {
			_, _, err := fetch(server, "GET", "/ping", "")
			return errors.Join(err, boom)
		})
	require.ErrorIs(t, err, boom)
	require.Empty(t, s.failures)
	require.NoFileExists(t, file(c))
}

// failed is a test whose own assertion failed.
type failed struct{ spy }

func (failed) Failed() bool { return true }

func TestATestThatFailedProvesNothing(t *testing.T) {
	t.Parallel()
	c := config(t)
	require.NoError(t, ping(&failed{}, c, "/a", "/a"))
	require.NoFileExists(t, file(c))
}

func TestATestThatLeavesEarlyIsToldWhatTheProviderMet(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	pact.AddInteraction().UponReceiving("a ping").WithRequest("GET", "/ping").WillRespondWith(204)
	var s spy
	require.Panics(t, func() {
		_ = pact.ExecuteTest(&s, func(server dsl.MockServerConfig) error {
			_, _, _ = fetch(server, "GET", "/pong", "")
			panic("as FailNow does, this leaves")
		})
	})
	require.Len(t, s.failures, 1)
	require.Contains(t, s.failures[0], `GET /pong was sent, but nothing expects it. The nearest is "a ping"`)
	require.NotContains(t, s.failures[0], "never sent")
}

func TestMisuseIsReportedAndNeverPanics(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		describe func(*dsl.V2HTTPMockProvider)
		want     string
	}{
		{
			name: "a matcher newer than the pact",
			describe: func(p *dsl.V2HTTPMockProvider) {
				p.AddInteraction().UponReceiving("x").WithRequest("GET", "/").
					WillRespondWith(200, func(b *dsl.V2ResponseBuilder) {
						b.JSONBody(Map{"items": matchers.EachLike(Map{"n": matchers.Integer(1)}, 1)})
					})
			},
			want: `$.items[*].n: the matcher "integer" needs a pact of version 3.0.0 or later, this one is 2.0.0`,
		},
		{
			name:     "no response",
			describe: func(p *dsl.V2HTTPMockProvider) { p.AddInteraction().WithRequest("GET", "/") },
			want:     "1 interaction(s) have no response",
		},
		{
			name:     "no status",
			describe: func(p *dsl.V2HTTPMockProvider) { p.AddInteraction().WithRequest("GET", "/").WillRespondWith(0) },
			want:     "response status: 0 is not an HTTP status",
		},
		{
			name: "no path",
			describe: func(p *dsl.V2HTTPMockProvider) {
				p.AddInteraction().WithRequestPathMatcher("GET", nil).WillRespondWith(200)
			},
			want: "request path: it is missing",
		},
		{
			name: "a file that is not there",
			describe: func(p *dsl.V2HTTPMockProvider) {
				p.AddInteraction().WithRequest("GET", "/", func(b *dsl.V2RequestBuilder) {
					b.MultipartBody("text/plain", "no-such-file", "file")
				}).WillRespondWith(200)
			},
			want: "request multipart body: open no-such-file",
		},
		{
			name: "a struct that cannot be matched",
			describe: func(p *dsl.V2HTTPMockProvider) {
				p.AddInteraction().WithRequest("GET", "/", func(b *dsl.V2RequestBuilder) {
					b.BodyMatch(struct{ C chan int }{})
				}).WillRespondWith(200)
			},
			want: "request body: $.C: chan int cannot be written as JSON",
		},
		{
			name: "a value that is not JSON",
			describe: func(p *dsl.V2HTTPMockProvider) {
				p.AddInteraction().WithRequest("GET", "/", func(b *dsl.V2RequestBuilder) {
					b.JSONBody(map[string]any{"f": func() {}})
				}).WillRespondWith(200)
			},
			want: "request body: $: cannot be written as JSON",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			pact, err := dsl.NewV2Pact(c)
			require.NoError(t, err)
			tt.describe(pact)
			var s spy
			err = pact.ExecuteTest(&s, func(dsl.MockServerConfig) error { t.Error("must not run"); return nil })
			require.ErrorContains(t, err, tt.want)
			require.Len(t, s.failures, 1)
			require.NoFileExists(t, file(c))
		})
	}
}

func TestConfigurationErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]dsl.MockHTTPProviderConfig{
		"set Consumer":   {Provider: "p"},
		"set Provider":   {Consumer: "c"},
		"port 70000":     {Consumer: "c", Provider: "p", Port: 70000},
		"write 1234":     {Consumer: "c", Provider: "p", AllowedMockServerPorts: "12a"},
		"ends before it": {Consumer: "c", Provider: "p", AllowedMockServerPorts: "20-10"},
	} {
		_, err := dsl.NewV4Pact(c)
		require.ErrorContains(t, err, want)
	}
}

func TestTheTestsClientTrustsTheCertificate(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.TLS = true
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	err = pact.AddInteraction().UponReceiving("a ping").WithRequest("GET", "/ping").WillRespondWith(200).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: server.TLSConfig}}
			response, err := client.Get(fmt.Sprintf("https://localhost:%d/ping", server.Port))
			if err != nil {
				return err
			}
			return response.Body.Close()
		})
	require.NoError(t, err)
}

func TestABusyPortIsExplained(t *testing.T) {
	t.Parallel()
	first := config(t)
	pact, err := dsl.NewV4Pact(first)
	require.NoError(t, err)
	pact.AddInteraction().UponReceiving("a ping").WithRequest("GET", "/ping").WillRespondWith(200)
	err = pact.ExecuteTest(t, func(server dsl.MockServerConfig) error {
		second := config(t)
		second.Port = server.Port
		other, err := dsl.NewV4Pact(second)
		require.NoError(t, err)
		var s spy
		err = other.AddInteraction().WithRequest("GET", "/").WillRespondWith(200).ExecuteTest(&s, nil)
		require.ErrorContains(t, err, "set Port to 0 to get a free one")
		require.Len(t, s.failures, 1)
		_, _, err = fetch(server, "GET", "/ping", "")
		return err
	})
	require.NoError(t, err)
}

func TestAProviderCanBeUsedAgain(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	for _, path := range []string{"/a", "/b"} {
		err = pact.AddInteraction().UponReceiving("a request to "+path).WithRequest("GET", path).WillRespondWith(200).
			ExecuteTest(t, func(server dsl.MockServerConfig) error {
				_, _, err := fetch(server, "GET", path, "")
				return err
			})
		require.NoError(t, err)
	}
	require.Len(t, readPact(t, file(c)).Interactions, 2)
}

func TestBodiesOfAllKinds(t *testing.T) {
	t.Parallel()
	upload := filepath.Join(t.TempDir(), "note.txt")
	require.NoError(t, os.WriteFile(upload, []byte("hello"), 0o600))
	for _, tt := range []struct {
		name        string
		build       func(*dsl.V4RequestBuilder)
		contentType string
		body        string
	}{
		{"text", func(b *dsl.V4RequestBuilder) { b.Body("text/plain", []byte("hi")) }, "text/plain", "hi"},
		{"a JSON string with matchers", func(b *dsl.V4RequestBuilder) {
			b.Body("application/json", []byte(`{"n":{"pact:matcher:type":"integer","value":1}}`))
		}, "application/json", `{"n":7}`},
		{"a plain string as JSON", func(b *dsl.V4RequestBuilder) { b.JSONBody("hello") }, "application/json", `"hello"`},
		{"a struct", func(b *dsl.V4RequestBuilder) {
			b.BodyMatch(struct {
				Name string `json:"name" pact:"example=lamp,regex=[a-z]+"`
			}{})
		}, "application/json", `{"name":"desk"}`},
		{"bytes", func(b *dsl.V4RequestBuilder) { b.BinaryBody([]byte{1, 2, 255}) }, "application/octet-stream", "\x01\x02\xff"},
		{"form", func(b *dsl.V4RequestBuilder) {
			b.Body("application/x-www-form-urlencoded", []byte("a=1&b=2"))
		}, "application/x-www-form-urlencoded", "b=2&a=1"},
		{"multipart", func(b *dsl.V4RequestBuilder) {
			b.MultipartBody("text/plain", upload, "note")
		}, "multipart/form-data; boundary=other", "--other\r\nContent-Disposition: form-data; name=\"note\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\nbye\r\n--other--\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pact, err := dsl.NewV4Pact(config(t))
			require.NoError(t, err)
			err = pact.AddInteraction().UponReceiving(tt.name).
				WithRequest("PUT", "/thing", tt.build).
				WillRespondWith(200).
				ExecuteTest(t, func(server dsl.MockServerConfig) error {
					_, _, err := fetch(server, "PUT", "/thing", tt.body, "Content-Type", tt.contentType)
					return err
				})
			require.NoError(t, err)
		})
	}
}
