package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/treatyhq/treaty/internal/redact"
)

// VerificationQuery asks which pacts a provider version should verify.
type VerificationQuery struct {
	// Provider is the pacticipant whose pacts are asked for; it is needed.
	Provider string `json:"-"`
	// ProviderVersionBranch and ProviderVersionTags are those of the version
	// that is about to verify. They say for whom a pact is pending or work in
	// progress, and are needed for both.
	ProviderVersionBranch string   `json:"providerVersionBranch,omitempty"`
	ProviderVersionTags   []string `json:"providerVersionTags,omitempty"`
	// Selectors name the pacts; none leaves the choice to the broker: a Treaty
	// broker takes the latest of each consumer's main branch (of each consumer
	// without one) and what is deployed or released.
	// It is always sent, as the compatibility suite's broker expects.
	Selectors []ConsumerVersionSelector `json:"consumerVersionSelectors"`
	// IncludePending asks the broker to mark pacts that no version of this
	// branch, or of these tags, has verified successfully yet.
	IncludePending bool `json:"includePendingStatus"`
	// IncludeWIPSince adds heads of other branches published since this date,
	// such as 2026-01-31 or a time of RFC 3339, that are not verified
	// successfully yet; none when empty.
	IncludeWIPSince string `json:"includeWipPactsSince,omitempty"`
}

// ConsumerVersionSelector names pacts for verification by the consumer versions
// that published them (https://docs.pact.io/selectors). Fields that are empty or
// false are not sent. The broker refuses what does not go together.
type ConsumerVersionSelector struct {
	// Consumer restricts the others to one consumer, by name.
	Consumer string `json:"consumer,omitempty"`
	// Branch is the newest version of a branch; FallbackBranch that of another
	// one, for consumers without Branch.
	Branch         string `json:"branch,omitempty"`
	FallbackBranch string `json:"fallbackBranch,omitempty"`
	// MainBranch is the newest version of each consumer's main branch.
	MainBranch bool `json:"mainBranch,omitempty"`
	// MatchingBranch is the newest version of the branch that is called like
	// the provider's.
	MatchingBranch bool `json:"matchingBranch,omitempty"`
	// Tag is all versions with a tag or, with Latest, the newest of them;
	// FallbackTag the newest with another tag, for consumers without Tag.
	Tag         string `json:"tag,omitempty"`
	FallbackTag string `json:"fallbackTag,omitempty"`
	// Latest alone is the newest version of each consumer.
	Latest bool `json:"latest,omitempty"`
	// Deployed and Released are what is deployed, or released and supported, in
	// Environment or anywhere; DeployedOrReleased is both.
	Deployed           bool `json:"deployed,omitempty"`
	Released           bool `json:"released,omitempty"`
	DeployedOrReleased bool `json:"deployedOrReleased,omitempty"`
	// Environment is a name; alone it is what is deployed or released there.
	Environment string `json:"environment,omitempty"`
	// Members are sent as they are besides the fields; they win over them. They
	// are the way to send what a newer broker understands.
	Members map[string]any `json:"-"`
}

// PactForVerification is one pact to verify, and why.
type PactForVerification struct {
	// URL of the pact. It carries how the pact was chosen, so the results
	// must be published to the pact fetched from exactly here.
	URL string
	// Name is the pact's for people.
	Name string
	// ShortDescription names the selectors that chose it, in a few words.
	ShortDescription string
	// Pending says that a failure must not fail the build; false unless
	// IncludePending asked for it.
	Pending bool
	// WIP says that it is there as work in progress; then it is pending too.
	WIP bool
	// Notices are lines to print before and after it is verified.
	Notices []VerificationNotice
}

// VerificationNotice is a line to print before or after a verification.
type VerificationNotice struct {
	// When is before_verification or
	// after_verification:success_{true|false}_published_{true|false}.
	When string `json:"when"`
	// Text is a sentence or two.
	Text string `json:"text"`
}

// PactsForVerification asks which pacts to verify (POST
// /pacts/provider/{name}/for-verification). ErrNotFound means that the broker
// does not know the provider, ErrInvalid that selectors do not go together.
func (c *Client) PactsForVerification(ctx context.Context, q VerificationQuery) ([]PactForVerification, error) {
	var answer struct {
		Embedded struct {
			Pacts []struct {
				Resource
				ShortDescription       string `json:"shortDescription"`
				VerificationProperties struct {
					Pending bool                 `json:"pending"`
					WIP     bool                 `json:"wip"`
					Notices []VerificationNotice `json:"notices"`
				} `json:"verificationProperties"`
			} `json:"pacts"`
		} `json:"_embedded"`
	}
	values := map[string]string{"provider": q.Provider}
	if q.Selectors == nil {
		q.Selectors = []ConsumerVersionSelector{}
	}
	r := request{method: http.MethodPost, body: q}
	if err := c.at(ctx, "pb:provider-pacts-for-verification", values, r, &answer); err != nil {
		return nil, fmt.Errorf("ask for the pacts of %s: %w", q.Provider, err)
	}
	var pacts []PactForVerification
	for _, p := range answer.Embedded.Pacts {
		self, _ := p.Links.Find("self")
		pacts = append(pacts, PactForVerification{
			URL:              self.Href,
			Name:             self.Name,
			ShortDescription: p.ShortDescription,
			Pending:          p.VerificationProperties.Pending,
			WIP:              p.VerificationProperties.WIP,
			Notices:          p.VerificationProperties.Notices,
		})
	}
	return pacts, nil
}

// Pact is a pact as the broker serves it.
type Pact struct {
	Resource
	// URL it was fetched from.
	URL string `json:"-"`
	// Content is the pact's text, with the broker's links in it.
	Content []byte `json:"-"`
}

// FetchPact fetches a pact by its address. It works for a pact on any web
// server; only one from a broker has links, and only the broker of c, or a server
// of the same origin, gets the credentials. The content is JSON; whether it is a
// pact is for [contract.Decode] to tell.
func (c *Client) FetchPact(ctx context.Context, address string) (Pact, error) {
	var raw json.RawMessage
	if err := c.Get(ctx, address, &raw); err != nil {
		return Pact{}, fmt.Errorf("fetch the pact %s: %w", redact.URL(address), err)
	}
	pact := Pact{URL: address, Content: raw}
	if err := unmarshal(raw, &pact); err != nil {
		return Pact{}, fmt.Errorf("fetch the pact %s: %w", redact.URL(address), err)
	}
	return pact, nil
}

// VerificationResult is the outcome of verifying one pact.
type VerificationResult struct {
	// Success says that the provider keeps the whole pact.
	Success bool `json:"success"`
	// ProviderVersion is the version number of the provider that was verified.
	ProviderVersion string `json:"providerApplicationVersion"`
	// BuildURL is the build that verified; empty if there is none.
	BuildURL string `json:"buildUrl,omitempty"`
	// TestResults is kept by the broker as it is; anything that marshals to a
	// JSON object or array, or nil.
	TestResults any `json:"testResults,omitempty"`
	// VerifiedBy names the program that verified; nil if that is not said.
	VerifiedBy *VerifiedBy `json:"verifiedBy,omitempty"`
}

// VerifiedBy names the program that verified.
type VerifiedBy struct {
	// Implementation is a name such as "Treaty", and Version its version.
	Implementation string `json:"implementation"`
	Version        string `json:"version"`
}

// ErrNoResultsLink means that a pact does not come from a broker, or from one
// that takes no results.
var ErrNoResultsLink = errors.New("the pact has no link for verification results: it was not fetched from a broker")

// PublishVerificationResult stores a result with the pact (POST to the pact's
// link "pb:publish-verification-results") and returns the address of the result.
// The version is created if it is missing. Put the provider version on its branch and tags
// first ([Client.AddVersionToBranch], [Client.TagVersion]): the broker works
// out what is pending from them. The error is [ErrNoResultsLink] for a pact that
// was not fetched from a broker.
func (c *Client) PublishVerificationResult(ctx context.Context, p Pact, result VerificationResult) (string, error) {
	link, found := p.Links.Find("pb:publish-verification-results")
	if !found {
		return "", ErrNoResultsLink
	}
	var published Resource
	r := request{method: http.MethodPost, url: link.Href, body: result}
	if err := c.call(ctx, r, &published); err != nil {
		return "", fmt.Errorf("publish the verification result: %w", err)
	}
	return published.Self(), nil
}

// unmarshal decodes an answer that was kept raw.
func unmarshal(raw json.RawMessage, v any) error {
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("the answer is not what a broker sends: %w", err)
	}
	return nil
}
