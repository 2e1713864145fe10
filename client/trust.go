package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// TrustRule says which tokens of an issuer a broker takes, and as which account's:
// pipelines then show the token of their build server, and keep no secret of the broker.
// Only Treaty brokers have them.
type TrustRule struct {
	// UUID is the broker's name for it, which stays when Name changes.
	UUID string `json:"uuid"`
	// Name is unique.
	Name string `json:"name"`
	// Issuer is the claim iss of the tokens, Audience one of their claim aud.
	Issuer   string `json:"issuer"`
	Audience string `json:"audience"`
	// Match are the values that other claims have to have, all of them. A * stands for
	// any text, in names of branches, tags and environments.
	Match map[string]string `json:"match"`
	// Account is the UUID of the account that their holders are.
	Account string `json:"account"`
	// Write is false where the tokens only read.
	Write bool `json:"write"`
	// Permissions narrow those of the account; nil leaves them all.
	Permissions []string `json:"permissions"`
	// Active is false for a rule that fits nothing.
	Active bool `json:"active"`
	// Position is that among all rules, from 1: the first that fits counts.
	Position int `json:"position"`
	// LastUsedAt is zero for one that was not used yet; it may be a minute late.
	LastUsedAt time.Time `json:"lastUsedAt"`
}

// TrustRuleChange says what a rule is to be. Nil leaves what there is.
type TrustRuleChange struct {
	// Name, Issuer, Audience and Match are those of [TrustRule]; a new rule needs them.
	Name     *string           `json:"name,omitempty"`
	Issuer   *string           `json:"issuer,omitempty"`
	Audience *string           `json:"audience,omitempty"`
	Match    map[string]string `json:"match,omitempty"`
	// Account is a UUID. A new rule needs one, and keeps it.
	Account *string `json:"account,omitempty"`
	// Write is true for a new rule.
	Write *bool `json:"write,omitempty"`
	// Permissions narrow those of the account; an empty list leaves them all.
	Permissions *[]string `json:"permissions,omitempty"`
	// Active is true for a new rule.
	Active *bool `json:"active,omitempty"`
	// Position is the last for a new rule.
	Position *int `json:"position,omitempty"`
}

// TrustTrial is what comes of a token that is tried on all rules.
type TrustTrial struct {
	// Claims are what the token says.
	Claims map[string]any `json:"claims"`
	// Verified is false for a token that would not count whatever the rules say, and
	// Problem says why.
	Verified bool   `json:"verified"`
	Problem  string `json:"problem"`
	// Rules are all, in the order in which they are tried.
	Rules []TrustFit `json:"rules"`
}

// TrustFit is a rule that a token was tried on.
type TrustFit struct {
	// UUID and Name are those of the rule, Account the name of its account.
	UUID    string `json:"uuid"`
	Name    string `json:"name"`
	Account string `json:"account"`
	// Fits is true if the token does, and Counts if this rule would let it in; Lacks says
	// what is missing otherwise.
	Fits   bool   `json:"fits"`
	Counts bool   `json:"counts"`
	Lacks  string `json:"lacks"`
}

// ListTrustRules returns all rules in the order in which they are tried (GET
// /admin/trust-rules).
func (c *Client) ListTrustRules(ctx context.Context) ([]TrustRule, error) {
	var got struct {
		Embedded struct {
			Rules []TrustRule `json:"trustRules"`
		} `json:"_embedded"`
	}
	return got.Embedded.Rules, c.access(ctx, http.MethodGet, nil, &got, "trust-rules")
}

// CreateTrustRule makes a rule (POST /admin/trust-rules).
func (c *Client) CreateTrustRule(ctx context.Context, in TrustRuleChange) (out TrustRule, err error) {
	return out, c.access(ctx, http.MethodPost, in, &out, "trust-rules")
}

// UpdateTrustRule changes a rule (PUT /admin/trust-rules/{uuid}).
func (c *Client) UpdateTrustRule(ctx context.Context, uuid string, in TrustRuleChange) (out TrustRule, err error) {
	return out, c.access(ctx, http.MethodPut, in, &out, "trust-rules", uuid)
}

// DeleteTrustRule deletes a rule; tokens that were let in by it are refused within two
// seconds (DELETE /admin/trust-rules/{uuid}).
func (c *Client) DeleteTrustRule(ctx context.Context, uuid string) error {
	return c.access(ctx, http.MethodDelete, nil, nil, "trust-rules", uuid)
}

// TryTrustRules says which rule a token of an issuer fits, and of the others why not.
// Nobody is let in (POST /admin/trust-rules/try).
func (c *Client) TryTrustRules(ctx context.Context, token string) (out TrustTrial, err error) {
	return out, c.access(ctx, http.MethodPost, map[string]string{"token": token}, &out, "trust-rules", "try")
}

// ExchangeToken gives the token of an issuer that fits a trust rule, and returns one of
// the broker that counts for expires, an hour today (POST /oauth/token, RFC 8693).
func (c *Client) ExchangeToken(ctx context.Context, token string) (value string, expires time.Duration, err error) {
	var got struct {
		Value   string `json:"access_token"`
		Expires int    `json:"expires_in"`
	}
	err = c.call(ctx, request{method: http.MethodPost, url: c.base + "/oauth/token", contentType: typeForm, body: url.Values{
		"grant_type":         {"urn:ietf:params:oauth:grant-type:token-exchange"},
		"subject_token":      {token},
		"subject_token_type": {"urn:ietf:params:oauth:token-type:jwt"},
	}}, &got)
	return got.Value, time.Duration(got.Expires) * time.Second, err
}
