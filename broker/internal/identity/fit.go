package identity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// lacks says why a token does not fit a rule; empty if it does. Of several reasons it is
// the first, from the one that says that the rule is for others to those that a pipeline
// may get wrong.
func lacks(r kernel.TrustRule, claims issuer.Claims) string {
	if !r.Active {
		return "the rule is switched off"
	}
	if is := claims.Text("iss"); is != r.Issuer {
		return fmt.Sprintf("it is for tokens of the issuer %s", r.Issuer)
	}
	for _, c := range r.Conditions {
		values := claims.Values(c.Claim)
		switch {
		case len(values) == 0:
			return fmt.Sprintf("the token has no claim %s", c.Claim)
		case !slices.ContainsFunc(values, func(v string) bool { return fits(c, v) }):
			return fmt.Sprintf("it wants %s=%s", c.Claim, c.Value)
		}
	}
	if !slices.Contains(claims.Values("aud"), r.Audience) {
		return fmt.Sprintf("it wants the audience %s, which whoever requests the token names", r.Audience)
	}
	return ""
}

// fits reports whether a claim has the value of a condition.
func fits(c kernel.Condition, value string) bool {
	if !slices.Contains(patternClaims, c.Claim) {
		return value == c.Value
	}
	return like(value, c.Value)
}

// like reports whether a text is as a pattern says, in which each * stands for any text,
// or none.
func like(text, pattern string) bool {
	first, rest, starred := strings.Cut(pattern, "*")
	if !starred {
		return text == pattern
	}
	text, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	for _, part := range parts[:len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// nearest says of the rules of an issuer what the one lacks that comes nearest, for whoever
// set up a pipeline: the one whose first conditions hold.
func nearest(rules []kernel.TrustRule, claims issuer.Claims) string {
	best, most := "", -1
	for _, r := range rules {
		if r.Issuer != claims.Text("iss") || !r.Active {
			continue
		}
		held := 0
		for _, c := range r.Conditions {
			if slices.ContainsFunc(claims.Values(c.Claim), func(v string) bool { return fits(c, v) }) {
				held++
			}
		}
		if held > most {
			best, most = fmt.Sprintf("The rule %q comes nearest: %s. ", r.Name, lacks(r, claims)), held
		}
	}
	return best
}
