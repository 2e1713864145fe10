package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/visible"
)

// Pipelines show the token that their build server gives them, and keep no secret of the
// broker. Such a token counts if a trust rule names its issuer, if a key of that issuer
// has signed it, and if the first rule that it fits says whose it is.

// follow finds out whose a token of an issuer is.
func (k *Keyring) follow(ctx context.Context, value, hash string) (key, error) {
	said, err := issuer.Unverified(value)
	if err != nil {
		return key{}, err
	}
	// Nobody is asked for keys whom nobody trusts.
	if !k.issuers.Knows(said.Text("iss")) {
		trusted, err := k.service.trusts(ctx, said.Text("iss"))
		if err == nil && !trusted {
			err = kernel.Errorf(kernel.CodeUnauthorized, "No trust rule of this broker is for tokens of the issuer %q. The token says: %s.", said.Text("iss"), said.Seen())
		}
		if err != nil {
			return key{}, err
		}
	}
	claims, err := k.issuers.Claims(ctx, said.Text("iss"), value)
	if err != nil {
		return key{}, err
	}
	asked := time.Now()
	found, change, err := k.service.admit(ctx, claims)
	k.mu.Lock()
	defer k.mu.Unlock()
	if change != 0 {
		k.saw(change, asked)
	}
	if err != nil {
		return key{}, err
	}
	out := key{rule: found.Rule.ID, expires: claims.Expires(), who: workloadOf(found, subjectOf(claims))}
	out.who.Until = out.expires
	k.keep(hash, out, change)
	return out, nil
}

// workloadOf is who comes in by a rule: its account, with what the rule leaves of what that
// may do.
func workloadOf(c kernel.Credential, subject string) access.Who {
	who := holderOf(c, tokenOf(c.Rule))
	who.Kind, who.Rule, who.RuleName, who.Subject = access.KindWorkload, c.Rule.UUID, c.Rule.Name, subject
	return who
}

// subjectOf is whose token it is, as the issuer says.
func subjectOf(claims issuer.Claims) string {
	const longest = 200
	subject := claims.Text("sub")
	if subject == "" {
		subject = "a token without a subject"
	}
	if len(subject) > longest {
		subject = strings.ToValidUTF8(subject[:longest], "")
	}
	return visible.Text(subject)
}

// admit finds the first rule that verified claims fit, and whose token it makes it, with
// the number of the change that both were read at; 0 if they were not.
func (s *Service) admit(ctx context.Context, claims issuer.Claims) (found kernel.Credential, change int64, err error) {
	var refused error
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		if change, err = tx.IdentityChange(); err != nil {
			return err
		}
		rules, err := tx.ListTrustRules()
		if err != nil {
			return err
		}
		for _, r := range rules {
			if lacks(r, claims) == "" {
				found, err = tx.FindTrusted(r.UUID)
				if err == nil && !found.Principal.Active {
					refused = kernel.Errorf(kernel.CodeUnauthorized, "The rule %q lets this token in as %s, which is switched off.", r.Name, found.Principal.Name)
				}
				return err
			}
		}
		refused = kernel.Errorf(kernel.CodeUnauthorized, "No trust rule of this broker fits the token. %sThe token says: %s.", nearest(rules, claims), claims.Seen())
		return nil
	})
	if err == nil {
		err = refused
	}
	return found, change, err
}

// trusts reports whether a rule is for an issuer.
func (s *Service) trusts(ctx context.Context, iss string) (bool, error) {
	return view(ctx, s, func(tx kernel.Tx) (bool, error) {
		rules, err := tx.ListTrustRules()
		return anyOf(rules, iss), err
	})
}

func anyOf(rules []kernel.TrustRule, iss string) bool {
	return slices.ContainsFunc(rules, func(r kernel.TrustRule) bool { return r.Active && r.Issuer == iss })
}

// exchangedFor is how long a token counts that is given for one of another issuer.
const exchangedFor = time.Hour

// mostSwept bounds how many expired tokens one exchange deletes: more than it makes, so
// that they do not become ever more.
const mostSwept = 20

// Exchanged is a token that was given for one of another issuer.
type Exchanged struct {
	Value   string
	Expires time.Time
	Who     access.Who
}

// Exchange gives a token of the broker for one of another issuer, which often counts for
// minutes only: for test suites and deployments that take longer. It may do what the rule
// allows at the moment that it is used.
func (k *Keyring) Exchange(ctx context.Context, value string) (out Exchanged, err error) {
	if k.issuers == nil || !issuer.IsToken(value) {
		return out, kernel.Errorf(kernel.CodeUnauthorized, "The subject token is not a signed token (JWT) of an issuer.")
	}
	who, err := k.Who(ctx, value)
	if err != nil {
		return out, err
	}
	s := k.service
	at := s.Moment()
	out = Exchanged{Value: NewValue(), Expires: at.Add(exchangedFor), Who: who}
	token := kernel.Token{UUID: s.NewID(), Name: who.Subject, Prefix: prefixOf(out.Value), Hash: hashOf(out.Value), Writes: true, CreatedAt: at, ExpiresAt: out.Expires}
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		token := token
		found, err := tx.FindTrusted(who.Rule)
		if kernel.IsNotFound(err) {
			return kernel.Errorf(kernel.CodeUnauthorized, "The rule %q is gone.", who.RuleName)
		}
		if err != nil {
			return err
		}
		token.PrincipalID, token.RuleID = found.Principal.ID, found.Rule.ID
		if err := tx.DeleteExchanged(at, mostSwept); err != nil {
			return err
		}
		_, err = tx.CreateToken(token)
		return err
	})
	return out, err
}

// TryTrust says of each rule whether a token fits it, without letting anybody in: for
// whoever writes rules. The token is verified if one of them is for its issuer.
func (k *Keyring) TryTrust(ctx context.Context, value string) (Trial, error) {
	claims, err := issuer.Unverified(value)
	if err != nil {
		return Trial{}, err
	}
	rules, err := k.service.ListTrust(ctx)
	if err != nil {
		return Trial{}, err
	}
	out := Trial{Claims: claims}
	for _, r := range rules {
		out.Fits = append(out.Fits, Fit{r, lacks(r, claims)})
	}
	trusted := anyOf(rules, claims.Text("iss"))
	switch {
	case !trusted:
		out.Unverified = fmt.Sprintf("no rule is for the issuer %q, so its keys were not asked for", claims.Text("iss"))
	case k.issuers == nil:
		out.Unverified = "this broker asks no issuer for its keys"
	default:
		if _, err := k.issuers.Claims(ctx, claims.Text("iss"), value); err != nil {
			var told *kernel.Error
			if !errors.As(err, &told) {
				return Trial{}, err
			}
			out.Unverified = told.Message
		}
	}
	return out, nil
}

// Trial is what comes of a token that is tried.
type Trial struct {
	Claims issuer.Claims
	// Unverified says why the token would not count whatever the rules say; empty if it
	// would.
	Unverified string
	// Fits are all rules in the order in which they are tried.
	Fits []Fit
}

// Fit is a rule with what a token lacks to fit it; nothing if it fits.
type Fit struct {
	kernel.TrustRule
	Lacks string
}
