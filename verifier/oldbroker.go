package verifier

import (
	"context"
	"fmt"

	"github.com/treatyhq/treaty/client"
)

// pactsForVerification is how brokers since 2.62 are asked. Older ones only
// list the latest pact of each consumer.
const pactsForVerification = "pb:provider-pacts-for-verification"

// latestPacts asks a broker that knows no selectors for the latest pacts of
// the provider, overall or with each of the tags. It reports whether the broker
// is one of these.
func (l *loader) latestPacts(ctx context.Context, c *client.Client) (found []client.PactForVerification, old bool, err error) {
	index, err := c.Index(ctx)
	if err != nil {
		return nil, false, err
	}
	_, knows := index.Links.Find(pactsForVerification)
	_, lists := index.Links.Find("pb:latest-provider-pacts")
	if knows || !lists {
		return nil, false, nil
	}
	if len(l.opts.Broker.Selectors) > 0 {
		return nil, true, fmt.Errorf("the broker at %s is too old for consumer version selectors; use tags, or none", c.BaseURL())
	}
	if len(l.opts.Broker.Tags) == 0 {
		found, err = listedPacts(ctx, c, "pb:latest-provider-pacts", map[string]string{"provider": l.opts.Provider})
		return found, true, err
	}
	for _, tag := range l.opts.Broker.Tags {
		more, err := listedPacts(ctx, c, "pb:latest-provider-pacts-with-tag", map[string]string{"provider": l.opts.Provider, "tag": tag})
		if err != nil {
			return nil, true, err
		}
		found = append(found, more...)
	}
	return found, true, nil
}

// listedPacts reads a list of pacts by its links, under either name.
func listedPacts(ctx context.Context, c *client.Client, rel string, values map[string]string) ([]client.PactForVerification, error) {
	address, err := c.Address(ctx, rel, values)
	if err != nil {
		return nil, err
	}
	var list client.Resource
	if err := c.Get(ctx, address, &list); err != nil {
		return nil, err
	}
	links := list.Links["pb:pacts"]
	if len(links) == 0 {
		links = list.Links["pacts"]
	}
	var found []client.PactForVerification
	for _, link := range links {
		found = append(found, client.PactForVerification{URL: link.Href, Name: link.Name})
	}
	return found, nil
}
