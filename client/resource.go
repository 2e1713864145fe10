package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/internal/hal"
)

// Link is one link of a resource (HAL): its address is Href, Name and Title are
// for people and for telling links of one relation apart. Templated says that
// Href has variables in braces, which [Client.Address] fills for those of the
// index.
type Link = hal.ReceivedLink

// Links holds the links of a resource by relation, such as "self" or
// "pb:publish-contracts". A relation that has one link in the document is a list
// of one here. Find returns the first link of a relation, Named the one with a
// name.
type Links = hal.LinkSet

// Resource is what all documents of a broker share.
type Resource struct {
	// Links is where to go from here; nil for a document without links.
	Links Links `json:"_links"`
}

// Self returns the address of the resource, or "" if the document has none.
func (r Resource) Self() string {
	link, _ := r.Links.Find("self")
	return link.Href
}

// Index returns the broker's index (GET /), which a client fetches once; a
// failure is not kept. The error of a server that answers and is not a broker
// says that its index has no links.
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

// Address returns the address of a relation of the index, such as
// "pb:pacticipant", with its variables filled from values and escaped. The error
// says that the broker has no such relation, which an old one may lack.
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
