package identity

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// The first rule that fits counts, so a rule also keeps tokens from those that come after
// it. Who takes it away, switches it off, moves it or has it ask for other claims lets
// those have the tokens: that gives what they give.

// mayLetBy refuses a change of rules, from what they were to what they are, by which one
// that gives more than whoever makes it has gets tokens that another took before.
func mayLetBy(tx kernel.Tx, by access.Who, was, are []kernel.TrustRule) error {
	for _, r := range freed(was, are) {
		owner, err := findAccount(tx, r.AccountUUID)
		if err != nil {
			return err
		}
		what := "the rule " + r.Name + ", which would have tokens that a rule before it takes,"
		if err := mayGive(tx, by, what, grants(owner.Permissions(), tokenOf(r)), receiver(owner, tokenOf(r))); err != nil {
			return err
		}
	}
	return nil
}

// freed are the rules that may have tokens by now which another rule took before they came
// to it.
func freed(was, are []kernel.TrustRule) []kernel.TrustRule {
	var out []kernel.TrustRule
	for at, r := range are {
		before := slices.IndexFunc(was, func(w kernel.TrustRule) bool { return w.ID == r.ID })
		if !r.Active || before < 0 {
			continue
		}
		if slices.ContainsFunc(was[:before], func(w kernel.TrustRule) bool { return w.Active && meet(w, r) && !stands(w, are[:at]) }) {
			out = append(out, r)
		}
	}
	return out
}

// stands reports whether a rule is among some as it was, as far as it matters to which
// tokens it takes.
func stands(w kernel.TrustRule, among []kernel.TrustRule) bool {
	return slices.ContainsFunc(among, func(r kernel.TrustRule) bool {
		return r.ID == w.ID && r.Active && r.Issuer == w.Issuer && r.Audience == w.Audience && slices.Equal(r.Conditions, w.Conditions)
	})
}

// meet reports whether there may be a token that fits both rules. Tokens may name several
// audiences, and several values of most claims.
func meet(a, b kernel.TrustRule) bool {
	if a.Issuer != b.Issuer {
		return false
	}
	for _, x := range a.Conditions {
		for _, y := range b.Conditions {
			if x.Claim == y.Claim && x.Value != y.Value && saysWhose(x.Claim) {
				return false
			}
		}
	}
	return true
}

// saysWhose reports whether a claim says whose a token is. It is one text wherever it is
// known, and exact in rules, so that a token has no other besides.
func saysWhose(claim string) bool {
	for _, claims := range shared {
		if slices.Contains(claims, claim) {
			return true
		}
	}
	return false
}

// DeleteTrust deletes a rule with the tokens that were given by it; they are refused from
// then on, on every replica within two seconds. What a pipeline shows itself may fit a
// rule that comes after it: such a rule gives no more than by has, or it is an error with
// [kernel.CodeForbidden].
func (s *Service) DeleteTrust(ctx context.Context, by access.Who, uuid string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		was, others, r, err := lockedRule(tx, uuid)
		if err != nil {
			return err
		}
		if err := mayLetBy(tx, by, was, others); err != nil {
			return err
		}
		if err := tx.DeleteTrustRule(r.ID); err != nil {
			return err
		}
		return number(tx, others)
	})
}

// lockedRule is one of all, which are held, and all and the others in their order.
func lockedRule(tx kernel.Tx, uuid string) (all, others []kernel.TrustRule, r kernel.TrustRule, err error) {
	all, err = lockedRules(tx)
	at := slices.IndexFunc(all, func(r kernel.TrustRule) bool { return r.UUID == uuid })
	if err == nil && at < 0 {
		err = errNoRule
	}
	if err != nil {
		return nil, nil, r, err
	}
	return all, slices.Delete(slices.Clone(all), at, at+1), all[at], nil
}

// placed puts a rule to a place among the others; nil is the one that it has.
func placed(others []kernel.TrustRule, r kernel.TrustRule, to *int) []kernel.TrustRule {
	place := r.Position
	if to != nil {
		place = *to
	}
	return slices.Insert(slices.Clone(others), min(max(place, 1), len(others)+1)-1, r)
}

// number gives rules, which are stored, the positions that they have in a list.
func number(tx kernel.Tx, all []kernel.TrustRule) error {
	for i := range all {
		if all[i].Position == i+1 {
			continue
		}
		all[i].Position = i + 1
		if err := tx.SaveTrustRule(all[i]); err != nil {
			return err
		}
	}
	return nil
}

func ofUUID(rules []kernel.TrustRule, uuid string) kernel.TrustRule {
	return rules[slices.IndexFunc(rules, func(r kernel.TrustRule) bool { return r.UUID == uuid })]
}
