package login

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
)

// Config says by which login service people log in.
type Config struct {
	// Issuer is its address, ClientID and ClientSecret what it knows the broker by. The
	// secret may be empty for a client that the service lets do without one.
	Issuer, ClientID, ClientSecret string
	// Scopes are what is asked for; openid is asked for always. Without any, what a login
	// needs is asked for as far as the service knows it: see [standardScopes].
	Scopes []string
	// GroupsClaim is the claim with the groups of a person.
	GroupsClaim string
	// Rules say what follows from a login.
	Rules identity.LoginRules
	// Client sends the requests to the service.
	Client *http.Client
	// Now is the clock.
	Now func() time.Time
	// Log gets why a login did not succeed, for the operator.
	Log *slog.Logger
}

const (
	// answersIn bounds how long a service is waited for.
	answersIn = 10 * time.Second
	// leeway is how much clocks may differ.
	leeway = time.Minute
	// tryEvery bounds how often a service is asked that does not answer.
	tryEvery = 3 * time.Second
	// knownFor is how long what a service says about itself counts.
	knownFor = time.Hour
	// longestAnswer bounds what a service may send; see bounded.
	longestAnswer = 1 << 20
)

// algorithms are those that a token may be signed by: asymmetric ones, so that nobody who
// may read a key, or has the secret of a client, can sign.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// Service has people log in. It is safe for concurrent use.
type Service struct {
	config Config

	mu       sync.Mutex
	provider *oidc.Provider
	// asked is when the service was asked about itself, and failed whether it did not
	// answer then.
	asked  time.Time
	failed bool
}

// New returns the logins of a service, which is not asked for anything before somebody
// logs in: a broker starts without it.
func New(config Config) *Service {
	client := *config.Client
	client.Transport = bounded{config.Client.Transport}
	if client.Timeout == 0 {
		client.Timeout = answersIn
	}
	config.Client = &client
	return &Service{config: config}
}

// Rules say what follows from a login.
func (s *Service) Rules() identity.LoginRules { return s.config.Rules }

// Issuer is the address of the login service, for people.
func (s *Service) Issuer() string { return s.config.Issuer }

// with is a context whose requests are sent by the client that was given.
func (s *Service) with(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, s.config.Client)
}

// about is what the service says about itself, asked for again once in a while. One that
// does not answer is [kernel.CodeUnavailable].
func (s *Service) about(ctx context.Context) (*oidc.Provider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch since := time.Since(s.asked); {
	case s.provider != nil && since < knownFor && !s.failed, s.provider != nil && since < tryEvery:
		return s.provider, nil
	case s.failed && since < tryEvery: // nobody waits for what others have waited for
		return nil, s.unavailable()
	}
	// What is kept asks for keys by the context that it was made with.
	found, err := oidc.NewProvider(s.with(context.WithoutCancel(ctx)), s.config.Issuer)
	s.asked, s.failed = time.Now(), err != nil
	switch {
	case err == nil:
		s.provider = found
	case s.provider == nil:
		return nil, s.away(ctx, err)
	default:
		s.config.Log.WarnContext(ctx, "the login service does not answer; what it said before is taken", errlog.Attr(err))
	}
	return s.provider, nil
}

func (s *Service) away(ctx context.Context, err error) error {
	s.config.Log.ErrorContext(ctx, "the login service cannot be asked", slog.String("issuer", s.config.Issuer), errlog.Attr(err))
	return s.unavailable()
}

func (s *Service) unavailable() error {
	return kernel.Errorf(kernel.CodeUnavailable, "The login service %s does not answer as it should. Try again in a minute; if it stays so, the log of the broker says why. Who has a token can use it meanwhile.", s.config.Issuer)
}

// standardScopes are those of a login (OpenID Connect Core 1.0, section 5.4) and that of
// groups, which is no standard. Some services refuse a login with a scope that they do
// not know, others send no groups unless asked by it; what a service says of itself tells
// which it is. One that names no scopes is not asked for groups.
func standardScopes(provider *oidc.Provider) []string {
	var about struct {
		Scopes []string `json:"scopes_supported"`
	}
	if err := provider.Claims(&about); err != nil || len(about.Scopes) == 0 {
		return []string{"email", "profile"}
	}
	return slices.DeleteFunc([]string{"email", "profile", "groups"}, func(scope string) bool { return !slices.Contains(about.Scopes, scope) })
}

func (s *Service) oauth(provider *oidc.Provider, callback string) *oauth2.Config {
	scopes, wanted := []string{oidc.ScopeOpenID}, s.config.Scopes
	if len(wanted) == 0 {
		wanted = standardScopes(provider)
	}
	for _, scope := range wanted {
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return &oauth2.Config{ClientID: s.config.ClientID, ClientSecret: s.config.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: callback, Scopes: scopes}
}

// Begin begins a login: the browser keeps the attempt and goes to the address. The
// service sends it to callback, which is an address of the broker as browsers know it;
// to is where the person goes then.
func (s *Service) Begin(ctx context.Context, callback, to string) (Attempt, string, error) {
	provider, err := s.about(ctx)
	if err != nil {
		return Attempt{}, "", err
	}
	a := begin(to, s.config.Now())
	return a, s.oauth(provider, callback).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// Finish reads what the service sent to callback, for the attempt that the browser has,
// and returns whom it vouches for. The zero attempt is none. An answer that does not
// count is [kernel.CodeForbidden]; [kernel.CodeUnavailable] means that the service cannot
// be asked.
func (s *Service) Finish(ctx context.Context, callback string, a Attempt, answer url.Values) (identity.Vouched, error) {
	var none identity.Vouched
	if err := s.judge(ctx, a, answer); err != nil {
		return none, unasked{err}
	}
	provider, err := s.about(ctx)
	if err != nil {
		return none, err
	}
	token, err := s.oauth(provider, callback).Exchange(s.with(ctx), answer.Get("code"), oauth2.VerifierOption(a.Verifier))
	var told *oauth2.RetrieveError
	switch {
	case errors.As(err, &told) && told.Response != nil && told.Response.StatusCode < http.StatusInternalServerError:
		s.config.Log.WarnContext(ctx, "the login service does not take its own code", slog.String("error", told.ErrorCode), slog.Int("status", told.Response.StatusCode))
		if told.ErrorCode == "invalid_client" || told.ErrorCode == "unauthorized_client" {
			return none, refused("The login service does not know this broker by its client id and secret. Have who administers the broker compare them with those at the service.")
		}
		return none, refused("The login service does not take the code that it sent: it was used before, or is too old. Log in again.")
	case err != nil:
		return none, s.away(ctx, err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return none, refused("The login service sent no ID token, which says who you are. Have who administers the broker ask for the scope openid.")
	}
	claims, err := s.verify(ctx, provider, raw, a)
	if err == nil {
		claims, err = s.whole(ctx, provider, token, claims)
	}
	if err != nil {
		return none, err
	}
	vouched := s.vouched(claims, a)
	if rules := s.config.Rules; len(vouched.Groups) == 0 && len(rules.AdminGroups)+len(rules.TeamGroups) > 0 {
		s.config.Log.WarnContext(ctx, "the login service names no group of somebody who logs in, and groups decide here",
			slog.String("claim", s.config.GroupsClaim), slog.String("advice", "if they are in some, have the service send them: some send them for a scope of their own, see --oidc-scopes and --oidc-groups-claim"))
	}
	return vouched, nil
}

// unasked is why an answer does not count that the service was not asked about.
type unasked struct{ error }

func (u unasked) Unwrap() error { return u.error }

// IsUnasked reports whether an error of [Service.Finish] says so of an answer about which
// the service was not asked: it cost nothing, and nobody can guess by it.
func IsUnasked(err error) bool {
	var u unasked
	return errors.As(err, &u)
}

// judge refuses an answer that does not belong to the attempt.
func (s *Service) judge(ctx context.Context, a Attempt, answer url.Values) error {
	if a.State == "" {
		return refused("This browser has not begun a login, or it did more than %d minutes ago. Begin at the page of the broker, with cookies allowed.", int(lasts.Minutes()))
	}
	if subtle.ConstantTimeCompare([]byte(a.State), []byte(answer.Get("state"))) != 1 {
		return refused("This is the answer to another login than the one that this browser has begun last. Log in again, in one window.")
	}
	if now := s.config.Now(); !now.Before(a.Until()) || now.Before(a.BeganAt.Add(-leeway)) {
		return refused("This login was begun too long ago. Log in again.")
	}
	// Where a service says whose answer it is, it has to be its own (RFC 9207).
	if from := answer.Get("iss"); from != "" && from != s.config.Issuer {
		return refused("This is the answer of another login service than %s. Log in again.", s.config.Issuer)
	}
	if code := answer.Get("error"); code != "" {
		s.config.Log.WarnContext(ctx, "the login service refuses a login", slog.String("error", code), slog.String("description", answer.Get("error_description")))
		if code == "access_denied" {
			return refused("The login service let nobody in: the login was cancelled there, or you may not use this broker. Log in again, or ask who administers the login service.")
		}
		if code == "invalid_scope" {
			return refused("The login service refuses what the broker asks it for: it does not know one of the scopes. Have who administers the broker name those that it knows, such as --oidc-scopes \"openid email\".")
		}
		return refused("The login service reports a mistake, which the log of the broker names. Log in again; if it stays so, tell who administers the broker.")
	}
	if answer.Get("code") == "" {
		return refused("The answer of the login service has no code. Log in again.")
	}
	return nil
}

// claims are what an ID token says (OpenID Connect Core 1.0, sections 2 and 5.1).
type claims map[string]any

// text is a claim that is a text; empty for any other.
func (c claims) text(name string) string {
	text, _ := c[name].(string)
	return text
}

// isTrue reports whether a claim says so. Some services write the truth of it as a text.
func (c claims) isTrue(name string) bool { return c[name] == true || c[name] == "true" }

// notBefore is when a token begins to count; the zero time if it does not say.
func (c claims) notBefore() time.Time {
	seconds, ok := c["nbf"].(float64)
	if !ok {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// verify reads an ID token. The signature and the issuer are verified by the library, the
// rest here, so that each refusal can say what is wrong.
func (s *Service) verify(ctx context.Context, provider *oidc.Provider, raw string, a Attempt) (c claims, err error) {
	verifier := provider.VerifierContext(s.with(ctx), &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SupportedSigningAlgs: algorithms, Now: s.config.Now})
	token, err := verifier.Verify(s.with(ctx), raw)
	if err != nil {
		s.config.Log.WarnContext(ctx, "an ID token does not count", errlog.Attr(err))
		return c, refused("The ID token of the login service does not count: it has to be issued by %s, and signed by a key that it publishes, as RS256 or another asymmetric algorithm. Log in again; if it stays so, tell who administers the broker, whose log has the details.", s.config.Issuer)
	}
	if token.Claims(&c) != nil || token.Subject == "" {
		return c, refused("The ID token of the login service does not say who you are (claim sub), or says it in no form that this broker reads. Tell who administers the broker.")
	}
	now, party := s.config.Now(), c.text("azp")
	switch {
	case !slices.Contains(token.Audience, s.config.ClientID), len(token.Audience) > 1 && party != s.config.ClientID, party != "" && party != s.config.ClientID:
		return c, refused("The ID token of the login service is for another program than this broker (claim aud or azp). Have who administers the broker compare its client id with that at the service.")
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.Nonce)) != 1:
		return c, refused("The ID token of the login service belongs to another login than this one (claim nonce). Log in again.")
	case !now.Before(token.Expiry.Add(leeway)):
		return c, refused("The ID token of the login service expired at %s, and it is %s here. Log in again; if it stays so, a clock is wrong.", written(token.Expiry), written(now))
	case token.IssuedAt.After(now.Add(leeway)), c.notBefore().After(now.Add(leeway)):
		return c, refused("The ID token of the login service counts from a later time than the %s that it is here: a clock is wrong. Tell who administers the broker.", written(now))
	}
	return c, nil
}

// whole adds what a service tells of a person only if it is asked for: some leave the
// address and the groups out of ID tokens (OpenID Connect Core 1.0, section 5.3). What
// the signed token says stays.
func (s *Service) whole(ctx context.Context, provider *oidc.Provider, token *oauth2.Token, c claims) (claims, error) {
	_, hasGroups := c[s.config.GroupsClaim]
	if c.text("email") != "" && hasGroups || provider.UserInfoEndpoint() == "" {
		return c, nil
	}
	told, err := provider.UserInfo(s.with(ctx), oauth2.StaticTokenSource(token))
	whole := claims{}
	if err == nil {
		err = told.Claims(&whole)
	}
	if err != nil {
		s.config.Log.WarnContext(ctx, "the login service does not say more about somebody", errlog.Attr(err))
		return c, nil
	}
	if told.Subject != c.text("sub") {
		return c, refused("The login service tells of somebody else than who has logged in (claim sub). Tell who administers the broker.")
	}
	if email := c.text("email"); email != "" && email != whole.text("email") {
		delete(whole, "email_verified") // that is said of another address
	}
	maps.Copy(whole, c)
	return whole, nil
}

func written(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// vouched is whom a token that counts is of.
func (s *Service) vouched(c claims, a Attempt) identity.Vouched {
	out := identity.Vouched{Issuer: s.config.Issuer, Subject: c.text("sub"), Name: c.text("name"), Groups: values(c, s.config.GroupsClaim), Until: a.Until()}
	if out.Name == "" {
		out.Name = c.text("preferred_username")
	}
	if c.isTrue("email_verified") {
		out.Email = identity.NormalEmail(c.text("email"))
	}
	sum := sha256.Sum256([]byte(a.State))
	out.Answer = hex.EncodeToString(sum[:])
	return out
}

// values are the texts of a claim: one, or each of a list. A claim within another is
// named with dots, as in realm_access.roles; one whose name has a dot itself goes first.
func values(all map[string]any, name string) []string {
	value, has := all[name]
	if outer, inner, nested := strings.Cut(name, "."); !has && nested {
		within, _ := all[outer].(map[string]any)
		return values(within, inner)
	}
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				out = append(out, text)
			}
		}
		return out
	}
	return nil
}

// bounded is a transport whose answers end after longestAnswer bytes with an error: what
// reads them takes them whole.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	next := b.next
	if next == nil {
		next = http.DefaultTransport
	}
	answer, err := next.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, longestAnswer)
	}
	if err != nil {
		err = fmt.Errorf("ask the login service: %w", err)
	}
	return answer, err
}
