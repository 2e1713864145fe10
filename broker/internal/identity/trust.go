package identity

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// TrustInput is what a request says about a trust rule. Of a change, nil leaves what there
// is.
type TrustInput struct {
	// UUID is that of the rule to make; empty draws one.
	UUID                   string
	Name, Issuer, Audience *string
	// Match are the values that claims have to have.
	Match map[string]string
	// Account is the UUID of the system account that holders of tokens are. It does not
	// change.
	Account *string
	Writes  *bool
	// Permissions narrow those of the account; a list without any leaves them all.
	Permissions *[]string
	Active      *bool
	// Position is that among all rules, from 1; one beyond the last means the last.
	Position *int
	// Seen is the state that somebody looked at before they changed the rule, as
	// [StateOfTrust] tells it: a change is CodeConflict if it is another by now. Empty asks
	// not.
	Seen string
}

// StateOfTrust tells one state of a rule from another.
func StateOfTrust(r kernel.TrustRule) string {
	return kernel.StateOf(append([]string{r.Name, r.Issuer, r.Audience, fmt.Sprint(r.Conditions), fmt.Sprint(r.Writes, r.Active, r.Position)}, r.Permissions...)...)
}

// KnownIssuers are those that many have, for whoever writes a rule.
func KnownIssuers() []string { return slices.Sorted(maps.Keys(shared)) }

const (
	mostConditions = 20
	// mostRules bounds what is read for each token that is new.
	mostRules    = 500
	longestClaim = 255
	longestValue = 500
	longestURL   = 500
)

// patternClaims are those whose value in a rule may have a "*", for any text: names of
// branches, tags and environments are made by those who work on what the other claims
// name.
var patternClaims = []string{"ref", "ref_path", "base_ref", "head_ref", "branch", "tag", "build_branch", "environment", "deployment_tier"}

// standard are claims that the broker judges itself, or that are new in each token.
var standard = []string{"iss", "aud", "exp", "nbf", "iat", "jti"}

// shared are issuers whose tokens anybody can have, with the claims that say whose they
// are. A rule without one of them would let in the world.
var shared = map[string][]string{
	"https://token.actions.githubusercontent.com": {"repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id", "sub"},
	"https://gitlab.com":                          {"project_id", "project_path", "namespace_id", "namespace_path", "sub"},
	"https://agent.buildkite.com":                 {"organization_slug", "organization_id", "pipeline_id", "sub"},
	"https://accounts.google.com":                 {"sub", "email"},
	"https://app.terraform.io":                    {"terraform_organization_id", "terraform_organization_name", "terraform_workspace_id", "sub"},
}

// owners are the claims of which a rule for an issuer needs one; nil means any.
func owners(issuer string) []string {
	if strings.HasPrefix(issuer, "https://oidc.circleci.com/") { // an issuer for each organization
		return nil
	}
	return shared[strings.TrimSuffix(issuer, "/")]
}

// onto writes what is given into a rule, and adds what is wrong with the whole.
func (in TrustInput) onto(fields kernel.Fields, r *kernel.TrustRule) {
	for _, text := range []struct {
		given *string
		to    *string
	}{{in.Name, &r.Name}, {in.Issuer, &r.Issuer}, {in.Audience, &r.Audience}} {
		if text.given != nil {
			*text.to = *text.given
		}
	}
	if in.Match != nil {
		r.Conditions = nil
		for _, claim := range slices.Sorted(maps.Keys(in.Match)) {
			r.Conditions = append(r.Conditions, kernel.Condition{Claim: claim, Value: in.Match[claim]})
		}
	}
	if in.Writes != nil {
		r.Writes = *in.Writes
	}
	if in.Active != nil {
		r.Active = *in.Active
	}
	if in.Permissions != nil {
		checkPermissions(fields, "permissions", *in.Permissions)
		if r.Permissions = each(*in.Permissions); len(r.Permissions) == 0 {
			r.Permissions = nil
		}
	}
	checkName(fields, "name", r.Name)
	checkIssuer(fields, r.Issuer)
	checkText(fields, "audience", r.Audience, longestURL)
	checkConditions(fields, *r)
	if in.Position != nil && *in.Position < 1 {
		fields.Add("position", "must be 1 for the rule that is tried first, or more")
	}
}

// checkText adds what is wrong with a text of one line.
func checkText(fields kernel.Fields, field, text string, longest int) {
	if text == "" {
		fields.Add(field, "must be given")
		return
	}
	kernel.CheckLine(fields, field, text)
	if len(text) > longest {
		fields.Add(field, "must have at most %d bytes", longest)
	}
}

// checkIssuer adds what is wrong with the address of an issuer.
func checkIssuer(fields kernel.Fields, text string) {
	checkText(fields, "issuer", text, longestURL)
	u, err := url.Parse(text)
	switch {
	case text == "":
	case err != nil || u.Host == "" || u.Opaque != "":
		fields.Add("issuer", "must be the address that tokens have in the claim iss, such as https://token.actions.githubusercontent.com")
	case u.Scheme != "https" && (u.Scheme != "http" || !isThisMachine(u.Hostname())):
		fields.Add("issuer", "must begin with https: whoever could change the keys on the way could make tokens")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "#"):
		fields.Add("issuer", "must have neither user nor query nor fragment")
	}
}

func isThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func checkConditions(fields kernel.Fields, r kernel.TrustRule) {
	if len(r.Conditions) == 0 {
		fields.Add("match", "must have at least one claim, such as repository_id: without one, whoever has a token of the issuer is let in")
		return
	}
	if len(r.Conditions) > mostConditions {
		fields.Add("match", "has %d claims; at most %d are allowed", len(r.Conditions), mostConditions)
	}
	for _, c := range r.Conditions {
		checkCondition(fields, c)
	}
	wanted := owners(r.Issuer)
	if wanted != nil && !slices.ContainsFunc(r.Conditions, func(c kernel.Condition) bool { return slices.Contains(wanted, c.Claim) }) {
		fields.Add("match", "must have one of %s: everybody can have tokens of %s", strings.Join(wanted, ", "), r.Issuer)
	}
}

func checkCondition(fields kernel.Fields, c kernel.Condition) {
	field := "match." + c.Claim
	switch {
	case strings.TrimSpace(c.Claim) == "" || len(c.Claim) > longestClaim:
		fields.Add("match", "has a claim without a name, or with one of more than %d bytes", longestClaim)
		return
	case slices.Contains(standard, c.Claim):
		fields.Add("match", "must not have %s, which the broker judges itself", c.Claim)
		return
	}
	kernel.CheckLine(fields, field, c.Claim)
	checkText(fields, field, c.Value, longestValue)
	if strings.Contains(c.Value, "*") && !slices.Contains(patternClaims, c.Claim) {
		fields.Add(field, "must be the exact value: a * stands for any text in %s only", strings.Join(patternClaims, ", "))
	}
	if strings.Trim(c.Value, "*") == "" && c.Value != "" {
		fields.Add(field, "fits everything: leave the claim out")
	}
}

// ListTrust returns all rules in the order in which they are tried.
func (s *Service) ListTrust(ctx context.Context) ([]kernel.TrustRule, error) {
	return view(ctx, s, kernel.Tx.ListTrustRules)
}

// FindTrust returns the rule with the UUID.
func (s *Service) FindTrust(ctx context.Context, uuid string) (kernel.TrustRule, error) {
	return view(ctx, s, func(tx kernel.Tx) (kernel.TrustRule, error) { return findTrust(tx, uuid) })
}

func findTrust(tx kernel.Tx, uuid string) (kernel.TrustRule, error) {
	rules, err := tx.ListTrustRules()
	at := slices.IndexFunc(rules, func(r kernel.TrustRule) bool { return r.UUID == uuid })
	if err == nil && at < 0 {
		err = errNoRule
	}
	if err != nil {
		return kernel.TrustRule{}, err
	}
	return rules[at], nil
}

var errNoRule = kernel.Errorf(kernel.CodeNotFound, "There is no trust rule with this uuid.")

// CreateTrust makes a rule, by default one that reads and writes, is switched on, and is
// tried after all others.
func (s *Service) CreateTrust(ctx context.Context, by access.Who, in TrustInput) (out kernel.TrustRule, err error) {
	r := kernel.TrustRule{UUID: cmp.Or(in.UUID, s.NewID()), Writes: true, Active: true, CreatedAt: s.Moment()}
	fields := kernel.Fields{}
	in.onto(fields, &r)
	kernel.CheckDrawn(fields, in.UUID)
	if in.Account == nil || *in.Account == "" {
		fields.Add("account", "must be given: the uuid of the system account that holders of such tokens are")
	}
	if err := fields.Err(); err != nil {
		return out, err
	}
	was := func(tx kernel.Tx) (same bool, err error) {
		out, err = findTrust(tx, r.UUID)
		there := out
		there.Position = 0 // where it is tried is among others, which move
		return there.AccountUUID == *in.Account && StateOfTrust(there) == StateOfTrust(r), err
	}
	err = s.MakeOnce(ctx, in.UUID, was, func(tx kernel.Tx) error {
		r := r
		owner, err := lockedAccount(tx, kernel.ToChange, *in.Account)
		if kernel.IsNotFound(err) {
			return kernel.Fields{"account": {"is no account's uuid; GET /admin/users lists them"}}.Err()
		}
		if err != nil {
			return err
		}
		if owner.Kind != kernel.KindAccount {
			return kernel.Fields{"account": {"must be a system account: people log in themselves"}}.Err()
		}
		others, err := lockedRules(tx)
		if err != nil {
			return err
		}
		if len(others) >= mostRules {
			return kernel.Errorf(kernel.CodeConflict, "There are %d trust rules, and there can be no more. Several can often be one: * stands for any text in the name of a branch or an environment.", mostRules)
		}
		if err := mayGive(tx, by, "this rule", grants(owner.Permissions(), tokenOf(r)), receiver(owner, tokenOf(r))); err != nil {
			return err
		}
		r.PrincipalID, r.Account, r.AccountUUID = owner.ID, owner.Name, owner.UUID
		r.Position = len(others) + 1
		if r, err = tx.CreateTrustRule(r); err != nil {
			return err
		}
		are := placed(others, r, in.Position)
		if err := number(tx, are); err != nil {
			return err
		}
		out = ofUUID(are, r.UUID)
		return nil
	})
	return out, kernel.OrNameTaken(err, aTrustRule)
}

// tokenOf is what tokens by a rule are, as far as it matters to what they may do.
func tokenOf(r kernel.TrustRule) kernel.Token {
	return kernel.Token{Writes: r.Writes, Permissions: r.Permissions}
}

// ChangeTrust writes what is given.
func (s *Service) ChangeTrust(ctx context.Context, by access.Who, uuid string, in TrustInput) (out kernel.TrustRule, err error) {
	at := s.Moment()
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		found, err := findTrust(tx, uuid)
		if err != nil {
			return err
		}
		owner, err := lockedAccount(tx, kernel.ToChange, found.AccountUUID)
		if err != nil {
			return err
		}
		was, others, r, err := lockedRule(tx, uuid)
		if err != nil {
			return err
		}
		if in.Seen != "" && in.Seen != StateOfTrust(r) {
			return kernel.Errorf(kernel.CodeConflict, "Somebody else has changed this rule since you opened it. Nothing of yours is stored: look at it as it is now, and change it again.")
		}
		fields := kernel.Fields{}
		in.onto(fields, &r)
		if in.Account != nil {
			fields.Add("account", "does not change: make another rule")
		}
		if err := fields.Err(); err != nil {
			return err
		}
		if err := mayGive(tx, by, "this rule", grants(owner.Permissions(), tokenOf(r)), receiver(owner, tokenOf(r))); err != nil {
			return err
		}
		are := placed(others, r, in.Position)
		if err := mayLetBy(tx, by, was, are); err != nil {
			return err
		}
		r.UpdatedAt = at
		if err := tx.SaveTrustRule(r); err != nil {
			return err
		}
		if err := number(tx, are); err != nil {
			return err
		}
		out = ofUUID(are, uuid)
		return nil
	})
	return out, kernel.OrNameTaken(err, aTrustRule)
}

// lockedRules are all rules, held: the place of one is among the others.
func lockedRules(tx kernel.Tx) ([]kernel.TrustRule, error) {
	rules, err := tx.ListTrustRules()
	if err != nil {
		return nil, err
	}
	if err := tx.LockLeft(kernel.ToChange, kernel.RowsOf(rules)...); err != nil {
		return nil, err
	}
	return tx.ListTrustRules()
}
