package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// PactSummary is an entry of the broker's lists of pacts.
type PactSummary struct {
	Resource
	// Embedded tells the two applications: Consumer with the version that has
	// published the pact, Provider without one.
	Embedded struct {
		Consumer PactParty `json:"consumer"`
		Provider PactParty `json:"provider"`
	} `json:"_embedded"`
	// CreatedAt is when it was published, a time of RFC 3339.
	CreatedAt string `json:"createdAt"`
}

// PactParty is the consumer or provider of a [PactSummary].
type PactParty struct {
	// Name of the pacticipant.
	Name string `json:"name"`
	// Embedded holds the Version that has published the pact, by its Number;
	// both are empty for a provider.
	Embedded struct {
		Version struct {
			Number string `json:"number"`
		} `json:"version"`
	} `json:"_embedded"`
}

// ListLatestPacts returns the latest pact of every consumer and provider (GET
// /pacts/latest).
func (c *Client) ListLatestPacts(ctx context.Context) (Listing[PactSummary], error) {
	var raw json.RawMessage
	if err := c.at(ctx, "pb:latest-pact-versions", nil, request{}, &raw); err != nil {
		return Listing[PactSummary]{}, err
	}
	var found struct {
		Pacts []PactSummary `json:"pacts"`
	}
	err := unmarshal(raw, &found)
	return Listing[PactSummary]{Entries: found.Pacts, Raw: raw}, err
}

// PactQuery names pacts by provider, branch and consumer.
type PactQuery struct {
	// Provider is the name of the provider; it is needed.
	Provider string
	// Consumer narrows to one consumer; all when empty.
	Consumer string
	// Branch of the consumer; its main branch when empty.
	Branch string
	// Latest takes the newest version of the branch only.
	Latest bool
}

// ListPacts returns links to the pacts that q names, by one of the relations
// pb:provider-pacts-with-branch, pb:branch-pact-versions and their like. An old
// broker may lack them, which is an error that says so. ErrNotFound means that
// the provider, the consumer or the branch does not exist.
func (c *Client) ListPacts(ctx context.Context, q PactQuery) (Listing[Link], error) {
	rel := "pb:provider-pacts-with-branch"
	switch {
	case q.Branch == "" && q.Latest:
		rel = "pb:latest-provider-pacts-with-main-branch"
	case q.Branch == "":
		rel = "pb:provider-pacts-with-main-branch"
	case q.Latest:
		rel = "pb:latest-provider-pacts-with-branch"
	}
	if q.Consumer != "" {
		rel = q.pairRelation()
	}
	values := map[string]string{"provider": q.Provider, "consumer": q.Consumer, "branch": q.Branch}
	var raw json.RawMessage
	if err := c.at(ctx, rel, values, request{method: http.MethodGet}, &raw); err != nil {
		return Listing[Link]{}, err
	}
	var found Resource
	if err := unmarshal(raw, &found); err != nil {
		return Listing[Link]{}, err
	}
	for _, name := range []string{"pb:pacts", "pacts", "pb:pact-versions", "pact-versions"} {
		if links := found.Links[name]; len(links) > 0 {
			return Listing[Link]{Entries: links, Raw: raw}, nil
		}
	}
	return Listing[Link]{Raw: raw}, nil
}

func (q PactQuery) pairRelation() string {
	switch {
	case q.Branch == "" && q.Latest:
		return "pb:latest-main-branch-pact-versions"
	case q.Branch == "":
		return "pb:main-branch-pact-versions"
	case q.Latest:
		return "pb:latest-branch-pact-versions"
	default:
		return "pb:branch-pact-versions"
	}
}

// ProviderState is a precondition that consumers ask of a provider.
type ProviderState struct {
	// Name is the text by which pacts ask for it.
	Name string `json:"name"`
	// Params are the parameters it is asked for with; nil for none.
	Params map[string]any `json:"params,omitempty"`
	// Consumers are the names of those who ask for it.
	Consumers []string `json:"consumers"`
}

// ListProviderStates returns the provider states that the pacts of a provider
// need: of the consumers' main branches, or of branch, or else of environment, if
// one is not empty (GET /pacts/provider/{name}/provider-states). ErrNotFound means
// that there is no such provider or environment, or that the broker is too old.
func (c *Client) ListProviderStates(ctx context.Context, provider, branch, environment string) (Listing[ProviderState], error) {
	address := c.base + "/pacts/provider/" + url.PathEscape(provider) + "/provider-states"
	switch {
	case branch != "":
		address += "/branch/" + url.PathEscape(branch)
	case environment != "":
		address += "/environment/" + url.PathEscape(environment)
	}
	var raw json.RawMessage
	if err := c.Get(ctx, address, &raw); err != nil {
		return Listing[ProviderState]{}, err
	}
	var found struct {
		States []ProviderState `json:"providerStates"`
	}
	err := unmarshal(raw, &found)
	return Listing[ProviderState]{Entries: found.States, Raw: raw}, err
}
