package connection_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
)

const index = `{"_links":{"pb:pacticipants":{"href":"%s/pacticipants"}}}`

// seen answers as a broker and remembers the last request.
func seen(t *testing.T, start func(http.Handler) *httptest.Server) (server *httptest.Server, last *http.Request) {
	t.Helper()
	last = new(http.Request)
	server = start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = *r.Clone(r.Context())
		w.Header().Set("Content-Type", "application/hal+json")
		fmt.Fprintf(w, index, server.URL)
	}))
	t.Cleanup(server.Close)
	return server, last
}

// reach parses flags and asks for the index of the broker that they name.
func reach(t *testing.T, e command.Env, args ...string) (*client.Client, error) {
	t.Helper()
	var flags connection.Flags
	set := pflag.NewFlagSet("x", pflag.ContinueOnError)
	flags.Bind(set)
	require.NoError(t, set.Parse(args))
	c, err := flags.Client(e)
	if err != nil {
		return nil, err
	}
	_, err = c.Index(t.Context())
	return c, err
}

func TestFlagsWinOverVariables(t *testing.T) {
	t.Parallel()
	server, last := seen(t, httptest.NewServer)
	e := command.Env{Dir: t.TempDir(), Environ: []string{
		"PACT_BROKER_BASE_URL=http://127.0.0.1:1", "PACT_BROKER_USERNAME=var", "PACT_BROKER_PASSWORD=secret", "PACT_BROKER_TOKEN=t", "PACT_BROKER_HTTP_RETRIES=1",
	}}
	_, err := reach(t, e, "-b", server.URL, "-u", "flag", "--custom-header", "X-Team: a", "--custom-header", "X-Team:b")
	require.NoError(t, err)
	user, password, _ := last.BasicAuth()
	require.Equal(t, "flag secret", user+" "+password)
	require.Equal(t, []string{"a", "b"}, last.Header.Values("X-Team"))
	require.True(t, strings.HasPrefix(last.UserAgent(), "treaty/"))

	e.Environ = []string{"PACT_BROKER_BASE_URL=" + server.URL, "PACT_BROKER_TOKEN=t"}
	_, err = reach(t, e)
	require.NoError(t, err)
	require.Equal(t, "Bearer t", last.Header.Get("Authorization"))
}

func TestAConnectionThatCannotBeIsRefusedWithTheWayOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "empty.pem"), []byte("nothing"), 0o600))
	for _, tt := range []struct {
		name       string
		environ    []string
		args       []string
		says, next string
	}{
		{"nothing", nil, nil, "no broker is named", "treaty serve"},
		{"no address", nil, []string{"-b", "localhost"}, "localhost", "--broker-base-url http://"},
		{"two ways in", nil, []string{"-b", "http://x", "-u", "a", "-k", "b"}, "both --broker-username and --broker-token", "leave one"},
		{"a header without a name", nil, []string{"-b", "http://x", "--custom-header", "secret"}, "has no name", "'Name: value'"},
		{"no number of tries", []string{"PACT_BROKER_HTTP_RETRIES=often"}, []string{"-b", "http://x"}, `PACT_BROKER_HTTP_RETRIES is "often"`, "correct it or unset it"},
		{"no such certificate", nil, []string{"-b", "http://x", "-c", "missing.pem"}, "read the certificates to trust", "SSL_CERT_FILE"},
		{"a file without a certificate", []string{"SSL_CERT_FILE=empty.pem"}, []string{"-b", "http://x"}, "no certificate in empty.pem", ""},
		{"no such client certificate", []string{"X509_CLIENT_CERT_FILE=a", "X509_CLIENT_KEY_FILE=b"}, []string{"-b", "http://x"}, "read the client certificate", "X509_CLIENT_CERT_FILE"},
	} {
		_, err := reach(t, command.Env{Dir: dir, Environ: tt.environ}, tt.args...)
		require.ErrorContains(t, err, tt.says, tt.name)
		require.Contains(t, command.StepOf(err), tt.next, tt.name)
		require.NotContains(t, err.Error(), "secret", tt.name)
	}
}

func TestHowOftenIsTriedIsSaidByTheOptionBeforeTheVariable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		variable    string
		given, want int
	}{{"", 0, 0}, {"3", 0, 3}, {"0", 0, 1}, {" 2 ", 0, 2}, {"3", 7, 7}, {"often", 7, 7}} {
		n, err := connection.Attempts(command.Env{Environ: []string{"PACT_BROKER_HTTP_RETRIES=" + tt.variable}}, tt.given)
		require.NoError(t, err)
		require.Equal(t, tt.want, n, tt.variable)
	}
	for _, bad := range []string{"often", "-1", "1.5"} {
		_, err := connection.Attempts(command.Env{Environ: []string{"PACT_BROKER_HTTP_RETRIES=" + bad}}, 0)
		require.ErrorContains(t, err, bad)
	}
}

func TestOnlyCertificatesThatAreTrustedAreAccepted(t *testing.T) {
	t.Parallel()
	server, _ := seen(t, httptest.NewTLSServer)
	server.Config.ErrorLog = nil
	dir := t.TempDir()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ca.pem"), text, 0o600))
	once := []string{"PACT_BROKER_HTTP_RETRIES=1"}
	_, err := reach(t, command.Env{Dir: dir, Environ: once}, "-b", server.URL)
	require.ErrorIs(t, err, client.ErrUnreachable)
	_, err = reach(t, command.Env{Dir: dir, Environ: once}, "-b", server.URL, "-c", "ca.pem")
	require.NoError(t, err)
	_, err = reach(t, command.Env{Dir: dir, Environ: once}, "-b", server.URL, "--skip-ssl-verification")
	require.NoError(t, err)
	for _, name := range []string{"PACT_BROKER_DISABLE_SSL_VERIFICATION", "PACT_DISABLE_SSL_VERIFICATION", "SSL_SKIP_VERIFICATION"} {
		_, err = reach(t, command.Env{Dir: dir, Environ: append(once, name+"=true")}, "-b", server.URL)
		require.NoError(t, err, name)
	}
	trusting, err := connection.Trusting(command.Env{Dir: dir}, "ca.pem")
	require.NoError(t, err)
	response, err := trusting.Get(server.URL)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
}

func TestVerboseTellsRequestsWithoutSecrets(t *testing.T) {
	t.Parallel()
	server, _ := seen(t, httptest.NewServer)
	var said bytes.Buffer
	address := strings.Replace(server.URL, "http://", "http://me:secret@", 1)
	e := command.Env{Dir: t.TempDir(), Stderr: &said, Environ: []string{"VERBOSE=true", "PACT_BROKER_HTTP_RETRIES=1"}}
	_, err := reach(t, e, "-b", address)
	require.NoError(t, err)
	require.Contains(t, said.String(), "GET "+server.URL+"/: 200 OK")
	require.NotContains(t, said.String(), "secret")
	said.Reset()
	_, err = reach(t, e, "-b", "http://127.0.0.1:1")
	require.ErrorIs(t, err, client.ErrUnreachable)
	require.Contains(t, said.String(), "no answer")
}

func TestAWaitingPersonIsToldWhy(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	connection.SayRetry(command.Env{Stderr: &said})(errors.New("it is busy"), 2*time.Second)
	require.Equal(t, "it is busy; trying again in 2s\n", said.String())
}

func TestTheAddressIsToldWithoutSecrets(t *testing.T) {
	t.Parallel()
	var flags connection.Flags
	e := command.Env{Environ: []string{"PACT_BROKER_BASE_URL=http://me:secret@broker.example/x/"}}
	require.Equal(t, "http://broker.example/x", flags.Address(e))
	require.Empty(t, flags.Address(command.Env{}))
}

func TestWhatAnyQuestionCanEndInIsExplained(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		err        error
		says, next string
	}{
		{"not there", fmt.Errorf("ask: %w", client.ErrUnreachable), "ask: ", "treaty serve"},
		{"a password refused without a word", &client.Error{Status: http.StatusUnauthorized}, "does not accept the credentials", "--broker-username"},
		{"refused with a word", &client.Error{Status: http.StatusUnauthorized, Message: "looker may only read"}, "the broker refuses: looker may only read", "who may do this"},
		{"forbidden", &client.Error{Status: http.StatusForbidden, Message: "no"}, "no", "ask who runs the broker"},
		{"too large", &client.Error{Status: http.StatusRequestEntityTooLarge, Message: "large"}, "large", "--max-body-size"},
		{"a failure of the broker", &client.Error{Status: http.StatusInternalServerError, Message: "oh", Reference: "r17"}, "oh", "look for r17 in the broker's log"},
		{"anything else", errors.New("else"), "else", ""},
	} {
		err := connection.Explain(tt.err)
		require.ErrorContains(t, err, tt.says, tt.name)
		require.ErrorIs(t, err, tt.err, tt.name)
		if tt.next == "" {
			require.Empty(t, command.StepOf(err), tt.name)
		}
		require.Contains(t, command.StepOf(err), tt.next, tt.name)
	}
}
