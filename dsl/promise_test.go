package dsl_test

import (
	"context"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/verifier"
)

// answer is what a provider sends.
type answer struct {
	status  int
	headers http.Header
	body    string
}

func jsonAnswer(body string) answer {
	return answer{headers: http.Header{"Content-Type": {"application/json"}}, body: body}
}

func (a answer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for name, values := range a.headers {
		for _, value := range values {
			w.Header().Add(name, value)
		}
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write([]byte(a.body))
}

// keeps tells whether the real verifier accepts a provider that sends a, given
// the file that a test of this package wrote.
func (a answer) keeps(t *testing.T, c dsl.MockHTTPProviderConfig) bool {
	t.Helper()
	report, err := verifier.Verify(context.Background(), verifier.Options{
		Provider: c.Provider, Files: []string{file(c)}, Handler: a, AllowMissingStates: true,
	})
	require.NoError(t, err)
	return report.OK()
}

// written runs a whole test of a consumer that sends one GET request, and
// leaves its file in c's folder.
func written(t *testing.T, c dsl.MockHTTPProviderConfig, response dsl.V4ResponseBuilderFunc) error {
	t.Helper()
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	return pact.AddInteraction().UponReceiving("a question").WithRequest("GET", "/").WillRespondWith(200, response).
		ExecuteTest(nil, func(server dsl.MockServerConfig) error {
			_, _, err := fetch(server, "GET", "/", "")
			return err
		})
}

func notWritten(t *testing.T, c dsl.MockHTTPProviderConfig) {
	t.Helper()
	_, err := os.Stat(file(c))
	require.ErrorIs(t, err, os.ErrNotExist, "nothing may be written of a contract that was refused")
}
