package issuer_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/issuertest"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func newIssuers() (*issuer.Issuers, *clock) {
	c := &clock{at: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	return issuer.New(http.DefaultClient, c.now, slog.New(slog.DiscardHandler)), c
}

func TestATokenCountsIfItsIssuerMadeItForNow(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []jose.SignatureAlgorithm{jose.RS256, jose.ES256} {
		of := issuertest.New(t)
		of.Rotate(algorithm)
		all, c := newIssuers()
		claims, err := all.Claims(t.Context(), of.URL, of.Token(c.now(), map[string]any{"sub": "repo:acme/shop", "repository_id": 12345678901234567}))
		require.NoError(t, err)
		require.Equal(t, "repo:acme/shop", claims.Text("sub"))
		require.Equal(t, []string{"12345678901234567"}, claims.Values("repository_id"), "all digits")
		require.Equal(t, c.now().Add(6*time.Minute), claims.Expires())
	}
}

func TestATokenThatDoesNotCountSaysWhy(t *testing.T) {
	t.Parallel()
	of, other := issuertest.New(t), issuertest.New(t)
	all, c := newIssuers()
	now := c.now()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	signed := func(key issuertest.Key, others map[string]any) string {
		return issuertest.Sign(t, key, of.Claims(now, others))
	}
	good := of.Token(now, nil)
	parts := strings.Split(good, ".")
	encoded := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	public := fmt.Sprintf("%v", of.Signing().Private.Public())
	unknown := of.Signing()
	unknown.ID = "key-9"
	stranger := issuertest.NewKey(t, of.Signing().ID, jose.RS256)
	for name, one := range map[string]struct{ token, says string }{
		"expired":                        {signed(of.Signing(), map[string]any{"exp": at(-2 * time.Minute)}), "expired at"},
		"not yet":                        {signed(of.Signing(), map[string]any{"nbf": at(2 * time.Minute), "exp": at(5 * time.Minute)}), "claim nbf"},
		"made in the future":             {signed(of.Signing(), map[string]any{"iat": at(2 * time.Minute)}), "claim iat"},
		"without an end":                 {signed(of.Signing(), map[string]any{"exp": nil}), "when it expires"},
		"an end that is no time":         {signed(of.Signing(), map[string]any{"exp": "tomorrow"}), "when it expires"},
		"an end that no year has":        {signed(of.Signing(), map[string]any{"exp": 1e300}), "when it expires"},
		"a beginning that is no time":    {signed(of.Signing(), map[string]any{"nbf": []int{1}}), "nbf of the token is no time"},
		"counting for a day":             {signed(of.Signing(), map[string]any{"exp": at(24 * time.Hour)}), "at most 1h0m0s"},
		"of another issuer":              {signed(of.Signing(), map[string]any{"iss": other.URL}), "of the issuer " + other.URL},
		"signed by another issuer":       {issuertest.Sign(t, other.Signing(), of.Claims(now, nil)), "signature"},
		"signed by a stranger":           {signed(stranger, nil), "signature"},
		"of a key that nobody has":       {signed(unknown, nil), "has no key key-9"},
		"unsigned":                       {encoded(`{"alg":"none"}`) + "." + parts[1] + ".", "RS256 or ES256"},
		"signed by the public key":       {issuertest.Sign(t, issuertest.Key{ID: of.Signing().ID, Algorithm: jose.HS256, Secret: []byte(public)}, of.Claims(now, nil)), "RS256 or ES256"},
		"changed":                        {parts[0] + "." + encoded(`{"iss":"`+of.URL+`","exp":99999999999}`) + "." + parts[2], "signature"},
		"another algorithm for the key":  {issuertest.Sign(t, issuertest.Key{ID: of.Signing().ID, Algorithm: jose.ES256, Private: issuertest.NewKey(t, "", jose.ES256).Private}, of.Claims(now, nil)), "has no key"},
		"no JSON":                        {issuertest.Sign(t, of.Signing(), "text"), "neither a token"},
		"two documents":                  {parts[0] + "." + encoded(`{}{}`) + "." + parts[2], "signature"},
		"no token":                       {"eyJ.x.y", "neither a token"},
		"as long as a book":              {good + strings.Repeat("A", 20_000), "neither a token"},
		"with a header that must be met": {encoded(`{"alg":"RS256","crit":["b64"],"b64":false,"kid":"key-1"}`) + "." + parts[1] + "." + parts[2], "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := all.Claims(t.Context(), of.URL, one.token)
			require.Equal(t, kernel.CodeUnauthorized, kernel.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, one.says)
			require.NotContains(t, err.Error(), one.token)
		})
	}
	t.Run("within the leeway", func(t *testing.T) {
		t.Parallel()
		for _, others := range []map[string]any{{"exp": at(-59 * time.Second)}, {"nbf": at(59 * time.Second), "iat": at(59 * time.Second)}, {"exp": at(time.Hour + time.Minute)}, {"nbf": nil}} {
			_, err := all.Claims(t.Context(), of.URL, signed(of.Signing(), others))
			require.NoError(t, err, "%v", others)
		}
	})
}

func TestKeysThatChangeAreKnownWithinAMinuteAndAskedForNoMoreOften(t *testing.T) {
	t.Parallel()
	of := issuertest.New(t)
	all, c := newIssuers()
	ask := func() error {
		_, err := all.Claims(t.Context(), of.URL, of.Token(c.now(), nil))
		return err
	}
	require.NoError(t, ask())
	require.Equal(t, 1, of.Asked())
	old := of.Signing()
	of.Rotate(jose.ES256)
	for range 50 {
		require.ErrorContains(t, ask(), "has no key key-2")
	}
	require.Equal(t, 1, of.Asked(), "whoever names keys that there are not does not have the issuer asked")
	c.pass(time.Minute)
	require.NoError(t, ask())
	require.Equal(t, 2, of.Asked())
	of.Publish(of.Signing()) // the old one was stolen
	c.pass(10 * time.Minute)
	require.NoError(t, ask(), "who is known does not wait")
	require.Eventually(t, func() bool {
		_, err := all.Claims(t.Context(), of.URL, issuertest.Sign(t, old, of.Claims(c.now(), nil)))
		return kernel.CodeOf(err) == kernel.CodeUnauthorized
	}, 10*time.Second, 10*time.Millisecond)
}

func TestKeysCountForADayWhileTheirIssuerDoesNotAnswer(t *testing.T) {
	t.Parallel()
	of := issuertest.New(t)
	all, c := newIssuers()
	ask := func() error {
		_, err := all.Claims(t.Context(), of.URL, of.Token(c.now(), nil))
		return err
	}
	of.Down(true)
	require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(ask()))
	of.Down(false)
	require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(ask()), "it is not asked again at once")
	c.pass(5 * time.Second)
	require.NoError(t, ask())
	of.Down(true)
	c.pass(23 * time.Hour)
	require.NoError(t, ask())
	c.pass(2 * time.Hour)
	require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(ask()))
}

func TestManyWhoWaitForKeysHaveThemAskedForOnce(t *testing.T) {
	t.Parallel()
	of := issuertest.New(t)
	all, c := newIssuers()
	token := of.Token(c.now(), nil)
	var waiting sync.WaitGroup
	for range 50 {
		waiting.Go(func() {
			_, err := all.Claims(context.WithoutCancel(t.Context()), of.URL, token)
			require.NoError(t, err)
		})
	}
	waiting.Wait()
	require.Equal(t, 1, of.Asked())
}

func TestAnIssuerHasToSayWhoItIs(t *testing.T) {
	t.Parallel()
	of := issuertest.New(t)
	all, _ := newIssuers()
	_, err := all.Discover(t.Context(), of.URL+"/")
	require.ErrorContains(t, err, "is that of the issuer")
	found, err := all.Discover(t.Context(), of.URL)
	require.NoError(t, err)
	require.Equal(t, of.URL+"/token", found.Token)
}

func TestClaimsAreFoundByTheirNames(t *testing.T) {
	t.Parallel()
	of := issuertest.New(t)
	claims, err := issuer.Unverified(of.Token(time.Now(), map[string]any{
		"aud": []string{"one", "two"}, "flag": true, "oidc.circleci.com/project-id": "p", "kubernetes.io": map[string]any{"namespace": "shop", "serviceaccount": map[string]any{"name": "ci"}},
		"sub": strings.Repeat("ü", 90), "line": "a\nb",
	}))
	require.NoError(t, err)
	for name, want := range map[string][]string{
		"aud": {"one", "two"}, "flag": {"true"}, "oidc.circleci.com/project-id": {"p"}, "kubernetes.io/namespace": {"shop"}, "kubernetes.io/serviceaccount/name": {"ci"},
		"kubernetes.io": nil, "kubernetes.io/": nil, "none": nil, "none/at/all": nil,
	} {
		require.Equal(t, want, claims.Values(name), name)
	}
	seen := claims.Seen()
	require.Contains(t, seen, `aud=one|two, `)
	require.Contains(t, seen, `kubernetes.io/namespace=shop`)
	require.Contains(t, seen, `line=a\nb`)
	require.Contains(t, seen, strings.Repeat("ü", 50)+"…")
}
