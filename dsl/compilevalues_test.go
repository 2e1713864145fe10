package dsl_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/verifier"
)

var (
	digits = func() matchers.Matcher { return matchers.Regex("1", `\d+`) }
	word   = matchers.S("a")
)

const differing = "different matchers"

// TestSeveralValuesOfAHeaderAreAllPromised verifies providers that send more
// or fewer values than the consumer's test had.
func TestSeveralValuesOfAHeaderAreAllPromised(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		values       []matchers.Matcher
		kept, broken [][]string
		refused      string
	}{
		"one matcher for all": {values: []matchers.Matcher{digits(), digits()},
			kept: [][]string{{"1", "1"}, {"7", "23"}}, broken: [][]string{{"1"}, {"1", "2", "3"}, {"1", "x"}}},
		"text": {values: []matchers.Matcher{word, matchers.S("b")},
			kept: [][]string{{"a", "b"}}, broken: [][]string{{"a"}, {"b", "a"}, {"a", "a"}}},
		"text, and equality said aloud": {values: []matchers.Matcher{word, matchers.Equality("b")},
			kept: [][]string{{"a", "b"}}, broken: [][]string{{"a"}, {"b", "a"}, {"a", "a"}}},
		"a list": {values: []matchers.Matcher{matchers.EachLike(digits(), 2)},
			kept: [][]string{{"1", "2"}, {"1", "2", "3"}}, broken: [][]string{{"1"}, {"1", "x"}}},
		"a matcher and text":        {values: []matchers.Matcher{digits(), word}, refused: differing},
		"two matchers":              {values: []matchers.Matcher{digits(), matchers.Like("x")}, refused: differing},
		"a list and something else": {values: []matchers.Matcher{word, matchers.EachLike("b", 1)}, refused: "must be the only one"},
		"a generator among others": {values: []matchers.Matcher{matchers.FromProviderState("${id}", "1"), matchers.FromProviderState("${id}", "1")},
			refused: "a generator is for a header with one value"},
		"null": {values: []matchers.Matcher{matchers.Null{}}, refused: "text cannot be null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			err := proven(t, c, func(b *dsl.V4ResponseBuilder) { b.Header("X-Value", tt.values...) })
			if tt.refused != "" {
				require.ErrorContains(t, err, tt.refused)
				require.ErrorContains(t, err, `response header "X-Value"`)
				notWritten(t, c)
				return
			}
			require.NoError(t, err)
			for _, values := range tt.kept {
				require.True(t, answer{headers: http.Header{"X-Value": values}}.keeps(t, c), values)
			}
			for _, values := range tt.broken {
				require.False(t, answer{headers: http.Header{"X-Value": values}}.keeps(t, c), values)
			}
		})
	}
}

// asked is a test whose consumer sends one request of a V2, V3 or V4 pact.
func asked(t *testing.T, version contract.SpecVersion, query []matchers.Matcher, target string) error {
	t.Helper()
	c := config(t)
	send := func(server dsl.MockServerConfig) error {
		_, _, err := fetch(server, "GET", target, "")
		return err
	}
	switch version {
	case contract.V2:
		pact, err := dsl.NewV2Pact(c)
		require.NoError(t, err)
		return pact.AddInteraction().WithRequest("GET", "/", func(b *dsl.V2RequestBuilder) { b.Query("q", query...) }).
			WillRespondWith(200).ExecuteTest(nil, send)
	case contract.V3:
		pact, err := dsl.NewV3Pact(c)
		require.NoError(t, err)
		return pact.AddInteraction().WithRequest("GET", "/", func(b *dsl.V3RequestBuilder) { b.Query("q", query...) }).
			WillRespondWith(200).ExecuteTest(nil, send)
	default:
		pact, err := dsl.NewV4Pact(c)
		require.NoError(t, err)
		return pact.AddInteraction().WithRequest("GET", "/", func(b *dsl.V4RequestBuilder) { b.Query("q", query...) }).
			WillRespondWith(200).ExecuteTest(nil, send)
	}
}

func TestAConsumerMustSendAllValuesOfAParameter(t *testing.T) {
	t.Parallel()
	three := []matchers.Matcher{digits(), digits(), digits()}
	for _, version := range []contract.SpecVersion{contract.V2, contract.V3, contract.V4} {
		require.NoError(t, asked(t, version, three, "/?q=1&q=22&q=3"), version)
		for _, target := range []string{"/?q=1&q=2", "/?q=1&q=2&q=3&q=4", "/?q=1&q=2&q=x", "/"} {
			var mismatch *dsl.MismatchError
			require.ErrorAs(t, asked(t, version, three, target), &mismatch, "%s %s", version, target)
		}
		err := asked(t, version, []matchers.Matcher{word, digits()}, "/?q=5&q=5")
		require.ErrorContains(t, err, differing, version)
		require.ErrorContains(t, err, `request query parameter "q"`, version)
	}
	require.ErrorContains(t, asked(t, contract.V2, []matchers.Matcher{matchers.EachLike(digits(), 1)}, "/?q=1"), "cannot hold several matchers")
}

func TestAnOldPactIsRefusedWhereItCannotCountTheValuesOfAResponse(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV2Pact(c)
	require.NoError(t, err)
	err = pact.AddInteraction().WithRequest("GET", "/").
		WillRespondWith(200, func(b *dsl.V2ResponseBuilder) { b.Header("X-Value", digits(), digits()) }).
		ExecuteTest(nil, func(dsl.MockServerConfig) error { return nil })
	require.ErrorContains(t, err, "cannot say how many values")
	notWritten(t, c)
}

func TestEachValueOfAFormParameterHasItsOwnMatcher(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		"q=a&q=7&name=x": true,
		"q=a&q=a&name=x": false, // digits never come
		"q=5&q=5&name=x": false, // "a" never comes
		"q=a&name=x":     false,
		"q=7&q=a&name=x": false,
	} {
		pact, err := dsl.NewV4Pact(config(t))
		require.NoError(t, err)
		err = pact.AddInteraction().WithRequest("POST", "/", func(b *dsl.V4RequestBuilder) {
			b.FormBody(matchers.QueryMatcher{"q": {word, digits()}, "name": {matchers.Like("x")}})
		}).WillRespondWith(200).ExecuteTest(nil, func(server dsl.MockServerConfig) error {
			_, _, err := fetch(server, "POST", "/", body, "Content-Type", "application/x-www-form-urlencoded")
			return err
		})
		require.Equal(t, ok, err == nil, "%s: %v", body, err)
	}
}

func TestAPathIsOneText(t *testing.T) {
	t.Parallel()
	pact, err := dsl.NewV4Pact(config(t))
	require.NoError(t, err)
	err = pact.AddInteraction().WithRequestPathMatcher("GET", matchers.EachLike("/a", 1)).WillRespondWith(200).
		ExecuteTest(nil, func(dsl.MockServerConfig) error { return nil })
	require.ErrorContains(t, err, "request path: it is one text, not a list")
}

// TestAnOldPactAsksForAllValuesOfARequestHeader although its file cannot say
// how many there are: the mock provider of the consumer's test does.
func TestAnOldPactAsksForAllValuesOfARequestHeader(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		sent []string
		ok   bool
	}{{[]string{"1", "22"}, true}, {[]string{"1"}, false}, {[]string{"1", "x"}, false}} {
		c := config(t)
		pact, err := dsl.NewV2Pact(c)
		require.NoError(t, err)
		err = pact.AddInteraction().WithRequest("GET", "/", func(b *dsl.V2RequestBuilder) { b.Header("X-A", digits(), digits()) }).
			WillRespondWith(200).ExecuteTest(nil, func(server dsl.MockServerConfig) error {
			request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("http://%s:%d/", server.Host, server.Port), nil)
			require.NoError(t, err)
			request.Header["X-A"] = tt.sent
			response, err := http.DefaultClient.Do(request)
			if err == nil {
				err = response.Body.Close()
			}
			return err
		})
		require.Equal(t, tt.ok, err == nil, "%v: %v", tt.sent, err)
		if tt.ok {
			rules := readPact(t, file(c)).Interactions[0].(*contract.HTTP).Request.Rules
			require.Equal(t, []contract.Rule{contract.RegexRule{Pattern: `\d+`}}, rules[contract.CategoryHeader]["X-A"].Rules)
		}
	}
}

func TestEachValueOfAParameterMayComeFromTheProvidersState(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV3Pact(c)
	require.NoError(t, err)
	require.NoError(t, pact.AddInteraction().Given("two things").WithRequest("GET", "/", func(b *dsl.V3RequestBuilder) {
		b.Query("id", matchers.FromProviderState("${first}", "1"), matchers.FromProviderState("${second}", "2"))
	}).WillRespondWith(200).ExecuteTest(nil, func(server dsl.MockServerConfig) error {
		_, _, err := fetch(server, "GET", "/?id=1&id=2", "")
		return err
	}))
	var met []string
	report, err := verifier.Verify(context.Background(), verifier.Options{
		Provider: c.Provider, Files: []string{file(c)},
		States: models.StateHandlers{"two things": func(bool, models.ProviderState) (models.ProviderStateResponse, error) {
			return models.ProviderStateResponse{"first": "7", "second": "8"}, nil
		}},
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { met = r.URL.Query()["id"] }),
	})
	require.NoError(t, err)
	require.True(t, report.OK())
	require.Equal(t, []string{"7", "8"}, met)
}
