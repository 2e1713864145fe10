package egress

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Config is how requests are sent.
type Config struct {
	Policy Policy
	// Proxy is asked to make the connections; nil makes them here.
	Proxy *url.URL
	// TLS says which certificates are trusted; nil is Go's default.
	TLS *tls.Config
	// Timeout bounds connecting and, separately, waiting for the answer.
	Timeout time.Duration
	// MaxHeaderBytes bounds the header of an answer.
	MaxHeaderBytes int64
}

// NewClient returns a client whose requests keep the policy. A request that does
// not fails with a [*Refusal], for errors.As. The client is safe for concurrent use.
func NewClient(config Config) *http.Client {
	g := &guard{
		policy:     config.Policy,
		dialer:     net.Dialer{Timeout: config.Timeout},
		interfaces: interfaces,
		lookup:     net.DefaultResolver.LookupNetIP,
	}
	transport := &http.Transport{
		TLSHandshakeTimeout:    config.Timeout,
		ResponseHeaderTimeout:  config.Timeout,
		MaxResponseHeaderBytes: config.MaxHeaderBytes,
		DisableCompression:     true,
		DisableKeepAlives:      true,
		TLSClientConfig:        config.TLS,
		DialContext:            g.dial,
	}
	if config.Proxy != nil {
		g.proxied = true
		transport.Proxy, transport.DialContext = http.ProxyURL(config.Proxy), g.dialer.DialContext
	}
	g.next = transport
	return &http.Client{
		Timeout:   2 * config.Timeout,
		Transport: g,
		// A redirect is an answer; following it could lead anywhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// guard is a transport that keeps a policy.
type guard struct {
	policy     Policy
	proxied    bool
	dialer     net.Dialer
	next       http.RoundTripper
	interfaces func() ([]netip.Addr, error)
	lookup     func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.policy.check(r); err != nil {
		return nil, err
	}
	if g.proxied {
		if err := g.checkTarget(r.Context(), r.URL.Hostname()); err != nil {
			return nil, err
		}
	}
	return g.next.RoundTrip(r)
}

// dial connects to a host, and refuses the address when it is known: after the
// name was looked up, and before a byte is sent.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("split %q: %w", address, err)
	}
	mine, err := g.interfaces()
	if err != nil {
		return nil, err
	}
	dialer := g.dialer
	dialer.ControlContext = func(_ context.Context, _, found string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(found)
		if err != nil {
			return fmt.Errorf("read the address %q: %w", found, err)
		}
		return g.policy.checkAddress(host, at.Addr(), mine)
	}
	return dialer.DialContext(ctx, network, address)
}

// checkTarget judges where a proxy would connect to. A proxy looks names up once
// more, and often it alone can: then only the operator's list of hosts can say that
// the name is right.
func (g *guard) checkTarget(ctx context.Context, host string) error {
	mine, err := g.interfaces()
	if err != nil {
		return err
	}
	found, err := g.addresses(ctx, host)
	if err != nil {
		if g.policy.Rules.NamesHost(host) {
			return nil
		}
		return &Refusal{
			told:   fmt.Sprintf("the broker cannot tell where the host is, and the list of hosts that %s may reach does not name it: behind a proxy one of the two is needed", g.policy.wording().Who),
			detail: err.Error(),
		}
	}
	for _, ip := range found {
		if err := g.policy.checkAddress(host, ip, mine); err != nil {
			return err
		}
	}
	return nil
}

func (g *guard) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.dialer.Timeout)
	defer cancel()
	return g.lookup(ctx, "ip", host)
}

// interfaces lists the addresses of this machine. They change, as when a container
// joins a network, so they are asked for each time.
func interfaces() ([]netip.Addr, error) {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list the addresses of this machine: %w", err)
	}
	out := make([]netip.Addr, 0, len(found))
	for _, address := range found {
		if network, ok := address.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(network.IP); ok {
				out = append(out, ip.Unmap())
			}
		}
	}
	return out, nil
}
