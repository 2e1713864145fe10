package egress

import "net/netip"

// Forms of IPv6 that hold an address of IPv4, to which a translator or a tunnel on
// the way may carry what is sent to them.
var (
	compatible = netip.MustParsePrefix("::/96")           // RFC 4291, section 2.5.5.1
	translated = netip.MustParsePrefix("::ffff:0:0:0/96") // RFC 2765
	nat64      = netip.MustParsePrefix("64:ff9b::/96")    // RFC 6052
	localNAT64 = netip.MustParsePrefix("64:ff9b:1::/48")  // RFC 8215
	sixToFour  = netip.MustParsePrefix("2002::/16")       // RFC 3056
	teredo     = netip.MustParsePrefix("2001::/32")       // RFC 4380
)

// embedded lists the addresses of IPv4 that one of IPv6 may lead to. One that is
// mapped (::ffff:127.0.0.1) is the other in another spelling, and no matter here.
func embedded(ip netip.Addr) []netip.Addr {
	if ip.Is4() {
		return nil
	}
	b := ip.As16()
	four := func(i, j, k, l int) netip.Addr { return netip.AddrFrom4([4]byte{b[i], b[j], b[k], b[l]}) }
	last := four(12, 13, 14, 15)
	switch {
	case translated.Contains(ip), nat64.Contains(ip):
		return []netip.Addr{last}
	case compatible.Contains(ip) && !ip.IsLoopback() && !ip.IsUnspecified():
		return []netip.Addr{last}
	case localNAT64.Contains(ip):
		return localTranslations(four)
	case sixToFour.Contains(ip):
		return []netip.Addr{four(2, 3, 4, 5)}
	case teredo.Contains(ip):
		client := netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
		return []netip.Addr{four(4, 5, 6, 7), client}
	case isISATAP(b):
		return []netip.Addr{last}
	}
	return nil
}

// localTranslations reads an address of a network's own translator. How long its
// prefix is only the network knows, so each length of RFC 6052 from 48 bits on is
// read; what holds nothing but zeros in its place is of another length.
func localTranslations(four func(i, j, k, l int) netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, ip := range []netip.Addr{four(6, 7, 9, 10), four(7, 9, 10, 11), four(9, 10, 11, 12), four(12, 13, 14, 15)} {
		if ip.As4()[0] != 0 {
			out = append(out, ip)
		}
	}
	return out
}

// isISATAP reports whether the interface part of an address is that of RFC 5214.
func isISATAP(b [16]byte) bool {
	return b[8]&^0x03 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}
