package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/internal/hal"
)

// Link is one link of a resource.
type Link = hal.ReceivedLink

// Links holds the links of a resource by relation. A relation that has one
// link in the document is a list of one here.
type Links = hal.LinkSet

// Resource is what all documents of a broker share.
type Resource struct {
	Links Links `json:"_links"`
}

// Self returns the address of the resource, or "".
func (r Resource) Self() string {
	link, _ := r.Links.Find("self")
	return link.Href
}

// Index returns the broker's index, which it fetches once.
func (c *Client) Index(ctx context.Context) (Resource, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.index != nil {
		return *c.index, nil
	}
	var index Resource
	if err := c.Get(ctx, c.base+"/", &index); err != nil {
		return Resource{}, err
	}
	if len(index.Links) == 0 {
		return Resource{}, fmt.Errorf("%s answers, but not as a broker: its index has no links", c.base)
	}
	c.index = &index
	c.trust(index.Self())
	return index, nil
}

// Address returns the address of a relation of the index with its variables
// filled.
func (c *Client) Address(ctx context.Context, rel string, values map[string]string) (string, error) {
	index, err := c.Index(ctx)
	if err != nil {
		return "", err
	}
	link, found := index.Links.Find(rel)
	if !found {
		return "", fmt.Errorf("the broker at %s has no %s: its version may be too old", c.base, rel)
	}
	return hal.Expand(link.Href, values), nil
}

// at makes a request to a relation of the index.
func (c *Client) at(ctx context.Context, rel string, values map[string]string, r request, v any) error {
	address, err := c.Address(ctx, rel, values)
	if err != nil {
		return err
	}
	if r.method == "" {
		r.method = http.MethodGet
	}
	r.url = address
	return c.call(ctx, r, v)
}

// pair is one query parameter.
type pair struct{ name, value string }

// withQuery adds parameters to an address and keeps their order, which
// matters to brokers: a list of selectors starts anew where a name repeats.
func withQuery(address string, pairs ...pair) string {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	for _, p := range pairs {
		address += separator + url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
		separator = "&"
	}
	return address
}
