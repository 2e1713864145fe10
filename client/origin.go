package client

import (
	"net/url"
	"strings"
)

// Credentials go only where the user sent them: to the origin (scheme, host
// and port) of the base URL, and to the one the broker's index calls its own,
// unless that would drop https. A link in a pact that leads elsewhere gets
// none.

// trust adds the origin of an address to those that get the credentials.
func (c *Client) trust(address string) {
	own := origin(address)
	if own == "" || strings.HasPrefix(c.base, "https://") && !strings.HasPrefix(own, "https://") {
		return
	}
	c.trusted.Store(own, true)
}

// trusts reports whether an address may get the credentials.
func (c *Client) trusts(address string) bool {
	_, found := c.trusted.Load(origin(address))
	return found
}

// origin returns scheme, host and port, or "" for what is not an absolute URL.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}
