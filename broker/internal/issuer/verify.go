package issuer

import (
	"context"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const (
	// longestToken bounds what is read.
	longestToken = 16 << 10
	// leeway is how much clocks may differ.
	leeway = time.Minute
	// longestLife is for how long a token may count. Whoever finds one in a log should
	// find it expired.
	longestLife = time.Hour
)

// algorithms are those that a token may be signed by: asymmetric ones, so that nobody
// who may read a key can sign.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.ES256}

var errForm = unauthorized("This is neither a token of this broker nor a signed token (JWT) of an issuer that it could trust.")

func unauthorized(format string, args ...any) error {
	return kernel.Errorf(kernel.CodeUnauthorized, format, args...)
}

// IsToken reports whether a text has the form of a signed token.
func IsToken(text string) bool {
	return len(text) <= longestToken && strings.Count(text, ".") == 2 && strings.HasPrefix(text, "eyJ")
}

// Unverified reads what a token says without asking whether it is true, to find out
// whom to ask.
func Unverified(token string) (Claims, error) {
	parsed, err := parse(token)
	if err != nil {
		return nil, err
	}
	return parseClaims(parsed.UnsafePayloadWithoutVerification())
}

func parse(token string) (*jose.JSONWebSignature, error) {
	if !IsToken(token) {
		return nil, errForm
	}
	parsed, err := jose.ParseSignedCompact(token, algorithms)
	switch {
	case err == nil && len(parsed.Signatures) == 1:
		return parsed, nil
	case err != nil && strings.Contains(err.Error(), "algorithm"):
		return nil, unauthorized("The token is not signed by RS256 or ES256, the algorithms that this broker takes.")
	}
	return nil, errForm
}

// Claims verifies that a token is of an issuer and counts now, and returns what it says.
// A token that does not count is a [*kernel.Error] with [kernel.CodeUnauthorized]; with
// [kernel.CodeUnavailable] nobody knows, because the keys cannot be had.
func (s *Issuers) Claims(ctx context.Context, issuer, token string) (Claims, error) {
	parsed, err := parse(token)
	if err != nil {
		return nil, err
	}
	payload, err := s.verify(ctx, issuer, parsed)
	if err != nil {
		return nil, err
	}
	claims, err := parseClaims(payload)
	if err != nil {
		return nil, err
	}
	if claims.Text("iss") != issuer {
		return nil, unauthorized("The token is of the issuer %s, and not of %s.", shown(claims.Text("iss")), issuer)
	}
	return claims, claims.countNow(s.now())
}

// countNow is an error if a token does not count at a moment.
func (c Claims) countNow(now time.Time) error {
	expires, ok := c.moment("exp")
	if !ok {
		return unauthorized("The token does not say when it expires (claim exp).")
	}
	begins := now
	for _, name := range []string{"iat", "nbf"} {
		at, ok := c.moment(name)
		if _, has := c[name]; has && !ok {
			return unauthorized("The claim %s of the token is no time.", name)
		}
		if !ok {
			continue
		}
		if at.After(now.Add(leeway)) {
			return unauthorized("The token counts from %s (claim %s), and it is %s here: is a clock wrong?", written(at), name, written(now))
		}
		begins = at
	}
	switch {
	case !now.Before(expires.Add(leeway)):
		return unauthorized("The token expired at %s, and it is %s here. Tokens of build servers count for minutes: get it right before it is used, or exchange it at /oauth/token for one that counts longer.", written(expires), written(now))
	case expires.Sub(begins) > longestLife+leeway:
		return unauthorized("The token counts for %s, and this broker takes those that count for at most %s.", expires.Sub(begins).Round(time.Second), longestLife)
	}
	return nil
}

func written(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// Expires is when verified claims count no more.
func (c Claims) Expires() time.Time {
	at, _ := c.moment("exp")
	return at.Add(leeway)
}
