package interop_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/client"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/oauth2"
)

// An OpenID Connect provider that is not ours: whoever is known by its tokens would be
// known by those of any other.

// provider is one that is running, with a person and a client.
type provider struct {
	t   *testing.T
	URL string
}

const (
	providerClient   = "treaty-builds"
	providerUser     = "test-user2"
	providerPassword = "verysecure"
	providerSubject  = "id2"
)

func startProvider(t *testing.T) *provider {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &provider{t: t, URL: "http://" + listener.Addr().String()}
	storage.RegisterClients(storage.NativeClient(providerClient, "http://localhost/auth/callback"))
	users := storage.NewStorage(storage.NewUserStore(p.URL))
	router := exampleop.SetupServer(p.URL, users, slog.New(slog.DiscardHandler), false, op.WithAllowInsecure())
	server := &http.Server{Handler: router, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return p
}

// idToken is one of the person, for the client.
func (p *provider) idToken() string {
	p.t.Helper()
	found, err := client.Discover(p.t.Context(), p.URL, http.DefaultClient)
	require.NoError(p.t, err)
	config := oauth2.Config{
		ClientID: providerClient, RedirectURL: "http://localhost/auth/callback", Scopes: []string{"openid", "email", "profile"},
		Endpoint: oauth2.Endpoint{AuthURL: found.AuthorizationEndpoint, TokenURL: found.TokenEndpoint, AuthStyle: oauth2.AuthStyleInParams},
	}
	verifier := oauth2.GenerateVerifier()
	back := p.signIn(config.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier)), func(u *url.URL) bool { return u.Host == "localhost" })
	token, err := config.Exchange(p.t.Context(), back.Query().Get("code"), oauth2.VerifierOption(verifier))
	require.NoError(p.t, err)
	text, _ := token.Extra("id_token").(string)
	require.NotEmpty(p.t, text)
	return text
}

// signIn goes to an address that asks the person to log in, logs in, and returns where
// that leads.
func (p *provider) signIn(address string, ends func(*url.URL) bool) *url.URL {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(p.t, err)
	var back *url.URL
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if ends(r.URL) {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, err := browser.Get(address)
	require.NoError(p.t, err)
	text, err := io.ReadAll(page.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, page.Body.Close())
	require.Equal(p.t, "/login/username", page.Request.URL.Path, "%s", text)
	answer, err := browser.PostForm(p.URL+"/login/username", url.Values{"id": {page.Request.URL.Query().Get("authRequestID")}, "username": {providerUser}, "password": {providerPassword}})
	require.NoError(p.t, err)
	require.NoError(p.t, answer.Body.Close())
	require.NotNil(p.t, back, "the login ended at %s", answer.Request.URL)
	return back
}

// TestOfficialClientsComeInByTokens has the official command line and pact-js publish,
// verify and ask: with a token of the broker, and with one that a provider which is not
// ours has signed.
func TestOfficialClientsComeInByTokens(t *testing.T) {
	pact := pactBinary(t)
	peer(t, "@pact-foundation", "pact")
	treaty, database := treatyBinary(t), "sqlite:"+filepath.Join(t.TempDir(), "guarded.db")
	base := startBrokerOn(t, treaty, database, "PACT_BROKER_IDENTITY=true", "PACT_BROKER_PUBLIC_HEARTBEAT=true", "PACT_BROKER_ISSUER_ALLOW_LOOPBACK=true")
	value := func(text string) string { return strings.TrimSpace(text[strings.LastIndex(text, "trt_"):]) }
	made := run(t, "", treaty, "token", "create", "--role", "Administrator", "--name", "admin", "--database", database)
	require.Equal(t, 0, made.code, made.text)
	admin := []string{"PACT_BROKER_BASE_URL=" + base, "PACT_BROKER_TOKEN=" + value(made.text)}
	must := func(env []string, name string, args ...string) string {
		t.Helper()
		got := runWith(t, env, "", name, args...)
		require.Equal(t, 0, got.code, "%s %v: %s", name, args, got.text)
		return got.text
	}
	issuer := startProvider(t)
	must(admin, treaty, "account", "create", "--name", "ci")
	must(admin, treaty, "trust", "create", "--name", "builds", "--issuer", issuer.URL, "--audience", providerClient, "--match", "sub="+providerSubject, "--account", "ci")
	must(admin, treaty, "create-environment", "--name", "staging")
	token := value(must(nil, treaty, "token", "create", "--role", "CI/CD", "--name", "pipeline", "--database", database))
	foreign := issuer.idToken()
	file, err := filepath.Abs("testdata/shop-stock.json")
	require.NoError(t, err)
	stock := httptest.NewServer(&stock{})
	t.Cleanup(stock.Close)

	refused := runWith(t, []string{"PACT_BROKER_TOKEN=trt_nothing"}, "", pact, "broker", "publish", file, "-b", base, "-a", "0", "--branch", "main")
	require.NotZero(t, refused.code, refused.text)
	for version, shown := range map[string]string{"1": token, "2": foreign} {
		env := []string{"PACT_BROKER_TOKEN=" + shown}
		must(env, pact, "broker", "publish", file, "-b", base, "-a", version, "--branch", "main", "--broker-token", shown)
		require.Contains(t, must(env, "node", filepath.Join("testdata", "verify-broker.cjs"), base, stock.URL, "1"+version), "verified")
		must(env, pact, "broker", "record-deployment", "-b", base, "--pacticipant", "Stock", "--version", "1"+version, "--environment", "staging", "--broker-token", shown)
		must(env, pact, "broker", "can-i-deploy", "-b", base, "--pacticipant", "Shop", "--version", version, "--to-environment", "staging", "--broker-token", shown)
		got := runWith(t, env, "", pact, "broker", "create-environment", "-b", base, "--name", "mine", "--broker-token", shown)
		require.NotZero(t, got.code, got.text)
		require.Contains(t, got.text, "403 Forbidden")
	}
	must([]string{"PACT_BROKER_BASE_URL=" + base, "PACT_BROKER_TOKEN=" + foreign}, treaty, "can-i-deploy", "--pacticipant", "Shop", "--version", "2", "--to-environment", "staging")
	require.Contains(t, must(nil, treaty, "audit", "list", "--database", database), "ci ("+providerSubject+")")
}
