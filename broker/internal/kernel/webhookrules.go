package kernel

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// WebhookRules restrict the requests of webhooks, when they are saved and again when
// they are sent.
type WebhookRules struct {
	Methods []string // upper case
	Schemes []string // lower case
	// Hosts holds exact names, *.domain, addresses, networks and /regular
	// expressions/. Empty allows every host.
	Hosts []string
}

// AllowsHost reports whether webhooks may call the host.
func (r WebhookRules) AllowsHost(host string) bool {
	return len(r.Hosts) == 0 || slices.ContainsFunc(r.Hosts, func(pattern string) bool { return matchesHost(pattern, host) })
}

// AllowsHostHeader reports whether webhooks may name a host in the header Host, with a
// port or without: behind one address there may be several owners.
func (r WebhookRules) AllowsHostHeader(value string) bool {
	return r.AllowsHost((&url.URL{Host: value}).Hostname())
}

// NamesHost reports whether the list names the host. An expression names nobody: it
// may have matched more than its writer thought of.
func (r WebhookRules) NamesHost(host string) bool {
	return slices.ContainsFunc(r.Hosts, func(pattern string) bool {
		return !isExpression(pattern) && matchesHost(pattern, host)
	})
}

// NamesThisMachine reports whether the list names the host, and the host by itself
// says that it is this machine: localhost, or an address that stands in the list
// alone or as one of the loopback network.
func (r WebhookRules) NamesThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	if err != nil {
		return strings.EqualFold(host, "localhost") && r.NamesHost(host)
	}
	return slices.ContainsFunc(r.Hosts, func(pattern string) bool {
		if network, err := netip.ParsePrefix(pattern); err == nil {
			return network.Addr().IsLoopback() && network.Contains(address)
		}
		other, err := netip.ParseAddr(pattern)
		return err == nil && other == address
	})
}

func isExpression(pattern string) bool {
	return len(pattern) > 1 && strings.HasPrefix(pattern, "/") && strings.HasSuffix(pattern, "/")
}

// parameterInAddress is a template parameter or a secret, which an address of a webhook
// may have in its path and query.
var parameterInAddress = regexp.MustCompile(`\$\{(?:pactbroker\.[^}]+|user\.\w+)\}`)

// AllowsAddress reports whether webhooks may call the host of an address. It is asked
// when one is saved, and again each time that one is sent: the rules may have changed
// meanwhile.
func (r WebhookRules) AllowsAddress(address string) bool {
	u, err := url.Parse(parameterInAddress.ReplaceAllString(address, "parameter"))
	return err == nil && r.AllowsHost(u.Hostname())
}

// CheckHostPattern tells what is wrong with an item of WebhookRules.Hosts that
// can match nothing.
func CheckHostPattern(pattern string) error {
	if expression, ok := strings.CutPrefix(pattern, "/"); ok && strings.HasSuffix(expression, "/") {
		if _, err := regexp.Compile(strings.TrimSuffix(expression, "/")); err != nil {
			return fmt.Errorf("%q is not a regular expression: %w", pattern, err)
		}
		return nil
	}
	if _, err := netip.ParsePrefix(pattern); err != nil && strings.Contains(pattern, "/") {
		return fmt.Errorf("%q is not a network, such as 10.0.0.0/8, and not an /expression/", pattern)
	}
	return nil
}

// matchesHost understands exact names, *.domain for one label, addresses,
// networks and /regular expressions/.
func matchesHost(pattern, host string) bool {
	if expression, ok := strings.CutPrefix(pattern, "/"); ok && strings.HasSuffix(expression, "/") {
		r, err := regexp.Compile(strings.TrimSuffix(expression, "/"))
		return err == nil && r.MatchString(host)
	}
	if address, err := netip.ParseAddr(host); err == nil {
		if network, err := netip.ParsePrefix(pattern); err == nil {
			return network.Contains(address)
		}
		other, err := netip.ParseAddr(pattern)
		return err == nil && other == address
	}
	if domain, ok := strings.CutPrefix(pattern, "*."); ok {
		label, rest, found := strings.Cut(host, ".")
		return found && label != "" && strings.EqualFold(rest, domain)
	}
	return strings.EqualFold(pattern, host)
}
