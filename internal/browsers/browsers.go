// Package browsers keeps pages of other sites from using a server that the browser
// of somebody can reach, with the passwords that it remembers and from the network
// that it is in. Programs other than browsers notice nothing of it.
package browsers

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// ErrOtherSite means that a page of another site has sent a request that would
// change something.
var ErrOtherSite = errors.New("a page of another site sent this request")

// Guard refuses requests that would change something and come from a page of another
// site, unless it is one of the trusted origins, such as https://broker.example.org.
// What has neither Origin nor Sec-Fetch-Site comes from a program, and passes. The
// guard is safe for concurrent use.
type Guard struct{ protection *http.CrossOriginProtection }

// NewGuard returns a guard. Of a trusted address its scheme and its host count.
func NewGuard(trusted []string) Guard {
	protection := http.NewCrossOriginProtection()
	for _, address := range trusted {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			// A proxy may call the server by another name than browsers do.
			_ = protection.AddTrustedOrigin(u.Scheme + "://" + u.Host) // it is one, or has no effect
		}
	}
	return Guard{protection}
}

// Check returns [ErrOtherSite], or nil for a request that may pass.
func (g Guard) Check(r *http.Request) error {
	if g.protection.Check(r) != nil {
		return ErrOtherSite
	}
	return nil
}

// KnownHost reports whether a Host header names the server as only its own users do:
// by an address, as localhost, by a name of one word, or by one of the given names. A
// page of another site can have its own name lead to the server, and is then no other
// site to a browser; but that name has a dot, and is none of these.
func KnownHost(header string, names []string) bool {
	host := header
	if name, _, err := net.SplitHostPort(header); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost") {
		return true
	}
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, host) })
}
