package egress

import (
	"fmt"
	"net/netip"
)

// place is what an address belongs to. Of several, the greatest counts.
type place int

const (
	public place = iota
	// private is a network that the public has no way to.
	private
	// own is this machine.
	own
	// never is where no webhook has any business.
	never
)

// verdict is the place of an address, and for the log what it is there.
type verdict struct {
	place place
	what  string
}

func (v verdict) or(other verdict) verdict {
	if other.place > v.place {
		return other
	}
	return v
}

// named are networks with a meaning of their own, the first that fits counts.
var named = []struct {
	network netip.Prefix
	verdict verdict
}{
	// Services that clouds offer to the machines in them, credentials among them.
	// Most live in the link-local networks: AWS, Google, Azure, Oracle,
	// DigitalOcean, Hetzner, OpenStack, and 169.254.170.2 and .23 of ECS and EKS.
	{netip.MustParsePrefix("169.254.0.0/16"), verdict{never, "link-local, where metadata services live"}},
	{netip.MustParsePrefix("fe80::/10"), verdict{never, "link-local, where metadata services live"}},
	{netip.MustParsePrefix("fd00:ec2::/32"), verdict{never, "a service of AWS to its machines"}},
	{netip.MustParsePrefix("fd20:ce::254/128"), verdict{never, "the metadata service of Google Cloud"}},
	{netip.MustParsePrefix("fd00:42::42/128"), verdict{never, "the metadata service of Scaleway"}},
	{netip.MustParsePrefix("168.63.129.16/32"), verdict{never, "a service of Azure to its machines"}},
	{netip.MustParsePrefix("100.100.100.200/32"), verdict{never, "the metadata service of Alibaba Cloud"}},
	{netip.MustParsePrefix("192.0.0.0/24"), verdict{never, "reserved for protocols, where Oracle Cloud has its metadata service"}},

	{netip.MustParsePrefix("0.0.0.0/8"), verdict{own, "this machine"}},
	{netip.MustParsePrefix("127.0.0.0/8"), verdict{own, "this machine"}},
	{netip.MustParsePrefix("::/128"), verdict{own, "this machine"}},
	{netip.MustParsePrefix("::1/128"), verdict{own, "this machine"}},

	{netip.MustParsePrefix("224.0.0.0/4"), verdict{never, "multicast"}},
	{netip.MustParsePrefix("ff00::/8"), verdict{never, "multicast"}},
	{netip.MustParsePrefix("240.0.0.0/4"), verdict{never, "reserved, or broadcast"}},

	{netip.MustParsePrefix("10.0.0.0/8"), verdict{private, "in a private network"}},
	{netip.MustParsePrefix("172.16.0.0/12"), verdict{private, "in a private network"}},
	{netip.MustParsePrefix("192.168.0.0/16"), verdict{private, "in a private network"}},
	{netip.MustParsePrefix("100.64.0.0/10"), verdict{private, "in the network of a carrier"}},
	{netip.MustParsePrefix("198.18.0.0/15"), verdict{private, "in a network for measurements"}},
	{netip.MustParsePrefix("fc00::/7"), verdict{private, "in a private network"}},
	{netip.MustParsePrefix("fec0::/10"), verdict{private, "in a private network"}},
	{netip.MustParsePrefix("64:ff9b:1::/48"), verdict{private, "translated to IPv4 by the network it is in"}},
}

// judge says what an address is, with those that it holds. The addresses of this
// machine's interfaces are its own.
func judge(ip netip.Addr, interfaces []netip.Addr) verdict {
	ip = ip.WithZone("").Unmap()
	out := verdictOf(ip, interfaces)
	for _, inner := range embedded(ip) {
		v := verdictOf(inner, interfaces)
		v.what = fmt.Sprintf("leads to %s, which is %s", inner, v.what)
		out = out.or(v)
	}
	return out
}

func verdictOf(ip netip.Addr, interfaces []netip.Addr) verdict {
	out := verdict{public, "public"}
	for _, n := range named {
		if n.network.Contains(ip) {
			out = n.verdict
			break
		}
	}
	for _, mine := range interfaces {
		if mine == ip {
			return out.or(verdict{own, "this machine"})
		}
	}
	return out
}
