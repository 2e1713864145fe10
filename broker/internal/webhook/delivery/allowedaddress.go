package delivery

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// guard decides which addresses a webhook may reach. It looks at the address a
// name resolved to, when the connection is made: a check of the name alone is
// undone by the name's next answer.
type guard struct {
	// loopback allows this machine.
	loopback bool
}

// control is a net.Dialer's Control.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("split %q: %w", address, err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("read the address %q: %w", host, err)
	}
	return g.check(ip.Unmap())
}

// sharedServices are addresses of cloud metadata services outside the
// link-local range.
var sharedServices = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"),
	netip.MustParseAddr("100.100.100.200"),
	netip.MustParseAddr("168.63.129.16"),
}

func (g guard) check(ip netip.Addr) error {
	ip = ip.WithZone("")
	for _, service := range sharedServices {
		if ip == service {
			return refusal(fmt.Sprintf("the address %s belongs to a cloud's metadata service, which webhooks may not reach", ip))
		}
	}
	switch {
	case ip.IsLoopback() && !g.loopback:
		return refusal(fmt.Sprintf("the address %s is this machine; name the host in the webhook host list to allow it", ip))
	case ip.IsUnspecified() && !g.loopback:
		return refusal(fmt.Sprintf("the address %s is this machine; name the host in the webhook host list to allow it", ip))
	case ip.IsLinkLocalUnicast(), ip.IsLinkLocalMulticast():
		return refusal(fmt.Sprintf("the address %s is link-local, where metadata services live; webhooks may not reach it", ip))
	case ip.IsMulticast():
		return refusal(fmt.Sprintf("the address %s is multicast, which webhooks may not reach", ip))
	}
	return nil
}
