package client

import (
	"context"
	"encoding/json"
	"net/url"
)

// UsageQuery asks what consumers use of an application. Only Pacticipant is needed.
type UsageQuery struct {
	Pacticipant string
	// Endpoint such as "GET /products/{id}", and Field such as "$.price".
	Endpoint, Field string
	// Environment restricts to versions that are live there.
	Environment string
}

// Usage is what consumers use of an application.
type Usage struct {
	// Readers are the uses, each of one version of a consumer.
	Readers []UsageReader
	// Breaks are by environment the versions that use any of it; a list is empty
	// where nobody does.
	Breaks map[string][]UsageVersion
	// Uncounted are consumers none of whose contracts counts, and ToldInPart those
	// of whose contracts not everything is told.
	Uncounted, ToldInPart []string
	// Raw is the answer as the broker gave it.
	Raw json.RawMessage
}

// UsageReader is a use of something by a version of a consumer.
type UsageReader struct {
	// Endpoint and Field are what is used; Use is "reads" or "sends".
	Endpoint string `json:"endpoint"`
	Field    string `json:"field"`
	Use      string `json:"use"`
	// Consumer and Version use it.
	Consumer string `json:"consumer"`
	Version  string `json:"version"`
	// Environments are those where the version is live.
	Environments []string `json:"environments"`
	// MainBranch is the branch that it is the newest of; empty if it is not.
	MainBranch string `json:"mainBranch"`
	// Rule names the matching rules, and Interactions are the descriptions.
	Rule         string   `json:"rule"`
	Interactions []string `json:"interactions"`
}

// UsageVersion is a version that uses something.
type UsageVersion struct {
	// Consumer is its application, Version its number.
	Consumer string `json:"consumer"`
	Version  string `json:"version"`
}

// FindUsage returns what consumers use of an application, by the contracts of their
// main branches and of live versions (GET /pacticipants/{name}/usage). ErrNotFound
// means that there is no such application, or that the broker is too old.
func (c *Client) FindUsage(ctx context.Context, q UsageQuery) (Usage, error) {
	asked := url.Values{}
	for name, value := range map[string]string{"endpoint": q.Endpoint, "field": q.Field, "environment": q.Environment} {
		if value != "" {
			asked.Set(name, value)
		}
	}
	address := c.base + "/pacticipants/" + url.PathEscape(q.Pacticipant) + "/usage"
	if len(asked) > 0 {
		address += "?" + asked.Encode()
	}
	var raw json.RawMessage
	if err := c.Get(ctx, address, &raw); err != nil {
		return Usage{}, err
	}
	var found struct {
		Breaks     map[string][]UsageVersion `json:"breaks"`
		Uncounted  []string                  `json:"uncounted"`
		ToldInPart []string                  `json:"toldInPart"`
		Embedded   struct {
			Readers []UsageReader `json:"readers"`
		} `json:"_embedded"`
	}
	err := unmarshal(raw, &found)
	return Usage{Readers: found.Embedded.Readers, Breaks: found.Breaks, Uncounted: found.Uncounted, ToldInPart: found.ToldInPart, Raw: raw}, err
}
