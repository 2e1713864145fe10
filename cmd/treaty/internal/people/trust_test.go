package people_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// buildServer issues tokens, as build servers do, and gives them to jobs as GitHub
// Actions does.
type buildServer struct {
	*httptest.Server
	t   *testing.T
	key *rsa.PrivateKey
}

func newBuildServer(t *testing.T) *buildServer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	b := &buildServer{t: t, key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer": %q, "jwks_uri": %q}`, b.URL, b.URL+"/keys")
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"keys": [{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "e": "AQAB", "n": %q}]}`, base64.RawURLEncoding.EncodeToString(key.N.Bytes()))
	})
	mux.HandleFunc("GET /request", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer job-secret" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, `{"value": %q}`, b.token(r.URL.Query().Get("audience"), "acme/shop"))
	})
	b.Server = httptest.NewServer(mux)
	t.Cleanup(b.Close)
	return b
}

func (b *buildServer) token(audience, repository string) string {
	claims, err := json.Marshal(map[string]any{"iss": b.URL, "aud": audience, "sub": "repo:" + repository, "repository": repository, "exp": time.Now().Add(5 * time.Minute).Unix()})
	require.NoError(b.t, err)
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, b.key, crypto.SHA256, sum[:])
	require.NoError(b.t, err)
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// TestAPipelineWithoutASecret goes the way of whoever lets a pipeline in by the token of
// its build server.
func TestAPipelineWithoutASecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")), func(o *broker.Options) {
		o.Identity, o.Issuers.AllowLoopback = true, true
	})
	s.Dir = dir
	plain := s.Environ
	admin := append(append([]string{}, plain...), "PACT_BROKER_TOKEN="+strings.TrimSpace(s.Must("token create --role Administrator --name admin")))
	s.Environ = admin
	builds := newBuildServer(t)
	require.Equal(t, "There are none.\n", s.Must("trust list"))
	s.Must("account create --name shop-ci")
	made := s.Must("trust create --name shop --issuer " + builds.URL + " --match repository=acme/shop --account shop-ci")
	require.Regexp(t, `^Made the trust rule shop \([0-9a-f-]{36}\)\. Pipelines put a token for the audience http://`, made)
	require.Regexp(t, `1[ |]+[0-9a-f-]{36}[ |]+shop[ |]+on[ |]+http://127.*repository=acme/shop[ |]+shop-ci[ |]+all of the account's`, s.Must("trust list"))
	base := s.URL

	file := filepath.Join(dir, "token.txt")
	require.NoError(t, os.WriteFile(file, []byte(builds.token(base, "acme/shop")+"\n"), 0o600))
	require.Contains(t, s.Must("trust try --token-file token.txt"), "The rule shop lets the token in as shop-ci.")
	require.NoError(t, os.WriteFile(file, []byte(builds.token(base, "acme/till")), 0o600))
	refused := s.Run("trust try --token-file token.txt")
	require.Equal(t, 1, refused.Status)
	require.Contains(t, refused.Stdout, "it wants repository=acme/shop")
	require.Contains(t, refused.Stderr, "repository=acme/till")

	s.Environ = append(append([]string{}, plain...), "ACTIONS_ID_TOKEN_REQUEST_URL="+builds.URL+"/request?x=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=job-secret", "GITHUB_ACTIONS=true")
	exchanged := s.Run("token exchange")
	require.Zero(t, exchanged.Status, exchanged.Stderr)
	require.Regexp(t, `^trt_\w+\n$`, exchanged.Stdout)
	require.Equal(t, "::add-mask::"+exchanged.Stdout, exchanged.Stderr)
	s.Environ = append(append([]string{}, plain...), "GITHUB_ACTIONS=true")
	require.Contains(t, s.Run("token exchange").Stderr, "id-token: write")
	s.Environ = append(append([]string{}, plain...), "PACT_BROKER_TOKEN="+strings.TrimSpace(exchanged.Stdout))
	s.Pact("Cart", "Bar", "x")
	s.Must("publish Cart-Bar.json -a 1 --branch main")
	s.Environ = plain
	require.NoError(t, os.WriteFile(file, []byte(builds.token(base, "acme/till")), 0o600))
	refused = s.Run("token exchange --token-file token.txt")
	require.Equal(t, 1, refused.Status)
	require.Contains(t, refused.Stderr, `The rule "shop" comes nearest: it wants repository=acme/shop`)

	s.Environ = admin
	s.Must("trust update --name shop --read-only --permission contract_data:read:* --rename shop-reads --position 1")
	require.Regexp(t, `shop-reads.*contract_data:read`, s.Must("trust list"))
	s.Must("trust update --name shop-reads --all-permissions --inactive")
	require.Regexp(t, `shop-reads[ |]+off.*only read`, s.Must("trust list"))
	require.Equal(t, "Deleted the trust rule shop-reads.\n", s.Must("trust delete --name shop-reads"))
}

func TestWhatIsWrongWithATrustRuleIsSaidWithWhatToDo(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Must("account create --name ci")
	for args, says := range map[string]string{
		"trust create --name a":                                                             "account",
		"trust create --name a --account ci":                                                "names no issuer",
		"trust create --name a --account ci --github shop":                                  "write owner/name",
		"trust create --name a --account ci --github a/b --gitlab a/b":                      "one issuer",
		"trust create --name a --account ci --issuer https://a.example --match ref":         "write --match claim=value",
		"trust create --name a --account nobody --github a/b":                               `no account named "nobody"`,
		"trust create --name a --account ci --issuer https://a.example":                     "match",
		"trust create --name a --account ci --kubernetes shop/ci --issuer http://a.example": "https",
		"trust update --name a --active --inactive":                                         "opposite",
		"trust update --name a":                                                             `no trust rule named "a"`,
		"trust delete --name a":                                                             `no trust rule named "a"`,
		"trust try --token-file none.txt":                                                   "cannot be read",
	} {
		got := s.Run(args)
		require.NotZero(t, got.Status, args)
		require.Contains(t, got.Stderr, says, args)
	}
	s.Must("trust create --name github --account ci --github acme/shop --match environment=prod*")
	s.Must("trust create --name gitlab --account ci --gitlab acme/shop --read-only")
	s.Must("trust create --name own-gitlab --account ci --gitlab acme/shop --issuer https://gitlab.example.com --audience treaty")
	s.Must("trust create --name cluster --account ci --kubernetes shop/ci --issuer https://cluster.example.com")
	list := s.Must("trust list")
	for _, says := range []string{"https://token.actions.githubusercontent.com", "environment=prod*, repository=acme/shop", "project_path=acme/shop", "https://gitlab.example.com", "treaty", "sub=system:serviceaccount:shop:ci"} {
		require.Contains(t, list, says)
	}
}
