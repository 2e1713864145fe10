// Package issuertest is an issuer of tokens for tests: a small OpenID Connect provider
// with keys that can be changed, tokens that can be wrong in every way, and a login
// that asks nobody anything.
package issuertest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
)

// Issuer is an issuer that is running. It is safe for concurrent use.
type Issuer struct {
	// URL is its address, which is the claim iss of its tokens.
	URL string
	t   testing.TB

	mu      sync.Mutex
	keys    []Key // those that it publishes
	signing Key
	made    int
	down    bool
	asked   map[string]int
	person  map[string]any
	client  Client
	codes   map[string]login
	// issue makes ID tokens if it is set, more is told of the person, and forgetful says
	// that codes count again.
	issue     func(map[string]any) string
	more      map[string]any
	scopes    []string
	forgetful bool
}

// Key signs tokens.
type Key struct {
	ID        string
	Algorithm jose.SignatureAlgorithm
	Private   crypto.Signer
	// Secret is for HS256.
	Secret []byte
}

// New starts an issuer that ends with the test.
func New(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{t: t, asked: map[string]int{}, codes: map[string]login{}}
	i.Rotate(jose.RS256)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discover)
	mux.HandleFunc("GET /keys", i.list)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.exchange)
	mux.HandleFunc("GET /person", i.tell)
	server := httptest.NewServer(i.count(mux))
	t.Cleanup(server.Close)
	i.URL = server.URL
	return i
}

// count counts requests, and answers none while the issuer is down.
func (i *Issuer) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		i.asked[r.URL.Path]++
		down := i.down
		i.mu.Unlock()
		if down {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Asked is how often the keys were asked for.
func (i *Issuer) Asked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked["/keys"]
}

// Down lets the issuer answer nothing, or again.
func (i *Issuer) Down(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

// Rotate gives the issuer a new key to sign with, which it publishes beside the former.
func (i *Issuer) Rotate(algorithm jose.SignatureAlgorithm) Key {
	i.t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.made++
	i.signing = NewKey(i.t, fmt.Sprintf("key-%d", i.made), algorithm)
	i.keys = append(i.keys, i.signing)
	return i.signing
}

// Publish says which keys the issuer publishes.
func (i *Issuer) Publish(keys ...Key) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
}

// Signing is the key that the issuer signs with.
func (i *Issuer) Signing() Key {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.signing
}

// NewKey makes a key for RS256 or ES256.
func NewKey(t testing.TB, id string, algorithm jose.SignatureAlgorithm) Key {
	t.Helper()
	var (
		private crypto.Signer
		err     error
	)
	if algorithm == jose.ES256 {
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	} else {
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	require.NoError(t, err)
	return Key{ID: id, Algorithm: algorithm, Private: private}
}

// Claims are those of a token of the issuer that counts now, for five minutes, with
// others that are given; nil takes one away.
func (i *Issuer) Claims(now time.Time, others map[string]any) map[string]any {
	claims := map[string]any{"iss": i.URL, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
	maps.Copy(claims, others)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// Token is a token with the claims that [Issuer.Claims] makes of others.
func (i *Issuer) Token(now time.Time, others map[string]any) string {
	i.t.Helper()
	return Sign(i.t, i.Signing(), i.Claims(now, others))
}

// Sign makes a token of claims.
func Sign(t testing.TB, key Key, claims any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	if key.ID != "" {
		options.WithHeader("kid", key.ID)
	}
	var with any = key.Private
	if key.Secret != nil {
		with = key.Secret
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: key.Algorithm, Key: with}, options)
	require.NoError(t, err)
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	signed, err := signer.Sign(payload)
	require.NoError(t, err)
	text, err := signed.CompactSerialize()
	require.NoError(t, err)
	return text
}

func (i *Issuer) discover(w http.ResponseWriter, _ *http.Request) {
	about := map[string]any{
		"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token",
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256"}, "code_challenge_methods_supported": []string{"S256"},
	}
	i.mu.Lock()
	if i.scopes != nil {
		about["scopes_supported"] = i.scopes
	}
	if i.more != nil {
		about["userinfo_endpoint"] = i.URL + "/person"
	}
	i.mu.Unlock()
	i.write(w, http.StatusOK, about)
}

func (i *Issuer) list(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	set := jose.JSONWebKeySet{}
	for _, key := range i.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.Private.Public(), KeyID: key.ID, Algorithm: string(key.Algorithm), Use: "sig"})
	}
	i.mu.Unlock()
	i.write(w, http.StatusOK, set)
}

func (i *Issuer) write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked is gone
}
